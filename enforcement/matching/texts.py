"""What a reading may say: the likeliest texts of a lattice, and everything one error away from a text."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from enforcement.grammars.alphabet import CHARACTERS, LATIN_SIZE
from enforcement.grammars.lattice import Optics

#: Plates are compared by the first bytes of their UTF-8; no plate has more.
PLATE_BYTES = 16
MOST_TEXTS = 48
#: Of a place, a character this much less likely than the best is left to the search one error away.
_LEAST_OF_A_PLACE = 1e-3
_LEAST_PART = 1e-5
_LATIN = CHARACTERS[:LATIN_SIZE].encode()

Plates = NDArray[np.bytes_]


def likely_texts(seen: Optics, most: int = MOST_TEXTS) -> list[str]:
    """The likeliest texts that a reader's lattice allows, by its own probabilities, best first."""
    texts = {"": 1.0}
    for row, empty in zip(seen.named, seen.empty.tolist(), strict=True):
        least = _LEAST_OF_A_PLACE * max(float(row.max()), empty)
        columns = (row > least).nonzero()[0]
        shown = list(zip((CHARACTERS[c] for c in columns), row[columns].tolist(), strict=True))
        if empty > least:
            shown.append(("", empty))
        if len(shown) == 1:
            [(character, share)] = shown
            texts = {text + character: probability * share for text, probability in texts.items()}
            continue
        longer: dict[str, float] = {}
        for text, probability in texts.items():
            for character, share in shown:
                longer[text + character] = longer.get(text + character, 0.0) + probability * share
        best = sorted(longer.items(), key=lambda item: (-item[1], item[0]))[:most]
        texts = {text: probability for text, probability in best if probability >= best[0][1] * _LEAST_PART}
    return [text for text in sorted(texts, key=lambda text: (-texts[text], text)) if text]


def plates_of(texts: list[str]) -> Plates:
    """Texts as an array of bytes, ``PLATE_BYTES`` each."""
    return np.array([text.encode()[:PLATE_BYTES] for text in texts], dtype=f"S{PLATE_BYTES}")


def neighbours_of(text: str) -> Plates:
    """The texts with one Latin character other, more or less than ``text``, which is among them.

    What stands in front and is not Latin, as a Chinese province, stays as it is.
    """
    written = text.encode()[: PLATE_BYTES - 1]
    front = sum(byte >= 0x80 for byte in written)
    # What a neighbour is made of: nothing, the text's own bytes, the Latin characters.
    pool = np.frombuffer(b"\0" + written + _LATIN, dtype=np.uint8)
    return pool[_picks(len(written), front)].view(f"S{PLATE_BYTES}").ravel()


@cache
def _picks(length: int, front: int) -> NDArray[np.intp]:
    """For each neighbour of a text so long, what of the pool stands at each place, shape (n, PLATE_BYTES)."""
    own = np.arange(1, length + 1)
    latin = length + 1 + np.arange(LATIN_SIZE)
    found = []
    for place in range(front, length + 1):
        for character in latin:
            found.append([*own[:place], character, *own[place:]])
            if place < length:
                found.append([*own[:place], character, *own[place + 1 :]])
        if place < length:
            found.append([*own[:place], *own[place + 1 :]])
    picks = np.zeros((len(found), PLATE_BYTES), dtype=np.intp)
    for row, places in zip(picks, found, strict=True):
        row[: len(places)] = places
    return picks
