"""The form of a module: reads JSON values of a record into their in-memory forms, every fault at once."""

from collections.abc import Mapping
from typing import Any

from headwater.kernel.errors import Fault, InvalidError
from headwater.kernel.json import dumps
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS
from headwater.records.fields.kind import Convert
from headwater.records.fields.multi import list_reader
from headwater.records.model import Field, Module


class Form:
    """Reads values for one revision of a module; its readers are made once."""

    def __init__(self, module: Module) -> None:
        """Compile the readers, the defaults and the list of what is required."""
        self._handle = module.handle
        self._readers = {each.name: reader_of(each) for each in module.fields}
        self._required = [each.name for each in module.fields if each.required]
        self.defaults = _defaults(module)

    def read_new(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a new record: defaults fill what is absent; empty ones are left out.

        InvalidError `invalid_record` tells every fault.
        """
        values, faults = self.try_new(given)
        if faults:
            raise invalid_record(self._handle, faults)
        return values

    def read_changed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values that a change gives; None clears. InvalidError `invalid_record` tells every fault."""
        values, faults = self.try_changed(given)
        if faults:
            raise invalid_record(self._handle, faults)
        return values

    def try_new(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """`read_new` with the faults beside the values."""
        values, faults = self.read(given)
        if self.defaults:
            values = {**self.defaults, **values}
        missing = [name for name in self._required if values.get(name) is None]
        if missing:
            # a value that cannot be read leaves its field empty, which is not a second fault
            known = {fault.field for fault in faults}
            faults += [self.required(name) for name in missing if name not in known]
        return {name: values[name] for name in self._readers if values.get(name) is not None}, faults

    def try_changed(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """`read_changed` with the faults beside the values."""
        values, faults = self.read(given)
        faults += [self.required(name) for name in self._required if name in values and values[name] is None]
        return values, faults

    def read(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """The values that could be read, None for empty ones, and a fault for each that could not."""
        readers = self._readers
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, raw in given.items():
            if raw is None and name in readers:
                values[name] = None
                continue
            try:
                values[name] = readers[name](raw)
            except KeyError:
                faults.append(self._unknown(name))
            except BadValueError as error:
                faults.append(self._fault(name, raw, error))
        return values, faults

    def required(self, name: str) -> Fault:
        """The fault of an empty required field."""
        return Fault(name, "required", f"Field '{name}' of module '{self._handle}' is required.")

    def _unknown(self, name: str) -> Fault:
        return Fault(
            str(name)[:100], "unknown_field", f"Module '{self._handle}' has no field '{str(name)[:100]}'."
        )

    def _fault(self, name: str, raw: Any, error: BadValueError) -> Fault:
        where = f"Field '{name}' of module '{self._handle}'"
        return Fault(name, error.code, f"{where} {error.detail}; got {shown(raw)}.")


def reader_of(field: Field) -> Convert:
    """The function that reads the field's JSON form; for a multi field that of the whole list."""
    read_one = KINDS[field.kind].reader(field)
    return list_reader(read_one) if field.multi else read_one


def invalid_record(handle: str, faults: list[Fault]) -> InvalidError:
    """The error for a record with these faults."""
    count = f"{len(faults)} faults" if len(faults) > 1 else "1 fault"
    return InvalidError(
        "invalid_record", f"The record of module '{handle}' has {count}: {faults[0].detail}", faults=faults
    )


def shown(raw: Any) -> str:
    """A value as a message shows it: short, texts in single quotes."""
    if isinstance(raw, str):
        text = raw.replace("\0", "\\0")
        return f"'{text[:60]}{'…' if len(text) > 60 else ''}'"
    try:
        text = dumps(raw)
    except (TypeError, ValueError, OverflowError):
        text = type(raw).__name__
    return text[:60] + "…" if len(text) > 60 else text


def _defaults(module: Module) -> dict[str, Any]:
    found = {}
    for field in module.fields:
        default = KINDS[field.kind].initial(field)
        if default is not None:
            found[field.name] = reader_of(field)(default)
    return found
