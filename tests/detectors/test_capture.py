from __future__ import annotations

import datetime
import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from detectors.capture import SourceError, open_source

STARTED = datetime.datetime(2026, 5, 4, 8, 0, tzinfo=datetime.UTC)
STARTED_NS = int(STARTED.timestamp()) * 1_000_000_000
MILLISECOND_NS = 1_000_000


def write_clip(
    path: Path,
    times_ms: list[int],
    *,
    created: str | None = None,
    codec: str = "libx264",
    size: tuple[int, int] = (96, 64),
    options: dict[str, str] | None = None,
    noise: bool = False,
) -> Path:
    """A clip whose frame i is a grey of value 4 * i (or noise), shown at times_ms[i]."""
    random = np.random.default_rng(1)
    with av.open(str(path), "w", options=options or {}) as container:
        if created:
            container.metadata["creation_time"] = created
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 10
        for i, time_ms in enumerate(times_ms):
            image = np.full((size[1], size[0], 3), 4 * i % 256, np.uint8)
            if noise:
                image = random.integers(0, 255, image.shape, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def every(milliseconds: int, count: int) -> list[int]:
    return [milliseconds * i for i in range(count)]


@pytest.mark.parametrize(
    ("name", "times_ms"),
    [
        pytest.param("even.mp4", every(40, 30), id="constant rate"),
        pytest.param("uneven.mp4", [0, 40, 95, 120, 333, 340, 500], id="variable rate"),
        pytest.param("late.mkv", [1000, 1040, 1080, 1120], id="does not start at zero"),
    ],
)
def test_frames_bear_the_presentation_times_of_the_file(
    tmp_path: Path, name: str, times_ms: list[int]
) -> None:
    source = open_source(str(write_clip(tmp_path / name, times_ms)), STARTED_NS)
    taken = [(frame.captured_at_ns - STARTED_NS) / MILLISECOND_NS for frame in source.frames()]
    assert taken == pytest.approx([time - times_ms[0] for time in times_ms], abs=1.0)


def test_frames_come_in_order_with_their_own_pictures(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "clip.mp4", every(40, 60))), 0)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(60))
    assert [frame.image.mean() for frame in frames] == pytest.approx(every(4, 60), abs=7)
    assert frames[0].image.shape == (source.height, source.width, 3) == (64, 96, 3)
    assert source.frame_count == source.counts.frames == 60
    assert not source.live


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mjpeg"])
def test_every_frame_of_an_avi_comes_in_its_time(tmp_path: Path, codec: str) -> None:
    """AVI has no presentation times, and its frames are stored in the order of decoding."""
    path = tmp_path / "clip.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={} if codec == "mjpeg" else {"bf": "3"})
        stream.width, stream.height = 96, 64
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for i in range(30):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 4 * i, np.uint8), format="bgr24")
            frame.pts, frame.time_base = i, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = open_source(str(path), 0)
    frames = list(source.frames())
    assert [frame.captured_at_ns for frame in frames] == [i * 40 * MILLISECOND_NS for i in range(30)]
    assert [frame.image.mean() for frame in frames] == pytest.approx(every(4, 30), abs=7)


def test_a_name_with_a_time_in_it_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "clip.mp4", every(40, 5)).rename(tmp_path / "2026-05-04T08:00:00.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(list(open_source("2026-05-04T08:00:00.mp4").frames())) == 5


def test_the_same_clip_gives_the_same_times_twice(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", every(33, 20), created="2026-05-04T08:00:00Z")
    once, again = ([frame.captured_at_ns for frame in open_source(str(clip)).frames()] for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("created", "given_ns", "expected_ns"),
    [
        pytest.param("2026-05-04T08:00:00Z", 7, 7, id="what the site says comes first"),
        pytest.param("2026-05-04T08:00:00.250Z", None, STARTED_NS + 250 * MILLISECOND_NS, id="creation time"),
        pytest.param("2026-05-04T10:00:00+0200", None, STARTED_NS, id="creation time with an offset"),
        pytest.param("1970-01-01T00:00:00Z", None, 42_000_000_000, id="a recorder without a clock"),
        pytest.param("yesterday", None, 42_000_000_000, id="nonsense"),
        pytest.param(None, None, 42_000_000_000, id="else the file's modification time"),
    ],
)
def test_where_the_first_frames_time_comes_from(
    tmp_path: Path, created: str | None, given_ns: int | None, expected_ns: int
) -> None:
    clip = write_clip(tmp_path / "clip.mkv", every(40, 3), created=created)
    os.utime(clip, (42, 42))
    assert next(open_source(str(clip), given_ns).frames()).captured_at_ns == expected_ns


def test_a_clip_turned_by_its_metadata_is_shown_upright(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", every(40, 4))
    content = bytearray(clip.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    clip.write_bytes(content)
    source = open_source(str(clip))
    assert (source.width, source.height) == (64, 96)
    assert next(source.frames()).image.shape == (96, 64, 3)


@pytest.mark.parametrize(
    ("name", "options"),
    [("cut.mkv", {}), ("cut.mp4", {"movflags": "faststart"})],
)
def test_a_clip_that_was_cut_off_gives_what_it_has_and_says_so(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    clip = write_clip(tmp_path / name, every(40, 100), options=options, noise=True)
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) * 6 // 10])
    source = open_source(str(clip), 0)
    frames = list(source.frames())
    assert 40 <= len(frames) <= 70
    assert source.counts.ended_early is not None
    assert "announces 4.0 s" in source.counts.ended_early


def test_a_whole_clip_does_not_claim_to_be_cut_off(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "clip.mp4", every(40, 50))))
    assert len(list(source.frames())) == 50
    assert source.counts.ended_early is None
    assert source.counts.corrupt == 0


def test_damaged_frames_are_counted_and_the_others_come(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", every(40, 50), codec="mjpeg", noise=True)
    content = bytearray(clip.read_bytes())
    starts = [i for i in range(len(content)) if content.startswith(b"\xff\xd8\xff", i)]
    for number in (20, 21):
        content[starts[number] : starts[number] + 700] = bytes(700)
    clip.write_bytes(content)
    source = open_source(str(clip), 0)
    frames = list(source.frames())
    assert source.counts.corrupt == 2
    assert len(frames) == 48
    assert frames[-1].captured_at_ns == 49 * 40 * MILLISECOND_NS


def test_closing_ends_the_frames(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "clip.mp4", every(40, 100))))
    taken = 0
    for _ in source.frames():
        taken += 1
        source.close()
    assert taken < 100


def broken(tmp_path: Path, what: str) -> Path:
    path = tmp_path / f"{what}.mp4"
    match what:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("this is a shopping list, not a clip\n" * 50)
        case "header lost":
            clip = write_clip(tmp_path / "whole.mp4", every(40, 30), noise=True)
            path.write_bytes(clip.read_bytes()[:-2000])
        case "sound only":
            with av.open(str(path), "w") as container:
                stream = container.add_stream("aac", rate=8000)
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
                sound.sample_rate = 8000
                container.mux(stream.encode(sound))
                container.mux(stream.encode(None))
        case "folder without images":
            path.mkdir()
            (path / "notes.txt").write_text("nothing to see")
        case "folder of broken images":
            path.mkdir()
            (path / "1.jpg").write_bytes(b"no picture")
    return path


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("nothing there", "There is no file or folder"),
        ("empty", "not a video that can be read"),
        ("text", "not a video that can be read"),
        ("header lost", "or it was cut off"),
        ("sound only", "has no video stream"),
        ("folder without images", "holds no images"),
        ("folder of broken images", "No image in"),
    ],
)
def test_a_source_that_cannot_be_used_says_why_in_a_sentence(
    tmp_path: Path, what: str, sentence: str
) -> None:
    path = broken(tmp_path, what)
    with pytest.raises(SourceError, match=sentence) as raised:
        open_source(str(path))
    assert str(path) in str(raised.value)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(SourceError, match="ftp:// is no camera's address"):
        open_source("ftp://camera/clip.mp4")
