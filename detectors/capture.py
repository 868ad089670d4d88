"""Opening whatever holds the frames: a clip, a folder of images, or a live camera."""

from __future__ import annotations

from pathlib import Path

from detectors.clip_source import ClipSource
from detectors.folder_source import FolderSource
from detectors.frames import CaptureCounts, Frame, FrameSource, SourceError
from detectors.live_source import SCHEMES, LiveSource

__all__ = ["CaptureCounts", "Frame", "FrameSource", "SourceError", "open_source"]


def open_source(source: str, recorded_at_ns: int | None = None) -> FrameSource:
    """Open a video file, a folder of images, or a camera's URL (rtsp://, rtsps://, tcp://, udp://, srt://).

    ``recorded_at_ns`` is the time of the first frame of a clip or folder, in UTC nanoseconds; a live camera's
    frames bear the time at which they come. Raises SourceError.
    """
    scheme, separator, _ = source.partition("://")
    if separator:
        if scheme.lower() in SCHEMES:
            return LiveSource(source)
        known = ", ".join(f"{name}://" for name in sorted(SCHEMES))
        raise SourceError(f"{scheme}:// is no camera's address; give a file, a folder, or one of {known}.")
    path = Path(source)
    if path.is_dir():
        return FolderSource(path, recorded_at_ns)
    if not path.exists():
        raise SourceError(f"There is no file or folder {path}; check the name.")
    return ClipSource(path, recorded_at_ns)
