"""``roadwitness simulate`` and the demo's site: rendering with progress."""

from __future__ import annotations

from pathlib import Path

from roadwitness.progress import progress, say
from roadwitness.simulator import (
    FAULTS,
    SCENES,
    SHAKES,
    WEATHERS,
    Scene,
    SceneRequest,
    SimulatedSite,
    demo_scene,
    is_rendered,
    simulate,
)
from streams.errors import RoadwitnessError


class OutputExists(RoadwitnessError):
    """The folder to write into holds something else."""


def render(out: Path, scene: Scene) -> SimulatedSite:
    """Render a scene into ``out``, with a progress bar."""
    with progress("Rendering", "frames") as advance:
        return simulate(out, scene, advance)


def list_scenes() -> None:
    """Print all scenes, weathers, shakes and faults of the clock."""
    groups = (
        ("Scenes", {name: scene.about for name, scene in SCENES.items()}),
        ("Weather", dict.fromkeys(WEATHERS, "")),
        ("Shake", SHAKES),
        ("Clock", FAULTS),
    )
    for title, names in groups:
        print(f"{title}:")
        for name, about in names.items():
            print(f"  {name:<18} {about}".rstrip())


def simulate_into(out: Path, request: SceneRequest) -> None:
    """Render a scene of a person's choosing and say what lies where.

    Raises:
        OutputExists: when ``out`` is a folder with something in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputExists(f"{out} is not empty: name a new folder for the simulated site.")
    site = render(out, request)
    for file in site.site_files:
        clip, truth = file.with_name("clip.mp4"), file.with_name("truth.json")
        say(f"Rendered {clip}; its truth is {truth}. Try: roadwitness run {file}")


def demo_site(folder: Path) -> SimulatedSite:
    """The demo's site below ``folder``, rendered now unless a complete render of the same scene is there."""
    scene = demo_scene()
    out = folder / f"demo-{scene.seed}"
    if is_rendered(out, scene):
        say(f"Using the simulated site rendered before, {out}.")
        return SimulatedSite(out, scene)
    return render(out, scene)
