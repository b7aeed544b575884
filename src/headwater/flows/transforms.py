"""Transforms of an export as mappings (contract section 10, T1 to T3)."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr import mapping
from headwater.kernel.errors import Fault, InvalidError

Transform = Callable[[Any], Any]


def compile(document: Any, settings: Mapping[str, Any] | None = None) -> Transform | None:
    """The function `transform(record) -> record`, or None without a transform.

    Version 1 and `create` give only what is generated, `modify` the record with it on top. A script is
    InvalidError `invalid_transform`.
    """
    if not isinstance(document, Mapping) or not document:
        return None
    expression = document.get("expression")
    body = {**document, **expression} if isinstance(expression, Mapping) else document
    if body.get("type") == "script" or (body.get("script") and not _has_rules(body)):
        raise _refusal("Transforms by script are not supported yet.")
    second = body.get("rulesTwoDotZero")
    if isinstance(second, Mapping):
        return _second(second, settings)
    rules = body.get("rules")
    if not rules:
        return None
    # T1 writes one list of rules inside another
    fields = rules[0] if isinstance(rules, list) and isinstance(rules[0], list) else rules
    return mapping.compile({"fields": fields}, settings=settings)


def _has_rules(body: Mapping[str, Any]) -> bool:
    return bool(body.get("rules") or body.get("rulesTwoDotZero"))


def _second(document: Mapping[str, Any], settings: Mapping[str, Any] | None) -> Transform | None:
    create = mapping.compile(
        {"mappings": document.get("mappings"), "lookups": document.get("lookups")}, settings=settings
    )
    if create is None or document.get("mode") != "modify":
        return create
    return lambda record: {**record, **create(record)} if isinstance(record, dict) else create(record)


def _refusal(detail: str) -> InvalidError:
    return InvalidError("invalid_transform", detail, faults=[Fault("transform", "invalid_transform", detail)])
