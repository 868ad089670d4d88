"""Secrets that are handed over as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadwitness.secret_files import NAMES, SecretUnreadable, read_secret_files
from tests.roadwitness.command import roadwitness


@pytest.mark.parametrize("name", NAMES)
def test_a_file_stands_for_its_variable(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(" kept-to-itself\n")
    environment = {f"{name}_FILE": str(secret), "ROADWITNESS_LOG": "INFO"}
    read_secret_files(environment)
    assert environment.pop(name) == "kept-to-itself"
    assert environment == {f"{name}_FILE": str(secret), "ROADWITNESS_LOG": "INFO"}


def test_nothing_is_asked_of_a_machine_without_such_files() -> None:
    environment = {"ROADWITNESS_STORE": "folder", "ROADWITNESS_BUS_FILE": ""}
    read_secret_files(environment)
    assert environment == {"ROADWITNESS_STORE": "folder", "ROADWITNESS_BUS_FILE": ""}


@pytest.mark.parametrize(
    ("content", "also", "said"),
    [
        (None, {}, "cannot be read (No such file or directory)"),
        (b"\n", {}, "is empty"),
        (b"\xff\xfe\xfa", {}, "it is not UTF-8"),
        (b"http://u:p@h/d", {"ROADWITNESS_STORE": "other"}, "leave out one of them"),
    ],
)
def test_a_secret_that_is_not_to_be_had_is_said_without_showing_it(
    content: bytes | None, also: dict[str, str], said: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    with pytest.raises(SecretUnreadable) as refused:
        read_secret_files({"ROADWITNESS_STORE_FILE": str(secret), **also})
    assert said in str(refused.value)
    assert "u:p" not in str(refused.value)


def test_the_command_line_reads_them_first(tmp_path: Path) -> None:
    address = tmp_path / "address"
    address.write_text("nonsense:x\n")
    done = roadwitness("streams", "init", env={"ROADWITNESS_BUS_FILE": str(address)})
    assert done.code == 1
    assert "not the address of a bus" in done.sentence
