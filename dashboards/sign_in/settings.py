"""How strict signing in is: how long a session lasts, who needs a second factor, what a password costs."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.sign_in.rights import Role


@dataclass(frozen=True)
class SignInSettings:
    """A session ends ``idle_s`` after its last request, and ``longest_s`` after it began, in seconds.

    ``second_factor``: roles whose holders must set one up before they can do anything. ``memory_kib`` and
    ``passes``: what one guess at a password costs (Argon2id, four lanes).
    """

    idle_s: float = 30 * 60.0
    longest_s: float = 12 * 3600.0
    second_factor: frozenset[Role] = frozenset(Role) - {Role.ANALYST}
    memory_kib: int = 64 * 1024
    passes: int = 3
