"""Plates are invented in their countries' formats and drawn so that they can be told apart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from roadwitness.simulator.plates import FORMATS, Plate, invent_plate, plate_texture

SYNTAX = {
    "DE": r"[A-Z]{1,3} [A-Z]{2} \d{3,4}",
    "FR": r"[A-Z]{2}-\d{3}-[A-Z]{2}",
    "GB": r"[A-Z]{2}\d{2} [A-Z]{3}",
    "NL": r"[A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d",
    "PL": r"[A-Z]{2} (\d{4}[A-Z]|\d{3}[A-Z]{2})",
    "ES": r"\d{4} [BCDFGHJKLMNPRSTVWXYZ]{3}",
    "US": r"[A-Z]{3} \d{4}|\d[A-Z]{3}\d{3}",
    "RU": r"[ABEKMHPCTYX]\d{3}[ABEKMHPCTYX]{2} \d{2}",
}


@pytest.mark.parametrize("country", FORMATS)
def test_a_plate_has_its_countrys_syntax(country: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        assert re.fullmatch(SYNTAX[country], invent_plate(rng, country).display)


@pytest.mark.parametrize("country", FORMATS)
def test_no_plate_has_letters_that_look_like_digits(country: str) -> None:
    rng = np.random.default_rng(2)
    serials = "".join(invent_plate(rng, country).display for _ in range(60))
    assert not set("IOQ") & set(serials)


def test_the_normalised_plate_has_no_hyphens_or_spaces() -> None:
    assert Plate("FR", "AB-123-CD").text == "AB123CD"
    assert Plate("RU", "B725XK 116").text == "B725XK116"


@pytest.mark.parametrize("country", FORMATS)
def test_two_plates_look_different_and_have_contrast(country: str) -> None:
    rng = np.random.default_rng(3)
    first, second = (plate_texture(invent_plate(rng, country)).astype(int) for _ in range(2))
    assert np.abs(first - second).mean() > 3
    assert np.percentile(first, 95) - np.percentile(first, 2) > 120
