"""A moderator decides an item: once, with a live lease and about the version that was displayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from accounts.members.queries import card
from accounts.notifications import telling
from common import audit, clock, jobs, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work
from forum.questions import publishing
from forum.questions.models import Post, Revision
from forum.questions.rules import SENT_BACK, PostKind, PostState
from moderation.audits import answering
from moderation.events import ItemDecided
from moderation.flags import of_people, settling
from moderation.flags.rules import Came
from moderation.pauses import pausing
from moderation.review import carrying, numbers, queueing, wording
from moderation.review.models import UNLEASED, ItemNote, ReviewDecision, ReviewItem
from moderation.review.permissions import can_decide, can_review, can_take_part, is_within
from moderation.review.rules import (
    ALLOWED,
    FINAL,
    NOT_UNDONE,
    OF_DESK,
    OF_REVIEWS,
    RESTRICTING,
    TIDYING,
    WITHOUT_POST,
    Decision,
    Effect,
    ItemState,
    ItemType,
    Reason,
    Taken,
    effect_of,
    explanation_fault,
)  # fmt: skip
from moderation.review.showing import Shown, shown
from moderation.review.wording import EXPLAIN
from moderation.sanctions import appealing, striking
from moderation.sanctions.rules import AppealState, Measure
from moderation.sanctions.statements import end_hiding, keep_edit, redact_edits, state_reasons
from moderation.sanctions.strike_rules import StrikeCause

MASK = "•••"
APPEALED = {
    Decision.UPHOLD: AppealState.UPHELD,
    Decision.OVERTURN: AppealState.OVERTURNED,
    Decision.AMEND: AppealState.PARTLY,
}
REVIEW_KINDS = (PostKind.REVIEW, PostKind.REVIEW_REPLY)
_MEASURES = {
    Effect.REJECT: Measure.REJECTED,
    Effect.REMOVE: Measure.REMOVED,
    Effect.SEND_BACK: Measure.HIDDEN,
    Effect.REJECT_EDIT: Measure.EDIT_REJECTED,
    Effect.TAKE_AWAY: Measure.REMOVED,
}
_MOVES: dict[Effect, Callable[[Actor, int], object]] = {
    Effect.RELEASE: publishing.release,
    Effect.RESTORE: publishing.restore,
    Effect.REJECT: publishing.reject,
    Effect.REMOVE: publishing.remove,
    Effect.SEND_BACK: publishing.send_back,
    Effect.RELEASE_EDIT: publishing.release_edit,
    Effect.REJECT_EDIT: publishing.reject_edit,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the moderator chose: decision, reason and message of a refusal, words to mask; the cause of strike points that
    come with it; what holds instead of a decision that was contested; what is taken away of a profile; topics, the question
    it is merged into or linked to, and the words of a private message."""

    decision: Decision
    reason: Reason | None = None
    message: str = ""
    excerpts: tuple[str, ...] = ()
    strike: StrikeCause | None = None
    amendment: appealing.Amendment | None = None
    parts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    target_id: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided; ``can_undo`` says whether it can be taken back for some seconds. ``told``: what its moderator reads
    of an item whose answer was known."""

    item_id: int
    decision_id: int
    decision: Decision
    can_undo: bool
    told: Sentence | None = None


def decide(
    actor: Actor,
    item_id: int,
    token: str,
    stamp: str,
    verdict: Verdict,
    taken: Taken = Taken.RESERVED,
) -> Decided:
    """Decide an item. Raises :class:`Conflict` when the lease has ended, a colleague was faster or the text has
    changed, or the moderator is asked to slow down; :class:`Invalid` when the decision lacks a reason or does not fit the
    item. Unless it was reserved nobody knows how long it was read; of one among many the pace was looked at when the whole began."""
    require(can_review(actor) if verdict.decision in OF_DESK else can_take_part(actor))
    verdict = replace(verdict, message=without_cards(text.normalise(verdict.message)).strip())
    with telling.not_before(_tells_at()), unit_of_work():
        if taken is not Taken.AMONG_MANY and pausing.is_paused(actor):
            raise Conflict(_("Take your time: the queue goes on when you say so."))
        item = existing(item_id)
        kind, is_audit = item.seen_as, item.kind == ItemType.AUDIT
        _check(kind, verdict)
        now_shown = shown(item, lock=True)
        if now_shown is None:
            raise Conflict(_("There is nothing left to decide here: its author took it back."))
        require(can_decide(actor, existing(item_id)))
        held = _close(actor, item_id, token)
        seconds = held if taken is Taken.RESERVED else None
        if now_shown.stamp != stamp:
            raise Conflict(_("The text has changed since you opened it. Please read it again."))
        if now_shown.post_kind in REVIEW_KINDS and verdict.decision not in OF_REVIEWS:
            raise Invalid(_("This decision does not exist for such an item."))
        effect = effect_of(kind, verdict.decision, now_shown.state)
        if effect is None:
            raise Conflict(_("This decision no longer fits: the text is not where it was."))
        pausing.note_decision(actor, seconds, len(now_shown.body))
        if verdict.decision == Decision.CONVERT_PRIVATE and verdict.reason is None:
            if now_shown.state != PostState.PUBLISHED:
                raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")})
            effect = Effect.NONE
        if is_audit:
            return _answer_audit(actor, item_id, now_shown, verdict, seconds)
        decision_id = _carry_out(actor, item_id, kind, now_shown, verdict, effect, seconds)
        record(ItemDecided(item_id, verdict.decision.value, actor.member_id))
    returns = kind not in NOT_UNDONE and verdict.decision not in FINAL
    return Decided(item_id, decision_id, verdict.decision, returns)


def _tells_at() -> datetime:
    """When people hear of a decision of this moment: once it cannot be undone any more."""
    return clock.now() + timedelta(seconds=numbers.lease_numbers().tell_seconds)


def _answer_audit(actor: Actor, item_id: int, seen: Shown, verdict: Verdict, seconds: int | None) -> Decided:
    """Its answer is known already: noted, told, and nothing else happens. What a real item refuses is refused."""
    post_id = existing(item_id).post_id or 0
    if verdict.decision == Decision.APPROVE_AND_MASK:
        _excerpts_in(post_id, seen, verdict.excerpts)
    carrying.check(actor, post_id, seen, verdict.decision, verdict.target_id, verdict.words)
    agreed, known = answering.answer(item_id, verdict.decision, verdict.reason, seconds)
    told = answering.said(item_id, agreed, wording.decided(known.value))
    return Decided(item_id, 0, verdict.decision, False, told)


def add_note(actor: Actor, item_id: int, body: str) -> None:
    """Leave a note for colleagues."""
    require(can_review(actor))
    words = without_cards(text.normalise(body)).strip()
    if not 2 <= len(words) <= 1000:
        raise Invalid(fields={"note": _("A note has 2 to 1,000 characters.")})
    with unit_of_work():
        if not is_within(actor, existing(item_id)):
            raise NotFound()
        db.session.add(
            ItemNote(item_id=item_id, author_id=actor.member_id, body=words, created_at=clock.now())
        )


def _check(kind: ItemType, verdict: Verdict) -> None:
    if verdict.decision not in ALLOWED[kind]:
        raise Invalid(_("This decision does not exist for such an item."))
    if verdict.decision in RESTRICTING and verdict.reason is None:
        raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")})
    said = verdict.reason if verdict.decision in RESTRICTING | {Decision.CONVERT_PRIVATE} else None
    if said is not None and explanation_fault(said, verdict.message):
        raise Invalid(fields={"message": EXPLAIN})
    if verdict.decision in APPEALED and len(verdict.message.strip()) < 20:
        raise Invalid(fields={"message": _("Answer the appeal in a few sentences: at least 20 characters.")})
    if verdict.decision == Decision.APPROVE_AND_MASK and not any(e.strip() for e in verdict.excerpts):
        raise Invalid(fields={"excerpts": _("Copy the words to mask, one excerpt a line.")})


def existing(item_id: int) -> ReviewItem:
    item = db.session.get(ReviewItem, item_id, populate_existing=True)
    if item is None:
        raise NotFound()
    return item


def hold_text(item_id: int) -> None:
    """Hold what an item is about until the unit of work ends. The text before its item: whoever took them in another order
    could wait for somebody who waits for them."""
    shown(existing(item_id), lock=True)


def _lease_criteria(actor: Actor, item_id: int, token: str) -> tuple:
    return (
        ReviewItem.id == item_id, ReviewItem.state == ItemState.LEASED, ReviewItem.lease_owner_id == actor.member_id,
        ReviewItem.lease_token == token, ReviewItem.lease_until > clock.now(),
    )  # fmt: skip


def _close(actor: Actor, item_id: int, token: str) -> int | None:
    """The one conditional update that makes an item decided; returns the seconds it was in hand."""
    item, at = existing(item_id), clock.now()
    begun_at, waited = item.lease_begun_at, int((at - item.created_at).total_seconds())
    done = update_where(
        ReviewItem, *_lease_criteria(actor, item_id, token), state=ItemState.DECIDED, open_key=None,
        decided_at=at, waited_seconds=max(0, waited), **UNLEASED,
    )  # fmt: skip
    if not done:
        raise Conflict(why_not(item_id))
    return int((at - begun_at).total_seconds()) if begun_at else None


def holds_lease(actor: Actor, item: ReviewItem, token: str) -> None:
    live = select(ReviewItem.id).where(*_lease_criteria(actor, item.id, token)).with_for_update()
    if db.session.scalar(live) is None:
        raise Conflict(why_not(item.id))


def why_not(item_id: int):
    """Why an item cannot be decided with this lease, in words."""
    made = db.session.execute(
        select(ReviewDecision.actor_id, ReviewDecision.decision).where(ReviewDecision.item_id == item_id)
    ).first()
    if made is not None:
        name = card(made.actor_id).name
        return _(
            "%(name)s has just decided: %(decision)s.", name=name, decision=wording.decided(made.decision)
        )
    item = existing(item_id)
    if item.state in (ItemState.DECIDED, ItemState.CANCELLED):
        return _("This has been decided in the meantime.")
    if item.lease_owner_id is not None and item.lease_until and item.lease_until > clock.now():
        return _("%(name)s is looking at this.", name=card(item.lease_owner_id).name)
    return _("Your reservation has ended: take the item again.")


def _carry_out(
    actor: Actor,
    item_id: int,
    kind: ItemType,
    seen: Shown,
    verdict: Verdict,
    effect: Effect,
    seconds: int | None,
) -> int:
    """Change the text, write the decision and what is owed with it, and tell people later; returns the decision's id."""
    item = existing(item_id)
    post_id, signals = item.post_id, frozenset(item.signals)
    _change(actor, item_id, post_id or 0, seen, verdict, effect)
    decision = _write(actor, item_id, kind, post_id, seen, verdict, effect, seconds)
    decision_id, state_after = decision.id, decision.state_after
    later = _tells_at()
    statement_id = _state(actor, decision, kind, seen, verdict, effect, later)
    if effect == Effect.RESTORE or (effect == Effect.RELEASE and SENT_BACK in signals):
        end_hiding(actor, post_id or 0)
    if kind in WITHOUT_POST:
        of_people.settle(actor, existing(item_id), effect in _MEASURES, verdict.parts, statement_id)
    elif (
        post_id is not None
        and kind not in (ItemType.EDIT, ItemType.APPEAL)
        and verdict.decision != Decision.ESCALATE
    ):
        settling.settle(post_id, item_id, _came(verdict.decision, effect), "brigade" in signals)
        queueing.cancel_beside(post_id, item_id)
    audit.write(
        actor, f"review.{verdict.decision.value}", "review_item", item_id, {"state": seen.state, "stamp": seen.stamp},
        {"state": state_after, "post": post_id}, verdict.reason.value if verdict.reason else "",
    )  # fmt: skip
    jobs.enqueue("review.tell", {"decision_id": decision_id}, f"review.tell:{decision_id}", later)
    return decision_id


def _came(decision: Decision, effect: Effect) -> Came:
    if effect in _MEASURES:
        return Came.TAKEN
    if decision == Decision.APPROVE_AND_MASK:
        return Came.CHANGED
    return Came.SORTED if decision in TIDYING else Came.KEPT


def _change(actor: Actor, item_id: int, post_id: int, seen: Shown, verdict: Verdict, effect: Effect) -> None:
    """What the decision does to the text, and to where it stands; an answer to an appeal puts right what was wrong."""
    if verdict.decision in APPEALED:
        appealing.answer(actor, item_id, APPEALED[verdict.decision], verdict.message, verdict.amendment)
    if verdict.decision == Decision.APPROVE_AND_MASK:
        _mask(actor, post_id, seen, verdict.excerpts)
    if verdict.decision == Decision.CONVERT_PRIVATE:
        carrying.go_private(actor, item_id, post_id, seen, verdict.words)
    if effect in _MOVES:
        _MOVES[effect](actor, post_id)
    if verdict.decision in TIDYING:
        carrying.tidy(actor, post_id, seen, verdict.decision, verdict.tags, verdict.target_id)


def _write(
    actor: Actor, item_id: int, kind: ItemType, post_id: int | None, seen: Shown, verdict: Verdict, effect: Effect,
    seconds: int | None,
) -> ReviewDecision:  # fmt: skip
    post = db.session.get(Post, post_id, populate_existing=True) if post_id else None
    decision = ReviewDecision(
        item_id=item_id, decision=verdict.decision, reason=verdict.reason if effect in _MEASURES else None,
        message=verdict.message, actor_id=actor.member_id, post_id=post_id, stamp=seen.stamp,
        version=post.version if post else seen.version, state_before=seen.state,
        state_after=PostState(post.state).value if post and kind != ItemType.APPEAL else "", seconds=seconds,
        decided_at=clock.now(),
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    return decision


def _state(
    actor: Actor, decision: ReviewDecision, kind: ItemType, seen: Shown, verdict: Verdict, effect: Effect, later: datetime,
) -> int | None:  # fmt: skip
    """The one statement that a restriction owes, with the refused edit or the strike that comes with it; its id."""
    if effect not in _MEASURES or verdict.reason is None:
        return None
    decision_id, post_id, member_id = decision.id, decision.post_id, seen.member_id
    statement_id = state_reasons(
        actor, _MEASURES[effect], verdict.reason, cause=f"decision:{decision_id}", member_id=member_id,
        post=db.session.get(Post, post_id) if post_id else None, decision_id=decision_id, message=decision.message,
        found_by=queueing.who_found(None if kind == ItemType.EDIT else post_id, decision.item_id),
    )  # fmt: skip
    if effect == Effect.REJECT_EDIT and statement_id is not None:
        keep_edit(statement_id, seen.title, seen.body, seen.reason, seen.facts)
    if verdict.strike is not None and member_id is not None:
        striking.strike(
            actor, member_id, verdict.strike, verdict.message, f"decision:{decision_id}", post_id=post_id,
            statement_id=statement_id, tell_at=later,
        )  # fmt: skip
    return statement_id


def _mask(actor: Actor, post_id: int, seen: Shown, excerpts: Iterable[str]) -> None:
    blank = partial(_blanked, _excerpts_in(post_id, seen, excerpts))
    publishing.redact(actor, post_id, blank)
    redact_edits(post_id, blank)


def _excerpts_in(post_id: int, seen: Shown, excerpts: Iterable[str]) -> list[str]:
    """The words to mask, all of which stand in the text or in the reasons of its edits. Raises :class:`Invalid`."""
    wanted = [excerpt.strip() for excerpt in excerpts if excerpt.strip()]
    said = db.session.scalars(
        select(Revision.reason).where(Revision.post_id == post_id, Revision.reason != "")
    )
    whole = "\n".join((seen.title or "", seen.body, *said))
    if missing := [excerpt for excerpt in wanted if excerpt not in whole]:
        raise Invalid(
            fields={"excerpts": _("“%(excerpt)s” does not stand in the text.", excerpt=missing[0][:60])}
        )
    return wanted


def _blanked(excerpts: list[str], words: str) -> str:
    for excerpt in sorted(excerpts, key=len, reverse=True):
        words = words.replace(excerpt, MASK)
    return words
