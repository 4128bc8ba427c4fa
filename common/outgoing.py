"""Requests to addresses that others gave us (a browser's push service, an identity provider): only out of the house, and
only as far as checked.

The name is resolved here, every address of it must be a public one, and the connection goes to the very address that was
checked, so that a name which answers differently the second time leads nowhere. No redirect is followed, little is read,
and nobody waits long. ``FOURMI_PRIVATE_RECEIVERS`` names receivers inside one's own network that are allowed all the same.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from common.config import current_config
from common.text import normalise

TIMEOUT = 10.0
LONGEST_WAIT = 20.0
MOST_READ = 16_384
LONGEST = 2_000
LONGEST_LABEL = 63
"""Letters between two dots of a name (RFC 1035 §2.3.4); what is longer, or empty, no resolver can be asked for."""


class Unreachable(Exception):
    """The far end could not be asked, this time; the message says why."""


class NotAllowed(Exception):
    """An address that is never asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the far end said; of its text no more than was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked(url: str) -> SplitResult:
    """The parts of an address that may be asked, by its form alone. Raises :class:`NotAllowed`."""
    if len(url) > LONGEST or not url.isascii() or any(ord(letter) <= 32 or letter == "\\" for letter in url):
        raise NotAllowed("not an address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("not an address") from error
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise NotAllowed("no host, or a password in the address")
    if not all(0 < len(label) <= LONGEST_LABEL for label in parts.hostname.removesuffix(".").split(".")):
        raise NotAllowed("no name that resolvers know")
    if _is_own(parts):
        return parts
    if parts.scheme != "https" or port not in (None, 443):
        raise NotAllowed("only https on its own port")
    if _literal(parts.hostname) or "." not in parts.hostname:
        raise NotAllowed("a number or a name without a dot")
    return parts


def post(
    url: str, body: bytes, headers: Mapping[str, str], most: int = MOST_READ, longest: float = LONGEST_WAIT
) -> Reply:
    """Send something, and read ``most`` bytes of the answer within ``longest`` seconds. Raises :class:`NotAllowed`, or
    :class:`Unreachable` where it may be tried again."""
    return _ask("POST", url, body, headers, most, longest)


def get(url: str, headers: Mapping[str, str], most: int = MOST_READ, longest: float = LONGEST_WAIT) -> Reply:
    """Read something, as :func:`post` sends."""
    return _ask("GET", url, None, headers, most, longest)


def _ask(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], most: int, longest: float
) -> Reply:
    parts = checked(url)
    connection = _Pinned(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    enough = threading.Timer(longest, connection.give_up)
    enough.daemon = True
    enough.start()
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.getheaders()), answer.read(most))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(normalise(f"{type(error).__name__}: {error}")[:300]) from error
    finally:
        enough.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the very address that was checked; the certificate must still be the name's."""

    def __init__(self, parts: SplitResult) -> None:
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.default_port = 443 if self.tls else 80
        host, port = parts.hostname or "", parts.port or self.default_port
        self.address = _address(host, port, is_own=_is_own(parts))
        super().__init__(host, port, timeout=TIMEOUT)

    def connect(self) -> None:
        """Open it."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host) if self.tls else plain

    def give_up(self) -> None:
        """End a conversation that drips on and on."""
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def _address(host: str, port: int, is_own: bool) -> str:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"no address for {host}") from error
    if not found:
        raise Unreachable(f"no address for {host}")
    if not is_own and not all(is_public(address) for address in found):
        raise NotAllowed("an address inside a network")
    return sorted(found, key=lambda address: (":" in address, address))[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also behind the ways of writing IPv4 inside IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _literal(host: str) -> bool:
    """A host that is a number in any of the ways resolvers understand."""
    last = host.rstrip(".").rpartition(".")[2]
    return ":" in host or last.isdigit() or last.lower().startswith("0x")


def _is_own(parts: SplitResult) -> bool:
    """One of the receivers that the configuration names, by host and port."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (
        parts.scheme in ("http", "https") and f"{parts.hostname}:{port}" in current_config().private_receivers
    )
