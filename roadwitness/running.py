"""``roadwitness run``: camera to review pages in one process, nothing to install but this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from detectors.capture import open_source
from detectors.pipeline import ClosedPassage
from enforcement.evidence import EvidenceFolder
from enforcement.front import StoreSocket
from enforcement.policy import Policy
from enforcement.register import import_register
from enforcement.store import Store
from roadwitness.centre import Centre
from roadwitness.data_folder import DataFolder
from roadwitness.keeping import public_key
from roadwitness.progress import console, progress
from roadwitness.roadside import Observation, observe, publish
from roadwitness.site import Site, load_site
from roadwitness.wiring import build_pipeline, open_eyes, policy_of, source_of
from streams.bus import Bus
from streams.connect import open_bus
from streams.messages import Passage


@dataclass(frozen=True)
class House:
    """All that one process holds open: the log, the store, the evidence, and the centre that judges."""

    data: DataFolder
    bus: Bus
    store: Store
    evidence: EvidenceFolder
    centre: Centre


@contextmanager
def open_house(data: DataFolder, policies: dict[str, Policy]) -> Iterator[House]:
    """Open everything in ``data``; whatever happens, close it in the right order.

    Raises:
        StoreBusy: when another process has the folder.
    """
    with ExitStack() as closing:
        store = Store.embedded(data.store)
        closing.callback(store.close)
        store.migrate()
        bus = open_bus(data.bus_url)
        closing.callback(bus.close)
        evidence = EvidenceFolder(data.evidence)
        centre = Centre(bus, store, evidence, policies)
        front = StoreSocket(store, data.root)
        front.start()
        closing.callback(front.stop)
        closing.callback(centre.stop)
        yield House(data, bus, store, evidence, centre)


def analyse(
    house: House,
    site: Site,
    source: str,
    policy: Policy,
    witness: Callable[[Passage], None] = lambda _passage: None,
) -> Observation:
    """Run one source through the whole chain, until every passage is judged and in the store.

    ``witness`` is shown each passage as it is published.
    """

    def deliver(closed: ClosedPassage) -> None:
        publish(house.bus, closed)
        witness(closed.passage)

    frames = open_source(source, site.recorded_at_ns)
    try:
        pipeline = build_pipeline(
            open_eyes(), site.file, trigger_kmh=policy.trigger_kmh, sealing_key=public_key(house.data.keys)
        )
        house.centre.start()
        with progress("Analysing", "frames") as advance:
            seen = observe(
                frames,
                pipeline,
                deliver,
                advance=advance,
                check=house.centre.check,
            )
    finally:
        frames.close()
    house.centre.drain()
    if frames.counts.ended_early:
        console.print(f"[yellow]{frames.counts.ended_early}[/yellow]")
    return seen


def run_site(path: Path, source: str | None, data: Path, *, serve: bool, port: int) -> None:
    """Analyse a site's camera or clip, print what was found, and serve the review pages."""
    site = load_site(path)
    policy = policy_of(site)
    chosen = source_of(site, source)
    with open_house(DataFolder.open(data), {site.file.camera.id: policy}) as house:
        register = site.resolve(site.file.register)
        if register is not None:
            report = import_register(house.store, register)
            console.print(f"Register: {report.imported} plates from {register.name}.")
        with serving(house, serve, port) as wait:
            seen = analyse(house, site, chosen, policy)
            console.print(summary(house, seen, site.file.camera.id))
            wait()


@contextmanager
def serving(house: House, serve: bool, port: int) -> Iterator[Callable[[], None]]:
    """Serve the review pages from the start of the work; the yielded function waits for Ctrl-C after it."""
    if not serve:
        yield lambda: None
        return
    pages = house.centre.pages(port)
    pages.start()
    console.print(f"Review pages: [bold]{pages.url}[/bold]")

    def wait() -> None:
        house.centre.start()
        console.print(f"Serving {pages.url} until Ctrl-C.")
        try:
            while pages.serving:
                house.centre.check()
                pages.wait(0.5)
        except KeyboardInterrupt:
            console.print("Stopping.")

    try:
        yield wait
    finally:
        pages.stop()


def summary(house: House, seen: Observation, camera_id: str) -> str:
    """One paragraph: what was seen and what came of it."""
    counts = house.store.query(
        """SELECT count(), countIf(plate IS NULL), countIf(keeper_id IS NULL)
        FROM v_violations WHERE camera_id = {camera:String}""",
        {"camera": camera_id},
    )[0]
    return (
        f"{seen.frames} frames in {seen.seconds:.1f} s ({seen.frames_per_second:.1f} frames/s), "
        f"{seen.passages} passages; {counts[0]} violations of this camera are in the store, "
        f"{counts[1]} with an unreadable plate, {counts[2]} without a keeper."
    )
