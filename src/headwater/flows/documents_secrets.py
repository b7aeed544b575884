"""Which values of a document are secrets, how they are taken out for storage and put back for the engine
(W5).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from headwater.flows.documents_model import MASK

SECRET_NAMES = frozenset(
    (
        *(
            "password",
            "passphrase",
            "secret",
            "token",
            "apikey",
            "authkey",
            "privatekey",
            "sshkey",
            "sshprivatekey",
        ),
        *("accesstoken", "refreshtoken", "idtoken", "bearertoken", "tokensecret", "sastoken", "sessiontoken"),
        *(
            "clientsecret",
            "consumersecret",
            "secretkey",
            "secretaccesskey",
            "accesskeysecret",
            "sharedsecret",
        ),
        *("pgpprivatekey", "pgppassphrase", "keystorepassword", "pfxpassword", "connectionstring"),
    )
)
_HEADER = re.compile(r"auth|token|secret|cookie|key|signature", re.IGNORECASE)
_Found = Callable[[tuple[str, ...], Any], Any]


def take_out(body: Mapping[str, Any], stored: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body with every secret masked, and the secrets by path; a secret sent as `******` is the stored
    one.
    """
    secrets: dict[str, Any] = {}

    def mask(path: tuple[str, ...], value: Any) -> Any:
        key = _key(path)
        if value != MASK:
            secrets[key] = value
        elif key in stored:
            secrets[key] = stored[key]
        return MASK

    return _walk(body, (), mask, is_secret=False), secrets


def put_back(body: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    """The body with its secrets, for the engine only; a mask without a secret behind it becomes empty."""
    result: dict[str, Any] = _walk(body, (), lambda path, value: secrets.get(_key(path), ""), is_secret=False)
    return result


def _key(path: tuple[str, ...]) -> str:
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)


def _walk(value: Any, path: tuple[str, ...], found: _Found, *, is_secret: bool) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _walk(
                each, (*path, key), found, is_secret=is_secret or _names_secret(key, each, value, path)
            )
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [
            _walk(each, (*path, _step(each, at)), found, is_secret=is_secret) for at, each in enumerate(value)
        ]
    is_filled = value is not None and value != "" and not isinstance(value, bool)
    return found(path, value) if is_secret and is_filled else value


def _step(element: Any, at: int) -> str:
    """How an element is known in a path: by its name, so that a list of headers may change around it."""
    name = element.get("name") if isinstance(element, Mapping) else None
    return f"name={name}" if isinstance(name, str) and name else str(at)


def _names_secret(key: str, value: Any, parent: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether everything under this key is secret. Objects called `token` hold a token and harmless words
    beside it.
    """
    if key == "encrypted":
        return True
    if key == "value" and isinstance(parent.get("name"), str):  # an element of `headers`
        return "headers" in path and bool(_HEADER.search(parent["name"]))
    if isinstance(value, Mapping | list):
        return False
    word = key.lower().replace("_", "").replace("-", "")
    return word in SECRET_NAMES or (word == "key" and ("auth" in path or "webhook" in path))
