"""A mentor hides a post in the category of the mandate: at once, with a reason, and a moderator looks at it afterwards."""

from __future__ import annotations

from sqlalchemy import func, select

from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import audit, jobs, limits, settings, text
from common.db import db
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post, Question
from moderation.entrusted.permissions import can_hide
from moderation.review.queueing import open_item, who_found
from moderation.review.rules import FoundBy, ItemType, Reason, explanation_fault, item_class
from moderation.review.wording import EXPLAIN
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import state_reasons
from rewards.ranks.mandates import delegated_category

MESSAGE_MOST = 1_000


def hide(actor: Actor, post_id: int, reason: Reason, message: str = "") -> None:
    """Hide a post until a moderator decides. The author gets a statement of reasons, as after every measure.

    Raises NotFound, Forbidden, Invalid, TooMany, Conflict (it is not published any more).
    """
    words = text.normalise(message).strip()
    if len(words) > MESSAGE_MOST:
        raise Invalid(fields={"message": _("Please keep to %(high)s characters.", high=MESSAGE_MOST)})
    if explanation_fault(reason, words):
        raise Invalid(fields={"message": EXPLAIN})
    with unit_of_work():
        post, category_id = _post(post_id)
        author_id = person_behind(post.author_id)
        # A mask is a customer, whoever wears it: a refusal must not say who that is.
        role = db.session.scalar(select(Member.role).where(Member.id == post.author_id))
        require(can_hide(actor, post, category_id, delegated_category(actor.member_id), role in STAFF))
        limits.hit("entrusted", actor.member_id or 0, f"{settings.get('moderation.entrusted_a_day')}/day")
        hidden = publishing.hide(actor, post_id)
        statement_id = state_reasons(
            actor, Measure.HIDDEN, reason, cause=f"delegated:{post_id}:{_stated(post_id)}", member_id=author_id, post=hidden,
            message=words, found_by=(FoundBy.MENTOR, *who_found(post_id)),
        )  # fmt: skip
        audit.write(actor, "post.hidden_by_mentor", "post", post_id, "published", "hidden", reason.value)
        open_item(
            ItemType.FLAG_CASE, post_id, post=hidden, signals=("delegated",), found_by=(FoundBy.MENTOR,), excluded_id=actor.member_id,
            klass=item_class(ItemType.FLAG_CASE, hidden=True),
        )  # fmt: skip
        jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}")


def _stated(post_id: int) -> int:
    """How many statements there are about the post: each time it is hidden has its own."""
    return db.session.scalar(select(func.count()).where(Statement.post_id == post_id)) or 0


def _post(post_id: int) -> tuple[Post, int]:
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None:
        raise NotFound()
    question = db.session.get(Question, post.thread_id)
    return post, question.category_id if question is not None else 0
