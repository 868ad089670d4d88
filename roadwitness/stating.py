"""A unit's signature under what it saw."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from detectors.pipeline import ClosedPassage
from enforcement.casefile.own_keys import signer_of, software
from roadwitness.data_folder import DataFolder
from streams.encoding import encode
from streams.messages import EvidenceItem, EvidenceReference
from streams.signing import load_signer
from streams.statement_chain import StatementChain
from streams.statements import KIND, MEDIA_TYPE


def stated(closed: ClosedPassage, chain: StatementChain | None) -> ClosedPassage:
    """The passage with the unit's signed statement among its evidence, if it has any evidence."""
    if chain is None or not closed.evidence:
        return closed
    passage = closed.passage
    signed = chain.state(passage.camera_id, encode(passage), closed.evidence)
    content = msgspec.json.encode(signed)
    digest = hashlib.sha256(content).hexdigest()
    item = EvidenceItem(digest, MEDIA_TYPE, False, passage.passage_id, passage.camera_id, content)
    reference = EvidenceReference(KIND, digest, MEDIA_TYPE, passage.ended_at_ns, 0, 0)
    return ClosedPassage(
        msgspec.structs.replace(passage, evidence=(*passage.evidence, reference)), (*closed.evidence, item)
    )


def own_chain(data: DataFolder, camera_id: str) -> StatementChain:
    """The chain of a camera whose keys lie in the data folder; they are made on first use."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", camera_id)
    signer = signer_of(data.keys, f"unit-{name}.key", f"unit:{camera_id}")
    return StatementChain(data.root / "statements.sqlite", signer, software())


def unit_chain(key: Path, spool: Path) -> StatementChain:
    """The chain of a roadside unit of its own, beside its spool.

    Raises:
        SigningError: when the key cannot be used.
    """
    return StatementChain(spool.with_name("statements.sqlite"), load_signer(key), software())
