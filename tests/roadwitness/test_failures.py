"""What fails ends with 1 and one sentence that says what was wrong and what to do about it."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from detectors.manifest import default_folder
from roadwitness.simulator import SimulatedSite
from tests.roadwitness.command import Finished, roadwitness
from tests.roadwitness.in_process import CommandLine

CopyOfSite = Callable[..., Path]


def one_sentence(done: Finished) -> str:
    """The sentence of a command that failed and said nothing else, but for progress."""
    assert done.code == 1, done
    assert done.stdout == b""
    assert "Traceback" not in done.stderr
    rest = [line for line in done.stderr.splitlines()[:-1] if not line.startswith(("Register:", "Analysing"))]
    assert rest == []
    assert done.sentence.endswith(".")
    return done.sentence


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


class TestSiteFiles:
    """A site file that is wrong, and how it is said."""

    @pytest.mark.parametrize(
        ("replace", "by", "said"),
        [
            (
                "recorded_at",
                "recorded_att",
                "[camera] `recorded_att` is unknown; did you mean `recorded_at`?",
            ),
            ("[measuring]", "[measurin]", "`measurin` is unknown; did you mean `measuring`?"),
            ("y_to_m = 45.0", "", "[measuring] `y_to_m` is missing; add it."),
            ("y_to_m = 45.0", 'y_to_m = "far"', "`measuring.y_to_m` is wrong: expected `float`, got `str`"),
            ("y_to_m = 45.0", "y_to_m = 1.0", "write the smaller one first."),
            ('id = "demo-a1-north"', 'id = " "', "[camera] `id` is empty; give it one."),
            ("x_to_m = 3.5", "x_to_m = ", "is not valid TOML"),
            ("x_to_m = 3.5", "x_to_mm = 3.5", "[lanes 1] `x_to_mm` is unknown; did you mean `x_to_m`?"),
            ("road = [", "raod = [", "[calibration.points 1] `raod` is unknown; did you mean `road`?"),
            ("image_size = [960, 540]", "image_size = [960]", "`calibration.image_size` is wrong"),
            ('file = "policy.toml"', 'file = "law.toml"', "check the path."),
            ('[policy]\nfile = "policy.toml"\n', "", 'names no policy: add [policy] with file = "….toml".'),
            ('source = "clip.mp4"\n', "", "names no source: add camera.source or give --source."),
        ],
    )
    def test_says_where_and_what_to_do(
        self, command_line: CommandLine, copy_of_site: CopyOfSite, replace: str, by: str, said: str
    ) -> None:
        path = copy_of_site(replace, by)
        sentence = command_line.fail("run", path, "--no-serve", "--data", path.parent / "data")
        assert said in sentence
        assert str(path.parent) in sentence
        assert not (path.parent / "data").exists(), "nothing is begun for a site that cannot be run"

    def test_that_is_not_there(self, command_line: CommandLine, tmp_path: Path) -> None:
        sentence = command_line.fail("run", tmp_path / "none.toml")
        assert sentence == f"There is no site file {tmp_path}/none.toml: name an existing .toml file."

    def test_that_is_a_clip(self, command_line: CommandLine, site: SimulatedSite) -> None:
        assert "name a TOML file" in command_line.fail("run", site.clip)

    def test_whose_policy_has_an_unknown_key(
        self, command_line: CommandLine, copy_of_site: CopyOfSite
    ) -> None:
        path = copy_of_site("limit_kmh", "limit_mph", "policy.toml")
        sentence = command_line.fail("run", path, "--no-serve")
        assert "'limit_mph' in [speeding] is unknown; did you mean 'limit_kmh'?" in sentence
        assert "policy.toml" in sentence

    def test_whose_points_lie_on_one_line(self, command_line: CommandLine, copy_of_site: CopyOfSite) -> None:
        path = copy_of_site()
        line = ", ".join(f"{{ image = [{x}.0, {x}.0], road = [{x}.0, {x}.0] }}" for x in (1, 2, 3, 4, 5))
        text = re.sub(r"points = \[\n.*?\n\]", f"points = [{line}]", path.read_text(), flags=re.S)
        path.write_text(text)
        sentence = command_line.fail("watch", path.parent / "clip.mp4", "--site", path)
        assert "its points lie on one line or coincide; survey points on both sides of the road" in sentence

    def test_with_an_unknown_reader(self, command_line: CommandLine, copy_of_site: CopyOfSite) -> None:
        path = copy_of_site("[policy]", '[reader]\nname = "tesseract"\n[policy]')
        sentence = command_line.fail("watch", path.parent / "clip.mp4", "--site", path)
        assert "no plate reader 'tesseract'; choose one of easyocr, rapidocr" in sentence


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
            ("vehicles", "intact"),
        ]
        assert text.count("AGPL-3.0-or-later") == 2, "licences are not cut"

    def test_are_listed_with_what_is_wrong(self, command_line: CommandLine, models: Path) -> None:
        flip(models / "vehicles.onnx")
        (models / "plates.onnx").unlink()
        done = command_line("models")
        assert done.code == 1
        assert re.search(r"vehicles +corrupt", done.stdout.decode())
        assert re.search(r"plates +missing", done.stdout.decode())
        assert f"{models}/vehicles.onnx is not the one in its manifest" in done.stderr
        assert f"{models}/plates.onnx is missing" in done.stderr


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


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
