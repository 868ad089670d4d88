"""How long vehicles are, by class: what a rule may assume of a vehicle whose length nobody measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Length:
    """A length in m and its standard uncertainty (k = 1): twice as much on either side covers the class."""

    metres: float
    sigma_m: float


#: Cars: the new cars of Europe are 4.3 m long on average (ICCT, European Vehicle Market Statistics), nearly
#: all between 3.4 and 5.4 m. Buses: from midibuses to the 18.75 m of articulated ones, and trucks: from vans
#: to road trains of 18.75 m (both Directive 96/53/EC, annex I). Motorcycles 1.9 to 2.5 m.
_LENGTHS = {
    "car": Length(4.4, 0.5),
    "motorcycle": Length(2.2, 0.15),
    "bicycle": Length(1.8, 0.15),
    "bus": Length(12.5, 3.1),
    "truck": Length(11.5, 3.6),
}


def length_of(vehicle: str) -> Length | None:
    """The length of a class of vehicle; None for a class that is not known."""
    return _LENGTHS.get(vehicle)
