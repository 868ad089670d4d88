"""What a site file says about running models, and about models of others in place of ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from detectors.manifest import ModelManifest, ModelMissing, digest_of
from detectors.onnx_session import ModelUnusable
from detectors.providers import CHAINS, CPU, ProviderUnusable
from roadwitness.site import Site, SiteFileError, load_site
from roadwitness.wiring import open_eyes
from tests.detectors.tiny_onnx import raw_output, write_model
from tests.roadwitness.in_process import CommandLine

SiteWith = Callable[[str], Site]
ABSENT = next(name for name, chain in CHAINS.items() if chain[0] not in onnxruntime.get_available_providers())


@pytest.fixture
def site_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteWith:
    monkeypatch.delenv("ROADWITNESS_PROVIDER", raising=False)

    def write(more: str) -> Site:
        path = tmp_path / "site.toml"
        path.write_text(f'[site]\nid = "s"\n[camera]\nid = "c"\n{more}\n')
        return load_site(path)

    return write


def test_models_run_on_the_cpu_where_nothing_is_said(site_with: SiteWith) -> None:
    eyes = open_eyes(site_with(""))
    assert (eyes.threads, eyes.providers) == (0, CPU)
    assert eyes.digests["plates"] == ModelManifest.load().entry("plates").sha256


def test_threads_and_auto(site_with: SiteWith, capsys: pytest.CaptureFixture[str]) -> None:
    eyes = open_eyes(site_with('[inference]\nprovider = "auto"\nthreads = 2'))
    assert eyes.threads == 2
    assert "Models run on " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('provider = "gpu"', "There is no provider 'gpu' to run models with; choose one of auto, cpu"),
        (f'provider = "{ABSENT}"', f"The installed onnxruntime cannot use {ABSENT}"),
    ],
)
def test_a_provider_that_is_not_there_is_no_silent_cpu(site_with: SiteWith, written: str, said: str) -> None:
    with pytest.raises(ProviderUnusable, match=said):
        open_eyes(site_with(f"[inference]\n{written}"))


def test_the_environment_reaches_commands_without_a_site(
    command_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((32, 32, 3), np.uint8))
    monkeypatch.setenv("ROADWITNESS_PROVIDER", ABSENT)
    sentence = command_line.fail("read", tmp_path / "a.png")
    assert sentence.startswith(f"The installed onnxruntime cannot use {ABSENT} (it offers cpu")
    assert sentence.endswith('or choose the provider "cpu".')


def test_the_models_command_says_what_runs_models_here(command_line: CommandLine) -> None:
    text = command_line("models").stdout.decode()
    rows = dict(re.findall(r"^(\w+) +(available|-) ", text, re.M))
    assert list(rows) == list(CHAINS)
    assert (rows["cpu"], rows[ABSENT]) == ("available", "-")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[inference]\nthreads = -1", "`inference.threads` is wrong: expected `int` >= 0; correct it."),
        ("[inference]\nprovidrr = 'cpu'", "[inference] `providrr` is unknown; did you mean `provider`?"),
        ("[models]\nvehicle = 'a.onnx'", "[models] `vehicle` is unknown; did you mean `vehicles`?"),
    ],
)
def test_a_wrong_table_is_said(site_with: SiteWith, written: str, said: str) -> None:
    with pytest.raises(SiteFileError) as raised:
        site_with(written)
    assert said in str(raised.value)


class TestModelsOfOthers:
    """``[models]``: detectors in place of ours."""

    def test_are_used_and_named_by_their_digest(
        self, site_with: SiteWith, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ours = ModelManifest.load()
        shutil.copyfile(ours.path("plates"), tmp_path / "theirs.onnx")
        names = {0: "Car", 1: "lorry"}
        write_model(tmp_path / "cars.onnx", raw_output([(0, 0, 64, 64, [0.1, 0.9])]), names)
        eyes = open_eyes(site_with('[models]\nplates = "theirs.onnx"\nvehicles = "cars.onnx"'))
        assert eyes.digests["vehicles"] == digest_of(tmp_path / "cars.onnx")
        assert eyes.digests["faces"] == ours.entry("faces").sha256
        (seen,) = eyes.vehicles.detect(np.zeros((640, 640, 3), np.uint8))
        assert seen.label == "truck"
        said = " ".join(capsys.readouterr().err.split())
        assert "does not know bicycle, bus, motorcycle, person: none will be seen." in said

    def test_that_are_not_there(self, site_with: SiteWith, tmp_path: Path) -> None:
        with pytest.raises(ModelMissing) as raised:
            open_eyes(site_with('[models]\nplates = "none.onnx"'))
        assert str(raised.value) == (
            f"[models] `plates` names {tmp_path}/none.onnx, which is no file; correct it or leave it out."
        )

    def test_that_find_something_else(self, site_with: SiteWith, tmp_path: Path) -> None:
        write_model(tmp_path / "p.onnx", raw_output([(0, 0, 64, 64, [0.9])]), {0: "plate"})
        with pytest.raises(ModelUnusable, match="finds plate and no vehicle"):
            open_eyes(site_with('[models]\nvehicles = "p.onnx"'))
