"""Beside an item: a text that says nearly the same; in its bar: the sheets that hand it on. On a question: the
way to its private talk."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.web import actor
from forum.housekeeping.permissions import can_tidy
from forum.questions.rules import PostState
from moderation.escalation.permissions import can_act_on, can_work
from moderation.handing import alike
from moderation.handing.privately import GOES_ON, open_case_of
from moderation.review.rules import ItemType
from moderation.review.wording import REASONS

_WITH_TEXT = (ItemType.POST, ItemType.SAMPLE, ItemType.FLAG_CASE)


def near_texts(detail: Any) -> str:
    """The note that the same was said elsewhere, with the way there; D does the rest."""
    near = _near(detail)
    return render_template("moderation/handing/_near.html", near=near) if near else ""


def escalate(detail: Any, token: str, tab: str) -> str:
    """Pass it to the team: a sheet and a key."""
    item = detail.item
    return render_template(
        "moderation/handing/_escalate.html", detail=detail, item=item, token=token, tab=tab, typed=request.form,
        beside=_beside(item.question_id),
    )  # fmt: skip


def sheets(detail: Any, token: str, tab: str) -> str:
    """Go on in private, duplicate, topics: a sheet and a key each."""
    item, kind = detail.item, detail.shown.post_kind if detail.shown else ""
    reviews = kind in ("review", "review_reply")
    has_text = item.seen_as in _WITH_TEXT and not reviews
    return render_template(
        "moderation/handing/_sheets.html", detail=detail, item=item, token=token, tab=tab, near=_near(detail),
        beside=_beside(item.question_id), has_text=has_text, reasons=REASONS, typed=request.form,
        may_tidy=has_text and kind == "question" and bool(can_tidy(actor())),
    )  # fmt: skip


def beside_answer(head: Any) -> str:
    """On a question, before the box for an answer: ask in private, for who may work on its case or open one. No statement for
    anybody else."""
    who = actor()
    if head.help_state not in GOES_ON or head.state != PostState.PUBLISHED or head.author_id in who.ids:
        return ""
    if not can_work(who):
        return ""
    case = open_case_of(head.id)
    if case is not None and not can_act_on(who, case.assignee_id):
        return ""
    return render_template(
        "moderation/handing/_privately.html", id=head.id, case_id=case.id if case else None
    )


def _beside(question_id: int | None) -> Any:
    """Read once for a page: two sheets show it."""
    known: dict[int | None, Any] = request.environ.setdefault("fourmi.beside", {})
    if question_id not in known:
        known[question_id] = alike.beside(question_id)
    return known[question_id]


def _near(detail: Any) -> alike.NearText | None:
    """Looked for once for a page, where there is a text to decide about."""
    if not detail.is_waiting or detail.item.seen_as not in _WITH_TEXT or detail.item.post_id is None:
        return None
    known: dict[int, Any] = request.environ.setdefault("fourmi.near", {})
    post_id = detail.item.post_id
    if post_id not in known:
        known[post_id] = alike.near_text(post_id, only_public=actor().is_limited)
    return known[post_id]
