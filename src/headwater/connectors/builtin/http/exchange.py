"""What an exchange with an HTTP API means: where the records are, whether it succeeded, what it said."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.connectors.builtin.http.message import Answer, words_of
from headwater.connectors.contract import Trouble
from headwater.expr import paths


class Reading:
    """How the answers of one step are read; the paths are compiled once."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        """`records_path`, `id_path`, `success_path` and its like of the connector's parameters."""
        self._records = _path(parameters.get("records_path"))
        self._id = _path(parameters.get("id_path"))
        self._success = _path(parameters.get("success_path"))
        self._success_values = _texts(parameters.get("success_values"))
        self._fail = _path(parameters.get("fail_path"))
        self._fail_values = _texts(parameters.get("fail_values"))
        self._error = _path(parameters.get("error_path"))

    @property
    def has_records_path(self) -> bool:
        """Whether the records lie somewhere inside the body."""
        return self._records is not None

    def trouble(self, answer: Answer) -> Trouble | None:
        """Why the exchange failed: its status, or what the body says although the status is good (A3)."""
        if not answer.is_success:
            return Trouble("application", str(answer.status), self._words(answer))
        if self._fail is not None and _holds(answer.document, self._fail, self._fail_values):
            return Trouble("application", "response_failure", self._words(answer))
        if self._success is not None and not _holds(answer.document, self._success, self._success_values):
            return Trouble("application", "response_failure", self._words(answer))
        return None

    def records(self, answer: Answer) -> list[Any]:
        """The records of a body; a path to nothing gives none (E9), an object is one record."""
        found = answer.document
        if self._records is not None:
            found = paths.read(found, self._records)
        if found is None or found is paths.MISSING or found == "":
            return []
        return found if isinstance(found, list) else [found]

    def record_id(self, document: Any) -> Any:
        """The id that the other system gave a record (A9), or the body's own `id`."""
        if self._id is not None:
            found = paths.read(document, self._id)
            return None if found is paths.MISSING else found
        return document.get("id") if isinstance(document, dict) else None

    def _words(self, answer: Answer) -> str:
        if self._error is not None:
            found = paths.read(answer.document, self._error)
            if found is not paths.MISSING and found not in (None, ""):
                return words_of(Answer(answer.status, answer.headers, found))
        return words_of(answer)


def _path(text: Any) -> paths.Path | None:
    return paths.parse(text) if isinstance(text, str) and text else None


def _texts(values: Any) -> Sequence[str]:
    return [_text(value) for value in values] if isinstance(values, list) else []


def _text(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _holds(document: Any, path: paths.Path, values: Sequence[str]) -> bool:
    """Whether something stands at the path: one of the values, or anything when none is named."""
    found = paths.read(document, path)
    if found is paths.MISSING or found is None:
        return False
    return _text(found) in values if values else found not in (False, "", [], {})
