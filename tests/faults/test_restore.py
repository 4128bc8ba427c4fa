"""A backup taken while members write, put back elsewhere as docs/operations.md says: nothing acknowledged before is
missing, the search finds it again, and the doctor has nothing to say."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from demo.content import PASSWORD
from tests.faults.serving import Browser, Server

WRITTEN_BEFORE = 10


def test_a_backup_under_load_comes_back_whole(demonstration, tmp_path):
    here, there = demonstration, tmp_path / "there"
    there.mkdir()
    server = Server(here)
    server.start()
    try:
        acknowledged = _backed_up_under_load(server, here, there)
    finally:
        server.kill()
    if (here / "uploads").is_dir():
        shutil.copytree(here / "uploads", there / "uploads")
    restored = Server(there)
    restored.flask("db", "upgrade")
    restored.flask("search", "rebuild")
    engine = create_engine(f"sqlite:///{there / 'fourmi.db'}", poolclass=NullPool)
    with engine.connect() as connection:
        bodies = set(connection.execute(text("SELECT body FROM post")).scalars())
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert acknowledged <= bodies, f"missing: {acknowledged - bodies}"
    restored.start()
    try:
        restored.becomes_well()
        member = Browser(restored.port)
        member.sign_in("camille@demo.example", PASSWORD)
        assert member.ask("GET", "/en/questions/")[0] == 200
        assert "<mark>" in member.ask("GET", "/fr/search?q=filtre")[1]
    finally:
        restored.kill()


def _backed_up_under_load(server: Server, here, there) -> set[str]:
    """What was acknowledged when the backup began."""
    writer = Browser(server.port)
    writer.sign_in("camille@demo.example", PASSWORD)
    with closing(sqlite3.connect(here / "fourmi.db")) as database:
        question = database.execute("SELECT id FROM question ORDER BY id LIMIT 1").fetchone()[0]
    writer.ask("GET", "/en/questions/ask")
    acknowledged: list[str] = []
    stop, enough = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            body = "A remark in good time: " + "".join("abcdefghij"[int(digit)] for digit in f"{number:06}")
            fields = {"csrf_token": writer.token, "body": body}
            if writer.ask("POST", f"/en/posts/{question}/comments", fields)[0] in (302, 303):
                acknowledged.append(body)
            if len(acknowledged) >= WRITTEN_BEFORE:
                enough.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert enough.wait(60), "nothing could be written"
        before = set(acknowledged)
        with (
            closing(sqlite3.connect(here / "fourmi.db")) as source,
            closing(sqlite3.connect(there / "fourmi.db")) as copy,
        ):
            source.backup(copy)
    finally:
        stop.set()
        thread.join()
    return before
