"""An identity provider of the tests: a real server on this machine with a key, a description, codes and tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from common import clock

SECRET = "a client secret of the tests"


@lru_cache
def key(kid: str) -> RSAKey:
    """A key, made once for all tests."""
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig", "alg": "RS256"})


class Issuer:
    """One provider. ``described``, ``claims`` and ``sign`` are what a test bends."""

    def __init__(self) -> None:
        self.codes: dict[str, dict] = {}
        self.asked: list[str] = []
        self.described: dict = {}
        self.userinfo: dict = {}
        self.jwks = {"keys": [key("one").as_dict(private=False)]}
        self.instead: dict = {}
        self.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("one"))
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self, urlsplit(self.path).path)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.token(self, dict(parse_qsl(body)))

            def log_message(self, *_words):
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.where = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.where}"

    def close(self) -> None:
        """No more."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, path: str) -> None:
        """Description, keys, userinfo."""
        self.asked.append(path)
        if path in self.instead:
            status, headers, body = self.instead[path]
            return self.say(request, status, body, headers)
        if path == "/jwks":
            return self.say(request, 200, self.jwks)
        if path == "/userinfo":
            return self.say(request, 200, self.userinfo)
        if path != "/.well-known/openid-configuration":
            return self.say(request, 404, {})
        found = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
        }  # fmt: skip
        return self.say(request, 200, found | self.described)

    def say(self, request, status, body, headers=None) -> None:
        """An answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        for name, value in (headers or {"Content-Type": "application/json"}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)

    def agree(self, location: str, **claims) -> str:
        """The person says yes: the address of the community that the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = {"asked": asked, "claims": claims}
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def token(self, request, sent: dict) -> None:
        """A token for a code: once, for the right client, with the right verifier."""
        if "/token" in self.instead:
            status, headers, body = self.instead["/token"]
            return self.say(request, status, body, headers)
        pair = base64.b64encode(f"community:{SECRET.replace(' ', '%20')}".encode()).decode()
        kept = self.codes.pop(sent.get("code", ""), None)
        made = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if (
            kept is None
            or request.headers.get("Authorization") != f"Basic {pair}"
            or sent.get("redirect_uri") != kept["asked"]["redirect_uri"]
            or made.decode().rstrip("=") != kept["asked"]["code_challenge"]
        ):
            return self.say(request, 400, {"error": "invalid_grant"})
        moment = int(clock.now().timestamp())
        claims = {
            "iss": self.url, "aud": "community", "sub": "customer-7", "iat": moment, "exp": moment + 300,
            "nonce": kept["asked"]["nonce"], "email": "walter@example.com", "email_verified": True,
            "name": "Walter Dupont", "locale": "fr-FR",
        } | kept["claims"]  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.say(
            request, 200, {"id_token": self.sign(claims), "access_token": "at-1", "token_type": "Bearer"}
        )
