"""``roadwitness store``: tables, retention and roles from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.roadwitness.command import one_sentence, roadwitness, succeed
from tests.roadwitness.in_process import CommandLine


def test_tables_are_made_and_kept_for_what_a_file_says(tmp_path: Path) -> None:
    store, periods = tmp_path / "store", tmp_path / "retention.toml"
    assert "0001_tables.sql" in succeed("store", "migrate", "--store", store).stderr
    assert "0 migrations applied." in succeed("store", "migrate", "--store", store).stderr

    periods.write_text("[keep_days]\npassages = 30\n")
    changed = succeed("store", "retention", "--store", store, "--file", periods)
    assert "1 tables changed: passages." in changed.stderr
    shown = succeed("store", "retention", "--store", store).stdout.decode()
    assert [line.split("│")[4].strip() for line in shown.splitlines() if "│ passages " in line] == ["30"]

    periods.write_text("[keep_days]\npassages = 0\n")
    assert "write whole days" in one_sentence(
        roadwitness("store", "retention", "--store", store, "--file", periods)
    )


def test_roles_are_printed_as_sql(command_line: CommandLine) -> None:
    server = "http://h:8123/traffic?cluster=centre"
    asked = ("--grant", "ana=analyst", "--sites", "north=a,b")
    done = command_line("store", "roles", "--store", server, *asked)
    assert done.code == 0
    lines = done.stdout.decode().splitlines()
    assert "GRANT ON CLUSTER 'centre' SELECT ON traffic.v_passages TO roadwitness_analyst;" in lines
    assert any("ON traffic.passages USING site_id IN ('a', 'b')" in line for line in lines)
    assert lines[-1] == "GRANT ON CLUSTER 'centre' roadwitness_analyst TO ana;"


def test_what_cannot_be_a_role_is_said(command_line: CommandLine) -> None:
    server = ("store", "roles", "--store", "http://h:8123/traffic")
    assert "no role 'boss'" in command_line.fail(*server, "--grant", "ana=boss")
    assert "name a server" in command_line.fail("store", "roles", "--store", "folder")
    assert command_line(*server, "--grant", "ana").code == 2
