"""``edge``: the roadside part of ``run`` as a process of its own. It needs no store and no web server."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from detectors.capture import open_source
from detectors.frames import FrameSource
from detectors.pipeline import ClosedPassage
from roadwitness.around import surroundings_of
from roadwitness.halted import shown_when_halted
from roadwitness.operating import Operating, operated
from roadwitness.outbox import open_outbox
from roadwitness.progress import progress, say
from roadwitness.repeating import repeated
from roadwitness.roadside import Observation, heartbeat_to, observe, publish, publish_signals
from roadwitness.site import load_site
from roadwitness.site_law import policy_of, road_of, wanted_by
from roadwitness.stating import stated, unit_chain
from roadwitness.stopping import asked_to_stop, closing_when
from roadwitness.unit_figures import UnitFigures, watch_outbox
from roadwitness.wiring import build_pipeline, open_eyes, source_of
from streams.health import Health
from streams.sealing import load_public

#: Asked to stop, a unit sends for so long; the rest waits on its disk.
_FAREWELL_S = 3.0
#: For so long a unit without room shows itself to its operators, blind meanwhile, before it starts anew.
_HALTED_S = 20.0


def run_edge(
    path: Path,
    bus_url: str,
    source: str | None,
    seal_to: Path | None,
    spool: Path,
    spool_limit_bytes: int,
    sign_with: Path | None,
    operating: Operating,
    repeat_s: float | None = None,
) -> None:
    """One roadside unit: frames to passages and evidence on its disk, and from there on the bus.

    Asked to stop it closes the passages that are under way, and leaves in the spool what takes long to send.
    """
    site = load_site(path)
    camera = site.file.camera.id
    policy, road = policy_of(site), road_of(site)
    sealing_key = load_public(seal_to) if seal_to else None
    chain = unit_chain(sign_with, spool) if sign_with else None
    eyes = open_eyes(site)
    health = Health()
    figures = UnitFigures(camera, health)
    with (
        asked_to_stop() as stop,
        open_outbox(bus_url, spool, spool_limit_bytes) as outbox,
        operated("edge", health, operating),
        shown_when_halted(health, operating, stop, _HALTED_S),
    ):
        watch_outbox(health, outbox)
        health.disk("spool", spool)
        beat = heartbeat_to(outbox, camera, site.file.site.id)

        def deliver(closed: ClosedPassage) -> None:
            publish(outbox, stated(closed, chain))
            figures.published(closed)

        def heartbeat(seen: Observation, finished: bool) -> None:
            figures.heartbeat(seen)
            beat(seen, finished and (repeat_s is None or stop.is_set()))

        for frames in _rounds(source_of(site, source), site.recorded_at_ns, repeat_s, stop):
            pipeline = build_pipeline(
                eyes,
                site.file,
                wanted=wanted_by(policy, road),
                sealing_key=sealing_key,
                surroundings=surroundings_of(site, policy, road),
            )
            with closing_when(stop, frames), progress("Observing", "frames") as advance:
                seen = observe(
                    frames,
                    pipeline,
                    deliver,
                    advance=advance,
                    heartbeat=heartbeat,
                    on_frame=figures.frame,
                    signal=lambda changes: publish_signals(outbox, changes),
                )
            pipeline.close()
            published = f"{seen.passages} passages of {camera} published"
            say(f"{published} ({seen.frames_per_second:.1f} frames/s).{seen.unmeasured_in_words}")
        figures.finish()
        outbox.finish(_FAREWELL_S if stop.is_set() else math.inf)


def _rounds(
    source: str, recorded_at_ns: int | None, repeat_s: float | None, stop: threading.Event
) -> Iterator[FrameSource]:
    """What is observed: the source once, or a clip round after round."""
    if repeat_s is not None:
        yield from repeated(source, recorded_at_ns or 0, repeat_s, stop)
        return
    with closing(open_source(source, recorded_at_ns)) as frames:
        yield frames
