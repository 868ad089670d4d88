"""Invented keepers: a register that knows nearly all plates of the scene, many others, and near misses."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadwitness.simulator.looks import PAINTS
from roadwitness.simulator.plates import DIGITS, FORMATS, LETTERS, invent_plate
from roadwitness.simulator.trips import Moving

FIRST = (
    "Ada",
    "Bela",
    "Cato",
    "Dunja",
    "Emre",
    "Fenna",
    "Goran",
    "Hedda",
    "Ilja",
    "Jonna",
    "Kofi",
    "Liv",
    "Mirko",
    "Nour",
    "Oda",
    "Pavel",
    "Quirin",
    "Runa",
    "Sefa",
    "Tilo",
)
LAST = (
    "Abendrot",
    "Birkhain",
    "Castellano",
    "Dahlgren",
    "Eikenboom",
    "Fabrikant",
    "Grünwasser",
    "Holmström",
    "Iwanetz",
    "Juncal",
    "Kowalczuk",
    "Lindqvist",
    "Moerdijk",
    "Nachtigall",
    "Okonjo",
    "Petit-Bois",
    "Quintero",
    "Rosenzweig",
    "Steenkamp",
    "Tannhof",
)
STREETS = (
    "Example Street",
    "Sample Lane",
    "Invented Road",
    "Model Square",
    "Fiction Avenue",
    "Placeholder Way",
)
TOWNS = ("Testford", "Musterstadt", "Villefictive", "Voorbeelddam", "Przykładowo", "Pruebas")
MAKES = ("Arden", "Borealis", "Corvano", "Delphin", "Elbe Motor", "Faro")
HEADER = ("plate", "keeper_id", "keeper_name", "keeper_address", "vehicle_class", "make", "colour")
DECOYS = 200
NEAR_MISSES_A_VEHICLE = 2


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register, in the order of ``HEADER``."""

    plate: str
    keeper_id: str
    keeper_name: str
    keeper_address: str
    vehicle_class: str
    make: str
    colour: str


def near_miss(plate: str, rng: np.random.Generator) -> str:
    """``plate`` with one character changed to another of its kind."""
    place = int(rng.integers(len(plate)))
    alphabet = DIGITS if plate[place].isdigit() else LETTERS
    return plate[:place] + str(rng.choice([c for c in alphabet if c != plate[place]])) + plate[place + 1 :]


def invent_register(drives: Sequence[Moving], unregistered: frozenset[str], seed: int) -> list[RegisterRow]:
    """Rows in random order, without the ``unregistered`` vehicle ids; no decoy has a driven plate."""
    rng = np.random.default_rng([seed, 3])
    driven = {drive.plate.text for drive in drives}
    known = {d.plate.text: (d.model.label, d.look.colour) for d in drives if d.vehicle_id not in unregistered}
    for drive in drives:
        for _ in range(NEAR_MISSES_A_VEHICLE):
            missed = near_miss(drive.plate.text, rng)
            if missed not in driven:
                known[missed] = (drive.model.label, drive.look.colour)
    wanted = len(driven) - len(unregistered) + DECOYS
    while len(known) < wanted:
        other = invent_plate(rng, str(rng.choice(list(FORMATS)))).text
        if other not in driven:
            known[other] = ("car", str(rng.choice(list(PAINTS))))
    order = rng.permutation(sorted(known))
    rows = []
    for number, plate in enumerate(order):
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        address = f"{rng.choice(STREETS)} {int(rng.integers(1, 180))}, {rng.choice(TOWNS)}"
        label, colour = known[str(plate)]
        rows.append(
            RegisterRow(
                str(plate), f"K{100001 + number}", name, address, label, str(rng.choice(MAKES)), colour
            )
        )
    return rows


def save_register(path: Path, rows: Sequence[RegisterRow]) -> None:
    """Write the register as CSV, UTF-8."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([getattr(row, name) for name in HEADER] for row in rows)
