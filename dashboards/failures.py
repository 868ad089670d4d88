"""Every failure is a page with one clear sentence, never a traceback."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.measuring import route_of
from enforcement.errors import StoreError
from streams.errors import RoadwitnessError
from streams.events import Events

_events = Events(__name__)

_NO_STORE = (
    "The cases cannot be looked at just now, and nothing was changed: try again in a moment, or tell your "
    "administrator."
)

#: Renders the page of a failure: request, status, sentence.
ShowFailure = Callable[[Request, int, str], Response]

_HTTP_SENTENCES = {
    404: "There is no such page; check the address, or go on from the sections above.",
    405: "This address cannot be used that way; go on from the sections above.",
}


class Refusal(RoadwitnessError):
    """A request that the pages do not carry out; the text is the sentence on the page."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        """Refuse with HTTP ``status`` and a sentence for the officer; ``headers`` for their browser."""
        super().__init__(sentence)
        self.status = status
        self.headers = headers or {}


class SignInNeeded(Refusal):
    """Nobody is signed in, or something is still to be shown; ``address`` is where that is done."""

    def __init__(self, address: str) -> None:
        """Nothing is done before ``address`` was visited."""
        super().__init__(
            401, "You are not signed in any more, so nothing was changed; sign in and try again."
        )
        self.address = address


class Innermost:
    """ASGI middleware inside all others: what nobody expected becomes an answer like any other.

    Starlette's own place for that is outside all of them. Its answer would lack the security headers, and the
    error would go on to the server, which writes its text into the log.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        """``answer`` renders the page of an error."""
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; an error after the first byte is raised, since nothing else ends the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            response = await run_in_threadpool(self._answer, Request(scope), error)
            if has_begun:
                raise
            await response(scope, receive, send)


def install_failures(app: FastAPI, show: ShowFailure) -> None:
    """Answer every exception of ``app`` with the page that ``show`` renders."""

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        response = show(request, error.status, str(error))
        response.headers.update(error.headers)
        return response

    def sign_in_needed(request: Request, error: Exception) -> Response:
        assert isinstance(error, SignInNeeded)
        is_page = request.method == "GET" and request.headers.get("sec-fetch-dest", "document") == "document"
        return RedirectResponse(error.address, status_code=303) if is_page else show(request, 401, str(error))

    def not_served(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        sentence = _HTTP_SENTENCES.get(error.status_code, f"{error.detail}.")
        return show(request, error.status_code, sentence)

    def malformed(request: Request, error: Exception) -> Response:
        return show(
            request,
            422,
            "The address or form holds a value that this page cannot use; check it and try again.",
        )

    def unavailable(request: Request, error: Exception) -> Response:
        # Neither the address nor the error's text: they may name a case or quote what was looked for.
        _events.warning("page-unavailable", route=route_of(request.scope), failure=type(error).__name__)
        # What a store says names its address and user: none of a keeper's, nor of an officer's.
        return show(request, 503, _NO_STORE if isinstance(error, StoreError) else str(error))

    def unexpected(request: Request, error: Exception) -> Response:
        reference = uuid.uuid4().hex[:8]
        route = route_of(request.scope)
        _events.error("page-failed", failure=error, route=route, reference=reference)
        return show(
            request,
            500,
            f"Something failed here; try again, and give your administrator the reference {reference}.",
        )

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(SignInNeeded, sign_in_needed)
    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(RoadwitnessError, unavailable)
    app.user_middleware.append(Middleware(Innermost, answer=unexpected))
