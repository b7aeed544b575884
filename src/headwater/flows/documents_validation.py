"""What a document must have to be stored; every fault at once, in the integrator's codes (W19, W20, S2,
B3).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from headwater.expr.templates import template
from headwater.flows.documents_model import Kind, is_hex_id, refusal
from headwater.flows.documents_references import references
from headwater.flows.documents_schedule import schedule_fault, zone_fault
from headwater.kernel.errors import Fault, InvalidError

Body = Mapping[str, Any]
Check = Callable[[Body], Iterator[Fault]]

MAX_DEPTH = 100
MAX_NAME = 1_000
MAX_SCRIPT_NAME = 100
WITHOUT_CONNECTION = frozenset(
    (*("WebhookExport", "SimpleExport"), *("HeadwaterExport", "HeadwaterImport", "HeadwaterQueueExport"))
)
_TYPES: dict[str, type] = {
    **dict.fromkeys(("description", "schedule", "timezone", "adaptorType", "type"), str),
    **dict.fromkeys(
        ("disabled", "skipRetries", "runPageGeneratorsInParallel", "isLookup", "oneToMany"), bool
    ),
    **dict.fromkeys(("pageGenerators", "pageProcessors", "routers", "aliases", "_runNextFlowIds"), list),
    **dict.fromkeys(("_runNextExportIds", "lookups"), list),
    **dict.fromkeys(("hooks", "delta", "once", "test", "webhook", "http", "file", "records", "queue"), dict),
    **dict.fromkeys(("mapping", "rdbms", "filesystem", "ftp", "s3"), dict),
}
_NAMES = {str: "String", bool: "Boolean", list: "Array", dict: "Object"}


def faults_of(kind: Kind, body: Body) -> list[Fault]:
    """Everything wrong with a body, its references' form included; that they exist is for the service to
    say.
    """
    found = [fault for check in (_common, *_CHECKS[kind]) for fault in check(body)]
    found += [
        _cast(each.path, each.value) for each in references(kind, body) if not isinstance(each.value, str)
    ]
    return found


def refuse_depth(value: Any) -> None:
    """Refuse objects and arrays that nest deeper than `MAX_DEPTH`: what walks documents does so by
    recursion.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        nested = [each for each in level if isinstance(each, Mapping | list)]
        level = [one for each in nested for one in (each.values() if isinstance(each, Mapping) else each)]
        if not nested:
            return
    raise refusal([Fault("", "invalid_field", f"Objects and arrays nest at most {MAX_DEPTH} deep.")])


def reference_fault(path: str, kind: Kind, value: str) -> Fault:
    """The fault of a reference to nothing: malformed when it is no id at all (W3)."""
    if not is_hex_id(value):
        return _cast(path, value)
    return Fault(path, "invalid_ref", f"{kind.capitalize()} not found for the given id.")


def _cast(path: str, value: Any) -> Fault:
    last = path.rsplit(".", 1)[-1]
    return Fault(
        path, "invalid_field", f'Cast to ObjectId failed for value "{str(value)[:60]}" at path "{last}"'
    )


def missing(path: str) -> Fault:
    """The fault of a required field that is not there."""
    return Fault(path, "missing_required_field", f"{path.rsplit('.', 1)[-1]} is required.")


def _is_absent(value: Any) -> bool:
    return value is None or value == ""


def _common(body: Body) -> Iterator[Fault]:
    name = body.get("name")
    if _is_absent(name):
        yield missing("name")
    elif not isinstance(name, str) or len(name) > MAX_NAME or "\0" in name:
        yield Fault(
            "name", "invalid_field", f"name wants a text of at most {MAX_NAME} characters without NUL."
        )
    for key, kind in _TYPES.items():
        value = body.get(key)
        if value is not None and not isinstance(value, kind):
            detail = f'Cast to {_NAMES[kind]} failed for value "{str(value)[:60]}" at path "{key}"'
            yield Fault(key, "invalid_field", detail)


def _flow(body: Body) -> Iterator[Fault]:
    yield from _schedule(body, "")
    for at, generator in _objects(body, "pageGenerators"):
        yield from _generator(generator, f"pageGenerators.{at}")
    yield from _processors(body, "")
    routers = list(_objects(body, "routers"))
    if routers and body.get("pageProcessors"):
        yield Fault("routers", "invalid_flow", "A flow has pageProcessors or routers, not both.")
    for at, router in routers:
        for inner, branch in _objects(router, "branches"):
            yield from _processors(branch, f"routers.{at}.branches.{inner}.")
    yield from _non_objects(body, ("pageGenerators", "pageProcessors", "routers"))


def _objects(body: Body, key: str) -> Iterator[tuple[int, Body]]:
    value = body.get(key)
    for at, each in enumerate(value if isinstance(value, list) else []):
        if isinstance(each, Mapping):
            yield at, each


def _non_objects(body: Body, keys: tuple[str, ...]) -> Iterator[Fault]:
    for key in keys:
        value = body.get(key)
        for at, each in enumerate(value if isinstance(value, list) else []):
            if not isinstance(each, Mapping):
                detail = f'Cast to Object failed for value "{str(each)[:60]}" at path "{key}"'
                yield Fault(f"{key}.{at}", "invalid_field", detail)


def _generator(generator: Body, path: str) -> Iterator[Fault]:
    if _is_absent(generator.get("_exportId")) and not generator.get("setupInProgress"):
        yield missing(f"{path}._exportId")
    yield from _schedule(generator, f"{path}.")


def _processors(body: Body, prefix: str) -> Iterator[Fault]:
    for at, processor in _objects(body, "pageProcessors"):
        path = f"{prefix}pageProcessors.{at}"
        kind = processor.get("type")
        if _is_absent(kind):
            yield missing(f"{path}.type")
        elif kind not in ("export", "import"):
            yield Fault(f"{path}.type", "invalid_field", f'"{str(kind)[:60]}" is not export or import.')
        elif _is_absent(processor.get(f"_{kind}Id")) and not processor.get("setupInProgress"):
            yield missing(f"{path}._{kind}Id")


def _schedule(body: Body, prefix: str) -> Iterator[Fault]:
    for key, fault_of in (("schedule", schedule_fault), ("timezone", zone_fault)):
        detail = "" if _is_absent(body.get(key)) else fault_of(body[key])
        if detail:
            yield Fault(prefix + key, "invalid_field", detail)


def _aliases(body: Body) -> Iterator[Fault]:
    aliases = list(_objects(body, "aliases"))
    if aliases and "adaptorType" not in body and _is_absent(body.get("_integrationId")):
        yield Fault("aliases", "alias_not_supported", "Aliases need a flow that belongs to an integration.")
    for at, alias in aliases:
        if _is_absent(alias.get("alias")):
            yield missing(f"aliases.{at}.alias")
        named = [
            key
            for key in ("_exportId", "_importId", "_flowId", "_connectionId")
            if not _is_absent(alias.get(key))
        ]
        if not named:
            detail = "An alias needs one reference: _exportId, _importId, _flowId or _connectionId."
            yield Fault(f"aliases.{at}", "missing_required_field", detail)
        elif len(named) > 1:
            yield Fault(f"aliases.{at}", "invalid_field", "An alias has exactly one reference.")


def _step(body: Body) -> Iterator[Fault]:
    adaptor = body.get("adaptorType")
    if _is_absent(adaptor):
        yield missing("adaptorType")
    if not isinstance(adaptor, str):
        return
    needs_connection = adaptor not in WITHOUT_CONNECTION and body.get("type") not in ("webhook", "simple")
    if needs_connection and _is_absent(body.get("_connectionId")):
        yield missing("_connectionId")


def _connection(body: Body) -> Iterator[Fault]:
    if _is_absent(body.get("type")):
        yield missing("type")


def _script(body: Body) -> Iterator[Fault]:
    name, content = body.get("name"), body.get("content")
    if isinstance(name, str) and len(name) > MAX_SCRIPT_NAME:
        yield Fault("name", "invalid_field", f"name wants at most {MAX_SCRIPT_NAME} characters.")
    if content is not None and not isinstance(content, str):
        yield Fault("content", "invalid_field", "content wants a text.")


# Where a document holds templates. `*` is each element, a list of texts or one text at the end are both read.
_TEMPLATES = (
    ("dataURITemplate",),
    ("traceKeyTemplate",),
    ("idLockTemplate",),
    ("http", "relativeURI"),
    ("http", "body"),
    ("http", "headers", "*", "value"),
    ("http", "paging", "relativeURI"),
    ("http", "paging", "body"),
    ("file", "fileName"),
)


def _templates(body: Body) -> Iterator[Fault]:
    for place in _TEMPLATES:
        for path, text in _texts(body, place, ()):
            try:
                template.compile(text)
            except InvalidError as error:
                yield Fault(".".join(path), error.code, error.detail)


def _texts(
    value: Any, place: tuple[str, ...], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, list) and (not place or place[0] == "*"):
        for at, each in enumerate(value):
            yield from _texts(each, place[1:], (*path, str(at)))
    elif isinstance(value, str) and not place:
        yield path, value
    elif isinstance(value, Mapping) and place:
        yield from _texts(value.get(place[0]), place[1:], (*path, place[0]))


_CHECKS: dict[Kind, tuple[Check, ...]] = {
    "flow": (_flow, _aliases),
    "export": (_step, _templates, _aliases),
    "import": (_step, _templates, _aliases),
    "connection": (_connection,),
    "integration": (),
    "script": (_script,),
}
