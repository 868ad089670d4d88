"""The law of a site and the road that it is about: what a centre needs of a site file, without detectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from enforcement.distances import Distances
from enforcement.judging import could_be_finding
from enforcement.policy import Policy, load_policy
from enforcement.road import Road
from enforcement.road_file import load_road
from roadwitness.site import Site, SiteFileError
from streams.messages import Passage


def policy_of(site: Site) -> Policy:
    """The policy that the site file names.

    Raises:
        SiteFileError: when it names none; a case needs a law.
    """
    path = site.resolve(site.file.policy)
    if path is None:
        raise SiteFileError(f'The site file {site.path} names no policy: add [policy] with file = "….toml".')
    return load_policy(path)


def road_of(site: Site) -> Road:
    """The lines and zones of a site's road; an empty one where the site file names none.

    Raises:
        RoadError: when the file is none.
        SiteFileError: when it needs what the site file does not have.
    """
    path = site.resolve(site.file.road)
    if path is None:
        return Road()
    if site.file.calibration is None:
        raise SiteFileError(
            f"The site file {site.path} is wrong: [road] is in metres and there is no [calibration]; add one."
        )
    road = load_road(path)
    known = {signal.id for signal in site.file.signals}
    for line in road.lines:
        if line.signal is not None and line.signal not in known:
            raise SiteFileError(
                f"The site file {site.path} has no signal '{line.signal}', which the line '{line.id}' of "
                f"{path.name} belongs to; add [[signals]] with that id."
            )
    return road


def check_places(policies: Mapping[str, Policy], roads: Mapping[str, Road]) -> None:
    """Check that what each policy names is drawn on the road of one of the cameras that it holds for.

    Raises:
        PolicyError: naming the field and what is drawn instead.
    """
    for policy in {(policy.id, policy.version): policy for policy in policies.values()}.values():
        drawn = [
            roads[camera]
            for camera, its in policies.items()
            if (its.id, its.version) == (policy.id, policy.version) and camera in roads
        ]
        policy.check_against(*drawn)


def distances_of(sites: Iterable[Site]) -> Distances:
    """How far the cameras are apart that say where they stand."""
    positions = {site.file.camera.id: site.file.camera.position for site in sites}
    return Distances({camera: place for camera, place in positions.items() if place is not None})


def wanted_by(policy: Policy, road: Road) -> Callable[[Passage], bool]:
    """Says of a passage without its plate whether the centre may need plate and pictures."""
    return lambda passage: could_be_finding(passage, policy, road)
