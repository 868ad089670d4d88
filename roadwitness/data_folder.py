"""The folder in which one machine keeps all that Roadwitness wrote: log, store, evidence, keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from streams.errors import RoadwitnessError


class DataFolderError(RoadwitnessError):
    """The data folder cannot be made or written."""


@dataclass(frozen=True)
class DataFolder:
    """Where each part lies inside ``root``."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> DataFolder:
        """The folder at ``root``, made if it is not there, readable by its owner alone.

        Raises:
            DataFolderError: when it cannot be made or written.
        """
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = root / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise DataFolderError(
                f"The data folder {root} cannot be written ({error.strerror}): name another with --data."
            ) from error
        return cls(root.resolve())

    @property
    def bus_url(self) -> str:
        """The local durable log."""
        return f"local:{self.root / 'bus.sqlite'}"

    @property
    def store(self) -> Path:
        """The embedded ClickHouse."""
        return self.root / "store"

    @property
    def evidence(self) -> Path:
        """The content-addressed evidence."""
        return self.root / "evidence"

    @property
    def keys(self) -> Path:
        """The keys that originals are sealed with."""
        return self.root / "keys"

    @property
    def desk(self) -> Path:
        """Accounts, sessions and the audit."""
        return self.root / "desk.sqlite"

    @property
    def simulated(self) -> Path:
        """Rendered sites, kept so that the next demo starts at once."""
        return self.root / "simulated"
