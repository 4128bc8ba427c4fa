"""The product's own server as a process of its own, and a browser that talks to it over the wire."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from bench.client import Connection, request
from tests.conftest import demonstration_environment

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The product's own server as a separate process, killed and started again on one port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = demonstration_environment(folder)
        self.process: subprocess.Popen | None = None

    def flask(self, *arguments: str) -> None:
        """Run one of the product's commands."""
        done = self._run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"

    def becomes_well(self, within: float = 120) -> None:
        """Ask the doctor until nothing is amiss: what was due while nobody worked is made up for first."""
        until = time.monotonic() + within
        while (said := self._run("doctor")).returncode:
            assert time.monotonic() < until, said.stdout + said.stderr
            time.sleep(1)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def start(self, *options: str) -> None:
        """Serve, and wait until it answers."""
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                with closing(Connection(self.port)) as connection:
                    if connection.ask(request("GET", "/healthz"))[0] in (200, 503):
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """SIGKILL to every process of the server."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Browser:
    """A signed-in member with a cookie jar, who tries again when the server is away."""

    def __init__(self, port: int) -> None:
        self.port, self.jar, self.token = port, {}, ""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.jar.items())} if self.jar else {}
        body = urlencode(fields).encode() if fields else b""
        with closing(Connection(self.port)) as connection:
            status, head, content = connection.ask(request(method, path, headers, body))
        for name, value in re.findall(rb"(?i)set-cookie: ([^=]+)=([^;\r]*)", head):
            self.jar[name.decode()] = value.decode()
        page = content.decode(errors="replace")
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page):
            self.token = found.group(1)
        return status, page

    def sign_in(self, address: str, password: str) -> None:
        self.ask("GET", "/en/sign-in")
        status, _ = self.ask(
            "POST", "/en/sign-in", {"csrf_token": self.token, "email": address, "password": password}
        )
        assert status in (302, 303), status
