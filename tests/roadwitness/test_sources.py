"""A source that cannot be seen ends with 1 and one sentence that says what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.in_process import CommandLine

CopyOfSite = Callable[..., Path]


class TestSources:
    """What cannot be seen."""

    def test_a_clip_that_is_not_there(self, command_line: CommandLine, tmp_path: Path) -> None:
        assert re.fullmatch(
            r"There is no file or folder .*/none\.mp4; check the name\.",
            command_line.fail("watch", tmp_path / "none.mp4"),
        )

    def test_random_bytes(self, command_line: CommandLine, tmp_path: Path) -> None:
        clip = tmp_path / "noise.mp4"
        clip.write_bytes(bytes(range(256)) * 64)
        sentence = command_line.fail("watch", clip)
        assert f"{clip} is not a video that can be read" in sentence
        assert "check the file with a player" in sentence

    def test_a_clip_that_was_cut_off(
        self, command_line: CommandLine, site: SimulatedSite, tmp_path: Path
    ) -> None:
        clip = tmp_path / "cut.mp4"
        clip.write_bytes(site.clip.read_bytes()[:40_000])
        sentence = command_line.fail("watch", clip)
        assert f"{clip} is not a video that can be read, or it was cut off" in sentence

    def test_an_empty_file(self, command_line: CommandLine, tmp_path: Path) -> None:
        clip = tmp_path / "empty.mp4"
        clip.touch()
        assert str(clip) in command_line.fail("watch", clip)

    def test_an_empty_folder(self, command_line: CommandLine, tmp_path: Path) -> None:
        assert "holds no images; give a folder with JPEG or PNG files" in command_line.fail("watch", tmp_path)

    def test_a_folder_without_an_image(self, command_line: CommandLine, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("no image")
        assert "holds no images" in command_line.fail("watch", tmp_path)
        assert "holds no image" in command_line.fail("read", tmp_path)

    def test_a_folder_of_files_that_only_look_like_images(
        self, command_line: CommandLine, tmp_path: Path
    ) -> None:
        (tmp_path / "a.jpg").write_text("no image")
        assert "check the files with a viewer" in command_line.fail("watch", tmp_path)

    def test_an_address_of_no_camera(self, command_line: CommandLine) -> None:
        sentence = command_line.fail("watch", "gopher://camera")
        assert "gopher:// is no camera's address" in sentence
        assert "rtsp://" in sentence

    def test_is_said_before_anything_is_begun(
        self, command_line: CommandLine, copy_of_site: CopyOfSite
    ) -> None:
        path = copy_of_site()
        (path.parent / "clip.mp4").unlink()
        said = command_line.fail("run", path, "--no-serve", "--data", path.parent / "data")
        assert said == f"There is no file or folder {path.parent}/clip.mp4; check the name."
        assert not (path.parent / "data").exists()
