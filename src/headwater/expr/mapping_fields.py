"""Mapper 1.0: `{fields, lists}`, where dots in `generate` nest; contract integrator.md M1 to M6."""

import re
from typing import Any

from headwater.expr.mapping_writer import ROOT, Place, Writer, has_constant, is_for_filled_values
from headwater.expr.paths import EACH, Path

MAX_INDEX = 1_000


def write(writer: Writer, document: dict[str, Any]) -> None:
    """Write the statements that fill `out` from `record`."""
    fields, lists = document.get("fields") or [], document.get("lists") or []
    if not isinstance(fields, list) or not isinstance(lists, list):
        writer.fault("mapping", "A mapping has an array 'fields' and an array 'lists'.")
        return
    writer.source.line("out = {}")
    _Fields(writer, "out", ROOT, None).write_all(fields, "mapping.fields")
    for at, each in enumerate(lists):
        _write_list(writer, each, f"mapping.lists.{at}")


class _Fields:
    """The fields of one object: of the record, or of one element of a list."""

    def __init__(self, writer: Writer, out: str, at: Place, element: tuple[Path, Place] | None) -> None:
        self._writer = writer
        self._out = out
        self._at = at
        self._element = element
        self._shared: set[str] = set()

    def write_all(self, fields: list[Any], place: str) -> None:
        self._shared = _shared_heads(fields)
        for at, each in enumerate(fields):
            if self._writer.is_active(each, f"{place}.{at}"):
                self._write_field(each, f"{place}.{at}")

    def _write_field(self, document: dict[str, Any], place: str) -> None:
        writer = self._writer
        target = writer.path(document.get("generate"), f"{place}.generate")
        if not target or any(step is EACH or (isinstance(step, int) and step > MAX_INDEX) for step in target):
            writer.fault(
                f"{place}.generate", f"A field wants a name in 'generate', and indexes up to {MAX_INDEX}."
            )
            return
        convert = writer.converter(document, place, str(document["generate"]))
        if has_constant(document):
            self._assign(
                target, writer.constant(document["hardCodedValue"], convert, f"{place}.hardCodedValue")
            )
            return
        has_default = document.get("default") is not None
        is_strict = has_default or is_for_filled_values(document)
        code = self._source_of(document, place, "None" if is_strict else "MISSING")
        variable = writer.source.name()
        writer.source.line(f"{variable} = {code}")
        value = writer.converted(variable, convert, str(document.get("dataType")))
        is_filled = f"{variable} is not None and {variable} != ''"
        if has_default:
            default = writer.constant(document["default"], convert, f"{place}.default")
            self._assign(target, f"{value} if {is_filled} else {default}")
        elif is_strict:
            with writer.source.block(f"if {is_filled}:"):
                self._assign(target, value)
        else:
            with writer.source.block(f"if {variable} is not MISSING:"):
                self._assign(target, f"{value} if {is_filled} else ''")

    def _source_of(self, document: dict[str, Any], place: str, default: str) -> str:
        writer, extract = self._writer, document.get("extract")
        at = self._at
        if extract is None and not document.get("lookupName"):
            return default
        if isinstance(extract, str) and "{{" in extract:
            code = writer.template(extract, place, at)
        else:
            path = writer.path(extract, f"{place}.extract")
            if path is None:
                return default
            path, at = self._resolve(path)
            code = writer.source.extract(path, record=at.record, get=at.get, default=default)
        if document.get("lookupName"):
            return writer.look_up(code, document["lookupName"], place)
        return code

    def _resolve(self, path: Path) -> tuple[Path, Place]:
        """Inside a list, a path that begins with the list's own path and `[*]` is read from the element
        (M5).
        """
        if self._element is not None:
            prefix, element = self._element
            if path[: len(prefix) + 1] == (*prefix, EACH):
                return path[len(prefix) + 1 :], element
        return path, self._at

    def _assign(self, target: Path, code: str) -> None:
        source, out = self._writer.source, self._out
        head = target[0]
        is_named = all(isinstance(step, str) for step in target)
        if head in self._shared or not is_named or len(target) > 2:
            value = f"deepcopy({code})" if head in self._shared else code
            source.line(f"write({out}, {source.bind(target)}, {value})")
        elif len(target) == 1:
            source.line(f"{out}[{source.literal(head)}] = {code}")
        else:
            inner = source.name()
            source.line(f"{inner} = {out}.get({source.literal(head)})")
            source.line(f"if {inner} is None: {inner} = {out}[{source.literal(head)}] = {{}}")
            source.line(f"{inner}[{source.literal(target[1])}] = {code}")


def _shared_heads(fields: list[Any]) -> set[str]:
    """Names that hold a value in one field and an object in another.

    They are written with care: the value may be an object of the record, which must not change.
    """
    plain: set[str] = set()
    nested: set[str] = set()
    for each in fields:
        generate = each.get("generate") if isinstance(each, dict) else None
        if isinstance(generate, str):
            head, *rest = re.split(r"[.\[]", generate)
            (nested if rest else plain).add(head)
    return plain & nested


def _write_list(writer: Writer, document: Any, place: str) -> None:
    if not writer.is_active(document, place):
        return
    target = writer.path(document.get("generate"), f"{place}.generate")
    fields = document.get("fields")
    if target is None or not isinstance(fields, list):
        writer.fault(f"{place}.fields", "A list wants 'generate' and an array 'fields'.")
        return
    prefix = _list_path(writer, document, place)
    source = writer.source
    whole, items, item, element, get = (source.name() for _ in range(5))
    source.line(f"{whole} = {'[record]' if prefix is None else source.extract(prefix)}")
    with source.block(f"if {whole} is not None:"):
        source.line(f"{items} = []")
        with source.block(f"for {element} in as_elements({whole}):"):
            source.line(f"{get} = {element}.get if {element}.__class__ is dict else open_record({element})")
            source.line(f"{item} = {{}}")
            inside = (prefix, Place(element, get)) if prefix is not None else None
            _Fields(writer, item, ROOT, inside).write_all(fields, f"{place}.fields")
            source.line(f"{items}.append({item})")
        source.line(f"write(out, {source.bind(target)}, {items})")


def _list_path(writer: Writer, document: dict[str, Any], place: str) -> Path | None:
    """The path of the list: `jsonPath`, else what stands before the first `[*]` of an inner field; None = the
    record itself.
    """
    text = document.get("jsonPath")
    if not text:
        extracts = [each.get("extract") for each in document["fields"] if isinstance(each, dict)]
        text = next(
            (each.split("[*]")[0] for each in extracts if isinstance(each, str) and "[*]" in each), None
        )
    if not text:
        return None
    path = writer.path(text, f"{place}.jsonPath")
    return path[:-1] if path and path[-1] is EACH else path
