"""JSON in and out: one encoder and one decoder for columns, bodies and events."""

from decimal import Decimal
from typing import Any

import msgspec

from headwater.kernel.errors import MalformedError

_encoder = msgspec.json.Encoder(decimal_format="string")
_decoder = msgspec.json.Decoder()


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON of dicts, lists, dataclasses and msgspec Structs; decimals become strings."""
    return _encoder.encode(value)


def dumps(value: Any) -> str:
    """The same as text, for a JSON column."""
    return _encoder.encode(value).decode()


def loads(text: str | bytes) -> Any:
    """The value of JSON that we wrote ourselves."""
    return _decoder.decode(text)


def decode_body(raw: bytes, *, what: str = "The body") -> Any:
    """The value of JSON from outside. Broken JSON, NaN, lone surrogates: MalformedError `malformed_json`,
    which names `what` was read.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError("malformed_json", f"{what} is not JSON: {error}.") from error


def decimal_text(value: Decimal) -> str:
    """Plain digits, never an exponent."""
    return format(value, "f")


def indented(value: Any) -> str:
    """JSON for a person to read."""
    return msgspec.json.format(_encoder.encode(value), indent=2).decode()
