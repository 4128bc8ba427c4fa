"""Suggest an edit, and take it back. One suggestion is open for a text at a time; the unique key settles a race."""

from datetime import timedelta

from sqlalchemy import func, select

from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, TooMany
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.categories.models import Category
from forum.drafts.drafting import discard
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.models import Post, Question, Revision
from forum.questions.permissions import can_change_in, member_of
from forum.questions.rules import PostKind
from forum.questions.writing import checked_text, needed_reason, visible_post
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.permissions import can_suggest
from forum.suggestions.rules import SuggestionState

DAY = timedelta(hours=24)


def suggest_edit(
    actor: Actor, post_id: int, *, version: int, body: str, title: str | None = None, reason: str = ""
) -> int:
    """Suggest a text in the place of a post's, which is at ``version``; returns the suggestion's id.

    Raises NotFound, Forbidden, Invalid (title, body, reason), TooMany, and Conflict when the text has changed or
    another suggestion for it is open.
    """
    actor = under_mask(actor, post_id)
    member_id = member_of(actor)
    with unit_of_work():
        post, question = visible_post(actor, post_id)
        require(can_suggest(actor, post) and can_change_in(actor, question))
        old_title = post.title if isinstance(post, Question) else None
        clean_title, clean_body = checked_text(
            actor, PostKind(post.kind), body, title if title is not None else old_title
        )
        if (clean_title, clean_body) == (old_title, post.body):
            raise Invalid(fields={"body": _("Nothing has changed yet.")})
        words = needed_reason(reason)
        if post.version != version:
            raise Conflict(_("This text was changed in the meantime. Yours is kept below: please compare."))
        _keep_pace(member_id)
        category = db.session.get_one(Category, question.category_id)
        screening = publishing.screen_edit(actor, post, clean_title, clean_body, category, words)
        made = insert_once(
            SuggestedEdit, post_id=post_id, member_id=member_id, base_version=version, title=screening.title,
            body=screening.body, reason=screening.note or "", held=screening.held,
        )  # fmt: skip
        if made is None:
            raise Conflict(_("Another suggestion for this text is waiting: it is decided first."))
        discard(actor, f"suggest:{post_id}")
        record(events.EditSuggested(made, post_id, question.id, member_id, post.author_id, screening.held))
    return made


def withdraw_suggestion(actor: Actor, suggestion_id: int) -> bool:
    """Take an own open suggestion back; True when it was open."""
    with unit_of_work():
        mine = (SuggestedEdit.id == suggestion_id, SuggestedEdit.member_id.in_(actor.ids))
        if db.session.scalar(select(SuggestedEdit.id).where(*mine)) is None:
            raise Forbidden(_("You can withdraw your own suggestions only."))
        return close(SuggestionState.WITHDRAWN, *mine)


def outdate(post: Post) -> list[int]:
    """Suggestions for an earlier version of a post are over; inside an open unit of work. Who suggested them."""
    old = (SuggestedEdit.post_id == post.id, SuggestedEdit.base_version < post.version)
    is_open = SuggestedEdit.state == SuggestionState.OPEN
    members = list(db.session.scalars(select(SuggestedEdit.member_id).where(*old, is_open)))
    return members if members and close(SuggestionState.OUTDATED, *old) else []


def reopen(post_id: int, version: int) -> None:
    """A version is undone: suggestions that it outdated are open again, and one for it is over. Inside the open unit of
    work, while the version is there."""
    made = select(Revision.created_at).where(Revision.post_id == post_id, Revision.version == version)
    close(SuggestionState.OUTDATED, SuggestedEdit.post_id == post_id, SuggestedEdit.base_version == version)
    update_where(
        SuggestedEdit, SuggestedEdit.post_id == post_id, SuggestedEdit.state == SuggestionState.OUTDATED,
        SuggestedEdit.base_version < version, SuggestedEdit.decided_at >= made.scalar_subquery(),
        state=SuggestionState.OPEN, decided_at=None,
    )  # fmt: skip
    telling.put_away(Notification.cause == outdated(post_id, version))


def outdated(post_id: int, version: int) -> str:
    """What news of suggestions name as their cause that a version has outdated."""
    return f"outdated:{post_id}:{version}"


def close(state: SuggestionState, *which: object, **values: object) -> bool:
    """Decide an open suggestion, once."""
    is_open = SuggestedEdit.state == SuggestionState.OPEN
    return bool(update_where(SuggestedEdit, *which, is_open, state=state, decided_at=clock.now(), **values))


def _keep_pace(member_id: int) -> None:
    since = clock.now() - DAY
    count, first = db.session.execute(
        select(func.count(), func.min(SuggestedEdit.created_at)).where(
            SuggestedEdit.member_id == member_id, SuggestedEdit.created_at >= since
        )
    ).one()
    if count >= settings.get("forum.suggestions_a_day"):
        wait = max(1, int((first + DAY - clock.now()).total_seconds()))
        raise TooMany(
            _("That is enough for today: the suggestions you made are being read."), retry_after=wait
        )
