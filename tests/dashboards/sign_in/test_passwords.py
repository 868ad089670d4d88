"""What a password has to be, and how it is kept and compared."""

from __future__ import annotations

import pytest

from dashboards.sign_in.password_rules import fault_of
from dashboards.sign_in.passwords import Passwords
from dashboards.sign_in.settings import SignInSettings


@pytest.mark.parametrize(
    "password",
    [
        "quiet lamp river oak",
        "gT7#kq0Lw!2x",
        "der Hund frisst Äpfel",
        "ночь улица фонарь аптека",
        "x9" + "ab4kfz" * 3,
        "iLoveYou4Ever&iLoveYou",
    ],
)
def test_long_ones_that_nobody_tries_first_may_be_used(password: str) -> None:
    assert fault_of(password, "A. Moreau") == ""


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "12 characters or more"),
        ("gT7#kq0Lw!2", "12 characters or more"),
        ("x9ab4kfz" * 17, "at most 128 characters"),
        ("aaaaaaaaaaaaaaaa", "more different characters"),
        ("123456789012345", "not a run of neighbours"),
        ("abcdefghijklmnop", "not a run of neighbours"),
        ("Password1234!", "tried first"),
        ("passwordpassword", "tried first"),
        ("Summer-2026-Summer", "tried first"),
        ("roadwitness2026!", "tried first"),
        ("qwertyuiopasdfgh", "tried first"),
        ("x7!amoreau-kq2w", "does not hold your name"),
    ],
)
def test_what_is_wrong_with_others_is_said(password: str, sentence: str) -> None:
    assert sentence in fault_of(password, "amoreau")


def test_what_is_kept_is_argon2id_at_the_strictest_cost_unless_somebody_says_otherwise() -> None:
    passwords = Passwords(SignInSettings())
    kept = passwords.keep("quiet lamp river oak")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(kept, "quiet lamp river oak")
    assert not passwords.fits(kept, "quiet lamp river oal")


@pytest.mark.parametrize("kept", ["", "not a hash", "$argon2id$v=19$m=64,t=1,p=4$"])
def test_nothing_fits_where_there_is_no_password(kept: str) -> None:
    passwords = Passwords(SignInSettings(memory_kib=64, passes=1))
    assert not passwords.fits(kept, "")
    assert not passwords.fits(kept, "any")
