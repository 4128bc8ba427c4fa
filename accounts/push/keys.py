"""The one pair of keys by which push services know this site: in the environment, or made once in the data folder."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.push.rules import decoded, encoded
from common.config import Misconfigured, current_config

FILE = "push.key"


def private_key() -> ec.EllipticCurvePrivateKey:
    """The key that signs. Made at the first need where there is none."""
    config = current_config()
    return _of_text(config.push_key) if config.push_key else _of_file(str(config.data_dir / FILE))


def public_key() -> str:
    """What a browser is told when it subscribes."""
    return encoded(point(private_key().public_key()))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def as_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The key as `FOURMI_PUSH_KEY` holds it."""
    return encoded(key.private_numbers().private_value.to_bytes(32, "big"))


@lru_cache(maxsize=4)
def _of_text(text: str) -> ec.EllipticCurvePrivateKey:
    value = decoded(text, 32)
    if value is None:
        raise Misconfigured("FOURMI_PUSH_KEY is not a key. Make one with: flask --app app push keys --print")
    try:
        return ec.derive_private_key(int.from_bytes(value, "big"), ec.SECP256R1())
    except ValueError as error:
        raise Misconfigured("FOURMI_PUSH_KEY is not a key of the curve P-256.") from error


@lru_cache(maxsize=4)
def _of_file(path: str) -> ec.EllipticCurvePrivateKey:
    file = Path(path)
    if not file.exists():
        _make(file)
    return _of_text(file.read_text().strip())


def _make(file: Path) -> None:
    """Written whole or not at all; where two processes begin at once, the first one's key stands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".push-")
    try:
        with os.fdopen(handle, "w") as out:
            out.write(as_text(ec.generate_private_key(ec.SECP256R1())) + "\n")
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        Path(unfinished).unlink(missing_ok=True)
