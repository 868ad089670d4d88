"""The web application: puts the pages, their assets and their protection together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import partial

from fastapi import Depends, FastAPI
from starlette.responses import FileResponse

from dashboards.assets import Assets
from dashboards.audit.pages import audit_router
from dashboards.case_leases import case_leases_router
from dashboards.cases import cases_router
from dashboards.decisions import decisions_router
from dashboards.exemptions.pages import exemptions_router
from dashboards.failures import install_failures
from dashboards.guard import Guard
from dashboards.health import health_router
from dashboards.measuring import Measured
from dashboards.nominations.driver_page import driver_router
from dashboards.nominations.pages import failed, nominations_router
from dashboards.numbers import numbers_router
from dashboards.office import Office
from dashboards.originals import originals_router
from dashboards.papers.pages import papers_router
from dashboards.pictures import pictures_router
from dashboards.quality.pages import quality_router
from dashboards.queue import PAGE_SIZE, queue_router
from dashboards.queue_forms import queue_forms_router
from dashboards.register.pages import register_router
from dashboards.rendering import STATIC, Pages
from dashboards.retention.pages import retention_router
from dashboards.searching.limits import SearchLimits
from dashboards.searching.pages import searching_router
from dashboards.sent_answers import sent_answers_router
from dashboards.sign_in.account_pages import account_router
from dashboards.sign_in.asking import anyone
from dashboards.sign_in.declaring import declared
from dashboards.sign_in.desk import Desk
from dashboards.sign_in.keeping_pages import keeping_router
from dashboards.sign_in.oidc import Oidc
from dashboards.sign_in.oidc_pages import oidc_router
from dashboards.sign_in.pages import sign_in_router
from enforcement.casebook import CaseBook
from enforcement.evidence_store import EvidenceStore
from enforcement.road import Road
from streams.bus import Bus


def create_app(
    casebook: CaseBook,
    evidence: EvidenceStore,
    bus: Bus,
    desk: Desk,
    *,
    title: str = "Roadwitness",
    zone: tzinfo | None = None,
    allowed_hosts: Sequence[str] | None = None,
    wait_s: float = 3.0,
    page_size: int = PAGE_SIZE,
    roads: Mapping[str, Road] | None = None,
    search: SearchLimits | None = None,
) -> FastAPI:
    """The review pages as an ASGI application.

    Args:
        casebook: what the pages read.
        evidence: the pictures; sealed originals are never served.
        bus: decisions are published here, topic ``decisions``, key case id; an ``Enforcer`` applies them.
        desk: who may sign in, and the audit of what they do.
        title: the name in the head of every page.
        zone: its local time stands beside UTC; None: UTC only.
        allowed_hosts: host names (without port) under which the pages may be asked for; None: any. Where the
            desk's settings name the pages' address or more hosts, those and this machine's own names are as
            well.
        wait_s: for how long it is found out by itself, in seconds, what became of an answer; later the pages
            of whoever looks do.
        page_size: how many cases a page of the queue holds.
        roads: the drawn lines and zones of each camera, by its id; cases show them from above.
        search: how far back and how often plates may be searched for.
    """
    # The interactive API documentation is off: it loads scripts from elsewhere.
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    pages = Pages(title, zone)
    office = Office(casebook, evidence, bus, desk, pages, wait_s, roads or {})
    app.add_middleware(
        Guard, allowed_hosts=allowed_hosts, address=desk.settings.address, hosts=desk.settings.hosts
    )
    app.add_middleware(Measured)
    install_failures(app, partial(failed, office))
    app.include_router(sign_in_router(pages))
    if desk.settings.provider is not None:
        app.include_router(oidc_router(Oidc(desk.settings.provider), desk.settings.address))
    app.include_router(account_router(pages))
    app.include_router(keeping_router(pages))
    app.include_router(queue_router(office, page_size))
    app.include_router(queue_forms_router(office))
    app.include_router(pictures_router(office))
    app.include_router(cases_router(office))
    app.include_router(originals_router(office))
    app.include_router(searching_router(office, search or SearchLimits()))
    app.include_router(audit_router(office))
    app.include_router(decisions_router(office))
    app.include_router(case_leases_router(office))
    app.include_router(sent_answers_router(office))
    app.include_router(driver_router(office))
    app.include_router(papers_router(office))
    app.include_router(nominations_router(office))
    app.include_router(numbers_router(office))
    app.include_router(exemptions_router(office))
    app.include_router(retention_router(office))
    app.include_router(register_router(office))
    app.include_router(quality_router(office))
    app.include_router(health_router(office))
    # Asked for by browsers that show a picture alone, which names no icon.
    app.add_api_route("/favicon.ico", _icon, response_class=FileResponse, dependencies=[Depends(anyone)])
    app.mount("/static", Assets(directory=STATIC), name="static")
    list(declared(app))  # a route that nobody thought of is found here, not by whoever asks for it
    return app


def _icon() -> FileResponse:
    """The picture beside the page's title."""
    return FileResponse(STATIC / "icon.svg")
