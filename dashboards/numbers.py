"""The page of numbers: violations by hour, camera and offence, and the speeds of all passages."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from dashboards.bar_chart import BarChart, lying_bars, upright_bars
from dashboards.formatting import NANOSECONDS, number, title_case, utc_text
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Right
from enforcement.exemptions.suppressed import suppressed
from enforcement.statistics import HourCount, SpeedBin

_HOUR_NS = 3600 * NANOSECONDS
_DAY_HOURS = 24
_MAX_DAYS = 7
#: What the numbers may be about, in days up to the newest passage; 0 is all there is.
_SPANS = {1: "Last day", 7: "Last 7 days", 30: "Last 30 days", 0: "All time"}
_DAYS = tuple(_SPANS)
#: So many bars of cameras are told apart.
_MOST_CAMERAS = 40


def numbers_router(office: Office) -> APIRouter:
    """``/numbers``."""
    router = APIRouter()

    @router.get("/numbers", dependencies=[Depends(needs(Right.SEE_NUMBERS))])
    def numbers(request: Request, camera: str = "", days: int = _DAYS[1]) -> Response:
        """Four charts with their tables, over the ``days`` up to the newest passage (0: over all).

        ``camera`` narrows the speeds to one camera.
        """
        book = office.casebook
        days = days if days in _DAYS else _DAYS[1]
        since_ns = _since(book.newest_hour_ns(), days)
        cameras = book.by_camera(since_ns)
        most = sorted(cameras, key=lambda row: (-row.violations, row.camera_id))[:_MOST_CAMERAS]
        context = {
            "days": days,
            "spans": [(number, _SPANS[number]) for number in _DAYS],
            "cameras": cameras,
            "counts": {
                status: sum(getattr(row, status) for row in cameras)
                for status in ("open", "confirmed", "rejected")
            },
            "suppressed": suppressed(book.store, since_ns),
            "passages": sum(row.passages for row in cameras),
            "measured": sum(row.measured for row in cameras),
            "camera": camera,
            "charts": [
                by_hour(book.violations_by_hour(since_ns)),
                speeds(book.speeds_histogram(camera or None, since_ns=since_ns), camera),
                lying_bars(
                    "cameras",
                    "Violations by camera"
                    if len(cameras) == len(most)
                    else f"Violations by camera: the {len(most)} with most",
                    "camera",
                    "violations",
                    [(row.camera_id, row.violations) for row in cameras if row in most],
                ),
                lying_bars(
                    "offences",
                    "Violations by offence",
                    "offence",
                    "violations",
                    [(title_case(row.offence), row.violations) for row in book.by_offence(since_ns)],
                ),
            ],
        }
        return office.pages.render(request, "numbers.html", context)

    return router


def _since(newest_hour_ns: int | None, days: int) -> int:
    """The beginning of so many days that end with the newest hour; 0 for all."""
    if newest_hour_ns is None or days == 0:
        return 0
    return newest_hour_ns + _HOUR_NS - days * _DAY_HOURS * _HOUR_NS


def by_hour(counted: Sequence[HourCount]) -> BarChart:
    """Violations by hour over whole UTC days, the last seven at most; hours without any are shown as such."""
    counts = {row.hour_ns // _HOUR_NS: row.violations for row in counted}
    hours: range = range(0)
    if counts:
        last = max(counts) // _DAY_HOURS * _DAY_HOURS + _DAY_HOURS
        first = min(counts) // _DAY_HOURS * _DAY_HOURS
        hours = range(max(first, last - _MAX_DAYS * _DAY_HOURS), last)
    one_day = len(hours) <= _DAY_HOURS
    day = f", {utc_text(hours[0] * _HOUR_NS)[:10]}" if hours and one_day else ""
    entries = []
    for hour in hours:
        text = utc_text(hour * _HOUR_NS)
        entries.append(
            (
                text[:16],
                text[11:16] if one_day else text[5:13].replace(" ", "\u2009") + "h",
                counts.get(hour, 0),
            )
        )
    return upright_bars("hours", "Violations by hour", f"hour (UTC){day}", "violations", entries, edges=True)


def speeds(counted: Sequence[SpeedBin], camera: str) -> BarChart:
    """All valid speeds as a histogram."""
    entries = [
        (f"{number(row.from_kmh)} to {number(row.to_kmh)} km/h", number(row.from_kmh), row.passages)
        for row in counted
    ]
    title = f"Speeds at {camera}" if camera else "Speeds"
    return upright_bars("speeds", title, "speed in km/h", "measured passages", entries, edges=True)
