"""Where the tests' browser comes from, in the order that is promised."""

import shutil
from pathlib import Path

import pytest

from tests.browser import chromium


def test_the_variable_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "mine"))
    assert chromium.find() == tmp_path / "mine"


def test_a_variable_that_names_nothing_is_not_replaced_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert chromium.find() is None


def test_one_on_the_path_is_taken_before_any_download(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    found = tmp_path / "google-chrome"
    monkeypatch.setattr(shutil, "which", lambda name: str(found) if name == found.name else None)
    assert chromium.find() == found


def test_the_packages_are_tried_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    tried: list[str] = []
    for name in ("_on_path", "_from_apt", "_from_npm"):
        monkeypatch.setattr(chromium, name, lambda name=name: tried.append(name))
    assert chromium.find() is None
    assert tried == ["_on_path", "_from_apt", "_from_npm"]
