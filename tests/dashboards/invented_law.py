"""The law of the invented roads, and what its rules find in an invented scene."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

from enforcement.circumstances import Circumstances, OtherSighting, RegisterStatus, SectionEntry
from enforcement.judging import findings_of
from enforcement.policy import Policy, load_policy
from enforcement.rules.finding import Finding
from streams.identity import identify
from streams.messages import EvidenceReference, Passage
from tests.dashboards.invented_offences import Scene
from tests.dashboards.invented_passages import SECOND_NS
from tests.dashboards.invented_roads import ROADS

POLICY = """
id = "sim-town-2026"
version = "3"
jurisdiction = "Simulated"
valid_from = 2026-01-01
[plates]
countries = { MT = 1.0 }
formless = 0.0001
[speeding]
limit_kmh = 80.0
  [speeding.tolerance]
  below_100_kmh = 3.0
  above_100_percent = 3.0
[[sections]]
id = "bridge-street"
entry_camera = "demo-s1-bridge"
exit_camera = "demo-s2-street"
length_m = 2510.4
length_sigma_m = 0.8
limit_kmh = 80.0
  [sections.tolerance]
  below_100_kmh = 3.0
  above_100_percent = 3.0
[red_light]
[stop_line]
[wrong_way]
[[reserved_lanes]]
zone = "bus"
allowed = ["bus", "bicycle"]
[[movements]]
enters = "from-south"
leaves = "to-west"
name = "left turn"
[[stopping]]
zone = "loading"
longest_s = 10.0
[following]
least_gap_s = 0.9
[[solid_lines]]
line = "centre"
[[vehicle_bans]]
zone = "old-town"
scope = { vehicles = ["truck"] }
[register_checks]
offences = ["unregistered", "uninsured", "inspection_expired", "stolen"]
ask = "every_passage"
legal_basis = "Simulated Road Act, section 12"
countries = ["MT"]
[cloned_plate]
"""


def _law() -> Policy:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.toml"
        path.write_text(POLICY)
        return load_policy(path)


LAW = _law()

_VALID, _PAPERS = datetime.date(2027, 1, 31), RegisterStatus(known=True, vehicle_class="car")
_REGISTERED = {
    "unregistered": RegisterStatus(known=False),
    "uninsured": RegisterStatus(known=True, insured_until=datetime.date(2026, 3, 31), inspected_until=_VALID),
    "inspection_expired": RegisterStatus(
        known=True, insured_until=_VALID, inspected_until=datetime.date(2026, 1, 31)
    ),
    "stolen": RegisterStatus(known=True, insured_until=_VALID, inspected_until=_VALID, stolen=True),
}


def finding_of(scene: Scene, passage: Passage, entry_evidence: tuple[EvidenceReference, ...] = ()) -> Finding:
    """What the rule of the scene's offence finds in its passage."""
    seen = circumstances_of(scene, passage, entry_evidence)
    return next(finding for finding in findings_of(seen, LAW) if finding.offence == scene.offence)


def circumstances_of(
    scene: Scene, passage: Passage, entry_evidence: tuple[EvidenceReference, ...] = ()
) -> Circumstances:
    """All that is known of the scene's vehicle; ``entry_evidence``: its pictures at a section's entry."""
    section = elsewhere = None
    if scene.other is not None:
        camera, at_s, distance_m = scene.other
        at_ns, other_id = scene.started_ns + round(at_s * SECOND_NS), identify("passage", camera)
        if scene.offence == "average_speed":
            section = SectionEntry(
                "bridge-street", camera, other_id, at_ns, 7.5, 0.9996, evidence=entry_evidence
            )
        else:
            elsewhere = OtherSighting(camera, other_id, at_ns, distance_m, 0.9996, 12.0)
    return Circumstances(
        passage, ROADS[scene.camera], section, elsewhere, _REGISTERED.get(scene.offence, _PAPERS)
    )
