"""``roadwitness run``: camera to review pages in one process, nothing to install but this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboards.sign_in.desk import Desk
from dashboards.sign_in.settings import SignInSettings, load_sign_in
from detectors.capture import open_source
from detectors.frames import FrameSource
from detectors.pipeline import ClosedPassage
from detectors.stageclock import StageClock
from enforcement.errors import PolicyError
from enforcement.evidence_store import EvidenceStore, open_evidence
from enforcement.front import StoreSocket
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.store import Store
from roadwitness.account_keeping import first_account
from roadwitness.around import surroundings_of
from roadwitness.audit_keeping import audit_mirrored
from roadwitness.case_erasing import desk_erased
from roadwitness.centre import Centre
from roadwitness.data_folder import DataFolder
from roadwitness.inventory import record_sites
from roadwitness.keeping import public_key
from roadwitness.operating import Operating, operated
from roadwitness.own_desk import open_desk
from roadwitness.own_keys import own_receiving
from roadwitness.parts import watch_evidence, watch_store
from roadwitness.progress import progress, say
from roadwitness.registers import import_registers, service_of
from roadwitness.roadside import Observation, observe, publish, publish_signals
from roadwitness.site import Site, load_site
from roadwitness.site_law import policy_of, road_of, wanted_by
from roadwitness.stating import own_chain, stated
from roadwitness.unit_figures import UnitFigures
from roadwitness.wiring import Eyes, build_pipeline, open_eyes, source_of
from streams.bus import Bus
from streams.connect import open_bus
from streams.health import Health
from streams.messages import Passage


@dataclass(frozen=True)
class House:
    """All that one process holds open: the log, the store, the evidence, and the centre that judges."""

    data: DataFolder
    bus: Bus
    store: Store
    evidence: EvidenceStore
    centre: Centre
    desk: Desk


@contextmanager
def open_house(
    data: DataFolder,
    policies: Mapping[str, Policy],
    roads: Mapping[str, Road] | None = None,
    sign_in: SignInSettings | None = None,
    sites: Sequence[Site] = (),
) -> Iterator[House]:
    """Open everything in ``data``; whatever happens, close it in the right order.

    ``sign_in`` None: as strict as can be. ``sites`` may name a register's service, which is asked instead of
    the imported register.

    Raises:
        StoreBusy: when another process has the folder.
    """
    with ExitStack() as leaving:
        store = Store.embedded(data.store)
        leaving.callback(store.close)
        store.migrate()
        bus = open_bus(data.bus_url)
        leaving.callback(bus.close)
        evidence = open_evidence(str(data.evidence))
        desk = leaving.enter_context(open_desk(data, sign_in))
        leaving.enter_context(audit_mirrored(desk, store))
        leaving.enter_context(desk_erased(desk, store))
        centre = Centre(
            bus,
            store,
            evidence,
            policies,
            roads,
            own_receiving(store, data.keys),
            register=service_of(sites, store),
        )
        front = StoreSocket(store, data.root)
        front.start()
        leaving.callback(front.stop)
        leaving.callback(centre.stop)
        yield House(data, bus, store, evidence, centre, desk)


def analyse(
    house: House,
    site: Site,
    frames: FrameSource,
    eyes: Eyes,
    policy: Policy,
    witness: Callable[[Passage], None] = lambda _passage: None,
    clock: StageClock | None = None,
    health: Health | None = None,
) -> Observation:
    """Run all frames through the whole chain, until every passage is judged and in the store.

    ``witness`` is shown each passage as it is published; ``clock`` adds up where the time goes; ``health`` is
    told how the camera does.
    """

    record_sites(house.store, [site])
    chain = own_chain(house.data, site.file.camera.id)
    figures = UnitFigures(site.file.camera.id, health or Health())

    def deliver(closed: ClosedPassage) -> None:
        publish(house.bus, stated(closed, chain))
        figures.published(closed)
        witness(closed.passage)

    def heartbeat(seen: Observation, _finished: bool) -> None:
        figures.heartbeat(seen)
        for event in seen.events:
            say(f"{event.kind}: {event.detail}.", "yellow")

    road = road_of(site)
    pipeline = build_pipeline(
        eyes,
        site.file,
        wanted=wanted_by(policy, road),
        sealing_key=public_key(house.data.keys),
        clock=clock,
        surroundings=surroundings_of(site, policy, road),
    )
    house.centre.start()
    with progress("Analysing", "frames") as advance:
        seen = observe(
            frames,
            pipeline,
            deliver,
            advance=advance,
            heartbeat=heartbeat,
            check=house.centre.check,
            on_frame=figures.frame,
            signal=lambda changes: publish_signals(house.bus, changes),
        )
    figures.finish()
    pipeline.close()
    chain.close()
    house.centre.drain()
    if frames.counts.ended_early:
        say(frames.counts.ended_early, "yellow")
    return seen


def run_site(
    path: Path,
    source: str | None,
    data: Path,
    operating: Operating,
    *,
    serve: bool,
    port: int,
    sign_in: Path | None = None,
) -> None:
    """Analyse a site's camera or clip, print what was found, and serve the review pages."""
    site = load_site(path)
    policy, road, camera = policy_of(site), road_of(site), site.file.camera.id
    try:
        policy.check_against(road)
    except PolicyError as error:
        # The policy may hold for other cameras too, on whose roads it is drawn.
        say(f"{error} Nothing is found there at this camera.", "yellow")
    settings = load_sign_in(sign_in) if sign_in else SignInSettings()
    # What can be wrong with the models and the source is found before anything is written.
    eyes = open_eyes(site)
    with (
        closing(open_source(source_of(site, source), site.recorded_at_ns)) as frames,
        open_house(DataFolder.open(data), {camera: policy}, {camera: road}, settings, [site]) as house,
    ):
        import_registers([site], house.store)
        health = Health()
        watch_store(health, house.store, str(house.data.store))
        watch_evidence(health, house.evidence, str(house.data.evidence))
        with (
            operated("run", health, operating),
            serving(house, serve, port, lambda _url: first_account(house.desk)) as wait,
        ):
            seen = analyse(house, site, frames, eyes, policy, health=health)
            say(summary(house, seen, camera))
            wait()


@contextmanager
def serving(
    house: House, serve: bool, port: int, welcome: Callable[[str], None]
) -> Iterator[Callable[[], None]]:
    """Serve the review pages from the start of the work; the yielded function waits for Ctrl-C after it.

    ``welcome`` is called with the pages' address when they answer: it says how to sign in.
    """
    if not serve:
        yield lambda: None
        return
    pages = house.centre.pages(house.desk, port)
    pages.start()
    say(f"Review pages: {pages.url}", "bold")
    welcome(pages.url)

    def wait() -> None:
        house.centre.start()
        say(f"Serving {pages.url} until Ctrl-C.")
        try:
            while pages.serving:
                house.centre.check()
                pages.wait(0.5)
        except KeyboardInterrupt:
            say("Stopping.")

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
        f"{counts[1]} with an unreadable plate, {counts[2]} without a keeper.{seen.unmeasured_in_words}"
    )
