"""JSON Schemas of the messages, for those who read or write them in another language.

``python -m streams.schemas docs/schemas`` writes one file a message.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from streams.messages import (
    DeadLetter,
    Decision,
    EvidenceItem,
    Heartbeat,
    LampChange,
    Passage,
)
from streams.topics import Topic

#: Which message each topic carries.
MESSAGES: Mapping[Topic, type[msgspec.Struct]] = MappingProxyType(
    {
        Topic.PASSAGES: Passage,
        Topic.EVIDENCE: EvidenceItem,
        Topic.SIGNALS: LampChange,
        Topic.HEARTBEATS: Heartbeat,
        Topic.DECISIONS: Decision,
        Topic.DEAD_LETTERS: DeadLetter,
    }
)


def schema(topic: Topic) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the message on ``topic``."""
    content = msgspec.json.schema(MESSAGES[topic])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Topic {topic.value}",
        **content,
    }


def export(folder: Path) -> list[Path]:
    """Write every schema into ``folder`` as ``<topic>.json``, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for topic in MESSAGES:
        file = folder / f"{topic.value}.json"
        file.write_text(json.dumps(schema(topic), indent=2, ensure_ascii=False) + "\n")
        files.append(file)
    return files


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m streams.schemas FOLDER")
    for written in export(Path(sys.argv[1])):
        print(written)
