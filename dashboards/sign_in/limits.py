"""How often something may be asked: a bucket of tokens for each who asks, refilled evenly."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Callable

from fastapi import Request

from dashboards.failures import Refusal

#: So many buckets are remembered before those that are full again are forgotten.
_REMEMBERED = 10_000


class TooMany(Refusal):
    """Asked too often; the sentence and a header say when to come again."""

    def __init__(self, retry_after_s: float) -> None:
        wait_s = max(1, math.ceil(retry_after_s))
        sentence = f"That was asked too often; wait {wait_s} s and try again. Nothing was changed."
        super().__init__(429, sentence, {"Retry-After": str(wait_s)})


class Limits:
    """The buckets of one process. Safe to use from several threads."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._buckets: dict[tuple[str, str], tuple[float, float, float]] = {}
        self._turn = threading.Lock()

    def take(self, kind: str, who: str, per_minute: float, burst: float) -> None:
        """Take one token out of the bucket of ``who`` for ``kind``.

        It holds ``burst`` tokens and gains ``per_minute`` a minute.

        Raises:
            TooMany: when it is empty.
        """
        now = self._clock_s()
        rate = per_minute / 60.0
        with self._turn:
            tokens, at, _ = self._buckets.get((kind, who), (burst, now, 0.0))
            tokens = min(burst, tokens + (now - at) * rate)
            if tokens < 1.0:
                raise TooMany((1.0 - tokens) / rate)
            full_at = now + (burst - tokens + 1.0) / rate
            self._buckets[kind, who] = tokens - 1.0, now, full_at
            if len(self._buckets) > _REMEMBERED:
                self._forget(now)

    def _forget(self, now: float) -> None:
        kept = {key: bucket for key, bucket in self._buckets.items() if bucket[2] > now}
        # Whoever asks under ever new names must not make this grow: the oldest go first.
        self._buckets = dict(sorted(kept.items(), key=lambda entry: entry[1][1])[-_REMEMBERED // 2 :])


def limited(request: Request, kind: str, per_minute: float, burst: float | None = None) -> None:
    """Count a request of ``kind`` by the address that it comes from.

    Raises:
        TooMany: when more than ``per_minute`` came lately; ``burst`` (else as many) may come at once.
    """
    limits: Limits = request.app.state.desk.limits
    limits.take(kind, network_of(client_of(request)), per_minute, burst or per_minute)


def network_of(address: str) -> str:
    """What is counted as one: an IPv4 address, or the /64 of an IPv6 one, which one subscriber has whole.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:aaaa::1"), network_of("unknown")
    ('192.0.2.7', '2001:db8:1:2::/64', 'unknown')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed.packed, 64), strict=False)) if parsed.version == 6 else address


def client_of(request: Request) -> str:
    """The address that a request comes from; behind a proxy that uvicorn trusts, the one that it names."""
    return request.client.host if request.client else "unknown"
