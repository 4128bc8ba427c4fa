"""What is said in private stands nowhere in clear: not in the database, its files, a log, a job or a message to other systems."""

from __future__ import annotations

import dataclasses
import logging
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from accounts.messages import queries, reporting, writing
from accounts.messages.models import Message
from common.config import current_config, use_config
from common.db import db
from common.errors import Conflict
from common.secrecy import Lost
from moderation.private import talking
from moderation.private.models import PrivateTalk
from moderation.private.queries import offered_to
from tests.conftest import actor_named
from tests.triage.conftest import case

CANARY = "order 7714-KESTREL-0093"
FIRST = f"Could you give us your order number? Ours begins like {CANARY}."


@contextmanager
def another_key(**more):
    """The site as somebody started it with another secret."""
    before = current_config()
    db.session.remove()
    use_config(dataclasses.replace(before, secret_key="another-" + "y" * 40, **more))
    try:
        yield before
    finally:
        db.session.remove()
        use_config(before)


def stored() -> str:
    """Every row of every table as the database has it, past what opens sealed columns."""
    db.session.rollback()
    with db.engine.connect() as raw:
        return "\n".join(
            repr(tuple(row)) for table in db.metadata.sorted_tables for row in raw.execute(text(f'SELECT * FROM "{table.name}"'))
        )  # fmt: skip


@pytest.fixture
def spoken(open_case, sam, ada, drain):
    """A private talk that was offered, accepted and answered with an order number; and one that is only offered."""
    case_id = open_case()
    question_id = case(case_id).question_id
    talking.offer(sam, case_id, FIRST)
    talking.accept(ada, question_id)
    writing.write_to(ada, sam.member_id, f"It is **{CANARY}**, of last Monday.")
    drain()
    return case_id


def test_no_file_no_row_no_log_and_no_job_has_it_in_clear(
    spoken, app, sam, ada, data_dir, drain, caplog, outbox
):
    caplog.set_level(logging.DEBUG)
    writing.write_to(sam, ada.member_id, f"Thank you: {CANARY} is being looked at.")
    assert "KESTREL" not in stored()
    with db.engine.connect() as raw:
        assert raw.execute(text("SELECT count(*) FROM message WHERE body LIKE 'gAAAA%'")).scalar() == 3
    drain()
    assert "KESTREL" not in stored() and "KESTREL" not in caplog.text
    db.session.remove()
    files = [one for one in current_config().data_dir.rglob("*") if one.is_file()]
    assert files and not [one.name for one in files if b"KESTREL" in one.read_bytes()]


def test_who_may_read_it_does(spoken, client, sign_in, sam, ada, mo, ben):
    page = sign_in(ada).get(f"/en/messages/{sam.member_id}").get_data(as_text=True)
    assert FIRST in page and f"<strong>{CANARY}</strong>" in page
    assert "It is " in sign_in(sam).get("/en/messages/").get_data(as_text=True)
    last = queries.messages_with(ada.member_id, sam.member_id).items[-1]
    assert last.mine and CANARY in last.html
    reporting.report(sam, last.id, "fraud")
    with db.engine.connect() as raw:
        report_id = raw.execute(text("SELECT id FROM message_report")).scalar_one()
    assert CANARY in queries.report_of(report_id).body and CANARY in queries.bodies_of([report_id])[report_id]
    assert "KESTREL" not in sign_in(ben).get(f"/en/messages/{sam.member_id}").get_data(as_text=True)


def test_with_another_key_pages_say_so_and_nothing_is_lost(spoken, client, sign_in, sam, ada, mo):
    last = queries.messages_with(sam.member_id, ada.member_id).items[-1]
    reporting.report(sam, last.id, "fraud")
    with another_key() as before:
        assert isinstance(db.session.get(Message, last.id).body, Lost)
        page = sign_in(actor_named("ada")).get(f"/en/messages/{sam.member_id}")
        assert page.status_code == 200 and "cannot be opened" in page.get_data(as_text=True)
        assert "KESTREL" not in page.get_data(as_text=True)
        listed = client.get("/en/messages/")
        assert listed.status_code == 200 and "cannot be opened here" in listed.get_data(as_text=True)
        sign_in(actor_named("mo"))
        assert client.get("/en/desk/review?tab=people").status_code == 200
        with another_key(secrets_before=(before.secret_key,)):
            assert CANARY in db.session.get(Message, last.id).body
    assert CANARY in db.session.get(Message, last.id).body


def test_an_offer_that_cannot_be_opened_is_not_accepted_and_says_so(open_case, sign_in, sam, ada):
    case_id = open_case()
    question_id = case(case_id).question_id
    talking.offer(sam, case_id, FIRST)
    with another_key():
        page = sign_in(actor_named("ada")).get(f"/en/questions/{question_id}/private")
        assert page.status_code == 200 and "cannot be opened" in page.get_data(as_text=True)
        with pytest.raises(Conflict):
            talking.accept(actor_named("ada"), question_id)
        shown = sign_in(actor_named("sam")).get(f"/en/desk/escalations/{case_id}")
        assert shown.status_code == 200 and "cannot be opened" in shown.get_data(as_text=True)
    assert offered_to(ada, question_id).words == FIRST
    assert talking.accept(ada, question_id) == sam.member_id


def test_what_was_stored_in_clear_is_sealed_by_the_migration_and_comes_back(spoken):
    """Its two directions on rows as they were before, without the other migrations."""
    import importlib

    step = importlib.import_module("migrations.versions." + _sealing_file())
    with db.engine.begin() as raw:
        _run(step.downgrade, raw)
        assert raw.execute(text("SELECT body FROM message ORDER BY id")).scalars().first() == FIRST
        assert raw.execute(text("SELECT words FROM private_talk")).scalar_one() == FIRST
        raw.execute(text("UPDATE message SET body = '' WHERE id = (SELECT max(id) FROM message)"))
        _run(step.upgrade, raw)
        bodies = raw.execute(text("SELECT body FROM message ORDER BY id")).scalars().all()
        assert bodies[0].startswith("gAAAA") and bodies[-1] == ""
    assert db.session.scalars(db.select(PrivateTalk)).one().words == FIRST


def _sealing_file() -> str:
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "migrations" / "versions"
    return next(folder.glob("*_private_words_are_sealed.py")).stem


def _run(step, connection):
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with Operations.context(MigrationContext.configure(connection)):
        step()
