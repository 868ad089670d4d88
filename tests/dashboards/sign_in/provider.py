"""A small OpenID Connect provider on this machine, which can also lie."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, RedirectResponse, Response

from roadwitness.listening import bind
from roadwitness.web_server import WebServer

CLIENT, SECRET = "roadwitness-desk", "the client's own secret"


@dataclass
class House:
    """The provider. ``person`` are the claims about who is signed in there, ``lies`` change a token.

    ``asked`` are the parameters of the last authorization request, ``redeemed`` counts codes.
    """

    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    calls_itself: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    redeemed: int = 0

    def __post_init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "1"})
        self.signs_with = self._key
        self._codes: dict[str, dict[str, str]] = {}
        self._server = WebServer(self._app(), bind(0))
        self.url = self._server.url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": self.calls_itself or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self._key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            self.asked = dict(request.query_params)
            code = secrets.token_urlsafe(16)
            self._codes[code] = self.asked
            back = {"code": code, "state": self.asked["state"], "iss": self.url}
            return RedirectResponse(f"{self.asked['redirect_uri']}?{urlencode(back)}", 303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            asked = self._codes.pop(form.get("code", ""), None)
            challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            credentials = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
            if (
                asked is None
                or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
                or credentials != f"{CLIENT}:{SECRET}"
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.redeemed += 1
            return JSONResponse(
                {"access_token": "a", "token_type": "Bearer", "id_token": self._id_token(asked)}
            )

        return app

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.lies,
        }
        return jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.signs_with)
