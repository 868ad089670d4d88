"""``known-cases simulate``: a short scene is rendered and seen by a unit, and becomes known cases."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from detectors.capture import open_source
from detectors.pipeline import ClosedPassage
from enforcement.quality.known_cases import add_known
from enforcement.register import Keeper
from enforcement.register_files import rows_of
from roadwitness.known_cases import waiting
from roadwitness.known_making import Made, known_cases_of
from roadwitness.premises import Premises
from roadwitness.progress import progress, say
from roadwitness.roadside import observe
from roadwitness.simulating import render
from roadwitness.simulator import SceneSettings, SimulatedSite, load_truth
from roadwitness.site import Site, load_site
from roadwitness.site_law import policy_of
from roadwitness.wiring import build_pipeline, open_eyes, source_of

_FPS = 20
#: So long a vehicle of the scene takes the road at 80 km/h, its gap with it, s.
_A_VEHICLE_S, _AT_KMH = 1.9, 80.0


def simulate_known(premises: Premises, *, limit_kmh: float, vehicles: int, seed: int) -> None:
    """Keep known cases of an invented road with this limit, most vehicles too fast on it.

    Raises:
        SimulatorError: where such a scene cannot be.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = known_of(render(Path(folder) / "site", _scene(limit_kmh, vehicles, seed)))
    evidence = premises.open_evidence()
    with premises.open_store() as store:
        new = add_known(store, evidence, made)
        left = waiting(store)
    right = sum(known.answer == "confirmed" for known, _ in made)
    say(
        f"{len(made)} known cases of {vehicles} vehicles, {right} of them right; {new} are new. {left} wait "
        "to be put among the real ones."
    )


def known_of(simulated: SimulatedSite) -> list[Made]:
    """The known cases of a rendered site, as its unit sees them."""
    site, truth = load_site(simulated.site_file), load_truth(simulated.truth_file)
    keepers = _keepers(simulated.folder / "register.csv")
    return known_cases_of(seen_of(site), truth, site.recorded_at_ns or 0, policy_of(site), keepers)


def seen_of(site: Site) -> list[ClosedPassage]:
    """What a unit sees of a site's clip, of everybody: nobody in it is real."""
    closed: list[ClosedPassage] = []
    with closing(open_source(source_of(site, None), site.recorded_at_ns)) as frames:
        pipeline = build_pipeline(open_eyes(site), site.file, wanted=None, sealing_key=None)
        with progress("Analysing", "frames") as advance:
            observe(frames, pipeline, closed.append, advance=advance)
        pipeline.close()
    return closed


def _scene(limit_kmh: float, vehicles: int, seed: int) -> SceneSettings:
    lasts_s = round(_A_VEHICLE_S * vehicles * _AT_KMH / limit_kmh + 4.0, 1)
    speeders = vehicles - vehicles // 4
    return SceneSettings(
        seed=seed,
        vehicles=vehicles,
        speeders=speeders,
        duration_s=lasts_s,
        fps=_FPS,
        limit_kmh=limit_kmh,
    )


def _keepers(register: Path) -> dict[str, Keeper]:
    keepers = {}
    for _, plate, values in rows_of(register):
        keeper_id, name, address, kind, make, colour = map(str, values[:6])
        keepers[plate] = Keeper(plate, keeper_id, name, address, kind, make, colour)
    return keepers
