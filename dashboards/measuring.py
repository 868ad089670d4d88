"""Times every request of the pages under its route's template: an address may hold a case's id."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.metrics import PAGE_SECONDS

#: Of an address that leads nowhere: as a label it would let strangers make metrics.
_NO_ROUTE = "none"


class Measured:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; one that ends without an answer counts as 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, send_and_note)
        finally:
            PAGE_SECONDS.labels(route_of(scope), status).observe(time.perf_counter() - began)


def route_of(scope: Scope) -> str:
    """The template of the route that a request took, such as ``/cases/{case_id}``."""
    route = getattr(scope.get("route"), "path", "")
    return str(route or scope.get("root_path") or _NO_ROUTE)
