"""Runs the benchmarks of this folder and prints one table; with --write it renews docs/benchmarks.md."""

import argparse
import dataclasses
import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

from bench.figure import Figure, machine, table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"__main__", "figure", "server"}
LIMIT_SECONDS = 1200


def names() -> list[str]:
    """The benchmarks there are: every module here that has a `main`."""
    return sorted(each.name for each in pkgutil.iter_modules([str(HERE)]) if each.name not in NOT_BENCHMARKS)


def measure(name: str, scale: float) -> list[Figure]:
    """The figures of one benchmark in its own process; one that fails or hangs leaves the others alone."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench", name, "--scale", str(scale), "--json"]
    try:
        done = subprocess.run(
            command, cwd=HERE.parent, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"{name} failed: {error}", file=sys.stderr)
        return []
    return [Figure(**each) for each in json.loads(done.stdout)]


def main() -> int:
    """Measure what was asked for; 1 when nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(names())}; all when none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of data")
    parser.add_argument("--write", action="store_true", help=f"write the table to {PAGE.name}")
    parser.add_argument(
        "--json", action="store_true", help="only the figures of one benchmark, for this program"
    )
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(names()))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    if options.json:
        figures = importlib.import_module(f"bench.{options.names[0]}").main(options.scale)
        print(json.dumps([dataclasses.asdict(figure) for figure in figures]))
        return 0
    figures = [figure for name in options.names or names() for figure in measure(name, options.scale)]
    print(table(figures))
    if options.write and figures:
        PAGE.write_text(page(figures, options.scale), encoding="utf-8")
    return 0 if figures else 1


def page(figures: list[Figure], scale: float) -> str:
    """The document that keeps the last figures."""
    return (
        "# Benchmarks\n\n"
        "Measured by `python -m bench --write`; [bench/README.md](../bench/README.md) says how.\n"
        f"Machine: {machine()}; scale {scale:g}.\n\n{table(figures)}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
