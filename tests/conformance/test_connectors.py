"""Every connector that comes with Headwater against the suite that third parties run on theirs."""

import csv
import json

import pytest

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.outbound import OutboundPolicy
from headwater.connectors.testing import SinkSuite, SourceSuite
from headwater.kernel.clock import SystemClock
from tests.unit.connectors.http_api import http_api


class FolderOfFiles:
    """A file connector over a folder of this test."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.path = tmp_path / "exchange"
        self.path.mkdir()
        self.data = tmp_path / "data"
        self.fill()

    def fill(self):
        """Put nothing into it."""

    def connector(self):
        return FileConnector(self.data)

    def connection(self):
        return {"directory": str(self.path)}


ROWS = [{"n": str(number), "name": f"Ødegård, {number}"} for number in range(7)]


class TestCsvSource(FolderOfFiles, SourceSuite):
    def fill(self):
        for name, rows in (("a.csv", ROWS[:4]), ("b.csv", ROWS[4:]), ("c.txt", ROWS)):
            with open(self.path / name, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, ["n", "name"])
                writer.writeheader()
                writer.writerows(rows)

    def parameters(self):
        return {"format": "csv", "name_suffix": ".csv"}

    def records(self):
        return ROWS


class TestJsonLinesSource(FolderOfFiles, SourceSuite):
    def fill(self):
        (self.path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")

    def parameters(self):
        return {"format": "jsonl"}

    def records(self):
        return ROWS


class TestJsonSource(FolderOfFiles, SourceSuite):
    def fill(self):
        (self.path / "a.json").write_text(json.dumps({"data": {"rows": ROWS}}), encoding="utf-8")

    def parameters(self):
        return {"format": "json", "records_path": "data.rows"}

    def records(self):
        return ROWS


class TestJsonLinesSink(FolderOfFiles, SinkSuite):
    def parameters(self):
        return {"format": "jsonl", "name": "out.jsonl"}

    def written(self):
        return [json.loads(line) for line in (self.path / "out.jsonl").read_text().splitlines()]


class TestCsvSink(FolderOfFiles, SinkSuite):
    def parameters(self):
        return {"format": "csv", "name": "out.csv"}

    def written(self):
        with open(self.path / "out.csv", newline="") as file:
            return list(csv.DictReader(file))


class OverHttp:
    """The http connector against a server of this test that keeps what it is sent, once for each key."""

    @pytest.fixture(autouse=True)
    def server(self):
        self.kept = {}
        with http_api(self.answer) as api:
            self.api = api
            yield

    def connector(self):
        return HttpConnector(OutboundPolicy(), SystemClock(), waits=())

    def connection(self):
        return {"base_url": self.api.address}

    def answer(self, asked):
        if asked.method == "GET":
            page = int(asked.query["page"])
            return 200, {"rows": ROWS[page * 2 : page * 2 + 2]}
        self.kept.setdefault(asked.headers["idempotency-key"], asked.body)
        return 201, {"id": len(self.kept)}


class TestHttpSource(OverHttp, SourceSuite):
    def parameters(self):
        path = "/rows?page={{export.http.paging.page}}"
        return {"path": path, "records_path": "rows", "paging": {"method": "page"}}

    def records(self):
        return ROWS


class TestHttpSink(OverHttp, SinkSuite):
    def parameters(self):
        return {"requests": [{"method": "POST", "path": "/rows"}]}

    def written(self):
        return sorted(self.kept.values(), key=lambda record: record["n"])
