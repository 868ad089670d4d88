"""A process of its own that publishes batches of three and says how far it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PUBLISH_AND_PRINT = """
import sys
from pathlib import Path
from streams.local import LocalBus
from streams.topics import Topic
bus = LocalBus(Path(sys.argv[1]))
name, number, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
while count:
    bus.publish_many([(Topic.DECISIONS, name, b"%d" % n) for n in range(number, number + 3)])
    number += 3
    count -= 1
    print(number, flush=True)
"""


def publisher(path: Path, name: str, first: int, count: int = -1) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PUBLISH_AND_PRINT, str(path), name, str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
