"""The contract between the roadside and the centre: every message on the bus, typed and versioned.

Times are UTC nanoseconds since the Unix epoch. Boxes are pixels of the full camera frame. Road
coordinates are metres on the road plane of the camera's calibration. Unknown fields are ignored when
decoding, so a newer roadside unit can talk to an older centre.
"""

from __future__ import annotations

import msgspec

#: Raised with every change of a message: new fields have defaults, so that readers of all versions agree.
SCHEMA_VERSION = 3
#: Raised only when a reader of the one before would take a message for what it is not.
SCHEMA_MAJOR = 1


class Box(msgspec.Struct, frozen=True, gc=False):
    """An axis-aligned box in pixels of the full frame: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float


class TrackPoint(msgspec.Struct, frozen=True, gc=False):
    """Where the tracked point of a vehicle was: in the image (px) and, if calibrated, on the road (m).

    ``sigma_m`` is the standard uncertainty of the road position in its worse direction.
    """

    captured_at_ns: int
    x_px: float
    y_px: float
    x_m: float | None = None
    y_m: float | None = None
    sigma_m: float | None = None


class BudgetTerm(msgspec.Struct, frozen=True, gc=False):
    """One line of a speed's uncertainty budget: its standard uncertainty (k = 1) and where it comes from.

    ``kind`` is ``random`` (it would differ for the next vehicle) or ``systematic`` (it would not).
    """

    name: str
    standard_kmh: float
    kind: str
    why: str = ""


class SpeedMeasurement(msgspec.Struct, frozen=True):
    """A speed, or the reason why there is none. ``uncertainty_kmh`` is expanded, k = 2.

    ``speed_kmh`` is None exactly when ``void_reason`` is set: a void measurement is never a number. It holds
    at ``at_ns``, the middle of the measured base; ``uncertainty_kmh`` is twice the root of the sum of squares
    of the ``budget``. ``tracked`` says which point of the vehicle was followed, ``tracked_height_m`` how high
    above the road it is.
    """

    speed_kmh: float | None
    uncertainty_kmh: float | None = None
    void_reason: str | None = None
    base_m: float | None = None
    duration_s: float | None = None
    points: int = 0
    residual_m: float | None = None
    acceleration_ms2: float | None = None
    at_ns: int | None = None
    tracked: str | None = None
    tracked_height_m: float | None = None
    budget: tuple[BudgetTerm, ...] = ()


class CharacterCandidate(msgspec.Struct, frozen=True, gc=False):
    """One possibility for one position of a plate; an empty ``character`` says 'nothing stands here'."""

    character: str
    probability: float


class PlateRead(msgspec.Struct, frozen=True):
    """What the reader saw in one frame, before any consensus."""

    captured_at_ns: int
    text: str
    confidence: float
    characters: tuple[float, ...]
    box: Box


class PlateReading(msgspec.Struct, frozen=True):
    """The consensus over all reads of a track. ``text`` None means: unreadable, which is an answer.

    ``lattice`` holds, per position, the candidates with their combined probabilities, best first.
    """

    text: str | None
    confidence: float
    lattice: tuple[tuple[CharacterCandidate, ...], ...] = ()
    reads: tuple[PlateRead, ...] = ()


class EvidenceReference(msgspec.Struct, frozen=True):
    """Names one piece of evidence by the SHA-256 digest (hex) of its bytes.

    ``kind`` is one of ``frame`` (full frame, faces blurred), ``plate`` (plate crop), ``original`` (the
    unblurred frame, sealed to the authority's public key), ``driver`` (of that frame the glass of this
    vehicle alone, sealed by itself), ``before`` and ``after`` (the two positions that the law wants at a red
    light, faces blurred), ``clip`` (a few seconds, small, nobody to be known on any frame;
    ``captured_at_ns`` is its first one's time). ``plate_text`` is the read on this very frame, so that a
    picture cannot be put beside another frame's read.
    """

    kind: str
    digest: str
    media_type: str
    captured_at_ns: int
    width_px: int
    height_px: int
    vehicle_box: Box | None = None
    plate_box: Box | None = None
    plate_text: str | None = None
    sealed: bool = False


class LampPhase(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time in which a signal showed one state.

    ``state`` is ``red``, ``red_amber``, ``amber``, ``green``, ``flashing``, ``dark`` or ``unknown``.
    ``until_ns`` is the last moment at which the state is known to have held; ``uncertainty_ms`` (k = 2) holds
    for ``from_ns``, which may be earlier than the truth or later by that much. ``source`` is ``controller``
    or ``camera``.
    """

    signal_id: str
    state: str
    from_ns: int
    until_ns: int
    uncertainty_ms: float = 0.0
    source: str = "camera"


class LampChange(msgspec.Struct, frozen=True):
    """A signal changed, or still shows what it did. Topic ``signals``, key ``junction_id``."""

    junction_id: str
    signal_id: str
    state: str
    at_ns: int
    uncertainty_ms: float = 0.0
    source: str = "controller"
    camera_id: str | None = None
    schema_version: int = SCHEMA_VERSION


class DriverSign(msgspec.Struct, frozen=True):
    """Something that a witness saw of the driver; no witness comes with Roadwitness.

    ``offence`` is ``seat_belt`` (none is worn) or ``phone`` (in the hand); ``witness`` names who saw it.
    """

    offence: str
    probability: float
    captured_at_ns: int
    witness: str = ""


class Leader(msgspec.Struct, frozen=True):
    """The vehicle that drove ahead in the same lane, as the same camera saw it; it has no plate here.

    Its length is that of its class, as a passage's is; without ``length_sigma_m`` it is hardly known.
    """

    passage_id: str
    vehicle: str
    track: tuple[TrackPoint, ...]
    tracked_part: str = "unknown"
    length_m: float | None = None
    length_sigma_m: float = 0.0


class Passage(msgspec.Struct, frozen=True):
    """One vehicle that passed one camera, once. Topic ``passages``, key ``camera_id``.

    ``tracked_part`` is the part of the vehicle that ``track`` follows: ``front``, ``rear`` or ``unknown``;
    ``length_m`` is the vehicle's length as its class has it, with ``length_sigma_m`` (k = 1). ``lamps`` are
    the phases of the signals that the site's lines name, around the time of the passage. ``conditions`` are
    what the road's own signs showed, such as ``wet``. ``clock_sigma_ms`` (k = 1) is the uncertainty of this
    unit's wall clock, None where it is not known.
    """

    passage_id: str
    camera_id: str
    site_id: str
    vehicle: str
    vehicle_confidence: float
    started_at_ns: int
    ended_at_ns: int
    frames: int
    box: Box
    track: tuple[TrackPoint, ...]
    speed: SpeedMeasurement
    lane: str | None = None
    plate: PlateReading | None = None
    evidence: tuple[EvidenceReference, ...] = ()
    calibration_id: str | None = None
    models: dict[str, str] = {}
    tracked_part: str = "unknown"
    length_m: float | None = None
    length_sigma_m: float = 0.0
    lamps: tuple[LampPhase, ...] = ()
    leader: Leader | None = None
    conditions: tuple[str, ...] = ()
    clock_sigma_ms: float | None = None
    driver: tuple[DriverSign, ...] = ()
    schema_version: int = SCHEMA_VERSION


class EvidenceItem(msgspec.Struct, frozen=True):
    """The bytes of one piece of evidence. Topic ``evidence``, key ``digest``."""

    digest: str
    media_type: str
    sealed: bool
    passage_id: str
    camera_id: str
    content: bytes
    schema_version: int = SCHEMA_VERSION


class HealthEvent(msgspec.Struct, frozen=True):
    """Something about a unit that a person must know: ``kind`` such as ``camera-moved`` or ``clock-jump``."""

    kind: str
    at_ns: int
    detail: str


class Heartbeat(msgspec.Struct, frozen=True):
    """A roadside unit's health. Topic ``heartbeats``, key ``camera_id``.

    ``clock_offset_ms`` is how far the frames' timestamps have moved against the wall clock since the start;
    ``clock_drift_ppm`` how fast they do. None where there is no wall clock to compare with, as with a clip.
    ``spool_records`` wait on the unit's disk to be sent, the oldest for ``spool_age_s``; ``given_up_records``
    are the statistics that found no room there since the unit started.
    """

    camera_id: str
    site_id: str
    sent_at_ns: int
    frames: int
    frames_per_second: float
    dropped_frames: int
    passages: int
    finished: bool = False
    clock_offset_ms: float | None = None
    clock_drift_ppm: float | None = None
    spool_records: int = 0
    spool_age_s: float = 0.0
    given_up_records: int = 0
    events: tuple[HealthEvent, ...] = ()
    schema_version: int = SCHEMA_VERSION


class Decision(msgspec.Struct, frozen=True):
    """What an officer decided. Topic ``decisions``, key ``case_id``; the log's order settles who was first.

    ``outcome`` is ``confirmed``, ``rejected``, ``withdrawn``, or ``answered`` by the keeper, which decides
    nothing. Rejecting needs a ``reason_code``, and a note where that is ``other``; a withdrawal takes back
    the same officer's answer whose id is in ``withdraws``. ``checked`` is what the
    officer ticked before confirming: ``plate``, ``vehicle`` and ``measurement``, all three from version 3 on.
    ``chosen_plate`` is the candidate of the register that the officer chose where several fit. ``review``
    says which question was answered: ``first``, ``second`` or ``supervisor``.
    """

    decision_id: str
    case_id: str
    officer: str
    outcome: str
    decided_at_ns: int
    reason_code: str | None = None
    note: str = ""
    checked: tuple[str, ...] = ()
    chosen_plate: str | None = None
    review: str = "first"
    withdraws: str | None = None
    schema_version: int = SCHEMA_VERSION


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that could not be read or handled: why, and its original bytes. Topic ``dead-letters``."""

    source_topic: str
    key: str
    reason: str
    failed_at_ns: int
    content: bytes
    schema_version: int = SCHEMA_VERSION
