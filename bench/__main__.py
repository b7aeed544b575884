"""Runs the benchmarks of this folder and prints one table; with --write it renews docs/benchmarks.md."""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

from bench.figure import Figure, machine, table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"__main__", "figure"}


def names() -> list[str]:
    """The benchmarks there are: every module here that has a `main`."""
    return sorted(each.name for each in pkgutil.iter_modules([str(HERE)]) if each.name not in NOT_BENCHMARKS)


def measure(chosen: list[str], scale: float) -> list[Figure]:
    """The figures of the chosen benchmarks; one that fails is said and leaves the others alone."""
    figures: list[Figure] = []
    for name in chosen:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            figures += importlib.import_module(f"bench.{name}").main(scale)
        except Exception as error:  # noqa: BLE001 - one broken benchmark must not hide the figures of the others
            print(f"{name} failed: {error!r}", file=sys.stderr)
    return figures


def main() -> int:
    """Measure what was asked for; 1 when nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(names())}; all when none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of data")
    parser.add_argument("--write", action="store_true", help=f"write the table to {PAGE.name}")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(names()))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    figures = measure(options.names or names(), options.scale)
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
