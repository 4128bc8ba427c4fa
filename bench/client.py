"""A small load generator: keep-alive connections on raw sockets in a process of its own, no library in the way."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Figures:
    """What one run gave: requests a second, and milliseconds at the 50th, 95th and 99th percentile."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int


class Connection:
    """One keep-alive HTTP/1.1 connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send one request; gives status, head and body."""
        self.socket.sendall(request)
        data = self.rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        status = int(data[9:12])
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        body = data[end + 4 :]
        while len(body) < length:
            body += self._more()
        self.rest = body[length:]
        return status, data[:end], body[:length]

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _more(self) -> bytes:
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("closed by the server")
        return part


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _work(
    port: int, requests: list[bytes], seconds: float, connections: int, out: multiprocessing.Queue
) -> None:
    times: list[float] = []
    errors = [0]
    stop = time.perf_counter() + seconds

    def loop(first: int) -> None:
        connection, number = Connection(port), first
        mine = []
        while (began := time.perf_counter()) < stop:
            try:
                status, _, _ = connection.ask(requests[number % len(requests)])
            except (OSError, ValueError):
                errors[0] += 1
                connection = Connection(port)
                continue
            mine.append(time.perf_counter() - began)
            errors[0] += status >= 400
            number += connections
        times.extend(mine)

    threads = [threading.Thread(target=loop, args=(n,)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put((times, errors[0]))


def measure(port: int, requests: list[bytes], connections: int, seconds: float) -> Figures:
    """Ask for ``seconds`` with so many connections, each taking the requests in turn."""
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    process = context.Process(target=_work, args=(port, requests, seconds, connections, out))
    process.start()
    times, errors = out.get(timeout=seconds + 120)
    process.join()
    if len(times) < 2:
        return Figures(0, 0, 0, 0, errors)
    cuts = quantiles(times, n=100)
    return Figures(len(times) / seconds, cuts[49] * 1e3, cuts[94] * 1e3, cuts[98] * 1e3, errors)
