"""Whom rules do not concern: looked at, added and ended by whoever keeps exemptions."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.auditing import note
from dashboards.formatting import NANOSECONDS
from dashboards.guard import check_form
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.errors import ExemptionError
from enforcement.exemptions.book import REFRESH_S, ExemptionBook
from enforcement.exemptions.exemption import KINDS, NO_END, KeptExemption, checked
from enforcement.exemptions.importing import moment_of
from enforcement.exemptions.suppressed import suppressed
from enforcement.law.offences import OFFENCES

EXEMPTIONS = "/exemptions"
_COUNTED_DAYS = 30
_DAY_NS = 24 * 3600 * NANOSECONDS
Keeps = Annotated[Person, Depends(needs(Right.KEEP_EXEMPTIONS))]
Text = Annotated[str, Form()]
Several = Annotated[list[str] | None, Form()]


@dataclass(frozen=True)
class Wish:
    """What a person has filled in."""

    kind: str = ""
    plates: str = ""
    valid_from: str = ""
    valid_until: str = ""
    reason: str = ""
    offences: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()


def exemptions_router(office: Office) -> APIRouter:
    """``/exemptions`` with ``/add`` and ``/end``."""
    router = APIRouter(prefix=EXEMPTIONS)
    book = ExemptionBook(office.casebook.store)

    def show(request: Request, wish: Wish, *, problem: str = "", everything: bool = False) -> Response:
        note(request, office, "looked", "exemptions")  # a form that is refused shows all of them too
        now = datetime.datetime.now(datetime.UTC)
        context = {
            "exemptions": book.all(None if everything else now),
            "everything": everything,
            "now": now,
            "kinds": KINDS,
            "offences": OFFENCES,
            "cameras": office.casebook.cameras_and_offences()[0],
            "suppressed": suppressed(office.casebook.store, time.time_ns() - _COUNTED_DAYS * _DAY_NS),
            "counted_days": _COUNTED_DAYS,
            "refresh_s": round(REFRESH_S),
            "wish": wish,
            "problem": problem,
        }
        return office.pages.render(request, "exemptions.html", context, 422 if problem else 200)

    @router.get("")
    def exemptions_page(request: Request, person: Keeps, everything: bool = False) -> Response:
        """Those that are valid now or later; with ``everything`` those too that are over."""
        return show(request, Wish(), everything=everything)

    @router.post("/add")
    def add(
        request: Request,
        person: Keeps,
        kind: Text = "",
        plates: Text = "",
        valid_from: Text = "",
        valid_until: Text = "",
        reason: Text = "",
        offences: Several = None,
        cameras: Several = None,
        csrf_token: Text = "",
    ) -> Response:
        """Add one; what is wrong with it stands above the form, which keeps what was filled in."""
        check_form(request, csrf_token)
        wish = Wish(
            kind, plates, valid_from, valid_until, reason, tuple(offences or ()), tuple(cameras or ())
        )
        try:
            entered = checked(_entered(wish, person))
            note(request, office, "added", f"exemption/{entered.exemption_id}")
            book.add([entered], datetime.datetime.now(datetime.UTC))
        except ExemptionError as error:
            return show(request, wish, problem=_sentence(error))
        return RedirectResponse(EXEMPTIONS, 303)

    @router.post("/end")
    def end(
        request: Request, person: Keeps, exemption_id: Text = "", reason: Text = "", csrf_token: Text = ""
    ) -> Response:
        """End one from now on."""
        check_form(request, csrf_token)
        try:
            note(request, office, "ended", f"exemption/{exemption_id[:36]}")
            book.end(exemption_id, person.name, reason, datetime.datetime.now(datetime.UTC))
        except ExemptionError as error:
            return show(request, Wish(), problem=_sentence(error))
        return RedirectResponse(EXEMPTIONS, 303)

    return router


def _entered(wish: Wish, person: Person) -> KeptExemption:
    until = wish.valid_until.strip()
    return KeptExemption(
        wish.kind,
        tuple(wish.plates.replace(";", ",").split(",")),
        moment_of(wish.valid_from, datetime.UTC),
        moment_of(until, datetime.UTC, is_end=True) if until else NO_END,
        wish.reason,
        person.name,
        wish.offences,
        wish.cameras,
    )


def _sentence(error: ExemptionError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
