"""The tables of a policy: read strictly, each fault explained."""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from enforcement.errors import PolicyError
from enforcement.law.table import Scope
from enforcement.law.values import RANGES
from enforcement.policy import Policy, load_policy
from enforcement.road import Line, Road, Zone
from tests.enforcement.test_policy import GOOD, write

TABLES = """
timezone = "Europe/Paris"
[[sections]]
id = "A"
entry_camera = "cam-0"
exit_camera = "cam-1"
length_m = 2000.0
length_sigma_m = 0.5
limit_kmh = 80.0
tolerance = { below_100_kmh = 3.0, above_100_percent = 3.0 }
special = [{ limit_kmh = 60.0, scope = { vehicles = ["truck"] } }]
[red_light]
[[reserved_lanes]]
zone = "bus-1"
allowed = ["bus", "bicycle"]
hours = ["mo-fr 07:00-19:00"]
[[movements]]
enters = "south"
leaves = "west"
name = "left turn"
[[stopping]]
zone = "box-1"
longest_s = 5
[[solid_lines]]
line = "middle"
[[vehicle_bans]]
zone = "old-town"
scope = { vehicles = ["truck"] }
[register_checks]
offences = ["unregistered", "stolen"]
countries = ["FI"]
[[exemptions]]
plates = ["FI 112"]
reason = "fire brigade"
offences = ["speeding"]
valid_until = 2026-12-31
[driver]
offences = ["phone"]
"""
WHOLE = GOOD.replace("[speeding]", TABLES + "[speeding]", 1)
SAME_SECTION = """[[sections]]
id = "A"
entry_camera = "a"
exit_camera = "b"
length_m = 100
length_sigma_m = 1
limit_kmh = 50
tolerance = { below_100_kmh = 3, above_100_percent = 3 }
[red_light]"""


def test_a_policy_has_a_table_for_every_offence(tmp_path: Path) -> None:
    law = load_policy(write(tmp_path, WHOLE))
    assert law.sections[0].special[0].scope == Scope(("truck",))
    assert law.exemptions[0].valid_until == datetime.date(2026, 12, 31)
    assert law.red_light is not None
    assert law.stop_line is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Europe/Paris", "Europe/Pariss", "the timezone 'Europe/Pariss' is unknown; write one of the IANA"),
        ("Europe/Paris", "../../etc/passwd", "is unknown; write one of the IANA"),
        ("Europe/Paris", "", "the timezone '' is unknown"),
        ("length_m =", "lenght_m =", "'lenght_m' in [sections 1] is unknown; did you mean 'length_m'?"),
        (
            "vehicles = [",
            "vehicle = [",
            "in [sections 1.special 1.scope] is unknown; did you mean 'vehicles'?",
        ),
        ("length_m = 2000.0", "length_m = 2", "sections 1.length_m is 2; write a number from 50 to 200000"),
        ("limit_kmh = 60.0", "limit_kmh = nan", "sections 1.special 1.limit_kmh is nan"),
        ('["truck"] } }]', '["trukc"] } }]', "'trukc' in sections 1.special 1.scope.vehicles is no class of"),
        ('"bicycle"]', '"tram"]', "'tram' in reserved_lanes 1.allowed is no class of vehicle; known are car"),
        ("mo-fr 07:00", "mo-fr 7", "reserved_lanes 1.hours: the hours 'mo-fr 7-19:00' are not understood"),
        ('exit_camera = "cam-1"', 'exit_camera = "cam-0"', "enters and leaves at the camera 'cam-0'"),
        ('enters = "south"', 'enters = " "', "movements 1.enters is empty"),
        (
            '"stolen"]',
            '"stole"]',
            "'stole' in 'register_checks.offences 2' is unknown; did you mean 'stolen'?",
        ),
        ('["speeding"]', '["speding"]', "'speding' in exemptions 1.offences is no offence; did you mean"),
        ('countries = ["FI"]', "", "'unregistered' needs the countries whose vehicles"),
        ('countries = ["FI"]', 'countries = ["XX"]', "no plate formats are known for 'XX'"),
        (
            'countries = ["FI"]',
            'ask = "every_passage"',
            "'every_passage' without a legal_basis; name the law",
        ),
        (
            'countries = ["FI"]',
            'ask = "findngs"',
            "'findngs' in 'register_checks.ask' is unknown; did you mean",
        ),
        ("longest_s = 5", "longest_s = 'x'", "'stopping 1.longest_s' is wrong: expected float, got str"),
        ("2026-12-31", "31", "'exemptions 1.valid_until' is wrong"),
        ('"FI 112"', '"- "', "exemptions 1.plates: '- ' is no plate"),
        ("[red_light]", "[red_lights]", "did you mean 'red_light'?"),
        ("[red_light]", SAME_SECTION, "sections 1.id is 'A' twice"),
    ],
)
def test_a_fault_in_any_table_is_explained(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in WHOLE
    with pytest.raises(PolicyError) as caught:
        load_policy(write(tmp_path, WHOLE.replace(old, new, 1)))
    assert says in str(caught.value)
    assert "policy.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


RING = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
ROAD = Road(
    "r",
    (
        Line("south", "gate", ((0.0, 0.0), (1.0, 0.0))),
        Line("west", "gate", ((0.0, 5.0), (1.0, 5.0))),
        Line("middle", "solid", ((0.0, 0.0), (0.0, 9.0))),
    ),
    (Zone("bus-1", "reserved", RING), Zone("box-1", "box", RING), Zone("old-town", "ban", RING)),
)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('zone = "bus-1"', 'zone = "bus-2"', "reserved_lanes 1.zone is 'bus-2', which is not drawn on the"),
        ('zone = "bus-1"', 'zone = "bus-2"', "did you mean 'bus-1'?"),
        ('zone = "bus-1"', 'zone = "box-1"', "is drawn as 'box' and not as 'reserved'"),
        (
            'line = "middle"',
            'line = "zzz"',
            "solid_lines 1.line is 'zzz', which is not drawn on the road; there",
        ),
        ('leaves = "west"', 'leaves = "east"', "movements 1.leaves is 'east'"),
        ('zone = "box-1"', 'zone = "bus-1"', "stopping 1.zone is 'bus-1', which is drawn as 'reserved'"),
        ('zone = "old-town"', 'zone = "new-town"', "vehicle_bans 1.zone is 'new-town'"),
    ],
)
def test_a_place_that_is_not_on_the_road_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    law = load_policy(write(tmp_path, WHOLE))
    law.check_against(Road(), ROAD)  # on one of the roads is enough
    with pytest.raises(PolicyError, match="nothing is drawn as"):
        law.check_against(Road())
    with pytest.raises(PolicyError) as caught:
        load_policy(write(tmp_path, WHOLE.replace(old, new, 1))).check_against(ROAD)
    assert says in str(caught.value)


def _tables(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """A table's type and those of all tables that may stand in it."""
    yield kind
    for hint in typing.get_type_hints(kind).values():
        for inner in [hint, *typing.get_args(hint)]:
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                yield from _tables(inner)


def test_every_number_of_every_table_has_its_range() -> None:
    numbers = {
        field.name
        for table in _tables(Policy)
        for field in msgspec.structs.fields(table)
        if field.type in (int, float, float | None)
    }
    assert numbers == RANGES.keys()


def test_every_default_is_in_its_range() -> None:
    for table in _tables(Policy):
        for field in msgspec.structs.fields(table):
            if field.type in (int, float) and field.default is not msgspec.NODEFAULT:
                low, high = RANGES[field.name]
                assert low <= field.default <= high
