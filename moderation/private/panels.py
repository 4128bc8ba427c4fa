"""What other pages show of private talks: the forms on a case, the offer on the asker's own question."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from sqlalchemy import select

from common.db import db
from common.web import actor
from forum.browsing.queries import category_by_slug
from forum.questions.models import Question
from forum.questions.rules import HelpState
from moderation.escalation.models import Case
from moderation.escalation.permissions import can_act_on, can_work
from moderation.escalation.rules import OPEN
from moderation.macros import using
from moderation.private.queries import case_with, going_with, offered_to, questions_between, talk_of

_SETTLED = frozenset({HelpState.HELD, HelpState.SOLVED, HelpState.PRIVATE, HelpState.CLOSED})


def of_case(case: Any) -> str:
    """On a case: go on in private, or how that stands."""
    who, card = actor(), case.card
    if not can_work(who) or not (card.is_unassigned or can_act_on(who, card.assignee_id)):
        return ""
    private_at = db.session.scalar(select(Question.private_at).where(Question.id == card.question_id))
    if private_at is None and card.state not in OPEN:
        return ""
    words, filled = g.pop("private_words", (request.form.get("words", ""), ()))
    talk = talk_of(card.question_id)
    filed = category_by_slug(card.category_slug) if talk is None and private_at is None else None
    return render_template(
        "moderation/private/_case.html", case_id=card.id, private_at=private_at, asker=case.asker, talk=talk,
        me=who.member_id, typed=words[:2_000], filled=filled, summary=request.form.get("summary", "")[:20_000],
        macros=using.offered(who, card.language, filed.id, is_public=False) if filed else (),
        chosen=request.form.get("private_macro_id", ""), led_here="private" in request.args,
    )  # fmt: skip


def of_messages(member_id: int) -> str:
    """In the messages of a talk that goes on, for its agent: the templates of private words. One statement for anybody
    else of the team, none for members."""
    who = actor()
    if not can_work(who) or (case_id := case_with(who, member_id)) is None:
        return ""
    about = db.session.execute(
        select(Question.language, Question.category_id)
        .join(Case, Case.question_id == Question.id)
        .where(Case.id == case_id)
    ).one()
    macros = using.offered(who, about.language, about.category_id, is_public=False)
    return render_template(
        "moderation/private/_messages.html", member_id=member_id, case_id=case_id, macros=macros,
        chosen=request.form.get("macro_id", ""),
    )  # fmt: skip


def above_messages(member_id: int) -> str:
    """Above the messages of an agent and an asker: which questions their talks are about. One statement."""
    found = questions_between(actor(), member_id)
    return render_template("moderation/private/_about.html", questions=found) if found else ""


def of_question(head: Any) -> str:
    """On a question, for its asker alone: the team asks whether to go on in private, or where it goes on."""
    who = actor()
    if head.author_id not in who.ids or head.help_state in _SETTLED - {HelpState.PRIVATE}:
        return ""
    talk = (going_with if head.help_state == HelpState.PRIVATE else offered_to)(who, head.id)
    return render_template("moderation/private/_offer.html", talk=talk) if talk else ""
