"""Which jobs a list of jobs asks for (J4): conditions on runs, and tests of single jobs."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.kernel.clock import SECOND, parse
from headwater.kernel.errors import InvalidError
from headwater.wire.integrator.errors import bad_query
from headwater.wire.integrator.jobs import Job, read_job_hex

Condition = tuple[str, Any]
Test = Callable[[Job], bool]

_ENOUGH = (
    *("_integrationId", "_flowId", "_exportId", "_importId", "_flowJobId", "createdAt_gte", "createdAt_lte"),
)
_RESOURCES = ("_flowJobId", "_integrationId", "_flowId", "_exportId", "_importId")
_COUNTERS = ("numSuccess", "numError", "numIgnore", "numExport")
_ENDS = ("gte", "lte")
_STATUSES = {
    "queued": "queued",
    "running": "running",
    "completed": "ok",
    "failed": "error",
    "canceled": "cancelled",
}


def check(parameters: Mapping[str, str]) -> None:
    """Refuse a list without anything to find its jobs by: 400 `invalid_query`."""
    if not any(parameters.get(name) for name in _ENOUGH):
        raise bad_query(f"Give at least one of {', '.join(_ENOUGH)}.")
    is_of_places = parameters.get("type") in ("export", "import")
    if is_of_places and not any(parameters.get(name) for name in _RESOURCES):
        raise bad_query("Jobs of type export or import are found by _flowJobId or by a resource id.")


def run_conditions(parameters: Mapping[str, str]) -> list[Condition]:
    """`(sql with one ?, value)` on the tables `run` and `job`."""
    found: list[Condition] = []
    for name, sign in (("createdAt_gte", ">="), ("createdAt_lte", "<=")):
        if parameters.get(name):
            # Times are shown in milliseconds and kept in microseconds: a bound covers its whole millisecond.
            moment = _moment(name, parameters[name]) // 1000 * 1000
            found.append((f"run.created_at {sign} ?", moment + (999 if sign == "<=" else 0)))
    if parameters.get("_flowId"):
        found.append(("run.flow_id = ?", parameters["_flowId"]))
    if parameters.get("_flowJobId"):
        known = read_job_hex(parameters["_flowJobId"])
        found.append(("run.job_id = ?", known[0] if known and known[1] is None else -1))
    if parameters.get("status") in _STATUSES:
        found.append(("job.status = ?", _STATUSES[parameters["status"]]))
    return found


def _moment(name: str, text: str) -> int:
    try:
        if text.isascii() and text.isdigit() and len(text) <= 15:
            return int(text) * SECOND // 1000
        return parse(text)
    except InvalidError as error:
        raise bad_query(f"{name} wants a time in ISO 8601 with a zone.") from error


def job_test(parameters: Mapping[str, str]) -> Test:
    """Whether a job is asked for."""
    tests: list[Test] = [
        *(
            _equals(name, parameters[name])
            for name in ("_exportId", "_importId", "type", "status")
            if parameters.get(name)
        ),
        *(
            _among(name, parameters[f"{name}_in"])
            for name in ("type", "_flowId")
            if parameters.get(f"{name}_in")
        ),
    ]
    if parameters.get("_flowJobId"):
        tests.append(lambda job: "_flowJobId" in job)
    if parameters.get("retriable"):
        wanted = parameters["retriable"] == "true"
        tests.append(lambda job: job["retriable"] is wanted)
    bounds = ((counter, end, parameters.get(f"{counter}_{end}")) for counter in _COUNTERS for end in _ENDS)
    tests += [_bounded(counter, end, text) for counter, end, text in bounds if text]
    return lambda job: all(test(job) for test in tests)


def _equals(name: str, value: str) -> Test:
    return lambda job: job.get(name) == value


def _among(name: str, listed: str) -> Test:
    values = {each.strip(" \"'") for each in listed.strip("[]").split(",")}
    return lambda job: job.get(name) in values


def _bounded(counter: str, end: str, text: str) -> Test:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise bad_query(f"{counter}_{end} wants a whole number.")
    bound = int(text)
    return (lambda job: job[counter] >= bound) if end == "gte" else (lambda job: job[counter] <= bound)
