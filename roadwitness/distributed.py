"""``enforce`` and ``serve``: the centre's parts of ``run``, one a process, over a shared bus and store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from dashboards.searching.limits import SearchLimits
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import SignInSettings, load_sign_in
from enforcement.evidence_store import open_evidence
from enforcement.worker import DrainReport, Enforcer, Halt, Pace
from roadwitness.account_keeping import first_account
from roadwitness.audit_keeping import audit_mirrored
from roadwitness.case_erasing import desk_erased
from roadwitness.centre import Centre
from roadwitness.collecting import collect_rarely
from roadwitness.data_folder import DataFolder
from roadwitness.halted import shown_when_halted
from roadwitness.inventory import record_sites
from roadwitness.operating import Operating, operated
from roadwitness.own_desk import open_desk
from roadwitness.own_keys import Countersigning
from roadwitness.parts import count_cases, watch_bus, watch_evidence, watch_store
from roadwitness.premises import open_store
from roadwitness.progress import say
from roadwitness.registers import import_registers, service_of
from roadwitness.site import SiteFileError, load_site
from roadwitness.site_law import check_places, distances_of, policy_of, road_of
from roadwitness.stopping import asked_to_stop
from streams.connect import open_bus
from streams.health import Health

#: Joining a group on Kafka takes its time, so silence must last longer than that to mean the end.
IDLE_S = 12.0
#: A worker or pages whose loop does not go round for so long are hung.
_WORKER_HUNG_S = 300.0
_HUNG_S = 60.0
#: Four looks of a Prometheus that looks every 15 s. A supervisor's restart waits as long, which does no harm.
_FAREWELL_S = 60.0
_NO_SHARE = "no partition of passages is this worker's; it stands by"


def run_enforce(
    sites: list[Path],
    bus_url: str,
    store_url: str,
    evidence: str,
    operating: Operating,
    pace: Pace,
    halt: Halt,
    *,
    countersigning: Countersigning | None = None,
    until_idle: bool,
) -> None:
    """One worker: what the roadside saw becomes cases in the store."""
    loaded = [load_site(path) for path in sites]
    policies = {site.file.camera.id: policy_of(site) for site in loaded}
    roads = {site.file.camera.id: road_of(site) for site in loaded}
    if len(policies) < len(loaded):
        raise SiteFileError("Two of the site files name the same camera: give each camera an id of its own.")
    check_places(policies, roads)
    health = Health()
    with (
        asked_to_stop() as stop,
        closing(open_store(store_url)) as store,
        closing(open_bus(bus_url)) as bus,
    ):
        place = open_evidence(evidence)
        import_registers(loaded, store)
        record_sites(store, loaded)
        enforcer = Enforcer(
            bus,
            store,
            place,
            policies,
            roads=roads,
            distances=distances_of(loaded),
            register=service_of(loaded, store),
            pace=pace,
            halt=halt,
            beat=health.loop("worker", _WORKER_HUNG_S).beat,
            receiving=countersigning.receiving(store) if countersigning else None,
        )
        collect_rarely()
        watch_bus(health, bus_url)
        watch_store(health, store, store_url)
        watch_evidence(health, place, evidence)
        health.state("partitions", lambda: None if enforcer.has_share else _NO_SHARE)
        with operated("enforce", health, operating), shown_when_halted(health, operating, stop, _FAREWELL_S):
            if until_idle:
                say(in_words(enforcer.drain(idle_s=IDLE_S)))
            else:
                say(f"Judging passages of {', '.join(policies)} until Ctrl-C.")
                enforcer.run(stop)


def run_serve(
    bus_url: str,
    store_url: str,
    evidence: str,
    data: Path,
    operating: Operating,
    *,
    sites: list[Path],
    host: str,
    port: int,
    sign_in: Path | None,
    search_days: int,
) -> None:
    """The review pages over a shared store; cases of ``sites`` are shown on their drawn roads."""
    loaded = [load_site(path) for path in sites]
    roads = {site.file.camera.id: road_of(site) for site in loaded}
    settings = load_sign_in(sign_in) if sign_in else SignInSettings()
    if host not in ("127.0.0.1", "localhost", "::1") and not settings.address:
        say(
            "Passwords and plates travel unencrypted: put a proxy that speaks https before the pages, and "
            "name its address in the file of --sign-in.",
            "yellow",
        )
    health = Health()
    with (
        asked_to_stop() as stop,
        open_desk(DataFolder.open(data), settings) as desk,
        closing(open_store(store_url)) as store,
        closing(open_bus(bus_url)) as bus,
        audit_mirrored(desk, store),
        desk_erased(desk, store),
    ):
        place = open_evidence(evidence)
        search = SearchLimits({Role.SUPERVISOR: search_days})
        pages = Centre(bus, store, place, {}, roads).pages(desk, port, host, search)
        watch_bus(health, bus_url)
        watch_store(health, store, store_url)
        watch_evidence(health, place, evidence)
        count_cases(health, store)
        loop = health.loop("pages", _HUNG_S)
        with operated("serve", health, operating):
            first_account(desk)
            pages.start()
            say(f"Serving {pages.url} until Ctrl-C.")
            while not stop.wait(1.0):
                if pages.serving:
                    loop.beat()
            pages.stop()


def in_words(report: DrainReport) -> str:
    """What a worker did."""
    return (
        f"{report.passages} passages judged, {report.violations} violations, "
        f"{report.evidence_stored} pieces of evidence stored, {report.decisions} decisions, "
        f"{report.dead_letters} dead letters."
    )
