"""kill -9 of the server while it writes: what was acknowledged is there afterwards, once."""

from __future__ import annotations

import os
import random
import re
import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.faults.serving import Browser, Server

WRITES, KILLS = (300, 2) if os.environ.get("FOURMI_BRIEF") else (2_000, 5)
WRITERS = 6


@pytest.fixture
def server(demonstration):
    made = Server(demonstration)
    made.start()
    yield made
    if made.process and made.process.poll() is None:
        made.kill()


def test_thousands_of_acknowledged_writes_survive_kills(server, demonstration):
    from demo.content import PASSWORD

    browser = Browser(server.port)
    browser.sign_in("camille@demo.example", PASSWORD)
    engine = create_engine(f"sqlite:///{demonstration / 'fourmi.db'}", poolclass=NullPool)
    with engine.connect() as connection:
        takes_comments = "closed_at IS NULL AND locked_at IS NULL AND merged_into_id IS NULL"
        questions = [
            row[0]
            for row in connection.execute(
                text(
                    "SELECT question.id FROM question JOIN post ON post.id = question.id "
                    f"WHERE post.state = 'published' AND {takes_comments} ORDER BY question.id LIMIT 20"
                )
            )
        ]
    browser.ask("GET", f"/en/questions/{questions[0]}/x")
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
                status, page = mine.ask("POST", f"/en/posts/{random.choice(questions)}/comments", fields)
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
