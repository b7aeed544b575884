"""The benchmark table: what is met, what is missed, and that it is Markdown."""

import importlib

import pytest

from bench.__main__ import names
from bench.figure import Figure, table


@pytest.mark.parametrize(
    ("product", "ask", "better", "is_met"),
    [
        (10, 5, "higher", True),
        (4, 5, "higher", False),
        (4, 5, "lower", True),
        (6, 5, "lower", False),
        (6, None, "lower", None),
    ],
)
def test_an_ask_is_a_bound_in_the_direction_that_is_better(product, ask, better, is_met):
    assert Figure("work", None, product, "s", ask, better=better).is_met is is_met


def test_the_table_marks_a_missed_ask_and_leaves_unknown_cells_empty():
    lines = table([Figure("GET", 35.2, 120_000, "us", 130, "one client", "lower")]).splitlines()
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == [
        "GET",
        "35.2",
        "120,000",
        "us",
        "<= 130",
        "NO",
        "one client",
    ]
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize("name", names())
def test_every_benchmark_offers_main(name):
    assert callable(importlib.import_module(f"bench.{name}").main)
