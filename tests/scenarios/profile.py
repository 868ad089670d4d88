"""How much is tried: a little in every run, a hundred times more with ``ROADWITNESS_SCENARIOS=many``."""

from __future__ import annotations

import os

MANY = os.environ.get("ROADWITNESS_SCENARIOS") == "many"
#: Each scenario is observed once a seed, in every quality.
SEEDS = range(100 if MANY else 1)
#: Random scenes of each kind.
RANDOM_SCENES = 10_000 if MANY else 100
