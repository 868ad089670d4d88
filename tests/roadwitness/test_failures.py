"""What fails ends with 1 and one sentence that says what was wrong and what to do about it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.command import one_sentence, roadwitness
from tests.roadwitness.in_process import CommandLine


class TestOutputs:
    """Where something should be written and cannot be."""

    def test_lines_into_a_missing_folder(
        self, command_line: CommandLine, site: SimulatedSite, tmp_path: Path
    ) -> None:
        target = tmp_path / "none" / "seen.jsonl"
        said = f"The file {target} cannot be written (No such file or directory): name one in a folder that"
        assert said in command_line.fail("watch", site.clip, "--jsonl", target)

    def test_a_drawn_clip_into_a_missing_folder(
        self, command_line: CommandLine, site: SimulatedSite, tmp_path: Path
    ) -> None:
        target = tmp_path / "none" / "seen.mp4"
        sentence = command_line.fail("watch", site.clip, "--jsonl", tmp_path / "seen", "--video", target)
        assert f"The video {target} cannot be written (No such file or directory)" in sentence
        assert "name an .mp4 file in a folder that exists" in sentence

    def test_a_simulation_over_something_else(self, command_line: CommandLine, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("keep me")
        assert "name a new folder" in command_line.fail("simulate", tmp_path)
        assert (tmp_path / "mine.txt").read_text() == "keep me"

    def test_a_simulation_that_cannot_be(self, command_line: CommandLine, tmp_path: Path) -> None:
        said = command_line.fail("simulate", tmp_path / "new", "--vehicles", "50", "--seconds", "2")
        assert "50 vehicles do not fit into 2 s: make the scene at least" in said
        assert list(tmp_path.iterdir()) == []

    def test_a_data_folder_below_a_file(self, site: SimulatedSite, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        done = roadwitness("run", site.site_file, "--no-serve", "--data", tmp_path / "file" / "data")
        assert "cannot be written" in one_sentence(done)
        assert "name another with --data" in done.sentence

    def test_a_port_that_is_taken(self, site: SimulatedSite, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = roadwitness("run", site.site_file, "--port", str(port), "--data", tmp_path / "data")
        assert (
            f"Port {port} cannot be used (Address already in use): name another by --port."
            == one_sentence(done)
        )

    def test_an_original_into_a_missing_folder_is_not_unsealed(
        self, command_line: CommandLine, tmp_path: Path
    ) -> None:
        sentence = command_line.fail(
            *("unseal", "0" * 64, "--out", tmp_path / "none" / "o.jpg"),
            *("--officer", "A. Moreau", "--reason", "why", "--data", tmp_path / "data"),
        )
        assert "name a file in a folder that exists with --out" in sentence
        assert not (tmp_path / "data").exists()


class TestStore:
    """Registers and queries."""

    def test_a_register_without_plates(self, tmp_path: Path) -> None:
        csv = tmp_path / "register.csv"
        csv.write_text("licence,keeper_id\nAB12,K1\n")
        done = roadwitness("register", "import", csv, "--data", tmp_path / "data")
        assert f"{csv}, line 1: the column 'plate' is missing; the header is plate,keeper_id" in one_sentence(
            done
        )

    def test_a_query_without_a_store(self, command_line: CommandLine, tmp_path: Path) -> None:
        sentence = command_line.fail("sql", "SELECT 1", "--data", tmp_path / "none")
        assert f"there is no store in {tmp_path}/none; run 'roadwitness demo' first" in sentence
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("SELEKT 1", "Syntax error"),
            ("SELECT nothing FROM v_violations", "nothing"),
            ("SELECT * FROM v_nothing", "v_nothing"),
            ("", "the query is empty"),
            ("INSERT INTO keepers (plate, keeper_id) VALUES ('X', 'Y')", "only reading is allowed here"),
            ("DROP TABLE violations", "only reading is allowed here"),
            ("SELECT 1 INTO OUTFILE 'x.csv'", "redirect the output of the command"),
        ],
    )
    def test_a_query_that_is_refused(self, finished_run: Path, query: str, said: str) -> None:
        assert said in one_sentence(roadwitness("sql", query, "--data", finished_run))


def test_a_log_level_that_does_not_exist() -> None:
    done = roadwitness("models", env={"ROADWITNESS_LOG": "loud"})
    assert one_sentence(done) == "ROADWITNESS_LOG is 'loud': give it one of DEBUG, INFO, WARNING and ERROR."


def test_a_system_without_opencvs_libraries(site: SimulatedSite, tmp_path: Path) -> None:
    package = tmp_path / "cv2"
    package.mkdir()
    said = "libGL.so.1: cannot open shared object file: No such file or directory"
    (package / "__init__.py").write_text(f"raise ImportError({said!r})")
    sentence = one_sentence(roadwitness("watch", site.clip, env={"PYTHONPATH": str(tmp_path)}))
    assert said in sentence
    assert "libgl1" in sentence
