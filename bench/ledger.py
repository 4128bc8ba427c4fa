"""How long a million lines of points take to add up anew, to prove and to count by another table; and a long statement.

python -m bench.ledger                                   # 1,000,000 lines of 2,000 members, SQLite and PostgreSQL
python -m bench.ledger --lines 50000 --engine sqlite

The first members' lines are booked act by act by the functions the site uses, with their sums, which the sums made anew must
equal; those of the others are written in bulk, and added up here a second way. Any difference ends the run with an error.
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
            who = 3 + chance.randrange(members - 2 - LIVE_MEMBERS)
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


LIVE_MEMBERS = 60
Sums = dict[int, tuple[int, ...]]


def _live(first: int, acts: int, chance: random.Random) -> None:
    """Act by act, as the site books: earned, undone, brought back, spent, given back, by hand, past its time."""
    from common import clock
    from common.errors import Conflict
    from common.permissions import SYSTEM, Actor
    from common.unit_of_work import unit_of_work
    from rewards.ledger import booking, expiring
    from rewards.ledger.rules import RULES as TABLE
    from rewards.ledger.rules import Amounts, Cause, CauseType, Pay

    now, done = clock.now(), []
    for start in range(0, acts, 50):
        with unit_of_work():
            for n in range(start, start + 50):
                who, act = first + n % LIVE_MEMBERS, chance.random()
                actor = Actor(who, "member", rank=2, email_verified=True, joined_at=now - timedelta(days=800))
                if act < 0.6 or not done:
                    rule, cause = TABLE[chance.choice(RULES)], Cause(CauseType.KUDOS, f"live-{n}/{who}")
                    at = now - timedelta(days=chance.choice((0, 1, 2, 5, 40, 200, 340, 400)), minutes=30)
                    booking.credit(
                        who, rule, cause, Pay(rule.amounts, rule.amounts), booking.Place(), None, at
                    )
                    done.append(cause)
                elif act < 0.75:
                    booking.reverse_cause(chance.choice(done), None, "undone")
                elif act < 0.82:
                    for line in booking.last_undone_lines(*booking._of(chance.choice(done))):
                        booking.bring_back(line, None)
                elif act < 0.92:
                    with contextlib.suppress(Conflict):
                        booking.spend(actor, chance.randrange(1, 30), Cause(CauseType.COUPON, f"{n}"))
                elif act < 0.96:
                    booking.refund(who, Cause(CauseType.COUPON, f"{n - LIVE_MEMBERS}"), None)
                else:
                    booking.adjust(SYSTEM, who, Amounts(3, 3), f"live-{n}", "Thanks")
    click.echo(f"{expiring.expire_due()} lots past their time")


def _kept() -> Sums:
    """The sums as they stand, with those of the days."""
    from sqlalchemy import func, select

    from common.db import db
    from rewards.ledger.models import Balance, DaySum

    b, d = Balance, DaySum
    days = select(func.sum(d.reputation), func.sum(d.earned), func.sum(d.lots), d.member_id).group_by(
        d.member_id
    )
    by_day = {row[3]: tuple(row[:3]) for row in db.session.execute(days)}
    rows = db.session.execute(select(b.member_id, b.reputation, b.spendable, b.matured)).all()
    db.session.rollback()
    return {row[0]: (*row[1:], *by_day.get(row[0], (0, 0, 0))) for row in rows}


def _different(what: str, one: Sums, other: Sums) -> int:
    wrong = [who for who in one if other.get(who, ())[: len(one[who])] != one[who]]
    click.echo(f"{what}: {len(one)} members, {len(wrong)} different")
    return len(wrong)


def _fill(lines: int, members: int) -> Sums:
    from common.db import db, insert_many, refresh_statistics
    from common.unit_of_work import unit_of_work
    from rewards.ledger.models import LedgerEntry

    _members(members)
    part: list[dict[str, Any]] = []
    told: dict[int, list[int]] = {}
    with click.progressbar(length=lines, label="filling") as bar:
        for row in _lines(lines, members, random.Random(7)):
            part.append(row)
            sums = told.setdefault(row["member_id"], [0, 0])
            sums[row["account"] == "spendable"] += row["granted"]
            if len(part) == 5000:
                with unit_of_work():
                    insert_many(LedgerEntry, part)
                bar.update(len(part))
                part = []
        with unit_of_work():
            insert_many(LedgerEntry, part)
            refresh_statistics()
    _count_on()
    db.session.remove()
    return {who: (reputation, spendable) for who, (reputation, spendable) in told.items()}


def _count_on() -> None:
    """Ids were written here; PostgreSQL counts its own."""
    from sqlalchemy import text

    from common.db import db, on_postgresql
    from common.unit_of_work import unit_of_work

    if on_postgresql():
        with unit_of_work():
            db.session.execute(
                text("SELECT setval('ledger_entry_id_seq', (SELECT max(id) FROM ledger_entry))")
            )


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


def measure(url: str, folder: Path, lines: int, members: int, acts: int) -> dict[str, Any]:
    """One engine."""
    from app import create_app
    from common.db import db
    from rewards.ledger import balances, verifying
    from rewards.tables import counting

    told: dict[str, Any] = {}
    app = create_app(test_config(folder, url))
    with app.app_context():
        db.create_all()
        written = _fill(lines - acts, members)
        told["act by act s"], _ = _clocked(
            f"{acts} acts booked one by one",
            lambda: _live(members - LIVE_MEMBERS + 1, acts, random.Random(8)),
        )
        live, ids = _kept(), range(1, members + 1)
        with click.progressbar(length=members, label="adding up") as bar:
            told["rebuild s"], _ = _clocked("all sums anew", lambda: balances.rebuild(ids, bar.update))
        anew = _kept()
        told["unlike live"] = _different("sums written act by act against sums made anew", live, anew)
        told["unlike bulk"] = _different("lines added up here against sums made anew", written, anew)
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
    "--acts", default=3_000, show_default=True, help="Of these lines, booked one by one as the site does."
)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True
)
def main(lines: int, members: int, acts: int, engine: str) -> None:
    """Measure, print, then one line of JSON."""
    told = {}
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-", dir=os.environ.get("TMPDIR")) as folder:
        if engine in ("sqlite", "both"):
            click.echo("SQLite")
            told["sqlite"] = measure(f"sqlite:///{folder}/ledger.db", Path(folder), lines, members, acts)
        if engine in ("postgresql", "both"):
            click.echo("PostgreSQL")
            with contextlib.ExitStack() as stack:
                url = stack.enter_context(postgres.cluster())
                told["postgresql"] = measure(url, Path(folder), lines, members, acts)
    click.echo(json.dumps(told))
    if any(one["unlike live"] or one["unlike bulk"] or one["wrong"] for one in told.values()):
        raise SystemExit("the sums differ")


if __name__ == "__main__":
    main()
