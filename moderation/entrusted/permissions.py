"""Who may do what is entrusted to super-users (rank 5) and mentors (rank 6)."""

from __future__ import annotations

from typing import Any

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState

settings.define(
    "moderation.entrusted_rank", 5, unit="rank", low=1, high=6,
    help=_("Rank from which a member may hand a question to the team and draft its official answer."),
)  # fmt: skip
settings.define(
    "moderation.delegated_rank", 6, unit="rank", low=1, high=6,
    help=_("Rank from which a member may hide posts in the category of their mandate."),
)  # fmt: skip
settings.define(
    "moderation.entrusted_a_day", 20, unit="per day", low=1, high=1_000,
    help=_("Questions one member may hand to the team, and posts they may hide, in 24 hours."),
)  # fmt: skip
HIDEABLE = frozenset({PostKind.QUESTION, PostKind.ANSWER, PostKind.COMMENT})
"""Posts of a thread; never reviews, members or appeals."""


rights.opens(
    "entrusted.hand_over",
    _("hand a question to the team with a draft of its official answer"),
    "moderation.entrusted_rank",
)
rights.opens("entrusted.hide", _("moderate a category entrusted to you"), "moderation.delegated_rank")


def is_entrusted(actor: Actor) -> bool:
    """Whether the reader is shown this at all: a super-user or mentor. The team has its desk."""
    return (
        actor.signed_in and not actor.works_here and actor.rank >= settings.get("moderation.entrusted_rank")
    )


def can_hand_over(actor: Actor, question: Any) -> Verdict:
    """Hand a published question to the team, and propose what it should answer."""
    if not (writing := may_write(actor)):
        return writing
    if not is_entrusted(actor):
        return refuse(_("This is entrusted to super-users."))
    if question.author_id in actor.ids:
        return refuse(_("This is your own question: the team sees it by itself when nobody answers."))
    if question.state != PostState.PUBLISHED:
        return refuse(_("This text is not visible any more."))
    return ALLOWED


def can_hide(
    actor: Actor, post: Post, category_id: int, delegated_id: int | None, author_is_staff: bool
) -> Verdict:
    """Hide a post of the category of one's mandate until a moderator has looked."""
    if not (writing := may_write(actor)):
        return writing
    entrusted = not actor.works_here and actor.rank >= settings.get("moderation.delegated_rank")
    if not entrusted or delegated_id is None or delegated_id != category_id or post.kind not in HIDEABLE:
        return refuse(_("This is entrusted to mentors, in the category of their mandate."))
    if post.author_id in actor.ids:
        return refuse(_("This is your own text: you can edit or withdraw it."))
    if author_is_staff or post.is_official:
        return refuse(_("What the team writes is looked after by the team."))
    if post.state != PostState.PUBLISHED:
        return refuse(_("This text is not visible any more."))
    return ALLOWED
