"""`POST /fluxx/oauth/token`: a bearer for a client's id and secret (wire/fluxx.md section 1)."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException
from starlette.requests import Request

from headwater.accounts.service import Accounts
from headwater.kernel import json
from headwater.kernel.clock import SECOND, Clock
from headwater.kernel.errors import InvalidError, TooLargeError, UnauthenticatedError
from headwater.web.answer import Answer
from headwater.web.call import Call

_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
_REQUIRED = ("grant_type", "client_id", "client_secret")


class TokenEndpoint:
    """Reads all encodings: urlencoded and multipart forms, query string, JSON, and HTTP Basic."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        """`accounts` knows the clients."""
        self._accounts = accounts
        self._clock = clock

    async def create(self, call: Call) -> Answer:
        """The bearer, or an OAuth error in its own form."""
        try:
            given = await _parameters(call)
        except TooLargeError:
            raise
        except InvalidError as error:
            return _refused("invalid_request", error.detail, 400)
        missing = [name for name in _REQUIRED if not given.get(name)]
        if missing:
            return _refused("invalid_request", f"Missing: {', '.join(missing)}.", 400)
        if given["grant_type"] != "client_credentials":
            return _refused("unsupported_grant_type", "Only client_credentials is supported.", 400)
        try:
            secret, seconds = await call.database.write(
                lambda tx: self._accounts.exchange_client(tx, given["client_id"], given["client_secret"])
            )
        except UnauthenticatedError as error:
            return _refused("invalid_client", error.detail, 401)
        body = {
            "access_token": secret,
            "token_type": "Bearer",
            "expires_in": seconds,
            "created_at": self._clock.now() // SECOND,
        }
        return Answer(body, 200, _NO_STORE)


def _refused(error: str, description: str, status: int) -> Answer:
    headers = {**_NO_STORE, "www-authenticate": "Basic"} if status == 401 else _NO_STORE
    return Answer({"error": error, "error_description": description}, status, headers)


async def _parameters(call: Call) -> dict[str, str]:
    raw = await call.raw_body()
    given: dict[str, Any] = {**call.query, **await _body(call, raw), **_basic(call)}
    return {name: str(value).replace("\0", "") for name, value in given.items() if name in _REQUIRED}


async def _body(call: Call, raw: bytes) -> dict[str, Any]:
    media_type = (call.header("content-type") or "").partition(";")[0].strip().lower()
    if not raw:
        return {}
    if media_type == "multipart/form-data":
        return await _multipart(call, raw)
    if media_type.endswith("json") or raw.lstrip()[:1] == b"{":
        value = json.decode_body(raw)
        return value if isinstance(value, dict) else {}
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


async def _multipart(call: Call, raw: bytes) -> dict[str, Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    try:
        form = await Request(call.scope, receive).form(max_files=0)
    except MultiPartException as error:
        raise InvalidError("invalid_body", "The multipart form cannot be read.") from error
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _basic(call: Call) -> dict[str, str]:
    header = call.header("authorization") or ""
    if header[:6].lower() != "basic ":
        return {}
    try:
        client_id, _, client_secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client_id, "client_secret": client_secret}
