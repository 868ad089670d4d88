"""What the pages of a site ask and save while somebody works on them: JSON there and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dashboards.guard import check_form
from dashboards.sites.desk import SiteDesk
from dashboards.sites.pages import known
from streams.errors import RoadwitnessError
from streams.survey import SurveyRequest

TOKEN_HEADER = "x-csrf-token"


class Problem(msgspec.Struct, frozen=True):
    """What keeps something from being done, as one sentence."""

    problem: str


def asking_router(desk: SiteDesk) -> APIRouter:
    """``POST /sites/{camera}/survey``, ``/calibration`` and ``/road``.

    Each answers 200 with what was asked for, or 422 with a :class:`Problem`.
    """
    router = APIRouter()

    @router.post("/sites/{camera_id}/survey")
    async def survey(request: Request, camera_id: str) -> Response:
        """What the points so far amount to."""
        body = await _body(request, desk, camera_id)
        return await _answer(lambda: desk.survey(_survey_in(body)))

    @router.post("/sites/{camera_id}/calibration")
    async def save_calibration(request: Request, camera_id: str) -> Response:
        """Save the survey as the camera's calibration."""
        body = await _body(request, desk, camera_id)
        return await _answer(lambda: desk.save_calibration(camera_id, _survey_in(body)))

    @router.post("/sites/{camera_id}/road")
    async def save_road(request: Request, camera_id: str) -> Response:
        """Save the lines and zones as the camera's road."""
        body = await _body(request, desk, camera_id)
        return await _answer(lambda: desk.save_road(camera_id, body))

    return router


async def _body(request: Request, desk: SiteDesk, camera_id: str) -> bytes:
    check_form(request, request.headers.get(TOKEN_HEADER, ""))
    await run_in_threadpool(known, desk, camera_id)
    return await request.body()


def _survey_in(body: bytes) -> SurveyRequest:
    try:
        return msgspec.json.decode(body, type=SurveyRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableRequest(f"The points cannot be read ({error}); load the page again.") from error


class UnusableRequest(RoadwitnessError):
    """What a page sent is no survey."""


async def _answer(work: Callable[[], Any]) -> Response:
    try:
        content, status = await run_in_threadpool(work), 200
    except RoadwitnessError as error:
        content, status = Problem(str(error)), 422
    return Response(msgspec.json.encode(content), status, media_type="application/json")
