"""`headwater demo`: loads real data, plays the main job once, and says what to look at."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from headwater.cli.client import Api, connect
from headwater.cli.demo import application, making
from headwater.cli.demo.data import SOURCE, load
from headwater.cli.demo.delivery import delivered_lines, delivered_records, run_flow
from headwater.cli.importing import summary
from headwater.cli.options import Data
from headwater.db.lock import holder_of
from headwater.kernel import json, settings
from headwater.kernel.errors import FatalError

T = TypeVar("T")


def demo(data: Data = None) -> None:
    """Load countries and cities, play one application to approval, and follow its change to the end."""
    found = settings.load(overrides={"data": data})
    own = found.data
    # beside the data folder: flows may not write into it
    folder = own.with_name(f"{own.resolve().name}-demo")
    print(f"Headwater demo on real data: {SOURCE}.")
    holder = holder_of(own)
    with connect(data) as api:
        tell(api, folder, holder.address if holder else found.address)


def tell(api: Api, folder: Path, base: str) -> None:
    """Make every part that is missing, print what happened and how long it took; pages are below `base`."""
    countries, cities = _timed("Data read", load, lambda found: f"{len(found[1]):,} cities")
    _timed("Modules", lambda: making.modules(api), lambda made: ", ".join(made) or "there already")
    _timed("Countries", lambda: making.countries(api, folder, countries), _import_text)
    _timed("Cities", lambda: making.cities(api, folder, cities), _import_text)
    alert = _timed("Alert", lambda: making.alert(api), lambda found: f"{found['name']}")
    out = folder / "deliveries"
    flow = _timed("Flow", lambda: making.flow(api, alert["queue_uuid"], out), lambda found: found["name"])
    template = _timed("Template", lambda: making.template(api), lambda found: found["title"])
    played = _timed("Application", lambda: application.play(api, template["id"]), _application_text)
    _timed("Flow run", lambda: run_flow(api, flow["_id"], alert["id"]), _run_text)
    _show_path(api, played[0], alert, out)
    _show_pages(base, alert, flow, played[0])


def _timed(what: str, work: Callable[[], T], text: Callable[[T], str]) -> T:
    started = time.perf_counter()
    found = work()
    print(f"  {what:<12} {text(found)} ({time.perf_counter() - started:.2f} s)")
    return found


def _show_path(api: Api, played: dict[str, Any], alert: dict[str, Any], out: Path) -> None:
    city = api.get(f"/api/modules/city/records/{played['record_id']}")
    history = api.get(f"/api/modules/city/records/{city['id']}/history")["items"]
    change = history[0]["changes"]["population"]
    lines, records = delivered_lines(out), delivered_records(api)
    print(f"\nThe path of one change: application {played['id']} was approved, so")
    print(f"  record   {city['values']['name']} went from {change['before']:,} to {change['after']:,} people")
    waiting = api.get(f"/api/alerts/{alert['id']}")["queued"]
    print(f"  alert    queued it; {waiting} wait now")
    print(f"  file     {len(lines)} line: {_shown(lines)}")
    print(f"  Delivery {len(records)} record: {_shown(records)}")
    expected = [{"city": city["values"]["name"], "population": city["values"]["population"]}]
    for found in (lines, records):
        if [{name: each.get(name) for name in ("city", "population")} for each in found] != expected:
            raise FatalError("demo_failed", f"Exactly this change should have arrived: {expected}.")


def _show_pages(base: str, alert: dict[str, Any], flow: dict[str, Any], played: dict[str, Any]) -> None:
    portal = played["public_url"].rsplit("/portal/", 1)[1]
    pages = {
        "/records/city": "the cities: filter, sort, search, open one",
        f"/records/city/{played['record_id']}": "the corrected city and its history",
        f"/alerts/{alert['id']}": "the alert and its queue",
        f"/flows/{flow['_id']}": "the flow, its runs and their counters",
        f"/applications/{played['id']}": "the application and its decision",
        f"/portal/{portal}": "what the applicant sees",
    }
    width = max(len(path) for path in pages)
    print("\nLook at:")
    for path, what in pages.items():
        print(f"  {base}{path:<{width}}  {what}")


def _shown(values: list[dict[str, Any]]) -> str:
    return ", ".join(json.dumps(each) for each in values)


def _import_text(done: dict[str, Any]) -> str:
    return f"{done['created']:,} imported by an earlier run" if done.get("is_repeated") else summary(done)


def _application_text(played: tuple[dict[str, Any], bool]) -> str:
    return f"'{played[0]['title']}' {'was approved' if played[1] else 'was approved by an earlier run'}"


def _run_text(job: dict[str, Any] | None) -> str:
    if job is None:
        return "nothing waited"
    return f"{job['status']}, {job.get('numRecords', 0)} record(s)"
