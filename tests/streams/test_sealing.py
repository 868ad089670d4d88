"""Originals are sealed at the roadside and opened at the centre only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from streams.sealing import (
    CannotOpen,
    KeysExist,
    KeyUnreadable,
    SealingError,
    SealingKeys,
    load_private,
    load_public,
    open_sealed,
    seal,
)

PAIR = PrivateKey.generate()


@pytest.fixture
def keys(tmp_path: Path) -> SealingKeys:
    return SealingKeys.create(tmp_path / "keys")


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_with_the_private_key(content: bytes) -> None:
    assert open_sealed(seal(content, PAIR.public_key), PAIR) == content


def test_a_seal_hides_its_content() -> None:
    sealed = seal(b"the driver's face", PAIR.public_key)
    assert b"face" not in sealed
    assert len(sealed) == len(b"the driver's face") + 48


def test_a_replay_seals_to_the_same_bytes_and_another_key_to_others() -> None:
    content = b"the driver's face"
    assert seal(content, PAIR.public_key) == seal(content, PAIR.public_key)
    assert seal(content, PAIR.public_key) != seal(content, PrivateKey.generate().public_key)
    assert seal(content, PAIR.public_key)[:32] != seal(content + b".", PAIR.public_key)[:32]


def test_the_files_fit_each_other(keys: SealingKeys) -> None:
    assert keys.exist
    assert open_sealed(seal(b"original", keys.public), keys.private) == b"original"


@pytest.mark.parametrize("position", [0, 31, 32, 47, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(seal(b"original", PAIR.public_key))
    sealed[position] ^= 1
    with pytest.raises(CannotOpen, match="another key or is damaged"):
        open_sealed(bytes(sealed), PAIR)


@pytest.mark.parametrize("content", [b"", b"short", bytes(47)])
def test_what_is_too_short_to_be_sealed_does_not_open(content: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(content, PAIR)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"original", PAIR.public_key), PrivateKey.generate())


def test_only_its_owner_can_read_the_private_key(keys: SealingKeys) -> None:
    assert stat.S_IMODE(keys.private_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.public_path.stat().st_mode) == 0o644


def test_keys_are_never_overwritten(keys: SealingKeys) -> None:
    before = keys.private_path.read_bytes(), keys.public_path.read_bytes()
    with pytest.raises(KeysExist, match="holds a sealing key already"):
        SealingKeys.create(keys.private_path.parent)
    assert (keys.private_path.read_bytes(), keys.public_path.read_bytes()) == before


def test_a_lone_public_key_is_not_overwritten_either(keys: SealingKeys) -> None:
    keys.private_path.unlink()
    public = keys.public_path.read_bytes()
    with pytest.raises(KeysExist):
        SealingKeys.create(keys.private_path.parent)
    assert keys.public_path.read_bytes() == public
    assert not keys.private_path.exists()


def test_a_public_key_that_a_killed_run_did_not_write_is_written(keys: SealingKeys) -> None:
    public = keys.public_path.read_bytes()
    keys.public_path.unlink()
    assert SealingKeys.create(keys.private_path.parent) == keys
    assert keys.public_path.read_bytes() == public


def test_nothing_but_the_two_files_is_left_behind(keys: SealingKeys) -> None:
    with pytest.raises(KeysExist):
        SealingKeys.create(keys.private_path.parent)
    assert set(keys.private_path.parent.iterdir()) == {keys.private_path, keys.public_path}


def test_one_kind_of_key_is_not_taken_for_the_other(keys: SealingKeys) -> None:
    with pytest.raises(KeyUnreadable, match=r"is not a public sealing key"):
        load_public(keys.private_path)
    with pytest.raises(KeyUnreadable, match=r"is not a private sealing key"):
        load_private(keys.public_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"roadwitness-sealing-public-1", b"roadwitness-sealing-public-1 c2hvcnQ="],
    ids=["empty", "not text", "no key", "short key"],
)
def test_a_damaged_key_file_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(KeyUnreadable, match="is not a public sealing key"):
        load_public(tmp_path / "key")


def test_a_missing_key_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyUnreadable, match="cannot be read"):
        load_public(tmp_path / "absent")


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SealingError, match="give another folder"):
        SealingKeys.create(tmp_path / "file" / "keys")
