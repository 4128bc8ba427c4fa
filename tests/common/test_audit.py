"""The trail of acts: nothing in it can be changed, taken out, put elsewhere or cut off without being found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from accounts.retention.running import passing
from common import audit
from common.audit import BASE, AuditEntry, AuditHead
from common.db import db
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work


@pytest.fixture
def trail(app, at):
    """Six acts, a day apart."""
    with unit_of_work():
        for number in range(6):
            audit.write(SYSTEM, f"test.{number}", "thing", number, number, number + 1, "because")
            at(timedelta(days=1))
    return list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))


def tamper(*statements: str) -> None:
    """As somebody with the database in hand does: the guards are off."""
    with unit_of_work():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
            guards = []
        else:
            guards = db.session.execute(
                text(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
                )
            ).all()
            for name, _sql in guards:
                db.session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            db.session.execute(text(statement))
        for _name, sql in guards:
            db.session.execute(text(sql))
    db.session.expire_all()


def test_a_trail_nobody_touched_holds(trail):
    found = audit.examine()
    assert (found.broken_at, found.count) == (None, 6) and len(found.head) == 64
    assert audit.examine(found.head).broken_at is None


def swap(trail):
    """Two acts change places."""
    one, two = trail[1], trail[3]
    return (
        f"UPDATE audit_entry SET act = 'test.3', before = '3', after = '4', target_id = '3' WHERE id = {one}",
        f"UPDATE audit_entry SET act = 'test.1', before = '1', after = '2', target_id = '1' WHERE id = {two}",
    )


TAMPERED = {
    "a reason changed": (lambda t: (f"UPDATE audit_entry SET reason = 'no' WHERE id = {t[2]}",), 2),
    "another actor": (lambda t: (f"UPDATE audit_entry SET actor_id = 7 WHERE id = {t[0]}",), 0),
    "another time": (lambda t: (f"UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE id = {t[4]}",), 4),
    "one taken out": (lambda t: (f"DELETE FROM audit_entry WHERE id = {t[2]}",), 3),
    "the first taken out": (lambda t: (f"DELETE FROM audit_entry WHERE id = {t[0]}",), 1),
    "two swapped": (swap, 1),
    "one put in": (
        lambda t: (
            "INSERT INTO audit_entry (id, at, actor_role, act, target_type, target_id, reason, previous_hash, hash) "
            f"SELECT {t[-1] + 1}, at, actor_role, act, target_type, target_id, reason, hash, 'f' || substr(hash, 2) "
            f"FROM audit_entry WHERE id = {t[-1]}",
        ),
        6,
    ),
    "the end cut off": (lambda t: (f"DELETE FROM audit_entry WHERE id >= {t[4]}",), 4),
    "all taken out": (lambda t: ("DELETE FROM audit_entry",), None),
    "the head taken away": (lambda t: ("DELETE FROM audit_head",), 6),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_found_where_it_is(trail, how):
    statements, place = TAMPERED[how]
    tamper(*statements(trail))
    found = audit.examine().broken_at
    ids = [*trail, trail[-1] + 1]
    assert found == (1 if place is None else ids[place])


def test_a_trail_made_anew_as_a_whole_is_found_by_a_hash_kept_elsewhere(trail):
    kept = audit.examine().head
    tamper("DELETE FROM audit_entry", "DELETE FROM audit_head")
    with unit_of_work():
        audit.write(SYSTEM, "test.forged", "thing", 1)
    assert audit.examine().broken_at is None
    assert audit.examine(kept).fault == "is not of the trail that was written down"


def test_the_database_refuses_to_change_and_to_delete(trail):
    for statement in ("UPDATE audit_entry SET reason = 'no'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


def test_even_retention_may_only_delete(trail):
    with pytest.raises(DBAPIError), unit_of_work(), passing(("audit_entry",)):
        db.session.execute(text("UPDATE audit_entry SET reason = 'no'"))


def test_a_trail_that_was_shortened_in_time_holds_and_what_went_is_written_down(trail):
    cut = db.session.get_one(AuditEntry, trail[3]).at
    with unit_of_work(), passing(("audit_entry",)):
        assert audit.shorten(cut, 100) == 3
    found = audit.examine()
    assert (found.broken_at, found.count) == (None, 4)
    with unit_of_work(), passing(("audit_entry",)):
        assert audit.shorten(cut, 100) == 0
    tamper(f"DELETE FROM audit_entry WHERE id = {trail[3]}")
    assert audit.examine().broken_at == trail[4]
    tamper(
        f"UPDATE audit_head SET hash = (SELECT previous_hash FROM audit_entry WHERE id = {trail[4]}) WHERE id = {BASE}"
    )
    assert audit.examine().fault == "is missing at the beginning"
    db.session.expire_all()
    assert db.session.get(AuditHead, BASE) is not None


def test_the_command_says_whether_it_holds(app, trail):
    run = app.test_cli_runner()
    said = run.invoke(args=["audit", "verify"])
    assert said.exit_code == 0 and "6 entries, the chain holds" in said.output
    head = said.output.split()[-1]
    assert run.invoke(args=["audit", "verify", "--expect", head]).exit_code == 0
    assert run.invoke(args=["audit", "verify", "--expect", "0" * 63 + "1"]).exit_code == 1
    tamper(f"UPDATE audit_entry SET reason = 'no' WHERE id = {trail[2]}")
    said = run.invoke(args=["audit", "verify"])
    assert said.exit_code == 1 and f"entry {trail[2]} is not what was written" in said.output
