"""What is around a site's vehicles, put together: its road, its signals, and what is kept for its law."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from detectors.lamps import SignalHead
from detectors.lampwatch import LampWatch
from detectors.line_source import open_lines
from detectors.roadplaces import StopPlace
from detectors.sign_feed import SignFeed
from detectors.signal_feed import SignalFeed
from detectors.surroundings import Surroundings
from enforcement.distances import Distances
from enforcement.judging import could_be_finding
from enforcement.policy import Policy
from enforcement.road import Road
from enforcement.road_file import load_road
from roadwitness.site import Site, SiteFileError
from streams.messages import Box, Passage

#: How far behind a stop line a picture is wanted where the policy does not say it.
_BEYOND_M = 5.0


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


def surroundings_of(site: Site, policy: Policy | None = None, road: Road | None = None) -> Surroundings:
    """What goes into every passage beside what the picture shows of the vehicle. Opens the signals' feeds.

    Raises:
        FeedError: when a feed cannot be used.
    """
    file = site.file
    red_light = policy.red_light if policy else None
    beyond_m = red_light.least_beyond_m if red_light else _BEYOND_M
    return Surroundings(
        lamps=_lamps_of(site),
        stop_places=[
            StopPlace(line.id, line.points, line.heading_deg, line.signal, beyond_m)
            for line in (road.lines if road else ())
            if line.kind == "stop" and line.signal is not None and line.heading_deg is not None
        ],
        conditions=tuple(sorted({shown for sign in file.signs for shown in sign.shows})),
        signs=_sign_feeds(site),
        clock_sigma_ms=file.camera.clock_sigma_ms,
    )


def _lamps_of(site: Site) -> LampWatch | None:
    signals = site.file.signals
    if not signals:
        return None
    heads = [
        SignalHead(signal.id, Box(*signal.region), signal.lamps, signal.layout)
        for signal in signals
        if signal.region is not None
    ]
    addresses = dict.fromkeys(signal.feed for signal in signals if signal.feed is not None)
    feeds = [
        SignalFeed(open_lines(_resolved(site, address)), [s.id for s in signals if s.feed == address])
        for address in addresses
    ]
    return LampWatch(site.file.site.id, site.file.camera.id, heads, feeds)


def _sign_feeds(site: Site) -> list[SignFeed]:
    signs = site.file.signs
    addresses = dict.fromkeys(sign.feed for sign in signs if sign.feed is not None)
    return [
        SignFeed(open_lines(_resolved(site, address)), [s.id for s in signs if s.feed == address])
        for address in addresses
    ]


def _resolved(site: Site, address: str) -> str:
    return address if "://" in address else str(site.path.parent / address)
