"""Each term of the glossary stands for a class that exists; what is not built says so."""

import importlib
import re

import pytest

from tests.house.sources import document

NOT_BUILT = "not built yet"
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \| [^|]* \|$", document("glossary.md"), re.M)
TERMS = [(term.strip(), named) for term, cell in ROWS for named in re.findall(r"`([\w.]+)`", cell)]


def test_the_glossary_has_terms() -> None:
    assert len(TERMS) > 20


def test_a_term_without_a_class_says_that_it_is_not_built() -> None:
    silent = [
        term for term, cell in ROWS[2:] if "`" not in cell and NOT_BUILT not in cell and cell.strip() != "-"
    ]
    assert silent == []


@pytest.mark.parametrize(("term", "named"), TERMS)
def test_the_class_of_a_term_exists(term: str, named: str) -> None:
    module, _, attribute = named.rpartition(".")
    assert hasattr(importlib.import_module(f"headwater.{module}"), attribute)
