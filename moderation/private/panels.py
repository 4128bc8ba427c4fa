"""What other pages show of private talks: the forms on a case, the offer on the asker's own question."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from common.db import db
from common.web import actor
from forum.questions.models import Question
from forum.questions.rules import HelpState
from moderation.escalation.permissions import can_act_on, can_work
from moderation.escalation.rules import OPEN
from moderation.private.queries import offered_to, talk_of

_SETTLED = frozenset({HelpState.HELD, HelpState.SOLVED, HelpState.PRIVATE, HelpState.CLOSED})


def of_case(case: Any) -> str:
    """On a case: go on in private, or how that stands."""
    who, card = actor(), case.card
    if not can_work(who) or not (card.is_unassigned or can_act_on(who, card.assignee_id)):
        return ""
    private_at = db.session.scalar(select(Question.private_at).where(Question.id == card.question_id))
    if private_at is None and card.state not in OPEN:
        return ""
    return render_template(
        "moderation/private/_case.html", case_id=card.id, private_at=private_at, asker=case.asker,
        talk=talk_of(card.question_id), me=who.member_id, typed=request.form.get("words", "")[:2_000],
        summary=request.form.get("summary", "")[:20_000],
    )  # fmt: skip


def of_question(head: Any) -> str:
    """On a question, for its asker alone: the team asks whether to go on in private."""
    who = actor()
    if head.author_id not in who.ids or head.help_state in _SETTLED:
        return ""
    if offered_to(who, head.id) is None:
        return ""
    return render_template("moderation/private/_offer.html", question_id=head.id)
