"""Response mapping: what of a step's answer becomes part of the record (contract K2 to K4)."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr import paths
from headwater.flows.formats.integrator.parts import objects
from headwater.kernel.errors import Fault, InvalidError

Respond = Callable[[Any, Mapping[str, Any]], Any]


def compile(document: Any) -> Respond | None:
    """The function `respond(record, answer) -> record`, or None when nothing is mapped.

    The record that goes in stays as it is: earlier copies of it may be on their way elsewhere. `extract`
    `$` is the whole answer. Every fault of the document is reported at once, as `invalid_mapping`.
    """
    faults: list[Fault] = []
    fields = [_field(each, f"fields.{at}", faults) for at, each in enumerate(objects(document, "fields"))]
    lists = [_list(each, f"lists.{at}", faults) for at, each in enumerate(objects(document, "lists"))]
    if faults:
        raise InvalidError("invalid_mapping", faults[0].detail, faults=faults)
    if not fields and not lists:
        return None

    def respond(record: Any, answer: Mapping[str, Any]) -> Any:
        out = record
        for extract, generate in fields:
            value = paths.read(answer, extract)
            if value is not paths.MISSING:
                out = with_value(out, generate, value)
        for generate, inner in lists:
            out = with_value(out, generate, _elements(answer, inner))
        return out

    return respond


def with_value(record: Any, path: paths.Path, value: Any) -> Any:
    """A copy of the record with a value at a path; only the objects on the way are copied."""
    step, rest = path[0], path[1:]
    if isinstance(record, list) and isinstance(step, int):
        filled = record + [None] * (step + 1 - len(record))
        filled[step] = with_value(filled[step], rest, value) if rest else value
        return filled
    base = record if isinstance(record, dict) else {}
    key = step if isinstance(step, str) else str(step)
    return {**base, key: with_value(base.get(key), rest, value) if rest else value}


def _field(document: Mapping[str, Any], place: str, faults: list[Fault]) -> tuple[paths.Path, paths.Path]:
    return _path(document, "extract", place, faults), _path(document, "generate", place, faults)


def _list(
    document: Mapping[str, Any], place: str, faults: list[Fault]
) -> tuple[paths.Path, list[tuple[paths.Path, paths.Path]]]:
    fields = enumerate(objects(document, "fields"))
    inner = [_field(each, f"{place}.fields.{at}", faults) for at, each in fields]
    return _path(document, "generate", place, faults), inner


def _path(document: Mapping[str, Any], name: str, place: str, faults: list[Fault]) -> paths.Path:
    text = document.get(name)
    try:
        path = paths.parse(text if isinstance(text, str) else "")
    except InvalidError as error:
        faults.append(Fault(f"{place}.{name}", "invalid_mapping", error.detail))
        return ("",)
    if name == "generate" and (not path or paths.EACH in path):
        faults.append(Fault(f"{place}.{name}", "invalid_mapping", "A field wants a name in 'generate'."))
        return ("",)
    return path


def _elements(answer: Mapping[str, Any], inner: list[tuple[paths.Path, paths.Path]]) -> list[Any]:
    columns = [(_as_column(answer, extract), generate) for extract, generate in inner]
    length = max((len(values) for values, _ in columns), default=0)
    elements: list[Any] = [{} for _ in range(length)]
    for values, generate in columns:
        for at, value in enumerate(values):
            elements[at] = with_value(elements[at], generate, value)
    return elements


def _as_column(answer: Mapping[str, Any], extract: paths.Path) -> list[Any]:
    """The values of one inner field, one for each element: `data[*].id` spreads, `data.id` may as well."""
    if paths.EACH not in extract and len(extract) > 1:
        whole = paths.read(answer, extract[:1])
        if isinstance(whole, list) and isinstance(extract[1], str) and not extract[1].isdigit():
            extract = (extract[0], paths.EACH, *extract[1:])
    value = paths.read(answer, extract)
    return value if isinstance(value, list) else [] if value is paths.MISSING else [value]
