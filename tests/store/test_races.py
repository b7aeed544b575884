"""What looks before it writes, done by several at the same time, on both databases: it is done once."""

from concurrent.futures import ThreadPoolExecutor

from headwater.access.actor import SYSTEM
from headwater.flows.scheduling import FlowSchedules

AT_ONCE = 8
TEMPLATE = {"title": "Grant", "steps": [{"items": [{"title": "Passport"}]}]}


def all_at_once(work):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(AT_ONCE)))


def stored_flow(office, folder, **members):
    """The id of a flow from file to file."""
    documents = office.app.documents

    def make(tx):
        place = {"type": "filesystem", "name": "Here", "filesystem": {"directoryPath": str(folder)}}
        connection = documents.create(tx, SYSTEM, "connection", place)["_id"]
        file = {"_connectionId": connection, "file": {"type": "jsonl"}, "filesystem": {"fileName": "a.jsonl"}}
        read = documents.create(
            tx, SYSTEM, "export", {"name": "In", "adaptorType": "FileSystemExport", **file}
        )
        write = documents.create(
            tx, SYSTEM, "import", {"name": "Out", "adaptorType": "FileSystemImport", **file}
        )
        steps = {
            "pageGenerators": [{"_exportId": read["_id"]}],
            "pageProcessors": [{"type": "import", "_importId": write["_id"]}],
        }
        return documents.create(tx, SYSTEM, "flow", {"name": "Copy", **steps, **members})["_id"]

    return office.write(make)


def test_of_a_flow_that_is_started_by_several_one_run_waits(office, tmp_path):
    flow_id = stored_flow(office, tmp_path)

    jobs = all_at_once(lambda _: office.write(lambda tx: office.app.flows.start(tx, SYSTEM, flow_id)))

    assert len({job.id for job in jobs}) == 1


def test_a_schedule_that_several_servers_look_after_waits_once(office, tmp_path):
    flow_id = stored_flow(office, tmp_path, schedule="? 0 4 ? * *")
    app = office.app
    schedules = FlowSchedules(app.flows, app.jobs, app.documents.load, office.clock)

    def waiting():
        return office.read(lambda tx: app.jobs.list(tx, SYSTEM, [("status = ?", "queued")], 10))

    for _ in range(4):
        for job in waiting():
            office.write(lambda tx, job_id=job.id: app.jobs.stop(tx, job_id))
        all_at_once(lambda _: office.write(lambda tx: schedules.ensure(tx, app.documents)))
        assert [job.parameters["flow_id"] for job in waiting()] == [flow_id]


def test_the_first_applications_make_one_module_of_applications(office):
    slice_ = office.app.applications
    template = office.write(lambda tx: slice_.templates.create(tx, SYSTEM, TEMPLATE))

    def apply(number):
        body = {"template_id": template.id, "contact": {"email": f"{number}@example.org"}}
        return office.write(lambda tx: slice_.applications.create(tx, SYSTEM, body))

    made = all_at_once(apply)

    handles = [module.handle for module in office.read(office.app.records.catalogue.all)]
    assert [handle for handle in handles if handle.startswith("application")] == ["application"]
    assert len({application.id for application in made}) == AT_ONCE
