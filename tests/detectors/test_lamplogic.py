"""The phases of a signal from what single frames show: held, bridged, in order, or not known."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.lamplogic import LampLogic
from detectors.lamps import LAMPS, LampLook
from streams.messages import LampPhase

START_NS = 1_777_881_600_000_000_000
LETTERS = {"r": "red", "a": "amber", "g": "green", "u": "red_amber", "d": "dark", "?": None}


def logic_after(script: str, fps: float = 25.0, lamps: tuple[str, ...] = LAMPS) -> LampLogic:
    """What the logic makes of a script such as ``g2 a3 r5``: a state and for how many seconds it shows.

    ``x`` stands for frames that are missing.
    """
    logic, at_s, until_s = LampLogic("s1", lamps), 0.0, 0.0
    for part in script.split():
        until_s += float(part[1:])
        while at_s < until_s - 1e-9:
            if part[0] != "x":
                logic.add(LampLook(START_NS + round(at_s * 1e9), LETTERS[part[0]]))
            at_s += 1 / fps
    return logic


def phases(script: str, **kwargs) -> list[LampPhase]:
    return list(logic_after(script, **kwargs).phases(0, 2**62))


def states(script: str, **kwargs) -> list[str]:
    return [phase.state for phase in phases(script, **kwargs) if phase.until_ns - phase.from_ns > 100e6]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("g2 a3 r5 u1 g2", ["green", "amber", "red", "red_amber", "green"]),
        ("g2 a3 r5 g2", ["green", "amber", "red", "green"]),
        ("r3 d0.08 r3", ["red"]),
        ("r3 ?0.3 r3", ["red"]),
        ("r3 ?1 r3", ["red", "unknown", "red"]),
        ("r3 d0.3 r3 d0.3 r3", ["red"]),
        ("g3 r0.08 g3", ["green"]),
        ("g3 r2 g3", ["green", "unknown", "green"]),
        ("g3 r9 g3", ["green", "unknown", "green"]),
        ("g3 r5 u1 g3", ["green", "unknown", "green"]),
        ("g3 a0.4 r2", ["green", "amber", "unknown"]),
        ("g3 ?2 r3", ["green", "unknown", "red"]),
        ("g3 ?2 r0.5 g1", ["green", "unknown", "green"]),
        ("r3 d6 r3", ["red", "unknown", "dark", "red"]),
        ("?3", ["unknown"]),
        ("d6", ["unknown", "dark"]),
        ("r3 x0.3 r3", ["red"]),
        ("r3 x2 r3", ["red", "unknown", "red"]),
        ("g3 x2 r3", ["green", "unknown", "red"]),
        ("g3 x0.6 r3", ["green", "unknown"]),
        ("a0.5 d0.5 a0.5 d0.5 a0.5 d0.5 a0.5 d0.5 a0.5 d0.5", ["amber", "unknown"] * 2 + ["flashing"]),
    ],
)
def test_what_the_frames_show_becomes_phases(script, expected):
    found = states(script)
    if "flashing" in expected:
        assert found[-1] == "flashing"
        assert "red" not in found
    else:
        assert [s for s in found if s != "unknown" or "unknown" in expected] == expected


@pytest.mark.parametrize("fps", [10.0, 12.5, 25.0, 30.0, 50.0])
def test_a_change_lies_within_the_stated_uncertainty(fps):
    for phase in phases("g2.013 a3.027 r5", fps=fps):
        truth = {"amber": 2.013, "red": 5.04}.get(phase.state)
        if truth is not None:
            error_ms = abs((phase.from_ns - START_NS) * 1e-6 - truth * 1e3)
            assert error_ms <= phase.uncertainty_ms + 1e-3
            assert phase.uncertainty_ms <= 0.51e3 / fps + 1e-3


def test_a_red_whose_beginning_was_hidden_counts_from_when_it_was_seen():
    red = next(p for p in phases("g3 ?2 r3") if p.state == "red")
    assert (red.from_ns - START_NS) * 1e-9 == pytest.approx(5.0, abs=0.05)


def test_a_head_without_amber_goes_from_green_to_red():
    assert states("g3 r3 g3", lamps=("red", "green")) == ["green", "red", "green"]


def test_what_is_settled_does_not_change_any_more():
    logic = LampLogic("s1", LAMPS)
    known: list[tuple[int, str]] = []
    at_s = 0.0
    for part in ["g2", "a3", "r2", "?0.3", "r1", "?2", "r3", "u1", "g1", "d0.2", "g1", "r2", "g1"]:
        for _ in range(round(float(part[1:]) * 25)):
            logic.add(LampLook(START_NS + round(at_s * 1e9), LETTERS[part[0]]))
            at_s += 0.04
            settled = logic.settled_until_ns()
            assert settled is not None
            for moment, state in known:
                assert _state_at(logic, moment) == state
            if settled < START_NS:
                continue
            known.append((settled, _state_at(logic, settled)))
            known = known[-40:]


def _state_at(logic: LampLogic, at_ns: int) -> str:
    (phase,) = logic.phases(at_ns, at_ns)
    return phase.state


@given(st.lists(st.tuples(st.sampled_from("ragud?"), st.integers(1, 60)), min_size=1, max_size=25))
def test_phases_never_overlap_and_red_is_never_claimed_where_no_frame_showed_it(script):
    logic, shown, at_ns = LampLogic("s1", LAMPS), [], START_NS
    for letter, frames in script:
        for _ in range(frames):
            logic.add(LampLook(at_ns, LETTERS[letter]))
            shown.append((at_ns, letter))
            at_ns += 40_000_000
    found = logic.phases(0, 2**62)
    for one, other in pairwise(found):
        assert one.from_ns <= one.until_ns < other.from_ns <= other.until_ns
    for phase in found:
        if phase.state == "red":
            inside = [letter for t, letter in shown if phase.from_ns <= t <= phase.until_ns]
            assert inside[0] == "r" or phase.uncertainty_ms >= 20.0
            assert inside[-1] == "r"
            assert _longest_other(inside) <= 10, "another lamp for 0.4 s ends what is known of red"


def _longest_other(letters: list[str]) -> int:
    return max((len(list(run)) for other, run in groupby(letters, lambda c: c in "gau") if other), default=0)
