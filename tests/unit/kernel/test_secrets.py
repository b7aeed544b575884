"""Secrets at rest."""

import stat

import pytest

from headwater.kernel.errors import InvalidError
from headwater.kernel.secrets import SecretBox, open_box
from headwater.kernel.settings import Settings

KEY = "k" * 32


def test_what_is_sealed_opens_again_and_shows_nothing():
    box = SecretBox(KEY)
    sealed = box.seal("pässword")
    assert box.open(sealed) == "pässword"
    assert "pässword" not in sealed and sealed != box.seal("pässword")


@pytest.mark.parametrize(
    "harm", [lambda sealed: sealed[:-4] + "AAA=", lambda sealed: "nonsense", lambda sealed: ""]
)
def test_a_changed_seal_does_not_open(harm):
    box = SecretBox(KEY)
    with pytest.raises(InvalidError) as caught:
        box.open(harm(box.seal("password")))
    assert caught.value.code == "secret_unreadable"


def test_another_key_does_not_open():
    with pytest.raises(InvalidError):
        SecretBox("other" * 8).open(SecretBox(KEY).seal("password"))


def test_a_short_key_is_refused():
    with pytest.raises(InvalidError):
        SecretBox("short")


def test_keys_for_other_purposes_differ_and_last():
    box = SecretBox(KEY)
    assert box.derive("a") == SecretBox(KEY).derive("a") != box.derive("b")


def test_the_key_is_made_once_for_its_owner_only(tmp_path):
    settings = Settings(data=tmp_path / "data")
    sealed = open_box(settings).seal("password")
    assert open_box(settings).open(sealed) == "password"
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600


def test_the_setting_wins_over_the_file(tmp_path):
    sealed = open_box(Settings(data=tmp_path, secret_key=KEY)).seal("password")
    assert SecretBox(KEY).open(sealed) == "password"
    assert not (tmp_path / "secret.key").exists()
