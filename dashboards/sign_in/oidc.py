"""OpenID Connect: another house says who somebody is. Code with PKCE, state and nonce (by Authlib).

Nothing that comes through the browser is believed: what counts is the ID token, fetched from the provider
itself and signed by it, for us, for this very sign-in, and not yet expired.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, cast

import msgspec

from dashboards.sign_in.errors import ProviderError, SettingsError
from dashboards.sign_in.rights import Role
from dashboards.sign_in.settings import Provider, is_safe_address

#: Signatures by a private key that only the provider has: neither none at all, nor a secret that both share.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_TIMEOUT_S = 10.0
#: How long what the provider publishes about itself is believed.
_KNOWN_FOR_S = 3600.0
#: How far its clock and ours may be apart.
_LEEWAY_S = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Begun(msgspec.Struct, frozen=True):
    """What this browser was sent away with; kept in a sealed cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    to: str
    began_at_s: float


@dataclass(frozen=True)
class Claimed:
    """Who the provider says that is, and what they are here by its groups."""

    subject: str
    name: str
    shown_as: str
    roles: frozenset[Role]


class Oidc:
    """The provider of a desk. Safe to use from several threads."""

    def __init__(self, provider: Provider) -> None:
        """Nothing is asked of the provider yet.

        Raises:
            SettingsError: without the library, which is an extra.
        """
        if find_spec("authlib") is None:
            raise SettingsError(
                "Signing in by OIDC needs Authlib, which is not installed: pip install 'roadwitness[oidc]'."
            )
        self.provider = provider
        self._turn = threading.Lock()
        self._known: tuple[float, Mapping[str, Any]] | None = None

    def begin(self, return_address: str, to: str) -> tuple[str, Begun]:
        """Where the browser is sent, and what has to be remembered until it comes back to ``return_address``.

        Raises:
            ProviderError: when the provider does not answer, or answers nonsense.
        """
        begun = Begun(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            to=to,
            began_at_s=time.time(),
        )
        endpoint = self._metadata()["authorization_endpoint"]
        with self._session(return_address) as session:
            address, _ = session.create_authorization_url(
                endpoint, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(address), begun

    def finish(self, return_address: str, begun: Begun, code: str) -> Claimed:
        """Who came back with ``code``.

        Raises:
            ProviderError: when the provider refuses the code, or its token is not to be trusted.
        """
        metadata = self._metadata()
        with _as_provider_errors("it refused the code"), self._session(return_address) as session:
            token = session.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
                timeout=_TIMEOUT_S,
            )
        with _as_provider_errors("it says nothing that can be used of who that is"):
            return self._claimed(self._checked(token, begun, metadata["jwks_uri"]))

    def _session(self, return_address: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self.provider.client_id,
            self.provider.secret,
            scope=self.provider.scope,
            redirect_uri=return_address,
            code_challenge_method="S256",
        )

    def _metadata(self) -> Mapping[str, Any]:
        with self._turn:
            if self._known is not None and time.monotonic() - self._known[0] < _KNOWN_FOR_S:
                return self._known[1]
            found = _fetched(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise ProviderError(_untrusted("it calls itself by another name than the settings do"))
            if not all(is_safe_address(str(found.get(name, ""))) for name in _ENDPOINTS):
                raise ProviderError(_untrusted("its addresses are not https"))
            self._known = (time.monotonic(), found)
            return found

    def _checked(self, token: Mapping[str, Any], begun: Begun, keys_at: str) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet

        with _as_provider_errors("its token is not signed, not for us, not for this sign-in, or too old"):
            keys = KeySet.import_key_set(cast(Any, _fetched(keys_at)))
            decoded = jwt.decode(str(token["id_token"]), keys, algorithms=_ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.provider.issuer},
                    "aud": {"essential": True, "value": self.provider.client_id},
                    "nonce": {"essential": True, "value": begun.nonce},
                },
                {
                    "nonce": begun.nonce,
                    "client_id": self.provider.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY_S)
            if not claims["sub"]:
                raise ValueError("a token about nobody")
        found: Mapping[str, Any] = claims
        return found

    def _claimed(self, claims: Mapping[str, Any]) -> Claimed:
        subject = str(claims["sub"])
        groups = claims.get(self.provider.roles_claim) or ()
        groups = [groups] if isinstance(groups, str) else groups
        roles = frozenset(self.provider.roles[group] for group in groups if group in self.provider.roles)
        name = str(claims.get(self.provider.name_claim) or subject)
        return Claimed(subject, name, str(claims.get("name") or name), roles)


def _fetched(address: str) -> dict[str, Any]:
    import requests

    with _as_provider_errors("it does not answer"):
        response = requests.get(address, timeout=_TIMEOUT_S, allow_redirects=False)
        response.raise_for_status()
        found = response.json()
        if response.status_code != 200 or not isinstance(found, dict):
            raise ValueError("not a JSON object")
    return found


@contextmanager
def _as_provider_errors(why: str) -> Iterator[None]:
    """Within it, every failure of the provider's is raised as one sentence; what it said goes nowhere."""
    try:
        yield
    except (ProviderError, SettingsError):
        raise
    except Exception as error:
        raise ProviderError(_untrusted(why)) from error


def _untrusted(why: str) -> str:
    return (
        f"Your organisation's sign-in cannot be relied on just now ({why}): try again, or tell your "
        "administrator."
    )
