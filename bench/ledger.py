"""How long a million lines of points take to add up anew, to prove and to count by another table; and a long statement.

python -m bench.ledger                                   # 1,000,000 lines of 2,000 members, SQLite and PostgreSQL
python -m bench.ledger --lines 50000 --engine sqlite
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click

from tests import postgres
from tests.conftest import test_config

LONG, SHORT = 10_000, 10
RULES = ("answer.accepted", "answer.upvoted", "question.metoo", "asker.accepted")


def _members(count: int) -> None:
    from accounts.members.models import Member
    from common import clock
    from common.db import insert_many
    from common.unit_of_work import unit_of_work

    joined = clock.now() - timedelta(days=800)
    with unit_of_work():
        for start in range(1, count + 1, 1000):
            insert_many(
                Member,
                [
                    {
                        "id": n, "email": f"m{n}@example.com", "email_key": f"m{n}@example.com", "display_name": f"m{n}",
                        "name_key": f"m{n}", "slug": f"m{n}", "language": "en", "joined_at": joined, "rank": 2,
                    }
                    for n in range(start, min(start + 1000, count + 1))
                ],
            )  # fmt: skip


def _lines(count: int, members: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Earned lines over two years, one in twelve undone; the first member has ten thousand, the second ten."""
    from common import clock, i18n
    from rewards.ledger.rules import RULES as TABLE

    now, written, act = clock.now(), 0, 0
    while written < count:
        if written < LONG:
            who = 1
        elif written < LONG + SHORT:
            who = 2
        else:
            who = 3 + chance.randrange(members - 2)
        rule, act = TABLE[chance.choice(RULES)], act + 1
        at = now - timedelta(days=730 * (1 - written / count), seconds=chance.randrange(3600))
        for account in ("reputation", "spendable"):
            points = rule.amounts.reputation if account == "reputation" else rule.amounts.spendable
            if not points or written >= count:
                continue
            written += 1
            shared = {
                "member_id": who, "account": account, "rule_key": rule.key, "rule_version": 1, "cause_type": "kudos",
                "cause_id": f"{act}/{who}", "cause_seq": 1, "occurred_at": at, "created_at": at,
                "effective_day": i18n.local(at).date(), "available_at": at, "note": "",
            }  # fmt: skip
            line = {
                "id": written,
                "kind": "earn",
                "requested": points,
                "granted": points,
                "reverses_id": None,
            }
            yield {**shared, **line}
            if chance.random() < 1 / 12 and written < count:
                written += 1
                undo = {"id": written, "kind": "reverse", "requested": -points, "granted": -points}
                yield {**shared, **undo, "reverses_id": written - 1}


def _fill(lines: int, members: int) -> None:
    from common.db import db, insert_many, refresh_statistics
    from common.unit_of_work import unit_of_work
    from rewards.ledger.models import LedgerEntry

    _members(members)
    part: list[dict[str, Any]] = []
    with click.progressbar(length=lines, label="filling") as bar:
        for row in _lines(lines, members, random.Random(7)):
            part.append(row)
            if len(part) == 5000:
                with unit_of_work():
                    insert_many(LedgerEntry, part)
                bar.update(len(part))
                part = []
        with unit_of_work():
            insert_many(LedgerEntry, part)
            refresh_statistics()
    db.session.remove()


def _pages(member_id: int) -> tuple[float, int]:
    """Milliseconds of the first page of a statement with its head, at the middle; and the statements it takes."""
    from sqlalchemy import event

    from common.db import db
    from rewards.centre.queries import purse
    from rewards.ledger.queries import statement

    seen, times = [0], []

    def note(*_what: Any) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(31):
        begin = time.perf_counter()
        statement(member_id, size=30)
        purse(member_id)
        times.append(time.perf_counter() - begin)
        db.session.rollback()
    event.remove(db.engine, "before_cursor_execute", note)
    return 1000 * median(times), seen[0] // 31


def _clocked(label: str, work: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    found = work()
    taken = time.perf_counter() - begin
    click.echo(f"{label:<42} {taken:8.1f} s")
    return round(taken, 1), found


def measure(url: str, folder: Path, lines: int, members: int) -> dict[str, Any]:
    """One engine."""
    from sqlalchemy import select

    from app import create_app
    from common.db import db
    from rewards.ledger import balances, verifying
    from rewards.ledger.models import Balance
    from rewards.tables import counting

    told: dict[str, Any] = {}
    app = create_app(test_config(folder, url))
    with app.app_context():
        db.create_all()
        _fill(lines, members)
        ids = range(1, members + 1)
        with click.progressbar(length=members, label="adding up") as bar:
            told["rebuild s"], _ = _clocked("all sums anew", lambda: balances.rebuild(ids, bar.update))
        before = db.session.execute(select(Balance.member_id, Balance.reputation, Balance.spendable)).all()
        told["again s"], _ = _clocked("once more", lambda: balances.rebuild(ids))
        again = db.session.execute(select(Balance.member_id, Balance.reputation, Balance.spendable)).all()
        told["equal"] = sorted(before) == sorted(again)
        told["prove s"], wrong = _clocked("every sum proved", lambda: len(list(verifying.faults())))
        told["wrong"] = wrong
        from common import clock
        from common.permissions import SYSTEM

        since = (clock.now() - timedelta(days=800)).date()
        told["by table s"], _ = _clocked(
            "all acts counted by the table in force", lambda: counting.migrate(SYSTEM, since)
        )
        for name, member_id in (("ten thousand", 1), ("ten", 2)):
            ms, statements = _pages(member_id)
            told[f"statement {name} ms"], told[f"statement {name} statements"] = round(ms, 1), statements
            click.echo(f"statement of a member with {name:<14} {ms:8.1f} ms, {statements} statements")
        db.session.remove()
        db.engine.dispose()
    return told


@click.command()
@click.option("--lines", default=1_000_000, show_default=True)
@click.option("--members", default=2_000, show_default=True)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True
)
def main(lines: int, members: int, engine: str) -> None:
    """Measure, print, then one line of JSON."""
    told = {}
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-", dir=os.environ.get("TMPDIR")) as folder:
        if engine in ("sqlite", "both"):
            click.echo("SQLite")
            told["sqlite"] = measure(f"sqlite:///{folder}/ledger.db", Path(folder), lines, members)
        if engine in ("postgresql", "both"):
            click.echo("PostgreSQL")
            with contextlib.ExitStack() as stack:
                url = stack.enter_context(postgres.cluster())
                told["postgresql"] = measure(url, Path(folder), lines, members)
    click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
