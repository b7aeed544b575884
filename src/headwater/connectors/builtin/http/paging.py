"""Paging: what the next request is and when there is none; one class for each way (contract section 13).

The cursor is a JSON value; `None` is the first page, and a class answers None when there is no other.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from headwater.connectors.builtin.http.message import Answer, Request
from headwater.connectors.builtin.http.writing import Names, Writer
from headwater.expr import paths
from headwater.expr.templates import template

Cursor = dict[str, Any]
_LINK = re.compile(r"<([^>]*)>([^<]*)")


class OnePage:
    """No paging: one request."""

    def __init__(self, paging: Mapping[str, Any], writer: Writer) -> None:
        """Every way is made of the `paging` parameters and the step's request."""
        self._paging = paging
        self._writer = writer

    def request(self, cursor: Cursor | None, record: Any, names: Names) -> Request:
        """The request of a page."""
        return self._writer.request(record, {**names, "export": {"http": {"paging": self.values(cursor)}}})

    def values(self, cursor: Cursor | None) -> Mapping[str, Any]:
        """What `export.http.paging` is in templates."""
        return {}

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """The cursor of the next page."""
        return None


class ByNumber(OnePage):
    """`{{export.http.paging.page}}` counts up until a page is empty or the number of pages is reached."""

    def values(self, cursor: Cursor | None) -> Mapping[str, Any]:
        """`page`."""
        return {"page": self._page(cursor)}

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """One more."""
        done = self._page(cursor) - self._start + 1
        last = _number_at(answer, self._paging.get("max_pages_path"))
        if not records or (last is not None and done >= last):
            return None
        return {"page": self._page(cursor) + 1}

    @property
    def _start(self) -> int:
        return int(self._paging.get("start") or 0)

    def _page(self, cursor: Cursor | None) -> int:
        return cursor["page"] if cursor else self._start


class BySkip(OnePage):
    """`{{export.http.paging.skip}}` counts the records received."""

    def values(self, cursor: Cursor | None) -> Mapping[str, Any]:
        """`skip`."""
        return {"skip": self._skip(cursor)}

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """As many further as were received."""
        skip = self._skip(cursor) + len(records)
        count = _number_at(answer, self._paging.get("max_count_path"))
        return None if not records or (count is not None and skip >= count) else {"skip": skip}

    def _skip(self, cursor: Cursor | None) -> int:
        return cursor["skip"] if cursor else int(self._paging.get("start") or 0)


class ByToken(OnePage):
    """`{{export.http.paging.token}}` is what the page before named, in its body or a header."""

    def values(self, cursor: Cursor | None) -> Mapping[str, Any]:
        """`token`."""
        return {"token": cursor["token"] if cursor else self._paging.get("token") or ""}

    def request(self, cursor: Cursor | None, record: Any, names: Names) -> Request:
        """Later requests may go to another path."""
        later = self._paging.get("later_path")
        if cursor is None or not later:
            return super().request(cursor, record, names)
        names = {**names, "export": {"http": {"paging": self.values(cursor)}}}
        return self._writer.at(template.compile(later, "uri")(record, names))

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """The token that the answer names."""
        path = str(self._paging.get("path") or "")
        if self._paging.get("path_location") == "header":
            token: Any = answer.headers.get(path.lower())
        else:
            token = _at(answer.document, path)
        return {"token": token} if token not in (None, "", False) else None


class ByUrl(OnePage):
    """The whole next address stands in the body."""

    def request(self, cursor: Cursor | None, record: Any, names: Names) -> Request:
        """That address, as it is."""
        return self._writer.at(cursor["url"]) if cursor else super().request(cursor, record, names)

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """The address that the answer names."""
        url = _at(answer.document, str(self._paging.get("path") or ""))
        return {"url": url} if isinstance(url, str) and url else None


class ByLink(ByUrl):
    """The next address stands in the `Link` header."""

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """The address of the relation."""
        relation = str(self._paging.get("relation") or "next")
        for url, rest in _LINK.findall(answer.headers.get("link", "")):
            if re.search(rf'rel="?{re.escape(relation)}"?(;|,|\s|$)', rest):
                return {"url": url}
        return None


class ByTemplate(OnePage):
    """Path or body are rendered with `previous_page.full_response` and `previous_page.last_record`."""

    def request(self, cursor: Cursor | None, record: Any, names: Names) -> Request:
        """The first request as it is, later ones from the template."""
        if cursor is None:
            return super().request(cursor, record, names)
        names = {**names, "previous_page": cursor["previous_page"]}
        path = self._paging.get("relative_uri")
        if path:
            return self._writer.at(template.compile(path, "uri")(record, names))
        body = template.compile(str(self._paging.get("body") or ""), "json")(record, names)
        first = super().request(cursor, record, names)
        return Request(first.method, first.url, first.headers, body.encode())

    def following(self, cursor: Cursor | None, answer: Answer, records: list[Any]) -> Cursor | None:
        """What the next template reads."""
        if not records:
            return None
        return {"previous_page": {"full_response": answer.document, "last_record": records[-1]}}


WAYS: Mapping[str, Callable[[Mapping[str, Any], Writer], OnePage]] = {
    "page": ByNumber,
    "skip": BySkip,
    "token": ByToken,
    "url": ByUrl,
    "linkheader": ByLink,
    "relativeuri": ByTemplate,
    "body": ByTemplate,
}


def is_last_by_status(paging: Mapping[str, Any], answer: Answer) -> bool:
    """A1: this status says that there are no more pages (404 unless another is named)."""
    return bool(paging) and answer.status == int(paging.get("last_status") or 404)


def is_last_by_value(paging: Mapping[str, Any], answer: Answer) -> bool:
    """A1: a value in the body says so."""
    path, values = paging.get("last_path"), paging.get("last_values") or []
    return bool(path) and str(_at(answer.document, str(path))) in [str(value) for value in values]


def _at(document: Any, path: str) -> Any:
    if not path:
        return None
    found = paths.read(document, paths.parse(path))
    return None if found is paths.MISSING else found


def _number_at(answer: Answer, path: Any) -> int | None:
    found = _at(answer.document, str(path or ""))
    return (
        int(found) if isinstance(found, int | float) or (isinstance(found, str) and found.isdigit()) else None
    )
