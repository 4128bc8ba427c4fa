"""A decision was wrong, wholly or in part: what it caused is put right (domain/moderation.md §B4).

Points come back, strikes, badges, the outcome of reports and the time of coupons with them: what follows from a text
follows from its return (``publishing.restore``), what follows from a measure from its end (``sanctioning.overturn``).
"""

from __future__ import annotations

from sqlalchemy import select

from common import clock
from common.db import db
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor
from forum.images import hiding
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import SENT_BACK, PostState
from moderation.flags import of_people, settling
from moderation.flags.rules import Came
from moderation.review import queueing
from moderation.review.models import ReviewDecision
from moderation.review.rules import Reason
from moderation.sanctions import banning, striking
from moderation.sanctions.models import RefusedEdit, Sanction, Statement, Strike
from moderation.sanctions.rules import End, Measure, SanctionKind, SanctionState, leading_to, sanction_until
from moderation.sanctions.sanctioning import impose, overturn
from moderation.sanctions.statements import (
    AMENDED,
    end_of,
    end_statement,
    finders_of,
    first_of,
    picture_of,
    state_reasons,
)

RESTORABLE = (PostState.HIDDEN, PostState.REJECTED, PostState.REMOVED)
_TIMED = (SanctionKind.SILENCE, SanctionKind.SUSPENSION)


def put_right(actor: Actor, statement_id: int, item_id: int) -> None:
    """Undo all that a decision caused, inside the open unit of work of the item that answers the appeal: a measure with
    its strike and the decision the strike came with; a decision about a text with the strikes that came with it."""
    sanction = _measure_of(statement_id)
    if sanction is None:
        _put_text_right(actor, statement_id, item_id)
        return
    sanction_id, strike_id, member_id = sanction.id, sanction.strike_id, sanction.member_id
    kind = SanctionKind(sanction.kind)
    rests_on = (
        db.session.scalar(select(Strike.statement_id).where(Strike.id == strike_id)) if strike_id else None
    )
    if rests_on is not None:
        _put_text_right(actor, rests_on, item_id)
    elif strike_id is not None:
        striking.annul(actor, strike_id, "appeal")
    if kind == SanctionKind.BAN:
        for taken in banning.taken_with(member_id):
            _put_text_right(actor, taken, item_id)
    if _is_open(sanction_id):
        overturn(actor, sanction_id, "appeal")


def _put_text_right(actor: Actor, statement_id: int, item_id: int) -> None:
    statement = db.session.get_one(Statement, statement_id, populate_existing=True)
    post_id, first = statement.post_id, first_of(statement)
    first_id, decision_id, first_cause = first.id, first.decision_id, first.cause
    for strike_id in striking.of_statement(statement_id):
        striking.annul(actor, strike_id, "appeal")
    if end_of(statement_id) is not None:
        return
    end_statement(actor, statement_id, End.OVERTURNED)
    if db.session.get_one(Statement, statement_id).measure == Measure.PICTURE_HIDDEN:
        hiding.show(picture_of(first_of(statement)))
        return
    post = db.session.get(Post, post_id, populate_existing=True) if post_id else None
    if post is not None and post.state in RESTORABLE and statement.measure != Measure.EDIT_REJECTED:
        publishing.restore(actor, post.id)
    if post is not None and post.state == PostState.HELD and SENT_BACK in post.held_reasons:
        publishing.release(actor, post.id)
    if post is not None and statement.measure == Measure.EDIT_REJECTED:
        _publish_edit(db.session.get_one(Statement, statement_id), post)
    if decision_id is not None:
        decided = db.session.scalar(select(ReviewDecision.item_id).where(ReviewDecision.id == decision_id))
        settling.flip(decided or 0)
        of_people.overturn(decided or 0, first_id)
    elif post_id is not None and first_cause.startswith(banning.EXPELLED):
        settling.turn_back(post_id)
    elif post_id is not None and queueing.cancel_reports(post_id):
        # reports alone had hidden it, and their case waited
        settling.settle(post_id, item_id, Came.KEPT)


def _publish_edit(statement: Statement, post: Post) -> None:
    """The change that was refused is made after all, while its text is kept and the post stands where it stood."""
    kept = db.session.get(RefusedEdit, statement.id)
    if kept is None or post.state != PostState.PUBLISHED or post.version != statement.post_version:
        return
    publishing.put_through(post.author_id, post.id, kept.title, kept.body, kept.facts)


def amend(
    actor: Actor, statement_id: int, appeal_id: int, reason: Reason | None, hours: int | None, words: str
) -> None:
    """The member was right in part: a measure becomes shorter, or a text stays away for another reason and without the
    strike. The former statement ends, a new one says what holds, in the ``words`` of the answer; how it was found stays true.
    Inside the open unit of work."""
    sanction = _measure_of(statement_id)
    if sanction is not None:
        _shorten(actor, sanction, hours)
        return
    statement = db.session.get_one(Statement, statement_id, populate_existing=True)
    if reason is None or reason == statement.reason:
        raise Invalid(fields={"reason": _("Choose the reason that holds instead.")})
    if end_of(statement_id) is not None:
        raise Conflict(_("This decision is no longer in force: there is nothing to contest."))
    measure, member_id, post_id = statement.measure, statement.member_id, statement.post_id
    found_by = finders_of(statement)
    for strike_id in striking.of_statement(statement_id):
        striking.annul(actor, strike_id, "appeal")
    end_statement(actor, statement_id, End.AMENDED)
    state_reasons(
        actor, measure, reason, cause=f"{AMENDED}{appeal_id}", member_id=member_id, message=words,
        post=db.session.get(Post, post_id) if post_id else None, found_by=found_by,
    )  # fmt: skip


def _shorten(actor: Actor, sanction: Sanction, hours: int | None) -> None:
    """The same measure, from the same moment, for fewer hours; the time it took too long is put right."""
    began, kind, reason, words = (
        sanction.begins_at,
        SanctionKind(sanction.kind),
        sanction.reason,
        sanction.message,
    )
    until = sanction_until(began, hours) if hours else None
    if kind not in (*_TIMED, SanctionKind.BAN) or until is None or not clock.now() < until < sanction.ends_at:
        raise Invalid(
            fields={"hours": _("Choose a shorter time that is not over yet, or overturn the measure.")}
        )
    if kind == SanctionKind.BAN:
        kind = SanctionKind.SUSPENSION
    sanction_id, member_id, strike_id = sanction.id, sanction.member_id, sanction.strike_id
    impose(actor, member_id, kind, until, reason, words, strike_id=strike_id, begins_at=began)
    overturn(actor, sanction_id, "appeal", End.AMENDED)


def _measure_of(statement_id: int) -> Sanction | None:
    return db.session.scalar(
        select(Sanction)
        .where(Sanction.statement_id == statement_id)
        .execution_options(populate_existing=True)
    )


def _is_open(sanction_id: int) -> bool:
    state = db.session.scalar(select(Sanction.state).where(Sanction.id == sanction_id))
    return state in leading_to(SanctionState.OVERTURNED)
