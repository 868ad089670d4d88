"""Following vehicles from frame to frame: one vehicle, one track.

ByteTrack (Zhang et al., arXiv 2110.06864), as `trackers` implements it, does the association. Two things
that it does not know are put right after: a track that goes on where a lost one would be by now is the lost
one, and a track that begins on a vehicle already followed is a part of it (the load of a lorry whose cab is
found alone).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker

from detectors.boxes import containment, iou_matrix, to_box, to_xyxy
from detectors.frames import Frame
from detectors.yolo import Detection
from streams.messages import Box


@dataclass(frozen=True)
class TrackerSettings:
    """How vehicles are followed. Overlaps are intersection over union unless said otherwise."""

    nominal_fps: float = 25.0
    start_confidence: float = 0.45
    keep_confidence: float = 0.15
    least_overlap: float = 0.15
    lost_after_s: float = 1.0
    stitch_overlap: float = 0.3
    part_inside: float = 0.7
    part_width: float = 0.6
    history: int = 12


@dataclass(frozen=True)
class TrackedVehicle:
    """Where one vehicle is in one frame. ``box`` is in pixels; ``confidence`` is the detector's, 0 to 1.

    ``part`` says that only a part of it may have been found (a lorry's load): no place to measure at.
    """

    track_id: int
    box: Box
    label: str
    confidence: float
    part: bool = False


@dataclass
class _Recent:
    seen: deque[tuple[float, Box]]
    tallest: float = 0.0

    def expected(self, at_s: float) -> Box:
        """The box at ``at_s`` if the vehicle goes on as it did.

        Foot and size are extrapolated by the medians of the slopes (Theil and Sen), because one box of a part
        of the vehicle must not turn its way.
        """
        times = np.array([moment for moment, _ in self.seen])
        if len(times) < 3:
            return self.seen[-1][1]
        values = np.array([(b.x + b.w / 2, b.y + b.h, b.w, b.h) for _, b in self.seen])
        one, two = np.triu_indices(len(times), 1)
        slope = np.median((values[two] - values[one]) / (times[two] - times[one])[:, None], axis=0)
        level = np.median(values - slope * (times - at_s)[:, None], axis=0)
        middle, bottom, width, height = (float(value) for value in level)
        width, height = max(width, 1.0), max(height, 1.0)
        return Box(middle - width / 2, bottom - height, width, height)

    def reach(self, at_s: float) -> Box:
        """What the whole vehicle covers at ``at_s``, by the tallest shape that it was ever seen in."""
        box = self.expected(at_s)
        height = max(box.h, box.w * self.tallest)
        return Box(box.x, box.y + box.h - height, box.w, height)


class VehicleTracker:
    """Gives detections of successive frames of one camera the ids of the vehicles that they show."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        s = self._settings
        self._tracker = ByteTrackTracker(
            lost_track_buffer=max(1, round(s.lost_after_s * 30)),
            frame_rate=s.nominal_fps,
            track_activation_threshold=s.start_confidence,
            high_conf_det_threshold=s.start_confidence,
            minimum_iou_threshold=s.least_overlap,
            minimum_consecutive_frames=2,
        )
        self._recent: dict[int, _Recent] = {}
        self._same: dict[int, int] = {}
        self._part_of: set[int] = set()
        self._latest: list[TrackedVehicle] = []
        self._first_ns: int | None = None

    def update(self, frame: Frame, detections: Sequence[Detection]) -> list[TrackedVehicle]:
        """The vehicles of ``frame`` that are being followed, by ascending ``track_id``.

        A vehicle is reported from the second frame on in which it is found. Frames must come in the order of
        their times.
        """
        if self._first_ns is None:
            self._first_ns = frame.captured_at_ns
        # Seconds since the first frame: a float holds no nanoseconds since the epoch.
        now_s = (frame.captured_at_ns - self._first_ns) * 1e-9
        kept = [d for d in detections if d.confidence >= self._settings.keep_confidence]
        tracked = self._tracker.update(_as_supervision(kept), timestamp=now_s)
        ids: Sequence[int] = [] if tracked.tracker_id is None else tracked.tracker_id.tolist()
        found = {
            int(i): kept[int(n)] for i, n in zip(ids, tracked.data.get("index", []), strict=True) if i >= 0
        }
        height, width = frame.image.shape[:2]
        pieces: dict[int, list[Detection]] = {}
        for raw_id in sorted(found):
            if raw_id not in self._same:
                self._adopt(raw_id, found[raw_id].box, now_s, {self._same.get(i, i) for i in found})
            pieces.setdefault(self._same[raw_id], []).append(found[raw_id])
        parted = {self._same[raw_id] for raw_id in self._part_of}
        present = {i: _together(i, found_as, i in parted) for i, found_as in pieces.items()}
        for track_id, vehicle in present.items():
            recent = self._recent.setdefault(track_id, _Recent(deque(maxlen=self._settings.history)))
            recent.seen.append((now_s, vehicle.box))
            if not vehicle.part and not clipped(vehicle.box, width, height):
                recent.tallest = max(recent.tallest, vehicle.box.h / vehicle.box.w)
        self._forget(now_s)
        self._latest = [present[track_id] for track_id in sorted(present)]
        return list(self._latest)

    def between(self, captured_at_ns: int) -> list[TrackedVehicle]:
        """Where the vehicles of the latest update are at a time shortly after it, if they go on as they did.

        Good for taking a picture of them, never for measuring. Who was seen once only is left out.
        """
        now_s = (captured_at_ns - (self._first_ns or captured_at_ns)) * 1e-9
        moved = []
        for vehicle in self._latest:
            recent = self._recent.get(vehicle.track_id)
            if recent is not None and len(recent.seen) >= 2:
                moved.append(replace(vehicle, box=_carried_on(recent.seen[-2], recent.seen[-1], now_s)))
        return moved

    def _adopt(self, raw_id: int, box: Box, now_s: float, taken: set[int]) -> None:
        """Settle whether a new track of ByteTrack's is a new vehicle, a lost one or a part of one."""
        whole = self._whole_of(box, now_s, taken)
        if whole is not None:
            self._part_of.add(raw_id)
            self._same[raw_id] = whole
        else:
            self._same[raw_id] = self._continued(raw_id, box, now_s, taken)

    def _whole_of(self, box: Box, now_s: float, taken: set[int]) -> int | None:
        limits = self._settings
        for track_id in sorted(taken & self._recent.keys()):
            reach = self._recent[track_id].reach(now_s)
            inside = float(containment(to_xyxy([box]), to_xyxy([reach]))[0, 0])
            if inside >= limits.part_inside and box.w >= limits.part_width * reach.w:
                return track_id
        return None

    def _continued(self, raw_id: int, box: Box, now_s: float, taken: set[int]) -> int:
        best_id, best = raw_id, self._settings.stitch_overlap
        for track_id, recent in self._recent.items():
            if track_id in taken:
                continue
            found = _overlap(recent.expected(now_s), box)
            if found > best:
                best_id, best = track_id, found
        return best_id

    def _forget(self, now_s: float) -> None:
        gone = [i for i, r in self._recent.items() if now_s - r.seen[-1][0] > self._settings.lost_after_s]
        for track_id in gone:
            del self._recent[track_id]
        if gone:
            self._same = {raw: i for raw, i in self._same.items() if i not in set(gone)}
            self._part_of &= self._same.keys()


def _carried_on(one: tuple[float, Box], two: tuple[float, Box], at_s: float) -> Box:
    part = (at_s - two[0]) / (two[0] - one[0])
    before, after = one[1], two[1]
    width, height = (
        max(1.0, now + part * (now - then)) for then, now in ((before.w, after.w), (before.h, after.h))
    )
    return Box(after.x + part * (after.x - before.x), after.y + part * (after.y - before.y), width, height)


def _together(track_id: int, pieces: Sequence[Detection], parted: bool) -> TrackedVehicle:
    """One vehicle from the pieces that were found of it in one frame; a lone piece of several is a part."""
    surest = max(pieces, key=lambda d: d.confidence)
    edges = to_xyxy([d.box for d in pieces])
    box = (
        to_box(np.concatenate([edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)])) if parted else surest.box
    )
    return TrackedVehicle(track_id, box, surest.label, surest.confidence, parted and len(pieces) == 1)


def clipped(box: Box, width_px: int, height_px: int, border_px: float = 3.0) -> bool:
    """Whether ``box`` reaches the picture's border at the left, right or bottom.

    Then its foot and plate may be outside, or not where the box says. The top does not matter for either.
    """
    return (
        box.x <= border_px or box.x + box.w >= width_px - border_px or box.y + box.h >= height_px - border_px
    )


def _overlap(one: Box, two: Box) -> float:
    return float(iou_matrix(to_xyxy([one]), to_xyxy([two]))[0, 0])


def _as_supervision(detections: Sequence[Detection]) -> sv.Detections:
    if not detections:
        return sv.Detections(
            xyxy=np.empty((0, 4), dtype=np.float32),
            confidence=np.empty(0, dtype=np.float32),
            data={"index": np.empty(0, dtype=int)},
        )
    boxes = [(d.box.x, d.box.y, d.box.x + d.box.w, d.box.y + d.box.h) for d in detections]
    return sv.Detections(
        xyxy=np.array(boxes, dtype=np.float32),
        confidence=np.array([d.confidence for d in detections], dtype=np.float32),
        data={"index": np.arange(len(detections))},
    )
