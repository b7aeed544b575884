"""Imports on both databases: counts, references, keys, rejected rows, and going on from a checkpoint."""

import asyncio
import os
import shutil

import pytest

from headwater.access.actor import SYSTEM
from headwater.expr.calendar import Calendar
from headwater.jobs.engine import JobRun
from headwater.jobs.service import Jobs
from headwater.kernel.errors import InvalidError, NotFoundError
from headwater.kernel.events import Events
from headwater.kernel.settings import Settings
from headwater.records.building import build_records
from headwater.records.importing import running, store
from headwater.records.importing.building import build_imports
from headwater.records.importing.model import ImportOptions
from headwater.records.query import Query

LAND = {"handle": "land", "fields": [{"name": "code", "kind": "String", "unique": True}]}
TOWN = {
    "handle": "town",
    "fields": [
        {"name": "code", "kind": "Number", "unique": True},
        {"name": "name", "kind": "String", "required": True},
        {"name": "land", "kind": "Record", "module": "land"},
        {"name": "share", "kind": "Number", "scale": 2},
        {"name": "is_old", "kind": "Bool"},
        {"name": "seen_at", "kind": "DateTime"},
        {"name": "names", "kind": "String", "multi": True},
        {"name": "size", "kind": "Select", "options": ["s", "l"], "default": "s"},
    ],
}


class Bench:
    """The slice over one database."""

    def __init__(self, database, clock, folder):
        events = Events()
        self.heard = []
        self.database, self.clock, self.jobs = database, clock, Jobs(clock, events)
        self.slice = build_records(clock, events, Calendar("UTC", 0, clock.now))
        settings = Settings(data=folder)
        self.importing = build_imports(clock, events, self.slice, self.jobs, database, settings)
        events.subscribe(lambda tx, changes: self.heard.extend(changes))
        for document in (LAND, TOWN):
            database.write_now(lambda tx, it=document: self.slice.modules.create(tx, SYSTEM, it))
        land = {"code": "NO"}
        database.write_now(lambda tx: self.slice.records.create(tx, SYSTEM, "land", land))

    def begin(self, text, file_name="towns.csv", **options):
        spool = self.importing.spool.create()
        self.importing.spool.path(spool).write_bytes(text.encode())

        def work(tx):
            given = ImportOptions(**options)
            item = self.importing.imports.begin(tx, SYSTEM, "town", given, spool, file_name, len(text))
            return self.importing.imports.enqueue(tx, SYSTEM, item.id, len(text.encode()))

        return self.database.write_now(work)

    def run(self, item):
        job = self.database.read_now(lambda tx: self.jobs.get(tx, SYSTEM, item.job_id))
        self.importing.runner.run(JobRun(job, self.database, self.jobs, self.clock))
        return self.look(item)

    def look(self, item):
        return self.database.read_now(lambda tx: store.get_import(tx, item.id))

    def faults(self, item):
        found = self.database.read_now(lambda tx: store.list_rejects(tx, item.id, 0, 100))
        return {(number, fault.column, fault.code) for number, _, faults in found for fault in faults}

    def towns(self):
        page = self.database.read_now(
            lambda tx: self.slice.finder.documents(tx, SYSTEM, "town", Query(sort=("code",), limit=1000))
        )
        return [each["values"] for each in page.items]


@pytest.fixture
def bench(database, clock, tmp_path):
    return Bench(database, clock, tmp_path)


def test_values_arrive_in_their_kinds_and_defaults_fill_what_has_no_column(bench):
    text = "code,name,land,share,is_old,seen_at,names\n1,Ås,no,0.50,yes,2031-05-02T07:00:00Z,a|B\n2,x,,,,,\n"

    done = bench.run(bench.begin(text, references={"land": "code"}))

    assert (done.status, done.counts.created, done.counts.rejected) == ("ok", 2, 0)
    records = bench.database.read_now(
        lambda tx: bench.slice.finder.records(tx, SYSTEM, "town", Query(sort=("code",))).items
    )
    first, second = (record.values for record in records)
    assert first.pop("land") > 0
    assert {name: str(value) for name, value in first.items()} == {
        "code": "1",
        "name": "Ås",
        "share": "0.50",
        "is_old": "True",
        "seen_at": str(bench.clock.now()),
        "names": "['a', 'B']",
        "size": "s",
    }
    assert second == {"code": 2, "name": "x", "size": "s"}


def test_what_is_wrong_is_told_by_row_and_column(bench):
    text = "code,name,land,share\n1,a,no,1\n1,b,no,2\nx,,se,1.234\n4,d,no\n"

    done = bench.run(bench.begin(text, references={"land": "code"}))

    assert (done.counts.created, done.counts.rejected) == (1, 3)
    assert bench.faults(done) == {
        (3, "code", "not_unique"),
        (4, "code", "wrong_type"),
        (4, "name", "required"),
        (4, "land", "unknown_reference"),
        (4, "share", "too_many_decimals"),
        (5, "", "wrong_cell_count"),
    }


def test_a_reference_by_id_must_lead_to_a_living_record(bench):
    done = bench.run(bench.begin("code,name,land\n1,a,999999\n"))

    assert bench.faults(done) == {(2, "land", "unknown_reference")}


def test_a_key_changes_creates_and_leaves_alone(bench):
    bench.run(bench.begin("code,name\n1,a\n2,b\n"))

    done = bench.run(bench.begin("code,name\n1,A\n2,b\n3,c\n3,C\n", key="code"))

    assert (done.counts.created, done.counts.updated, done.counts.skipped) == (1, 2, 1)
    assert [town["name"] for town in bench.towns()] == ["A", "b", "C"]


def test_a_field_that_only_a_later_line_names_is_taken(bench, monkeypatch):
    monkeypatch.setattr(running, "JSON_ROWS_FOR_COLUMNS", 1)
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    lines = ['{"code":1,"name":"a"}', '{"code":2,"name":"b"}', '{"code":3,"name":"c","share":"0.50"}']

    done = bench.run(bench.begin("\n".join(lines), "towns.jsonl"))

    assert (done.counts.created, done.counts.rejected) == (3, 0)
    assert [town.get("share") for town in bench.towns()] == [None, None, "0.50"]


def test_what_a_line_does_not_name_has_its_default_and_what_is_null_is_empty(bench):
    lines = ['{"code":1,"name":"a","size":"l"}', '{"code":2,"name":"b"}', '{"code":3,"name":"c","size":null}']

    bench.run(bench.begin("\n".join(lines), "towns.jsonl"))

    assert [town.get("size") for town in bench.towns()] == ["l", "s", None]


def test_a_line_changes_only_what_it_names(bench):
    bench.run(bench.begin("code,name,share\n1,a,0.50\n2,b,0.50\n"))
    lines = ['{"code":1,"name":"A"}', '{"code":2,"share":null}', '{"code":3,"share":"0.25"}']

    done = bench.run(bench.begin("\n".join(lines), "towns.jsonl", key="code"))

    assert (done.counts.updated, done.counts.rejected) == (2, 1)
    assert bench.faults(done) == {(3, "name", "required")}
    assert [(town["name"], town.get("share")) for town in bench.towns()] == [("A", "0.50"), ("b", None)]


def test_an_import_that_failed_goes_on_when_its_job_is_retried(bench):
    begun = bench.begin("code,name\n1,a\n")
    path = bench.importing.spool.path(begun.spool)
    hidden = path.rename(path.with_name("hidden"))
    with pytest.raises(NotFoundError):
        bench.run(begun)
    assert bench.look(begun).status == "error"
    hidden.rename(path)

    done = bench.run(begun)

    assert (done.status, done.error, done.counts.created) == ("ok", None, 1)
    assert not path.exists()
    assert bench.run(begun) == done


def test_files_that_no_import_will_read_are_let_go(bench, clock):
    waiting, given_up, cancelled = (bench.begin("code,name\n1,a\n") for _ in range(3))
    stray, young = bench.importing.spool.create(), bench.importing.spool.create()
    imports = bench.importing.imports
    for item, status in ((given_up, "error"), (cancelled, "cancelled")):
        bench.database.write_now(lambda tx, it=item, to=status: imports.finish(tx, it, to, None))
    folder = bench.importing.spool.path(young).parent
    for path in folder.iterdir():
        if path.name != young:
            os.utime(path, (0, 0))

    asyncio.run(bench.importing.cleaning.run())
    assert {path.name for path in folder.iterdir()} == {waiting.spool, given_up.spool, young}
    clock.move(8 * 86_400)
    asyncio.run(bench.importing.cleaning.run())
    assert {path.name for path in folder.iterdir()} == {waiting.spool, young}
    assert stray not in os.listdir(folder)


def test_an_import_goes_on_from_its_checkpoint(bench, monkeypatch):
    monkeypatch.setattr(running, "BATCH_ROWS", 3)
    item = bench.begin("code,name\n" + "".join(f"{number},n{number}\n" for number in range(10)))
    real, commits = store.update_import, []

    def breaks_down(tx, changed):
        real(tx, changed)
        commits.append(changed)
        if len(commits) == 3:
            raise ZeroDivisionError

    monkeypatch.setattr(store, "update_import", breaks_down)
    with pytest.raises(ZeroDivisionError):
        bench.run(item)
    broken_off = bench.look(item)
    monkeypatch.setattr(store, "update_import", real)

    done = bench.run(item)

    assert 0 < broken_off.counts.created < 10
    assert (done.status, done.counts.read, done.counts.created) == ("ok", 10, 10)
    assert [town["code"] for town in bench.towns()] == list(range(10))


def test_whoever_hears_of_the_module_hears_of_each_row_as_if_it_were_written_alone(bench):
    bench.heard.clear()

    bench.run(bench.begin("code,name,share\n1,a,0.25\n2,b,\n"))

    shown = [(change.op, change.revision, dict(change.before)) for change in bench.heard]
    assert shown == [("create", 1, {}), ("create", 1, {})]
    values = [{name: str(value) for name, value in change.after.items()} for change in bench.heard]
    assert values == [
        {"code": "1", "name": "a", "share": "0.25", "size": "s"},
        {"code": "2", "name": "b", "size": "s"},
    ]


def test_a_file_that_does_not_fit_ends_with_the_reason(bench):
    item = bench.begin("colour\nred\n")

    with pytest.raises(InvalidError):
        bench.run(item)

    done = bench.look(item)
    assert (done.status, done.error["code"]) == ("error", "columns_do_not_fit")


def test_a_lost_upload_ends_with_the_reason(bench):
    item = bench.begin("code,name\n1,a\n")
    shutil.rmtree(bench.importing.spool.path(item.spool).parent)

    with pytest.raises(Exception, match="no longer there"):
        bench.run(item)

    assert bench.look(item).error["code"] == "upload_lost"


def test_a_filled_table_is_known_to_be_full(bench):
    if bench.database.dialect == "sqlite":
        pytest.skip("SQLite plans without a count of rows")

    bench.run(bench.begin("code,name\n" + "".join(f"{n},T{n}\n" for n in range(1500))))

    module = bench.database.read_now(lambda tx: bench.slice.catalogue.get(tx, "town"))
    rows = "select reltuples from pg_class where relname = ?"
    assert bench.database.read_now(lambda tx: tx.scalar(rows, (module.table,))) == 1500
