"""What a reading may say: the likeliest texts of a lattice, and everything one error away from a text."""

from __future__ import annotations

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
_LATIN = np.frombuffer(CHARACTERS[:LATIN_SIZE].encode(), dtype=np.uint8)

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
    places = range(front, len(written))
    base = np.zeros(PLATE_BYTES, dtype=np.uint8)
    base[: len(written)] = np.frombuffer(written, dtype=np.uint8)
    found = []
    for place in places:
        other = np.tile(base, (LATIN_SIZE, 1))
        other[:, place] = _LATIN
        fewer = np.append(np.delete(base, place), np.uint8(0))
        found += [other, fewer[None, :]]
    for place in (*places, len(written)):
        more = np.tile(np.concatenate([base[:place], _LATIN[:1], base[place:-1]]), (LATIN_SIZE, 1))
        more[:, place] = _LATIN
        found.append(more)
    return np.ascontiguousarray(np.concatenate(found)).view(f"S{PLATE_BYTES}").ravel()
