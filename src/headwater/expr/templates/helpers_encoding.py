"""The helpers that encode, decode and sign."""

import base64
import binascii
import hashlib
import hmac
import html
import json
from typing import Any
from urllib.parse import quote, unquote

from headwater.expr.paths import MISSING
from headwater.expr.templates.encoding import Encoded, escape, to_json
from headwater.expr.templates.helper_kind import Helper, refusal, text_of

_HASHES = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}


def _bytes(value: Any) -> bytes:
    return text_of(value).encode("utf-8", "replace")


def _decode_base64(value: Any) -> str:
    text = text_of(value).strip()
    try:
        return base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_" if set("-_") & set(text) else None
        ).decode()
    except (binascii.Error, ValueError) as error:
        raise refusal("base64Decode", "wants base64 of text") from error


def _parse_json(value: Any) -> Any:
    try:
        return json.loads(text_of(value))
    except (ValueError, RecursionError) as error:
        raise refusal("jsonParse", "wants JSON") from error


def _digested(name: str, digest: bytes, encoding: Any) -> str:
    if text_of(encoding) == "hex":
        return digest.hex()
    if text_of(encoding) == "base64":
        return base64.b64encode(digest).decode()
    raise refusal(name, f"knows the encodings hex and base64, not '{text_of(encoding)[:20]}'")


def _algorithm(name: str, value: Any) -> str:
    algorithm = text_of(value).lower().replace("-", "")
    if algorithm not in _HASHES:
        raise refusal(name, f"has no algorithm '{algorithm[:20]}'")
    return algorithm


def _hash(algorithm: Any, encoding: Any, value: Any) -> str:
    digest = hashlib.new(_algorithm("hash", algorithm), _bytes(value), usedforsecurity=False).digest()
    return _digested("hash", digest, encoding)


def _hmac(algorithm: Any, key: Any, encoding: Any, value: Any, key_encoding: Any = "utf8") -> str:
    raw_key = _bytes(key)
    try:
        if text_of(key_encoding) == "hex":
            raw_key = bytes.fromhex(text_of(key))
        elif text_of(key_encoding) == "base64":
            raw_key = base64.b64decode(text_of(key))
    except ValueError as error:
        raise refusal("hmac", f"has a key that is not {text_of(key_encoding)}") from error
    return _digested("hmac", hmac.digest(raw_key, _bytes(value), _algorithm("hmac", algorithm)), encoding)


def _without_protocol(value: Any) -> str:
    text = text_of(value)
    scheme, sign, rest = text.partition("://")
    return rest if sign and scheme.isalnum() else text.removeprefix("//")


HELPERS: dict[str, Helper] = {
    "base64Decode": Helper(_decode_base64, 1, 1),
    "base64Encode": Helper(lambda value: base64.b64encode(_bytes(value)).decode(), 1, 1),
    "decodeURI": Helper(lambda value: unquote(text_of(value)), 1, 1),
    "encodeURI": Helper(lambda value: Encoded(quote(text_of(value), safe="!~*'()", errors="replace")), 1, 1),
    "htmlDecode": Helper(lambda value: html.unescape(text_of(value)), 1, 1),
    "htmlEncode": Helper(lambda value: html.escape(text_of(value)), 1, 1),
    "jsonEncode": Helper(lambda value: Encoded(escape(text_of(value))), 1, 1),
    "jsonParse": Helper(_parse_json, 1, 1),
    "jsonSerialize": Helper(lambda value: Encoded(to_json(None if value is MISSING else value)), 1, 1),
    "stripProtocol": Helper(_without_protocol, 1, 1),
    "stripQuerystring": Helper(lambda value: text_of(value).split("?", 1)[0], 1, 1),
    "hash": Helper(_hash, 3, 3),
    "hmac": Helper(_hmac, 4, 5),
}
