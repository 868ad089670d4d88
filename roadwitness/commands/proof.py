"""Commands about proof: a case's ``package`` and ``notice``, ``verify``, and the ``keys`` that sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwitness.commands.options import DEFAULT_DATA, DataOption, OwnEvidenceOption, OwnStoreOption

keys = typer.Typer(help="Signing keys, and the archive of their public halves.", no_args_is_help=True)

ArchiveOption = Annotated[
    Path,
    typer.Option(
        "--archive", metavar="FILE", envvar="ROADWITNESS_KEYS", help="The archive of public keys (JSON)."
    ),
]
_ARCHIVE = Path("public-keys.json")


def verify(
    packages: Annotated[
        list[Path] | None, typer.Argument(metavar="CASE.zip…", help="Case packages, or folders of them.")
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="FILE", help="The authority's archive of public keys; else the package's own."
        ),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option("--authority", metavar="FILE", help="Certificates of the time-stamp authority (PEM)."),
    ] = None,
    tombstones: Annotated[
        Path | None,
        typer.Option(
            "--tombstones", metavar="FILE", help="Of erased cases (`retention tombstones --jsonl`): no gaps."
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="OUT.html", help="Write the page that checks packages in a browser."),
    ] = None,
) -> None:
    """Check case packages, offline: every byte, all signatures, time-stamps, and the chain among them.

    Exit code 1 and one sentence for the first thing that is wrong.
    """
    if not packages and page is None:
        raise typer.BadParameter("name a package, or --page OUT.html", param_hint="CASE.zip…")
    from roadwitness.proving import save_page, verify_files

    if page is not None:
        save_page(page)
    if packages:
        verify_files(packages, archive, authority, tombstones)


def package(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    out: Annotated[Path, typer.Option("--out", metavar="CASE.zip", help="Where the package goes.")],
    language: Annotated[
        str,
        typer.Option(
            "--language", metavar="CODE", help="Of its paper: en, de or ru; else as the policy says."
        ),
    ] = "",
    sites: Annotated[
        list[Path] | None,
        typer.Option("--site", metavar="SITE.toml", help="Draws the road of its camera; repeatable."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Pack a case for a court: evidence, measurement, law, decisions, signed by the unit and the centre."""
    from roadwitness.packing import package_case
    from roadwitness.premises import Premises

    package_case(case_id, out, Premises(data, store, evidence), language=language, sites=sites or ())


def notice(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="en, de, ru, or one of --texts.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="NOTICE.pdf", help="Where the notice goes.")],
    texts: Annotated[
        Path | None,
        typer.Option("--texts", metavar="DIR", help="A folder with CODE.toml, in place of our own texts."),
    ] = None,
    to_driver: Annotated[
        bool, typer.Option("--to-driver", help="To the driver whom the keeper named, instead of the keeper.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    store: OwnStoreOption = None,
    evidence: OwnEvidenceOption = None,
) -> None:
    """Write the notice to the keeper of a confirmed case, with a new one-time code for the answer."""
    from roadwitness.packing import write_notice
    from roadwitness.premises import Premises

    write_notice(case_id, language, out, texts, Premises(data, store, evidence), to_driver=to_driver)


@keys.command("create")
def create(
    key: Annotated[Path, typer.Argument(metavar="KEY", help="The file for the new private key.")],
    owner: Annotated[str, typer.Option("--owner", help="centre, or unit:CAMERA.")],
    archive: ArchiveOption = _ARCHIVE,
) -> None:
    """Make a signing key and enter its public half; the owner's key before it ends now."""
    from roadwitness.proving import create_key

    create_key(key, owner, archive)


@keys.command("sealing")
def sealing(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where both halves are written.")],
) -> None:
    """Make the pair that originals are sealed with: units get the public half, the pages the private one."""
    from roadwitness.keeping import create_sealing_keys

    create_sealing_keys(folder)


@keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="As `keys list` shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; it is kept.")],
    archive: ArchiveOption = _ARCHIVE,
) -> None:
    """Let signatures of a key count no longer from now on."""
    from roadwitness.proving import revoke_key

    revoke_key(key_id, reason, archive)


@keys.command("list")
def list_(archive: ArchiveOption = _ARCHIVE) -> None:
    """List all keys that ever signed: owner, time, revocation."""
    from roadwitness.proving import list_keys

    list_keys(archive)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(verify)
    app.command()(package)
    app.command()(notice)
    app.add_typer(keys, name="keys")
