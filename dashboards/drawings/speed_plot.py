"""Speed over time: the track's own slopes, the measured speed with its band, and the limit."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.axes import Tick, round_steps
from dashboards.drawings.motion import local_speeds, on_road
from dashboards.formatting import NANOSECONDS
from enforcement.rules.finding import Finding
from streams.messages import Passage, SpeedMeasurement

WIDTH, HEIGHT = 520, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 24, 36
_LIMITED = ("speeding", "average_speed")


@dataclass(frozen=True)
class SpeedPlot:
    """Speed (km/h) over time (s since the vehicle came into view), in ``width`` x ``height`` pixels.

    ``band`` is the k = 2 band around the measured line, for the SVG attribute ``points``; empty without one.
    """

    points: tuple[tuple[float, float], ...]
    line: tuple[tuple[float, float], tuple[float, float]] | None
    band: str
    here: tuple[float, float] | None
    limit_y: float | None
    time_ticks: tuple[Tick, ...]
    speed_ticks: tuple[Tick, ...]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def limit_of(finding: Finding) -> float | None:
    """The speed limit (km/h) that a finding is about, None where it is about something else."""
    return finding.allowed if finding.offence in _LIMITED else None


def plot_speed(passage: Passage, finding: Finding) -> SpeedPlot | None:
    """Draw the speed; None where the track is too short for a slope."""
    samples = on_road(passage.track)
    if len(samples) < 3:
        return None
    since_start = (samples[0].at_ns - passage.started_at_ns) / NANOSECONDS
    slopes = [(since_start + one.after_s, one.kmh) for one in local_speeds(samples)]
    if len(slopes) < 2:
        return None
    end_s = (samples[-1].at_ns - passage.started_at_ns) / NANOSECONDS
    line = _measured_line(passage.speed, passage.started_at_ns, since_start, end_s)
    limit = limit_of(finding)
    uncertainty = passage.speed.uncertainty_kmh or 0.0
    values = [kmh for _, kmh in slopes] + ([limit] if limit is not None else [])
    values += [kmh + sign * uncertainty for _, kmh in line for sign in (-1, 1)]
    low, high = min(values), max(values)
    margin = max(high - low, 8.0) * 0.1
    low, high = max(low - margin, 0.0), high + margin

    def at(seconds: float, kmh: float) -> tuple[float, float]:
        across = (seconds - since_start) / max(end_s - since_start, 1e-9)
        up = (high - kmh) / (high - low)
        return LEFT + across * (WIDTH - LEFT - RIGHT), TOP + up * (HEIGHT - TOP - BOTTOM)

    edges = [at(t, v + uncertainty) for t, v in line] + [at(t, v - uncertainty) for t, v in reversed(line)]
    middle = [((line[0][0] + line[1][0]) / 2, passage.speed.speed_kmh)] if line else []
    return SpeedPlot(
        points=tuple(at(t, v) for t, v in slopes),
        line=(at(*line[0]), at(*line[1])) if line else None,
        band=" ".join(f"{x:.1f},{y:.1f}" for x, y in edges) if uncertainty else "",
        here=next((at(t, v) for t, v in middle if v is not None), None),
        limit_y=None if limit is None else at(0.0, limit)[1],
        time_ticks=tuple(Tick(at(t, 0)[0], f"{t:g}") for t in round_steps(since_start, end_s, 6)),
        speed_ticks=tuple(Tick(at(0, v)[1], f"{v:g}") for v in round_steps(low, high, 5)),
        summary=_summary(passage.speed, min(v for _, v in slopes), max(v for _, v in slopes)),
    )


def _measured_line(
    speed: SpeedMeasurement, started_ns: int, first_s: float, last_s: float
) -> list[tuple[float, float]]:
    """The measured speed at both ends of its base as (s, km/h), sloped by its acceleration; empty if void."""
    if speed.speed_kmh is None:
        return []
    middle = (first_s + last_s) / 2 if speed.at_ns is None else (speed.at_ns - started_ns) / NANOSECONDS
    half = (speed.duration_s if speed.duration_s is not None else last_s - first_s) / 2
    per_s = (speed.acceleration_ms2 or 0.0) * 3.6
    ends = (max(middle - half, first_s), min(middle + half, last_s))
    return [(t, speed.speed_kmh + per_s * (t - middle)) for t in ends]


def _summary(speed: SpeedMeasurement, low: float, high: float) -> str:
    slopes = f"The track's slopes lie between {low:.0f} and {high:.0f} km/h."
    if speed.speed_kmh is None:
        return f"{slopes} There is no measured speed: {speed.void_reason or 'it was not measured'}."
    band = f" ± {speed.uncertainty_kmh:.1f}" if speed.uncertainty_kmh is not None else ""
    return f"{slopes} Measured were {speed.speed_kmh:.1f}{band} km/h."
