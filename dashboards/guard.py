"""What protects the pages: security headers on every answer, and proof that a form is our own.

A form must come from a page of this very origin (``Sec-Fetch-Site``, ``Origin``) and carry a token that only
this browser was given: made from its session where somebody is signed in, else the one that it also holds in
a cookie (double submit). A foreign page can read neither.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.failures import Refusal
from dashboards.sign_in.cookies import cookie_name, session_token, set_cookie

CSRF_COOKIE = "roadwitness_csrf"
MAX_FORM_BYTES = 64 * 1024

_OWN_NAMES = ("127.0.0.1", "localhost")
_A_YEAR_S = 365 * 24 * 3600

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    # Pages hold plates and names of keepers: they stay out of shared and on-disk caches.
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware: security headers on every answer; refuses foreign hosts and outsized forms."""

    def __init__(
        self,
        app: ASGIApp,
        allowed_hosts: Sequence[str] | None = None,
        address: str = "",
        hosts: Sequence[str] = (),
    ) -> None:
        """Wrap ``app``. ``allowed_hosts`` (names without port; None: any) stops DNS rebinding.

        ``address`` is where people open the pages, through a proxy: its host is allowed too and, without
        ``allowed_hosts``, nothing but it and this machine; where it is https, everything counts as https.
        ``hosts`` are further names that the proxy passes on.
        """
        self._app = app
        public = urlsplit(address)
        self._is_https = public.scheme == "https"
        allowed = {host.lower() for host in allowed_hosts or ()}
        if public.hostname or hosts:
            allowed |= {public.hostname or "", *_OWN_NAMES, *(host.lower() for host in hosts)} - {""}
        self._allowed = allowed if allowed or allowed_hosts is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        if self._is_https:
            scope["scheme"] = "https"  # in place: what is outside of this reads the route from the same scope
        is_https = scope["scheme"] == "https"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if is_https:
                    headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR_S}")
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self._allowed is not None and _host_name(headers.get("host", "")) not in self._allowed:
            return PlainTextResponse(
                "This host name is not served here; use the address you were given.", 400
            )
        if scope["method"] not in ("GET", "HEAD"):
            length = headers.get("content-length", "")
            if not length.isdigit():
                return PlainTextResponse("Send the form with its length.", 411)
            if int(length) > MAX_FORM_BYTES:
                return PlainTextResponse("The form is too long; shorten the note.", 413)
        return None


def csrf_token(request: Request) -> tuple[str, bool]:
    """The token for forms of this browser, and whether it is new (the answer must then give it)."""
    if session := session_token(request):
        return _of_session(session), False
    held = request.cookies.get(cookie_name(request, CSRF_COOKIE), "")
    if _TOKEN.fullmatch(held):
        return held, False
    return secrets.token_urlsafe(32), True


def give_csrf_token(request: Request, response: Response, token: str) -> None:
    """Let a browser without a session hold the token of its forms."""
    set_cookie(request, response, CSRF_COOKIE, token)


def check_form(request: Request, token: str) -> None:
    """Make sure that a form was sent from our own page by the browser that we gave it to.

    Raises:
        Refusal: 403, when it was not.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin") or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    )
    if foreign or (site is None and origin is None):
        raise Refusal(
            403,
            "This form was not sent from this site's own page, so nothing was changed; open the page here.",
        )
    held, is_new = csrf_token(request)
    if is_new or not hmac.compare_digest(held.encode(), token.encode("utf-8", "replace")):
        raise Refusal(
            403, "This form has expired, so nothing was changed; open its page again and send it from there."
        )


def _of_session(session: str) -> str:
    # Not the session's own token: what stands in a page must not be able to sign anybody in.
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
