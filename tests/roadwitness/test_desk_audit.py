"""`roadwitness audit`, as a person runs it on a desk file. What it finds is tested with the audit itself."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from enforcement.desk.audit_chain import AuditChain
from enforcement.desk.audit_heads import sign_head
from enforcement.desk.desk_file import DeskFile
from enforcement.desk.plate_digest import PlateDigests
from streams.key_archive import create_known_signer
from tests.roadwitness.in_process import CommandLine

CASE = "8d5c8a2e-0000-4000-8000-00000000000a"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three entries, the second of which was signed as the last, and no store."""
    data = tmp_path / "data"
    data.mkdir()
    signer = create_known_signer(data / "keys" / "centre.key", "centre", data / "keys" / "public-keys.json")
    digest = PlateDigests.load(data / "keys").of("KFV482")
    with closing(DeskFile(data / "desk.sqlite")) as desk:
        chain = AuditChain(desk)
        chain.write("ada", "reviewer", "looked", CASE, reason="two\nlines")
        chain.write("bo", "supervisor", "searched", f"{CASE}/plate/{digest}", purpose="court")
        sign_head(desk, signer)
        chain.write("bo", "supervisor", "looked", "queue")
    return data


def spoil(data: Path) -> None:
    with closing(sqlite3.connect(data / "desk.sqlite")) as database:
        database.execute("DROP TRIGGER audit_entries_are_not_changed")
        database.execute("UPDATE audit_entries SET who = 'nobody' WHERE sequence = 2")
        database.commit()


def listed(command_line: CommandLine, data: Path, *arguments: str) -> list[list[str]]:
    done = command_line("audit", "list", "--data", data, *arguments)
    assert done.code == 0, done.stderr
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


class TestVerify:
    def test_a_whole_audit(self, command_line: CommandLine, data: Path) -> None:
        done = command_line("audit", "verify", "--data", data)
        assert done.code == 0
        said = " ".join(done.stderr.split())
        assert "3 entries, the last of" in said
        assert "It was not compared with the mirror" in said
        assert "The centre signed all but the last 1." in said

    def test_each_fault_is_a_line_and_the_exit_code_tells(
        self, command_line: CommandLine, data: Path
    ) -> None:
        spoil(data)
        done = command_line("audit", "verify", "--data", data)
        assert done.code == 1
        assert done.stdout.decode().splitlines() == [
            "The trigger audit_entries_are_not_changed was changed or taken out of the file: whoever did it "
            "could change entries.",
            "Entry 2 was changed: its digest is not that of its fields.",
        ]
        assert "3 entries checked, and 2 faults found" in done.sentence

    def test_a_copy_without_the_archive_says_what_was_not_checked(
        self, command_line: CommandLine, data: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy.sqlite"
        with (
            closing(sqlite3.connect(data / "desk.sqlite")) as here,
            closing(sqlite3.connect(copy)) as there,
        ):
            here.backup(there)
        done = command_line("audit", "verify", "--desk", copy)
        assert done.code == 0
        assert "name the archive of public keys with --keys" in " ".join(done.stderr.split())
        checked = command_line(
            "audit", "verify", "--desk", copy, "--keys", data / "keys" / "public-keys.json"
        )
        assert checked.code == 0
        assert "Signatures" not in checked.stderr

    @pytest.mark.parametrize("command", [["verify"], ["list"], ["export", "--out", "x.csv"]])
    def test_no_desk_file(self, command_line: CommandLine, tmp_path: Path, command: list[str]) -> None:
        assert "There is no desk file" in command_line.fail("audit", *command, "--data", tmp_path)


class TestList:
    def test_newest_first_and_looking_is_an_entry(self, command_line: CommandLine, data: Path) -> None:
        rows = listed(command_line, data)
        assert [row[0] for row in rows] == ["4", "3", "2", "1"]
        assert rows[0][3:] == ["command line", "looked", "audit", "", ""]
        assert rows[3][2:] == ["ada", "reviewer", "looked", CASE, "", "two lines"]

    def test_who_searched_for_a_plate(self, command_line: CommandLine, data: Path) -> None:
        assert [row[0] for row in listed(command_line, data, "--plate", "kfv-482")] == ["2"]
        assert listed(command_line, data, "--plate", "ABC123") == []
        assert "ABC123" not in repr(listed(command_line, data)), "looking leaves no plate either"

    def test_a_plate_needs_its_key(self, command_line: CommandLine, data: Path) -> None:
        (data / "keys" / "plate-digests.key").unlink()
        sentence = command_line.fail("audit", "list", "--data", data, "--plate", "KFV482")
        assert "has no key of plates' digests" in sentence
        assert not (data / "keys" / "plate-digests.key").exists()

    def test_filters(self, command_line: CommandLine, data: Path) -> None:
        assert [row[0] for row in listed(command_line, data, "--case", CASE, "--who", "ada")] == ["1"]
        assert listed(command_line, data, "--to", "2001-01-01") == []


class TestExport:
    def test_for_people_and_for_programs(self, command_line: CommandLine, data: Path, tmp_path: Path) -> None:
        for name in ("audit.csv", "audit.jsonl"):
            done = command_line("audit", "export", "--data", data, "--out", tmp_path / name, "--case", CASE)
            assert done.code == 0
        with (tmp_path / "audit.csv").open(newline="") as file:
            assert [row["who"] for row in csv.DictReader(file)] == ["ada", "bo"]
        entries = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert [entry["reason"] for entry in entries] == ["two\nlines", ""]
        exported = listed(command_line, data, "--action", "exported")
        assert [row[6] for row in exported] == ["", ""]
        assert [row[7] for row in exported] == [f"about case {CASE}"] * 2

    def test_another_kind_of_file(self, command_line: CommandLine, data: Path) -> None:
        assert "ends in .csv or .jsonl" in command_line.fail(
            "audit", "export", "--data", data, "--out", "a.xls"
        )
