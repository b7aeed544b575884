"""Mapper 2.0: a tree of `{generate, dataType, status, extract, mappings, buildArrayHelper}`; contract
integrator.md M7 to M13.
"""

from typing import Any, NamedTuple

from headwater.expr.mapping_values import ARRAYS, DATA_TYPES
from headwater.expr.mapping_writer import ROOT, Place, Writer, has_constant, is_for_filled_values
from headwater.expr.paths import EACH, Path

MAX_DEPTH = 12
MAX_LOOPS = 15  # Python allows 20 nested loops in one function

NO_STATUS = "Mapping object must have status field present"


class Context(NamedTuple):
    """An element that stands for its path: inside a list, `$.orders.sku` means the current order (M11)."""

    prefix: Path
    at: Place
    loops: int = 0


Contexts = tuple[Context, ...]


def write(writer: Writer, document: list[Any]) -> None:
    """Write the statements that fill `out` from `record`."""
    writer.source.line("out = {}")
    _write_object(writer, document, "out", (Context((), ROOT),), "mappings")


def _write_object(writer: Writer, mappings: Any, out: str, contexts: Contexts, place: str) -> None:
    if not isinstance(mappings, list) or place.count(".mappings") > MAX_DEPTH:
        writer.fault(place, f"Mappings are an array and nest at most {MAX_DEPTH} deep.")
        return
    for at, each in enumerate(mappings):
        inner = f"{place}.{at}"
        if not writer.is_active(each, inner):
            continue
        status = each.get("status")
        if status not in ("Active", "Draft"):
            writer.fault(f"{inner}.status", NO_STATUS)
        elif status == "Active":
            _write_mapping(writer, each, out, contexts, inner)


def _write_mapping(
    writer: Writer, document: dict[str, Any], out: str, contexts: Contexts, place: str
) -> None:
    name, data_type = document.get("generate"), document.get("dataType")
    if not isinstance(name, str) or not name:
        writer.fault(f"{place}.generate", "A mapping wants a name in 'generate'.")
        return
    if data_type is not None and (not isinstance(data_type, str) or data_type not in DATA_TYPES):
        writer.fault(f"{place}.dataType", f"Data type '{str(data_type)[:40]}' is unknown.")
        return
    target = f"{out}[{writer.source.literal(name)}]"
    convert = writer.converter(document, place, name)
    if has_constant(document):
        constant = writer.constant(document["hardCodedValue"], convert, f"{place}.hardCodedValue")
        writer.source.line(f"{target} = {constant}")
        return
    if data_type in ARRAYS and document.get("buildArrayHelper"):
        value = _write_array(writer, document, contexts, place)
    elif data_type == "object" and document.get("mappings"):
        value = _write_nested(writer, document, contexts, place)
    else:
        value = writer.source.name()
        writer.source.line(f"{value} = {_source_of(writer, document, contexts, place)}")
    _write_value(writer, document, target, value, place)


def _write_value(writer: Writer, document: dict[str, Any], target: str, value: str, place: str) -> None:
    """Missing: the key is left out; there and empty: null, or "" for text; a default stands in for both."""
    source, data_type = writer.source, str(document.get("dataType"))
    convert = writer.converter(document, place, str(document.get("generate")))
    code = writer.converted(value, convert, data_type)
    is_filled = f"{value} is not None and {value} != '' and {value} is not MISSING"
    if is_for_filled_values(document):
        with source.block(f"if {is_filled}:"):
            source.line(f"{target} = {code}")
    elif document.get("default") is not None:
        default = writer.constant(document["default"], convert, f"{place}.default")
        source.line(f"{target} = {code} if {is_filled} else {default}")
    else:
        empty = value if convert is None or data_type in ("string", "None") else "None"
        with source.block(f"if {value} is not MISSING:"):
            source.line(f"{target} = {code} if {value} is not None and {value} != '' else {empty}")


def _source_of(writer: Writer, document: dict[str, Any], contexts: Contexts, place: str) -> str:
    extract = document.get("extract")
    if extract is None or extract == "":
        code = "MISSING"
    elif not isinstance(extract, str):
        writer.fault(f"{place}.extract", "'extract' is text: a path, a template or a literal.")
        return "MISSING"
    elif "{{" in extract:
        code = writer.template(extract, place, contexts[-1].at)
    elif extract == "$" or extract.startswith(("$.", "$[")):
        path = writer.path(extract, f"{place}.extract")
        if path is None:
            return "MISSING"
        rest, context = _resolve(path, contexts)
        code = writer.source.extract(rest, record=context.at.record, get=context.at.get, default="MISSING")
    else:
        code = writer.source.literal(extract)
    return writer.look_up(code, document["lookupName"], place) if document.get("lookupName") else code


def _resolve(path: Path, contexts: Contexts) -> tuple[Path, Context]:
    """The nearest element whose path begins this one, and what is left to read from it. `[*]` always means
    the whole list.
    """
    best = contexts[0]
    for context in contexts:
        size = len(context.prefix)
        fits = path[:size] == context.prefix and path[size : size + 1] != (EACH,)
        if fits and size >= len(best.prefix):
            best = context
    return path[len(best.prefix) :], best


def _write_nested(writer: Writer, document: dict[str, Any], contexts: Contexts, place: str) -> str:
    inner = writer.source.name()
    writer.source.line(f"{inner} = {{}}")
    _write_object(writer, document["mappings"], inner, contexts, f"{place}.mappings")
    writer.source.line(f"if not {inner}: {inner} = MISSING")
    return inner


def _write_array(writer: Writer, document: dict[str, Any], contexts: Contexts, place: str) -> str:
    """Concatenate what the builders give; MISSING when no source of theirs was there."""
    source, builders = writer.source, document["buildArrayHelper"]
    items, is_found = source.name(), source.name()
    source.line(f"{items} = []; {is_found} = False")
    if not isinstance(builders, list):
        writer.fault(f"{place}.buildArrayHelper", "'buildArrayHelper' is an array.")
        return items
    for at, each in enumerate(builders):
        inner = f"{place}.buildArrayHelper.{at}"
        if not writer.is_active(each, inner) or each.get("status") == "Draft":
            continue
        if each.get("mappings"):
            _write_elements(writer, each, (items, is_found), contexts, inner)
        else:
            _write_copied(writer, each, (items, is_found), contexts, inner)
    source.line(f"if not {is_found}: {items} = MISSING")
    return items


Found = tuple[str, str]  # the variable of the list, and the one that says a source was there


def _write_copied(
    writer: Writer, builder: dict[str, Any], into: Found, contexts: Contexts, place: str
) -> None:
    source, value = writer.source, writer.source.name()
    source.line(f"{value} = {_source_of(writer, builder, contexts, place)}")
    with source.block(f"if {value} is not MISSING:"):
        source.line(f"{into[1]} = True")
        source.line(f"{into[0]}.extend(as_elements({value}))")


def _write_elements(
    writer: Writer, builder: dict[str, Any], into: Found, contexts: Contexts, place: str
) -> None:
    """One object for each element of the builder's path; every `[*]` of it is a loop."""
    extract = builder.get("extract")
    path = writer.path(extract, f"{place}.extract") if extract else ()
    if path is None:
        return
    rest, context = _resolve(path, contexts)
    if not extract:
        context = contexts[-1]
    _write_loops(
        writer, builder, into, (*contexts, context), _Loop(rest, place, path[: len(path) - len(rest)])
    )


class _Loop(NamedTuple):
    rest: Path
    place: str
    prefix: Path


def _write_loops(
    writer: Writer, builder: dict[str, Any], into: Found, contexts: Contexts, loop: _Loop
) -> None:
    source, current = writer.source, contexts[-1]
    size = loop.rest.index(EACH) if EACH in loop.rest else len(loop.rest)
    if current.loops >= MAX_LOOPS:
        writer.fault(loop.place, f"Lists nest at most {MAX_LOOPS} deep.")
        return
    whole, element, get = source.name(), source.name(), source.name()
    code = source.extract(loop.rest[:size], record=current.at.record, get=current.at.get, default="MISSING")
    source.line(f"{whole} = {code}")
    if len(contexts) and loop.rest:
        source.line(f"if {whole} is not MISSING: {into[1]} = True")
    else:
        source.line(f"{into[1]} = True")
    with source.block(f"for {element} in as_elements({whole}):"):
        source.line(f"{get} = {element}.get if {element}.__class__ is dict else open_record({element})")
        prefix = (*loop.prefix, *loop.rest[:size])
        inner = (*contexts, Context(prefix, Place(element, get), current.loops + 1))
        following = loop.rest[size + 1 :]
        if following:
            _write_loops(writer, builder, into, inner, _Loop(following, loop.place, prefix))
            return
        item = source.name()
        source.line(f"{item} = {{}}")
        _write_object(writer, builder["mappings"], item, inner, f"{loop.place}.mappings")
        source.line(f"if {item}: {into[0]}.append({item})")
