"""``/health`` says that the pages run, ``/ready`` that they can also read the store."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse

from dashboards.office import Office
from dashboards.sign_in.asking import anyone
from streams.errors import RoadwitnessError


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
            counts = office.casebook.count()
        except RoadwitnessError as error:
            return JSONResponse({"status": "not ready", "reason": str(error)}, 503)
        return JSONResponse({"status": "ready", "cases": counts})

    return router
