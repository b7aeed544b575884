"""The build of the user interface: stale exactly when a source changed, and never half done."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """`web/build.py` over a small tree, with an npm that only writes what the real one would."""
    spec = importlib.util.spec_from_file_location("web_build", ROOT / "web" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in {"WEB": tmp_path / "web", "STATIC": tmp_path / "static"}.items():
        path.mkdir()
        monkeypatch.setattr(module, name, path)
    monkeypatch.setattr(module, "STAMP", tmp_path / "static" / ".stamp")
    monkeypatch.delenv("HEADWATER_SKIP_UI", raising=False)
    for name in ("package.json", "package-lock.json", "main.ts"):
        (tmp_path / "web" / name).write_text(name)
    module.calls = []

    def npm(*arguments: str) -> None:
        module.calls.append(arguments[0])
        (module.WEB / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(module, "npm", npm)
    return module


def test_it_is_built_once(build: ModuleType) -> None:
    assert build.is_stale()
    build.build()
    assert not build.is_stale()
    assert build.calls == ["ci", "run"]


def test_a_changed_source_makes_it_stale_and_keeps_the_packages(build: ModuleType) -> None:
    build.build()
    (build.WEB / "main.ts").write_text("changed")
    assert build.is_stale()
    build.build()
    assert build.calls == ["ci", "run", "run"]


def test_a_changed_lock_installs_the_packages_again(build: ModuleType) -> None:
    build.build()
    (build.WEB / "package-lock.json").write_text("changed")
    build.build()
    assert build.calls == ["ci", "run", "ci", "run"]


def test_what_was_installed_or_built_is_no_source(build: ModuleType) -> None:
    build.build()
    (build.WEB / "node_modules" / "vue.js").write_text("x")
    (build.WEB / "dist").mkdir()
    (build.WEB / "dist" / "index.html").write_text("x")
    assert not build.is_stale()


def test_a_failed_build_stays_stale(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def npm(*arguments: str) -> None:
        raise RuntimeError(arguments[0])

    monkeypatch.setattr(build, "npm", npm)
    with pytest.raises(RuntimeError):
        build.build()
    assert build.is_stale()


def test_the_switch_leaves_it_as_it_is(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWATER_SKIP_UI", "1")
    assert not build.is_stale()
