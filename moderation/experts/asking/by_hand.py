"""The team brings a waiting question to an expert by hand, from the list of unanswered ones (design/UX.md, page 38).

The courtesies are those of the waves: only who said yes and is free now, never above the caps. Source: domain/escalation.md §C5.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import audit, clock
from common.db import db
from common.errors import Conflict
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.writing import published_question
from moderation.escalation import clocks
from moderation.escalation.models import Ladder
from moderation.escalation.rules import Priority
from moderation.experts import choosing
from moderation.experts.asking import availability, waves
from moderation.experts.asking.permissions import can_ask_by_hand
from moderation.experts.asking.reasons import reason
from moderation.experts.rules import Scored

OFFERED = 8
BY_HAND = 0
"""The wave of an invitation that somebody of the team sent."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A member who may be asked now, with what speaks for them."""

    member: MemberCard
    why: Sentence | str


def offers(actor: Actor, question_id: int) -> list[Offer]:
    """Who may be asked about a question now, best first. Raises NotFound, Forbidden."""
    require(can_ask_by_hand(actor))
    published_question(actor, question_id)
    found = _free(question_id, _ranked(question_id), hold=False)[:OFFERED]
    people = cards(one.member_id for one, _woken in found)
    return [Offer(people[one.member_id], reason(one.why, one.topic, one.count)) for one, _woken in found]


def ask(actor: Actor, question_id: int, member_id: int) -> bool:
    """Ask a member to help with a question nobody has answered. False when they were asked already.

    Raises NotFound, Forbidden, and Conflict where it is answered meanwhile, or the member is not free any more.
    """
    require(can_ask_by_hand(actor))
    published_question(actor, question_id)
    people = [one for one in _ranked(question_id) if one.member_id == member_id]
    with unit_of_work():
        ladder = _waiting(question_id)
        if ladder is None:
            raise Conflict(_("This question was answered meanwhile."))
        if waves.was_asked(question_id, member_id):
            return False
        found = _free(question_id, people, hold=True)
        if not found:
            raise Conflict(_("This member cannot be asked now. Choose somebody else."))
        one, woken = found[0]
        category_id = db.session.scalar(select(Question.category_id).where(Question.id == question_id))
        made = waves.invite(one, False, question_id, category_id, ladder.cycle, BY_HAND, clock.now(), woken)
        if made:
            audit.write(actor, "experts.asked", "question", question_id, after=member_id)
        return made


def _ranked(question_id: int) -> list[Scored]:
    now = clock.now()
    return choosing.ranked(question_id, now, availability.willing(now), availability.responses(now))


def _free(question_id: int, people: list[Scored], hold: bool) -> list[tuple[Scored, bool]]:
    """Who of these may be asked now, each with whether they are woken."""
    ladder = db.session.get(Ladder, question_id)
    urgent = ladder is not None and ladder.priority == Priority.URGENT
    found = availability.free(question_id, [one.member_id for one in people], clock.now(), urgent, hold)
    return [(one, one.member_id in found.woken) for one in people if one.member_id in found.ranks]


def _waiting(question_id: int) -> Ladder | None:
    waits = (Ladder.question_id == question_id, *clocks.without_answer())
    return db.session.scalar(select(Ladder).where(*waits).execution_options(populate_existing=True))
