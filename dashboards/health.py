"""``/health`` says that the pages run, ``/ready`` that they can also read the store."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse

from dashboards.office import Office
from dashboards.sign_in.asking import anyone
from streams.errors import RoadwitnessError
from streams.events import Events

_events = Events(__name__)


def health_router(office: Office) -> APIRouter:
    """``/health`` and ``/ready``, for load balancers and supervisors."""
    router = APIRouter(dependencies=[Depends(anyone)])

    @router.get("/health")
    def health() -> JSONResponse:
        """That this process answers."""
        return JSONResponse({"status": "ok"})

    @router.get("/ready")
    def ready() -> JSONResponse:
        """Whether the store can be read as well; 503 where it cannot."""
        try:
            office.casebook.count()
        except RoadwitnessError as error:
            # Not the error's text nor a figure: strangers may ask, and the store's address is none of theirs.
            _events.warning("page-unavailable", route="/ready", failure=type(error).__name__)
            return JSONResponse({"status": "not ready"}, 503)
        return JSONResponse({"status": "ready"})

    return router
