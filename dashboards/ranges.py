"""Parts of a file, as a player of a clip asks for them (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

_ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def answer_with(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """All of ``content``, or the one part that is asked for: 206, and 416 where there is no such part.

    Several parts in one request, or a part of another version (``If-Range``), are answered with the whole.
    """
    given = {**headers, "Accept-Ranges": "bytes"}
    asked = _ONE_RANGE.fullmatch(request.headers.get("range", ""))
    same = request.headers.get("if-range", headers.get("ETag")) == headers.get("ETag")
    if asked is None or asked[1] == asked[2] == "" or not same:
        return Response(content, media_type=media_type, headers=given)
    first, last = _bounds(asked[1], asked[2], len(content))
    if first > last:
        return Response(status_code=416, headers={**given, "Content-Range": f"bytes */{len(content)}"})
    given["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, media_type=media_type, headers=given)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and last byte; the first behind the last where nothing is asked for that is there."""
    if not first:  # so many bytes from the end
        return max(size - int(last), 0), size - 1
    if last and int(last) < int(first):
        return size, size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
