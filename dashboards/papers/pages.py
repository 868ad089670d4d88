"""The buttons of the case page that make papers."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from dashboards.decision_view import asked_of
from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.nominations.answering import nominations_of
from dashboards.office import Office
from dashboards.papers.case_package import make_package
from dashboards.papers.notice_file import make_notice
from dashboards.pictures import refusal_for
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right, as_roles
from enforcement.desk.audit_book import AuditBook
from enforcement.errors import CaseFileError, EvidenceError, PapersError
from enforcement.papers.texts import load_texts


def papers_router(office: Office) -> APIRouter:
    """``POST /cases/{id}/notice`` and ``POST /cases/{id}/package``."""
    router = APIRouter()

    @router.post("/cases/{case_id}/notice")
    def notice(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.EXPORT_CASES))],
        language: Annotated[str, Form()] = "",
        to: Annotated[Literal["keeper", "driver"], Form()] = "keeper",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """The notice to the keeper, or whom they named, with a new code, as a file to print."""
        check_form(request, csrf_token)
        case = office.find(case_id)
        try:
            texts = load_texts(language)
            content = make_notice(
                office.casebook,
                office.evidence,
                nominations_of(office),
                case,
                texts,
                by=person.name,
                role=as_roles(person),
                made_at_ns=time.time_ns(),
                to_driver=to == "driver",
            )
        except PapersError as error:
            raise Refusal(422, str(error)) from error
        office.desk.note(person, "exported", f"{case_id}/notice", reason=f"to the {to}, in {texts.language}")
        name = f"notice-{case_id[:8]}-{to}-{texts.language}.pdf"
        return Response(
            content,
            media_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @router.post("/cases/{case_id}/package")
    def package(
        request: Request,
        case_id: str,
        person: Annotated[Person, Depends(needs(Right.EXPORT_CASES))],
        language: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """The package for a court, signed by the centre, with its paper in a language or the policy's."""
        check_form(request, csrf_token)
        case = office.find(case_id)
        if asked_of(person, case, time.time_ns()) == "second":
            raise Refusal(
                409,
                "The package tells who answered this case first: give your own answer before you take it.",
            )
        if office.desk.keys is None:
            raise Refusal(503, "The centre's keys are not on this machine: ask your administrator for it.")
        try:
            content = make_package(
                office.casebook,
                office.evidence,
                case,
                office.desk.keys,
                road=office.roads.get(case.passage.camera_id),
                story=AuditBook(office.desk.file).story(case_id),
                language=language,
            )
        except (CaseFileError, PapersError) as error:
            raise Refusal(422, str(error)) from error
        except EvidenceError as error:
            raise refusal_for(error) from error
        office.desk.note(person, "exported", f"{case_id}/package")
        return Response(
            content,
            media_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="case-{case_id[:8]}.zip"'},
        )

    return router
