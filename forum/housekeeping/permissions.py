"""Who may put what in order (domain/rewards.md §A2.2, domain/escalation.md §C1.1)."""

from __future__ import annotations

from common import clock, settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.housekeeping.rules import LockReason, within
from forum.questions.models import Question
from forum.questions.permissions import is_own
from forum.questions.rules import CloseReason

settings.define(
    "forum.reopen_days", 30, unit="days", low=0, high=3_650,
    help=_("How long the person who asked may open a question again that was linked to another, or locked once it was solved."),
)  # fmt: skip


def can_tidy(actor: Actor) -> Verdict:
    """Link duplicates, merge, split, lock, and all of it for many questions at once."""
    if not actor.is_staff:
        return refuse(_("Questions are put in order by the brand’s team."))
    return may_write(actor)


def can_name_tags(actor: Actor) -> Verdict:
    """Rename topics, merge them, give them other names."""
    return can_tidy(actor)


def can_reopen(actor: Actor, question: Question) -> Verdict:
    """Open a question again: the team; and the person who asked, for some weeks, where nothing was decided against it."""
    if not (writing := may_write(actor)):
        return writing
    if actor.is_staff:
        return ALLOWED
    if not is_own(actor, question):
        return refuse(_("The person who asked can open this question again, or the brand’s team."))
    days, now = settings.get("forum.reopen_days"), clock.now()
    linked = question.closed_reason == CloseReason.DUPLICATE
    settled = question.closed_at is None and question.locked_reason == LockReason.SETTLED
    since = question.closed_at if linked else question.locked_at if settled else None
    if within(since, days, now):
        return ALLOWED
    if linked or settled:
        return refuse(_("It has been a while: please ask a new question and mention this one."))
    return refuse(_("The team decided this: write to them if you see it differently."))
