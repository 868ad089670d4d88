"""A site file that is wrong ends with 1 and one sentence that says where and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from roadwitness.simulator import SimulatedSite
from tests.roadwitness.in_process import CommandLine

CopyOfSite = Callable[..., Path]


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
        assert "no plate reader 'tesseract'; choose one of easyocr, own, rapidocr" in sentence
