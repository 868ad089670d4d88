"""The page for who got a letter: its number and code, then who was driving. It needs no account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards.failures import Refusal
from dashboards.guard import check_form
from dashboards.nominations.answering import answer_of, case_of, nominations_of, problems_with, tell
from dashboards.nominations.vehicle_picture import vehicle_picture
from dashboards.office import Office
from dashboards.sign_in.asking import anyone
from dashboards.sign_in.cookies import cookie_name, forget_cookie, set_cookie
from dashboards.sign_in.limits import TooMany, limited
from enforcement.casebook import Case
from enforcement.desk.nominations import VISIT_S, Nomination
from enforcement.papers.records import moment
from enforcement.papers.texts import MODEL, Texts, languages, load_texts

_COOKIE = "roadwitness_nomination"
#: Tries from one address: a family behind one router has enough, a machine that guesses has not.
_TRIES_PER_MINUTE, _TRIES_AT_ONCE = 2.0, 20.0
_BLANK = {"name": "", "address": "", "licence": "", "dispute": "", "denied": ""}


def nominations_router(office: Office) -> APIRouter:
    """``/nomination``, open to all: what it shows is behind a letter's code."""
    router = APIRouter(prefix="/nomination", dependencies=[Depends(anyone)])

    @router.get("")
    def enter_page(request: Request, language: str = "", over: bool = False) -> Response:
        """The form for number and code; ``over``: the time for an answer ran out."""
        texts = _texts(request, language)
        return _enter(office, request, texts, problem=texts.say("web.ended") if over else "")

    @router.post("")
    def enter(
        request: Request,
        number: Annotated[str, Form(max_length=40)] = "",
        code: Annotated[str, Form(max_length=40)] = "",
        language: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Compare number and code, and go on to the answer."""
        texts = _texts(request, language)
        if not _is_own_form(request, csrf_token):
            return _over(texts.language)
        try:
            limited(request, "nomination", per_minute=_TRIES_PER_MINUTE, burst=_TRIES_AT_ONCE)
        except TooMany:
            return _enter(
                office, request, texts, number=number, problem=texts.say("web.too_often"), status=429
            )
        letters = nominations_of(office)
        token = letters.enter(number, code)
        letter = letters.visited(token) if token else None
        if token is None or case_of(office, letter) is None:
            return _enter(office, request, texts, number=number, problem=texts.say("web.refused"), status=422)
        response = RedirectResponse(f"/nomination/answer?language={texts.language}", 303)
        set_cookie(request, response, _COOKIE, token, max_age_s=VISIT_S)
        return response

    @router.get("/answer")
    def answer_page(request: Request, language: str = "") -> Response:
        """What the letter is about, and the answers that there are."""
        letter, case = _visit(office, request)
        texts = _texts(request, language or (letter.language if letter else ""))
        if letter is None or case is None:
            return _over(texts.language)
        return _ask(office, request, texts, letter, case)

    @router.get("/picture.jpg")
    def picture(request: Request) -> Response:
        """The vehicle on the evidence picture, faces blurred."""
        _, case = _visit(office, request)
        content = vehicle_picture(office.evidence, case.passage) if case else None
        if content is None:
            raise Refusal(404, "There is no picture to show here.")
        return Response(content, media_type="image/jpeg")

    @router.post("/answer")
    def answer(
        request: Request,
        kind: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        address: Annotated[str, Form()] = "",
        licence: Annotated[str, Form()] = "",
        dispute: Annotated[str, Form()] = "",
        denied: Annotated[str, Form()] = "",
        language: Annotated[str, Form()] = "",
        csrf_token: Annotated[str, Form()] = "",
    ) -> Response:
        """Keep the answer, which ends the code, and tell the case's history."""
        letter, case = _visit(office, request)
        texts = _texts(request, language)
        if letter is None or case is None or not _is_own_form(request, csrf_token):
            return _over(texts.language)
        fields = {
            "name": " ".join(name.split()),
            "address": address.strip(),
            "licence": " ".join(licence.split()),
            "dispute": dispute.strip(),
            "denied": denied.strip(),
        }
        problems = problems_with(letter, kind, fields)
        if problems:
            return _ask(office, request, texts, letter, case, kind, fields, problems, 422)
        if nominations_of(office).answer(_token(request), answer_of(kind, fields)) is None:
            return _over(texts.language)
        tell(office)
        response = RedirectResponse(f"/nomination/done?language={texts.language}", 303)
        forget_cookie(request, response, _COOKIE)
        return response

    @router.get("/done")
    def done(request: Request, language: str = "") -> Response:
        """That the answer came."""
        return _page(office, request, "nomination_done.html", _texts(request, language))

    return router


def failed(office: Office, request: Request, status: int, sentence: str) -> Response:
    """The page of a failure; a keeper's is in their language, and tells nothing of the house."""
    if not request.url.path.startswith("/nomination"):
        return office.pages.failure(request, status, sentence)
    texts = _texts(request, request.query_params.get("language", ""))
    return _page(office, request, "nomination_failed.html", texts, status=status)


def _enter(
    office: Office, request: Request, texts: Texts, *, number: str = "", problem: str = "", status: int = 200
) -> Response:
    more = {"number": number, "problem": problem}
    return _page(office, request, "nomination_enter.html", texts, more, status)


def _ask(
    office: Office,
    request: Request,
    texts: Texts,
    letter: Nomination,
    case: Case,
    kind: str = "",
    fields: dict[str, str] | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    more = {
        "facts": _facts(office, case, texts),
        "has_picture": vehicle_picture(office.evidence, case.passage) is not None,
        "to_driver": letter.to_driver,
        "kind": kind,
        "fields": fields or _BLANK,
        "problems": {key: texts.say(f"web.problem_{key}") for key in problems or ()},
    }
    return _page(office, request, "nomination_answer.html", texts, more, status)


def _page(
    office: Office,
    request: Request,
    template: str,
    texts: Texts,
    more: Mapping[str, object] | None = None,
    status: int = 200,
) -> Response:
    context: dict[str, object] = {
        "language": texts.language,
        "languages": [(code, load_texts(code).say("language.name")) for code in languages()],
        "t": texts.table("web"),
        **(more or {}),
    }
    return office.pages.render(request, template, context, status)


def _facts(office: Office, case: Case, texts: Texts) -> list[tuple[str, str]]:
    """What the letter said too, and nothing more."""
    records = office.casebook.records(case.passage, case.finding)
    camera = records.camera
    place = case.passage.site_id if camera is None else camera.site_name or camera.site_id
    at = moment(case.summary.occurred_at_ns, records.zone)
    return [
        (texts.say("web.what"), texts.say(f"offences.{case.summary.offence}")),
        (texts.say("web.where"), place),
        (texts.say("web.when"), texts.moment(at)),
        (texts.say("web.plate"), case.summary.plate or ""),
    ]


def _visit(office: Office, request: Request) -> tuple[Nomination | None, Case | None]:
    letter = nominations_of(office).visited(_token(request))
    return letter, case_of(office, letter)


def _token(request: Request) -> str:
    return request.cookies.get(cookie_name(request, _COOKIE), "")


def _over(language: str) -> Response:
    return RedirectResponse(f"/nomination?over=true&language={language}", 303)


def _is_own_form(request: Request, token: str) -> bool:
    try:
        check_form(request, token)
    except Refusal:
        return False
    return True


def _texts(request: Request, language: str) -> Texts:
    """The texts in the language that was asked for, else in the first that the browser wants and we have."""
    by_browser = request.headers.get("accept-language", "").lower().split(",")
    wanted = [language, *(part.strip()[:2] for part in by_browser)]
    return load_texts(next((code for code in wanted if code in languages()), MODEL))
