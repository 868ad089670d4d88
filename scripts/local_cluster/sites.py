"""The simulated roadside: rendered once, in pairs of cameras at the two ends of a section."""

from __future__ import annotations

import shutil
from pathlib import Path

from roadwitness.simulator import SceneRequest, is_rendered, simulate

#: A round of a simulated pair. No vehicle then comes twice within the time that a section waits for it.
ROUND_S = 55
_ENDS = ("entry", "exit")
_NAMED = ("entry/site.toml", "exit/site.toml", "policy.toml")


def simulated_sites(folder: Path, units: int) -> list[Path]:
    """The site files of so many units below ``folder/sites``, rendered now where they are missing."""
    made = []
    for pair in range((units + 1) // 2):
        home = _rendered(folder / "sites", pair)
        made += [home / end / "site.toml" for end in _ENDS]
    return made[:units]


def _rendered(sites: Path, pair: int) -> Path:
    scene = SceneRequest(name="section", seed=pair + 1, fps=12)
    plain, home = sites / f"rendered-{pair + 1}", sites / f"pair-{pair + 1}"
    if not is_rendered(plain, scene):
        shutil.rmtree(home, ignore_errors=True)
        simulate(plain, scene)
    if not home.exists():
        partial = home.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(plain, partial)
        # Every pair is the same place in the simulator; here each has cameras and a section of its own.
        for name in _NAMED:
            text = (partial / name).read_text(encoding="utf-8")
            (partial / name).write_text(
                text.replace("sim-section", f"sim-section-{pair + 1}"), encoding="utf-8"
            )
        partial.rename(home)
    return home
