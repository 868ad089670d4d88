"""Where a command of the centre finds store and evidence: in a data folder, or at addresses of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from enforcement.errors import StoreError
from enforcement.evidence_store import EvidenceStore, open_evidence
from enforcement.store import Store
from roadwitness.data_folder import DataFolder


def open_store(url: str) -> Store:
    """A ClickHouse server by URL, or an embedded store in a folder; migrated, ready."""
    store = Store.server(url) if "://" in url else Store.embedded(Path(url))
    store.migrate()
    return store


@dataclass(frozen=True)
class Premises:
    """The keys are always in the data folder; store and evidence where nothing else is said."""

    data: Path
    store_address: str | None = None
    evidence_address: str | None = None

    @property
    def folder(self) -> DataFolder:
        """The data folder, made if it is not there."""
        return DataFolder.open(self.data)

    def open_evidence(self) -> EvidenceStore:
        """The place of the evidence.

        Raises:
            EvidenceError: when it cannot be used.
        """
        return open_evidence(self.evidence_address or str(self.folder.evidence))

    @contextmanager
    def open_store(self) -> Iterator[Store]:
        """The store, migrated, while the context lasts.

        Raises:
            StoreBusy: when it is a folder that another process has open.
            StoreUnreachable: when it is a server that does not answer.
        """
        with closing(open_store(self.store_address or str(self.folder.store))) as store:
            yield store

    @contextmanager
    def kept_store(self) -> Iterator[Store]:
        """The store as :meth:`open_store` has it, where there is one already.

        Raises:
            StoreError: where there is none; a mistyped folder is not made: it would look like an answer.
        """
        if self.store_address is None and not DataFolder(self.data).store.is_dir():
            raise StoreError(f"There is no store in {self.data}: name the folder that has it with --data.")
        with self.open_store() as store:
            yield store
