"""A message for one device: encrypted with the device's keys, signed with this site's (RFC 8291, RFC 8292)."""

from __future__ import annotations

import json
import os
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accounts.push.keys import point
from accounts.push.rules import TOKEN_SECONDS, encoded, header


def sealed(
    message: bytes,
    device_key: bytes,
    secret: bytes,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The message as only the device can read it. ``own`` and ``salt`` are made anew for every message."""
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device_key)
    mine = point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    key = _derived(shared, secret, b"WebPush: info\x00" + device_key + mine, 32)
    content_key = _derived(key, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(key, salt, b"Content-Encoding: nonce\x00", 12)
    return header(salt, mine) + AESGCM(content_key).encrypt(nonce, message + b"\x02", None)


def is_point(device_key: bytes) -> bool:
    """Whether the bytes are a public key of the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device_key)
    except ValueError:
        return False
    return True


def authorization(key: ec.EllipticCurvePrivateKey, audience: str, subject: str, moment: datetime) -> str:
    """The header by which a push service knows the sender; good for half a day."""
    claims = {"aud": audience, "exp": int(moment.timestamp()) + TOKEN_SECONDS, "sub": subject}
    parts = ({"typ": "JWT", "alg": "ES256"}, claims)
    signed = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={encoded(point(key.public_key()))}"


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
