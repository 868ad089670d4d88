"""Figures as high as the characters between which they stand, and as dark: what is easily read as one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

#: A picture of 96 by 96 px: three channels of colour (BGR), or one of ink.
Sticker = NDArray[np.uint8]
Draw = Callable[[np.random.Generator, Sticker, Sticker], None]


def colour_of(rng: np.random.Generator, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    """A random BGR colour, each channel from ``low`` to ``high``."""
    blue, green, red = (int(low + (high - low) * value) for value in rng.random(3))
    return blue, green, red


def _rider(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A horse that stands on its forelegs and its rider: as dark, as high and as slender as characters."""
    colour[:] = colour_of(rng, 0, 60)
    rump, neck = (int(26 + 8 * rng.random()), int(34 + 8 * rng.random())), (62, int(54 + 8 * rng.random()))
    cv2.line(alpha, rump, neck, 255, int(16 + 6 * rng.random()), cv2.LINE_AA)
    cv2.line(alpha, neck, (74, int(66 + 14 * rng.random())), 255, 10, cv2.LINE_AA)
    for end in ((10, 12), (20, 66), (58, 93), (68, 91)):
        start = rump if end[0] < 40 else neck
        cv2.line(alpha, start, (int(end[0] + 10 * (rng.random() - 0.5)), end[1]), 255, 7, cv2.LINE_AA)
    seat = ((rump[0] + neck[0]) // 2, (rump[1] + neck[1]) // 2)
    head = (int(seat[0] + 14 * (rng.random() - 0.3)), int(12 + 6 * rng.random()))
    cv2.line(alpha, seat, head, 255, 10, cv2.LINE_AA)
    cv2.circle(alpha, head, 7, 255, -1, cv2.LINE_AA)
    cv2.line(
        alpha, (head[0], head[1] + 12), (int(head[0] + 34 * (rng.random() - 0.4)), 6), 255, 5, cv2.LINE_AA
    )


def _badge(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A service's cross or shield, drawn in a line, with a letter or two inside."""
    colour[:] = colour_of(rng, 0, 120)
    thick = int(3 + 3 * rng.random())
    corners = ((6, 10), (38, 30), (6, 86), (38, 66), (90, 10), (58, 30), (90, 86), (58, 66))
    if rng.random() < 0.6:
        order = (0, 1, 5, 4, 6, 7, 3, 2)
        cv2.polylines(alpha, [np.array([corners[k] for k in order], np.int32)], True, 255, thick, cv2.LINE_AA)
    else:
        cv2.rectangle(alpha, (14, 6), (82, 90), 255, thick)
    cv2.circle(alpha, (48, 48), int(14 + 12 * rng.random()), 255, thick, cv2.LINE_AA)
    letter = "FDEMSPAR"[int(rng.random() * 8)]
    cv2.putText(alpha, letter, (38, 58), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, thick, cv2.LINE_AA)


def _rays(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A ring with four bundles of rays, as large as a character."""
    colour[:] = colour_of(rng, 0, 230)
    thick = int(4 + 2 * rng.random())
    for shift, end in ((-10, 12), (-3, 4), (4, 4), (11, 12)):
        for low, high in ((end, 30), (66, 96 - end)):
            cv2.line(alpha, (48 + shift, low), (48 + shift, high), 255, thick - 1)
            cv2.line(alpha, (low, 48 + shift), (high, 48 + shift), 255, thick - 1)
    cv2.circle(alpha, (48, 48), 17, 255, -1, cv2.LINE_AA)
    cv2.circle(colour, (48, 48), 14, colour_of(rng), -1, cv2.LINE_AA)


def _anniversary(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """A panel with one or two large figures or letters, which are no part of the number."""
    tint = colour_of(rng, 0, 255)
    colour[:] = tint
    ink = (20, 20, 20) if sum(tint) > 380 else (235, 235, 235)
    solid = rng.random() < 0.6
    if solid:
        cv2.rectangle(alpha, (4, 2), (92, 94), 255, -1)
    text = "".join("0123456789ABEFHLMRSTU"[int(rng.random() * 21)] for _ in range(1 + int(2 * rng.random())))
    face = (cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_DUPLEX)[int(rng.random() * 2)]
    size, thick = (2.6 if len(text) == 1 else 1.8), int(4 + 5 * rng.random())
    (width, tall), _ = cv2.getTextSize(text, face, size, thick)
    place = (48 - width // 2, int((48 if rng.random() < 0.5 else 60) + tall / 2))
    cv2.putText(
        colour if solid else alpha, text, place, face, size, ink if solid else 255, thick, cv2.LINE_AA
    )


def _divider(rng: np.random.Generator, colour: Sticker, alpha: Sticker) -> None:
    """The line that parts a region's code from the number, easily taken for a 1."""
    colour[:] = colour_of(rng, 10, 60)
    alpha[:] = 255


#: What can be drawn, by name.
FIGURES: dict[str, Draw] = {
    "rider": _rider,
    "badge": _badge,
    "rays": _rays,
    "anniversary": _anniversary,
    "divider": _divider,
}
