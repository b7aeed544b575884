"""Templates of integrator documents; wire contract integrator.md section 14 (B1 to B3) and its examples."""

import pytest

from headwater.expr.templates import template
from headwater.kernel.clock import FixedClock
from headwater.kernel.errors import InvalidError, SkipError


def render(text, record, place="text", names=None, **options):
    return template.compile(text, place, **options)(record, names or {})


@pytest.mark.parametrize(
    ("text", "record", "place", "expected"),
    [
        ("/boats?h={{record.harbour}}", {"harbour": "Odda øst"}, "uri", "/boats?h=Odda%20%C3%B8st"),
        ('{{dateAdd record.d "3600000"}}', {"d": "2031-01-01T00:00:00Z"}, "text", "2031-01-01T01:00:00.000Z"),
        ('{{dateFormat "DD.MM.YYYY" record.d}}', {"d": "2031-01-01T00:00:00Z"}, "text", "01.01.2031"),
        ('{{#compare record.n ">" 3}}big{{else}}small{{/compare}}', {"n": 4}, "text", "big"),
        ('{{#compare record.n ">" 3}}big{{else}}small{{/compare}}', {"n": 3}, "text", "small"),
        (
            "{{#each record.t}}{{this}}{{#unless @last}},{{/unless}}{{/each}}",
            {"t": ["a", "b"]},
            "text",
            "a,b",
        ),
    ],
)
def test_the_examples_of_the_contract(text, record, place, expected):
    assert render(text, record, place) == expected


def test_b1_double_braces_encode_for_their_place_and_triple_ones_do_not():
    record = {"x": 'a "b" &/ø\n', "o": {"k": 'v"'}}
    assert render("{{x}}", record, "uri") == "a%20%22b%22%20%26%2F%C3%B8%0A"
    assert render("{{{x}}}", record, "uri") == record["x"]
    assert render('{"x":"{{x}}"}', record, "json") == '{"x":"a \\"b\\" &/ø\\n"}'
    assert render('{"x":{{o}}}', record, "json") == '{"x":{"k":"v\\""}}'
    assert render('{"x":"{{o}}"}', record, "json") == '{"x":"{\\"k\\":\\"v\\\\\\"\\"}"}'
    assert render("{{x}}", record) == record["x"]
    assert render("{{encodeURI x}}|{{{encodeURI x}}}", {"x": "a b"}, "uri") == "a%20b|a%20b"
    assert render("{{jsonSerialize o}}", record, "json") == '{"k":"v\\""}'


def test_b2_names_reach_the_record_in_every_form():
    for text in (
        "{{record.a.b}}",
        "{{a.b}}",
        "{{data.0.a.b}}",
        "{{data.a.b}}",
        "{{a.[b]}}",
        "{{this.a.b}}",
        "{{a/b}}",
    ):
        assert render(text, {"a": {"b": 5}}) == "5"
    assert render("{{rows.0.a}}{{rows.[1].a}}", [{"a": 1}, {"a": 2}]) == "12"
    assert render("{{settings.flow.x}}", {}, names={"settings": {"flow": {"x": 3}}}) == "3"
    assert render("{{record}}", {"record": "own field"}) == "own field"
    assert render("{{[odd key]}}", {"odd key": 1}) == "1"


def test_b3_missing_is_empty_and_syntax_errors_are_found_at_once():
    assert render("<{{x}}{{x.y.z}}{{../x}}{{@index}}>", {}) == "<>"
    with pytest.raises(SkipError):
        render("{{x}}", {}, is_strict=True)
    assert render("{{x}}", {"x": None}, is_strict=True) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{", "{{x", "{{{x}}", "{{#if x}}", "{{/if}}", "{{#if x}}{{/each}}", "{{else}}", "{{nope x}}",
        "{{#nope x}}{{/nope}}",
        "{{add 1}}", "{{#if}}{{/if}}", "{{(x}}", "{{x)}}", "{{add (add 1 2}}", "{{x y=}}", "{{a..b}}",
        "{{!-- x }}", "{{}}",
        "{{#each x as |}}{{/each}}", "{{'x}}", "{{aws4 a b}}", "{{__class__ 1}}", "{{" + "(" * 100 + "}}",
        "{{#if x}}" * 60 + "{{/if}}" * 60, "x{{y}}" * 50_000,
    ],
)  # fmt: skip
def test_unreadable_templates_are_refused_with_the_code_of_the_contract(text):
    with pytest.raises(InvalidError) as caught:
        template.compile(text)
    assert caught.value.code == "handlebars_template_parse_error"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{#if a}}y{{else}}n{{/if}}", "y"),
        ("{{#if zero}}y{{else}}n{{/if}}", "n"),
        ("{{#if zero includeZero=true}}y{{else}}n{{/if}}", "y"),
        ("{{#if none}}1{{else if a}}2{{else}}3{{/if}}", "2"),
        ("{{#if none}}1{{else if none}}2{{else}}3{{/if}}", "3"),
        ("{{#unless list.length}}x{{/unless}}", "x"),
        ("{{^if none}}y{{/if}}", "y"),
        ("{{#with o}}{{k}}{{../a}}{{@root.a}}{{/with}}", "vAA"),
        ("{{#each o}}{{@key}}={{this}};{{/each}}", "k=v;"),
        ("{{#each list}}{{@index}}{{this}}{{#if @first}}!{{/if}}{{/each}}", "0x!1y"),
        ("{{#each list as |item at|}}{{at}}{{item}}{{/each}}", "0x1y"),
        ("{{#each none}}x{{else}}empty{{/each}}", "empty"),
        ("{{#each rows}}{{#each lines}}{{../id}}{{this}} {{/each}}{{/each}}", "1a 1b 2c "),
        ("{{#and a list}}y{{/and}}{{#or none a}}y{{/or}}", "yy"),
        ("{{#not none}}y{{/not}}{{#neither none zero}}y{{/neither}}", "yy"),
        ('{{#contains list "y"}}y{{/contains}}{{#contains a "z"}}z{{else}}n{{/contains}}', "yn"),
        ("{{#ifEven 4}}even{{/ifEven}}{{#isEmpty none}}empty{{/isEmpty}}", "evenempty"),
        ('{{#inArray list "x"}}in{{/inArray}}{{#some list}}some{{/some}}', "insome"),
        ('{{#startsWith "A" a}}starts{{/startsWith}}', "starts"),
        ('{{#filter rows 2 property="id"}}{{lines.0}}{{/filter}}', "c"),
        ('{{#if (and a (eq a "A"))}}y{{/if}}', "y"),
        ("{{! comment }}{{!-- more }} --}}x", "x"),
        ("a  {{~a~}}  b", "aAb"),
        ("\\{{a}}", "{{a}}"),
        ("x\n  {{#if a}}\ny\n  {{/if}}\nz", "x\ny\nz"),
        ("{{'text'}}{{\"a\\\"b\"}}{{5}}{{true}}", 'texta"b5true'),
    ],
)  # fmt: skip
def test_blocks(text, expected):
    record = {
        "a": "A", "zero": 0, "o": {"k": "v"}, "list": ["x", "y"],
        "rows": [{"id": 1, "lines": ["a", "b"]}, {"id": 2, "lines": ["c"]}],
    }  # fmt: skip
    assert render(text, record) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs -2", "2"), ("add 1 2 3", "6"), ("add n '1.5'", "5.5"), ("avg nums", "2"), ("ceil 1.2", "2"),
        ("divide 9 2", "4.5"), ("floor 1.8", "1"), ("modulo 7 3", "1"), ("multiply 2 3", "6"), ("round 2.5",
        "3"),
        ("round 2.345 2", "2.35"), ("subtract 5 2", "3"), ("sum nums 1", "7"), ("toExponential 123 2",
        "1.23e+2"),
        ("toFixed 1.005 1", "1.0"), ("toPrecision 123.456 4", "123.5"), ("toPrecision 123 2", "1.2e+2"),
        ("camelcase s", "fooBarBaz"), ("capitalize s", "Foo-bar baz"), ("capitalizeAll 'foo bar'", "Foo Bar"),
        ("chop '-_a b_'", "a b"), ("dashcase s", "foo-bar-baz"), ("dotcase s", "foo.bar.baz"),
        ("join nums '-'", "1-2-3"),
        ("lowercase 'AÅ'", "aå"), ("occurrences 'banana' 'an'", "2"), ("padLeft n 3 '0'", "004"),
        ("padRight n 3", "4  "),
        ("pascalcase s", "FooBarBaz"), ("pathcase s", "foo/bar/baz"), ("removefirst 'aba' 'a'", "ba"),
        ("replace 'aba' 'a' 'x'", "xbx"), ("replacefirst 'aba' 'a' 'x'", "xba"), ("reverse 'abc'", "cba"),
        ("sanitize '<b>x</b>'", "x"), ("sentence 'hELLO there. you'", "Hello there. You"), ("snakecase s",
        "foo_bar_baz"),
        ("split 'a,b' ','", "a,b"), ("substring 'abcdef' 1 3", "bc"), ("trim ' a '", "a"), ("trimLeft ' a '",
        "a "),
        ("trimRight ' a '", " a"), ("truncateWords 'a b c' 2", "a b…"), ("uppercase s", "FOO-BAR BAZ"),
        ("after nums 1", "2,3"), ("arrayify n", "4"), ("before nums 1", "1,2"), ("getValue o 'k.z'", "1"),
        ("getValue none 'x'", "x"), ("lookup o 'k'", '{"z":1}'), ("lookup 'ports' 'NO'", "Norway"),
        ("pluck rows 'id'", "2,1"), ("sort rows 'id'", '{"id":1},{"id":2}'), ("sort nums", "1,2,3"),
        ("unique dup", "1,2"), ("dateFormat 'YYYY' '01/02/2031' 'DD/MM/YYYY'", "2031"),
        ("dateFormat 'HH:mm' '2031-07-01T10:00:00Z' '' 'Europe/Oslo'", "12:00"),
        ("timestamp", "2031-05-02T07:00:00.000Z"), ("timestamp 'YYYY-MM-DD'", "2031-05-02"),
        ("base64Encode 'hé'", "aMOp"), ("base64Decode 'aMOp'", "hé"), ("decodeURI 'a%20b'", "a b"),
        ("encodeURI 'a b'", "a%20b"), ("htmlEncode '<'", "&lt;"), ("htmlDecode '&lt;'", "<"),
        ("jsonEncode 'a\"b'", 'a\\"b'), ("jsonSerialize o", '{"k":{"z":1}}'), ("lookup (jsonParse '[7]') 0",
        "7"),
        ("stripProtocol 'https://a.b/c'", "a.b/c"), ("stripQuerystring '/a?b=1'", "/a"),
        ("regexMatch 'a12b3' '\\\\d+'", "12"), ("regexMatch 'a12b3' '\\\\d+' 1", "3"),
        ("regexReplace 'a1b2' 'x' '\\\\d' 'g'", "axbx"), ("regexReplace 'ab' '$2$1' '(a)(b)'", "ba"),
        ("regexSearch 'abc' 'c'", "2"), ("addCommas 1234567.5", "1,234,567.5"), ("bytes 1500000", "1.5 MB"),
        ("ordinalize 22", "22nd"), ("hash 'sha256' 'hex' 'a'",
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("hmac 'sha1' 'k' 'base64' 'a'", "QOfUQcrbF7B/BQNBqiOmgg7YHIs="), ("eq n 4", "true"),
        ("hasNoItems none", "true"),
        ("hasOwn o 'k'", "true"), ("isFalsey n", "false"), ("isTruthy n", "true"), ("typeOf nums", "array"),
        ("typeOf none", "undefined"), ("compare n '<' 5", "true"), ("compare n '===' '4'", "false"),
    ],
)  # fmt: skip
def test_helpers(text, expected):
    record = {
        "n": 4, "nums": [1, 2, 3], "s": "foo-bar baz", "o": {"k": {"z": 1}}, "rows": [{"id": 2}, {"id": 1}],
        "dup": [1, 1, 2],
    }  # fmt: skip
    names = {"clock": FixedClock(), "lookups": {"ports": {"name": "ports", "map": {"NO": "Norway"}}}}
    assert render("{{" + text + "}}", record, names=names) == expected


@pytest.mark.parametrize(
    "text",
    [
        "add x 1", "add s 1", "divide 1 0", "padLeft s 100000000", "toFixed 1 1000", "dateAdd s 1",
        "dateFormat 'YYYY' s",
        "jsonParse s", "base64Decode 'é'", "hash 'x' 'hex' s", "hash 'md5' 'x' s", "regexMatch s '('",
        "compare 1 '~' 2",
        "lookup 'ports' 'SE'", "multiply 1e308 'x'", "dateAdd '2031-01-01' 1e18",
        "dateFormat 'YYYY' '2031' 'YYYY YYYY'",
        "hmac 'sha1' 'zz' 'hex' 'a' 'hex'", "timestamp 'YYYY' 'Mars/Base'", "random 5 1",
    ],
)  # fmt: skip
def test_a_helper_that_cannot_work_skips_the_record(text):
    names = {"lookups": {"ports": {"map": {}}}}
    with pytest.raises(SkipError) as caught:
        render("{{" + text + "}}", {"s": "text"}, names=names)
    assert caught.value.code == "handlebars_template_parse_error"


def test_random_values_are_in_range():
    assert int(render("{{random 5 6}}", {})) in (5, 6)
    assert len(render('{{random "UUID"}}', {})) == 36
    assert len(render('{{random "CRYPTO" 4}}', {})) == 8
    assert render("{{random}}", {"random": "own field"}) == "own field"


@pytest.mark.parametrize("record", [None, 5, [], "text", {"a": {"b": [None, {}]}}])
def test_odd_records_render_as_nothing(record):
    assert render("{{x.y}}{{#each x}}{{/each}}{{#with x}}{{/with}}", record) == ""
