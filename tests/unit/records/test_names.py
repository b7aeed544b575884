"""Handles and field names."""

import pytest

from headwater.records.names import derive, is_name, is_system


@pytest.mark.parametrize("name", ["a", "city", "a1_b", "a" * 63])
def test_a_name_is_accepted(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "A", "1a", "_a", "a-b", "a b", "å", "a" * 64, "a\n", None, 5])
def test_a_name_is_refused(name):
    assert not is_name(name)


def test_system_names_are_known():
    assert is_system("created_at")
    assert not is_system("owner")


@pytest.mark.parametrize(
    ("label", "taken", "name"),
    [
        ("Hull no.", (), "hull_no"),
        ("Hull no.", ("hull_no", "hull_no_2"), "hull_no_3"),
        ("2 masts", (), "field_2_masts"),
        ("東京", (), "field"),
        ("ID", (), "id_2"),
        ("x" * 90, (), "x" * 56),
    ],
)
def test_a_name_is_derived_from_a_label(label, taken, name):
    assert derive(label, taken, "field") == name
    assert is_name(name)
