"""What every route of an application declares: which right it needs, or to whom it is open without one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from dashboards.sign_in.asking import Needs, Unfinished, anyone, person_of
from dashboards.sign_in.rights import Right


class OpenTo(StrEnum):
    """Who may ask where no right is needed."""

    ALL = "everybody, signed in or not"
    SIGNED_IN = "everybody who is signed in"
    SIGNING_IN = "everybody on the way in"


@dataclass(frozen=True)
class Route:
    """One route: who may ask, and what it does, as its own description says in its first sentence."""

    method: str
    path: str
    to: Right | OpenTo
    does: str


def declared(app: FastAPI) -> Iterator[Route]:
    """Every route of ``app``, in order.

    Raises:
        RuntimeError: at a route that declares no right, or two.
    """
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            yield Route("GET", f"{route.path}/…", OpenTo.ALL, "Files that every page needs.")
            continue
        found = [_to(dependency.call) for dependency in route.dependant.dependencies]
        answers = [to for to in found if to is not None]
        if len(answers) != 1:
            raise RuntimeError(f"{route.path} has to declare one right, or to whom it is open.")
        text = " ".join((inspect.getdoc(route.endpoint) or "").split("\n\n")[0].split())
        for method in sorted(route.methods or ()):
            yield Route(method, str(route.path), answers[0], text)


def _to(call: object) -> Right | OpenTo | None:
    if isinstance(call, Needs):
        return call.right
    if isinstance(call, Unfinished):
        return OpenTo.SIGNING_IN
    return OpenTo.ALL if call is anyone else OpenTo.SIGNED_IN if call is person_of else None
