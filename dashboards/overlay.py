"""What is drawn over the evidence picture: boxes, track and speed label, and the three views of it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.formatting import measured
from streams.messages import Box, EvidenceReference, Passage

#: How much wider than its subject a view is.
_VEHICLE_MARGIN = 1.5
_PLATE_MARGIN = 2.6


@dataclass(frozen=True)
class View:
    """A part of the picture that can be looked at, in its pixels; the picture's own proportions."""

    name: str
    label: str
    x: float
    y: float
    w: float
    h: float

    @property
    def view_box(self) -> str:
        """The value of the SVG attribute ``viewBox``."""
        return f"{self.x:.1f} {self.y:.1f} {self.w:.1f} {self.h:.1f}"

    @property
    def label_size(self) -> float:
        """Size of the speed label (px of the picture), so that it looks the same in every view."""
        return self.w / 52


@dataclass(frozen=True)
class Overlay:
    """Everything in pixels of the evidence picture, ``width`` x ``height``."""

    digest: str
    width: int
    height: int
    views: tuple[View, ...]
    vehicle: Box | None
    plate: Box | None
    track: tuple[tuple[float, float], ...]
    here: tuple[float, float] | None
    label: str

    @property
    def polyline(self) -> str:
        """The value of the SVG attribute ``points``."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.track)


def best_frame(passage: Passage) -> EvidenceReference | None:
    """The frame to show: one on which the read agrees with the plate, else the first; never a sealed one."""
    frames = [piece for piece in passage.evidence if piece.kind == "frame" and not piece.sealed]
    text = passage.plate.text if passage.plate else None
    return next(
        (frame for frame in frames if text and frame.plate_text == text), frames[0] if frames else None
    )


def plate_crop(passage: Passage, frame: EvidenceReference | None) -> EvidenceReference | None:
    """The plate crop cut from ``frame``, else the first one: a crop is only shown as what it is."""
    crops = [piece for piece in passage.evidence if piece.kind == "plate" and not piece.sealed]
    same = (crop for crop in crops if frame is not None and crop.captured_at_ns == frame.captured_at_ns)
    return next(same, crops[0] if crops else None)


def build_overlay(passage: Passage, frame: EvidenceReference, *, own: bool = True) -> Overlay:
    """Lay the passage over one of its frames; over another camera's (``own`` False) its track is not laid."""
    width, height = frame.width_px, frame.height_px
    vehicle, plate = frame.vehicle_box, frame.plate_box
    views = [View("frame", "Whole picture", 0, 0, width, height)]
    if vehicle is not None:
        views.append(_around("vehicle", "Vehicle", vehicle, _VEHICLE_MARGIN, width, height))
    if plate is not None:
        views.append(_around("plate", "Plate", plate, _PLATE_MARGIN, width, height))
    track = passage.track if own else ()
    nearest = min(track, key=lambda point: abs(point.captured_at_ns - frame.captured_at_ns), default=None)
    return Overlay(
        digest=frame.digest,
        width=width,
        height=height,
        views=tuple(views),
        vehicle=vehicle,
        plate=plate,
        track=tuple((point.x_px, point.y_px) for point in track),
        here=(nearest.x_px, nearest.y_px) if nearest else None,
        label=_label(passage) if own else passage.vehicle,
    )


def _around(name: str, label: str, box: Box, margin: float, width: int, height: int) -> View:
    """A view of the picture's proportions that holds ``box`` with a margin, kept inside the picture."""
    wide = min(width, max(box.w * margin, box.h * margin * width / height))
    high = wide * height / width
    x = min(max(0.0, box.x + box.w / 2 - wide / 2), width - wide)
    y = min(max(0.0, box.y + box.h / 2 - high / 2), height - high)
    return View(name, label, x, y, wide, high)


def _label(passage: Passage) -> str:
    speed = passage.speed.speed_kmh
    return f"{passage.vehicle} · " + ("speed void" if speed is None else f"{measured(speed)} km/h")
