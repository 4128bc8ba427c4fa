"""Hide one picture of a text under review, and show it again (domain/moderation.md §B5: documents and labels).

The text is not decided by that, and not changed: the picture is kept, so that an appeal can bring it back.
"""

from __future__ import annotations

from sqlalchemy import func, select

from accounts.masks.queries import person_behind
from common import audit, jobs, text
from common.db import db
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.images import hiding
from forum.images.rules import image_keys
from forum.questions.models import Post
from moderation.review import queueing
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_decide, can_review, is_within
from moderation.review.rules import ItemType, Reason, explanation_fault
from moderation.review.showing import shown
from moderation.review.wording import EXPLAIN
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import End, Measure
from moderation.sanctions.statements import PICTURE, end_statement, state_reasons

MESSAGE_MOST = 1_000


def pictures_in(item: ReviewItem) -> tuple[str, ...]:
    """The pictures of the text an item shows, each once."""
    seen = (
        shown(item)
        if item.post_id is not None and item.kind not in (ItemType.AUDIT, ItemType.APPEAL)
        else None
    )
    return image_keys(seen.body) if seen is not None else ()


def hide_picture(actor: Actor, item_id: int, file_key: str, reason: Reason, message: str = "") -> int:
    """Nobody but moderators sees this picture any more, wherever it stands; its author is told why. Returns the statement.

    Raises NotFound, Forbidden, Invalid (message), Conflict (it is hidden already, or the text shows it no more).
    """
    require(can_review(actor))
    words = text.normalise(message).strip()
    if len(words) > MESSAGE_MOST:
        raise Invalid(fields={"picture_message": _("Please keep to %(high)s characters.", high=MESSAGE_MOST)})
    if explanation_fault(reason, words):
        raise Invalid(fields={"picture_message": EXPLAIN})
    with unit_of_work():
        item = _item(actor, item_id)
        if file_key not in pictures_in(item):
            raise Conflict(_("The text no longer shows this picture."))
        post = db.session.get_one(Post, item.post_id)
        if not hiding.hide(file_key):
            raise Conflict(_("This picture is hidden already."))
        post_id, author_id = post.id, person_behind(post.author_id)
        statement_id = state_reasons(
            actor, Measure.PICTURE_HIDDEN, reason, cause=f"{PICTURE}{file_key}:{_times(file_key)}", member_id=author_id,
            post=post, message=words, found_by=queueing.who_found(post_id, item_id),
        )  # fmt: skip
        audit.write(actor, "picture.hidden", "post", post_id, None, file_key, reason.value)
        jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}")
    return statement_id or 0


def show_picture(actor: Actor, item_id: int, file_key: str) -> None:
    """A hidden picture is shown again, and its statement is over. Harmless to repeat."""
    with unit_of_work():
        item = _item(actor, item_id)
        if file_key not in pictures_in(item) or not hiding.is_hidden(file_key):
            return
        hiding.show(file_key)
        over = select(StatementEnd.statement_id)
        of_it = select(Statement.id).where(
            Statement.cause.startswith(f"{PICTURE}{file_key}:"), Statement.id.not_in(over)
        )
        for statement_id in list(db.session.scalars(of_it)):
            end_statement(actor, statement_id, End.RESTORED)
        audit.write(actor, "picture.shown", "post", item.post_id, file_key, None)


def _item(actor: Actor, item_id: int) -> ReviewItem:
    require(can_review(actor))
    item = db.session.get(ReviewItem, item_id, populate_existing=True)
    if item is None or not is_within(actor, item):
        raise NotFound()
    require(can_decide(actor, item))
    return item


def _times(file_key: str) -> int:
    """How many statements there are about the picture: each time it is hidden has its own."""
    before = select(func.count()).where(Statement.cause.startswith(f"{PICTURE}{file_key}:"))
    return db.session.scalar(before) or 0
