"""A member reports a post; enough independent reports hide it until somebody decides."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from accounts.masks.queries import is_of, person_behind, person_of
from accounts.members.models import Member
from accounts.signin.models import MemberOrigin, MemberSession
from common import audit, clock, jobs, limits, settings, text
from common.config import current_config
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work
from forum.content.reviews.brands.registering import speaks_for_product
from forum.content.reviews.models import Review
from forum.content.reviews.permissions import can_doubt
from forum.content.reviews.rules import DOUBT_MIN
from forum.images.rules import image_keys
from forum.limits.rules import grown
from forum.questions import publishing
from forum.questions.models import Kudos, Post
from forum.questions.rules import PostState
from moderation.events import PostFlagged
from moderation.flags import misuse
from moderation.flags.models import Flag
from moderation.flags.outcomes import judged
from moderation.flags.permissions import can_flag, can_flag_for
from moderation.flags.rules import (
    OF_BRANDS,
    FlagFacts,
    FlagReason,
    Outcome,
    Standing,
    Target,
    Verdict,
    judge,
    weight,
)
from moderation.flags.settling import close_answered, key_of
from moderation.review import numbers
from moderation.review.queueing import last_cleared, open_item, who_found
from moderation.review.rules import FoundBy, ItemType, Reason, item_class
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import state_reasons

NOTE_LENGTH = 500
WEIGHED = 200
"""The latest active reports of a post that are weighed together: more of them tell nothing new."""
REASON_OF = {
    FlagReason.INSULT: Reason.INSULT,
    FlagReason.ADVERTISING: Reason.ADVERTISING,
    FlagReason.PERSONAL_DATA: Reason.PERSONAL_DATA,
    FlagReason.DANGEROUS: Reason.DANGEROUS_ADVICE,
    FlagReason.ILLEGAL: Reason.HATE,
    FlagReason.UNDISCLOSED_INTEREST: Reason.UNDISCLOSED_INTEREST,
    FlagReason.OFF_TOPIC: Reason.OFF_TOPIC,
    FlagReason.WRONG_CATEGORY: Reason.WRONG_PLACE,
    FlagReason.AUTHENTICITY: Reason.NOT_AN_EXPERIENCE,
    FlagReason.OTHER: Reason.OFF_TOPIC,
}
"""The reason a moderator would give for what members reported most, for the statement of an automatic hiding."""


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where a report comes from: a network address, and the other site that led its sender here in this visit."""

    address: str = ""
    site: str = ""


def flag(
    actor: Actor,
    post_id: int,
    reason: FlagReason,
    note: str = "",
    came: CameFrom = CameFrom(),
    picture: str = "",
) -> bool:
    """Report a post, or a picture in it. False when this member had already reported it for this reason: nothing more
    happens. Of where it comes from only keyed digests are kept."""
    reason, words = FlagReason(reason), without_cards(text.normalise(note)).strip()
    if len(words) > NOTE_LENGTH:
        raise Invalid(fields={"note": _("Please keep to %(high)s characters.", high=NOTE_LENGTH)})
    if reason == FlagReason.OTHER and len(words) < 10:
        raise Invalid(fields={"note": _("Tell us in a few words what is wrong.")})
    with unit_of_work():
        post = _locked(post_id)
        require(can_flag(actor, post))
        if reason in OF_BRANDS:
            _check_doubt(actor, post, words)
        elif not (heard := can_flag_for(actor, reason)):
            raise Invalid(fields={"reason": heard.sentence or ""})
        if picture and picture not in image_keys(post.body):
            raise Invalid(fields={"picture": _("Choose one of the pictures of this text.")})
        me = actor.member_id or 0
        version = post.version
        _check_news(me, post_id, version, reason)
        counts = me not in misuse.muted([me])
        flag_id = insert_once(
            Flag, post_id=post_id, version=version, flagger_id=me, reason=reason, note=words,
            weight=weight(standings([me])[me]) if counts else 0.0, origin=_digest("origin", came.address),
            referrer=_digest("referrer", came.site), picture=picture, is_stranger=_is_stranger(me),
            active_key=key_of(post_id, me, reason), created_at=clock.now(),
        )  # fmt: skip
        if flag_id is None:
            return False
        limits.hit("flag", me, f"{grown(settings.get('moderation.flags_a_day'), actor.rank)}/day")
        record(PostFlagged(post_id, me, reason.value))
        _act_on(post_id)
    return True


def _check_doubt(actor: Actor, post: Post, words: str) -> None:
    """A doubt about a review's authenticity: by the product's supplier, with reasons."""
    if not isinstance(post, Review):
        raise Invalid(fields={"reason": _("Choose what is wrong.")})
    require(can_doubt(actor, speaks_for_product(actor.member_id, post.product_id)))
    if len(words) < DOUBT_MIN:
        raise Invalid(fields={"note": _("Say why, in at least %(low)s characters.", low=DOUBT_MIN)})


def withdraw_flag(actor: Actor, post_id: int) -> int:
    """Take back one's own reports of a post while nobody has decided. Returns how many."""
    with unit_of_work():
        db.session.execute(select(Post.id).where(Post.id == post_id).with_for_update(of=Post))
        taken = update_where(
            Flag, Flag.post_id == post_id, Flag.flagger_id == actor.member_id, Flag.active_key.is_not(None),
            active_key=None, withdrawn_at=clock.now(),
        )  # fmt: skip
        if taken:
            close_answered(post_id)
        return taken


def _check_news(me: int, post_id: int, version: int, reason: FlagReason) -> None:
    """The same report of the very version that a person has read after it brings nothing new."""
    read = select(Flag.id).where(
        Flag.post_id == post_id, Flag.version == version, Flag.flagger_id == me, Flag.reason == reason,
        Flag.outcome == Outcome.DISAGREED,
    )  # fmt: skip
    if db.session.scalar(read.limit(1)) is not None:
        raise Conflict(
            _(
                "The team read this text after your report and left it as it is. Should it change, you can report it again."
            )
        )


def standings(member_ids: list[int]) -> dict[int, Standing]:
    """The past of these members as flaggers."""
    counts: dict[int, Counter[str]] = {member_id: Counter() for member_id in member_ids}
    rows = judged(member_ids).c
    counted_rows = db.session.execute(
        select(rows.member_id, rows.outcome, func.count())
        .where(rows.outcome.in_((Outcome.AGREED.value, Outcome.DISAGREED.value)))
        .group_by(rows.member_id, rows.outcome)
    )
    for member_id, outcome, count in counted_rows:
        counts[member_id][str(outcome)] = count
    ranks = dict(
        db.session.execute(select(Member.id, Member.rank).where(Member.id.in_(member_ids))).tuples().all()
    )
    return {
        member_id: Standing(ranks.get(member_id, 0), counted[Outcome.AGREED], counted[Outcome.DISAGREED])
        for member_id, counted in counts.items()
    }


def verdict_on(post_id: int) -> Verdict:
    """What the active reports of a post come to now."""
    return judge(_facts(post_id), _target(post_id), numbers.flag_numbers())


def _act_on(post_id: int) -> None:
    verdict = verdict_on(post_id)
    post = db.session.get_one(Post, post_id, populate_existing=True)
    signals = ["flagged"]
    if verdict.danger:
        signals.append("danger")
    if verdict.brigade:
        signals.append("brigade")
    hide = verdict.hide and post.state == PostState.PUBLISHED
    if hide:
        signals.append("auto_hidden")
        _hide(post, verdict)
        post = db.session.get_one(Post, post_id, populate_existing=True)
    klass = item_class(ItemType.FLAG_CASE, hidden=hide or verdict.brigade, urgent=verdict.urgent)
    open_item(
        ItemType.FLAG_CASE,
        post_id,
        post=post,
        signals=tuple(signals),
        found_by=(FoundBy.REPORT,),
        klass=klass,
        score=verdict.score,
    )


def _hide(post: Post, verdict: Verdict) -> None:
    post_id, author_id = post.id, person_behind(post.author_id)
    reasons = db.session.scalars(
        select(Flag.reason).where(Flag.post_id == post_id, Flag.active_key.is_not(None))
    )
    most = Counter(FlagReason(reason) for reason in reasons).most_common(1)[0][0]
    hidden = publishing.hide(SYSTEM, post_id)
    flags = db.session.scalar(select(func.max(Flag.id)).where(Flag.post_id == post_id))
    statement_id = state_reasons(
        SYSTEM, Measure.HIDDEN, REASON_OF[most], cause=f"hidden:{post_id}:{flags}", member_id=author_id, post=hidden,
        found_by=(FoundBy.REPORT, *who_found(post_id)), automated_decision=True,
    )  # fmt: skip
    audit.write(
        SYSTEM, "post.auto_hidden", "post", post_id, "published", "hidden", f"score {verdict.score:.2f}"
    )
    jobs.enqueue("sanctions.tell", {"statement_id": statement_id}, f"sanctions.tell:{statement_id}")


def _locked(post_id: int) -> Post:
    """The post, its row held so that two reports at once are counted one after the other."""
    db.session.execute(select(Post.id).where(Post.id == post_id).with_for_update(of=Post))
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None or post.state not in (PostState.PUBLISHED, PostState.HIDDEN):
        raise NotFound()
    if post.state == PostState.HIDDEN:
        raise Conflict(_("Thank you: this has already been reported, and the team is looking at it."))
    return post


def _facts(post_id: int) -> list[FlagFacts]:
    rows = db.session.execute(
        select(Flag, Member.joined_at)
        .join(Member, Member.id == Flag.flagger_id)
        .where(Flag.post_id == post_id, Flag.active_key.is_not(None))
        .order_by(Flag.id.desc())
        .limit(WEIGHED)
    ).all()
    ids = sorted({flag.flagger_id for flag, _joined in rows})
    known, targets, muted = standings(ids), _targets(ids, post_id), misuse.muted(ids)
    return [
        FlagFacts(
            flag.flagger_id, FlagReason(flag.reason), known[flag.flagger_id], flag.created_at, flag.origin,
            joined_at.date(), targets.get(flag.flagger_id, frozenset()), flag.is_stranger, flag.flagger_id in muted,
            flag.referrer,
        )
        for flag, joined_at in reversed(rows)
    ]  # fmt: skip


def _targets(member_ids: list[int], but_post_id: int) -> dict[int, frozenset[int]]:
    since = clock.now() - timedelta(days=90)
    rows = db.session.execute(
        select(Flag.flagger_id, Flag.post_id).where(
            Flag.flagger_id.in_(member_ids), Flag.created_at >= since, Flag.post_id != but_post_id
        )
    )
    found: dict[int, set[int]] = {}
    for member_id, post_id in rows:
        found.setdefault(member_id, set()).add(post_id)
    return {member_id: frozenset(posts) for member_id, posts in found.items()}


def _target(post_id: int) -> Target:
    row = db.session.execute(
        select(Post.version, Post.is_official, Member.rank, Member.role)
        .outerjoin(Member, Member.id == person_of(Post.author_id))
        .where(Post.id == post_id)
    ).one()
    return Target(
        author_rank=row.rank or 0,
        by_staff=row.role is not None and str(row.role) != "member",
        is_official=row.is_official,
        approved_version=last_cleared(post_id) == row.version,
    )


def _is_stranger(member_id: int) -> bool:
    """Whether a member has not been here for 30 days: wrote and liked nothing, and came only within this hour."""
    now = clock.now()
    since, lately = now - timedelta(days=30), now - timedelta(hours=1)
    wrote = select(Post.id).where(is_of(Post.author_id, member_id), Post.created_at >= since)
    liked = select(Kudos.id).where(Kudos.member_id == member_id, Kudos.given_at >= since)
    came = select(MemberSession.id).where(
        MemberSession.member_id == member_id, MemberSession.created_at.between(since, lately)
    )
    seen = select(MemberOrigin.id).where(
        MemberOrigin.member_id == member_id, MemberOrigin.seen_at.between(since, lately)
    )
    return all(db.session.scalar(query.limit(1)) is None for query in (wrote, liked, came, seen))


def _digest(what: str, value: str) -> str:
    if not value:
        return ""
    key, words = current_config().secret_key.encode(), f"{what}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(key, words, hashlib.sha256).hexdigest()[:32]
