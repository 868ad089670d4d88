"""The second factor: codes that change every 30 seconds (RFC 6238); recovery codes for a lost telephone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyotp
import segno

from dashboards.sign_in.secrets_box import Secrets
from enforcement.desk.desk_file import DeskFile

_STEP_S = 30
_SECOND_NS = 10**9
#: A telephone's clock may be one step off.
_OFF_STEPS = (0, -1, 1)
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


@dataclass(frozen=True)
class Offer:
    """A secret that is shown once: as text, and as an SVG of a QR code to be scanned."""

    secret: str = field(repr=False)
    picture: str = field(repr=False)

    @property
    def spaced(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


class SecondFactor:
    """The second factors of a desk's accounts."""

    def __init__(self, file: DeskFile, secrets_box: Secrets, clock: Callable[[], int] = time.time_ns) -> None:
        """``clock`` tells the time in nanoseconds since 1970."""
        self._file = file
        self._secrets = secrets_box
        self._clock = clock

    def offer(self, name: str, issuer: str, secret: str = "") -> Offer:
        """A new secret for the account ``name`` (or ``secret`` again), under ``issuer`` in the app's list."""
        secret = secret or pyotp.random_base32()
        address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
        picture = segno.make_qr(address).svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
        return Offer(secret, picture)

    def set_up(self, name: str, secret: str, code: str) -> Sequence[str]:
        """Keep the secret if ``code`` is one of it; its recovery codes, empty if it is not."""
        step = self._step_of(secret, code)
        if step is None:
            return ()
        codes = [_recovery_code() for _ in range(_RECOVERY_CODES)]
        with self._file.transaction() as database:
            database.execute(
                "UPDATE accounts SET second_factor = ?, last_step = ? WHERE name = ?",
                (self._secrets.seal(secret), step, name),
            )
            database.execute("DELETE FROM recovery_codes WHERE name = ?", (name,))
            database.executemany(
                "INSERT INTO recovery_codes VALUES (?, ?)", [(name, _digest(code)) for code in codes]
            )
        return codes

    def proves(self, name: str, code: str) -> str:
        """Use a code up: whether it was a "code" of this account or a "recovery code"; empty if neither."""
        with self._file.transaction() as database:
            row = database.execute(
                "SELECT second_factor, last_step FROM accounts WHERE name = ?", (name,)
            ).fetchone()
            if row is None or row[0] is None:
                return ""
            step = self._step_of(self._secrets.open(row[0]), code)
            if step is not None and step > row[1]:
                database.execute("UPDATE accounts SET last_step = ? WHERE name = ?", (step, name))
                return "code"
            return "recovery code" if _used_up(database, name, code) else ""

    def recovery_codes_left(self, name: str) -> int:
        """How many recovery codes were not used yet."""
        with self._file.reading() as database:
            (count,) = database.execute(
                "SELECT count(*) FROM recovery_codes WHERE name = ?", (name,)
            ).fetchone()
            return int(count)

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step that a code belongs to; None where it is of none that may be used now."""
        digits = "".join(code.split())
        now = self._clock() // _SECOND_NS // _STEP_S
        codes = pyotp.TOTP(secret)
        for step in (now + off for off in _OFF_STEPS):
            if hmac.compare_digest(codes.at(step * _STEP_S).encode(), digits.encode("utf-8", "replace")):
                return int(step)
        return None


def remove_second_factor(database: sqlite3.Connection, name: str) -> None:
    """Let an account have none any more, within a transaction of the desk's file."""
    database.execute("UPDATE accounts SET second_factor = NULL, last_step = 0 WHERE name = ?", (name,))
    database.execute("DELETE FROM recovery_codes WHERE name = ?", (name,))


def _used_up(database: sqlite3.Connection, name: str, code: str) -> bool:
    done = database.execute(
        "DELETE FROM recovery_codes WHERE name = ? AND code_sha256 = ?", (name, _digest(code))
    )
    return done.rowcount == 1


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _digest(code: str) -> bytes:
    # 80 random bits: plain SHA-256 leaves nothing to guess.
    plain = "".join(code.replace("-", "").split()).lower()
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
