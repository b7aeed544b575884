"""The lock files name versions and hashes, and no address of a registry or of a machine."""

import json
import re
import tomllib

from tests.house.sources import ROOT, files, name, text

BINARY = {".png", ".ico", ".woff2", ".xlsx", ".parquet", ".gz", ".zip", ".pdf", ".jpg"}
PACKAGE_ADDRESS = re.compile(r"https?://[^\s\"']*(\.whl|\.tgz|/simple(/|\"))")
MACHINE_PATH = re.compile(r"(?<![\w.])/(root|home/\w+|Users/\w+|work)/[\w.]")


def test_the_python_lock_names_no_address_and_hashes_every_package() -> None:
    lock = text(ROOT / "requirements.lock")
    assert "://" not in lock
    assert "--index-url" not in lock
    packages = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert [each.split()[0] for each in packages if "--hash=sha256:" not in each] == []


def test_the_python_lock_holds_every_package_that_is_asked_for() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    demo = project["project"]["optional-dependencies"]["demo"]
    asked = {*project["project"]["dependencies"], *demo, *project["dependency-groups"]["test"]}
    names = {re.match(r"[\w.-]+", each)[0].lower() for each in asked}
    pinned = set(re.findall(r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==", text(ROOT / "requirements.lock"), re.M))
    assert sorted(names - pinned) == []


def test_the_node_lock_names_no_address_and_hashes_every_package() -> None:
    packages = json.loads(text(ROOT / "web" / "package-lock.json"))["packages"]
    assert [path for path, package in packages.items() if "resolved" in package] == []
    assert [path for path, package in packages.items() if path and "integrity" not in package] == []


def test_the_lock_of_uv_is_not_kept_because_it_always_names_addresses() -> None:
    assert [name(path) for path in files() if path.name == "uv.lock"] == []


def test_no_file_names_the_address_of_a_package() -> None:
    assert found(PACKAGE_ADDRESS) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert found(MACHINE_PATH) == []


def found(pattern: re.Pattern[str]) -> list[str]:
    texts = (path for path in files() if path.suffix not in BINARY)
    return [f"{name(path)}: {hit[0]}" for path in texts if (hit := pattern.search(text(path)))]
