"""How times, speeds, offences and digests are written on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

NANOSECONDS = 1_000_000_000


def utc_text(at_ns: int) -> str:
    """UTC nanoseconds as ``2026-05-04 08:00:12 UTC``.

    >>> utc_text(1_777_881_612_500_000_000)
    '2026-05-04 08:00:12 UTC'
    """
    return f"{_moment(at_ns):%Y-%m-%d %H:%M:%S} UTC"


def rfc3339(at_ns: int) -> str:
    """UTC nanoseconds as an RFC 3339 time with milliseconds.

    >>> rfc3339(1_777_881_612_500_000_000)
    '2026-05-04T08:00:12.500Z'
    """
    return f"{_moment(at_ns):%Y-%m-%dT%H:%M:%S}.{at_ns % NANOSECONDS // 1_000_000:03d}Z"


def local_text(at_ns: int, zone: tzinfo) -> str:
    """UTC nanoseconds as the wall clock of ``zone``: ``10:00:12 CEST``."""
    return f"{_moment(at_ns).astimezone(zone):%H:%M:%S %Z}"


def number(value: float, digits: int = 1) -> str:
    """A number without needless zeros.

    >>> number(80.0), number(105.34), number(0.04, 2)
    ('80', '105.3', '0.04')
    """
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def measured(value: float) -> str:
    """A measured speed always with its one decimal: ``105.0``."""
    return f"{value:.1f}"


def metres(value: float) -> str:
    """A distance in the unit that suits it.

    >>> metres(812.4), metres(23_400.0)
    ('812.4 m', '23.40 km')
    """
    return f"{value:.1f} m" if value < 10_000 else f"{value / 1000:.2f} km"


def duration(seconds: float) -> str:
    """A time between two events.

    >>> duration(31.4156), duration(754.0)
    ('31.42 s', '12 min 34 s')
    """
    if seconds < 120:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def lasting(seconds: float) -> str:
    """How long something has lasted, in the largest unit that fits.

    >>> lasting(3.0), lasting(61.0), lasting(7_300.0), lasting(200_000.0)
    ('less than a minute', '1 minute', '2 hours', '2 days')
    """
    for unit, length_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := int(seconds // length_s)) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def due_text(due_ns: int, now_ns: int) -> str:
    """How long there is until a time, in the largest unit that fits.

    >>> due_text(3 * 86_400 * NANOSECONDS, 0), due_text(0, 1)
    ('in 3 days', 'over')
    """
    return f"in {lasting((due_ns - now_ns) / NANOSECONDS)}" if due_ns > now_ns else "over"


def percent(fraction: float) -> str:
    """A probability for a person; never ``100 %`` or ``0 %`` for one that is not exactly that.

    >>> percent(0.9996), percent(0.873), percent(0.0004), percent(1.0)
    ('>99 %', '87 %', '<1 %', '100 %')
    """
    if 0.995 <= fraction < 1.0:
        return ">99 %"
    if 0.0 < fraction < 0.01:
        return "<1 %"
    return f"{fraction * 100:.0f} %"


def title_case(code: str) -> str:
    """A code of the store as words: ``wrong_way`` becomes ``Wrong way``."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def short(digest: str) -> str:
    """The first twelve digits of a digest, enough to compare by eye."""
    return digest[:12]


def _moment(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // NANOSECONDS, tz=UTC)
