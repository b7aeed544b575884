"""Bodies and query strings: everything wrong is reported at once, with its place."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest

from headwater.kernel.errors import InvalidError, MalformedError
from headwater.web.decoding import decode, decode_query, query_values
from headwater.web.paging import ListQuery


class Part(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    note: str = ""


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Literal["a", "b"] = "a"
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    parts: list[Part] = []
    main: Part | None = None
    counts: dict[str, int] = {}


def faults(raw, kind=Thing):
    with pytest.raises(InvalidError) as caught:
        decode(raw, kind)
    assert caught.value.code == "invalid_body"
    return {fault.field: fault.code for fault in caught.value.faults}


def test_a_good_body_is_decoded():
    thing = decode(b'{"name":"x","parts":[{"size":1}],"at":"2031-01-01T00:00:00+01:00"}', Thing)
    assert (thing.name, thing.parts[0].size, thing.at.utcoffset().seconds) == ("x", 1, 3600)


def test_every_fault_is_reported_with_its_path():
    raw = b"""{"name":"","kind":"c","at":"2031-01-01T00:00:00","extra":1,"main":{"note":3},
        "parts":[{"size":1},{"size":"2","colour":"red"}],"counts":{"x":"y"}}"""
    assert faults(raw) == {
        "name": "wrong_length",
        "kind": "unknown_value",
        "at": "time_without_zone",
        "extra": "unknown_field",
        "main.size": "required",
        "main.note": "wrong_type",
        "parts.1.size": "wrong_type",
        "parts.1.colour": "unknown_field",
        "counts.*": "wrong_type",
    }


def test_an_unknown_key_names_the_known_ones():
    with pytest.raises(InvalidError) as caught:
        decode(b'{"name":"x","nmae":1}', Thing)
    assert "name" in caught.value.faults[0].detail and "counts" in caught.value.faults[0].detail


def test_a_body_of_another_kind_is_one_fault():
    assert faults(b"[1]") == {"": "wrong_type"}
    assert faults(b"null") == {"": "wrong_type"}


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"a":NaN}', b"\xff\xfe", b'{"a":"\\ud800"}', b"[" * 9999, b"{}x"]
)
def test_what_is_not_json_is_malformed(raw):
    with pytest.raises(MalformedError) as caught:
        decode(raw, Any)
    assert (caught.value.code, caught.value.status) == ("malformed_json", 400)


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'{"x":[{"b":1,"b":2}]}', b'{"a":":","a":2}', b'{"a":"\\u003a","b":1,"b":2}']
)
def test_a_name_twice_in_one_object_is_refused(raw):
    with pytest.raises(MalformedError) as caught:
        decode(raw, Any)
    assert caught.value.code == "duplicate_key"


@pytest.mark.parametrize(
    "raw", [b'{"a":"\\u003a:","b":{"a":":"}}', b'{"a":"b:c"}', b'{"a":1e3,"b":12345678901234567890123}']
)
def test_colons_in_texts_are_no_duplicates(raw):
    assert decode(raw, Any)


def test_the_character_nul_is_refused_with_its_place():
    assert faults(b'{"a":["x",{"b":"c\\u0000"}]}', Any) == {"a.1.b": "nul_character"}
    assert decode(rb'{"a":"\\u0000"}', Any) == {"a": "\\u0000"}


def test_no_fault_repeats_a_secret():
    class SignIn(msgspec.Struct):
        password: str

    with pytest.raises(InvalidError) as caught:
        decode(b'{"password":123456}', SignIn)
    assert "123456" not in caught.value.detail


def test_query_parameters_are_typed():
    query = decode_query(b"limit=7&cursor=a%20b", ListQuery)
    assert (query.limit, query.cursor) == (7, "a b")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (b"limit=abc", {"limit": "wrong_type"}),
        (b"limit=0", {"limit": "out_of_range"}),
        (b"limit=1001", {"limit": "out_of_range"}),
        (b"limti=5", {"limti": "unknown_field"}),
        (b"cursor=a&cursor=b", {"cursor": "repeated"}),
        (b"limit=x&other=1", {"limit": "wrong_type", "other": "unknown_field"}),
    ],
)
def test_wrong_parameters_are_refused_together(text, codes):
    with pytest.raises(InvalidError) as caught:
        decode_query(text, ListQuery)
    assert {fault.field: fault.code for fault in caught.value.faults} == codes


@pytest.mark.parametrize("text", [b"a=%ff", b"a=%00"])
def test_an_unreadable_query_is_malformed(text):
    with pytest.raises(MalformedError):
        query_values(text)
