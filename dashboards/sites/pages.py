"""``/sites``: the cameras, and for each the page of its calibration and the page of its road."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards.failures import Refusal
from dashboards.rendering import Pages
from dashboards.sites.desk import CameraFrame, SiteDesk
from streams.survey import SurveyReport, SurveyRequest

#: As every page's policy, and the page may also ask its own server.
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_YEAR_NS = 365 * 24 * 3600 * 10**9


def pages_router(desk: SiteDesk, pages: Pages) -> APIRouter:
    """The pages of the cameras that ``desk`` knows."""
    router = APIRouter()

    @router.get("/sites")
    def sites(request: Request) -> Response:
        """The list of cameras; where there is only one, its calibration."""
        cameras = sorted(desk.cameras())
        if len(cameras) == 1:
            return RedirectResponse(f"/sites/{cameras[0]}/calibration", status_code=303)
        return pages.render(request, "sites.html", {"cameras": cameras})

    @router.get("/sites/{camera_id}/frame.jpg")
    def frame(camera_id: str) -> Response:
        """The reference picture."""
        return Response(known(desk, camera_id).content, media_type="image/jpeg")

    @router.get("/sites/{camera_id}/calibration")
    def calibration(request: Request, camera_id: str) -> Response:
        """The page on which points are clicked."""
        picture = known(desk, camera_id)
        survey = desk.calibration(camera_id) or _first_survey(camera_id, picture, time.time_ns())
        is_other_size = survey.image_size != (picture.width, picture.height)
        state = {"survey": survey}
        problem = ""
        if is_other_size:
            problem = (
                f"The saved points are of a picture of {survey.image_size[0]} x {survey.image_size[1]} px, "
                f"and this one has {picture.width} x {picture.height}: set every point anew."
            )
            state = {"survey": _first_survey(camera_id, picture, time.time_ns())}
        return _render(request, "calibration.html", camera_id, picture, state, problem)

    @router.get("/sites/{camera_id}/road")
    def road(request: Request, camera_id: str) -> Response:
        """The page on which lines and zones are drawn."""
        picture = known(desk, camera_id)
        survey = desk.calibration(camera_id)
        report = desk.survey(survey) if survey is not None else SurveyReport()
        problem = report.problem or ""
        if survey is None:
            problem = "This camera has no calibration yet; click its points first."
        elif survey.image_size != (picture.width, picture.height):
            problem = "The calibration is of a picture of another size; click its points anew."
        state = {
            "homography": () if problem else report.homography,
            "lens": survey.lens if survey else None,
            "plane_id": survey.calibration_id if survey else "",
            "grid": report.grid,
            "road": msgspec.Raw(desk.road(camera_id)),
        }
        return _render(request, "road.html", camera_id, picture, state, problem)

    def _render(
        request: Request,
        template: str,
        camera_id: str,
        picture: CameraFrame,
        state: Mapping[str, object],
        problem: str,
    ) -> Response:
        context = {
            "camera_id": camera_id,
            "width": picture.width,
            "height": picture.height,
            "state": msgspec.json.encode(state).decode(),
            "problem": problem,
        }
        response = pages.render(request, template, context)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    return router


def known(desk: SiteDesk, camera_id: str) -> CameraFrame:
    """The picture of a camera.

    Raises:
        Refusal: 404, when the desk does not have this camera.
    """
    if camera_id not in desk.cameras():
        raise Refusal(404, "There is no such camera here; choose one from the list of sites.")
    return desk.frame(camera_id)


def _first_survey(camera_id: str, picture: CameraFrame, now_ns: int) -> SurveyRequest:
    """A survey without points that begins today and holds for a year."""
    today_ns = now_ns - now_ns % (24 * 3600 * 10**9)
    day = time.strftime("%Y-%m-%d", time.gmtime(today_ns // 10**9))
    return SurveyRequest(
        calibration_id=f"{camera_id}-{day}",
        image_size=(picture.width, picture.height),
        points=(),
        valid_from_ns=today_ns,
        valid_until_ns=today_ns + _YEAR_NS,
    )
