"""What all tables of a policy have in common: to whom and when they apply."""

from __future__ import annotations

import msgspec

#: The classes of vehicles that can be told apart, as they stand in passages and policies.
VEHICLES = ("car", "motorcycle", "bus", "truck", "bicycle")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a policy file, read strictly."""


class Scope(Table, frozen=True):
    """To whom and when something applies; what is empty does not restrict.

    ``vehicles`` are classes (car, motorcycle, bus, truck, bicycle); ``hours`` are stretches of the policy's
    local time such as ``"mo-fr 07:00-19:00"``, ``"22:00-06:00"`` (past midnight) or ``"sa-su"``;
    ``conditions`` are what the road's own signs show, and all of them must.
    """

    vehicles: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
