"""Keeps the audit's mirror up, in the background of whatever process has both desk and store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboards.sign_in.desk import Desk
from enforcement.casefile.own_keys import centre_signer
from enforcement.desk.audit_mirror import AuditCopier
from enforcement.store import Store


@contextmanager
def audit_mirrored(desk: Desk, store: Store) -> Iterator[None]:
    """Copy the audit into the store and sign its head while the context lasts, and once more at its end.

    Raises:
        SigningError: when the centre's key cannot be used.
    """
    signer = centre_signer(desk.keys) if desk.keys else None
    stop = threading.Event()
    copier = AuditCopier(desk.file, store, signer)
    thread = threading.Thread(target=copier.run, args=(stop,), name="audit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
