"""The signals of the simulated junction, read from its clip as the site file tells, against its truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.capture import open_source
from roadwitness.around import surroundings_of
from roadwitness.simulator import SceneRequest, load_truth, simulate
from roadwitness.site import load_site

#: A cycle of the junction's signals, at few frames a second: that makes it harder, and the test short.
SECONDS, FPS = 21.0, 6
#: The head beside the stop line; the other one stands behind the junction.
NEAR = "north"


@pytest.mark.parametrize(("weather", "shake"), [("clear", "slight"), ("rainy-night", "none")])
def test_every_phase_begins_within_its_uncertainty(tmp_path: Path, weather: str, shake: str) -> None:
    request = SceneRequest(
        name="junction", seconds=SECONDS, width=640, height=360, fps=FPS, weather=weather, shake=shake
    )
    rendered = simulate(tmp_path / "site", request)
    site = load_site(rendered.site_file)
    lamps = surroundings_of(site).lamps
    assert lamps is not None
    for frame in open_source(str(rendered.clip), site.recorded_at_ns).frames():
        lamps.see(frame)
    truth = load_truth(rendered.truth_file)
    begun_ns = site.recorded_at_ns or 0
    for signal in lamps.signal_ids:
        # Red and amber together may look like one lamp where both glow: nobody is accused by it.
        left_out = {"unknown", "red_amber"}
        seen = [p for p in lamps.phases(0, 2**62) if p.signal_id == signal and p.state not in left_out]
        true = [p for p in truth.phases if p.signal_id == signal and p.state not in left_out]
        true = [p for p in true if p.until_s > 0 and p.from_s < SECONDS - 0.8]
        if weather == "clear" or signal == NEAR:
            assert [p.state for p in seen] == [p.state for p in true]
        for phase in seen[1:]:
            # A far head, a few pixels small in rain and dark, may not know: but it never says a wrong state.
            begun_ms = (phase.from_ns - begun_ns) * 1e-6
            error_ms = min(abs(begun_ms - p.from_s * 1e3) for p in true if p.state == phase.state)
            assert error_ms <= phase.uncertainty_ms + 1.0, (weather, phase)
            assert phase.uncertainty_ms <= 1e3 / FPS
