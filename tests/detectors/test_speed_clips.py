"""Wrong times of real files, through real decoding: no speed is wrong by more than its uncertainty."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from detectors.calibration import Calibration, ControlPoint
from detectors.clip_source import ClipSource
from detectors.pipeline import PipelineSettings, RoadsidePipeline
from detectors.speed import SpeedSettings
from detectors.vehicles import RoadUsers
from detectors.yolo import Detection
from roadwitness.roadside import observe
from streams.messages import Box

WIDTH, HEIGHT, FPS, KMH = 640, 360, 25, 60.0
START_NS = 1_777_881_600_000_000_000
TICKS = 90_000


def calibration():
    """Looking along a road from 6 m up, through a lens of 1,000 px that is turned down by 13 degrees."""
    down, height, focal = np.radians(13.0), 6.0, 1000.0
    points = []
    for y in (16.0, 24.0, 34.0, 46.0):
        for x in (-5.0, 0.0, 5.0):
            depth = y * np.cos(down) + height * np.sin(down)
            below = height * np.cos(down) - y * np.sin(down)
            image = (WIDTH / 2 + focal * x / depth, HEIGHT / 2 + focal * below / depth)
            points.append(ControlPoint(image, (x, y), 0.1, 0.005))
    return Calibration.from_points("road", (WIDTH, HEIGHT), points)


ROAD = calibration()


class Bright:
    """Finds the one bright block on the dark road."""

    def detect_road_users(self, image):
        mask = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) > 170).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        # The middle of the last bright pixel is the block's edge.
        boxes = [
            Box(float(x), float(y), float(w - 1), float(h - 1))
            for x, y, w, h, area in stats[1:count]
            if area > 150
        ]
        return RoadUsers(tuple(Detection(box, "block", 0.9) for box in boxes), ())


class Nothing:
    framings = (0.1,)

    def detect(self, *_args, **_kwargs):
        return []

    def read(self, crops):
        return []


def picture(at_s):
    """The road, and on it a block of 1.8 m that drives towards the camera from 46 m away."""
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    cv2.line(image, (40, HEIGHT), (290, 60), (110, 110, 110), 3)
    cv2.line(image, (600, HEIGHT), (350, 60), (110, 110, 110), 3)
    for x in range(30, WIDTH, 90):
        cv2.rectangle(image, (x, 10), (x + 35, 45), (100, 80, 120), -1)
    y = 46.0 - KMH / 3.6 * at_s
    if y > 14.0:
        (left, foot), (right, _) = ROAD.road_to_image([(-0.9, y), (0.9, y)])
        corners = np.array([[left, foot - (right - left) * 0.8], [right, foot]]) * 16
        low, high = np.round(corners).astype(int)
        cv2.rectangle(image, tuple(map(int, low)), tuple(map(int, high)), (230, 230, 230), -1, cv2.LINE_AA, 4)
    return image


def film(path, taken_s, stamped_s):
    """A clip of pictures taken at some times and stamped with others (s); its coding says 25 frames/s."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "14", "preset": "ultrafast"}
        stream.time_base = Fraction(1, TICKS)
        stamps = iter(stamped_s)
        pictures = [av.VideoFrame.from_ndarray(picture(taken), format="bgr24") for taken in taken_s]
        for number, frame in enumerate([*pictures, None]):
            if frame is not None:
                frame.pts, frame.time_base = number, Fraction(1, FPS)
            for packet in stream.encode(frame):
                # As a recorder with a wrong clock writes it: the coding knows nothing of the stamps.
                packet.time_base = Fraction(1, TICKS)
                packet.pts = packet.dts = round(next(stamps) * TICKS)
                container.mux(packet)
    return path


def measured(path, **settings):
    pipeline = RoadsidePipeline(
        PipelineSettings("cam", "site", evidence=False, speed=SpeedSettings(stretch_m=(16, 44)), **settings),
        Bright(),
        Nothing(),
        None,
        Nothing(),
        ROAD,
    )
    source, passages = ClipSource(path, START_NS), []
    observe(source, pipeline, lambda closed: passages.append(closed.passage), advance=lambda *_: None)
    return [p.speed for p in passages], pipeline


EVEN = np.arange(0, 100) / FPS
RANDOM = np.random.default_rng(4)
LOST = np.sort(RANDOM.choice(100, 78, replace=False))


def test_an_untouched_clip_gives_the_speed(tmp_path):
    (speed,), pipeline = measured(film(tmp_path / "a.mp4", EVEN, EVEN))
    assert speed.speed_kmh == pytest.approx(KMH, abs=speed.uncertainty_kmh)
    assert pipeline.guard.clock.dropped == 0


@pytest.mark.parametrize(
    ("taken", "stamped"),
    [
        (EVEN, EVEN / 1.2),
        (EVEN, EVEN * 1.2),
        (EVEN[LOST], EVEN[LOST]),
        (EVEN[LOST], EVEN[: len(LOST)]),
        (EVEN, EVEN + 0.3 * (EVEN > 1.2)),
        (EVEN, EVEN + 5.0 * (EVEN > 1.2)),
        (np.delete(EVEN, range(30, 36)), np.delete(EVEN, range(94, 100))),
        (EVEN, EVEN + RANDOM.uniform(0, 0.003, 100)),
        (EVEN, EVEN + RANDOM.uniform(0, 0.03, 100)),
    ],
    ids=[
        "20 % fast", "20 % slow", "lost frames", "lost frames without a trace", "jump ahead",
        "long jump ahead", "a gap without a trace", "slight scatter", "wild scatter",
    ],
)  # fmt: skip
def test_wrong_times_give_no_wrong_speed(tmp_path, taken, stamped):
    speeds, _ = measured(film(tmp_path / "a.mp4", taken, stamped))
    for speed in speeds:
        assert speed.void_reason or abs(speed.speed_kmh - KMH) <= speed.uncertainty_kmh, speed


def test_lost_frames_are_counted_and_their_vehicle_is_still_measured(tmp_path):
    (speed,), pipeline = measured(film(tmp_path / "a.mp4", EVEN[LOST], EVEN[LOST]))
    assert speed.speed_kmh == pytest.approx(KMH, abs=speed.uncertainty_kmh)
    assert pipeline.guard.clock.dropped == 99 - (len(LOST) - 1) - LOST[0] - (99 - LOST[-1])


def test_a_wrong_rate_is_void_because_the_coding_or_the_site_contradicts_it(tmp_path):
    clip = film(tmp_path / "a.mp4", EVEN, EVEN / 1.2)
    (speed,), pipeline = measured(clip)
    assert "coding 25.00" in speed.void_reason
    assert "clock-rate" not in {event.kind for event in pipeline.health_events()}
    (stated,), _ = measured(clip, frame_interval_s=1 / FPS)
    assert "the site states 40.00 ms" in stated.void_reason
