"""Every page that the application has, by its routes: a new one is looked at without being named."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from dashboards.sign_in.declaring import OpenTo, declared

#: Answers of these are no pages: pictures, what machines ask, what leads on, and the part of a page that says
#: what became of answers, which is looked at within the pages. Nor is what is named like a file.
NO_PAGES = ("/health", "/ready", "/static/…", "/evidence/{digest}", "/next", "/answers")


@dataclass(frozen=True)
class Place:
    """Where a page is, and whether it is for people who are not signed in."""

    address: str
    is_public: bool


def every_page(app: FastAPI, fill: dict[str, str]) -> list[Place]:
    """Every route that is asked with GET, with ``fill`` in the place of its parameters.

    A route with a parameter that nobody can fill fails the test that asks, by its name.
    """
    places = []
    for route in declared(app):
        path = route.path
        if route.method == "GET" and path not in NO_PAGES and "." not in path.rpartition("/")[2]:
            places.append(Place(path.format_map({"token": "none", **fill}), route.to is OpenTo.ALL))
    return places
