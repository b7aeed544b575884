"""Sorting and grouping the rows of a file, which needs all of them at once (contract section 13, A11)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from headwater.connectors.builtin.file.rows import Bad, Chunk, chunks_of
from headwater.expr import paths
from headwater.kernel.errors import FatalError

MAX_BYTES = 100 * 1024 * 1024


def is_arranged(parameters: Mapping[str, Any]) -> bool:
    """Whether the rows of a file have to be sorted or grouped."""
    return bool(parameters.get("sort_by") or parameters.get("group_by"))


def arranged(path: Path, parameters: Mapping[str, Any], size: int) -> Iterator[Chunk]:
    """The chunks of a file after sorting, then grouping: a group is an array of rows, counted as one record.

    Rows without a value to group by form one common group. FatalError `file_too_large` above 100 MiB.
    """
    if path.stat().st_size > MAX_BYTES:
        raise FatalError(
            "file_too_large",
            f"'{path.name}' is larger than {MAX_BYTES} bytes.",
            hint="Sorting and grouping need the whole file; do without, or split it.",
        )
    rows: list[Any] = []
    bad: list[Bad] = []
    for chunk in chunks_of(path, parameters, size):
        rows += chunk.records
        bad += chunk.bad
    for each in reversed(parameters.get("sort_by") or ()):
        # Sorting is stable, so the last named field is sorted by first.
        place = paths.parse(each["field"])
        rows.sort(key=partial(_rank, place), reverse=bool(each.get("descending")))
    records = _grouped(rows, parameters.get("group_by") or ())
    for start in range(0, len(records) + 1, size):
        is_last = start + size > len(records)
        yield Chunk(records[start : start + size], bad if start == 0 else [], is_last)


def _grouped(rows: list[Any], names: Sequence[str]) -> list[Any]:
    if not names:
        return rows
    places = [paths.parse(name) for name in names]
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        values = [paths.read(row, place) for place in places]
        is_whole = all(value not in (None, "", paths.MISSING) for value in values)
        groups.setdefault(tuple(map(str, values)) if is_whole else None, []).append(row)
    return list(groups.values())


def _rank(place: paths.Path, row: Any) -> tuple[int, float, str]:
    """Numbers by size, then texts, then what is missing."""
    value = paths.read(row, place)
    if value is paths.MISSING or value is None:
        return 2, 0.0, ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value)
