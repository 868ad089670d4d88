"""The register that site files name: files that are imported, or a service that is asked."""

from __future__ import annotations

import os
from collections.abc import Sequence

from enforcement.register import import_register
from enforcement.register_asking import Register
from enforcement.register_http import HttpRegister, ServiceSettings
from enforcement.store import Store
from roadwitness.keeping import repeated
from roadwitness.progress import say
from roadwitness.site import RegisterReference, Site, SiteFileError

TOKEN = "ROADWITNESS_REGISTER_TOKEN"


def import_registers(sites: Sequence[Site], store: Store) -> None:
    """Import the files that the sites name, and say how many plates each brought."""
    for site in sites:
        path = site.resolve(site.file.register)
        if path is not None:
            report = import_register(store, path)
            say(f"Register: {report.imported} plates from {path.name}.{repeated(report)}")


def service_of(sites: Sequence[Site], store: Store) -> Register | None:
    """The service that the sites name; None where none does: then the imported register is asked.

    Raises:
        SiteFileError: when they name different ones, since any worker may get any camera's passages.
        RegisterError: for an address over which plates would travel unencrypted.
    """
    named = {site.file.register for site in sites if site.file.register and site.file.register.url}
    if not named:
        return None
    if len(named) > 1:
        raise SiteFileError("The site files name different register services: give each the same [register].")
    [register] = named
    return HttpRegister(_settings(register), store)


def _settings(register: RegisterReference) -> ServiceSettings:
    return ServiceSettings(
        register.url or "",
        register.vehicles,
        os.environ.get(TOKEN, ""),
        register.most_plates,
        register.per_second,
        timeout_s=register.timeout_s,
    )
