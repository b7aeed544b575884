"""The `file` connector: what it can do, and how it is opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headwater.connectors.builtin.file.folder import Folder, open_folder
from headwater.connectors.builtin.file.rows import FORMATS
from headwater.connectors.builtin.file.sink import FileSink
from headwater.connectors.builtin.file.source import FileSource
from headwater.connectors.contract import Lookup, Opening
from headwater.connectors.spec import Operation, Parameter, Role, Spec, check_role
from headwater.expr import paths
from headwater.kernel.errors import FatalError, Fault, InvalidError

_FORM = (
    Parameter("directory", "text", "Folder, relative to the connection's or inside it"),
    Parameter("delimiter", "text", "Column delimiter"),
    Parameter("has_header", "bool", "The first row names the columns"),
)
_SOURCE = (
    *_FORM,
    Parameter("format", "text", "Format", required=True, choices=FORMATS),
    Parameter("name", "text", "File name"),
    Parameter("name_prefix", "text", "File name starts with"),
    Parameter("name_suffix", "text", "File name ends with"),
    Parameter("encoding", "text", "Encoding"),
    Parameter("trim", "bool", "Trim spaces"),
    Parameter("skip_rows", "number", "Rows to skip"),
    Parameter("records_path", "text", "Path of the records in a JSON document"),
    Parameter("sort_by", "list", "Fields to sort by: field, descending"),
    Parameter("group_by", "list", "Fields to group by; a group is one record, an array of rows"),
    Parameter("keep", "bool", "Keep files that were read"),
    Parameter("backup_directory", "text", "Folder to move files that were read to"),
)
_SINK = (
    *_FORM,
    Parameter("format", "text", "Format", required=True, choices=("csv", "jsonl")),
    Parameter("name", "text", "File name, a template", required=True),
    Parameter("per_page", "bool", "One file for each page"),
)
SPEC = Spec(
    kind="file",
    title="Files in a local folder",
    connection=(Parameter("directory", "text", "Folder", required=True),),
    operations=(Operation("source", "Read files", _SOURCE), Operation("sink", "Write a file", _SINK)),
)


class FileConnector:
    """Files of local folders; no connection may open our own."""

    spec = SPEC

    def __init__(self, data: Path, *more: Path) -> None:
        """`data` is our own data folder, `more` are others of ours."""
        self._own = (data, *more)

    def check(self, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
        """Every fault that can be found before a run."""
        faults = check_role(SPEC, role, parameters, connection)
        if faults:
            return faults
        try:
            folder = open_folder(connection["directory"], *self._own)
            folder.path(parameters.get("directory") or "")
            folder.path(parameters.get("backup_directory") or "")
        except InvalidError as error:
            return [Fault("directory", error.code, error.detail)]
        return _codec_faults(parameters)

    def source(self, opening: Opening) -> FileSource:
        """The files of the folder, read in name order."""
        return FileSource(self._folder(opening), opening.parameters, opening.rows_per_read)

    def sink(self, opening: Opening) -> FileSink:
        """A file for this run, or for each of its pages."""
        return FileSink(self._folder(opening), opening)

    def lookup(self, opening: Opening) -> Lookup:
        """Files answer no lookups."""
        raise FatalError("operation_unknown", "The connector 'file' answers no lookups.")

    async def close(self) -> None:
        """Nothing stays open between runs."""

    def _folder(self, opening: Opening) -> Folder:
        return open_folder(opening.connection["directory"], *self._own)


def _codec_faults(parameters: Mapping[str, Any]) -> list[Fault]:
    faults = _arranging_faults(parameters)
    if faults:
        return faults
    delimiter = parameters.get("delimiter")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        return [Fault("delimiter", "invalid_field", "A delimiter is one character.")]
    try:
        "".encode(parameters.get("encoding") or "utf-8")
    except LookupError:
        return [Fault("encoding", "invalid_field", f"'{parameters['encoding']}' is no encoding.")]
    return []


def _arranging_faults(parameters: Mapping[str, Any]) -> list[Fault]:
    sorted_by, grouped_by = parameters.get("sort_by") or (), parameters.get("group_by") or ()
    names = [each.get("field") if isinstance(each, Mapping) else None for each in sorted_by]
    try:
        for name in [*names, *grouped_by]:
            paths.parse(name)
    except InvalidError as error:
        return [Fault("sort_by", error.code, error.detail)]
    return []
