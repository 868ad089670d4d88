"""A register behind HTTP: a reference client of a look-up service, which audits each of its questions.

The service is asked by POST with ``{"plates": ["LZW9715", ...]}`` and answers ``{"vehicles": [...]}``: for
each plate that it knows an object with the columns of a register's file. Plates stand in the body alone,
never in an address, which proxies write down.
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from enforcement.errors import RegisterError, RegisterRefused, RegisterUnreachable
from enforcement.pacing import Pacing
from enforcement.register import Keeper, normalise
from enforcement.store import Store

LOOKUPS = ("lookup_id", "at", "register", "cases", "asked", "found", "outcome", "attempts", "took_ms")
_MOST_BYTES = 1_000_000
_AT_ONCE = 100
_LONGEST_WAIT_S = 30.0
_TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_AT_HOME = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ServiceSettings:
    """A register's service.

    ``vehicles`` is how many it holds, about: of so many each is as likely before anything is seen. ``token``
    is sent as a bearer token. For a reading ``most_plates`` plates are asked about at most, ``per_second``
    questions are put at most, and each is tried ``attempts`` times, ``timeout_s`` seconds long.
    """

    url: str
    vehicles: int
    token: str = ""
    most_plates: int = 8
    per_second: float = 10.0
    attempts: int = 4
    timeout_s: float = 5.0


class _Vehicle(msgspec.Struct, frozen=True):
    plate: str
    keeper_id: str
    keeper_name: str = ""
    keeper_address: str = ""
    vehicle_class: str = ""
    make: str = ""
    colour: str = ""
    insured_until: datetime.date | None = None
    inspected_until: datetime.date | None = None
    stolen: bool = False

    def keeper(self) -> Keeper:
        return Keeper(normalise(self.plate), *msgspec.structs.astuple(self)[1:])


class _Answer(msgspec.Struct, frozen=True):
    vehicles: tuple[_Vehicle, ...]


class _Busy(Exception):
    """The service asks to be asked later, after ``wait_s`` seconds where it says so."""

    def __init__(self, what: str, wait_s: float | None = None) -> None:
        super().__init__(what)
        self.wait_s = wait_s


class HttpRegister:
    """Asks a register's service, and writes each question into ``register_lookups`` before it is put."""

    def __init__(
        self,
        settings: ServiceSettings,
        store: Store,
        *,
        clock_ns: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask by ``settings``, and write what was asked into ``store``.

        Raises:
            RegisterError: for an address over which plates would travel unencrypted.
        """
        parts = urlsplit(settings.url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in _AT_HOME):
            raise RegisterError(
                f"the register's address {settings.url!r} is not https; plates need encryption."
            )
        self._settings = settings
        self._store = store
        self._name = host
        self._clock_ns = clock_ns
        self._sleep = sleep
        self._pacing = Pacing(settings.per_second, sleep=sleep)
        timeout = urllib3.Timeout(connect=settings.timeout_s, read=settings.timeout_s)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=1)

    def size(self) -> int:
        """How many vehicles the settings say that it holds."""
        return self._settings.vehicles

    def worth_asking(self, likely: Sequence[str]) -> list[str]:
        """The likeliest few: each question about somebody's plate needs a reason."""
        return list(likely[: self._settings.most_plates])

    def find(self, plates: Sequence[str], cases: Sequence[str]) -> dict[str, Keeper]:
        """Ask the service.

        Raises:
            RegisterUnreachable: when it does not answer, however often it is tried.
            RegisterRefused: when it refuses, or its answer cannot be read.
        """
        found: dict[str, Keeper] = {}
        for begin in range(0, len(plates), _AT_ONCE):
            found |= self._ask(plates[begin : begin + _AT_ONCE], cases)
        return found

    def _ask(self, plates: Sequence[str], cases: Sequence[str]) -> dict[str, Keeper]:
        lookup_id, at_ns = str(uuid.uuid4()), self._clock_ns()
        tried = Retrying(
            stop=stop_after_attempt(self._settings.attempts),
            wait=_wait_s,
            retry=retry_if_exception_type(_Busy),
            sleep=self._sleep,
            reraise=True,
        )
        found: dict[str, Keeper] = {}

        def note(outcome: str) -> None:
            attempts = int(tried.statistics.get("attempt_number", 0))
            took_ms = (self._clock_ns() - at_ns) // 1_000_000
            row = (lookup_id, at_ns // 1000, self._name, list(cases), len(plates), len(found))
            self._store.insert("register_lookups", LOOKUPS, [(*row, outcome, attempts, max(took_ms, 0))])

        note("asked")
        try:
            answer = tried(self._post, msgspec.json.encode({"plates": list(plates)}), lookup_id)
            wanted = set(plates)
            # What was not asked about is not looked at.
            found |= {each.plate: each for each in answer if each.plate in wanted}
        except _Busy as error:
            note(f"unreachable: {error}")
            raise RegisterUnreachable(f"the register at {self._name} does not answer ({error}).") from error
        except RegisterRefused as error:
            note("refused")
            raise error
        note("answered")
        return found

    def _post(self, body: bytes, lookup_id: str) -> list[Keeper]:
        self._pacing.wait()
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "x-request-id": lookup_id,
        }
        if self._settings.token:
            headers["authorization"] = f"Bearer {self._settings.token}"
        try:
            response = self._pool.request(
                "POST", self._settings.url, body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                content = response.read(_MOST_BYTES + 1, decode_content=True)
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            # Not its text, which may quote what was sent.
            raise _Busy(type(error).__name__) from error
        if response.status in _TRY_AGAIN:
            raise _Busy(f"status {response.status}", _seconds(response.headers.get("retry-after")))
        if response.status != 200:
            raise RegisterRefused(
                f"the register at {self._name} refuses with status {response.status}; check the token."
            )
        if len(content) > _MOST_BYTES:
            raise RegisterRefused(f"the register at {self._name} answers more than {_MOST_BYTES} bytes.")
        try:
            return [vehicle.keeper() for vehicle in msgspec.json.decode(content, type=_Answer).vehicles]
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RegisterRefused(
                f"the answer of the register at {self._name} is not as docs/register.md has it."
            ) from None


_BACK_OFF = wait_exponential_jitter(initial=0.2, max=_LONGEST_WAIT_S, jitter=0.2)


def _wait_s(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, _Busy) and failure.wait_s is not None:
        return min(failure.wait_s, _LONGEST_WAIT_S)
    return _BACK_OFF(state)


def _seconds(text: str | None) -> float | None:
    """``Retry-After`` in seconds; None for a date or nonsense."""
    return float(text) if text is not None and text.strip().isdigit() else None
