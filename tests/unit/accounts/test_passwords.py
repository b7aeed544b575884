"""Passwords: hashed with salt, checked in the same time whether or not there is one."""

from headwater.accounts import passwords
from headwater.accounts.passwords import hash_password, is_password


def test_a_password_is_known_again_and_another_is_not():
    hashed = hash_password("a long enough one")
    assert hashed.startswith("$argon2id$") and "enough" not in hashed
    assert is_password(hashed, "a long enough one")
    assert not is_password(hashed, "another")


def test_the_same_password_twice_gives_two_hashes():
    assert hash_password("x" * 10) != hash_password("x" * 10)


def test_without_a_hash_the_check_does_the_same_work(monkeypatch):
    verified = []
    real = passwords._hasher()
    passwords._nobodys_hash()

    class Counting:
        def verify(self, hashed, password):
            verified.append(hashed)
            return real.verify(hashed, password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    assert not is_password(None, "nobody has this password")
    assert verified[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
