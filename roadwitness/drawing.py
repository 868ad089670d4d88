"""Serves the pages on which one site's camera is calibrated and its road drawn."""

from __future__ import annotations

from pathlib import Path

from dashboards.sites.app import create_sites_app
from roadwitness.drawing_desk import DrawingDesk, picture_of
from roadwitness.listening import bind
from roadwitness.progress import say
from roadwitness.site import load_site
from roadwitness.web_server import WebServer


def draw_site(path: Path, source: str | None, at_s: float, port: int) -> None:
    """Serve until Ctrl-C, on the loopback address: whoever reaches these pages can change a calibration.

    Raises:
        SiteFileError, SourceError, PortTaken: before anything is served.
    """
    site = load_site(path)
    desk = DrawingDesk(site, picture_of(site, source, at_s))
    listener = bind(port)
    pages = WebServer(create_sites_app(desk, allowed_hosts=("127.0.0.1", "localhost")), listener)
    pages.start()
    say(f"Serving {pages.url}/sites until Ctrl-C.", "bold")
    try:
        while pages.serving:
            pages.wait(0.5)
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        pages.stop()
