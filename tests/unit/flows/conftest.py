"""A small world for flows: documents in a dict, real connectors, and runs performed to their end."""

import asyncio
import json

import pytest

from headwater.access.actor import SYSTEM
from headwater.connectors.builtin.file.connector import FileConnector
from headwater.flows.failures import Failures
from headwater.flows.model import RunOptions
from headwater.flows.planner import Planner
from headwater.flows.runner import FlowRunner
from headwater.flows.service import Flows
from headwater.jobs import store as job_store
from headwater.jobs.engine import JobRun
from headwater.jobs.service import Jobs
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox


class World:
    """Flows over documents that a test puts into `documents[kind][id]`."""

    def __init__(self, database, clock, folder, connectors):
        self.database, self.clock, self.folder = database, clock, folder
        self.events = Events()
        self.documents = {kind: {} for kind in ("flow", "export", "import", "connection")}
        self.connectors = connectors
        self.jobs = Jobs(clock, self.events)
        self.box = SecretBox("k" * 32)
        planner = Planner(self.load, connectors, self.box)
        self.flows = Flows(self.jobs, planner, clock)
        self.failures = Failures(self.flows, planner, self.jobs, clock)
        self.runner = FlowRunner(self.flows, self.failures, planner, self.load, connectors, self.events)
        self.add("connection", "folder", type="filesystem", filesystem={"directoryPath": str(folder)})

    def load(self, tx, kind, document_id):
        return self.documents[kind].get(document_id)

    def add(self, kind, document_id, **document):
        self.documents[kind][document_id] = {"_id": document_id, "name": document_id, **document}

    def file_export(self, document_id="in", name="in.jsonl", **document):
        known = {"adaptorType": "FileSystemExport", "_connectionId": "folder", "file": {"type": "jsonl"}}
        self.add("export", document_id, **{**known, "filesystem": {"fileName": name}, **document})

    def file_import(self, document_id="out", name="out.jsonl", **document):
        known = {"adaptorType": "FileSystemImport", "_connectionId": "folder", "file": {"type": "jsonl"}}
        self.add("import", document_id, **{**known, "filesystem": {"fileName": name}, **document})

    def flow(self, *processors, generators=("in",), flow_id="flow1", **document):
        self.add(
            "flow",
            flow_id,
            pageGenerators=[{"_exportId": each} for each in generators],
            pageProcessors=list(processors),
            **document,
        )

    def write_lines(self, name, records):
        (self.folder / name).write_text("".join(json.dumps(each) + "\n" for each in records))

    def read_lines(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def start(self, flow_id="flow1", options=None):
        options = options or RunOptions()
        job = self.database.write_now(lambda tx: self.flows.start(tx, SYSTEM, flow_id, options))
        return job

    async def perform(self, job, database=None):
        try:
            return await self.runner(JobRun(job, database or self.database, self.jobs, self.clock))
        finally:
            for connector in self.connectors.values():
                await connector.close()

    def perform_now(self, job):
        """Perform a run and settle its job, as the engine does."""
        result = asyncio.run(self.perform(job))
        self.database.write_now(
            lambda tx: job_store.update(tx, job.id, status="ok", finished_at=self.clock.now(), result=result)
        )
        return self.run_of(job)

    def run(self, flow_id="flow1", options=None):
        return self.perform_now(self.start(flow_id, options))

    def run_of(self, job):
        return self.database.read_now(lambda tx: self.flows.run_of_job(tx, SYSTEM, job.id))

    def steps(self, run):
        return self.database.read_now(lambda tx: self.flows.steps(tx, SYSTEM, run.id))

    def counts(self, run):
        """Sums over every step, generators included: the integrator's counting rule."""
        rows = self.steps(run)
        return tuple(sum(getattr(row, name) for row in rows) for name in ("success", "ignored", "failed"))

    def classes(self, run):
        return (run.records_read, run.records_ok, run.records_ignored, run.records_failed)

    def failed(self, flow_id="flow1"):
        return self.database.read_now(
            lambda tx: self.failures.list(tx, SYSTEM, [("flow_id = ?", flow_id)], 1000)
        )


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "exchange"
    path.mkdir()
    return path


@pytest.fixture
def world(database, clock, folder, tmp_path):
    return World(database, clock, folder, {"file": FileConnector(tmp_path / "data")})
