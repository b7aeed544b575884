"""Making requests: templates of address, headers and body, compiled once, and credentials."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from headwater.connectors.builtin.http.message import Request
from headwater.expr.templates import template
from headwater.expr.templates.encoding import to_json

Names = Mapping[str, Any]


class Writer:
    """One request of a step, to be rendered for each page or record."""

    def __init__(
        self, request: Mapping[str, Any], connection: Mapping[str, Any], *, is_strict: bool = False
    ) -> None:
        """`request` has `method`, `path`, `headers` and `body`; `connection` the base and the credentials.

        A template that cannot be read is InvalidError `handlebars_template_parse_error`.
        """
        self.method = request.get("method") or "GET"
        self._base = str(connection.get("base_url") or "")
        self._origin = urlsplit(self._base)[:2]
        self._path = template.compile(request.get("path") or "", "uri", is_strict=is_strict)
        body = request.get("body")
        self._body = template.compile(body, "json", is_strict=is_strict) if body else None
        given = [*(connection.get("headers") or []), *(request.get("headers") or [])]
        self._headers = [
            (each["name"], template.compile(each["value"], "text", is_strict=is_strict)) for each in given
        ]
        self._auth = connection.get("auth") or {}

    def request(self, record: Any, names: Names, content: Any = None, key: str = "") -> Request:
        """The request for a record; `key` is its idempotency key. Address and headers are rendered over the
        record, the body over `content` (A6), which is the body itself where there is no template for it.
        SkipError when a template cannot be rendered.
        """
        body = self._body_of(record if content is None else content, names)
        if body is None and content is not None:
            body = to_json(content)
        headers = {name: render(record, names) for name, render in self._headers}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if key:
            headers.setdefault("Idempotency-Key", key)
        return self.at(self._path(record, names), headers, body)

    def _body_of(self, content: Any, names: Names) -> str | None:
        if self._body is None:
            return None
        return self._body(content, {**names, "record": content, "data": [content]})

    def at(self, path: str, headers: Mapping[str, str] | None = None, body: str | None = None) -> Request:
        """The request to a path or whole address; credentials only go where the connection leads."""
        own = dict(headers or {})
        url = self.address(path)
        if url is not path or urlsplit(url)[:2] == self._origin:
            url, own = self._with_credentials(url, own)
        return Request(self.method, url, own, None if body is None else body.encode())

    def address(self, path: str) -> str:
        """The whole address of a path below the base."""
        if path.startswith(("http://", "https://")):
            return path
        if not path:
            return self._base
        return f"{self._base.rstrip('/')}/{path.lstrip('/')}"

    def _with_credentials(self, url: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
        auth = self._auth
        if auth.get("type") == "basic":
            pair = f"{auth.get('username') or ''}:{auth.get('password') or ''}"
            headers.setdefault("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
        elif auth.get("type") == "token" and auth.get("token"):
            if auth.get("token_location") == "url":
                mark = "&" if "?" in url else "?"
                url += mark + urlencode({auth.get("token_parameter") or "access_token": auth["token"]})
            else:
                scheme = auth.get("token_scheme", "Bearer")
                value = f"{scheme} {auth['token']}" if scheme and scheme.strip() else auth["token"]
                headers.setdefault(auth.get("token_header") or "Authorization", value)
        return url, headers
