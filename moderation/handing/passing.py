"""Escalate: a question goes to a team as a case, with the words of the moderator; what is held stays held."""

from __future__ import annotations

from sqlalchemy import select

from common import audit, text
from common.db import db, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.audits import answering
from moderation.escalation import casework
from moderation.escalation.models import Ladder
from moderation.escalation.rules import UNASSIGNED
from moderation.handing import opening, teams
from moderation.review import deciding
from moderation.review.models import UNLEASED, ItemNote, ReviewDecision, ReviewItem
from moderation.review.permissions import can_review
from moderation.review.rules import HELD_TEXTS, Decision, ItemState, ItemType, Taken
from moderation.review.showing import shown
from moderation.routing import applying
from moderation.routing.rules import Why

WORDS_LOW = 10
ESCALATED = "escalated"


def escalate(
    actor: Actor, item_id: int, token: str, words: str, team: str = "", taken: Taken = Taken.RESERVED
) -> bool:
    """Hand the question of an item to a team (any that is named; else whom its watched words call, else all agents).

    A look at a public text is decided by that: true. Anything else still needs a decision about the text, which stays where it
    is, and goes to senior colleagues one class higher. Raises Conflict (the lease), :class:`Invalid` (words, team).
    """
    require(can_review(actor))
    said = text.normalise(words).strip()
    if not WORDS_LOW <= len(said) <= 1000:
        raise Invalid(
            fields={"note": _("Say what it is about, in 10 to 1,000 characters: the team reads it.")}
        )
    with unit_of_work():
        deciding.hold_text(item_id)
        item = deciding.existing(item_id)
        deciding.holds_lease(actor, item, token)
        if item.kind == ItemType.AUDIT:
            answering.leave(item_id)
            return False
        kind, question_id, klass = ItemType(item.kind), item.question_id, item.klass
        team_id = _chosen(team)
        signals = [*item.signals, *((f"{teams.ROUTE}{team}",) if team else ()), ESCALATED]
        signals = list(dict.fromkeys(signals))
        update_where(ReviewItem, ReviewItem.id == item_id, signals=signals)
        case_id = None
        if question_id is not None:
            team_id = team_id or teams.of_question(question_id)
            case_id = _hand_over(question_id, actor.member_id, team_id, said)
        seen = shown(deciding.existing(item_id))
        if case_id is not None and kind is ItemType.SAMPLE and seen and seen.state == PostState.PUBLISHED:
            verdict = deciding.Verdict(Decision.ESCALATE, message=said)
            deciding.decide(actor, item_id, token, seen.stamp, verdict, taken)
            return True
        update_where(
            ReviewItem, ReviewItem.id == item_id, state=ItemState.OPEN, needs_senior=True, klass=max(min(klass, 1), klass - 1),
            **UNLEASED,
        )  # fmt: skip
        deciding.add_note(actor, item_id, said)
        audit.write(actor, "review.escalated", "review_item", item_id, reason=said)
        return False


def hand_over_at_last(item_id: int) -> None:
    """A question that was escalated while nobody could read it is decided: if it is published now, the team has it with the words of
    back then. Inside the open unit of work; harmless for anything else."""
    item = db.session.get(ReviewItem, item_id, populate_existing=True)
    if item is None or ESCALATED not in item.signals or item.kind not in (*HELD_TEXTS, ItemType.FLAG_CASE):
        return
    question_id = item.post_id or 0
    before = select(ReviewDecision.state_before).where(ReviewDecision.item_id == item_id)
    if question_id != item.question_id or db.session.scalar(before) not in (PostState.HELD, PostState.HIDDEN):
        return
    state = db.session.scalar(select(Post.state).where(Post.id == question_id))
    note = db.session.execute(
        select(ItemNote.author_id, ItemNote.body)
        .where(ItemNote.item_id == item_id)
        .order_by(ItemNote.id.desc())
        .limit(1)
    ).first()
    if state == PostState.PUBLISHED and note is not None:
        _hand_over(question_id, note.author_id, teams.of_question(question_id), note.body)


def send_where_called(case_id: int, question_id: int) -> None:
    """A case that opens goes to the team that a watched word or a moderator called; danger and law stay before all else, and a
    person's choice stands. Inside the open unit of work."""
    team_id = teams.of_question(question_id)
    if team_id is not None and applying.ensure(case_id).reasons[0][0] not in _STAYS:
        applying.send(case_id, team_id, None, "")


def follow_word(question_id: int) -> None:
    """A watched word calls a team when the case is open already: it goes there while nobody works on it. Inside the open unit
    of work."""
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    case = casework.case_of(question_id, ladder.cycle) if ladder is not None else None
    if case is not None and case.state in UNASSIGNED:
        send_where_called(case.id, question_id)


_STAYS = (Why.DANGER, Why.LAW, Why.BY_HAND)


def _hand_over(question_id: int, actor_id: int | None, team_id: int | None, words: str) -> int | None:
    case_id = opening.open_case(question_id, actor_id, words)
    if case_id is not None and team_id is not None:
        applying.send(case_id, team_id, actor_id, words)
    return case_id


def _chosen(team: str) -> int | None:
    if not team:
        return None
    team_id = teams.named(team)
    if team_id is None:
        raise Invalid(fields={"team": _("There is no team of this name: choose one of the list.")})
    return team_id
