"""Looking at the driver: the unblurred picture, once, with a reason, beside what the keeper said."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.nominations.driver_view import sealed_driver, view_driver
from dashboards.nominations.vehicle_picture import cut_out
from dashboards.office import Office
from dashboards.originals import open_sealed
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right

#: An opened picture waits in memory so long for the page that shows it, and then is gone.
_WAITS_S = 60.0
_MOST = 32


def driver_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/driver`` opens the picture, ``/cases/{id}/driver/{token}.jpg`` shows it once."""
    router = APIRouter()
    opened = OnceOnly()

    @router.post("/cases/{case_id}/driver")
    def look(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.SEE_DRIVER))],
        reason: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """The driver next to what the keeper said; who looked and why is in the audit before."""
        check_form(request, csrf_token)
        case = office.find(case_id)
        piece = sealed_driver(case)
        if piece is None:
            raise Refusal(404, "This case has no picture of the driver.")
        content = open_sealed(request, office, case, piece.digest, Right.SEE_DRIVER, reason)
        picture = cut_out(content, None if piece.kind == "driver" else piece.vehicle_box)
        if picture is None:
            raise Refusal(503, "The sealed piece is no picture that can be shown; tell your administrator.")
        token = opened.keep(person.name, picture)
        context = {
            "case": case,
            "summary": case.summary,
            "driver": view_driver(office, request, case),
            "picture": f"/cases/{case_id}/driver/{token}.jpg",
            "reason": " ".join(reason.split()),
        }
        return office.pages.render(request, "driver.html", context)

    @router.get("/cases/{case_id}/driver/{token}.jpg")
    def picture(token: str, person: Annotated[Person, Depends(needs(Right.SEE_DRIVER))]) -> Response:
        """The picture, to the person who opened it and once."""
        content = opened.take(person.name, token)
        if content is None:
            raise Refusal(
                404, "This picture was shown already; open it again from the case page, with a reason."
            )
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    return router


class OnceOnly:
    """Pictures that wait in memory to be fetched, each once and by one person. Safe to use from threads."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._turn = threading.Lock()
        self._kept: dict[str, tuple[str, float, bytes]] = {}

    def keep(self, who: str, content: bytes) -> str:
        """Keep ``content`` for ``who``; returns what it is asked for with."""
        token, now = secrets.token_urlsafe(24), self._clock_s()
        with self._turn:
            fresh = [(key, one) for key, one in self._kept.items() if one[1] > now]
            self._kept = dict(fresh[-(_MOST - 1) :])
            self._kept[token] = who, now + _WAITS_S, content
        return token

    def take(self, who: str, token: str) -> bytes | None:
        """What was kept for ``who``, once; None afterwards, for others, and when its time is over."""
        with self._turn:
            owner, until, content = self._kept.get(token, ("", 0.0, b""))
            if owner != who or until <= self._clock_s():
                return None
            del self._kept[token]
        return content
