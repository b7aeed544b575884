"""A Change says which fields it changed."""

from headwater.changes.model import Change


def change(op, before, after):
    return Change(1, 2, op, 3, 4, 5, "user", 6, before, after)


def test_a_create_changes_every_field_that_has_a_value():
    assert change("create", {}, {"a": 1, "b": 2}).changed_fields() == {"a", "b"}


def test_an_update_changes_what_it_knows_the_value_before_of():
    assert change("update", {"a": None}, {"a": 1, "b": 2}).changed_fields() == {"a"}


def test_a_delete_changes_no_field():
    assert change("delete", {}, {"a": 1}).changed_fields() == set()
