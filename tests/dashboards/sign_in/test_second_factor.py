"""Codes of the second factor: each works once and only now; the secret lies encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from dashboards.sign_in.accounts import Accounts
from dashboards.sign_in.second_factor import SecondFactor
from dashboards.sign_in.secrets_box import Secrets
from enforcement.desk.desk_file import DeskFile
from enforcement.errors import DeskError
from tests.dashboards.sign_in.conftest import Clock

WHO, STEP_S = "A. Moreau", 30


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DeskFile]:
    file = DeskFile(tmp_path / "desk.sqlite")
    Accounts(file).add(WHO, [])
    yield file
    file.close()


@pytest.fixture
def factor(file: DeskFile, tmp_path: Path, clock: Clock) -> SecondFactor:
    return SecondFactor(file, Secrets(tmp_path / "keys"), clock)


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now_ns // 10**9 + steps * STEP_S)


@pytest.fixture
def secret(factor: SecondFactor, clock: Clock) -> str:
    """A factor that was set up a while ago."""
    secret = factor.offer(WHO, "Roadwitness").secret
    assert len(factor.set_up(WHO, secret, code(secret, clock))) == 10
    clock.forward(10 * STEP_S)
    return secret


def test_the_offer_can_be_scanned_and_typed(factor: SecondFactor) -> None:
    offer = factor.offer(WHO, "Roadwitness")
    assert len(offer.secret) == 32
    assert offer.spaced.replace(" ", "") == offer.secret
    assert offer.picture.startswith("<svg")
    assert "style" not in offer.picture
    assert factor.offer(WHO, "Roadwitness").secret != offer.secret


def test_it_is_not_set_up_without_a_code_of_it(factor: SecondFactor, file: DeskFile) -> None:
    assert factor.set_up(WHO, factor.offer(WHO, "Roadwitness").secret, "000000") == ()
    assert not Accounts(file).get(WHO).has_second_factor


@pytest.mark.parametrize(("steps", "works"), [(-2, ""), (-1, "code"), (0, "code"), (1, "code"), (2, "")])
def test_a_clock_may_be_one_step_off(
    factor: SecondFactor, clock: Clock, secret: str, steps: int, works: str
) -> None:
    assert factor.proves(WHO, code(secret, clock, steps)) == works


def test_a_code_works_once(factor: SecondFactor, clock: Clock, secret: str) -> None:
    now = code(secret, clock)
    assert factor.proves(WHO, f" {now[:3]} {now[3:]} ") == "code"
    assert factor.proves(WHO, now) == ""
    assert factor.proves(WHO, code(secret, clock, -1)) == "", "an earlier one after a later one"


def test_the_code_that_set_it_up_does_not_sign_in(factor: SecondFactor, clock: Clock) -> None:
    secret = factor.offer(WHO, "Roadwitness").secret
    first = code(secret, clock)
    factor.set_up(WHO, secret, first)
    assert factor.proves(WHO, first) == ""


def test_each_recovery_code_works_once_in_place_of_a_code(factor: SecondFactor, clock: Clock) -> None:
    secret = factor.offer(WHO, "Roadwitness").secret
    codes = factor.set_up(WHO, secret, code(secret, clock))
    assert len(set(codes)) == 10
    assert factor.proves(WHO, codes[3].upper().replace("-", " ")) == "recovery code"
    assert factor.proves(WHO, codes[3]) == ""
    assert factor.recovery_codes_left(WHO) == 9


@pytest.mark.parametrize("text", ["", "12345", "abcdef", "１２３４５６", "\ud800", "x" * 500])
def test_nonsense_is_no_code(factor: SecondFactor, secret: str, text: str) -> None:
    assert factor.proves(WHO, text) == ""


def test_an_account_without_one_has_no_codes(factor: SecondFactor) -> None:
    assert factor.proves(WHO, "123456") == ""


def test_neither_secret_nor_recovery_codes_lie_in_the_file(
    factor: SecondFactor, file: DeskFile, clock: Clock
) -> None:
    secret = factor.offer(WHO, "Roadwitness").secret
    codes = factor.set_up(WHO, secret, code(secret, clock))
    content = b"".join(path.read_bytes() for path in file.path.parent.glob("desk.sqlite*"))
    for text in (secret, *codes, *(text.replace("-", "") for text in codes)):
        assert text.encode() not in content


def test_a_copy_of_the_file_alone_gives_no_codes(
    file: DeskFile, secret: str, clock: Clock, tmp_path: Path
) -> None:
    other = SecondFactor(file, Secrets(tmp_path / "other keys"), clock)
    with pytest.raises(DeskError, match="restore the key that belongs to this desk"):
        other.proves(WHO, code(secret, clock))


def test_the_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    sealed = Secrets(tmp_path / "keys").seal("a secret")
    assert (tmp_path / "keys" / "desk.key").stat().st_mode & 0o777 == 0o600
    assert Secrets(tmp_path / "keys").open(sealed) == "a secret"


def test_a_key_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk.key").write_bytes(b"short")
    with pytest.raises(DeskError, match="is not whole"):
        Secrets(tmp_path)
