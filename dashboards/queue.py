"""The queue: cases of one status, filtered by camera and offence, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from dashboards.flash import flash_for
from dashboards.office import Office

PAGE_SIZE = 50
STATUSES = ("open", "confirmed", "rejected")


@dataclass(frozen=True)
class QueueView:
    """Which part of the queue is looked at; ``page`` counts from 1."""

    status: str
    camera: str
    offence: str
    page: int

    def address(self, **changes: str | int) -> str:
        """The address of this view with some things changed; a change of filter begins at page 1."""
        wanted = {"status": self.status, "camera": self.camera, "offence": self.offence, "page": 1, **changes}
        defaults = {"status": "open", "camera": "", "offence": "", "page": 1}
        query = urlencode({name: value for name, value in wanted.items() if value != defaults[name]})
        return f"/?{query}" if query else "/"


def queue_router(office: Office, page_size: int = PAGE_SIZE) -> APIRouter:
    """``/``."""
    router = APIRouter()

    @router.get("/")
    def queue(
        request: Request,
        status: str = "open",
        camera: str = "",
        offence: str = "",
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> Response:
        """The list of cases."""
        book = office.casebook
        view = QueueView(status if status in STATUSES else "open", camera, offence, page)
        found = book.queue(
            view.status,
            limit=page_size + 1,
            offset=(page - 1) * page_size,
            camera=camera or None,
            offence=offence or None,
        )
        context = {
            "view": view,
            "cases": found[:page_size],
            "pictured": {
                case.case_id
                for case in found
                if case.thumbnail_digest and office.evidence.has(case.thumbnail_digest)
            },
            "has_more": len(found) > page_size,
            "first_number": (page - 1) * page_size + 1,
            "statuses": STATUSES,
            "counts": book.count(),
            "cameras": sorted({*book.cameras_with_cases(), camera} - {""}),
            "offences": sorted({*book.offences_with_cases(), offence} - {""}),
            "flash": flash_for(office, request),
        }
        return office.pages.render(request, "queue.html", context)

    return router
