"""Wild values for requests: hostile texts, edges of numbers, damaged documents, what a schema describes."""

import json

from hypothesis import strategies as st

TEXTS = (
    *("", " ", "0", "-1", "1", "null", "true", "NaN", "1e999", "abc", "*", "%", "_", "'", '"', "\\", ";--"),
    *(
        "a\0b",
        "\x01\x1f\x7f",
        "\ufeff",
        "\u200b",
        "a\u200db",
        "\u202e\u2066evil\u2069",
        "\u0130I\u0131",
        "ß\ufb03",
    ),
    *("e\u0301", "\U0001f6a2", "\U0010ffff", "\ue000", "\ufffe", "\U000e0041", "a\u0301" * 500, "x" * 5_000),
    *(
        "=1+1",
        "@SUM(A1)",
        "\t=1",
        "{{7*7}}",
        "{{#each}}",
        "${x}",
        "$ref",
        "<script>alert(1)</script>",
        "__proto__",
    ),
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "..\\..\\x",
        "CON",
        ".",
        "..",
        "a/b",
        "a" * 300,
    ),
    *(
        "2031-05-02",
        "2031-02-30T00:00:00Z",
        "0000-00-00",
        "9999-12-31T23:59:60Z",
        "2031-05-02T07:00:00+99:00",
    ),
    *(
        "http://169.254.169.254/",
        "http://[::1",
        "javascript:1",
        "a@b",
        "Europe/Oslo",
        "../Oslo",
        "UTC\0",
        "id",
        "-id",
    ),
    *(
        "9223372036854775808",
        "1" * 400,
        "-0",
        "0x10",
        "1_000",
        "١٢٣",
        "Ⅷ",
        "1.5",
        "0.1e-400",
        "infinity",
        "[]",
        "{}",
    ),
)
NUMBERS = (
    *(0, 1, -1, 255, 2**31, -(2**31) - 1, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, 2**64),
    *(10**40, 0.0, -0.0, 0.1, 1.5, 1e-320, 1e22, 1e308, -1e308, 123456789.123456789),
)
texts = st.sampled_from(TEXTS) | st.text(max_size=12)
leaves = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
RAW_BODIES = (
    *(b"", b" ", b"{", b"[]", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a":1}{"a":2}', b'{"a":1,"a":2}'),
    *(b'{"a":NaN}', b'{"a":1e999}', b'{"a":-1e999}', b'{"a":01}', b'{"a":' + b"9" * 5_000 + b"}"),
    *(
        b'{"a":"\\ud800"}',
        b'{"\\udfff\\ud800":1}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\\u0000"}',
        b'{"a\\u0000":1}',
    ),
    *(b"[" * 100_000, b'{"a":' * 20_000, b'{"a":[' * 900 + b"]}" * 900, b'"' + b"x" * 1_000_000 + b'"'),
    *(b"a=b&c=%00", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"--x\r\n\r\n", b"<a/>"),
)


def damaged(document):
    """`document` with one of its parts, at any depth, replaced, left out or put beside a stranger."""
    places = list(_places(document))
    return st.builds(_replaced, st.just(document), st.sampled_from(places), values, st.integers(0, 5))


def described(schema, components, depth=0):
    """Values that a JSON schema describes, with a wild one here and there."""
    if "$ref" in schema:
        return described(components[schema["$ref"].rsplit("/", 1)[1]], components, depth)
    rightful = _rightful(schema, components, depth)
    return values if rightful is None else st.integers(0, 7).flatmap(lambda n: values if n == 0 else rightful)


def _rightful(schema, components, depth):
    if depth > 5:
        return None
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.one_of([described(each, components, depth + 1) for each in schema[key]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, components, depth)
    if kind == "array":
        return st.lists(described(schema.get("items", {}), components, depth + 1), max_size=3)
    return {
        "string": texts,
        "integer": st.sampled_from([each for each in NUMBERS if isinstance(each, int)]),
        "number": st.sampled_from(NUMBERS),
        "boolean": st.booleans(),
        "null": st.none(),
    }.get(kind)


def _object(schema, components, depth):
    properties = schema.get("properties", {})
    made = {name: described(each, components, depth + 1) for name, each in properties.items()}
    required = {name: made[name] for name in schema.get("required", ()) if name in made}
    optional = {name: each for name, each in made.items() if name not in required}
    whole = st.fixed_dictionaries(required, optional=optional)
    if schema.get("additionalProperties") in (None, False):
        return whole
    return st.builds(lambda one, other: {**other, **one}, whole, st.dictionaries(texts, values, max_size=3))


def _places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*path, key))


def _replaced(document, path, value, way):
    """A copy with `value` at `path`; ways 4 and 5 leave the part out or add a stranger beside it."""
    if not path:
        return value
    copy = json.loads(json.dumps(document))
    owner = copy
    for key in path[:-1]:
        owner = owner[key]
    if way == 4:
        del owner[path[-1]]
    elif way == 5 and isinstance(owner, dict):
        owner[f"{path[-1]}x"] = value
    else:
        owner[path[-1]] = value
    return copy
