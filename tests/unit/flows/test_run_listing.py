"""Counters and failures of many runs at once, on both databases."""

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.flows.run_listing import places_of_runs
from tests.unit.flows.conftest import World


def test_the_places_of_runs_come_with_their_open_and_resolved_failures(database, clock, folder, tmp_path):
    world = World(database, clock, folder, {"file": FileConnector(tmp_path / "data")})
    world.write_lines("in.jsonl", [{"n": "1"}, {"n": "x"}])
    world.file_export()
    world.file_import(mapping={"fields": [{"extract": "n", "generate": "n", "dataType": "number"}]})
    world.flow({"type": "import", "_importId": "out"})
    first, second = world.run(), world.run()

    places = database.read_now(lambda tx: places_of_runs(tx, [first.id, second.id]))

    assert list(places) == [first.id, second.id]
    generator, target = places[first.id]
    assert (generator.kind, generator.success, generator.is_read) == ("generator", 2, True)
    assert (target.kind, target.success, target.failed) == ("import", 1, 1)
    assert (target.open_failures, target.resolved_failures) == (1, 0)
    assert database.read_now(lambda tx: places_of_runs(tx, [])) == {}
