"""The queue: cases of one status, filtered by camera, offence and evidence, a page at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from dashboards.flash import flash_for
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Right

PAGE_SIZE = 50
STATUSES = ("open", "confirmed", "rejected")
#: Choices of the filter by evidence, and what they ask the case book for.
EVIDENCE = {"complete": True, "incomplete": False}


@dataclass(frozen=True)
class QueueView:
    """Which part of the queue is looked at; ``page`` counts from 1."""

    status: str
    camera: str
    offence: str
    evidence: str
    page: int

    def address(self, **changes: str | int) -> str:
        """The address of this view with some things changed; a change of filter begins at page 1."""
        defaults = {"status": "open", "camera": "", "offence": "", "evidence": "", "page": 1}
        wanted = {**asdict(self), "page": 1, **changes}
        query = urlencode({name: value for name, value in wanted.items() if value != defaults[name]})
        return f"/?{query}" if query else "/"


def queue_router(office: Office, page_size: int = PAGE_SIZE) -> APIRouter:
    """``/``."""
    router = APIRouter()

    @router.get("/", dependencies=[Depends(needs(Right.SEE_CASES))])
    def queue(
        request: Request,
        status: str = "open",
        camera: str = "",
        offence: str = "",
        evidence: str = "",
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> Response:
        """The list of cases."""
        book = office.casebook
        view = QueueView(
            status if status in STATUSES else "open",
            camera,
            offence,
            evidence if evidence in EVIDENCE else "",
            page,
        )
        found = book.queue(
            view.status,
            limit=page_size + 1,
            offset=(page - 1) * page_size,
            camera=camera or None,
            offence=offence or None,
            complete=EVIDENCE.get(view.evidence),
        )
        cameras, offences = book.cameras_and_offences()
        lacks = book.gaps([case.case_id for case in found])
        context = {
            "view": view,
            "cases": found[:page_size],
            "lacks": lacks,
            "pictured": {
                case.case_id
                for case in found
                if case.thumbnail_digest and case.thumbnail_digest not in lacks.get(case.case_id, ())
            },
            "has_more": len(found) > page_size,
            "first_number": (page - 1) * page_size + 1,
            "statuses": STATUSES,
            "evidences": tuple(EVIDENCE),
            "counts": book.count(),
            "cameras": sorted({*cameras, camera} - {""}),
            "offences": sorted({*offences, offence} - {""}),
            "flash": flash_for(office, request),
        }
        return office.pages.render(request, "queue.html", context)

    return router
