"""Which lamps of a signal head are lit in one frame.

The head's region is set by hand and brought to a standard size, one square cell a lamp. A lamp is lit if its
place in the housing is much brighter than the housing's dark parts, in the lamp's own colour, centred where
the lamp is. Anything in between (the sun on all lenses, a lorry in front, a neighbour's glow that cannot be
told from a lamp) is no answer: later frames will give one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.lampview import CELL, HeadView
from detectors.letterbox import Image
from streams.messages import Box

Floats = NDArray[np.float32]
Layout = Literal["vertical", "horizontal"]

LAMPS = ("red", "amber", "green")
#: Hues in degrees, from and to. Neighbours overlap (tired red LEDs, orange amber): the place decides there.
_HUES = {"red": (-38.0, 24.0), "amber": (12.0, 72.0), "green": (85.0, 205.0)}
#: What a signal may show at once; all else is glare, a fault, or something in front of it.
_STATES = {
    frozenset({"red"}): "red",
    frozenset({"red", "amber"}): "red_amber",
    frozenset({"amber"}): "amber",
    frozenset({"green"}): "green",
    frozenset[str](): "dark",
}


@dataclass(frozen=True)
class SignalHead:
    """A signal head in the picture. ``region`` (px) is the dark body that its lamps share evenly.

    ``lamps`` are their colours from the top, or from the left where the layout is horizontal.
    """

    signal_id: str
    region: Box
    lamps: tuple[str, ...] = LAMPS
    layout: Layout = "vertical"

    def __post_init__(self) -> None:
        if len(self.lamps) < 2 or len(set(self.lamps)) < len(self.lamps) or set(self.lamps) - set(LAMPS):
            raise ValueError(f"the lamps of {self.signal_id} must be two or three of {', '.join(LAMPS)}")


@dataclass(frozen=True)
class LampLook:
    """What one frame shows of a head: ``state`` as in :class:`LampPhase`, None where it cannot be told.

    ``dark`` says that no lamp is lit in this frame, which may be the pulsing of LEDs. ``why`` says in a word
    or two why there is no state.
    """

    captured_at_ns: int
    state: str | None
    why: str = ""


@dataclass(frozen=True)
class LampSettings:
    """From when on light is a lamp. Brightness is the largest colour channel, 0 to 255.

    ``least_contrast`` is against the housing's dark parts, which are at most ``darkest_part`` as bright as
    the lamp; ``least_colour`` is the spread of the channels. Lamps are compared with one another in linear
    light: a lamp has at least ``lit_part`` of the light and colour of the strongest, below ``unlit_part`` it
    is off, and between the two there is doubt; a grey shine may be up to ``grey_part``. ``off_centre`` is
    how far from its lamp's middle light may lie, in cells. A housing without a lamp that is brighter than
    ``washed_out`` is not dark but overexposed.
    """

    least_contrast: float = 35.0
    least_colour: float = 30.0
    lit_part: float = 0.45
    unlit_part: float = 0.3
    grey_part: float = 0.5
    darkest_part: float = 0.7
    washed_out: float = 110.0
    off_centre: float = 0.34


class LampReader:
    """Reads one signal head frame by frame; it knows how the housing looks, to notice shake and lorries."""

    def __init__(self, head: SignalHead, settings: LampSettings | None = None) -> None:
        self.head = head
        self._settings = settings or LampSettings()
        self._view = HeadView(head.region, len(head.lamps), head.layout == "vertical")
        self._latest: tuple[Image, tuple[str | None, str]] | None = None

    def look(self, image: Image, captured_at_ns: int) -> LampLook:
        """What ``image`` (H, W, 3), BGR, shows of the head."""
        window = self._view.window(image)
        # Most frames show what one before them showed, and need no closer look.
        if self._latest is not None and self._view.is_unchanged(window, self._latest[0]):
            return LampLook(captured_at_ns, *self._latest[1])
        body = self._view.body(window, captured_at_ns)
        if body is None:
            self._latest = None
            return LampLook(captured_at_ns, None, self._view.why)
        shown = read_body(body, self.head.lamps, self._settings)
        self._latest = (window, shown)
        return LampLook(captured_at_ns, *shown)


#: Grey levels as linear light, 0 to 255: lamps differ more from a shine on a lens than grey levels tell.
_LINEAR = (255.0 * (np.arange(256) / 255.0) ** 2.2).astype(np.float32)
_Y, _X = np.mgrid[:CELL, :CELL] - (CELL - 1) / 2
_DISC = np.flatnonzero((_Y**2 + _X**2 <= (CELL / 2) ** 2).ravel())
#: A lamp's light fills at least this part of its cell; an arrow fills no more.
_TOP = round(0.3 * len(_DISC))


def read_body(body: Image, lamps: tuple[str, ...], settings: LampSettings) -> tuple[str | None, str]:
    """The state that a housing shows, (CELL * lamps, CELL, 3), BGR, and if there is none, why."""
    count = len(lamps)
    bright = body.max(axis=2)
    cells = body.reshape(count, CELL * CELL, 3)[:, _DISC]
    value = cells.max(axis=2)
    dark = float(np.partition(bright.ravel(), bright.size // 10)[bright.size // 10])
    best = float(_mean_of_top(value).max())
    if best - dark < settings.least_contrast:
        return (None, "washed out") if dark > settings.washed_out else ("dark", "")
    if dark > settings.darkest_part * best:
        return None, "the housing is not dark"
    light = _mean_of_top(_LINEAR[value]) - _LINEAR[int(dark)]
    bar = dark + 0.4 * (_mean_of_top(value) - dark)
    lifted = np.where((value > bar[:, None])[..., None], cells - cells.min(axis=2, keepdims=True), 0)
    strength = _mean_of_top(lifted.max(axis=2))
    colour = _mean_of_top(np.where(value > bar[:, None], _LINEAR[value] - _LINEAR[cells.min(axis=2)], 0))
    hues = _hues(lifted.sum(axis=1, dtype=np.float32))
    own = np.where([_in(lamp, hue) for lamp, hue in zip(lamps, hues, strict=True)], colour, 0.0)
    profile = np.sort(bright, axis=1)[:, -4:].mean(axis=1) - dark
    lit: list[int] = []
    # Saturated cells are alike at their brightest, so their whole light says which one is the lamp's.
    for i in map(int, np.argsort(-value.mean(axis=1, dtype=np.float32))):
        faint = light[i] < settings.unlit_part * light.max()
        if faint and own[i] < settings.unlit_part * own.max():
            continue
        if any(abs(i - j) == 1 and _glows(profile, i, j) for j in lit):
            continue
        is_lit = light[i] >= settings.lit_part * light.max() and own[i] >= settings.lit_part * own.max()
        if is_lit and strength[i] >= settings.least_colour:
            if _off_centre(bright, dark, best - dark, i) > settings.off_centre:
                return None, f"the light at {lamps[i]} is not where the lamp is"
            lit.append(i)
        elif light[i] >= settings.grey_part * light.max() or own[i] >= settings.unlit_part * own.max():
            return None, f"the light at {lamps[i]} is no lamp"
    shown = [lamps[i] for i in sorted(lit)]
    state = _STATES.get(frozenset(shown))
    return state, "" if state else f"{' and '.join(shown)} at once"


def _mean_of_top(values: Floats | Image) -> Floats:
    """Of each row the mean of its largest values."""
    return np.asarray(
        np.partition(values, -_TOP, axis=1)[:, -_TOP:].mean(axis=1, dtype=np.float32), np.float32
    )


def _in(lamp: str, hue: float) -> bool:
    low, high = _HUES[lamp]
    return low <= hue <= high or low <= hue - 360.0 <= high


def _hues(bgr: Floats) -> Floats:
    """The hues (N,) of colours (N, 3), 0 to 360 degrees (red 0, yellow 60, green 120)."""
    scaled = bgr / np.maximum(bgr.max(axis=1, keepdims=True), 1e-6)
    return np.asarray(cv2.cvtColor(scaled[None].astype(np.float32), cv2.COLOR_BGR2HSV)[0, :, 0], np.float32)


def _glows(profile: Floats, i: int, j: int) -> bool:
    """Whether the light at cell ``i`` is the glow of its lit neighbour ``j``: no valley lies between them."""
    middle, other = (cell * CELL + CELL // 2 for cell in (i, j))
    between = profile[other : middle - CELL // 4] if j < i else profile[middle + CELL // 4 : other]
    own = float(profile[middle - 1 : middle + 1].mean())
    return float(between.min()) >= 0.85 * own


def _off_centre(bright: Image, dark: float, contrast: float, i: int) -> float:
    """How far the middle of the light around cell ``i`` is from the cell's, in cells."""
    reach = CELL // 4
    first = max(0, i * CELL - reach)
    light = np.maximum(bright[first : (i + 1) * CELL + reach] - (dark + 0.5 * contrast), 0.0)
    total = light.sum()
    if total <= 0:
        return 0.0
    y = float((light.sum(axis=1) * np.arange(first, first + len(light))).sum() / total)
    x = float((light.sum(axis=0) * np.arange(CELL)).sum() / total)
    middle = (CELL - 1) / 2
    return float(np.hypot(y - i * CELL - middle, x - middle)) / CELL
