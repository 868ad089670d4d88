"""The list of shipped models: what each file is, how it came to be, and whether it is present and intact.

``manifest.json`` lies beside the model files. ``ROADWITNESS_MODELS`` names another folder to use instead.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from streams.errors import RoadwitnessError

MANIFEST_FILE = "manifest.json"
FOLDER_VARIABLE = "ROADWITNESS_MODELS"


class ModelError(RoadwitnessError):
    """A model cannot be used. The text says which, why, and what to do."""


class ModelMissing(ModelError):
    """A model, or the manifest itself, is not there."""


class ModelCorrupt(ModelError):
    """A model file is not the one that the manifest describes, or the manifest cannot be read."""


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says about one model.

    ``input`` describes the input in words, ``base`` the weights that training started from, ``metrics`` what
    was measured on data that was held out, ``trained_at`` a date (ISO 8601).
    """

    name: str
    file: str
    sha256: str
    bytes: int
    task: str
    input: str
    classes: tuple[str, ...]
    trained_on: tuple[str, ...]
    licence: str
    metrics: dict[str, float]
    trained_at: str
    base: str


class ModelStatus(msgspec.Struct, frozen=True):
    """One model of the manifest as it was found: ``state`` is intact, missing or corrupt."""

    entry: ModelEntry
    path: Path
    state: str
    problem: str | None = None


class _ManifestFile(msgspec.Struct):
    version: int = 1
    models: list[ModelEntry] = []


class ModelManifest:
    """The models in one folder, by name."""

    def __init__(self, folder: Path, entries: tuple[ModelEntry, ...]) -> None:
        self.folder = folder
        self.entries = entries

    @classmethod
    def load(cls, folder: Path | None = None) -> ModelManifest:
        """Read the manifest of ``folder``, else of ``ROADWITNESS_MODELS``, else the shipped one.

        Raises ModelMissing or ModelCorrupt.
        """
        folder = folder or default_folder()
        file = folder / MANIFEST_FILE
        try:
            content = msgspec.json.decode(file.read_bytes(), type=_ManifestFile)
        except OSError as error:
            raise ModelMissing(
                f"The model manifest {file} cannot be read ({error.strerror}); install Roadwitness again, "
                f"or let {FOLDER_VARIABLE} name a folder that holds one."
            ) from error
        except msgspec.DecodeError as error:
            raise ModelCorrupt(f"The model manifest {file} is damaged ({error}); restore it.") from error
        return cls(folder, tuple(content.models))

    def entry(self, name: str) -> ModelEntry:
        """What the manifest says about a model. Raises ModelMissing for a name that it does not hold."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.entries) or "none"
        raise ModelMissing(f"There is no model {name!r} in {self.folder / MANIFEST_FILE}; it lists: {known}.")

    def path(self, name: str) -> Path:
        """The file of a model, after its size and SHA-256 were found right.

        Raises ModelMissing or ModelCorrupt.
        """
        status = self._status(self.entry(name))
        if status.problem is not None:
            raise (ModelMissing if status.state == "missing" else ModelCorrupt)(status.problem)
        return status.path

    def check(self) -> list[ModelStatus]:
        """Every model of the manifest, and whether its file is present and intact."""
        return [self._status(entry) for entry in self.entries]

    def _status(self, entry: ModelEntry) -> ModelStatus:
        path = self.folder / entry.file
        if not path.is_file():
            problem = f"The model file {path} is missing; install Roadwitness again or restore the file."
            return ModelStatus(entry, path, "missing", problem)
        if path.stat().st_size != entry.bytes or digest_of(path) != entry.sha256:
            problem = (
                f"The model file {path} is not the one in its manifest (its digest differs); restore the "
                "file, or publish the new one with detectors.training.publish."
            )
            return ModelStatus(entry, path, "corrupt", problem)
        return ModelStatus(entry, path, "intact")


def default_folder() -> Path:
    """The folder that ``ROADWITNESS_MODELS`` names, else the one inside this package."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Path(__file__).parent / "models"


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_entry(folder: Path, entry: ModelEntry) -> None:
    """Put an entry into the folder's manifest, in place of one of the same name; written atomically."""
    file = folder / MANIFEST_FILE
    present = ModelManifest.load(folder).entries if file.exists() else ()
    others = [known for known in present if known.name != entry.name]
    models = sorted([*others, entry], key=lambda known: known.name)
    content = msgspec.json.format(msgspec.json.encode(_ManifestFile(models=models)), indent=2)
    unfinished = file.with_suffix(".json.part")
    unfinished.write_bytes(content + b"\n")
    unfinished.replace(file)
