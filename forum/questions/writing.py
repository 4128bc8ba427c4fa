"""What asking, answering, commenting and editing have in common: the check of a text, and sending it only once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from common import clock, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _, language
from common.permissions import Actor
from forum.files.numbers import files_allowed
from forum.files.rules import file_keys
from forum.images.rules import image_keys
from forum.limits import numbers
from forum.privacy.guarding import masked
from forum.questions.models import Post, Question, Sending
from forum.questions.permissions import can_see
from forum.questions.rules import REASON, TITLE, Length, PostKind, PostState, body_length, readable
from forum.screening import Screening


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a text. ``masked`` names what was blacked out, ``reasons`` why it waits for a review.

    ``repeated`` means the very same text had just been sent: this is the first one. ``hints``: what its author may want
    to change.
    """

    id: int
    question_id: int
    state: PostState
    reasons: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    repeated: bool = False
    hints: tuple[Sentence, ...] = ()

    @property
    def held(self) -> bool:
        """True when the text waits for a review."""
        return bool(self.reasons)


def checked_text(actor: Actor, kind: PostKind, body: str, title: str | None = None) -> tuple[str | None, str]:
    """Title and body as they are stored. Raises :class:`Invalid` with a sentence per field."""
    faults: dict[str, Sentence] = {}
    clean_title = None
    if kind == PostKind.QUESTION:
        clean_title = " ".join(text.normalise(title or "").split())
        _note(faults, "title", _length_fault(clean_title, TITLE))
    clean_body = text.normalise(body).strip()
    _note(
        faults,
        "body",
        _length_fault(clean_body, body_length(kind))
        or _image_fault(actor, clean_body)
        or _file_fault(actor, kind, clean_body),
    )
    if faults:
        raise Invalid(fields=faults)
    return clean_title, clean_body


def require_shown(answer: Post) -> None:
    """Raises Conflict unless everybody sees the answer, and says whether it is yet to come or gone."""
    if answer.state == PostState.HELD:
        raise Conflict(_("This answer is not visible yet: it waits for a review."))
    if answer.state != PostState.PUBLISHED:
        raise Conflict(_("This answer is not visible any more."))


def clean_reason(reason: str) -> str:
    """The reason somebody gives, on one line, without personal data: others read it, and the log keeps it. Raises
    :class:`Invalid` above 200 characters."""
    words = masked(" ".join(text.normalise(reason).split()), language())[0]
    if len(words) > REASON.high:
        raise Invalid(fields={"reason": _("Please keep to %(high)s characters.", high=REASON.high)})
    return words


def needed_reason(reason: str) -> str:
    """The same where a reason must be given."""
    words = clean_reason(reason)
    if len(words) < REASON.low:
        raise Invalid(fields={"reason": _("Say in a few words why: the person concerned reads it.")})
    return words


def visible_question(actor: Actor, question_id: int) -> Question:
    """The question, if the actor may read it. Raises :class:`NotFound` otherwise, telling nothing."""
    question = db.session.get(Question, question_id, populate_existing=True)
    if question is None or not can_see(actor, question):
        raise NotFound()
    return question


def visible_post(actor: Actor, post_id: int) -> tuple[Post, Question]:
    """The post and its thread, if the actor may read both."""
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None or not can_see(actor, post):
        raise NotFound()
    return post, visible_question(actor, post.thread_id)


def hold_question(question_id: int) -> int:
    """The question, or the one it was merged into, as it stays until the unit of work ends: a merge or a split waits
    for this one, or came first. Raises :class:`NotFound`."""
    rows = Question.__table__
    while True:
        held = select(Post.__table__.c.state).where(Post.__table__.c.id == question_id)
        state = db.session.scalar(held.with_for_update(read=True, key_share=True))
        if state != PostState.MERGED:
            return question_id
        onward = db.session.scalar(select(rows.c.merged_into_id).where(rows.c.id == question_id))
        if onward is None:
            raise NotFound()
        question_id = onward


def hold_thread(post_id: int) -> int:
    """The same for the thread of any post, wherever the post was brought meanwhile."""
    rows = Post.__table__.c
    thread = select(func.coalesce(rows.question_id, rows.id)).where(rows.id == post_id)
    thread_id = None
    while (now_in := db.session.scalar(thread)) != thread_id:
        thread_id = now_in
        held = hold_question(thread_id) if thread_id is not None else None
        if thread_id == post_id and held is not None:
            return held
    if thread_id is None:
        raise NotFound()
    return thread_id


def standing_question(actor: Actor, question_id: int) -> Question:
    """The question, or the one it was merged into; inside a unit of work it stays what it is."""
    return visible_question(actor, hold_question(question_id))


def published_question(actor: Actor, question_id: int) -> Question:
    """The same, if it is published (its own author may not act on one that waits)."""
    question = standing_question(actor, question_id)
    if question.state != PostState.PUBLISHED:
        raise Conflict(_("This question is not published: nothing can be added to it for the moment."))
    return question


def send_once(actor: Actor, key: str, send: Callable[[], tuple[Post, Screening]]) -> Posted:
    """Send a text unless exactly the same was sent within the last minutes: then the first post is the answer.

    Needs an open unit of work. The unique key on (member, fingerprint) settles a double click.
    """
    if actor.member_id is None:
        return _posted(*send())
    fingerprint = hashlib.sha256(key.encode()).hexdigest()
    now = clock.now()
    sending_id = insert_once(Sending, member_id=actor.member_id, fingerprint=fingerprint, sent_at=now)
    if sending_id is None:
        mine = (Sending.member_id == actor.member_id, Sending.fingerprint == fingerprint)
        sending = db.session.scalars(select(Sending).where(*mine)).one()
        if (first := _still_counts(sending)) is not None:
            return _repeated(first)
        sending_id = sending.id
        if not update_where(Sending, *mine, Sending.sent_at == sending.sent_at, sent_at=now):
            raise Conflict(_("This text is just being sent."))
    post, screening = send()
    posted = _posted(post, screening)
    update_where(Sending, Sending.id == sending_id, post_id=posted.id)
    return posted


def _still_counts(sending: Sending) -> Post | None:
    window = timedelta(minutes=settings.get("forum.resubmit_minutes"))
    if sending.post_id is None or clock.now() - sending.sent_at >= window:
        return None
    post = db.session.get_one(Post, sending.post_id)
    return post if post.state in (PostState.PUBLISHED, PostState.HELD) else None


def _posted(post: Post, screening: Screening) -> Posted:
    return Posted(
        post.id, post.thread_id, PostState(post.state), tuple(screening.reasons), tuple(screening.masked),
        hints=screening.hints,
    )  # fmt: skip


def _repeated(post: Post) -> Posted:
    reasons = tuple(post.held_reasons) if post.state == PostState.HELD else ()
    return Posted(post.id, post.thread_id, PostState(post.state), reasons, repeated=True)


def _note(faults: dict[str, Sentence], field: str, fault: Sentence | None) -> None:
    if fault is not None:
        faults[field] = fault


def _length_fault(words: str, length: Length) -> Sentence | None:
    if len(readable(words)) < length.low:
        return _("A few more words, please: at least %(low)s characters.", low=length.low)
    if len(words) > length.high:
        return _("Please keep to %(high)s characters.", high=length.high)
    return None


def _image_fault(actor: Actor, body: str) -> Sentence | None:
    allowed = numbers.images_allowed(actor.rank, actor.is_staff)
    if len(image_keys(body)) > allowed:
        return _("Please keep to %(count)s pictures in one text.", count=allowed)
    return None


def _file_fault(actor: Actor, kind: PostKind, body: str) -> Sentence | None:
    allowed = files_allowed(actor.rank, actor.is_staff)
    if kind in (PostKind.QUESTION, PostKind.ANSWER) and len(file_keys(body)) > allowed:
        return _("Please keep to %(count)s files in one text.", count=allowed)
    return None
