"""Python reads this before anything else where its folder is on PYTHONPATH: some modules are not there.

``ROADWITNESS_TEST_LEFT_OUT`` names them, with commas. So a process runs as in an image that leaves them out.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder


class _LeftOut(MetaPathFinder):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}: it is left out here", name=name)


sys.meta_path.insert(0, _LeftOut(frozenset(os.environ.get("ROADWITNESS_TEST_LEFT_OUT", "").split(","))))
