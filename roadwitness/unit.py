"""``edge``: the roadside part of ``run`` as a process of its own. It needs no store and no web server."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from detectors.capture import open_source
from detectors.pipeline import ClosedPassage
from roadwitness.around import road_of, surroundings_of, wanted_by
from roadwitness.operating import Operating, operated
from roadwitness.outbox import open_outbox
from roadwitness.progress import progress, say
from roadwitness.roadside import Observation, heartbeat_to, observe, publish, publish_signals
from roadwitness.site import load_site
from roadwitness.stating import stated, unit_chain
from roadwitness.unit_figures import UnitFigures, watch_outbox
from roadwitness.wiring import build_pipeline, open_eyes, policy_of, source_of
from streams.health import Health
from streams.sealing import load_public


def run_edge(
    path: Path,
    bus_url: str,
    source: str | None,
    seal_to: Path | None,
    spool: Path,
    spool_limit_bytes: int,
    sign_with: Path | None,
    operating: Operating,
) -> None:
    """One roadside unit: frames to passages and evidence on its disk, and from there on the bus."""
    site = load_site(path)
    camera = site.file.camera.id
    policy, road = policy_of(site), road_of(site)
    sealing_key = load_public(seal_to) if seal_to else None
    chain = unit_chain(sign_with, spool) if sign_with else None
    pipeline = build_pipeline(
        open_eyes(site),
        site.file,
        wanted=wanted_by(policy, road),
        sealing_key=sealing_key,
        surroundings=surroundings_of(site, policy, road),
    )
    health = Health()
    figures = UnitFigures(camera, health)
    with (
        closing(open_source(source_of(site, source), site.recorded_at_ns)) as frames,
        open_outbox(bus_url, spool, spool_limit_bytes) as outbox,
        operated("edge", health, operating),
    ):
        watch_outbox(health, outbox)
        health.disk("spool", spool)
        beat = heartbeat_to(outbox, camera, site.file.site.id)

        def deliver(closed: ClosedPassage) -> None:
            publish(outbox, stated(closed, chain))
            figures.published(closed)

        def heartbeat(seen: Observation, finished: bool) -> None:
            figures.heartbeat(seen)
            beat(seen, finished)

        with progress("Observing", "frames") as advance:
            seen = observe(
                frames,
                pipeline,
                deliver,
                advance=advance,
                heartbeat=heartbeat,
                on_frame=figures.frame,
                signal=lambda changes: publish_signals(outbox, changes),
            )
        figures.finish()
        pipeline.close()
        outbox.finish()
    published = f"{seen.passages} passages of {camera} published ({seen.frames_per_second:.1f} frames/s)."
    say(published + seen.unmeasured_in_words)
