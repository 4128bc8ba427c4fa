"""Statements of reasons for the Commission's database: each in one file, at most a hundred in a file, nobody named."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from common import audit, clock
from common.config import current_config
from common.db import db, insert_once
from common.errors import Conflict, NotFound
from common.i18n import _, using_language
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.review.wording import MESSAGES
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import RESTRICTIONS, End, Measure
from moderation.sanctions.statements import continues
from moderation.transparency.models import FiledStatement, StatementFile
from moderation.transparency.permissions import can_report
from moderation.transparency.rules import BATCH, Facts, record_of

SETTLED_AFTER = timedelta(minutes=10)
"""What was undone within seconds never took effect and is no restriction."""


def _owed() -> Any:
    """Statements that were not handed over: restrictions for which a statement is owed, and that were not undone. What goes on
    with one that was there before is the same restriction, and one record (article 24, paragraph 5)."""
    undone = select(StatementEnd.statement_id).where(StatementEnd.how == End.UNDONE)
    last = select(func.coalesce(func.max(FiledStatement.statement_id), 0)).scalar_subquery()
    return (
        select(Statement.id)
        .where(
            Statement.measure.in_(RESTRICTIONS), Statement.exemption.is_(None),
            Statement.created_at < clock.now() - SETTLED_AFTER, Statement.id.not_in(undone), ~continues(), Statement.id > last,
        )
        .order_by(Statement.id)
        .limit(BATCH)
    )  # fmt: skip


def waiting() -> int:
    """How many statements would stand in the next file."""
    return len(db.session.scalars(_owed()).all())


def make_file(actor: Actor) -> int:
    """Put the next statements into a file; returns its id. Raises :class:`Conflict` when there are none."""
    require(can_report(actor))
    with unit_of_work():
        ids = db.session.scalars(_owed()).all()
        if not ids:
            raise Conflict(_("Every statement has been handed over."))
        made = StatementFile(made_at=clock.now(), made_by_id=actor.member_id, count=0)
        db.session.add(made)
        db.session.flush()
        file_id = made.id
        taken = sum(insert_once(FiledStatement, statement_id=one, file_id=file_id) is not None for one in ids)
        if not taken:
            raise Conflict(_("A colleague has just made this file."))
        made.count = taken
        audit.write(actor, "transparency.file", "statement_file", file_id, None, taken)
    return file_id


def records(file_id: int) -> list[dict[str, Any]]:
    """The statements of a file in the database's shape. The same file always has the same content."""
    if db.session.get(StatementFile, file_id) is None:
        raise NotFound()
    mine = select(FiledStatement.statement_id).where(FiledStatement.file_id == file_id)
    rows = db.session.execute(
        select(Statement, Post.created_at, Post.language)
        .outerjoin(Post, Post.id == Statement.post_id)
        .where(Statement.id.in_(mine))
        .order_by(Statement.id)
    ).all()
    with using_language("en"):
        return [record_of(_facts(one, content_at, spoken)) for one, content_at, spoken in rows]


def _facts(statement: Statement, content_at: Any, spoken: str | None) -> Facts:
    """The canned explanation stands for the reason: what a moderator wrote may name somebody."""
    clause = statement.clause
    return Facts(
        puid=puid_of(statement.id), measure=Measure(statement.measure), reason=statement.reason, clause=clause,
        ground_url=f"{current_config().base_url}/en/charter#rule-{clause.replace('.', '-')}",
        explanation=str(MESSAGES[statement.reason]), rests_on_law=statement.rests_on_law,
        found_by=tuple(statement.found_by), from_notice=statement.from_notice, automated_detection=statement.automated_detection,
        automated_decision=statement.automated_decision, decided_at=statement.created_at,
        lasts_until=statement.lasts_until, content_at=content_at, language=spoken or "",
    )  # fmt: skip


def puid_of(statement_id: int) -> str:
    """The name of a statement outside: unique, and nobody can tell from it which decision it is."""
    secret = current_config().secret_key.encode()
    return hmac.new(secret, f"puid:{statement_id}".encode(), hashlib.sha256).hexdigest()[:32]


def files(limit: int = 50) -> Sequence[StatementFile]:
    """The files that were made, the latest first."""
    return db.session.scalars(select(StatementFile).order_by(StatementFile.id.desc()).limit(limit)).all()
