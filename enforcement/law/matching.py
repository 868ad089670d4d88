"""How sure the register's answer must be, and how many vehicles it cannot know."""

from __future__ import annotations

from enforcement.law.table import Table


class Matching(Table, frozen=True):
    """When a keeper is named, and what is known of the traffic before a plate is seen.

    ``countries`` (codes as in ``plates``) are those whose vehicles the register holds; without them no plate
    is foreign. ``foreign`` is the part of all vehicles that come from other countries, ``unregistered`` the
    part of the others that the register does not have. A candidate with a posterior of ``certain`` is the
    match, one below ``offered`` is not shown, and of the others the ``most`` likeliest are.
    """

    countries: tuple[str, ...] = ()
    foreign: float = 0.05
    unregistered: float = 0.02
    certain: float = 0.995
    offered: float = 0.01
    most: int = 5
