"""The log: one line for one event, as JSON or for a person, and never a secret in it."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from functools import cache
from io import TextIOBase
from typing import Any, TextIO, cast

_SECRET_NAMES = re.compile(r"password|secret|token$|authorization|cookie|api_key|private_key", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"\bhw[a-z]*_[A-Za-z0-9_-]{16,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+|((?:jwt|api_token|token)=)[^&\s]+"
)
MASK = "******"
_form: dict[str, Any] = {"level": logging.INFO, "is_json": False}


def set_up(level: str, *, as_json: bool) -> None:
    """Write lines of this level and above from now on, to standard error; debug, info, warning or error."""
    _form.update(level=getattr(logging, level.upper(), logging.INFO), is_json=as_json)
    _logger.cache_clear()
    logging.basicConfig(handlers=[_Libraries()], level=max(_form["level"], logging.WARNING), force=True)


def info(event: str, **fields: Any) -> None:
    """Something that an operator may want to know."""
    if _form["level"] <= logging.INFO:
        _logger().info(event, **fields)


def warning(event: str, **fields: Any) -> None:
    """Something that works, and should be looked at."""
    _logger().warning(event, **fields)


def error(event: str, *, error: BaseException | None = None, **fields: Any) -> None:
    """A fault of ours, with the traceback of `error`. Log where it is handled, not where it is raised."""
    _logger().error(event, exc_info=error, **fields)


def mask(text: str) -> str:
    """The text with our tokens, JWTs and secret query parameters as `******`."""
    return _SECRET_TEXT.sub(lambda match: (match.group(1) or "") + MASK, text)


class _Libraries(logging.Handler):
    """What the libraries log comes out as our own lines: one form, masked."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one of their records."""
        write = _logger().error if record.levelno >= logging.ERROR else _logger().warning
        write("library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)


class _StandardError(TextIOBase):
    """Whatever standard error is when a line is written."""

    def write(self, text: str) -> int:
        """Write it there, if it takes it: a full disk or a closed terminal must not stop the work."""
        with suppress(OSError, ValueError):
            return sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Send it out, if it goes."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


@cache
def _logger() -> Any:
    import structlog  # noqa: PLC0415 - it loads rich, 80 ms that a start without a line does not need

    renderer: Any = structlog.processors.JSONRenderer()
    if not _form["is_json"]:
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    return structlog.wrap_logger(
        structlog.PrintLogger(file=cast(TextIO, _StandardError())),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _masked,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_form["level"]),
    )


def _masked(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = MASK if _SECRET_NAMES.search(name) else mask(value)
    return event
