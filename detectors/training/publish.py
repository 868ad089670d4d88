"""Put a trained model where the software finds it: the file, and its entry in the manifest.

    python -m detectors.training.publish runs/plates/best.onnx --name plates \\
        --base "YOLOv8n, COCO" --trained-on "RobertLucian/license-plate-dataset (MIT)" --metric recall_50=0.95
"""

from __future__ import annotations

import argparse
import ast
import datetime
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from detectors.manifest import ModelEntry, default_folder, digest_of, write_entry
from detectors.onnx_session import OnnxSession
from streams.errors import RoadwitnessError

#: What a file may have to be committed.
LARGEST_BYTES = 15_000_000
OUR_LICENCE = "AGPL-3.0-or-later"


class NotPublishable(RoadwitnessError):
    """A model that may not be shipped as it is."""


def publish(
    onnx_file: Path,
    *,
    name: str,
    base: str,
    trained_on: Sequence[str],
    metrics: Mapping[str, float],
    task: str = "detect",
    licence: str = OUR_LICENCE,
    trained_at: str | None = None,
    folder: Path | None = None,
) -> ModelEntry:
    """Copy ``onnx_file`` to ``folder``/``name``.onnx and write its manifest entry.

    Classes come from what the exporter wrote into the file, and so does the date unless given. Raises
    NotPublishable for a file that is too large, and ModelUnusable for one that onnxruntime cannot open.
    """
    folder = folder or default_folder()
    size = onnx_file.stat().st_size
    if size > LARGEST_BYTES:
        raise NotPublishable(
            f"{onnx_file} has {size / 1e6:.1f} MB and a shipped model may have {LARGEST_BYTES / 1e6:.0f} MB; "
            "export a smaller model or quantise it."
        )
    session = OnnxSession(onnx_file, threads=1)
    names = ast.literal_eval(session.metadata.get("names", "{}"))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.onnx"
    unfinished = target.with_suffix(".onnx.part")
    shutil.copyfile(onnx_file, unfinished)
    unfinished.replace(target)
    entry = ModelEntry(
        name=name,
        file=target.name,
        sha256=digest_of(target),
        bytes=size,
        task=task,
        input=_describe_input(session),
        classes=tuple(str(names[index]) for index in sorted(names)),
        trained_on=tuple(trained_on),
        licence=licence,
        metrics=dict(metrics),
        trained_at=trained_at or session.metadata.get("date", datetime.date.today().isoformat())[:10],
        base=base,
    )
    write_entry(folder, entry)
    return entry


def _describe_input(session: OnnxSession) -> str:
    height, width = session.height or "height", session.width or "width"
    trained = f", trained at {session.metadata['imgsz']}" if "imgsz" in session.metadata else ""
    return f"float32 [{session.batch or 'batch'}, 3, {height}, {width}], multiples of 32{trained}"


def _metric(text: str) -> tuple[str, float]:
    key, _, value = text.partition("=")
    return key, float(value)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m detectors.training.publish", description=__doc__)
    parser.add_argument("onnx_file", type=Path)
    parser.add_argument("--name", required=True, help="plates or vehicles")
    parser.add_argument("--base", required=True, help="weights that training started from")
    parser.add_argument(
        "--trained-on", action="append", required=True, help="a data set and its licence; may repeat"
    )
    parser.add_argument("--metric", action="append", type=_metric, default=[], metavar="NAME=VALUE")
    parser.add_argument("--licence", default=OUR_LICENCE)
    parser.add_argument("--models", type=Path, default=None, help="folder; the package's own by default")
    given = parser.parse_args(arguments)
    entry = publish(
        given.onnx_file,
        name=given.name,
        base=given.base,
        trained_on=given.trained_on,
        metrics=dict(given.metric),
        licence=given.licence,
        folder=given.models,
    )
    print(f"{entry.file}: {entry.bytes / 1e6:.1f} MB, {', '.join(entry.classes)}, sha256 {entry.sha256}")


if __name__ == "__main__":
    main()
