"""How strict signing in is, and who else may answer for a person: the file that ``--sign-in`` names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dashboards.sign_in.errors import SettingsError
from dashboards.sign_in.rights import Role

_HOST = re.compile(r"[A-Za-z0-9.-]+")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenID Connect provider that answers for people.

    ``secret_file`` holds the client's secret. ``roles`` says which of the values of the claim ``roles_claim``
    make somebody what at the desk; ``name_claim`` is what the account is called here.
    """

    issuer: str
    client_id: str
    secret_file: str
    roles: dict[str, Role]
    called: str = "your organisation"
    roles_claim: str = "groups"
    name_claim: str = "preferred_username"
    scope: str = "openid profile email"

    @property
    def secret(self) -> str:
        """The client's secret.

        Raises:
            SettingsError: when its file cannot be read.
        """
        try:
            return Path(self.secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The secret of the OIDC client cannot be read from {self.secret_file}: correct secret_file."
            ) from error


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    idle_minutes: float = 30.0
    longest_hours: float = 12.0
    second_factor: tuple[Role, ...] | None = None
    passwords: bool = True
    address: str = ""
    hosts: tuple[str, ...] = ()
    oidc: Provider | None = None


@dataclass(frozen=True)
class SignInSettings:
    """A session ends ``idle_s`` after its last request, and ``longest_s`` after it began, in seconds.

    ``second_factor``: roles whose holders must set one up before they can do anything. ``passwords``: whether
    anybody signs in with one. ``address``: where people open the pages, through a proxy that speaks https;
    empty: as they are asked for. ``hosts``: names under which they are asked for besides, as that of the page
    for keepers. ``provider``: who else answers for people, if anybody. ``memory_kib`` and ``passes``: what
    one guess at a password costs (Argon2id, four lanes).
    """

    idle_s: float = 30 * 60.0
    longest_s: float = 12 * 3600.0
    second_factor: frozenset[Role] = frozenset(Role) - {Role.ANALYST}
    passwords: bool = True
    address: str = ""
    hosts: tuple[str, ...] = ()
    provider: Provider | None = None
    memory_kib: int = 64 * 1024
    passes: int = 3


def load_sign_in(path: Path) -> SignInSettings:
    """The settings in a TOML file; a path in it counts from the file's folder.

    Raises:
        SettingsError: when the file cannot be read, or says what cannot be.
    """
    try:
        found = msgspec.convert(_read(path), _File)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}: correct that field.") from error
    if found.idle_minutes <= 0 or found.longest_hours <= 0:
        raise SettingsError(f"{path}: idle_minutes and longest_hours are more than nothing: correct them.")
    if found.address and not is_safe_address(found.address):
        raise SettingsError(f"{path}: address is where people open the pages, by https: correct it.")
    for host in found.hosts:
        if not _HOST.fullmatch(host):
            raise SettingsError(
                f"{path}: hosts has {host!r}, which is no host name: leave out https:// and port."
            )
    provider = found.oidc
    if provider is None and not found.passwords:
        raise SettingsError(
            f"{path}: without passwords and without [oidc] nobody gets in: allow one of them."
        )
    if provider is not None:
        _check(path, provider)
        provider = msgspec.structs.replace(provider, secret_file=str(path.parent / provider.secret_file))
    usual = SignInSettings()
    return SignInSettings(
        idle_s=found.idle_minutes * 60.0,
        longest_s=found.longest_hours * 3600.0,
        second_factor=usual.second_factor if found.second_factor is None else frozenset(found.second_factor),
        passwords=found.passwords,
        address=found.address,
        hosts=found.hosts,
        provider=provider,
    )


def is_safe_address(address: str) -> bool:
    """Whether nobody on the way can read or change what goes there: https, or this very machine.

    >>> [is_safe_address(text) for text in ("https://id.example", "http://127.0.0.1:8080", "http://id.example")]
    [True, True, False]
    """
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: name a file of sign-in settings.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is no TOML ({error}): correct it.") from error


def _check(path: Path, provider: Provider) -> None:
    if not is_safe_address(provider.issuer):
        raise SettingsError(f"{path}: the issuer {provider.issuer} is not an https address: correct it.")
    if not provider.roles:
        raise SettingsError(f"{path}: [oidc.roles] is empty, so that nobody would be anything: fill it.")
    if "openid" not in provider.scope.split():
        raise SettingsError(f"{path}: scope lacks openid, without which nobody is named: add it.")
