"""Decide about a suggested edit. Approved, it is a version of the text with its author's name, screened like any edit."""

from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import audit, text
from common.db import db
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.categories.models import Category
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.questions.permissions import can_change_in
from forum.questions.rules import PostKind
from forum.questions.writing import checked_text, clean_reason, needed_reason, visible_post
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.permissions import can_decide, can_read
from forum.suggestions.rules import RejectReason, SuggestionState
from forum.suggestions.suggesting import close

_DECIDED = _("This suggestion has already been decided.")


def find_suggestion(actor: Actor, suggestion_id: int) -> tuple[SuggestedEdit, Post, Question]:
    """A suggestion with its text, when the actor may see it. Raises NotFound, telling nothing."""
    found = db.session.scalar(select(SuggestedEdit).where(SuggestedEdit.id == suggestion_id))
    if found is None:
        raise NotFound()
    post, question = visible_post(actor, found.post_id)
    if not can_read(actor, found, post):
        raise NotFound()
    return found, post, question


def approve_suggestion(
    actor: Actor, suggestion_id: int, *, body: str | None = None, title: str | None = None
) -> bool:
    """Publish a suggestion under its author's name; what the actor improves becomes a version of its own.

    False when the screener holds the edit for a moderator. Raises NotFound, Forbidden, Invalid, and Conflict when it
    was decided, or the text was changed since.
    """
    with unit_of_work():
        found, post, question = find_suggestion(actor, suggestion_id)
        actor = under_mask(actor, post.id)
        require(can_decide(actor, found, post) and can_change_in(actor, question))
        if not close(
            SuggestionState.APPROVED, SuggestedEdit.id == suggestion_id, decided_by_id=actor.member_id
        ):
            raise Conflict(_DECIDED)
        found, post, question = find_suggestion(actor, suggestion_id)
        category = db.session.get_one(Category, question.category_id)
        suggester = actor_of(db.session.get_one(Member, found.member_id))
        version, suggested = found.base_version, (found.title, found.body)
        screening = publishing.submit_edit(suggester, post, *suggested, category, found.reason, version)
        if not screening.held:
            _improve(actor, post.id, category, title, body, version + 1)
        audit.write(actor, "suggestion.approved", "suggestion", suggestion_id)
        record(
            events.SuggestionDecided(
                suggestion_id, post.id, question.id, found.member_id, actor.member_id, True
            )
        )
    return not screening.held


def _improve(
    actor: Actor, post_id: int, category: Category, title: str | None, body: str | None, version: int
) -> None:
    """The reviewer's own change on top, where there is one."""
    post = publishing.load(post_id)
    old_title = post.title if isinstance(post, Question) else None
    wanted = post.body if body is None else text.normalise(body).strip()
    new_title, new_body = checked_text(
        actor, PostKind(post.kind), wanted, old_title if title is None else title
    )
    if (new_title, new_body) != (old_title, post.body):
        reason = str(_("Improved on the way"))
        publishing.submit_edit(actor, post, new_title, new_body, category, reason, version)


def reject_suggestion(actor: Actor, suggestion_id: int, reason: RejectReason, words: str = "") -> None:
    """Decline a suggestion, with a reason its author reads. Raises NotFound, Forbidden, Invalid (reason), Conflict."""
    said = needed_reason(words) if reason == RejectReason.OTHER else clean_reason(words)
    with unit_of_work():
        found, post, question = find_suggestion(actor, suggestion_id)
        actor = under_mask(actor, post.id)
        require(can_decide(actor, found, post))
        decided = {"decided_by_id": actor.member_id, "words": f"{reason}:{said}"}
        if not close(SuggestionState.REJECTED, SuggestedEdit.id == suggestion_id, **decided):
            raise Conflict(_DECIDED)
        audit.write(actor, "suggestion.rejected", "suggestion", suggestion_id, None, reason.value, said)
        record(
            events.SuggestionDecided(
                suggestion_id, post.id, question.id, found.member_id, actor.member_id, False
            )
        )
