"""Sets Headwater up and starts it; needs nothing but this folder and Python 3.11 or newer.

    python3 start.py          set up, then serve (the server prints a one-time sign-in link)
    python3 start.py demo     set up, load the demo on real data, then serve it
    python3 start.py test     set up, then run everything that CI runs
    python3 start.py setup    set up only

Further arguments go to `headwater serve`, `headwater demo` or pytest. Everything is made inside this folder.
"""

import hashlib
import importlib.util
import json
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything that an older one cannot read
    sys.exit("Headwater needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "headwater.json"
LOCK = ROOT / "requirements.lock"
IS_WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if IS_WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if IS_WINDOWS else "python")
HEADWATER = SCRIPTS / ("headwater.exe" if IS_WINDOWS else "headwater")
NO_VENV = """This Python ({python}) cannot make a virtual environment: its {module} module is missing.
  Debian, Ubuntu:  apt install python3-venv
  elsewhere:       install a complete Python 3.11 or newer, then run this again with it."""


class SetUpError(Exception):
    """The set-up cannot go on; the text says what to do."""


def main(arguments: list[str]) -> int:
    """Run the command and give its exit code; 2 for an unknown command."""
    command, rest = "serve", arguments
    if arguments and not arguments[0].startswith("-"):
        command, rest = arguments[0], arguments[1:]
    if command not in COMMANDS:
        say(f"No such command: {command}.")
    if command not in COMMANDS or arguments[:1] in (["-h"], ["--help"]):
        say(str(__doc__))
        return 0 if command in COMMANDS else 2
    os.chdir(ROOT)
    try:
        set_up()
    except SetUpError as error:
        say(f"Set-up failed. {error}")
        return 1
    return COMMANDS[command](rest)


def say(text: str) -> None:
    """Talk goes to standard error; standard output is for what was asked for."""
    print(text, file=sys.stderr, flush=True)


def set_up() -> None:
    """Bring `.venv` and the user interface to what this folder says; does nothing when nothing changed."""
    wanted = {"python": sys.version, "folder": str(ROOT), "inputs": fingerprint()}
    made = read_stamp()
    if made == wanted and HEADWATER.exists():
        return
    started = time.monotonic()
    if not PYTHON.exists() or made.get("python") != sys.version or made.get("folder") != str(ROOT):
        make_environment()
        STAMP.write_text(json.dumps({**wanted, "inputs": ""}), encoding="utf-8")
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON)]
    say(f"Installing the packages of {LOCK.name}.")
    packages = ["--compile-bytecode", "--require-hashes", "-r", str(LOCK)]
    run([*uv, *packages], "The packages could not be installed")
    say("Installing Headwater; where its user interface changed it is built now, in about half a minute.")
    run(
        [*uv, "--no-deps", "--reinstall-package", "headwater", "-e", str(ROOT)],
        "Headwater could not be installed",
    )
    # Even where Python may not write byte code later: without it every start takes twice as long.
    run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "src")], "The sources could not be compiled")
    STAMP.write_text(json.dumps({**wanted, "inputs": fingerprint()}), encoding="utf-8")
    say(f"Set up in {time.monotonic() - started:.1f} s.")


def fingerprint() -> str:
    """One hash over everything that the set-up depends on."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml", "hatch_build.py"):
        digest.update((ROOT / name).read_bytes())
    web = runpy.run_path(str(ROOT / "web" / "build.py"))
    digest.update(web["fingerprint"]().encode())
    digest.update(b"stale" if web["is_stale"]() else b"built")
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """What the last set-up made; empty when there was none or it cannot be read."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def make_environment() -> None:
    """An empty `.venv` with pip and uv in it; SetUpError where this Python cannot make one."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise SetUpError(NO_VENV.format(python=sys.executable, module=module))
    say(f"Creating {VENV} with Python {sys.version.split()[0]}.")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be made")
    say("Installing uv, which installs the rest.")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "uv>=0.8,<1"], "uv could not be installed")


def run(command: list[str], failure: str) -> None:
    """Run one step of the set-up with its output on standard error."""
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, cwd=ROOT)
    except OSError as error:
        raise SetUpError(f"{failure}: {error}.") from error
    except subprocess.CalledProcessError as error:
        raise SetUpError(
            f"{failure}; the lines above say why. Without a network, try again with one."
        ) from error


def serve(rest: list[str]) -> int:
    """Become the server, so that signals reach it; on Windows wait for it instead."""
    command = [str(HEADWATER), "serve", *rest]
    if IS_WINDOWS:
        return subprocess.run(command).returncode
    os.execv(command[0], command)


def demo(rest: list[str]) -> int:
    """Load the demo, then serve it; a demo that failed is not served."""
    done = subprocess.run([str(HEADWATER), "demo", *rest]).returncode
    return done or serve([])


def test(rest: list[str]) -> int:
    """Run every check of CI; with arguments only pytest, with them."""
    command = ["-m", "pytest", *rest] if rest else [str(ROOT / ".ci" / "checks.py")]
    return subprocess.run([str(PYTHON), *command]).returncode


def setup(rest: list[str]) -> int:
    """Nothing is left to do after the set-up."""
    say(f"Ready: {HEADWATER} serve")
    return 0


COMMANDS = {"serve": serve, "demo": demo, "test": test, "setup": setup}

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
