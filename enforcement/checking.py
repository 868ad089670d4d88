"""Whether a decoded message can be believed: ranges that no honest sender leaves."""

from __future__ import annotations

from streams.messages import Decision, EvidenceItem, Heartbeat, Passage

_LAST_NS = 2**63  # of a time in nanoseconds: the year 2262
_LARGEST_COUNT = 2**63
_FASTEST_KMH = 600.0


def fault_of(message: Passage | EvidenceItem | Decision | Heartbeat) -> str | None:
    """Why ``message`` cannot be handled, in one sentence, or None.

    It is checked before anything is written, so that a message is applied as a whole or not at all.
    """
    match message:
        case Passage():
            return _passage_fault(message)
        case EvidenceItem():
            return None if message.passage_id else "the evidence names no passage."
        case Decision():
            return (
                None if 0 <= message.decided_at_ns < _LAST_NS else "the time of the decision is out of range."
            )
        case Heartbeat():
            return _heartbeat_fault(message)


def _passage_fault(passage: Passage) -> str | None:
    speed = passage.speed
    if not (passage.passage_id and passage.camera_id):
        return "the passage lacks its id or its camera."
    if not 0 <= passage.started_at_ns <= passage.ended_at_ns < _LAST_NS:
        return "the times of the passage are out of range or end before they begin."
    if speed.speed_kmh is not None and not 0.0 <= speed.speed_kmh <= _FASTEST_KMH:
        return f"a speed of {speed.speed_kmh:g} km/h is no measurement; it should have been void."
    if speed.uncertainty_kmh is not None and not 0.0 <= speed.uncertainty_kmh <= _FASTEST_KMH:
        return (
            f"an uncertainty of {speed.uncertainty_kmh:g} km/h is no measurement; it should have been void."
        )
    if any(len(piece.digest) != 64 or not piece.digest.isascii() for piece in passage.evidence):
        return "a piece of evidence is not named by a SHA-256 digest."
    return None


def _heartbeat_fault(beat: Heartbeat) -> str | None:
    if not beat.camera_id:
        return "the heartbeat names no camera."
    if not all(0 <= at_ns < _LAST_NS for at_ns in (beat.sent_at_ns, *(e.at_ns for e in beat.events))):
        return "a time of the heartbeat is out of range."
    counts = (beat.frames, beat.dropped_frames, beat.passages, beat.spool_records, beat.given_up_records)
    if not all(0 <= count < _LARGEST_COUNT for count in counts):
        return "a count of the heartbeat is negative or beyond all bounds."
    return None
