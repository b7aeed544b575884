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
from headwater.kernel import settings
from headwater.kernel.errors import FatalError

T = TypeVar("T")


def demo(data: Data = None) -> None:
    """Load countries and cities, play one application to approval, and follow its change to the end."""
    folder = settings.load(overrides={"data": data}).data / "demo"
    print(f"Headwater demo on real data: {SOURCE}.")
    with connect(data) as api:
        tell(api, folder)


def tell(api: Api, folder: Path) -> None:
    """Make every part that is missing, print what happened and how long it took."""
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
    _show_pages(api, alert, flow, played[0])


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
    print(f"  file     {len(lines)} line: {lines}")
    print(f"  Delivery {len(records)} record: {records}")
    expected = [{"city": city["values"]["name"], "population": city["values"]["population"]}]
    for found in (lines, records):
        if [{name: each.get(name) for name in ("city", "population")} for each in found] != expected:
            raise FatalError("demo_failed", f"Exactly this change should have arrived: {expected}.")


def _show_pages(api: Api, alert: dict[str, Any], flow: dict[str, Any], played: dict[str, Any]) -> None:
    base = api.address
    print("\nLook at:")
    print(f"  {base}/records/city             the cities; filter, sort, search, open one")
    print(f"  {base}/records/city/{played['record_id']}   the corrected city and its history")
    print(f"  {base}/alerts/{alert['id']}         the alert and its queue")
    print(f"  {base}/flows/{flow['_id']}   the flow and its runs")
    print(f"  {base}/applications/{played['id']}   the application and its decision")
    print(f"  {played['public_url']}   what the applicant sees")


def _import_text(done: dict[str, Any]) -> str:
    return summary(done)


def _application_text(played: tuple[dict[str, Any], bool]) -> str:
    return f"'{played[0]['title']}' {'was approved' if played[1] else 'was approved by an earlier run'}"


def _run_text(job: dict[str, Any] | None) -> str:
    if job is None:
        return "nothing waited"
    return f"{job['status']}, {job.get('numRecords', 0)} record(s)"
