"""Edit a post: a new version, with the one before kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from common import audit, text
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.categories.models import Category
from forum.drafts.drafting import discard
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.masks.wearing import under_mask
from forum.questions import publishing
from forum.questions.asking import chosen_category
from forum.questions.models import Post, Question
from forum.questions.permissions import can_change_in, can_edit, can_refile, can_tag, is_own
from forum.questions.rules import PostKind, PostState
from forum.questions.tagging import checked_tags, set_tags, tags_of
from forum.questions.writing import Posted, checked_text, clean_reason, needed_reason, visible_post


@dataclass(frozen=True, slots=True)
class _Change:
    """What an edit changes, checked; None means unchanged."""

    title: str | None
    body: str
    category_id: int | None
    tags: tuple[str, ...] | None
    reason: str
    words_changed: bool
    by_other: bool


def edit_post(
    actor: Actor,
    post_id: int,
    *,
    version: int,
    body: str | None = None,
    title: str | None = None,
    category_id: int | None = None,
    tags: Iterable[str] | None = None,
    reason: str = "",
) -> Posted:
    """Change a post that is at `version`; what is None stays. A change of nothing does nothing.

    An edit the screener holds waits for a review while the version before stays visible, and no move is made. Who edits somebody else's
    text gives a `reason`. Raises NotFound, Forbidden, Invalid (title, body, category_id, tags, reason), TooMany, and
    Conflict when the post has another version by now.
    """
    actor = under_mask(actor, post_id)
    with unit_of_work():
        post, question = visible_post(actor, post_id)
        require(can_change_in(actor, question))
        change = _checked(actor, post, body, title, category_id, tags, reason)
        if post.version != version:
            raise Conflict(_("This text was changed in the meantime. Yours is kept below: please compare."))
        if change.by_other:
            audit.write(actor, "post.edited", "post", post_id, post.version, None, change.reason)
        posted = Posted(post_id, question.id, PostState(post.state))
        if change.words_changed:
            posted = _new_version(actor, post, question, change, version)
        elif change.category_id is not None and question.state == PostState.PUBLISHED:
            _check_move(actor, question, change)
        if not posted.held or posted.state != PostState.PUBLISHED:
            _refile(actor, post_id, change, announced=change.words_changed)
        discard(actor, f"edit:{post_id}")
    return posted


def _checked(
    actor: Actor, post: Post, body: str | None, title: str | None, category_id: int | None,
    tags: Iterable[str] | None, reason: str,
) -> _Change:  # fmt: skip
    kind = PostKind(post.kind)
    is_question = isinstance(post, Question)
    old_title = post.title if is_question else None
    new_title = old_title if title is None or not is_question else " ".join(text.normalise(title).split())
    new_body = post.body if body is None else text.normalise(body).strip()
    body_changed, title_changed = new_body != post.body, new_title != old_title
    if body_changed:
        require(can_edit(actor, post))
    if body_changed or title_changed:
        new_title, new_body = checked_text(actor, kind, new_body, new_title)
    new_category_id, keys = None, None
    if is_question:
        new_category_id, keys = _filing(actor, post, category_id, tags, title_changed)
    changed = body_changed or title_changed or new_category_id is not None or keys is not None
    by_other = changed and not is_own(actor, post) and not actor.is_system
    words = needed_reason(reason) if by_other else clean_reason(reason)
    return _Change(new_title, new_body, new_category_id, keys, words, body_changed or title_changed, by_other)


def _filing(
    actor: Actor, question: Question, category_id: int | None, tags: Iterable[str] | None, title_changed: bool
) -> tuple[int | None, tuple[str, ...] | None]:
    """The new category and topics, where they change and the actor may change them."""
    moved = category_id is not None and category_id != question.category_id
    if title_changed or moved:
        require(can_refile(actor, question))
    new_category_id = chosen_category(category_id).id if moved else None
    keys = checked_tags(actor, tags) if tags is not None else None
    if keys is not None and set(keys) == set(tags_of(question.id)):
        keys = None
    if keys is not None:
        require(can_tag(actor, question))
    return new_category_id, keys


def _check_move(actor: Actor, question: Question, change: _Change) -> None:
    """Where texts are read before they are published, one that nobody has read is not brought by a move. Raises Invalid."""
    category = db.session.get_one(Category, change.category_id)
    if publishing.screen_edit(
        actor, question, question.title, question.body, category, change.reason, moved=True
    ).held:
        raise Invalid(
            fields={
                "category_id": _(
                    "Texts are read there before they are published. Ask the team to move this question."
                )
            }
        )


def _new_version(actor: Actor, post: Post, question: Question, change: _Change, version: int) -> Posted:
    keep_pace(actor, Act.EDIT)
    post_id, question_id = post.id, question.id
    category = db.session.get_one(Category, change.category_id or question.category_id)
    screening = publishing.submit_edit(
        actor,
        post,
        change.title,
        change.body,
        category,
        change.reason,
        version,
        moved=change.category_id is not None,
    )
    state = PostState(db.session.get_one(Post, post_id).state)
    return Posted(
        post_id, question_id, state, tuple(screening.reasons), tuple(screening.masked), hints=screening.hints
    )


def _refile(actor: Actor, post_id: int, change: _Change, announced: bool) -> None:
    """Move a question to its new category and give it its new topics, once."""
    if change.category_id is None and change.tags is None:
        return
    question = db.session.get_one(Question, post_id)
    published, old_id, version = question.state == PostState.PUBLISHED, question.category_id, question.version
    if change.category_id is not None:
        mine = (Question.id == post_id, Question.category_id == old_id)
        if not update_where(Question, *mine, category_id=change.category_id):
            raise Conflict()
        if published:
            count_category(old_id, -1)
            count_category(change.category_id, 1)
    if change.tags is not None:
        set_tags(post_id, change.tags, published)
    if published and not announced:
        record(events.PostEdited(post_id, post_id, actor.member_id, version))


def count_category(category_id: int, step: int) -> None:
    """A question came into a category (+1) or left it (-1)."""
    update_where(Category, Category.id == category_id, question_count=Category.question_count + step)
