"""The register as its registrar sees it: imports and questions, and neither plate nor keeper.

It only shows. An import replaces a table, which the pages' account of the store may not; the command does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from dashboards.auditing import note
from dashboards.office import Office
from dashboards.sign_in.asking import needs
from dashboards.sign_in.rights import Person, Right
from enforcement.register_history import asked_of, imports_of

REGISTER = "/register"
_IMPORTS = 20
_COUNTED_DAYS = 30


def register_router(office: Office) -> APIRouter:
    """``/register``."""
    router = APIRouter(prefix=REGISTER)

    @router.get("")
    def register_page(
        request: Request, person: Annotated[Person, Depends(needs(Right.KEEP_REGISTER))]
    ) -> Response:
        """The last imports, and what came of the questions to a service."""
        note(request, office, "looked", "register")
        store = office.casebook.store
        context = {
            "imports": imports_of(store, _IMPORTS),
            "asked": asked_of(store, _COUNTED_DAYS),
            "counted_days": _COUNTED_DAYS,
        }
        return office.pages.render(request, "register.html", context)

    return router
