"""Templates to answers: the Jinja environment, what every page is given, and the cookies it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from dashboards import formatting, wording
from dashboards.guard import CSRF_COOKIE, csrf_token

STATIC = Path(__file__).parent / "static"
SECTIONS = (("/", "Cases"), ("/numbers", "Numbers"))
OFFICER_COOKIE = "roadwitness_officer"
DECIDED_COOKIE = "roadwitness_decided"
_A_YEAR_S = 365 * 24 * 3600


class Pages:
    """Renders templates with what every page needs: title, officer, CSRF token, asset addresses."""

    def __init__(
        self, title: str, zone: tzinfo | None = None, sections: Sequence[tuple[str, str]] = SECTIONS
    ) -> None:
        """Pages headed ``title`` with links to ``sections`` (address, name).

        Times are UTC, with the local time of ``zone`` beside where given.
        """
        self._environment = Environment(
            loader=PackageLoader("dashboards"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            utc=formatting.utc_text,
            rfc3339=formatting.rfc3339,
            number=formatting.number,
            measured=formatting.measured,
            percent=formatting.percent,
            words=formatting.title_case,
            short=formatting.short,
            metres=formatting.metres,
            duration=formatting.duration,
        )
        self._environment.globals.update(
            title=title,
            sections=sections,
            asset=_asset,
            local=_local_clock(zone),
            quantity=wording.quantity,
            beyond=wording.beyond,
        )

    def render(
        self, request: Request, template: str, context: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """One page as an answer; a browser that comes for the first time is given its CSRF cookie."""
        token, is_new = csrf_token(request)
        content = self._environment.get_template(template).render(
            **context, path=request.url.path, csrf_token=token, officer=remembered_officer(request)
        )
        response = HTMLResponse(content, status)
        if is_new:
            response.set_cookie(
                CSRF_COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https"
            )
        if DECIDED_COOKIE in request.cookies:  # its message is on this page, once
            response.delete_cookie(DECIDED_COOKIE)
        return response

    def failure(self, request: Request, status: int, sentence: str) -> Response:
        """The page of a failure: one sentence and the way back."""
        return self.render(request, "failure.html", {"status": status, "sentence": sentence}, status)


def remembered_officer(request: Request) -> str:
    """The name that the officer last decided under, or an empty text."""
    return unquote(request.cookies.get(OFFICER_COOKIE, ""))[:80]


def remember_officer(request: Request, response: Response, officer: str) -> None:
    """Keep the officer's name in this browser for the next case."""
    response.set_cookie(
        OFFICER_COOKIE,
        quote(officer),
        max_age=_A_YEAR_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def remember_decided(request: Request, response: Response, case_id: str) -> None:
    """Let the next page say what became of this case."""
    response.set_cookie(
        DECIDED_COOKIE,
        case_id,
        max_age=60,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


@cache
def _asset(name: str) -> str:
    # The digest in the address lets a new release's style sheet replace a cached one at once.
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _local_clock(zone: tzinfo | None) -> Callable[[int], str]:
    return lambda at_ns: formatting.local_text(at_ns, zone) if zone else ""
