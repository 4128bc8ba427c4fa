"""Pages read as much for a member with ten thousand lines of points as for one with ten."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from common import clock, i18n
from common.db import db, insert_many, on_postgresql, refresh_statistics
from common.unit_of_work import unit_of_work
from rewards.centre.queries import purse
from rewards.ledger import balances, days, expiring
from rewards.ledger.models import LedgerEntry

LONG, SHORT = 10_000, 10


def fill(member_id: int, count: int) -> None:
    """Lines of two accounts over eighteen months, a twelfth of them undone."""
    now, rows = clock.now(), []
    for n in range(count):
        at = now - timedelta(days=550 * (1 - n / count), minutes=5)
        undo = n % 12 == 11
        rows.append(
            {
                "id": 1_000_000 * member_id + n, "member_id": member_id, "account": ("reputation", "spendable")[n % 2], "requested": 2,
                "granted": 2, "kind": "earn", "rule_key": "answer.upvoted", "rule_version": 1, "cause_type": "kudos",
                "cause_id": f"{n}/{member_id}", "cause_seq": 1, "occurred_at": at, "effective_day": i18n.local(at).date(),
                "available_at": at, "created_at": at, "note": "", "reverses_id": None,
            }
            | ({"kind": "reverse", "requested": -2, "granted": -2, "account": ("spendable", "reputation")[n % 2],
                "effective_day": rows[-1]["effective_day"], "reverses_id": rows[-1]["id"]} if undo else {})
        )  # fmt: skip
    with unit_of_work():
        insert_many(LedgerEntry, rows)
    balances.rebuild([member_id])


@pytest.fixture
def read(app) -> Callable[[], Any]:
    """``with read() as count: …`` then ``count()``: what the database looked at, in steps of SQLite or rows of PostgreSQL."""

    @contextmanager
    def counting() -> Iterator[Callable[[], int]]:
        steps, seen = [0], []

        def step() -> int:
            steps[0] += 1
            return 0

        def note(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            if on_postgresql():
                seen.append((statement, values))
            else:
                connection.connection.driver_connection.set_progress_handler(step, 10)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield lambda: sum(map(_rows_of, seen)) if on_postgresql() else steps[0]
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
            with db.engine.connect() as connection:
                if not on_postgresql():
                    connection.connection.driver_connection.set_progress_handler(None, 10)

    return counting


def _rows_of(seen: tuple[str, Any]) -> int:
    statement, values = seen
    if not statement.lstrip().startswith(("SELECT", "WITH")) or "FOR UPDATE" in statement:
        return 0
    with db.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar()
    return _of_plan((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _of_plan(node: dict[str, Any]) -> int:
    mine = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(mine * node["Actual Loops"]) + sum(map(_of_plan, node.get("Plans", [])))


@pytest.fixture
def both(ada, ben):
    fill(ada.member_id, SHORT)
    fill(ben.member_id, LONG)
    expiring.expire_due()
    with unit_of_work():
        refresh_statistics()
    return ada, ben


PAGES = ("/en/rewards", "/en/rewards/statement", "/en/ranks", "/en/members/{id}/{slug}", "/en/")


def test_a_page_reads_as_much_for_ten_thousand_lines_as_for_ten(both, client, sign_in, read):
    costs: dict[str, list[int]] = {page: [] for page in PAGES}
    for who, slug in zip(both, ("ada", "ben"), strict=True):
        sign_in(who)
        for page in PAGES:
            path = page.format(id=who.member_id, slug=slug)
            assert client.get(path).status_code == 200
            with read() as count:
                assert client.get(path).status_code == 200
            costs[page].append(count())
        client.post("/en/sign-out")
    # Twenty lines more stand on a page, and the days of a year are added up; ten thousand lines are not.
    assert {page: cost for page, cost in costs.items() if cost[1] >= cost[0] + 3000} == {}
    with read() as count:
        expiring.lots_of(both[1].member_id)
    assert count() > 3000, "adding up every lot is noticed"
    assert list(days.wrong()) == []
    for who in both:
        oldest = next(lot for lot in expiring.lots_of(who.member_id) if lot.left)
        assert purse(who.member_id).expiry == (expiring.expiry_of(oldest.earned_at, 12), oldest.left)
