"""A device that makes passkeys and signs with them, in software. It answers whatever it is asked: what must be refused is
for the site to refuse, not for this device."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64
ORIGIN, SITE = "http://localhost", "localhost"


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Device:
    """One key. What it says of itself may be changed to tell lies."""

    origin: str = ORIGIN
    site: str = SITE
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    count: int = 0
    form: str = "none"
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, asked: str, **lies: Any) -> str:
        """The answer to ``navigator.credentials.create``."""
        told = json.loads(asked)
        self.handle = raw(told["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        new = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attested = {"fmt": self.form, "attStmt": {}, "authData": self._said(ATTESTED) + new}
        client = self._client("webauthn.create", told, lies)
        return self._answer(client, attestationObject=cbor2.dumps(attested))

    def show(self, asked: str, **lies: Any) -> str:
        """The answer to ``navigator.credentials.get``."""
        told = json.loads(asked)
        self.count += int(self.counts)
        said, client = self._said(), self._client("webauthn.get", told, lies)
        signed = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(client, authenticatorData=said, signature=signed, userHandle=self.handle)

    def _said(self, more: int = 0) -> bytes:
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([self.flags | more]) + (self.count if self.counts else 0).to_bytes(4, "big")

    def _client(self, kind: str, told: dict[str, Any], lies: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": told["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | lies).encode()

    def _answer(self, client: bytes, **parts: bytes) -> str:
        response = {name: text(value) for name, value in (parts | {"clientDataJSON": client}).items()}
        return json.dumps(
            {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
        )
