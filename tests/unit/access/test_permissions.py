"""What an actor may do: scopes of native.md N1, abilities of clust.md 2.1."""

import pytest

from headwater.access.actor import ANONYMOUS, SYSTEM, Actor
from headwater.access.permissions import exceeds, may, modules_of, require
from headwater.access.scopes import ABILITIES, SCOPES, checked
from headwater.kernel.errors import ForbiddenError, InvalidError


def actor(*scopes):
    return Actor("token", 1, "t", frozenset(scopes))


@pytest.mark.parametrize("scope", [*SCOPES, *ABILITIES])
def test_admin_includes_everything(scope):
    assert may(SYSTEM, scope) and may(SYSTEM, scope, "city")


@pytest.mark.parametrize("scope", [*SCOPES, *ABILITIES])
def test_nobody_may_nothing(scope):
    assert not may(ANONYMOUS, scope)


def test_a_scope_holds_for_every_module():
    assert may(actor("records:read"), "records:read", "city")


def test_a_narrowed_scope_holds_for_its_module_only():
    narrow = actor("records:read:city")
    assert may(narrow, "records:read", "city")
    assert not may(narrow, "records:read", "country")
    assert not may(narrow, "records:read")
    assert not may(narrow, "records:write", "city")


def test_reading_and_writing_are_two_scopes():
    assert not may(actor("records:write"), "records:read")


def test_applications_include_the_abilities_but_not_the_teams():
    held = actor("applications")
    assert may(held, "dossiers:write") and may(held, "files:read")
    assert not may(held, "team:read")


def test_an_ability_opens_no_scope():
    assert not may(actor("dossiers:read"), "applications")
    assert not may(actor("dossiers:read"), "dossiers:write")


def test_the_modules_of_an_actor():
    assert modules_of(actor("records:read"), "records:read") is None
    assert modules_of(actor("records:read:city", "records:write:lead"), "records:read") == {"city"}


def test_require_names_the_scope_and_the_module():
    with pytest.raises(ForbiddenError, match=r"records:write.*'city'") as caught:
        require(actor("records:read"), "records:write", "city")
    assert (caught.value.code, caught.value.status) == ("scope_missing", 403)


def test_nobody_gives_more_than_he_holds():
    held = actor("records:read", "schema:city")
    assert exceeds(frozenset({"records:read:lead", "schema:city"}), held) == []
    assert exceeds(frozenset({"schema", "admin"}), held) == ["admin", "schema"]


def test_unknown_scopes_are_refused_together():
    with pytest.raises(InvalidError) as caught:
        checked(["records:read", "flows:city", "nonsense"], ["dossiers:fly"])
    assert [fault.code for fault in caught.value.faults] == [
        "unknown_scope",
        "unknown_scope",
        "unknown_ability",
    ]
