"""The quality terms of each camera, out of the policies that the store keeps word for word."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import msgspec

from enforcement.law.quality import USUAL, Quality
from enforcement.store import Store


def terms_of_cameras(store: Store) -> Mapping[str, Quality]:
    """What each camera's policy says of quality; a camera that no worker has started with is left out."""
    rows = store.query(
        """SELECT camera_id, text
        FROM (SELECT camera_id, policy_id, policy_version FROM cameras FINAL) AS cameras
        INNER JOIN (
            SELECT policy_id, policy_version, argMax(text, recorded_at) AS text
            FROM policies FINAL GROUP BY policy_id, policy_version
        ) AS policies USING (policy_id, policy_version)"""
    )
    return {str(camera): _terms(text) for camera, text in rows}


def _terms(text: str) -> Quality:
    try:
        return msgspec.convert(tomllib.loads(text).get("quality", {}), Quality)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):  # of a release whose policies are not ours
        return USUAL
