"""What may be said of a person."""

import pytest

from headwater.accounts.model import fold_email, is_email, password_faults, person_faults


@pytest.mark.parametrize("text", ["ida@example.org", "Ida.Ek+x@sub.example.org", "ü@exämple.org"])
def test_an_address(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "ida", "@x", "ida@", "a@b@c", "a b@c", "a@b\n", "a@b\x7f", "x" * 250 + "@y.org"]
)
def test_no_address(text):
    assert not is_email(text)


def test_all_faults_of_a_person_come_together():
    found = person_faults(" ", "nobody", "Mars/Base")
    assert [fault.field for fault in found] == ["name", "email", "time_zone"]
    assert person_faults(None, None, None) == []


@pytest.mark.parametrize(("password", "is_good"), [("x" * 9, False), ("x" * 10, True), ("x" * 201, False)])
def test_only_the_length_of_a_password_is_ruled(password, is_good):
    assert (password_faults(password) == []) is is_good


def test_the_case_of_an_address_does_not_count():
    assert fold_email(" Ida@EXAMPLE.org") == fold_email("ida@example.org")
