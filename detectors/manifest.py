"""The list of models: what each file is, how it came to be, and whether it is present and intact.

``manifest.json`` lies beside the model files. ``ROADWITNESS_MODELS`` names another folder whose models take
the place of the shipped ones of the same names. A model that is not ours stays in the installed package that
ships it; the manifest names and pins it there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path

import msgspec

from streams.errors import RoadwitnessError

MANIFEST_FILE = "manifest.json"
FOLDER_VARIABLE = "ROADWITNESS_MODELS"
SHIPPED = Path(__file__).parent / "models"
#: ``package:NAME/FILE`` is a file inside the installed package NAME.
PACKAGE_PREFIX = "package:"


class ModelError(RoadwitnessError):
    """A model cannot be used. The text says which, why, and what to do."""


class ModelMissing(ModelError):
    """A model, or the manifest itself, is not there."""


class ModelCorrupt(ModelError):
    """A model file is not the one that the manifest describes, or the manifest cannot be read."""


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says about one model.

    ``file`` lies in the manifest's folder or, written ``package:NAME/FILE``, in an installed package.
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
    state: str
    problem: str | None = None


class _ManifestFile(msgspec.Struct):
    version: int = 1
    models: list[ModelEntry] = []


class ModelManifest:
    """The models in one folder, by name; those of ``behind`` stand in for what the folder does not hold."""

    def __init__(
        self, folder: Path, entries: tuple[ModelEntry, ...], behind: ModelManifest | None = None
    ) -> None:
        self.folder = folder
        self._own = entries
        self._behind = behind

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """What is written about each model that can be used, by name."""
        own = {entry.name for entry in self._own}
        others = [entry for entry in self._behind.entries if entry.name not in own] if self._behind else []
        return tuple(sorted([*self._own, *others], key=lambda entry: entry.name))

    @classmethod
    def load(cls, folder: Path | None = None) -> ModelManifest:
        """Read the manifest of ``folder``, else of ``ROADWITNESS_MODELS`` before the shipped one.

        Raises ModelMissing or ModelCorrupt.
        """
        behind = None
        if folder is None:
            folder = default_folder()
            if folder.resolve() != SHIPPED.resolve():
                behind = cls.load(SHIPPED)
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
        return cls(folder, tuple(content.models), behind)

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
        return self._verified(self.entry(name))

    def check(self) -> list[ModelStatus]:
        """Every model of the manifest, and whether its file is present and intact."""
        return [self._status(entry) for entry in self.entries]

    def _status(self, entry: ModelEntry) -> ModelStatus:
        try:
            self._verified(entry)
        except ModelMissing as error:
            return ModelStatus(entry, "missing", str(error))
        except ModelCorrupt as error:
            return ModelStatus(entry, "corrupt", str(error))
        return ModelStatus(entry, "intact")

    def _verified(self, entry: ModelEntry) -> Path:
        package, path = self._locate(entry)
        if not path.is_file():
            cure = f"install {package} again" if package else "install Roadwitness again or restore the file"
            raise ModelMissing(f"The model file {path} is missing; {cure}.")
        if path.stat().st_size != entry.bytes or digest_of(path) != entry.sha256:
            cure = (
                f"install the version of {package} that Roadwitness was tested with"
                if package
                else "restore the file, or publish the new one with detectors.training.publish"
            )
            raise ModelCorrupt(
                f"The model file {path} is not the one in its manifest (its digest differs); {cure}."
            )
        return path

    def _locate(self, entry: ModelEntry) -> tuple[str | None, Path]:
        """The package that ships the file (None for the manifest's folder), and the file's path."""
        if self._behind and entry not in self._own:
            return self._behind._locate(entry)
        if not entry.file.startswith(PACKAGE_PREFIX):
            return None, self.folder / entry.file
        package, _, inside = entry.file.removeprefix(PACKAGE_PREFIX).partition("/")
        if not package.isidentifier() or not inside:
            raise ModelCorrupt(
                f"{self.folder / MANIFEST_FILE} gives {entry.file!r} as the file of {entry.name}; "
                f"write {PACKAGE_PREFIX}NAME/FILE."
            )
        # Finding a package does not run it: its code and what it needs are no concern of ours.
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModelMissing(
                f"The model {entry.name} comes with the package {package}, which is not installed; "
                f"run: pip install {package}"
            )
        return package, Path(spec.submodule_search_locations[0]) / inside


def default_folder() -> Path:
    """The folder that ``ROADWITNESS_MODELS`` names, else the one inside this package."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else SHIPPED


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
