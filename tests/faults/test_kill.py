"""kill -9 of the server while it writes: what was acknowledged is there afterwards, once."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.client import Connection, request

ROOT = Path(__file__).resolve().parents[2]
WRITES = 2_000
KILLS = 5
WRITERS = 6


class Server:
    """The product's own server as a separate process, killed and started again on one port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "FOURMI_MODE": "demo",
            "FOURMI_DATA_DIR": str(folder),
            "FOURMI_DATABASE_URL": f"sqlite:///{folder / 'kill.db'}",
            "FOURMI_SECRET_KEY": "k" * 40,
        }
        self.process: subprocess.Popen | None = None

    def flask(self, *arguments: str) -> None:
        """Run one of the product's commands."""
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(self.port)]
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


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    made.flask("db", "upgrade")
    made.flask("demo", "load")
    made.start()
    yield made
    if made.process and made.process.poll() is None:
        made.kill()


def test_two_thousand_acknowledged_writes_survive_five_kills(server, tmp_path):
    from demo.content import PASSWORD

    browser = Browser(server.port)
    browser.sign_in("camille@demo.example", PASSWORD)
    engine = create_engine(f"sqlite:///{tmp_path / 'kill.db'}", poolclass=NullPool)
    with engine.connect() as connection:
        question = connection.execute(text("SELECT id FROM question ORDER BY id LIMIT 1")).scalar_one()
    browser.ask("GET", f"/en/questions/{question}/x")
    status, _ = browser.ask("GET", "/en/questions/ask")
    assert status == 200
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        mine = Browser(server.port)
        mine.jar, mine.token = dict(browser.jar), browser.token
        while not stop.is_set():
            word = "acknowledged-" + "".join(random.choices("abcdefghijkmnop", k=16))
            fields = {"csrf_token": mine.token, "body": f"A remark of its own: {word}"}
            try:
                status, page = mine.ask("POST", f"/en/posts/{question}/comments", fields)
            except OSError:
                time.sleep(0.05)
                continue
            if status in (302, 303):
                acknowledged.append(word)
            elif status not in (429, 503, 500):
                raise AssertionError(f"{status}: {page[:500]}")

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        kills = 0
        deadline = time.monotonic() + 240
        while (len(acknowledged) < WRITES or kills < KILLS) and time.monotonic() < deadline:
            if kills < KILLS and len(acknowledged) >= (kills + 1) * WRITES // (KILLS + 1):
                server.kill()
                kills += 1
                server.start()
            time.sleep(0.02)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(acknowledged) >= WRITES, f"only {len(acknowledged)} writes in time"
    assert kills == KILLS
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        stored = (
            connection.execute(text("SELECT body FROM post WHERE body LIKE '%acknowledged-%'"))
            .scalars()
            .all()
        )
    words = [re.search(r"acknowledged-[a-p]+", body).group(0) for body in stored]
    assert set(acknowledged) <= set(words), f"lost {len(set(acknowledged) - set(words))}"
    assert len(words) == len(set(words)), "something was written twice"
