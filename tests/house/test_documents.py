"""The documents say everything that the program has: settings, error codes, kinds, routes, commands."""

import ast
import dataclasses
import re
from functools import cache
from pathlib import Path

import pytest

from headwater.app import build
from headwater.kernel.settings import Settings
from headwater.records.fields.kinds import KINDS
from headwater.web.advice import cells
from headwater.web.pending import OWN
from tests.house.sources import DOCS, ROOT, calls, constant, document, name, product, text, tree

CODE = re.compile(r"[a-z][a-z0-9_]*")


@pytest.mark.parametrize("setting", [each.name for each in dataclasses.fields(Settings)])
def test_every_setting_is_explained(setting: str) -> None:
    assert f"\n| `{setting}` |" in document("settings.md")


def test_no_setting_is_explained_that_is_not_there() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", document("settings.md"), re.M))
    assert explained - {each.name for each in dataclasses.fields(Settings)} == set()


def test_every_error_code_is_explained() -> None:
    explained = set(re.findall(r"`([a-z0-9_]+)`", document("errors.md")))
    missing = {(name(path), code) for path in product() for code in codes(path) if code not in explained}
    assert sorted(missing) == []


def test_every_prefix_of_a_route_is_explained(tmp_path: Path) -> None:
    app = build(Settings(data=tmp_path))
    prefixes = {prefix(route.path) for route in app.routes} | {dialect.prefix for dialect in app.dialects}
    app.database.close()
    explained = re.findall(r"`(/[\w/.-]*)", part("reference.md", "Routes"))
    assert sorted(prefixes - {prefix(path) for path in explained} - set(explained)) == []


def test_no_route_is_explained_that_is_not_there(tmp_path: Path) -> None:
    app = build(Settings(data=tmp_path))
    there = {route.path for route in app.routes} | {path for _, path in OWN}
    there |= {dialect.prefix for dialect in app.dialects} | {"/clust", "/crm/docs", "/integrator/docs"}
    app.database.close()
    explained = re.findall(r"^\| (`/.*?) \|", part("reference.md", "Routes"), re.M)
    named = [path for cell in explained for path in re.findall(r"`(/[\w/.-]*)`", cell)]
    assert [path for path in named if not any(each.startswith(path) for each in there)] == []


def test_every_field_kind_is_explained() -> None:
    assert [kind for kind in KINDS if f"| `{kind}` |" not in part("reference.md", "Field kinds")] == []


def test_every_connector_is_explained() -> None:
    kinds = {specified(call) for path in product() for called, call in calls(path) if called == "Spec"}
    assert "file" in kinds
    assert [kind for kind in kinds if f"| `{kind}` |" not in part("reference.md", "Connectors")] == []


def test_the_code_map_is_short_and_names_every_slice() -> None:
    code_map = part("architecture.md", "Code map").split("```")[1]
    assert len(code_map.strip().splitlines()) <= 100
    slices = [path.name for path in (ROOT / "src" / "headwater").iterdir() if (path / "__init__.py").exists()]
    assert [each for each in slices if f"{each}/" not in code_map] == []


def test_the_files_on_the_path_of_a_write_exist() -> None:
    block = part("architecture.md", "The path of a write").split("```")[1]
    named = [line.split()[0] for line in block.strip().splitlines()]
    assert [file for file in named if not (ROOT / "src" / "headwater" / file).exists()] == []


def test_the_readme_has_exactly_the_two_commands() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", text(ROOT / "README.md"), re.M | re.S)
    commands = [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]
    assert commands == ["python3 start.py demo", "python3 start.py test"]


def test_every_link_between_the_documents_leads_to_a_file() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text(page))]
    local = [(page, link) for page, link in links if "://" not in link]
    assert [f"{name(page)}: {link}" for page, link in local if not (page.parent / link).exists()] == []


def test_the_changelog_has_a_part_for_what_is_not_released() -> None:
    assert "\n## Unreleased\n" in text(ROOT / "CHANGELOG.md")


def codes(path: Path) -> set[str]:
    """The codes of the errors that a file makes, and of the faults of single fields."""
    makers = {**public_makers(), **makers_in(path)}
    found = set()
    for called, call in calls(path):
        position = 0 if called.endswith("Error") else makers.get(called)
        if position is not None and len(call.args) > position:
            found.add(constant(call.args[position]))
    return {code for code in found if CODE.fullmatch(code)}


@cache
def public_makers() -> dict[str, int]:
    """Functions that other files may call to make an error or a fault, with the position of its code."""
    found = {called: at for path in product() for called, at in makers_in(path).items() if called[0] != "_"}
    return {**found, "Fault": 1}


def makers_in(path: Path) -> dict[str, int]:
    """The functions of one file that take a `code` and a `detail`."""
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
    taken = {node.name: [each.arg for each in node.args.args if each.arg != "self"] for node in functions}
    return {name: names.index("code") for name, names in taken.items() if {"code", "detail"} <= set(names)}


def specified(call: ast.Call) -> str:
    """The kind that a connector's spec names."""
    named = [each.value for each in call.keywords if each.arg == "kind"]
    return constant((named or call.args)[0])


def prefix(path: str) -> str:
    """The first two parts of a path that are fixed."""
    fixed = [each for each in path.split("/")[1:3] if not each.startswith("{")]
    return "/" + "/".join(fixed)


def part(title: str, heading: str) -> str:
    """The text below one heading, down to the next of its rank."""
    return re.split(r"^## ", document(title).split(f"\n## {heading}\n")[1], maxsplit=1, flags=re.M)[0]


def test_the_reader_of_codes_finds_errors_and_faults(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text(
        'raise InvalidError("bad_thing", "x")\nFault("f", "required", "y")\nValueError("a text")\n'
    )
    assert ast.parse(source.read_text())
    assert codes(source) == {"bad_thing", "required"}


def test_every_error_says_what_to_do() -> None:
    rows = [line for line in document("errors.md").splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if len(cells(row)) != 4 or not all(cells(row))] == []
