"""The centre at work in this process: rules, register and store on one thread, review pages on another."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from dashboards.app import create_app
from dashboards.searching.limits import SearchLimits
from dashboards.sign_in.desk import Desk
from enforcement.casebook import CaseBook
from enforcement.evidence_store import EvidenceStore
from enforcement.policy import Policy
from enforcement.receiving import Receiving
from enforcement.register_asking import Register
from enforcement.road import Road
from enforcement.store import Store
from enforcement.worker import DrainReport, Enforcer
from roadwitness.listening import bind
from roadwitness.web_server import WebServer
from streams.bus import Bus


class Centre:
    """Judges what comes on the bus, in the background, and notices when that fails."""

    def __init__(
        self,
        bus: Bus,
        store: Store,
        evidence: EvidenceStore,
        policies: Mapping[str, Policy],
        roads: Mapping[str, Road] | None = None,
        receiving: Receiving | None = None,
        *,
        register: Register | None = None,
    ) -> None:
        self._bus = bus
        self._store = store
        self._evidence = evidence
        self._roads = roads or {}
        self._enforcer = Enforcer(
            bus, store, evidence, policies, roads=roads, receiving=receiving, register=register
        )
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Judge in the background from now on."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, name="enforcer", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._enforcer.run(self._stop)
        except BaseException as failure:
            self._failure = failure

    def check(self) -> None:
        """Raise what ended the background work, if anything did."""
        if self._failure is not None:
            raise self._failure

    def drain(self) -> DrainReport:
        """Stop the background work and handle all that is still on the bus."""
        self.stop()
        return self._enforcer.drain()

    def stop(self) -> None:
        """Stop the background work; what it had not committed is delivered again next time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.check()

    def pages(
        self, desk: Desk, port: int, host: str = "127.0.0.1", search: SearchLimits | None = None
    ) -> WebServer:
        """The review pages on a port that is bound at once, so that a taken one is found before long work."""
        listener = bind(port, host)
        # On the loopback address a foreign name can only be a page that rebinds its own to reach ours.
        hosts = ("127.0.0.1", "localhost") if host == "127.0.0.1" else None
        book = CaseBook(self._store)
        app = create_app(
            book,
            self._evidence,
            self._bus,
            desk,
            allowed_hosts=hosts,
            roads=self._roads,
            search=search,
        )
        return WebServer(app, listener)
