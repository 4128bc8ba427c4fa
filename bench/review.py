"""How fast the desk works with 20,000 open items of every type and 20,000 that were decided over two years: the call of a
decision, the next item, the page of figures and its lists, over HTTP. Ends with an error where a limit is passed.

python -m bench.review                       # SQLite and PostgreSQL
python -m bench.review --items 2000 --decisions 50 --engine sqlite
"""

from __future__ import annotations

import contextlib
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

import click

from bench.client import Connection, request
from bench.filling import fill
from bench.pages import PASSWORD, ROOT, _server, _sign_in, config_for
from bench.past import fill_past
from bench.queue import fill_queue, link_appeals
from tests import postgres

MODERATOR, MANAGER = "moderator@bench.example", "manager@bench.example"
POSTS = 40_000
QUESTIONS = 4_000
DAYS = 730
BY_NUMBER = {"edit": "review", "profile": "people"}
"""Types that come last in their tab: they are opened by their number, as from a search."""
TABS = ("samples", "all", "review", "reported", "images", "reviews", "people", "appeals")
"""Samples first: nothing late or urgent is among them, so that an item whose answer is known has its turn."""
LIMITS = {"decide": 200, "next item": 150, "figures": 400, "a list": 400}
"""Milliseconds that 95 of 100 calls keep to (domain/moderation.md §B2.5; the figures: as the dashboard)."""
PERIODS, LISTS = (
    (7, 30, 90),
    ("waiting?", "decided?days=90&hour=14", "untouched?days=90", "held?days=90&reason=links"),
)


@contextlib.contextmanager
def prepared(url: str | None, items: int) -> Iterator[Any]:
    """A desk with a full queue and a long past, a moderator and a manager, in the database of ``url`` or a file of its own."""
    from flask_migrate import upgrade

    with tempfile.TemporaryDirectory() as folder:
        config = config_for(Path(folder), url)
        from app import create_app
        from common.db import db

        app = create_app(config)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            fill(QUESTIONS, max(POSTS, items + QUESTIONS * 2), apart=DAYS * 1440 // QUESTIONS)
            fill_queue(items)
            link_appeals()
            _past(items)
            _people()
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(
                    "ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"
                )
            asked_for = {kind: _ids_of(kind, items) for kind in BY_NUMBER}
            db.session.remove()
            db.engine.dispose()
        yield app, asked_for


def _ids_of(kind: str, most: int) -> list[int]:
    from sqlalchemy import select

    from common.db import db
    from moderation.review.models import ReviewItem

    waits = (ReviewItem.kind == kind, ReviewItem.open_key.is_not(None))
    return list(db.session.scalars(select(ReviewItem.id).where(*waits).order_by(ReviewItem.id).limit(most)))


def _past(items: int) -> None:
    from sqlalchemy import select

    from common.db import db
    from forum.questions.models import Post
    from forum.questions.rules import PostState
    from moderation.review.models import ReviewItem

    waits = select(ReviewItem.post_id).where(ReviewItem.post_id.is_not(None))
    free = select(Post.id, Post.question_id).where(
        Post.question_id.is_not(None), Post.state == PostState.PUBLISHED, Post.id.not_in(waits)
    )
    posts = [(row.id, row.question_id) for row in db.session.execute(free)]
    fill_past(items, DAYS, range(2000, 2020), posts)


def _people() -> None:
    from accounts.signin.joining import open_account
    from common import settings
    from common.db import db
    from common.permissions import SYSTEM

    for who in (MODERATOR, MANAGER):
        role = who.partition("@")[0]
        open_account(who, role.title(), PASSWORD, "en")
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE member SET role = '{role}' WHERE email_key = '{who}'")
    settings.change(SYSTEM, "moderation.pause_in_a_row", 0, "The bench decides without reading")
    settings.change(
        SYSTEM, "moderation.audit_every", 10, "The bench is not long: known answers come more often"
    )


# --- asking -----------------------------------------------------------------------------------------------------


class Browser:
    """Somebody signed in, whose calls are timed by what they are."""

    def __init__(self, port: int, who: str) -> None:
        self.headers = {"Cookie": _sign_in(port, who)}
        self.connection = Connection(port)
        self.times: dict[str, list[float]] = {}

    def ask(
        self, what: str, path: str, fields: Mapping[str, str] | None = None, fragment: bool = False
    ) -> tuple[bytes, str]:
        """One call; ends the run where it is refused."""
        method, headers = (
            "POST" if fields else "GET",
            self.headers | ({"X-Fragment": "1"} if fragment else {}),
        )
        sent = request(method, path, headers, urlencode(fields).encode() if fields else b"")
        began = time.perf_counter()
        status, head, body = self.connection.ask(sent)
        self.times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        if status >= 400:
            raise click.ClickException(f"{method} {path} gave {status}: {body[-600:]!r}")
        return head, body.decode()


def decisions(port: int, count: int, by_number: Mapping[str, list[int]]) -> dict[str, list[float]]:
    """Decide so many items as the page does, a part in each tab so that every type has its turn."""
    browser, chance = Browser(port, MODERATOR), random.Random(5)
    part = max(1, count // (len(TABS) + len(BY_NUMBER)))
    for tab in TABS:
        _head, page = browser.ask("page", f"/en/desk/review?tab={tab}")
        current = re.search(r"/desk/review/(\d+)/decide", page)
        for _number in range(part):
            if current is None:
                break
            fields = filled(page, tab, chance)
            head, _said = browser.ask(
                "decide", f"/en/desk/review/{current.group(1)}/decide", fields, fragment=True
            )
            given = re.search(rb"(?i)x-item: (\d+)", head)
            if given is None:
                break
            _head, page = browser.ask(
                "next item", f"/en/desk/review/{given.group(1).decode()}?tab={tab}", fragment=True
            )
            current = re.search(r"/desk/review/(\d+)/decide", page)
    for kind, tab in BY_NUMBER.items():
        for item_id in by_number[kind][:part]:
            _head, page = browser.ask("next item", f"/en/desk/review/{item_id}?tab={tab}", fragment=True)
            browser.ask(
                "decide", f"/en/desk/review/{item_id}/decide", filled(page, tab, chance), fragment=True
            )
    browser.connection.close()
    return browser.times


def filled(page: str, tab: str, chance: random.Random) -> dict[str, str]:
    """The form of a decision, with what the page put in it."""
    return (
        {"tab": tab}
        | {name: _hidden(page, name) for name in ("csrf_token", "token", "stamp")}
        | chosen(page, chance)
    )


def chosen(page: str, chance: random.Random) -> dict[str, str]:
    """One of the decisions that the item's buttons offer: one in three refuses, with a reason."""
    if 'value="uphold"' in page:
        return {
            "decision": chance.choice(("uphold", "uphold", "overturn")),
            "message": "We have read both sides of it again.",
        }
    if chance.random() < 2 / 3:
        return {"decision": "approve"}
    refuse = re.search(r'class="btn bad block" name="decision" value="(\w+)"', page)
    found = {"decision": refuse.group(1) if refuse else "remove", "reason": "advertising"}
    return found | ({"part": "name"} if 'name="part"' in page else {})


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def figures(port: int, times: int) -> dict[str, list[float]]:
    """Ask for the page of figures in each period, and for lists behind it."""
    browser = Browser(port, MANAGER)
    for _number in range(times):
        for days in PERIODS:
            browser.ask("figures", f"/en/desk/moderation/figures?days={days}")
        for one in LISTS:
            browser.ask("a list", f"/en/desk/moderation/figures/{one}")
    browser.connection.close()
    return browser.times


# --- telling ----------------------------------------------------------------------------------------------------


def decided(app: Any) -> Counter[str]:
    """How many of each type were decided by the moderator, known answers among them."""
    from sqlalchemy import func, select

    from accounts.members.models import Member
    from common.db import db
    from moderation.audits.models import Audit
    from moderation.review.models import ReviewDecision, ReviewItem

    with app.app_context():
        me = db.session.scalar(select(Member.id).where(Member.email_key == MODERATOR))
        made = select(ReviewItem.kind, func.count()).join(
            ReviewDecision, ReviewDecision.item_id == ReviewItem.id
        )
        rows = db.session.execute(made.where(ReviewDecision.actor_id == me).group_by(ReviewItem.kind)).all()
        known = select(func.count()).where(Audit.moderator_id == me, Audit.decided_at.is_not(None))
        found = Counter({row[0].value: row[1] for row in rows} | {"audit": db.session.scalar(known) or 0})
        db.session.remove()
        db.engine.dispose()
        return found


def table(name: str, times: Mapping[str, list[float]]) -> list[str]:
    """A line of the table for each sort of call."""
    lines = []
    for what, values in times.items():
        if len(values) >= 2:
            cuts = quantiles(values, n=100, method="inclusive")
            limit = f"{LIMITS[what]}" if what in LIMITS else "–"
            lines.append(
                f"| {name} | {what} | {len(values)} | {cuts[49]:.0f} | {cuts[94]:.0f} | {max(values):.0f} | {limit} |"
            )
    return lines


def faults(name: str, times: Mapping[str, list[float]], kinds: Mapping[str, int]) -> list[str]:
    """What is slower than its limit, and which type of item was not decided at all."""
    from moderation.review.rules import ItemType

    rare = (ItemType.GUIDE,)  # opened by a notice about a guide alone
    found = [
        f"{name}: no {kind.value} was decided"
        for kind in ItemType
        if kind not in rare and not kinds.get(kind.value)
    ]
    for what, limit in LIMITS.items():
        values = times.get(what, [])
        p95 = quantiles(values, n=100, method="inclusive")[94] if len(values) >= 2 else float("inf")
        if p95 > limit:
            found.append(f"{name}: {what}, 95 of 100 within {p95:.0f} ms; the limit is {limit} ms")
    return found


def end(found: list[str]) -> None:
    """An error with all that is wrong, or nothing."""
    if found:
        raise click.ClickException("\n".join(["limits passed", *found]))


@click.command(epilog="\b\n" + (__doc__ or "").split("\n\n", 1)[1])
@click.option("--items", default=20_000, show_default=True, help="Open items in the queue, and decided ones.")
@click.option("--decisions", "count", default=320, show_default=True, help="Decisions to measure.")
@click.option("--times", default=10, show_default=True, help="How often each page of figures is asked for.")
@click.option("--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
def main(items: int, count: int, times: int, engine: str) -> None:
    """Measure on one database or both; ends with an error where a limit is passed."""
    lines, wrong = (
        [
            "| database | call | times | p50 ms | p95 ms | max ms | limit at p95 |",
            "| --- | --- | --: | --: | --: | --: | --: |",
        ],
        [],
    )

    def measured(name: str, url: str | None) -> None:
        with prepared(url, items) as (app, by_number):
            with _server("app:create_served_app") as port:
                took = decisions(port, count, by_number) | figures(port, times)
            kinds = decided(app)
        click.echo(
            f"{name}: decided " + ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        )
        lines.extend(table(name, took))
        wrong.extend(faults(name, took, kinds))

    if engine in ("sqlite", "both"):
        measured("SQLite", None)
    if engine in ("postgresql", "both"):
        if postgres.binaries() is None:
            click.echo("PostgreSQL is not installed here: measured on SQLite only.")
        else:
            with postgres.cluster() as url:
                measured("PostgreSQL", url)
    click.echo("\n".join(lines))
    end(wrong)


if __name__ == "__main__":
    main()
