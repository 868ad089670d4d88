"""The pages' own style sheets and scripts: kept by the browser, since their addresses change when they do."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_A_YEAR_S = 365 * 24 * 3600


class Assets(StaticFiles):
    """Static files. What is asked for under the digest of its content never changes; the rest is not kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, as ``StaticFiles`` has it."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = f"public, max-age={_A_YEAR_S}, immutable"
        return response
