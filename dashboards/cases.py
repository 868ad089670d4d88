"""The page of one case: the picture, the measurement, the law, the register, and the officer's answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from dashboards.answering import Answer
from dashboards.auditing import note
from dashboards.budget_view import view_budget
from dashboards.candidates_view import view_candidates
from dashboards.case_history import history_of
from dashboards.decision_view import hold, view_decision
from dashboards.drawings.journey import view_journey
from dashboards.drawings.phase_diagram import draw_phases, into_red_s
from dashboards.drawings.road_plan import draw_road
from dashboards.drawings.speed_plot import limit_of, plot_speed
from dashboards.flash import Flash, flashes_for
from dashboards.formatting import NANOSECONDS, due_text
from dashboards.next_case import view_of
from dashboards.nominations.driver_view import view_driver
from dashboards.office import Office
from dashboards.open_forms import OpenForm
from dashboards.originals import openable
from dashboards.overlay import best_frame, build_overlay, plate_crop
from dashboards.pieces import lacking, list_pieces
from dashboards.plate_view import difference, frame_reads, positions
from dashboards.sign_in.asking import needs, person_of
from dashboards.sign_in.rights import Person, Right
from dashboards.stills import chosen_still, clip_of, stills_of
from dashboards.track_plot import plot_track
from dashboards.two_positions import two_positions
from dashboards.wording import ledger, unmeasured
from enforcement.casebook import Case
from enforcement.reasons import REASON_CODES


def cases_router(office: Office) -> APIRouter:
    """``/cases/{id}``."""
    router = APIRouter()

    @router.get("/cases/{case_id}")
    def case_page(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.SEE_CASES))],
        view: str = "frame",
        still: str = "",
    ) -> Response:
        """One case; ``view`` is the part of the picture to begin with: frame, vehicle or plate.

        ``still`` is the digest of the picture to look at; without it the one that the plate was read on.
        """
        answer = Answer(form_id=uuid.uuid4().hex, officer=person.name)
        case = office.find(case_id, person)
        note(request, office, "looked", case.summary.case_id)
        return show_case(
            office,
            request,
            case,
            answer,
            flashes=flashes_for(office, request),
            view=view,
            still=still,
        )

    return router


def show_case(
    office: Office,
    request: Request,
    case: Case,
    answer: Answer,
    *,
    flashes: Sequence[Flash] = (),
    view: str = "frame",
    still: str = "",
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Render a case with what the officer has filled in, and a problem with it where there is one."""
    person = person_of(request)
    case, lease = hold(office, person, case)
    passage, finding = case.passage, case.finding
    # Asked while the rest of the page is made: it takes as long as all the other questions together.
    similar = office.aside.submit(office.casebook.similar, case.summary)
    frame = best_frame(passage)
    pieces = list_pieces(office, case)
    here = {piece.digest for piece in pieces if piece.state == "here"}
    crop = plate_crop(passage, frame)
    stills = stills_of(case, here)
    shown = chosen_still(stills, still, passage)
    lacks = lacking(pieces)
    deciding = view_decision(office, person, case, lease)
    due_at_ns, plate = case.summary.due_at_ns, case.summary.plate or ""
    form = OpenForm(deciding.asked, due_at_ns, tuple(lacks), case.matched, plate) if deciding.lease else None
    office.forms.keep(person.name, case.summary.case_id, form)
    context = {
        "case": case,
        "summary": case.summary,
        "due": lambda due_ns: due_text(due_ns, time.time_ns()),
        "passage": passage,
        "finding": finding,
        "ledger": ledger(finding),
        "unmeasured": unmeasured(finding),
        "view": view,
        "stills": stills,
        "still": shown,
        "overlay": build_overlay(passage, shown.reference, own=shown.own) if shown else None,
        "clip": clip_of(passage, here),
        "crop": crop if crop and crop.digest in here else None,
        "positions": positions(passage.plate),
        "candidates": view_candidates(case),
        "plate": case.plate,
        "difference": difference(case.plate.raw or "", case.plate.normalised or ""),
        "reads": frame_reads(passage, case.summary.plate),
        "plot": plot_track(passage, limit_of(finding)),
        "speed_plot": plot_speed(passage, finding),
        "plan": draw_road(passage, finding, office.roads.get(passage.camera_id)),
        "phases": draw_phases(passage, finding),
        "trip": view_journey(passage, finding, here),
        "pictures": two_positions(passage, finding, here),
        "budget": view_budget(passage.speed),
        "after": lambda at_ns: f"{(at_ns - passage.started_at_ns) / NANOSECONDS:.2f} s",
        "into_red": lambda at_ns: into_red_s(finding, at_ns),
        "pieces": pieces,
        "originals": openable(request, pieces),
        "driver": view_driver(office, request, case),
        "similar": similar.result,
        "may_search": person.may(Right.SEARCH_PLATES),
        "history": history_of(office, case),
        "lacking": lacks,
        "ruling": case.ruling,
        "deciding": deciding,
        "reasons": REASON_CODES,
        "answer": answer,
        "flashes": flashes,
        "back": view_of(request).address(),
        "problem": problem,
    }
    return office.pages.render(request, "case.html", context, status)
