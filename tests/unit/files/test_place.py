"""The id of a folder of files."""

from concurrent.futures import ThreadPoolExecutor

from headwater.files.place import place_of


def test_a_folder_keeps_its_id_and_another_has_another(tmp_path):
    assert place_of(tmp_path / "a") == place_of(tmp_path / "a") != place_of(tmp_path / "b")


def test_all_who_begin_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda _: place_of(tmp_path), range(32)))
    assert len(set(places)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["place.id"]
