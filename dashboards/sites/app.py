"""The site pages alone, without cases: for whoever sets up a camera."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from dashboards.failures import install_failures
from dashboards.guard import Guard
from dashboards.rendering import STATIC, Pages, Section
from dashboards.sites.asking import asking_router
from dashboards.sites.desk import SiteDesk
from dashboards.sites.pages import pages_router


def create_sites_app(
    desk: SiteDesk, *, title: str = "Roadwitness", allowed_hosts: Sequence[str] | None = None
) -> FastAPI:
    """The pages of ``desk`` as an ASGI application.

    Whoever can reach it can change a calibration, and nobody signs in: serve it on the loopback address only.
    ``allowed_hosts`` are the host names (without port) under which it may be asked; None: any.
    """
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(title, sections=(Section("/sites", "Sites"),))
    app.add_middleware(Guard, allowed_hosts=allowed_hosts)
    install_failures(app, pages.failure)
    app.include_router(pages_router(desk, pages))
    app.include_router(asking_router(desk))
    app.add_api_route(
        "/", lambda: RedirectResponse("/sites", status_code=303), response_class=RedirectResponse
    )
    app.add_api_route("/favicon.ico", lambda: FileResponse(STATIC / "icon.svg"), response_class=FileResponse)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
