"""``calibrate``: what a surveyor gives, gets and is told."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.calibrating.earth import EarthFrame
from roadwitness.calibration_file import load_calibration, load_lens
from roadwitness.site import load_site
from roadwitness.site_calibration import calibration_of
from tests.detectors.calibrating.surveyor import GRID, SIZE, TrueCamera, moved, points_of
from tests.detectors.calibrating.test_lanes import painted
from tests.roadwitness.in_process import CommandLine

CAMERA = TrueCamera()
NAMED = ("--id", "north-1", "--valid-from", "2026-01-01", "--valid-until", "2027-01-01")


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    path = tmp_path / "frame.png"
    cv2.imwrite(str(path), np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """Twelve nails, the fifth of them a metre off."""
    points = points_of(CAMERA, GRID, np.random.default_rng(1))
    points[4] = moved(points[4], by_m=(0.0, 1.0))
    lines = [f"{p.name},{p.image[0]:.2f},{p.image[1]:.2f},{p.road[0]:.3f},{p.road[1]:.3f}" for p in points]
    path = tmp_path / "nails.csv"
    path.write_text("\n".join(["name,u,v,x,y", *lines]) + "\n", encoding="utf-8")
    return path


def test_points_from_a_csv(command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path) -> None:
    out, picture = tmp_path / "calibration.toml", tmp_path / "seen.jpg"
    done = command_line(
        "calibrate", "points", csv, "--image", frame, "--out", out, "--picture", picture, *NAMED
    )
    assert done.code == 0, done.stderr
    assert "nail 5 lies " in done.stderr
    table = done.stdout.decode()
    assert next(line for line in table.splitlines() if "left out" in line).startswith("nail 5")
    assert "camera height" in table
    assert "%" in table
    settings = load_calibration(out)
    assert settings.id == "north-1"
    assert len(settings.points) == 12, "the wrong point stays on record"
    assert cv2.imread(str(picture)).shape == (SIZE[1], SIZE[0], 3)


@pytest.mark.parametrize("picture", ["none/seen.jpg", "seen.what"])
def test_a_picture_that_cannot_be_written(
    command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path, picture: str
) -> None:
    done = command_line(
        *("calibrate", "points", csv, "--image", frame, "--out", tmp_path / "c.toml", *NAMED),
        *("--picture", tmp_path / picture),
    )
    assert done.code == 1
    assert "cannot be written; name a .jpg or .png in an existing folder" in done.sentence
    assert (tmp_path / "c.toml").exists(), "the calibration itself is kept"


def test_a_site_takes_the_file_that_was_written(
    command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path
) -> None:
    command_line("calibrate", "points", csv, "--image", frame, "--out", tmp_path / "c.toml", *NAMED)
    site = tmp_path / "site.toml"
    site.write_text(
        '[site]\nid = "a"\n[camera]\nid = "b"\n[calibration]\nfile = "c.toml"\n', encoding="utf-8"
    )
    calibration = calibration_of(load_site(site).file)
    assert calibration is not None
    assert calibration.calibration_id == "north-1"
    assert calibration.image_to_road(CAMERA.project([(3.0, 25.0)])) == pytest.approx(
        np.array([[3.0, 25.0]]), abs=0.05
    )
    assert calibration.fit.kept.tolist() == [i != 4 for i in range(12)]


def test_points_in_wgs84(command_line: CommandLine, frame: Path, tmp_path: Path) -> None:
    earth = EarthFrame((52.5163, 13.3777), 30.0)
    rows = [
        f"{p.image[0]:.2f},{p.image[1]:.2f},{lat:.9f},{lon:.9f},0.01"
        for p, (lat, lon) in zip(points_of(CAMERA, GRID), earth.to_earth(GRID).tolist(), strict=True)
    ]
    csv = tmp_path / "gnss.csv"
    csv.write_text("\n".join(["u,v,latitude,longitude,sigma_m", *rows]), encoding="utf-8")
    command = ("calibrate", "points", csv, "--image", frame, "--out", tmp_path / "c.toml", *NAMED)
    assert "where the road's axes lie" in command_line.fail(*command)
    done = command_line(*command, "--origin", "52.5163,13.3777", "--heading", 30)
    assert done.code == 0, done.stderr
    settings = load_calibration(tmp_path / "c.toml")
    assert settings.wgs84 is not None
    assert settings.wgs84.heading_deg == 30
    assert {point.sigma_m for point in settings.points} == {0.01}


def test_lane_markings(command_line: CommandLine, frame: Path, tmp_path: Path) -> None:
    lines = "".join(
        f"\n[[lines]]\nlanes = {n}\nfirst = 2\nends = {[list(e) for e in painted(3.5 * n, (2, 3, 4))]}\n"
        for n in (0, 1, 2)
    )
    lanes = tmp_path / "lanes.toml"
    pattern = "dash_m = 3.0\ngap_m = 6.0\nlength_sigma = 0.02\nlane_width_m = 3.5\n"
    valid = "valid_from = 2026-01-01T00:00:00Z\nvalid_until = 2027-01-01T00:00:00Z\n"
    lanes.write_text(f'id = "dashes"\n{valid}{pattern}{lines}', encoding="utf-8")
    done = command_line("calibrate", "lanes", lanes, "--image", frame, "--out", tmp_path / "c.toml")
    assert done.code == 0, done.stderr
    settings = load_calibration(tmp_path / "c.toml")
    assert settings.scale_sigma.along == 0.02
    assert settings.points[0].name == "line 1, dash 2 near end"
    assert len(settings.shared) == 2, "two lines may be out of step with the first"
    assert " 4.0" in done.stdout.decode(), "2 % of length are 4 % of speed at k = 2"


def test_a_lens_goes_along_with_the_points(
    command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path
) -> None:
    lens = tmp_path / "lens.toml"
    numbers = "focal_px = [1500.0, 1500.0]\ncentre_px = [640.0, 360.0]\nk1 = -0.001"
    lens.write_text(f"[lens]\n{numbers}\nimage_size = [1280, 720]\n", encoding="utf-8")
    command = ("calibrate", "points", csv, "--image", frame, "--out", tmp_path / "c.toml", *NAMED)
    assert command_line(*command, "--lens", lens).code == 0
    assert load_calibration(tmp_path / "c.toml").lens == load_lens(lens)
    lens.write_text(lens.read_text().replace("[1280, 720]", "[1920, 1080]"), encoding="utf-8")
    assert "measure the lens at the camera's own picture size" in command_line.fail(*command, "--lens", lens)


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("u,v,x,y\n1,2,3,4\n", (), "give the calibration --id, --valid-from and --valid-until"),
        ("u,v,x,y\n1,2,3,4\n", NAMED, "has 1 points; survey at least 4"),
        ("u,v,x\n1,2,3\n", NAMED, "need the columns u, v and either x, y or latitude, longitude"),
        ("u,v,x,y,z\n1,2,3,4,5\n", NAMED, "unknown: z; correct its first line."),
        ("u,v,x,y\n1,2,3,far\n", NAMED, "wrong in line 2: y is 'far'; give a number."),
        ("u,v,x,y\n", NAMED, "need the columns"),
    ],
)
def test_a_csv_that_is_wrong(
    command_line: CommandLine,
    frame: Path,
    tmp_path: Path,
    text: str,
    more: tuple[str, ...],
    said: str,
) -> None:
    path, out = tmp_path / "points.csv", tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    assert said in command_line.fail("calibrate", "points", path, "--image", frame, "--out", out, *more)
    assert not out.exists()


@pytest.mark.parametrize(
    ("points", "image", "said"),
    [
        ("none.csv", "frame.png", "There is no file"),
        ("none.toml", "frame.png", "There is no calibration file"),
        ("nails.csv", "none.png", "is no picture that can be read"),
        ("nails.csv", "nails.csv", "is no picture that can be read"),
    ],
)
def test_a_file_that_is_not_there(
    command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path, points: str, image: str, said: str
) -> None:
    assert frame.name == "frame.png"
    assert csv.name == "nails.csv"
    command = ("calibrate", "points", tmp_path / points, "--image", tmp_path / image, "--out", tmp_path / "c")
    assert said in command_line.fail(*command, *(NAMED if points.endswith("csv") else ()))


def test_a_frame_of_another_size(command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.toml"
    command_line("calibrate", "points", csv, "--image", frame, "--out", out, *NAMED)
    cv2.imwrite(str(frame), np.zeros((360, 640, 3), np.uint8))
    sentence = command_line.fail("calibrate", "points", out, "--image", frame, "--out", tmp_path / "d.toml")
    assert "is for pictures of 1280x720, but" in sentence


def test_a_file_that_names_itself_takes_no_other_name(
    command_line: CommandLine, frame: Path, csv: Path, tmp_path: Path
) -> None:
    out = tmp_path / "c.toml"
    command_line("calibrate", "points", csv, "--image", frame, "--out", out, *NAMED)
    sentence = command_line.fail("calibrate", "points", out, "--image", frame, "--out", out, "--id", "other")
    assert "leave out the options that are for a CSV" in sentence


def test_photos_that_show_no_board(command_line: CommandLine, frame: Path, tmp_path: Path) -> None:
    command = ("calibrate", "lens", frame.parent, "--square-mm", 30, "--out", tmp_path / "lens.toml")
    done = command_line(*command, "--board", "9x6")
    assert done.code == 1
    assert "only 0 of the photos show the board whole" in done.sentence
    assert command_line(*command, "--board", "big").code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no pictures" in command_line.fail(
        "calibrate", "lens", empty, "--square-mm", 30, "--out", tmp_path / "l", "--board", "9x6"
    )
