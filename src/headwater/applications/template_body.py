"""Reading the body of a template: every fault of it at once (wire/clust.md section 5)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headwater.applications.model import (
    DEFAULT_SIZE_MB,
    ITEM_KINDS,
    KINDS_NOT_BUILT,
    RecordMapping,
    Step,
    TemplateItem,
)
from headwater.kernel.errors import Fault, InvalidError

MAPPING_EVENTS = ("submitted", "approved")
MAPPING_OPERATIONS = ("create", "update", "upsert")
SOURCES = ("custom", "contact", "application")
MAX_ITEMS = 200

NextId = Callable[[], int]


class Faults:
    """Collects what is wrong with a body, by dotted place."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self.found: list[Fault] = []

    def add(self, place: str, code: str, detail: str) -> None:
        """Note one fault."""
        self.found.append(Fault(place, code, detail))

    def text(self, body: Mapping[str, Any], name: str, place: str = "", *, default: str = "") -> str:
        """The text under `name`; the default when absent or null; another type is a fault."""
        value = body.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.add(place + name, "not_text", f"'{place}{name}' wants text.")
            return default
        return value.strip()

    def whole(self, body: Mapping[str, Any], name: str, place: str, default: int | None) -> int | None:
        """The whole number from 0 under `name`; the default when absent or null."""
        value = body.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.add(place + name, "not_whole_number", f"'{place}{name}' wants a whole number from 0.")
            return default
        return value

    def flag(self, body: Mapping[str, Any], name: str, place: str, default: Any) -> bool:
        """A truth: true, false, 1, 0, also as text."""
        value = body.get(name)
        if value is None:
            return bool(default)
        known = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        if known is None:
            self.add(place + name, "not_true_or_false", f"'{place}{name}' wants true or false.")
            return bool(default)
        return known

    def check(self, code: str, detail: str) -> None:
        """Raise InvalidError with everything found."""
        if self.found:
            raise InvalidError(code, detail, faults=self.found)


def read_steps(value: Any, faults: Faults, next_id: NextId) -> tuple[Step, ...]:
    """The steps of a template with ids for what has none yet. At most 200 items."""
    steps = tuple(
        _step(each, f"steps.{index}.", index, faults, next_id)
        for index, each in enumerate(_objects(value, "steps", faults))
    )
    if sum(len(step.items) for step in steps) > MAX_ITEMS:
        faults.add("steps", "too_many_items", f"A template has at most {MAX_ITEMS} items.")
    return steps


def read_mapping(value: Any, faults: Faults) -> RecordMapping | None:
    """The record rule of a template, or None when it has none."""
    if value is None:
        return None
    if not isinstance(value, dict):
        faults.add("record_mapping", "not_an_object", "'record_mapping' wants an object.")
        return None
    operation = _choice(value, "operation", MAPPING_OPERATIONS, faults)
    key = _key(value.get("key"), faults)
    if operation != "create" and key is None:
        faults.add(
            "record_mapping.key",
            "required",
            "'record_mapping.key' wants one field and where its value comes from.",
        )
    return RecordMapping(
        module=faults.text(value, "module", "record_mapping."),
        on=_choice(value, "on", MAPPING_EVENTS, faults),
        operation=operation,
        fields=_paths(value.get("fields"), "record_mapping.fields", faults),
        key=key,
    )


def _step(body: Any, place: str, index: int, faults: Faults, next_id: NextId) -> Step:
    items = _objects(body.get("items"), f"{place}items", faults)
    return Step(
        id=_kept_id(body, next_id),
        title=faults.text(body, "title", place, default=f"Step {index + 1}"),
        position=index,
        items=tuple(
            _item(each, f"{place}items.{number}.", number, faults, next_id)
            for number, each in enumerate(items)
        ),
    )


def _item(body: Mapping[str, Any], place: str, index: int, faults: Faults, next_id: NextId) -> TemplateItem:
    kind = faults.text(body, "kind", place, default="document")
    if kind not in ITEM_KINDS:
        code = "not_built" if kind in KINDS_NOT_BUILT else "unknown_kind"
        faults.add(
            f"{place}kind", code, f"'{place}kind' is one of {', '.join(ITEM_KINDS)}; got '{kind[:40]}'."
        )
    title = faults.text(body, "title", place)
    if not title:
        faults.add(f"{place}title", "required", f"'{place}title' is needed.")
    statement = faults.text(body, "statement", place)
    if kind == "statement" and not statement:
        faults.add(
            f"{place}statement", "required", f"'{place}statement' holds the text to accept and is needed."
        )
    return TemplateItem(
        id=_kept_id(body, next_id),
        kind=kind,
        title=title,
        description=faults.text(body, "description", place),
        mandatory=faults.flag(body, "mandatory", place, default=True),
        position=index,
        accept=_extensions(body.get("accept"), f"{place}accept", faults),
        max_size_mb=faults.whole(body, "max_size_mb", place, DEFAULT_SIZE_MB) or DEFAULT_SIZE_MB,
        multiple=faults.flag(body, "multiple", place, default=False),
        statement=statement,
    )


def _kept_id(body: Mapping[str, Any], next_id: NextId) -> int:
    given = body.get("id")
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else next_id()


def _objects(value: Any, place: str, faults: Faults) -> Sequence[dict[str, Any]]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        faults.add(place, "not_a_list", f"'{place}' wants a list of objects.")
        return ()
    return value


def _extensions(value: Any, place: str, faults: Faults) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in parts):
        faults.add(place, "not_text", f"'{place}' wants a list of extensions such as pdf.")
        return ()
    return tuple(part.strip().lstrip(".").lower() for part in parts if part.strip())


def _choice(body: Mapping[str, Any], name: str, choices: Sequence[str], faults: Faults) -> str:
    value = body.get(name)
    if value not in choices:
        place = f"record_mapping.{name}"
        faults.add(
            place, "unknown_choice", f"'{place}' is one of {', '.join(choices)}; got '{str(value)[:40]}'."
        )
        return choices[0]
    return str(value)


def _key(value: Any, faults: Faults) -> tuple[str, str] | None:
    if value is None:
        return None
    paths = _paths(value, "record_mapping.key", faults)
    if len(paths) != 1:
        faults.add(
            "record_mapping.key",
            "one_field",
            '\'record_mapping.key\' names one field, such as {"code":"custom.code"}.',
        )
        return None
    return next(iter(paths.items()))


def _paths(value: Any, place: str, faults: Faults) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        faults.add(
            place, "not_an_object", f"'{place}' wants an object of field names and paths such as custom.code."
        )
        return {}
    for name, path in value.items():
        if not isinstance(path, str) or path.split(".")[0] not in SOURCES:
            faults.add(
                f"{place}.{name}",
                "unknown_path",
                f"'{place}.{name}' starts with {', '.join(SOURCES)}; got '{path!s:.40}'.",
            )
    return {str(name): str(path) for name, path in value.items()}
