"""Somebody sends a notice of illegal content; it is received, confirmed, and may be looked at a second time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accounts.members.queries import by_id
from accounts.members.rules import email_key
from common import audit, clock, limits, mail, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from common.i18n import _
from common.permissions import ANONYMOUS, SYSTEM, Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work
from forum.content.guides.queries import open_guide, published
from forum.questions.models import Post
from forum.questions.queries import find_post
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post
from moderation.events import LegalNoticeReceived
from moderation.legal_notices import letters, numbers, proof, settling, trusting  # noqa: F401 - settings, letters
from moderation.legal_notices.forms import WRONG_ADDRESS, NoticeDraft
from moderation.legal_notices.models import ABOUT, LegalNotice
from moderation.legal_notices.permissions import can_contest
from moderation.legal_notices.rules import (
    CONTEST,
    URGENT,
    LegalGround,
    NoticeState,
    Place,
    Subject,
    Way,
    notice_class,
)
from moderation.profile_reports.queries import open_member, reported, stamp_of
from moderation.review.models import ReviewDecision
from moderation.review.queueing import open_item
from moderation.review.rules import FoundBy, ItemType

_OF_REVIEWS = (PostKind.REVIEW, PostKind.REVIEW_REPLY)


@dataclass(frozen=True, slots=True)
class Sent:
    """The notice that was sent; ``waits``: it counts once the link in the mail is opened."""

    notice_id: int
    waits: bool


def submit(actor: Actor, draft: NoticeDraft, origin: str) -> Sent:
    """Send a notice. The same one sent twice is one; whoever proves nothing confirms by a link in a mail.

    ``origin`` is a network address; only a keyed digest of it is kept. No account is needed, and a silence or a
    suspension does not take this away (domain/moderation.md §B3, §B4).
    """
    with unit_of_work():
        about = draft.about
        version = public_version(about)
        way = _way(actor, draft)
        sender = email_key(draft.email) or origin
        same = proof.digest(about.id, version, draft.ground.value, sender, draft.explanation)
        notice_id = insert_once(
            LegalNotice, **_named(about, version), address=draft.address, ground=draft.ground,
            explanation=draft.explanation, name=draft.name, email=draft.email, member_id=actor.member_id,
            language=draft.language, way=way, origin=proof.digest(origin)[:32], same_key=same,
            proof_key=proof.digest(draft.challenge) if way == Way.PROOF else None, created_at=clock.now(),
            state=NoticeState.WAITING,
        )  # fmt: skip
        if notice_id is None:
            return _sent_before(same)
        _throttle(origin, draft.email, way)
        if way == Way.MAIL:
            mail.queue("notice-confirm", key=f"notice-confirm:{notice_id}", notice_id=notice_id)
        else:
            _receive(notice_id)
    return Sent(notice_id, way == Way.MAIL)


def confirm(notice_id: int) -> None:
    """Its sender opened the link in the mail: a notice that waited is received, and a trusted flagger is known for sure.
    Harmless to repeat."""
    with unit_of_work():
        proven = update_where(
            LegalNotice, LegalNotice.id == notice_id, LegalNotice.confirmed_at.is_(None), confirmed_at=clock.now()
        )  # fmt: skip
        if not proven:
            return
        notice = _existing(notice_id)
        if notice.state == NoticeState.WAITING:
            _receive(notice_id)
        elif notice.state == NoticeState.RECEIVED and (trusted := trusting.whose(notice)):
            _open(notice_id, trusted)


def contest(actor: Actor, notice_id: int, words: str) -> None:
    """Ask for another look at what was decided, once: somebody else reads it (article 20). Whoever holds the link may."""
    words = without_cards(text.normalise(words)).strip()
    low, high = CONTEST
    if not low <= len(words) <= high:
        raise Invalid(
            fields={"text": _("Tell us why in %(low)s to %(high)s characters.", low=low, high=high)}
        )
    with unit_of_work():
        notice = _existing(notice_id)
        require(can_contest(actor, notice))
        about, before_id, trusted = notice.about, notice.item_id, notice.trusted_id is not None
        if not _is_there(about):
            raise Conflict(_("The text is not on this site any more: there is nothing left to decide."))
        decided = select(ReviewDecision.actor_id).where(ReviewDecision.item_id == before_id)
        begun = update_where(
            LegalNotice, LegalNotice.id == notice_id, LegalNotice.contested_at.is_(None),
            LegalNotice.state == NoticeState.DECIDED, contested_at=clock.now(), contest=words,
            state=NoticeState.RECEIVED, outcome=None,
        )  # fmt: skip
        if not begun:
            raise Conflict(_("You have already asked for another look. The answer comes to your mailbox."))
        item_id = _queue(
            about, ("legal_notice", "contested_notice"), 1, trusted, previous_id=before_id, excluded_id=db.session.scalar(decided)
        )  # fmt: skip
        audit.write(SYSTEM, "notice.contested", "legal_notice", notice_id, None, {"item": item_id})


def public_version(about: Place) -> int | str:
    """Which version of a text, a profile or a guide everybody can read. Raises :class:`Invalid` for the field with its address, in the
    same words for what is not public and for what does not exist."""
    try:
        if about.kind == Subject.PROFILE:
            return stamp_of(open_member(about.id))
        if about.kind == Subject.GUIDE:
            return f"g{open_guide(about.id).version}"
        return _public_post(about.id).version
    except (NotFound, Gone, Forbidden):
        raise Invalid(fields={"address": WRONG_ADDRESS}) from None


def _public_post(post_id: int) -> Post:
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None or post.state != PostState.PUBLISHED:
        raise NotFound()
    if post.kind in _OF_REVIEWS:
        return find_post(ANONYMOUS, post_id)
    return visible_post(ANONYMOUS, post_id)[0]


def _named(about: Place, version: int | str) -> dict[str, Any]:
    """What a notice is about, as it is stored."""
    named = {ABOUT[about.kind].key: about.id}
    return named | {"post_version": version} if about.kind == Subject.POST else named


def _is_there(about: Place) -> bool:
    """Whether anything is left to look at a second time."""
    if about.kind == Subject.PROFILE:
        return reported(about.id) is not None
    if about.kind == Subject.GUIDE:
        return published(about.id, lock=True) is not None
    post = db.session.get(Post, about.id, populate_existing=True)
    return post is not None and post.state in (PostState.PUBLISHED, PostState.HIDDEN)


def _queue(about: Place, signals: tuple[str, ...], klass: int, trusted: bool, **more: Any) -> int:
    """The item about a text, a profile or a guide: a new one, or the one that waits already, with its class raised."""
    finders = (FoundBy.NOTICE, FoundBy.TRUSTED) if trusted else (FoundBy.NOTICE,)
    more |= {"signals": signals, "found_by": finders, "klass": klass}
    if about.kind == Subject.PROFILE:
        return open_item(ItemType.PROFILE, about.id, author_id=about.id, **more)
    if about.kind == Subject.GUIDE:
        guide = open_guide(about.id)
        return open_item(ItemType.GUIDE, about.id, author_id=guide.author_id, version=guide.version, **more)
    return open_item(ItemType.FLAG_CASE, about.id, post=db.session.get_one(Post, about.id), **more)


def _way(actor: Actor, draft: NoticeDraft) -> Way:
    if actor.signed_in:
        return Way.MEMBER
    if proof.is_proven(draft.challenge, draft.answer):
        return Way.PROOF
    return Way.MAIL if draft.email else Way.WAIVED


def _throttle(origin: str, email: str, way: Way) -> None:
    """Inside the unit of work, so that what is too much leaves no trace."""
    limits.hit("legal-notice", origin, f"{settings.get('moderation.notices_an_hour')}/hour")
    if way == Way.WAIVED:
        limits.hit("legal-notice-waived", origin, "3/hour")
    if email:
        limits.hit(
            "legal-notice-mail", email_key(email), f"{settings.get('moderation.notice_mails_a_day')}/day"
        )


def _sent_before(same: str) -> Sent:
    found = db.session.scalar(select(LegalNotice).where(LegalNotice.same_key == same))
    if found is None:
        raise Invalid(
            _("This form was used before: load the page again, and send it once more. Your text is kept.")
        )
    return Sent(found.id, found.state == NoticeState.WAITING)


def _receive(notice_id: int) -> None:
    """From now on it is ours to answer: an item of the queue, and the receipt."""
    update_where(
        LegalNotice, LegalNotice.id == notice_id, state=NoticeState.RECEIVED, received_at=clock.now()
    )
    notice = _existing(notice_id)
    ground, about = LegalGround(notice.ground), notice.about
    if _is_there(about):
        _open(notice_id, trusting.whose(notice))
    audit.write(
        SYSTEM,
        "notice.received",
        "legal_notice",
        notice_id,
        None,
        {"ground": ground.value, about.kind.value: about.id},
    )
    record(LegalNoticeReceived(notice_id, about.kind.value, about.id, ground.value))
    if _existing(notice_id).email:
        mail.queue("notice-received", key=f"notice-received:{notice_id}", notice_id=notice_id)
    if not _is_there(about):
        settling.gone(about)


def _open(notice_id: int, trusted_id: int | None) -> None:
    """Its item, of the class that its ground and its sender give."""
    notice = _existing(notice_id)
    ground, about = LegalGround(notice.ground), notice.about
    signals = ["legal_notice"]
    if ground in URGENT:
        signals.append("danger")
    if trusted_id is not None:
        signals.append("trusted_flagger")
    klass = notice_class(ground, trusted_id is not None)
    item_id = _queue(about, tuple(signals), klass, trusted_id is not None)
    update_where(LegalNotice, LegalNotice.id == notice_id, item_id=item_id, trusted_id=trusted_id)


def _existing(notice_id: int) -> LegalNotice:
    found = db.session.get(LegalNotice, notice_id, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def account_of(actor: Actor) -> tuple[str, str]:
    """Name and mailbox of a signed-in member, to begin the form with."""
    member = by_id(actor.member_id) if actor.member_id else None
    return (member.display_name, member.email or "") if member else ("", "")
