"""What is around a site's vehicles, put together: its stop lines, its signals, its signs."""

from __future__ import annotations

from detectors.lamps import SignalHead
from detectors.lampwatch import LampWatch
from detectors.line_source import open_lines
from detectors.roadplaces import StopPlace
from detectors.sign_feed import SignFeed
from detectors.signal_feed import SignalFeed
from detectors.surroundings import Surroundings
from enforcement.policy import Policy
from enforcement.road import Road
from roadwitness.site import Site
from streams.messages import Box

#: How far behind a stop line a picture is wanted where the policy does not say it.
_BEYOND_M = 5.0


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
