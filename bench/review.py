"""How fast the desk decides with 20,000 open items: the call of a decision and the next item, over HTTP.

python -m bench.review                       # SQLite and PostgreSQL
python -m bench.review --items 2000 --decisions 50 --engine sqlite
"""

from __future__ import annotations

import contextlib
import random
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import click

from bench.client import Connection, request
from bench.filling import fill, insert_many_core
from bench.pages import PASSWORD, ROOT, _server, _sign_in, config_for
from tests import postgres

MODERATOR = "moderator@bench.example"
POSTS = 40_000
QUESTIONS = 4_000


def fill_queue(items: int) -> None:
    """So many texts that wait, of all classes, some of them late; and the rest of the forum around them."""
    from sqlalchemy import select, update

    from common import clock
    from common.db import db
    from common.unit_of_work import unit_of_work
    from forum.questions.models import Post
    from forum.questions.rules import PostState
    from moderation.review.models import ReviewItem
    from moderation.review.rules import DEFAULT_SLA_MINUTES, ItemType, aged_at, due_at

    chance, now = random.Random(11), clock.now()
    with unit_of_work():
        answers = select(Post.id, Post.question_id, Post.author_id).where(Post.question_id.is_not(None))
        rows = db.session.execute(answers.order_by(Post.id).limit(items)).all()
        waiting = []
        for row in rows:
            kind, klass = chance.choices(
                [(ItemType.POST, 2), (ItemType.FLAG_CASE, 3), (ItemType.FLAG_CASE, 1), (ItemType.SAMPLE, 5), (ItemType.POST, 0)],
                [60, 20, 4, 15, 1],
            )[0]  # fmt: skip
            began = now - timedelta(minutes=chance.randrange(DEFAULT_SLA_MINUTES[klass] * 3 // 2))
            waiting.append(
                {
                    "kind": kind, "target_id": row.id, "target_version": 1, "open_key": f"{kind.value}:{row.id}",
                    "post_id": row.id, "question_id": row.question_id, "category_id": row.question_id % 10 + 1,
                    "author_id": row.author_id, "class": klass, "state": "open",
                    "signals": chance.choice([["first_post"], ["links"], ["new_member", "short_link"], ["flagged"]]),
                    "score": 0.0, "language": "en", "created_at": began, "due_at": due_at(klass, began),
                    "aged_at": aged_at(klass, began), "skip_count": 0, "needs_senior": False,
                }
            )  # fmt: skip
        insert_many_core(ReviewItem, waiting)
        held = select(ReviewItem.post_id).where(ReviewItem.kind == ItemType.POST)
        db.session.execute(
            update(Post).where(Post.id.in_(held)).values(state=PostState.HELD, published_at=None, held_reasons=["first_post"])
        )  # fmt: skip


@contextlib.contextmanager
def prepared(url: str | None, items: int) -> Iterator[None]:
    """A forum with a full queue and one moderator, in the database of ``url`` or a file of its own."""
    from flask_migrate import upgrade

    with tempfile.TemporaryDirectory() as folder:
        config = config_for(Path(folder), url)
        from app import create_app
        from common.db import db

        app = create_app(config)
        with app.app_context():
            from accounts.signin.joining import open_account

            upgrade(directory=str(ROOT / "migrations"))
            fill(QUESTIONS, max(POSTS, items + QUESTIONS * 2))
            fill_queue(items)
            open_account(MODERATOR, "Moderator", PASSWORD, "en")
            _without_pauses()
            with db.engine.begin() as connection:
                connection.exec_driver_sql(
                    f"UPDATE member SET role = 'moderator' WHERE email_key = '{MODERATOR}'"
                )
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(
                    "ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"
                )
            db.session.remove()
            db.engine.dispose()
        yield


def _without_pauses() -> None:
    """Who decides in milliseconds would be asked to slow down, as the rule wants it."""
    from common import settings
    from common.permissions import SYSTEM

    settings.change(SYSTEM, "moderation.pause_in_a_row", 0, "The bench decides without reading")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def decisions(port: int, count: int) -> dict[str, list[float]]:
    """Decide so many items as the page does; milliseconds of each call, by what it was."""
    cookie = _sign_in(port, MODERATOR)
    connection = Connection(port)
    headers = {"Cookie": cookie, "X-Fragment": "1"}
    times: dict[str, list[float]] = {"decide": [], "read ahead": [], "page": []}

    def ask(what: str, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[bytes, str]:
        began = time.perf_counter()
        sent = request(method, path, headers, urlencode(fields).encode() if fields else b"")
        status, head, body = connection.ask(sent)
        times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        if status >= 400:
            raise click.ClickException(f"{method} {path} gave {status}: {body[:300]!r}")
        return head, body.decode()

    del headers["X-Fragment"]
    _head, page = ask("first", "GET", "/en/desk/review")
    headers["X-Fragment"] = "1"
    current = re.search(r"/desk/review/(\d+)/decide", page)
    for number in range(count):
        if current is None:
            break
        item = current.group(1)
        fields = {name: _hidden(page, name) for name in ("csrf_token", "token", "stamp")}
        if number % 3 == 2:
            fields |= {
                "decision": "reject" if 'value="reject"' in page else "remove",
                "reason": "advertising",
            }
        else:
            fields["decision"] = "approve"
        head, _answer = ask("decide", "POST", f"/en/desk/review/{item}/decide", fields)
        given = re.search(rb"(?i)x-item: (\d+)", head)
        target = given.group(1).decode() if given else ""
        _head, page = ask("read ahead", "GET", f"/en/desk/review/{target}")
        current = re.search(r"/desk/review/(\d+)/decide", page)
        if number % 10 == 0:
            del headers["X-Fragment"]
            ask("page", "GET", "/en/desk/review")
            headers["X-Fragment"] = "1"
    connection.close()
    return times


def report(name: str, times: dict[str, list[float]]) -> None:
    """One line for each sort of call."""
    for what, values in times.items():
        if len(values) >= 2:
            cuts = quantiles(values, n=100, method="inclusive")
            click.echo(
                f"{name:11} {what:11} {len(values):5}  p50 {cuts[49]:6.1f} ms  p95 {cuts[94]:6.1f} ms  max {max(values):6.1f} ms"
            )


@click.command()
@click.option("--items", default=20_000, help="Open items in the queue.")
@click.option("--decisions", "count", default=300, help="Decisions to measure.")
@click.option("--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
def main(items: int, count: int, engine: str) -> None:
    """Measure on one database or both."""
    if engine in ("sqlite", "both"):
        with prepared(None, items), _server("app:create_served_app") as port:
            report("SQLite", decisions(port, count))
    if engine in ("postgresql", "both"):
        if postgres.binaries() is None:
            click.echo("PostgreSQL is not installed here: measured on SQLite only.")
            return
        with postgres.cluster() as url, prepared(url, items), _server("app:create_served_app") as port:
            report("PostgreSQL", decisions(port, count))


if __name__ == "__main__":
    main()
