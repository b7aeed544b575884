"""`file` and `filesystem` parts as parameters of the file connector (contract section 13, local folder)."""

from collections.abc import Mapping
from typing import Any

from headwater.flows.formats.integrator.parts import filled, items, part, text

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|"}
_FORMATS = {"csv": "csv", "json": "json", "jsonl": "jsonl"}


def connection_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"type": "filesystem", "filesystem": {"directoryPath"}}`."""
    return filled({"directory": text(part(document, "filesystem"), "directoryPath")})


def export_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """Which files to read and how. Files of a local folder are kept unless `skipDelete` is false."""
    file, folder = part(document, "file"), part(document, "filesystem")
    csv = part(file, "csv")
    return filled(
        {
            **_form(document),
            "name": text(folder, "fileName"),
            "name_prefix": text(folder, "fileNameStartsWith"),
            "name_suffix": text(folder, "fileNameEndsWith"),
            "encoding": text(file, "encoding"),
            "trim": csv.get("trimSpaces"),
            "skip_rows": csv.get("rowsToSkip"),
            "records_path": text(part(file, "json"), "resourcePath"),
            "keep": file.get("skipDelete"),
            "backup_directory": text(folder, "backupDirectoryPath"),
            "group_by": items(document, "groupByFields") or items(file, "groupByFields") or None,
            "sort_by": items(file, "sortByFields") or None,
        }
    )


def import_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """Which file to write; `skipAggregation` makes it one file for each page (A12)."""
    file, folder = part(document, "file"), part(document, "filesystem")
    return filled(
        {
            **_form(document),
            "name": text(folder, "fileName") or text(file, "fileName"),
            "has_header": part(file, "csv").get("includeHeader"),
            "per_page": file.get("skipAggregation"),
        }
    )


def _form(document: Mapping[str, Any]) -> dict[str, Any]:
    file, folder = part(document, "file"), part(document, "filesystem")
    csv = part(file, "csv")
    delimiter = text(csv, "columnDelimiter")
    kind = text(file, "type")
    return {
        "directory": text(folder, "directoryPath"),
        "format": _FORMATS.get(kind, kind) if kind else None,
        "delimiter": _DELIMITERS.get(delimiter, delimiter) if delimiter else None,
        "has_header": csv.get("hasHeaderRow"),
    }
