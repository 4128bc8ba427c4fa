"""Somebody sends a notice of illegal content; it is received, confirmed, and may be looked at a second time."""

from __future__ import annotations

from dataclasses import dataclass

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
from forum.questions.models import Post
from forum.questions.queries import find_post
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post
from moderation.events import LegalNoticeReceived
from moderation.legal_notices import letters, numbers, proof, trusting  # noqa: F401 - settings, letters
from moderation.legal_notices.forms import WRONG_ADDRESS, NoticeDraft
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.permissions import can_contest
from moderation.legal_notices.rules import CONTEST, URGENT, LegalGround, NoticeState, Way, notice_class
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
        post = public_post(draft.post_id)
        way = _way(actor, draft)
        sender = email_key(draft.email) or origin
        same = proof.digest(post.id, post.version, draft.ground.value, sender, draft.explanation)
        notice_id = insert_once(
            LegalNotice, post_id=post.id, post_version=post.version, address=draft.address, ground=draft.ground,
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
        post = db.session.get(Post, notice.post_id, populate_existing=True)
        if post is None or post.state not in (PostState.PUBLISHED, PostState.HIDDEN):
            raise Conflict(_("The text is not on this site any more: there is nothing left to decide."))
        decided = select(ReviewDecision.actor_id).where(ReviewDecision.item_id == notice.item_id)
        begun = update_where(
            LegalNotice, LegalNotice.id == notice_id, LegalNotice.contested_at.is_(None),
            LegalNotice.state == NoticeState.DECIDED, contested_at=clock.now(), contest=words,
            state=NoticeState.RECEIVED, outcome=None,
        )  # fmt: skip
        if not begun:
            raise Conflict(_("You have already asked for another look. The answer comes to your mailbox."))
        item_id = open_item(
            ItemType.FLAG_CASE, post.id, post=post, signals=("legal_notice", "contested_notice"), found_by=(FoundBy.NOTICE,), klass=1,
            previous_id=notice.item_id, excluded_id=db.session.scalar(decided),
        )  # fmt: skip
        audit.write(SYSTEM, "notice.contested", "legal_notice", notice_id, None, {"item": item_id})


def public_post(post_id: int) -> Post:
    """The post, if everybody can read it. Raises :class:`Invalid` for the field with its address."""
    try:
        post = db.session.get(Post, post_id, populate_existing=True)
        if post is None or post.state != PostState.PUBLISHED:
            raise NotFound()
        if post.kind in _OF_REVIEWS:
            return find_post(ANONYMOUS, post_id)
        return visible_post(ANONYMOUS, post_id)[0]
    except (NotFound, Gone, Forbidden):
        raise Invalid(fields={"address": WRONG_ADDRESS}) from None


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
    ground, post_id = LegalGround(notice.ground), notice.post_id
    _open(notice_id, trusting.whose(notice))
    audit.write(
        SYSTEM, "notice.received", "legal_notice", notice_id, None, {"ground": ground.value, "post": post_id}
    )
    record(LegalNoticeReceived(notice_id, post_id, ground.value))
    if _existing(notice_id).email:
        mail.queue("notice-received", key=f"notice-received:{notice_id}", notice_id=notice_id)


def _open(notice_id: int, trusted_id: int | None) -> None:
    """Its item: a case of its own, or the one that waits about this post already, with its class raised."""
    notice = _existing(notice_id)
    ground = LegalGround(notice.ground)
    post = db.session.get_one(Post, notice.post_id)
    signals = ["legal_notice"]
    if ground in URGENT:
        signals.append("danger")
    if trusted_id is not None:
        signals.append("trusted_flagger")
    klass = notice_class(ground, trusted_id is not None)
    item_id = open_item(
        ItemType.FLAG_CASE,
        post.id,
        post=post,
        signals=tuple(signals),
        found_by=(FoundBy.NOTICE,),
        klass=klass,
    )
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
