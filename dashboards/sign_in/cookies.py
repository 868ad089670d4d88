"""The cookies of the pages: out of reach of scripts, of other sites and, over https, of other hosts."""

from __future__ import annotations

from fastapi import Request, Response

_SESSION = "roadwitness_session"


def session_token(request: Request) -> str:
    """The token that this browser shows, or was just given; empty where there is none."""
    given: str = getattr(request.state, _SESSION, "")
    return given or request.cookies.get(cookie_name(request, _SESSION), "")


def give_session(request: Request, response: Response, token: str) -> None:
    """Let the browser show this token until it is closed."""
    set_cookie(request, response, _SESSION, token)
    setattr(request.state, _SESSION, token)


def take_session(request: Request, response: Response) -> None:
    """Let the browser forget its token, and the pictures that it kept meanwhile."""
    forget_cookie(request, response, _SESSION)
    response.headers["Clear-Site-Data"] = '"cache"'


def cookie_name(request: Request, name: str) -> str:
    """What a cookie is called: over https with the prefix that binds it to this host and to https."""
    return f"__Host-{name}" if is_https(request) else name


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, max_age_s: int | None = None
) -> None:
    """Set a cookie; without ``max_age_s`` it goes with the browser."""
    # Lax, not strict: a link in a mail would otherwise not be signed in. What changes anything is a form, and
    # that has to come from our own page.
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=max_age_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def forget_cookie(request: Request, response: Response, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        cookie_name(request, name), path="/", httponly=True, samesite="lax", secure=is_https(request)
    )


def is_https(request: Request) -> bool:
    """Whether the browser asked over https."""
    return request.url.scheme == "https"
