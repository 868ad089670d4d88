"""The drawing beside a speed: where on the road the vehicle was at which time, and the limit's line."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from dashboards.axes import Tick, round_steps
from dashboards.formatting import NANOSECONDS
from streams.messages import Passage

WIDTH, HEIGHT = 520, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 24, 36
_KMH_PER_MS = 3.6


@dataclass(frozen=True)
class Line:
    """A straight line in pixels of the drawing."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class TrackPlot:
    """Distance along the road (m) over time (s), ready to be drawn in ``WIDTH`` x ``HEIGHT`` pixels.

    ``fit`` has the slope of the measured speed, ``limit`` that of the allowed one; they meet where the
    track begins, so the gap between them is what the vehicle gained on a lawful one.
    """

    points: tuple[tuple[float, float], ...]
    fit: Line | None
    limit: Line | None
    time_ticks: tuple[Tick, ...]
    road_ticks: tuple[Tick, ...]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def plot_track(passage: Passage, allowed_kmh: float | None) -> TrackPlot | None:
    """Draw the track on the road, with a limit where there is one; None where it has less than two places."""
    seen = [(point.captured_at_ns, point.y_m) for point in passage.track if point.y_m is not None]
    if len(seen) < 2 or seen[-1][0] <= seen[0][0]:
        return None
    start_ns = seen[0][0]
    track = [((at_ns - start_ns) / NANOSECONDS, y_m) for at_ns, y_m in seen]
    end_s = track[-1][0]
    direction = 1.0 if track[-1][1] >= track[0][1] else -1.0
    speed = passage.speed.speed_kmh
    slopes = [None if kmh is None else direction * kmh / _KMH_PER_MS for kmh in (speed, allowed_kmh)]
    # The median offset puts the fit through the bulk of the points, so that outliers show as such.
    anchor = track[0][1] if slopes[0] is None else median(y - slopes[0] * t for t, y in track)
    ends = [anchor, *(anchor + slope * end_s for slope in slopes if slope is not None)]
    low = min(ends + [y for _, y in track])
    high = max(ends + [y for _, y in track])
    margin = max(high - low, 1.0) * 0.06
    low, high = low - margin, high + margin

    def x_px(seconds: float) -> float:
        return LEFT + seconds / end_s * (WIDTH - LEFT - RIGHT)

    def y_px(metres: float) -> float:
        return TOP + (high - metres) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def line(slope: float | None) -> Line | None:
        return (
            None if slope is None else Line(x_px(0), y_px(anchor), x_px(end_s), y_px(anchor + slope * end_s))
        )

    return TrackPlot(
        points=tuple((x_px(t), y_px(y)) for t, y in track),
        fit=line(slopes[0]),
        limit=line(slopes[1]),
        time_ticks=tuple(Tick(x_px(value), f"{value:g}") for value in round_steps(0, end_s, 6)),
        road_ticks=tuple(Tick(y_px(value), f"{value:g}") for value in round_steps(low, high, 5)),
        summary=(
            f"{len(track)} points over {end_s:.2f} s, from {track[0][1]:.1f} m to {track[-1][1]:.1f} m "
            "along the road."
        ),
    )
