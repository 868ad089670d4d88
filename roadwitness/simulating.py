"""``roadwitness simulate`` and the demo's site: rendering with progress."""

from __future__ import annotations

from pathlib import Path

import msgspec

from roadwitness.progress import progress, say
from roadwitness.simulator import SceneSettings, SimulatedSite, demo_scene, is_rendered, simulate
from streams.errors import RoadwitnessError


class OutputExists(RoadwitnessError):
    """The folder to write into holds something else."""


def render(out: Path, scene: SceneSettings) -> SimulatedSite:
    """Render a scene into ``out``, with a progress bar."""
    with progress("Rendering", "frames") as advance:
        return simulate(out, scene, advance)


def simulate_into(
    out: Path, *, seed: int, vehicles: int, duration_s: float, width: int, height: int, fps: int
) -> None:
    """Render a scene of a person's choosing and say what lies where.

    Raises:
        OutputExists: when ``out`` is a folder with something in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputExists(f"{out} is not empty: name a new folder for the simulated site.")
    scene = msgspec.structs.replace(
        demo_scene(),
        seed=seed,
        vehicles=vehicles,
        speeders=None,
        duration_s=duration_s,
        width=width,
        height=height,
        fps=fps,
    )
    site = render(out, scene)
    say(f"Rendered {site.clip}; its truth is {site.truth_file}. Try: roadwitness run {site.site_file}")


def demo_site(folder: Path) -> SimulatedSite:
    """The demo's site below ``folder``, rendered now unless a complete render of the same scene is there."""
    scene = demo_scene()
    out = folder / f"demo-{scene.seed}"
    if is_rendered(out, scene):
        say(f"Using the simulated site rendered before, {out}.")
        return SimulatedSite(out, scene)
    return render(out, scene)
