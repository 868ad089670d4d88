"""The short clip of a passage: what it shows, what it hides on every frame, and what it may cost."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from detectors.clip_coding import can_encode, encode_film
from detectors.clip_frames import ClipFrame, ClipKeeper, ClipSettings
from detectors.clip_hiding import Look, hide, look_at
from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.pipeline import PipelineSettings
from detectors.tracking import TrackedVehicle
from streams.messages import Box
from tests.detectors.roadside_parts import START_NS, Car, FaceSpotter, Street, passages, unit

needs_encoder = pytest.mark.skipif(not can_encode(), reason="PyAV has no libx264 here: pip install av")

WIDTH, HEIGHT = 320, 200
OWN, OTHER = (
    TrackedVehicle(1, Box(20, 60, 100, 80), "car", 0.9),
    TrackedVehicle(2, Box(180, 60, 100, 80), "car", 0.9),
)
PLATE = Box(0.3, 0.7, 0.4, 0.15)
NOTHING = Look({}, ())


def busy() -> Image:
    """A picture in which every region is full of detail: what is flat afterwards was hidden."""
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def frame_of(*vehicles: TrackedVehicle, people: tuple[Box, ...] = ()) -> ClipFrame:
    return ClipFrame(START_NS, b"", vehicles, people)


def inside(vehicle: TrackedVehicle, part: Box) -> Box:
    box = vehicle.box
    return Box(box.x + part.x * box.w, box.y + part.y * box.h, part.w * box.w, part.h * box.h)


def detail(image: Image, box: Box) -> float:
    """How much a region's neighbouring pixels differ, in grey levels."""
    part = image[round(box.y) : round(box.y + box.h), round(box.x) : round(box.x + box.w)].astype(float)
    return float(np.abs(np.diff(part, axis=1)).mean())


class TestHidden:
    @pytest.mark.parametrize(
        ("looks", "moved_px"),
        [
            pytest.param([Look({2: (PLATE,)}, ())], 0, id="found on this frame"),
            pytest.param([Look({2: (PLATE,)}, ()), Look({2: (PLATE,)}, ())], 25, id="moves with its vehicle"),
            pytest.param([Look({2: (PLATE,)}, ()), NOTHING], 10, id="found by one look of two"),
            pytest.param([NOTHING], 0, id="overlooked: where plates are"),
        ],
    )
    def test_the_plate_of_another_vehicle(self, looks: list[Look], moved_px: float) -> None:
        box = replace(OTHER, box=Box(OTHER.box.x + moved_px, OTHER.box.y, OTHER.box.w, OTHER.box.h))
        shown = hide(busy(), frame_of(OWN, box), looks, own_id=1)
        assert detail(shown, inside(box, PLATE)) < 6

    def test_its_own_plate_is_left(self) -> None:
        shown = hide(busy(), frame_of(OWN, OTHER), [Look({1: (PLATE,), 2: (PLATE,)}, ())], own_id=1)
        assert detail(shown, inside(OWN, PLATE)) > 60

    def test_what_may_be_another_vehicles_plate_inside_its_own_box_is_not(self) -> None:
        behind = replace(OTHER, box=Box(60, 100, 90, 70))
        shown = hide(busy(), frame_of(OWN, behind), [Look({1: (PLATE,)}, ())], own_id=1)
        assert detail(shown, inside(OWN, PLATE)) < 6

    @pytest.mark.parametrize("vehicle", [OWN, OTHER])
    def test_the_glass_of_every_vehicle(self, vehicle: TrackedVehicle) -> None:
        shown = hide(busy(), frame_of(OWN, OTHER), [NOTHING], own_id=1)
        assert detail(shown, inside(vehicle, Box(0.1, 0.12, 0.8, 0.38))) < 6

    def test_the_head_of_a_person_and_a_face_that_moves(self) -> None:
        person, face = Box(140, 20, 30, 90), Box(150, 170, 12, 12)
        shown = hide(busy(), frame_of(people=(person,)), [Look({}, (face,))], own_id=1)
        assert detail(shown, Box(145, 22, 20, 14)) < 12
        assert detail(shown, Box(face.x + 4, face.y + 4, 12, 10)) < 12

    def test_the_finders_of_the_stills_are_asked(self) -> None:
        street = Street(Car("AB12CDE", 60.0))
        frame = list(street.frames(0.4))[-1]
        (box,) = (car.box(street.now_s) for car in street.cars)
        assert box is not None
        seen = ClipFrame(frame.captured_at_ns, b"", (TrackedVehicle(7, box, "car", 0.9),), ())
        look = look_at(frame.image, seen, street, FaceSpotter())
        (plate,) = look.plates[7]
        assert (plate.x, plate.y) == pytest.approx((30 / 120, 58 / 80), abs=0.03)
        assert len(look.faces) == 1


def film_of(frames: int, most_bytes: int = 10**6, seed: int = 1) -> bytes | None:
    chance = np.random.default_rng(seed)
    grain = chance.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    pictures = [np.ascontiguousarray(np.roll(grain, 3 * i, axis=1)) for i in range(frames)]
    times = [START_NS + i * 80_000_000 + (i % 2) * 7_000_000 for i in range(frames)]
    return encode_film(pictures, times, most_bytes)


@needs_encoder
class TestCoding:
    def test_the_same_pictures_give_the_same_bytes(self) -> None:
        assert film_of(6) == film_of(6)
        assert film_of(6) != film_of(6, seed=2)

    def test_frames_stand_where_they_were_taken(self) -> None:
        film = film_of(5)
        assert film is not None
        with av.open(io.BytesIO(film)) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.width, stream.height) == ("h264", WIDTH, HEIGHT)
            times = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
        assert times == pytest.approx([0, 0.087, 0.16, 0.247, 0.32], abs=1e-3)

    def test_a_player_finds_the_index_at_the_beginning(self) -> None:
        film = film_of(40)
        assert film is not None
        assert film.index(b"moov") < film.index(b"mdat")

    def test_what_would_be_too_large_is_coded_more_coarsely_or_left_out(self) -> None:
        usual = film_of(4)
        assert usual is not None
        smaller = film_of(4, most_bytes=len(usual) - 1)
        assert smaller is not None
        assert len(smaller) < len(usual)
        assert film_of(4, most_bytes=2000) is None


class TestKept:
    def keeper(self, seconds: float, **settings: float) -> ClipKeeper:
        keeper = ClipKeeper(replace(ClipSettings(), **settings))  # type: ignore[arg-type]
        image = np.zeros((360, 1280, 3), np.uint8)
        for index in range(round(seconds * 25)):
            keeper.offer(Frame(index, START_NS + index * 40_000_000, image), [OWN], [])
        return keeper

    def around(self, keeper: ClipKeeper, moment_s: float) -> list[float]:
        frames = keeper.around(START_NS + round(moment_s * 1e9), START_NS, START_NS + 10**12)
        return [(frame.captured_at_ns - START_NS) * 1e-9 for frame in frames]

    def test_a_clip_lies_around_its_moment(self) -> None:
        times = self.around(self.keeper(6), 3.0)
        assert times[0] == pytest.approx(1.5, abs=0.1)
        assert times[-1] == pytest.approx(4.5, abs=0.1)
        assert np.diff(times) == pytest.approx(0.08)

    def test_a_moment_that_is_forgotten_gives_none(self) -> None:
        assert self.around(self.keeper(6, remember_s=2.0), 1.0) == []

    def test_memory_is_bounded_by_time_and_by_bytes(self) -> None:
        assert len(self.keeper(6, remember_s=2.0)._kept) <= 27
        one = len(self.keeper(0.04)._kept[0].jpeg)
        assert len(self.keeper(6, most_kept_bytes=10 * one)._kept) <= 12

    def test_frames_are_small_and_boxes_with_them(self) -> None:
        (frame,) = self.keeper(0.04)._kept
        assert frame.image().shape == (180, 640, 3)
        assert frame.vehicles[0].box == Box(10, 30, 50, 40)

    def test_of_vehicles_close_together_one_gets_a_clip(self) -> None:
        keeper = ClipKeeper(ClipSettings(apart_s=2.0))
        due = [keeper.is_due(START_NS + round(at_s * 1e9)) for at_s in (0.0, 1.0, 1.9, 2.1, 3.0, 4.2)]
        assert due == [True, False, False, True, False, True]


@needs_encoder
class TestOfAPassage:
    SETTINGS = PipelineSettings("cam", "site", clip=ClipSettings())

    def test_it_is_evidence_of_the_passage_and_small(self) -> None:
        (closed,) = passages(Street(Car("AB12CDE", 60.0)), settings=self.SETTINGS)
        (reference,) = (piece for piece in closed.passage.evidence if piece.kind == "clip")
        (item,) = (item for item in closed.evidence if item.digest == reference.digest)
        assert (reference.media_type, item.media_type, item.sealed) == ("video/mp4", "video/mp4", False)
        assert (reference.width_px, reference.height_px) == (640, 480)
        assert len(item.content) < ClipSettings().most_bytes
        moment_ns = closed.passage.speed.at_ns
        assert moment_ns is not None
        assert 0 < moment_ns - reference.captured_at_ns <= 1.6e9

    def test_no_frame_shows_the_driver(self) -> None:
        (closed,) = passages(Street(Car("AB12CDE", 60.0)), settings=self.SETTINGS)
        film = next(item.content for item in closed.evidence if item.media_type == "video/mp4")
        with av.open(io.BytesIO(film)) as container:
            frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        assert len(frames) > 20
        for frame in frames:
            hue, strong, _ = cv2.split(cv2.cvtColor(frame, cv2.COLOR_BGR2HSV))
            assert not ((strong > 200) & ((hue < 5) | (hue > 175))).any()

    def test_it_is_the_same_each_time(self) -> None:
        street = [Car("AB12CDE", 60.0)]
        first, again = (passages(Street(*street), settings=self.SETTINGS) for _ in range(2))
        assert first[0].passage.evidence == again[0].passage.evidence

    @pytest.mark.parametrize(
        ("settings", "faces"),
        [
            pytest.param(replace(SETTINGS, clip=None), True, id="not wanted"),
            pytest.param(SETTINGS, False, id="nobody's face could be hidden"),
            pytest.param(replace(SETTINGS, wanted=lambda _: False), True, id="no rule concerns it"),
        ],
    )
    def test_there_is_none_where(self, settings: PipelineSettings, faces: bool) -> None:
        street = Street(Car("AB12CDE", 60.0))
        roadside = unit(street, settings=settings, faces=faces)
        closed = [c for frame in street.frames(6.0) for c in roadside.process(frame)] + roadside.finish()
        assert [p for c in closed for p in c.passage.evidence if p.kind == "clip"] == []
