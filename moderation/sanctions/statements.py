"""Statements of reasons: written with the restriction itself, once; how they end; the address of their page."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.retention.sweeping import sweep
from common import clock, settings
from common.config import current_config
from common.db import db, insert_once
from common.errors import NotFound
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.review.models import DecisionUndo, ReviewDecision
from moderation.review.rules import CLAUSES, ILLEGAL, NOTIFIED, FoundBy, Reason
from moderation.sanctions.models import Appeal, RefusedEdit, Sanction, Statement, StatementEnd
from moderation.sanctions.rules import End, Exemption, Measure, appeal_until

AMENDED = "amended:"
"""How the cause of a statement begins that an answer to an appeal put in the place of another; the appeal follows."""

HIDDEN_AGAIN = "hidden-again:"


def state_reasons(
    actor: Actor,
    measure: Measure,
    reason: Reason,
    *,
    cause: str,
    member_id: int | None,
    post: Post | None = None,
    decision_id: int | None = None,
    message: str = "",
    found_by: Collection[FoundBy] = (),
    automated_decision: bool = False,
    lasts_until: datetime | None = None,
    exemption: Exemption | None = None,
) -> int | None:
    """Write the statement owed for a restriction, inside its unit of work; returns its id.

    ``cause`` names the restriction, so that it never has two. A member without an address to write to gets one
    too, marked with the exemption; ``exemption`` names another one the law knows. ``found_by``: who drew attention to it.
    """
    now, finders = clock.now(), sorted({FoundBy(one).value for one in found_by})
    return insert_once(
        Statement, cause=cause, measure=measure, member_id=member_id, post_id=post.id if post is not None else None,
        post_version=post.version if post is not None else None, decision_id=decision_id, reason=reason,
        clause=CLAUSES[reason], rests_on_law=reason in ILLEGAL, message=message, found_by=finders,
        from_notice=bool(NOTIFIED.intersection(finders)), automated_detection=FoundBy.MACHINE in finders,
        automated_decision=automated_decision, lasts_until=lasts_until,
        actor_id=actor.member_id,
        exemption=exemption or (None if _can_be_written_to(member_id) else Exemption.NO_CONTACT),
        created_at=now, appeal_until=appeal_until(now, settings.get("moderation.appeal_months")),
    )  # fmt: skip


def _can_be_written_to(member_id: int | None) -> bool:
    if member_id is None:
        return False
    return db.session.scalar(select(Member.email).where(Member.id == member_id)) is not None


def end_statement(actor: Actor, statement_id: int, how: End) -> bool:
    """Note that a restriction is over. False when it already was."""
    written = insert_once(
        StatementEnd, statement_id=statement_id, how=how, actor_id=actor.member_id, ended_at=clock.now()
    )
    return written is not None


def end_of(statement_id: int) -> End | None:
    """How a restriction ended before its time, if it did."""
    return db.session.scalar(select(StatementEnd.how).where(StatementEnd.statement_id == statement_id))


def end_hiding(actor: Actor, post_id: int) -> None:
    """A post that was hidden is back: its statements about hiding are over."""
    hidden = select(Statement.id).where(
        Statement.post_id == post_id,
        Statement.measure == Measure.HIDDEN,
        Statement.id.not_in(select(StatementEnd.statement_id)),
    )
    for statement_id in list(db.session.scalars(hidden)):
        end_statement(actor, statement_id, End.RESTORED)


def hide_again(actor: Actor, post_id: int, decision_id: int) -> int | None:
    """The restoring of a hidden post was undone: it is hidden anew, for the same reason, found and decided as it was first."""
    first = db.session.scalar(
        select(Statement)
        .where(Statement.post_id == post_id, Statement.measure == Measure.HIDDEN)
        .order_by(Statement.id.desc())
        .limit(1)
    )
    if first is None:
        return None
    return state_reasons(
        actor, Measure.HIDDEN, first.reason, cause=f"{HIDDEN_AGAIN}{decision_id}", member_id=first.member_id,
        post=db.session.get(Post, post_id), message=first.message, found_by=finders_of(first),
        automated_decision=first.automated_decision,
    )  # fmt: skip


def finders_of(statement: Statement) -> tuple[FoundBy, ...]:
    """Who drew attention to what a statement is about. One that was written before this was noted says it by its two marks."""
    marked = ((FoundBy.REPORT, statement.from_notice), (FoundBy.MACHINE, statement.automated_detection))
    return tuple(FoundBy(one) for one in statement.found_by) or tuple(one for one, yes in marked if yes)


def continues() -> ColumnElement[bool]:
    """The criterion of statements that go on with one that was there before, and are no restriction of their own: amended on
    appeal, hidden again when the restoring was undone, a measure made shorter."""
    first = aliased(Sanction)
    shortened = exists().where(
        Sanction.statement_id == Statement.id, first.member_id == Sanction.member_id, first.begins_at == Sanction.begins_at,
        first.id < Sanction.id, StatementEnd.statement_id == first.statement_id, StatementEnd.how == End.AMENDED,
    )  # fmt: skip
    return or_(Statement.cause.startswith(AMENDED), Statement.cause.startswith(HIDDEN_AGAIN), shortened)


def keep_edit(
    statement_id: int, title: str | None, body: str, reason: str, facts: dict[str, Any] | None
) -> None:
    """Keep a refused change for its author, inside the unit of work of the refusal."""
    until = clock.now() + timedelta(days=settings.get("moderation.refused_days"))
    kept = {"title": title, "body": body, "reason": reason, "facts": facts}
    insert_once(RefusedEdit, statement_id=statement_id, **kept, kept_until=until)


def take_edit(statement_id: int) -> RefusedEdit | None:
    """The refused change, which is kept here no longer: its refusal was undone. Inside the open unit of work."""
    kept = db.session.get(RefusedEdit, statement_id)
    if kept is not None:
        db.session.delete(kept)
    return kept


def redact_edits(post_id: int, blank: Callable[[str], str]) -> None:
    """Take words out of the refused changes of a post, inside the open unit of work."""
    of_post = select(Statement.id).where(Statement.post_id == post_id)
    for kept in db.session.scalars(select(RefusedEdit).where(RefusedEdit.statement_id.in_(of_post))):
        kept.title, kept.body = blank(kept.title) if kept.title else kept.title, blank(kept.body)
        kept.reason = blank(kept.reason)


def forget_edits() -> None:
    """Texts of refused changes whose time is over go."""
    with unit_of_work():
        sweep("refused-edits", RefusedEdit, RefusedEdit.kept_until <= clock.now())


def forget_edits_of(member_id: int) -> None:
    """Refused texts of somebody who leaves, inside the open unit of work."""
    mine = select(Statement.id).where(Statement.member_id == member_id)
    db.session.execute(delete(RefusedEdit).where(RefusedEdit.statement_id.in_(mine)))


def of_decision(decision_id: int) -> Statement | None:
    """The statement written with a decision, if it restricted something."""
    return db.session.scalar(select(Statement).where(Statement.decision_id == decision_id))


def first_of(statement: Statement) -> Statement:
    """The statement that was written with the restriction: an amended one took its place and rests on the same decision."""
    while statement.cause.startswith(AMENDED):
        appeal_id = int(statement.cause.removeprefix(AMENDED))
        contested = select(Appeal.statement_id).where(Appeal.id == appeal_id).scalar_subquery()
        before = db.session.scalar(select(Statement).where(Statement.id == contested))
        if before is None:
            break
        statement = before
    return statement


PICTURE = "picture:"
"""How the cause of a statement about one picture begins; the name of its file follows, and how often it was hidden."""


def picture_of(statement: Statement) -> str:
    """The picture a statement is about."""
    return statement.cause.removeprefix(PICTURE).partition(":")[0]


def stands() -> ColumnElement[bool]:
    """The criterion of decisions that were neither undone nor found wrong on appeal, wholly or in part: only these count
    against their author."""
    wrong = exists().where(
        Statement.decision_id == ReviewDecision.id, StatementEnd.statement_id == Statement.id,
        StatementEnd.how.in_((End.OVERTURNED, End.AMENDED)),
    )  # fmt: skip
    return and_(ReviewDecision.id.not_in(select(DecisionUndo.decision_id)), ~wrong)


def token_of(statement_id: int) -> str:
    """The secret address of a statement's page. Made from the site's secret, so it is stored nowhere."""
    key = current_config().secret_key.encode()
    digest = hmac.new(key, f"statement:{statement_id}".encode(), hashlib.sha256).hexdigest()
    return f"{statement_id}-{digest[:40]}"


def by_token(token: str) -> Statement:
    """The statement of an address. Raises :class:`NotFound`."""
    number = token.partition("-")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 15 or not token.isascii():
        raise NotFound()
    if not hmac.compare_digest(token_of(int(number)), token):
        raise NotFound()
    statement = db.session.get(Statement, int(number))
    if statement is None:
        raise NotFound()
    return statement
