"""Missing or damaged models end with 1 and one sentence that says what to do about it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from detectors.manifest import default_folder
from roadwitness.simulator import SimulatedSite
from tests.roadwitness.in_process import CommandLine


class TestModels:
    """Without its models Roadwitness does not begin."""

    @pytest.fixture
    def models(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "models"
        shutil.copytree(default_folder(), folder)
        monkeypatch.setenv("ROADWITNESS_MODELS", str(folder))
        return folder

    def test_an_empty_folder(self, command_line: CommandLine, models: Path, site: SimulatedSite) -> None:
        shutil.rmtree(models)
        models.mkdir()
        sentence = command_line.fail("watch", site.clip)
        assert f"The model manifest {models}/manifest.json cannot be read" in sentence
        assert "install Roadwitness again, or let ROADWITNESS_MODELS name a folder that holds one" in sentence

    def test_a_missing_file(self, command_line: CommandLine, models: Path, site: SimulatedSite) -> None:
        (models / "plates.onnx").unlink()
        sentence = command_line.fail("watch", site.clip)
        assert f"The model file {models}/plates.onnx is missing; install Roadwitness again" in sentence

    def test_a_flipped_byte(self, command_line: CommandLine, models: Path, site: SimulatedSite) -> None:
        flip(models / "plates.onnx")
        sentence = command_line.fail("watch", site.clip)
        assert f"{models}/plates.onnx is not the one in its manifest (its digest differs)" in sentence

    def test_a_damaged_manifest(self, command_line: CommandLine, models: Path, site: SimulatedSite) -> None:
        (models / "manifest.json").write_text("{")
        assert "is damaged" in command_line.fail("watch", site.clip)

    def test_are_listed_as_intact(self, command_line: CommandLine) -> None:
        done = command_line("models")
        assert done.code == 0
        text = done.stdout.decode()
        assert re.findall(r"^ *(\w+) +(\w+) +[\d.]+ MB", text, re.M) == [
            ("faces", "intact"),
            ("plates", "intact"),
            ("reader", "intact"),
            ("vehicles", "intact"),
            ("vehicles_float", "intact"),
        ]
        assert text.count("AGPL-3.0-or-later") == 4, "licences are not cut"

    def test_are_listed_with_what_is_wrong(self, command_line: CommandLine, models: Path) -> None:
        flip(models / "vehicles.onnx")
        (models / "plates.onnx").unlink()
        done = command_line("models")
        assert done.code == 1
        assert re.search(r"vehicles +corrupt", done.stdout.decode())
        assert re.search(r"plates +missing", done.stdout.decode())
        assert f"{models}/vehicles.onnx is not the one in its manifest" in done.stderr
        assert f"{models}/plates.onnx is missing" in done.stderr


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
