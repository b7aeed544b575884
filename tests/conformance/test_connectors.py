"""Every connector that comes with Headwater against the suite that third parties run on theirs."""

import csv
import json

import pytest

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.testing import SinkSuite, SourceSuite


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
