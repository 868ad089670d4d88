"""``roadwitness watch``: what is seen of a source, as JSON lines and as a drawn clip; nothing is kept."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detectors.capture import open_source
from detectors.frames import Frame
from detectors.pipeline import ClosedPassage
from roadwitness.drawn_clip import DrawnClip
from roadwitness.json_lines import json_lines
from roadwitness.progress import progress, say
from roadwitness.roadside import observe
from roadwitness.site import load_site
from roadwitness.wiring import build_pipeline, open_eyes
from streams.messages import Box, Passage, PlateRead


def watch_source(source: str, site_file: Path | None, jsonl: str, video: Path | None) -> None:
    """Write one JSON line a passage as it ends, and optionally the clip with what was seen drawn on it."""
    site = load_site(site_file) if site_file else None
    frames = open_source(source, site.recorded_at_ns if site else None)
    pipeline = build_pipeline(
        open_eyes(site),
        site.file if site else None,
        wanted=None,
        sealing_key=None,
        evidence=False,
        # A drawn clip shows every frame, and hides on each the heads that were found on that very one.
        every=1 if video else None,
    )
    with ExitStack() as closing:
        closing.callback(frames.close)
        write = closing.enter_context(json_lines(jsonl))
        advance = closing.enter_context(progress("Watching", "frames"))
        drawn = closing.enter_context(DrawnClip(video, frames)) if video else None
        fresh: list[ClosedPassage] = []

        def deliver(closed: ClosedPassage) -> None:
            write(as_line(closed.passage))
            fresh.append(closed)

        def draw(frame: Frame) -> None:
            if drawn:
                drawn.add(frame, pipeline.in_view, fresh, pipeline.people_in_view)
            fresh.clear()

        seen = observe(frames, pipeline, deliver, advance=advance, on_frame=draw)
    ended = frames.counts.ended_early
    if ended:
        say(ended, "yellow")
    say(f"{seen.passages} passages in {seen.frames} frames, {seen.frames_per_second:.1f} frames/s.")


def as_line(passage: Passage) -> dict[str, Any]:
    """One passage in the form that ``watch`` prints; times are RFC 3339 in UTC, boxes [x, y, w, h] in px."""
    plate = passage.plate
    return {
        "passage_id": passage.passage_id,
        "vehicle": passage.vehicle,
        "started_at": rfc3339(passage.started_at_ns),
        "ended_at": rfc3339(passage.ended_at_ns),
        "frames": passage.frames,
        "box": _box(passage.box),
        "plate": {
            "text": plate.text if plate else None,
            "confidence": round(plate.confidence, 4) if plate else 0.0,
            "reads": [_read(read) for read in plate.reads] if plate else [],
        },
        "speed_kmh": _rounded(passage.speed.speed_kmh),
        "speed_uncertainty_kmh": _rounded(passage.speed.uncertainty_kmh),
        "speed_void": passage.speed.void_reason,
        "lane": passage.lane,
    }


def rfc3339(moment_ns: int) -> str:
    """A time of UTC nanoseconds to the microsecond, as RFC 3339 writes it."""
    seconds, rest = divmod(moment_ns, 1_000_000_000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1_000)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _box(box: Box) -> list[float]:
    return [round(value, 1) for value in (box.x, box.y, box.w, box.h)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _read(read: PlateRead) -> dict[str, Any]:
    return {
        "text": read.text,
        "confidence": round(read.confidence, 4),
        "at": rfc3339(read.captured_at_ns),
        "box": _box(read.box),
    }
