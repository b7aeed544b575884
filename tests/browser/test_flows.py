"""Running a flow, watching its counters, and handling what failed."""

import json
import re

from playwright.sync_api import expect

from tests.browser.data import make_module
from tests.browser.look import look


def made(client, kind: str, document: dict) -> str:
    answer = client.post(f"/integrator/v1/{kind}", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()["_id"]


def make_flow(client, folder, module: str, name: str) -> str:
    """From in.jsonl of the folder to the module."""
    place = {"name": "Folder", "type": "filesystem", "filesystem": {"directoryPath": str(folder)}}
    source = {
        "name": "Towns of the file",
        "adaptorType": "FileSystemExport",
        "_connectionId": made(client, "connections", place),
        "filesystem": {"directoryPath": ".", "fileName": "in.jsonl"},
        "file": {"type": "jsonl", "fileName": "in.jsonl"},
    }
    target = {
        "name": "Town records",
        "adaptorType": "HeadwaterImport",
        "records": {"module": module, "operation": "insert"},
    }
    document = {
        "name": name,
        "disabled": False,
        "pageGenerators": [{"_exportId": made(client, "exports", source)}],
        "pageProcessors": [{"type": "import", "_importId": made(client, "imports", target)}],
    }
    return made(client, "flows", document)


def write_lines(folder, records):
    lines = "".join(json.dumps(each) + "\n" for each in records)
    (folder / "in.jsonl").write_text(lines, encoding="utf-8")


def test_a_flow_runs_and_shows_its_counters(page, client, tmp_path):
    handle = make_module(client)
    flow = make_flow(client, tmp_path, handle, "Towns come in")
    write_lines(tmp_path, [{"code": f"F{at}", "name": f"Town {at}"} for at in range(40)])
    page.goto("/flows")
    page.get_by_role("link", name="Towns come in").click()
    panel = page.get_by_role("region", name="Towns come in")
    expect(panel.get_by_text("This flow has not run yet.")).to_be_visible()
    panel.get_by_role("button", name="Run").click()
    expect(panel.locator("[data-status=ok]")).to_be_visible()
    expect(panel.get_by_role("row", name="Destination Town records")).to_contain_text("40")
    look(page, "flow-run")
    panel.get_by_role("link", name="Steps").click()
    expect(panel.get_by_role("listitem").filter(has_text="Destination Town records")).to_be_visible()
    look(page, "flow-steps")
    assert page.url.endswith(f"/flows/{flow}?tab=steps")


def test_failures_are_changed_retried_and_resolved(page, client, tmp_path):
    handle = make_module(client)
    flow = make_flow(client, tmp_path, handle, "Towns with faults")
    write_lines(tmp_path, [{"code": "a", "name": "A", "population": "many"}, {"code": "b"}, {"name": "C"}])
    page.goto(f"/flows/{flow}")
    panel = page.get_by_role("region", name="Towns with faults")
    panel.get_by_role("button", name="Run").click()
    expect(panel.get_by_text("3 read, 2 failed")).to_be_visible()
    panel.get_by_role("link", name=re.compile("^Failures")).click()
    wrong = panel.get_by_role("listitem").filter(has_text="wants a number")
    wrong.get_by_text("Show the record").click()
    wrong.get_by_role("button", name="Change it").click()
    wrong.get_by_role("textbox", name="Record").fill('{"code": "a", "name": "A", "population": 5}')
    look(page, "flow-failures")
    wrong.get_by_role("button", name="Save").click()
    wrong.get_by_role("checkbox").check()
    panel.get_by_role("button", name="Retry 1").click()
    expect(panel.get_by_role("listitem").filter(has_text="wants a number")).to_have_count(0)
    panel.get_by_role("button", name="Resolve 1").click()
    expect(panel.get_by_text("No failure is open")).to_be_visible()
    names = {each["values"]["name"] for each in client.get(f"/api/modules/{handle}/records").json()["items"]}
    assert names == {"A", "C"}
