"""One line of the benchmark table: what was measured, beside its floor and what is asked."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEADER = ("work", "floor", "product", "unit", "ask", "met", "note")


@dataclass(frozen=True)
class Figure:
    """What one benchmark found.

    `floor` is None where nothing can be measured without us; `ask` is a bound on `product`, None without one.
    """

    name: str
    floor: float | None
    product: float
    unit: str
    ask: float | None = None
    note: str = ""
    better: Literal["lower", "higher"] = "higher"

    @property
    def is_met(self) -> bool | None:
        """Whether the product is within what is asked; None when nothing is."""
        if self.ask is None:
            return None
        return self.product >= self.ask if self.better == "higher" else self.product <= self.ask


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table whose columns also line up on a terminal."""
    rows = [HEADER, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine() -> str:
    """The machine a table was measured on: figures of two machines are not to be compared."""
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"{cores}, {platform.system()}, Python {platform.python_version()}"


def _row(figure: Figure) -> tuple[str, ...]:
    sign = ">=" if figure.better == "higher" else "<="
    ask = "" if figure.ask is None else f"{sign} {_number(figure.ask)}"
    met = {None: "", True: "yes", False: "NO"}[figure.is_met]
    floor = "" if figure.floor is None else _number(figure.floor)
    return (figure.name, floor, _number(figure.product), figure.unit, ask, met, figure.note)


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
