"""What a signal head shows, by day and night, in sun and rain, and when it cannot be told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.frames import Frame
from detectors.lamps import LampReader, SignalHead
from detectors.lampwatch import LampWatch
from streams.messages import Box, LampPhase
from tests.detectors.lamp_parts import HEIGHT, SHOWS, START_NS, WIDTH, Scene, frames

CLEAR = {
    "a day": Scene(),
    "horizontal": Scene(vertical=False),
    "a small head": Scene(cell_px=6.0),
    "a large head": Scene(cell_px=24.0),
    "dusk": Scene(ambient=0.1),
    "night": Scene(ambient=0.004, lamp=1.2),
    "sunshine on the lenses": Scene(ambient=0.8, phantom=0.1),
    "sunshine and weak lamps": Scene(ambient=0.9, lamp=0.5),
    "noise": Scene(noise=12.0),
}
HALOS = {
    "night with halos": Scene(ambient=0.004, lamp=6.0, bloom=0.1),
    "night, quite overexposed": Scene(ambient=0.002, lamp=20.0, bloom=0.15),
    "rain on the glass": Scene(blur_px=3.0),
    "rain at night": Scene(ambient=0.004, lamp=3.0, blur_px=3.0, bloom=0.1),
}
GLARE = {
    "the sun on all lenses": Scene(ambient=0.8, phantom=0.7),
    "the sun stronger than the lamps": Scene(ambient=0.8, phantom=1.2, lamp=0.8),
    "the sun behind": Scene(veil=0.6),
}


def shown(scene: Scene, state: str) -> set[str | None]:
    reader = LampReader(scene.head())
    return {reader.look(f.image, f.captured_at_ns).state for f in frames(scene, f"{state} 0.2")}


@pytest.mark.parametrize("state", SHOWS)
@pytest.mark.parametrize("scene", CLEAR)
def test_what_is_clearly_shown_is_read(scene, state):
    assert shown(CLEAR[scene], state) <= ({"dark", None} if state == "dark" else {state})


@pytest.mark.parametrize("state", ["red", "green"])
@pytest.mark.parametrize("scene", HALOS)
def test_a_halo_over_the_neighbours_is_no_other_lamp(scene, state):
    assert shown(HALOS[scene], state) == {state}


@pytest.mark.parametrize("state", SHOWS)
@pytest.mark.parametrize("scene", GLARE)
def test_glare_is_no_lamp(scene, state):
    assert shown(GLARE[scene], state) == {None}


@settings(max_examples=40, deadline=None)
@given(
    state=st.sampled_from(["green", "amber", "dark"]),
    scene=st.builds(
        Scene,
        cell_px=st.floats(5, 24),
        ambient=st.floats(-2.7, 0).map(lambda x: 10**x),
        lamp=st.floats(-0.5, 1.3).map(lambda x: 10**x),
        bloom=st.floats(0.02, 0.15),
        phantom=st.floats(0, 1),
        veil=st.floats(0, 0.5),
        blur_px=st.floats(0, 4),
        noise=st.floats(0, 10),
        vertical=st.booleans(),
    ),
)
def test_nothing_but_red_is_ever_read_as_red(state, scene):
    assert not shown(scene, state) & {"red", "red_amber"}


def known(scene: Scene, pictures, until_ns: int = 2**62) -> list[LampPhase]:
    watch = LampWatch("junction", "cam", [scene.head()])
    for frame in pictures:
        watch.see(frame)
    return [p for p in watch.phases(0, until_ns) if p.state != "unknown"]


@pytest.mark.parametrize("fps", [25.0, 30.0])
@pytest.mark.parametrize("mains_hz", [100.0, 99.7, 120.0])
def test_lamps_that_pulse_with_the_mains_are_never_another_lamp(fps, mains_hz):
    """A short exposure meets the lamp dark on some frames; with a slow beat, for a second on end."""
    scene = Scene(ambient=0.3)
    pictures = []
    rng = np.random.default_rng(5)
    for frame in frames(scene, "green 3 amber 3 red 6", fps):
        at_s = frame.index / fps
        lit = abs(np.sin(np.pi * mains_hz * at_s + 0.4)) > 0.35
        image = frame.image if lit else scene.picture("dark", rng)
        pictures.append(Frame(frame.index, frame.captured_at_ns, image))
    starts = {"green": 0.0, "amber": 3.0, "red": 6.0}
    for phase in known(scene, pictures):
        if phase.state == "flashing":
            continue
        first_s = (phase.from_ns - START_NS) * 1e-9 + phase.uncertainty_ms * 1e-3
        assert first_s >= starts[phase.state] - 1e-6, "never before it truly began"
        assert (phase.until_ns - START_NS) * 1e-9 <= {"green": 3.0, "amber": 6.0, "red": 12.0}[phase.state]


def test_pulsing_at_100_hz_against_30_frames_a_second_is_bridged():
    """Every third frame is dark."""
    scene, rng = Scene(ambient=0.3), np.random.default_rng(5)
    pictures = [
        frame if frame.index % 3 else Frame(frame.index, frame.captured_at_ns, scene.picture("dark", rng))
        for frame in frames(scene, "green 3 amber 3 red 3", 30.0)
    ]
    phases = known(scene, pictures)
    assert [p.state for p in phases] == ["green", "amber", "red"]
    for phase, truth_s in zip(phases[1:], (3.0, 6.0), strict=True):
        error_ms = abs((phase.from_ns - START_NS) * 1e-6 - truth_s * 1e3)
        assert error_ms <= phase.uncertainty_ms <= 51


def lorry(image: np.ndarray, colour: tuple[int, int, int], tail_lamp_at: tuple[int, int] | None = None):
    covered = image.copy()
    cv2.rectangle(covered, (0, 12), (WIDTH, HEIGHT), colour, -1)
    if tail_lamp_at is not None:
        cv2.circle(covered, tail_lamp_at, 5, (60, 60, 255), -1, cv2.LINE_AA)
    return covered


@pytest.mark.parametrize(
    "colour", [(230, 230, 230), (30, 30, 190), (20, 20, 20)], ids=["white", "red", "black"]
)
@pytest.mark.parametrize("tail_lamp", [False, True], ids=["", "with a tail lamp where the red lamp is"])
def test_a_lorry_in_front_is_no_red(colour, tail_lamp):
    scene = Scene()
    at = (WIDTH // 2, round(HEIGHT / 2 - scene.cell_px)) if tail_lamp else None
    pictures = []
    for frame in frames(scene, "green 8"):
        hidden = 2.0 <= frame.index / 25 < 6.0
        image = lorry(frame.image, colour, at) if hidden else frame.image
        pictures.append(Frame(frame.index, frame.captured_at_ns, image))
    phases = known(scene, pictures)
    assert {p.state for p in phases} <= {"green", "dark"}
    assert phases[-1].state == "green"
    assert not any(p.state == "green" and p.from_ns < START_NS + 4e9 < p.until_ns for p in phases), (
        "hidden for four seconds is not known"
    )


def test_shake_by_half_a_lamp_is_followed_by_day():
    scene = Scene()
    phases = known(scene, frames(scene, "green 3 amber 3 red 3", shake_px=3.5))
    assert [p.state for p in phases] == ["green", "amber", "red"]


@pytest.mark.parametrize("lamps", [("red",), ("red", "red"), ("red", "blue")])
def test_a_head_needs_lamps_that_can_be_told_apart(lamps):
    with pytest.raises(ValueError, match="two or three of red, amber, green"):
        SignalHead("s1", Box(0, 0, 10, 30), lamps)


def test_a_head_at_the_edge_of_the_picture_is_read():
    scene = Scene()
    (frame,) = frames(scene, "red 0.03")
    box = scene.head().region
    cropped = frame.image[round(box.y) - 2 :, round(box.x) - 2 :]
    look = LampReader(SignalHead("s1", Box(2, 2, box.w, box.h))).look(cropped, START_NS)
    assert look.state == "red"
