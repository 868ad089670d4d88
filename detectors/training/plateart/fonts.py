"""Fetches typefaces that resemble plate lettering from the package archives, for drawing training plates.

    python -m detectors.training.plateart.fonts --into DIR

Debian packages come by ``apt-get download`` and ``dpkg-deb``, Python packages by ``pip download``, whichever
of the two is there. Kept are the upright ``.ttf``, ``.otf`` and ``.ttc`` files and each package's licence
text; ``fonts.tsv`` lists file, package, version and licences. All are free licences that allow use in
pictures; no font file is part of this project.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.errors import RoadwitnessError

DEBIAN_PACKAGES = (
    *("fonts-opendin", "fonts-osifont", "fonts-routed-gothic", "fonts-roadgeek", "fonts-national-park"),
    *("fonts-bebas-neue", "fonts-yanone-kaffeesatz", "fonts-allerta", "fonts-roboto-unhinted"),
    *("fonts-liberation", "fonts-dejavu-core", "fonts-dejavu-extra", "fonts-open-sans", "fonts-cantarell"),
    *("fonts-inter", "fonts-firacode", "fonts-noto-mono", "fonts-league-mono", "fonts-league-spartan"),
    *("fonts-lato", "fonts-dosis", "fonts-play", "fonts-ocr-a", "fonts-ocr-b", "fonts-b612"),
    *("fonts-quicksand", "fonts-manrope", "fonts-crosextra-carlito", "fonts-adf-gillius"),
    *("fonts-adf-universalis", "fonts-adf-switzera", "fonts-urw-base35", "fonts-texgyre"),
    *("fonts-freefont-ttf", "fonts-cabin", "fonts-karla", "fonts-sora", "fonts-clear-sans", "fonts-hack"),
    *("fonts-jetbrains-mono", "fonts-go", "fonts-paratype", "fonts-oxygen", "fonts-tuffy", "fonts-beteckna"),
    *("fonts-comfortaa", "fonts-gemunu-libre", "fonts-inconsolata", "fonts-mononoki", "fonts-monoid"),
    *("fonts-noto-cjk", "fonts-wqy-zenhei", "fonts-wqy-microhei", "fonts-droid-fallback"),
    "fonts-arphic-gkai00mp",
)
PYTHON_PACKAGES = (
    *("font-fjallaone", "font-fredoka-one", "font-source-sans-pro", "font-hanken-grotesk"),
    *("fontpkg-barlow", "fontpkg-barlow-condensed", "fontpkg-barlow-semi-condensed", "fontpkg-oswald"),
    *("fontpkg-overpass", "fontpkg-rajdhani", "fontpkg-saira", "fontpkg-saira-condensed", "fontpkg-teko"),
    *("fontpkg-archivo-narrow", "fontpkg-sofia-sans", "fontpkg-share-tech", "fontpkg-varela-round"),
    *("fontpkg-fira-sans-condensed", "fontpkg-ibm-plex-sans-condensed", "fontpkg-encode-sans"),
    *("fontpkg-chakra-petch", "fontpkg-signika"),
)

_SUFFIXES = {".ttf", ".otf", ".ttc"}
# Plates are never set in these; of a family with Regular and Bold, the other weights add little.
_UNLIKE_PLATES = re.compile(
    r"italic|oblique|inclined|(?<=[a-z-])It\b|BoldIt|BdIta|Thin|Hairline|Light|Outline|stencil|Smallcaps|Math"
    r"|Symbols|Serif|Roman|Bookman|P052|C059|D050|termes|pagella|schola|bonum|cursor|NimbusMono|PTF|PTZ|56F|76F|FallbackFull"
    r"|Wide|Extended|Ext\.|BoldExt|Monoisome|Jura|Tamil|OCRBF|OCRBX",
    re.IGNORECASE,
)
_LICENCE_FILE = re.compile(r"(copyright|licen[cs]e|ofl|copying)", re.IGNORECASE)
_LICENCE_NAME = re.compile(r"^License:\s*(.+)$", re.MULTILINE)


class FontsUnavailable(RoadwitnessError):
    """Neither package manager could fetch a font."""


@dataclass(frozen=True)
class Fetched:
    """One font file: its name in the folder, where it comes from, and the licences its package names."""

    file: str
    package: str
    version: str
    licences: str


def fetch(into: Path) -> list[Fetched]:
    """Fetch every package that can be had into ``into``, with a ``fonts.tsv``; one that fails is skipped.

    Raises FontsUnavailable when none could be had.
    """
    into.mkdir(parents=True, exist_ok=True)
    fetched: list[Fetched] = []
    for source, packages in ((_debian, DEBIAN_PACKAGES), (_python, PYTHON_PACKAGES)):
        for package in packages:
            with tempfile.TemporaryDirectory() as folder:
                version = source(package, Path(folder))
                if version is None:
                    print(f"left out: {package}", file=sys.stderr)
                    continue
                fetched += _keep(Path(folder), into, package, version)
    if not fetched:
        raise FontsUnavailable("No font package could be fetched: check that apt-get or pip has a network.")
    lines = ["file\tpackage\tversion\tlicences"]
    lines += ["\t".join((each.file, each.package, each.version, each.licences)) for each in fetched]
    (into / "fonts.tsv").write_text("\n".join(lines) + "\n")
    return fetched


def _run(command: list[str], folder: Path) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def _debian(package: str, folder: Path) -> str | None:
    """Unpack a Debian package into ``folder``; its version, or None where it cannot be had."""
    if not _run(["apt-get", "download", package], folder):
        return None
    archive = next(folder.glob("*.deb"))
    if not _run(["dpkg-deb", "-x", archive.name, "unpacked"], folder):
        return None
    return archive.stem.split("_")[1].replace("%3a", ":")


def _python(package: str, folder: Path) -> str | None:
    """Unpack a Python package's wheel into ``folder``; its version, or None where it cannot be had.

    Only wheels: they are files to unpack, where a source package would run its own code.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", package]
    if not _run(command, folder):
        return None
    archive = next(folder.glob("*.whl"))
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(folder / "unpacked")
    return archive.stem.split("-")[1]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _keep(folder: Path, into: Path, package: str, version: str) -> list[Fetched]:
    """Move upright fonts to ``into`` and the licence texts to ``into/licences/PACKAGE``."""
    kept: list[Path] = []
    names: set[str] = set()
    for path in _files(folder / "unpacked"):
        if path.suffix.lower() in _SUFFIXES and not _UNLIKE_PLATES.search(path.name):
            kept.append(Path(shutil.copyfile(path, into / path.name)))
        elif _LICENCE_FILE.search(path.name) and path.suffix in {"", ".txt", ".md"}:
            licences = into / "licences" / package
            licences.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, licences / path.name)
            names.update(name.strip() for name in _LICENCE_NAME.findall(path.read_text(errors="replace")))
    return [Fetched(path.name, package, version, ", ".join(sorted(names)) or "see licences") for path in kept]


def main() -> None:
    """Fetch the fonts and say how many there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder for the fonts, made if need be")
    fetched = fetch(parser.parse_args().into)
    print(f"{len(fetched)} fonts from {len({each.package for each in fetched})} packages")


if __name__ == "__main__":
    main()
