"""Templates to answers: the Jinja environment, what every page is given, and the cookies it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from dashboards import formatting, wording
from dashboards.guard import csrf_token, give_csrf_token
from dashboards.sign_in.asking import visitor_of
from dashboards.sign_in.rights import Person, Right

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Section:
    """A link in the head of every page, for those who have the right to what is there (None: for all)."""

    address: str
    name: str
    right: Right | None = None


SECTIONS = (
    Section("/", "Cases", Right.SEE_CASES),
    Section("/numbers", "Numbers", Right.SEE_NUMBERS),
    Section("/exemptions", "Exemptions", Right.KEEP_EXEMPTIONS),
    Section("/retention", "Retention", Right.KEEP_CASES),
    Section("/quality", "Quality", Right.SEE_QUALITY),
    Section("/register", "Register", Right.KEEP_REGISTER),
    Section("/search", "Plate search", Right.SEARCH_PLATES),
    Section("/audit", "Audit", Right.READ_AUDIT),
    Section("/accounts", "Accounts", Right.KEEP_ACCOUNTS),
)


class Pages:
    """Renders templates with what every page needs: title, officer, CSRF token, asset addresses."""

    def __init__(
        self, title: str, zone: tzinfo | None = None, sections: Sequence[Section] = SECTIONS
    ) -> None:
        """Pages headed ``title`` with links to ``sections``.

        Times are UTC, with the local time of ``zone`` beside where given.
        """
        self.title = title
        self._sections = sections
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
        visitor = visitor_of(request)
        person = visitor.account.person if visitor and not visitor.still else None
        content = self._environment.get_template(template).render(
            **context,
            path=request.url.path,
            within=_section_of(request.url.path),
            csrf_token=token,
            person=person,
            home=home_of(person) if person else "/",
            sections=[link for link in self._sections if _is_for(link, person)],
        )
        response = HTMLResponse(content, status)
        if is_new:
            give_csrf_token(request, response, token)
        return response

    def failure(self, request: Request, status: int, sentence: str) -> Response:
        """The page of a failure: one sentence and the way back."""
        return self.render(request, "failure.html", {"status": status, "sentence": sentence}, status)


def _section_of(path: str) -> str:
    """The address of the section to which a page belongs; a case belongs to the cases."""
    first = "/" + path.split("/")[1]
    return "/" if first == "/cases" else first


def home_of(person: Person) -> str:
    """The page that a person begins with: the first section that they may see."""
    mine = [link.address for link in SECTIONS if _is_for(link, person)]
    return mine[0] if mine else "/account"


def _is_for(section: Section, person: Person | None) -> bool:
    return section.right is None or (person is not None and person.may(section.right))


@cache
def _asset(name: str) -> str:
    # The digest in the address lets a new release's style sheet replace a cached one at once.
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _local_clock(zone: tzinfo | None) -> Callable[[int], str]:
    return lambda at_ns: formatting.local_text(at_ns, zone) if zone else ""
