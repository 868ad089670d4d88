"""``roadwitness formats``: which plate formats a text fits."""

from __future__ import annotations

from tests.roadwitness.in_process import CommandLine


def test_a_plate_is_told_with_its_probabilities(command_line: CommandLine) -> None:
    done = command_line("formats", "CJ-10-ABC", "--place", "RO=0.9", "--place", "any=0.1")
    assert done.code == 0
    first, *others = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert first[0] == "CJ10ABC"
    assert float(first[1]) > 0.99
    assert first[2:] == ["RO", "Romania", "a county, two digits and three letters"]
    assert others[-1][3] == "no known format"


def test_the_probabilities_of_a_plate_sum_to_one(command_line: CommandLine) -> None:
    done = command_line("formats", "AB123CD")
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert abs(sum(float(line[1]) for line in lines) - 1.0) < 0.01
    assert any(line[3].endswith(" other formats") for line in lines)


def test_what_fits_nothing_is_of_no_known_format(command_line: CommandLine) -> None:
    done = command_line("formats", "CJ1OABC", "--place", "RO")
    assert done.stdout.decode() == "CJ1OABC\t1.000\t\tno known format\t\n"


def test_a_place_without_formats_is_named(command_line: CommandLine) -> None:
    assert "no plate formats are known for 'QQ'" in command_line.fail("formats", "AB123", "--place", "QQ")
