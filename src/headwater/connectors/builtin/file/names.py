"""The name of a file that a sink writes: a template, made unique where one run writes several files."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from headwater.connectors.contract import Opening
from headwater.expr.templates import template
from headwater.kernel.clock import FixedClock


def file_name(parameters: Mapping[str, Any], opening: Opening, page: int | None, record: Any) -> str:
    """Render the name over the first record and the run's names; the time in it is the start of the run.

    A file of one page gets the page's number, and one of a retry the run's id: it must not replace the first.
    """
    text = parameters.get("name") or f"{opening.step_id}.{parameters.get('format') or 'csv'}"
    if "{{" in text:
        # The time in a name is the run's, so that a name rendered again after a crash is the same.
        names = {**opening.context, "clock": FixedClock(opening.started_at), "record": record}
        text = template.compile(text)(record, names)
    path = PurePosixPath(text)
    suffix = "" if page is None else f"-{page + 1}"
    if opening.context.get("is_retry"):
        suffix = f"-retry-{opening.run_id}{suffix}"
    return str(path.with_name(f"{path.stem}{suffix}{path.suffix}")) if suffix else text
