"""The file connector: folders, rows, names, and what happens at the edges."""

import asyncio
import json
import os

import pytest

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.file.folder import open_folder
from headwater.connectors.testing import batch_of, opening, read_all
from headwater.kernel.errors import FatalError, InvalidError


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "exchange"
    path.mkdir()
    return path


@pytest.fixture
def connector(tmp_path):
    return FileConnector(tmp_path / "data")


def source(connector, folder, **parameters):
    return connector.source(opening({"format": "csv", **parameters}, {"directory": str(folder)}))


def sink(connector, folder, page_size=20, context=None, **parameters):
    known = {"format": "jsonl", "name": "out.jsonl", **parameters}
    return connector.sink(
        opening(known, {"directory": str(folder)}, page_size=page_size, context=context or {})
    )


def read(connector, folder, **parameters):
    return asyncio.run(read_all(source(connector, folder, **parameters)))


def first_page(connector, folder, **parameters):
    return asyncio.run(source(connector, folder, **parameters).read(None))


def test_a_relative_folder_lies_below_the_folders_of_the_data(tmp_path):
    assert open_folder("in", tmp_path / "data").root == (tmp_path / "data" / "folders" / "in").resolve()


@pytest.mark.parametrize("directory", ["{data}", "{data}/x", "..", "../secret.key"])
def test_a_connection_never_opens_our_own_data(tmp_path, directory):
    data = tmp_path / "data"
    with pytest.raises(InvalidError) as caught:
        open_folder(directory.format(data=data), data)
    assert caught.value.code == "folder_refused"


@pytest.mark.parametrize("directory", ["/proc/self", "/dev", "/sys/kernel", "link"])
def test_a_connection_never_opens_what_the_kernel_shows_of_itself(tmp_path, directory):
    (tmp_path / "folders").mkdir()
    (tmp_path / "folders" / "link").symlink_to("/proc")
    with pytest.raises(InvalidError) as caught:
        open_folder(directory, tmp_path)
    assert caught.value.code == "folder_refused"
    around = open_folder("/", tmp_path / "elsewhere")
    with pytest.raises(InvalidError):
        around.path("proc/self/environ")


def test_no_path_of_a_folder_around_our_own_data_leads_into_it(tmp_path):
    folder = open_folder(str(tmp_path), tmp_path / "data")
    with pytest.raises(InvalidError) as caught:
        folder.path("data/secret.key")
    assert caught.value.code == "folder_refused"
    assert folder.path("data/folders/in").name == "in"


def test_stored_documents_that_lie_elsewhere_are_our_own_data_too(tmp_path):
    folder = open_folder(str(tmp_path), tmp_path / "data", tmp_path / "shared")
    with pytest.raises(InvalidError) as caught:
        folder.path("shared/files/ab")
    assert caught.value.code == "folder_refused"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "a\0b"])
def test_no_path_leads_out_of_the_folder(folder, tmp_path, path):
    with pytest.raises(InvalidError) as caught:
        open_folder(str(folder), tmp_path / "data").path(path)
    assert caught.value.code == "path_outside"


def test_an_absolute_path_inside_the_folder_is_taken(folder, tmp_path):
    root = folder.resolve()
    assert open_folder(str(folder), tmp_path / "data").path(str(root / "x.csv")) == root / "x.csv"


def test_a_link_that_leads_out_is_not_followed(connector, folder, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    os.symlink(tmp_path / "secret.csv", folder / "a.csv")
    with pytest.raises(InvalidError) as caught:
        read(connector, folder)
    assert caught.value.code == "path_outside"


def test_a_missing_folder_stops_the_run(connector, tmp_path):
    with pytest.raises(FatalError) as caught:
        read(connector, tmp_path / "nowhere")
    assert caught.value.code == "file_unreadable"


def test_an_empty_folder_gives_no_record(connector, folder):
    assert read(connector, folder) == []


def test_quoted_cells_keep_commas_and_line_ends(connector, folder):
    (folder / "a.csv").write_text('a,b\n"x,1","line\nbreak"\n')
    assert read(connector, folder) == [{"a": "x,1", "b": "line\nbreak"}]


def test_bad_rows_are_told_and_the_others_read(connector, folder):
    (folder / "a.csv").write_bytes(b"a,b\n1,2\n3\n4,\xff\n5,6\n")
    page = first_page(connector, folder)
    assert page.records == [{"a": "1", "b": "2"}, {"a": "5", "b": "6"}]
    assert [trouble.code for _, trouble in page.bad] == ["ragged_row", "wrong_encoding"]


def test_an_endless_quote_is_one_bad_row(connector, folder):
    (folder / "a.csv").write_text('a\n1\n"' + "x" * (6 * 1024 * 1024))
    page = first_page(connector, folder)
    assert page.records == [{"a": "1"}]
    assert [trouble.kind for _, trouble in page.bad] == ["parse"]


def test_a_header_that_names_a_column_twice_stops_the_run(connector, folder):
    (folder / "a.csv").write_text("a,a\n1,2\n")
    with pytest.raises(FatalError) as caught:
        read(connector, folder)
    assert caught.value.code == "bad_header"


def test_rows_without_header_get_numbered_columns(connector, folder):
    (folder / "a.csv").write_text("# made by hand\n1; 2\n")
    rows = read(connector, folder, has_header=False, delimiter=";", skip_rows=1, trim=True)
    assert rows == [{"column1": "1", "column2": "2"}]


def test_lines_that_are_no_json_object_are_bad(connector, folder):
    (folder / "a.jsonl").write_text('{"a":1}\n{broken\n[1]\n\n{"a":2}')
    page = first_page(connector, folder, format="jsonl")
    assert page.records == [{"a": 1}, {"a": 2}]
    assert len(page.bad) == 2


def test_rows_are_sorted_then_grouped_and_those_without_the_field_are_one_group(connector, folder):
    (folder / "a.csv").write_text("boat,day\nb,2\na,1\n,9\nb,1\n,8\n")
    groups = read(connector, folder, sort_by=[{"field": "day", "descending": True}], group_by=["boat"])
    assert [[row["day"] for row in group] for group in groups] == [["9", "8"], ["2", "1"], ["1"]]


def test_sorting_by_several_fields_goes_on_behind_any_page(connector, folder):
    lines = ['{"a":2,"b":"x"}', '{"a":1,"b":"y"}', '{"a":1,"b":"x"}', '{"b":"z"}', '{"a":"t"}']
    (folder / "a.jsonl").write_text("\n".join(lines))
    rows = read(connector, folder, format="jsonl", sort_by=[{"field": "a"}, {"field": "b"}])
    assert [(row.get("a"), row.get("b")) for row in rows] == [
        (1, "x"),
        (1, "y"),
        (2, "x"),
        ("t", None),
        (None, "z"),
    ]


def test_a_file_that_arrives_during_the_run_waits_for_the_next(connector, folder):
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("n\n1\n")

    async def body():
        reader = source(connector, folder)
        page = await reader.read(None)
        (folder / "c.csv").write_text("n\n2\n")
        return len(page.records) + len(await read_all(reader, page.cursor))

    assert asyncio.run(body()) == 2


def test_files_read_are_moved_only_when_the_run_is_done(connector, folder):
    (folder / "a.csv").write_text("n\n1\n")

    async def body():
        reader = source(connector, folder, keep=False, backup_directory="done", name_suffix=".csv")
        page = await reader.read(None)
        assert (folder / "a.csv").exists()
        await reader.finish(page.cursor)

    asyncio.run(body())
    assert not (folder / "a.csv").exists()
    assert (folder / "done" / "a.csv").read_text() == "n\n1\n"


def test_a_file_has_its_name_only_when_it_is_whole(connector, folder):
    async def body():
        writer = sink(connector, folder)
        done = await writer.write(batch_of([{"n": 1}]), None)
        assert not (folder / "out.jsonl").exists()
        await writer.finish(done.state)

    asyncio.run(body())
    assert os.listdir(folder) == ["out.jsonl"]


def test_a_file_for_each_page_is_named_by_its_page(connector, folder):
    async def body():
        writer = sink(connector, folder, per_page=True)
        done = await writer.write(batch_of([{"n": 1}, {"n": 2}, {"n": 3}], first_page=4, page_size=2), None)
        await writer.finish(done.state)

    asyncio.run(body())
    files = {name: (folder / name).read_text() for name in sorted(os.listdir(folder))}
    assert files == {"out-5.jsonl": '{"n":1}\n{"n":2}\n', "out-6.jsonl": '{"n":3}\n'}


def test_a_retry_never_replaces_the_file_of_the_run(connector, folder):
    async def body():
        writer = sink(connector, folder, context={"is_retry": True})
        done = await writer.write(batch_of([{"n": 1}]), None)
        await writer.finish(done.state)

    asyncio.run(body())
    assert os.listdir(folder) == ["out-retry-71.jsonl"]


def test_columns_that_come_up_late_are_filled_in_earlier_rows(connector, folder):
    async def body():
        writer = sink(connector, folder, format="csv", name="out.csv")
        done = await writer.write(batch_of([{"a": 1, "b": None}]), None)
        done = await writer.write(batch_of([{"a": True, "c": {"d": "x"}}]), done.state)
        await writer.finish(done.state)

    asyncio.run(body())
    assert (folder / "out.csv").read_text() == 'a,b,c\n1,,\ntrue,,"{""d"":""x""}"\n'


def test_what_is_no_object_is_told_and_not_written(connector, folder):
    async def body():
        writer = sink(connector, folder)
        done = await writer.write(batch_of([{"n": 1}, [2], {"n": 3}]), None)
        await writer.finish(done.state)
        return [outcome.trouble is None for outcome in done.outcomes]

    assert asyncio.run(body()) == [True, False, True]
    assert [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()] == [
        {"n": 1},
        {"n": 3},
    ]


def test_a_name_that_leads_out_is_refused(connector, folder):
    async def body():
        await sink(connector, folder, name="../out.jsonl").write(batch_of([{"n": 1}]), None)

    with pytest.raises(InvalidError) as caught:
        asyncio.run(body())
    assert caught.value.code == "path_outside"


def test_a_folder_that_cannot_be_written_is_a_clear_error(connector, folder):
    (folder / "out").write_text("a file where a folder should be")

    async def body():
        await sink(connector, folder, directory="out").write(batch_of([{"n": 1}]), None)

    with pytest.raises(FatalError) as caught:
        asyncio.run(body())
    assert caught.value.code == "file_unwritable"
