"""Receiving the units' statements: each is checked, countersigned and entered as it arrives.

What is entered holds digests and numbers only. It is entered before the records are committed. A statement
that comes again keeps the receipt it has, whichever key the centre has by now; two workers that have the same
one at the same time may both enter it, and the earliest receipt counts.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec

from enforcement.casefile.receipt import countersign
from enforcement.casefile.signed_by import check_received, check_signature
from enforcement.casefile.time_stamps import TimeStampAway, TimeStamper
from enforcement.errors import CaseFileError
from enforcement.rows import Row
from enforcement.store import Store
from streams.errors import RoadwitnessError
from streams.events import Events
from streams.key_archive import KeyArchive
from streams.messages import EvidenceItem
from streams.signing import Signer
from streams.statements import MEDIA_TYPE, SignedStatement, Statement, StatementDamaged, read_signed

_COLUMNS = ("camera_id", "sequence", "statement", "previous", "received_at", "content", "time_stamp")
_A_TURN = 200
_Came = tuple[SignedStatement, Statement]

_events = Events(__name__)


def _any_camera(_: str) -> bool:
    return True


class Receiving:
    """The centre's desk for statements.

    Without ``archive`` the unit's signature is not checked here, only that it is a statement; whoever
    verifies a package checks it anyway. ``stamper`` asks for time-stamps where there is an authority.
    """

    def __init__(
        self,
        store: Store,
        signer: Signer,
        software: str,
        *,
        archive: Callable[[], KeyArchive] | None = None,
        stamper: TimeStamper | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._store = store
        self._signer = signer
        self._software = software
        self._archive = archive
        self._stamper = stamper
        self._stamping = threading.Lock()
        self._clock = clock

    def receive(self, items: Iterable[EvidenceItem]) -> int:
        """Countersign the statements among ``items`` that have no receipt; returns how many.

        What is forged gets nothing.
        """
        came = [each for item in items if item.media_type == MEDIA_TYPE for each in _read(item)]
        new = self._without_receipt(came)
        if not new:
            return 0
        keys = self._archive() if self._archive is not None else None
        rows = [row for signed, stated in new for row in self._received(signed, stated, keys)]
        self._store.insert("receipts", _COLUMNS, rows)
        return len(rows)

    def stamp_beside(self, holds: Callable[[str], bool] = _any_camera) -> None:
        """As :meth:`stamp`, on a thread of its own unless one is at it: no batch waits for an authority."""
        if self._stamper is not None and self._stamping.acquire(blocking=False):
            threading.Thread(target=self._stamp_once, args=(holds,), name="time-stamps", daemon=True).start()

    def _stamp_once(self, holds: Callable[[str], bool]) -> None:
        try:
            self.stamp(holds)
        except RoadwitnessError as error:
            _events.warning("no-time-stamp", failure=type(error).__name__)
        finally:
            self._stamping.release()

    def stamp(self, holds: Callable[[str], bool] = _any_camera) -> int:
        """Ask for the time-stamps of receipts that have none; returns how many came.

        Workers share this as they share the cameras: ``holds`` says which are this one's. What another has
        stamped meanwhile, as a camera went from one to the other, keeps the time-stamp it has. An authority
        that does not answer is asked another time.

        Raises:
            StoreUnreachable, QueryFailed: when the receipts cannot be asked for or written.
            TimeStampSettingsError: when the library for time-stamps is missing.
        """
        if self._stamper is None:
            return 0
        known = self._store.query("SELECT DISTINCT toString(camera_id) FROM receipts WHERE time_stamp = ''")
        cameras = [camera for (camera,) in known if holds(camera)]
        tokens: dict[Row, str] = {}
        for receipt in self._unstamped(cameras):
            try:
                token = self._stamper.request(str(receipt[-1]).encode())
            except TimeStampAway as error:
                _events.warning("no-time-stamp", str(error))
                break
            tokens[receipt] = base64.b64encode(token).decode()
        still = self._unstamped(cameras) if tokens else []
        rows = [(*receipt, tokens[receipt]) for receipt in still if receipt in tokens]
        self._store.insert("receipts", _COLUMNS, rows)
        return len(rows)

    def _unstamped(self, cameras: Sequence[str]) -> list[Row]:
        if not cameras:
            return []
        return self._store.query(
            f"""SELECT {", ".join(_COLUMNS[:4])}, toUnixTimestamp64Nano(received_at), content
            FROM receipts FINAL WHERE time_stamp = '' AND camera_id IN {{cameras:Array(String)}}
            ORDER BY received_at LIMIT {{most:UInt32}}""",
            {"most": _A_TURN, "cameras": cameras},
        )

    def _without_receipt(self, came: Sequence[_Came]) -> list[_Came]:
        if not came:
            return []
        rows = self._store.query(
            """SELECT toString(statement) FROM receipts
            WHERE (camera_id, sequence) IN {places:Array(Tuple(String, UInt64))}""",
            {"places": [(stated.camera_id, stated.sequence) for _, stated in came]},
        )
        had = {digest for (digest,) in rows}
        return list({each[0].digest: each for each in came if each[0].digest not in had}.values())

    def _received(self, signed: SignedStatement, stated: Statement, keys: KeyArchive | None) -> list[Row]:
        now_ns = self._clock()
        try:
            if keys is not None:
                key = check_signature(
                    keys,
                    signed.signature,
                    signed.statement.encode(),
                    f"unit:{stated.camera_id}",
                    stated.signed_at_ns,
                    f"A statement of camera {stated.camera_id}",
                )
                check_received(key, now_ns)
        except CaseFileError as error:
            _tell(error)
            return []
        receipt = countersign(signed, stated, self._signer, now_ns, self._software)
        content = msgspec.json.encode(receipt).decode()
        chained = (stated.camera_id, stated.sequence, signed.digest, stated.previous)
        return [(*chained, now_ns, content, "")]


def _read(item: EvidenceItem) -> list[_Came]:
    try:
        signed = read_signed(item.content)
        return [(signed, signed.read())]
    except StatementDamaged as error:
        _tell(error)
        return []


def _tell(error: RoadwitnessError) -> None:
    _events.warning("not-countersigned", f"{error} It was not countersigned.")


def receipt_of(store: Store, camera_id: str, sequence: int, statement: str) -> tuple[bytes, bytes] | None:
    """The earliest receipt of a statement and its time-stamp, empty if none; None if neither.

    Args:
        store: where receipts are kept.
        camera_id: whose unit signed it, and
        sequence: its number in that chain: by these it is found without looking at every receipt there is.
        statement: its digest, since a forged one may have the same number.
    """
    rows = store.query(
        """SELECT content, time_stamp FROM receipts FINAL
        WHERE camera_id = {camera:String} AND sequence = {sequence:UInt64} AND statement = {statement:String}
        ORDER BY received_at LIMIT 1""",
        {"camera": camera_id, "sequence": sequence, "statement": statement},
    )
    return (str(rows[0][0]).encode(), base64.b64decode(rows[0][1])) if rows else None
