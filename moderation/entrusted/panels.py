"""What other pages show: the way to what is entrusted, beside a question; the proposals on a case."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from moderation.entrusted import queries
from moderation.entrusted.permissions import is_entrusted
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import OPEN


def beside_question(head: Any) -> str:
    """For super-users and mentors. No query."""
    who = actor()
    if not is_entrusted(who) or head.author_id in who.ids:
        return ""
    return render_template("moderation/entrusted/_beside.html", id=head.id)


def of_case(case: Any) -> str:
    """The proposals that wait, for who answers. Two queries."""
    if not can_work(actor()) or case.card.state not in OPEN:
        return ""
    drafts = queries.drafts_of(case.card.question_id)
    if not drafts:
        return ""
    return render_template(
        "moderation/entrusted/_case.html", drafts=drafts, version=case.card.version, typed=request.form
    )
