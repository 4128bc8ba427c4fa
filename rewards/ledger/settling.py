"""Make the ledger agree with what is true: an answer's recognition, a vote, a first step, a removal.

Each verb reads the truth, then books what is missing and undoes what no longer holds. Called twice, it changes
nothing the second time. All of them run inside the unit of work of the act that caused them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.queries import is_of
from common import clock, i18n
from common.db import db
from forum.questions.models import Post
from forum.questions.rules import PostKind
from rewards.abuse import checking
from rewards.ledger import balances, booking, truth
from rewards.ledger.booking import Line, Place
from rewards.ledger.limits import limits, rule, rules
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import (
    NOTHING,
    Account,
    Amounts,
    Cause,
    CauseType,
    EntryKind,
    Limits,
    Pay,
    Rule,
    acceptance_pay,
    asker_pay,
    endorsement_pay,
    is_fast,
    is_strong_voter,
    plain_pay,
    vote_pay,
)
from rewards.ledger.truth import PostFacts

_BY_SOLUTION = (
    CauseType.ACCEPTED,
    CauseType.ENDORSED,
    CauseType.FAST,
    CauseType.RESCUE,
    CauseType.ASKER,
)

# --- an answer: accepted, endorsed, fast ------------------------------------------------------------------------


def settle_answer(answer_id: int, actor_id: int | None = None) -> None:
    """Everything an answer and its asker earn by acceptance and endorsement."""
    facts = truth.post(answer_id)
    if facts is None or facts.kind != PostKind.ANSWER:
        return
    live = booking.live_lines(
        LedgerEntry.cause_id == str(answer_id),
        LedgerEntry.cause_type.in_(_BY_SOLUTION),
    )
    balances.lock([facts.author_id, facts.asker_id, *(line.member_id for line in live)])
    annulled = checking.annulled_causes(answer_id)
    held = {
        CauseType.ACCEPTED: facts.visible and facts.is_accepted,
        CauseType.ENDORSED: facts.visible and facts.is_endorsed,
        CauseType.FAST: facts.visible and facts.is_solution,
        CauseType.RESCUE: facts.visible and facts.is_solution,
        CauseType.ASKER: facts.visible and facts.is_accepted,
    }
    held = {cause: holds and cause not in annulled for cause, holds in held.items()}
    gone = [line for line in live if not held[line.cause.type]]
    booking.reverse(gone, actor_id, "undone")
    # Booked before, with all that goes with it, perhaps in a thread that was merged into this one.
    is_new = all(line.cause.type is not CauseType.ACCEPTED for line in live)
    _book_recognition(facts, held, actor_id)
    if held[CauseType.FAST] and is_new:
        _book_fast(facts, actor_id)
    if held[CauseType.RESCUE] and is_new and truth.was_rescue(facts):
        _book_extra(facts, "answer.rescue", CauseType.RESCUE, actor_id)
    if held[CauseType.ACCEPTED] and is_new:
        _book_asker(facts, actor_id)


def _book_recognition(facts: PostFacts, held: dict[CauseType, bool], actor_id: int | None) -> None:
    if facts.author_id is None:
        return
    accepted, endorsed = _granted(facts, CauseType.ACCEPTED), _granted(facts, CauseType.ENDORSED)
    table, place = rules(), _place(facts)
    own = facts.author_id == facts.asker_id
    if held[CauseType.ENDORSED] and endorsed is None:
        pay = endorsement_pay(
            table["answer.endorsed"],
            table["answer.accepted"].amounts,
            staff=facts.author_is_staff,
            already=accepted or Amounts(),
        )
        booking.credit(
            facts.author_id, table["answer.endorsed"], _cause(CauseType.ENDORSED, facts), pay, place, actor_id
        )
        endorsed = _granted(facts, CauseType.ENDORSED)
    if held[CauseType.ACCEPTED] and accepted is None:
        pay = acceptance_pay(
            table["answer.accepted"], own=own, staff=facts.author_is_staff, paid_in_window=_paid_pair(facts), limits=limits(),
            already=(endorsed or Amounts()) if held[CauseType.ENDORSED] else Amounts(),
        )  # fmt: skip
        booking.credit(
            facts.author_id, table["answer.accepted"], _cause(CauseType.ACCEPTED, facts), pay, place, actor_id
        )
    _make_whole(facts, held, actor_id)


def _make_whole(facts: PostFacts, held: dict[CauseType, bool], actor_id: int | None) -> None:
    """One of two recognitions is gone: the other, booked as a top-up, is booked anew at its full worth."""
    if held[CauseType.ACCEPTED] == held[CauseType.ENDORSED]:
        return
    left = CauseType.ACCEPTED if held[CauseType.ACCEPTED] else CauseType.ENDORSED
    full = rule("answer.accepted" if left is CauseType.ACCEPTED else "answer.endorsed").amounts
    for line in booking.live_lines(*_lines_of(facts, left), LedgerEntry.note == "top-up"):
        booking.reverse([line], actor_id, "made-whole")
        booking.bring_back(replace(line, note=""), actor_id, full.of(line.account))


def _granted(facts: PostFacts, cause_type: CauseType) -> Amounts | None:
    """What the live lines of a recognition grant; None when there are none."""
    lines = booking.live_lines(*_lines_of(facts, cause_type))
    if not lines:
        return None
    by_account = {line.account: line.granted for line in lines}
    return Amounts(by_account.get(Account.REPUTATION, 0), by_account.get(Account.SPENDABLE, 0))


def _book_fast(facts: PostFacts, actor_id: int | None) -> None:
    if is_fast(facts.asked_at, facts.published_at, limits()):
        _book_extra(facts, "answer.fast", CauseType.FAST, actor_id)


def _book_extra(facts: PostFacts, rule_key: str, cause_type: CauseType, actor_id: int | None) -> None:
    """What goes with a solution: once per thread, gone with it."""
    if facts.author_id is None:
        return
    extra = rule(rule_key)
    pay = plain_pay(extra, own=facts.author_id == facts.asker_id, staff=facts.author_is_staff)
    booking.credit(facts.author_id, extra, _cause(cause_type, facts), pay, _place(facts), actor_id)


def _book_asker(facts: PostFacts, actor_id: int | None) -> None:
    if facts.asker_id is None:
        return
    own = facts.asker_id == facts.author_id
    thanks, first = rule("asker.accepted"), rule("onboard.first_accept")
    pay = asker_pay(
        thanks, own=own, staff=facts.asker_is_staff, paid_today=_asker_today(facts.asker_id), limits=limits()
    )
    booking.credit(facts.asker_id, thanks, _cause(CauseType.ASKER, facts), pay, _place(facts), actor_id)
    if not own:
        cause = Cause(CauseType.FIRST_ACCEPT, str(facts.asker_id))
        _book_once(facts.asker_id, first.key, cause, facts, facts.asker_is_staff)


def _paid_pair(facts: PostFacts) -> int:
    """Paid acceptances by this asker to this author within the window."""
    e, asked = LedgerEntry, aliased(Post)
    since = clock.now() - limits().pair_window
    live = ~_is_undone(e)
    query = (
        select(func.count())
        .select_from(e)
        .join(asked, asked.id == e.question_id)
        .where(
            e.member_id == facts.author_id, e.rule_key == "answer.accepted", e.account == Account.REPUTATION,
            e.kind == EntryKind.EARN, e.granted > 0, e.occurred_at > since, is_of(asked.author_id, facts.asker_id or 0), live,
        )
    )  # fmt: skip
    return db.session.scalar(query) or 0


def _asker_today(asker_id: int) -> int:
    today = i18n.local(clock.now()).date()
    e = LedgerEntry
    wanted = (
        e.member_id == asker_id,
        e.rule_key == "asker.accepted",
        e.kind == EntryKind.EARN,
        e.requested > 0,
    )
    counted = (e.effective_day == today, e.restores_id.is_(None), or_(e.granted > 0, e.note == "cap-day"))
    return db.session.scalar(select(func.count()).where(*wanted, *counted)) or 0


# --- votes ------------------------------------------------------------------------------------------------------


def settle_kudos(post_id: int, voter_id: int) -> None:
    """What a thumbs-up brings the author: of an answer, or of a question."""
    facts = truth.post(post_id)
    voter = truth.kudos(post_id, voter_id)
    if facts is None or voter is None or facts.author_id is None or facts.kind == PostKind.COMMENT:
        return
    if facts.kind == PostKind.ANSWER:
        _settle_vote(facts, voter, CauseType.KUDOS, "tip.upvoted" if facts.is_tip else "answer.upvoted")
    else:
        _settle_vote(facts, voter, CauseType.QUESTION_KUDOS, "question.metoo")


def settle_me_too(question_id: int, voter_id: int) -> None:
    """What a me-too brings the asker."""
    facts = truth.post(question_id)
    voter = truth.me_too(question_id, voter_id)
    if facts is None or voter is None or facts.author_id is None:
        return
    _settle_vote(facts, voter, CauseType.ME_TOO, "question.metoo")


def _settle_vote(facts: PostFacts, voter: truth.Voter, cause_type: CauseType, rule_key: str) -> None:
    assert facts.author_id is not None
    cause, earlier = (
        Cause(kind, f"{facts.id}/{voter.id}") for kind in (cause_type, _OTHER.get(cause_type, cause_type))
    )
    balances.lock([facts.author_id])
    if not (voter.standing and facts.visible) or cause_type in checking.annulled_causes(facts.id):
        for one in {cause, earlier}:
            booking.reverse_cause(one, voter.id, "undone")
        return
    if earlier != cause and booking.live_lines(
        LedgerEntry.cause_type == earlier.type, LedgerEntry.cause_id == earlier.id
    ):
        return  # it was given when the post was an answer (or a question): booked once
    paid = rule(rule_key)
    bounds = limits()
    on_post, most = _paid_on(facts, paid, bounds)
    pay = vote_pay(
        paid, own=facts.author_id == voter.id, staff=facts.author_is_staff, limits=bounds, most_per_post=most,
        strong_voter=is_strong_voter(voter.rank, voter.joined_at, clock.now(), bounds), paid_on_post=on_post,
        paid_by_pair=paid_by(voter.id, facts.author_id) if rule_key in _OF_HELP else 0,
    )  # fmt: skip
    if pay.payable and (why := checking.why_not(voter.id, facts.author_id)):
        pay = Pay(pay.requested, NOTHING, why)
    booking.credit(facts.author_id, paid, cause, pay, _place(facts), voter.id)


_OTHER = {CauseType.KUDOS: CauseType.QUESTION_KUDOS, CauseType.QUESTION_KUDOS: CauseType.KUDOS}
"""A post that was split off its thread changed its kind, and its thumbs-up kept the cause they had."""


_OF_HELP = ("answer.upvoted", "tip.upvoted")
"""Votes for help: so many of one member for another pay in 30 days."""


def _paid_on(facts: PostFacts, paid: Rule, bounds: Limits) -> tuple[int, int]:
    """What the live votes of a post have paid, and the most they pay: as many votes, or for a tip as much reputation (§A1.2).

    A vote that only the daily cap cut has had its turn too.
    """
    e = LedgerEntry
    wanted = (
        e.post_id == facts.id,
        e.rule_key == paid.key,
        e.account == Account.REPUTATION,
        e.kind == EntryKind.EARN,
    )
    counted = or_(e.granted > 0, e.note == "cap-day")
    votes, points = db.session.execute(
        select(func.count(), func.coalesce(func.sum(e.granted), 0)).where(*wanted, counted, ~_is_undone(e))
    ).one()
    if paid.key == "tip.upvoted":
        return points + paid.amounts.reputation - 1, bounds.per_tip
    return votes, bounds.kudos_per_answer if paid.key == "answer.upvoted" else bounds.me_too_per_question


def paid_by(voter_id: int, author_id: int) -> int:
    """Paid votes for help by one member for another within the window."""
    e = LedgerEntry
    since = clock.now() - limits().pair_window
    wanted = (e.member_id == author_id, e.rule_key.in_(_OF_HELP), e.account == Account.REPUTATION)
    paid = (e.kind == EntryKind.EARN, e.actor_id == voter_id, e.granted > 0, e.occurred_at > since)
    return db.session.scalar(select(func.count()).where(*wanted, *paid, ~_is_undone(e))) or 0


# --- first steps ------------------------------------------------------------------------------------------------


def settle_first_post(post_id: int) -> None:
    """The first published question, and the first published answer, of a member: once in a lifetime."""
    facts = truth.post(post_id)
    if facts is None or facts.author_id is None or not facts.visible or facts.is_official:
        return
    steps = {
        PostKind.QUESTION: (CauseType.FIRST_QUESTION, "onboard.first_question"),
        PostKind.ANSWER: (CauseType.FIRST_ANSWER, "onboard.first_answer"),
    }
    step = steps.get(facts.kind)
    if step is None or truth.has_other_published(facts.author_id, facts.kind, post_id):
        return
    if facts.kind == PostKind.ANSWER and facts.author_id == facts.asker_id:
        return
    _book_once(facts.author_id, step[1], Cause(step[0], str(facts.author_id)), facts, facts.author_is_staff)


def _book_once(member_id: int, rule_key: str, cause: Cause, facts: PostFacts, staff: bool) -> None:
    """Book a once-in-a-lifetime rule: never again, even when it was undone."""
    e = LedgerEntry
    known = select(e.id).where(e.member_id == member_id, e.cause_type == cause.type, e.cause_id == cause.id)
    if db.session.scalar(known.limit(1)) is None:
        step = rule(rule_key)
        booking.credit(member_id, step, cause, plain_pay(step, staff=staff), _place(facts), facts.author_id)


# --- removal and return -----------------------------------------------------------------------------------------


def undo_post(post_id: int, actor_id: int | None) -> int:
    """A post (or a whole thread) went away: undo every live line it caused, for every member."""
    return booking.reverse(booking.live_lines(_about(post_id)), actor_id, "removed")


def redo_post(post_id: int, actor_id: int | None) -> int:
    """It is back: book again what still holds, at the original days and amounts."""
    undone = booking.last_undone_lines(_about(post_id))
    facts = truth.posts(_post_ids(undone))
    annulled = checking.annulled_of(list(facts))
    balances.lock(line.member_id for line in undone)
    back = 0
    for line in undone:
        about = facts.get(line.place.post_id or 0)
        if about is None or line.cause.type in annulled.get(about.id, ()):
            continue
        if truth.holds(line.cause.type, line.cause.id, about):
            back += booking.bring_back(line, actor_id) is not None
    return back


def _about(post_id: int):
    """Lines of a post, or of a thread as it is now: what was moved elsewhere since is not of this one."""
    thread = select(Post.id).where(Post.question_id == post_id)
    return or_(LedgerEntry.post_id == post_id, LedgerEntry.post_id.in_(thread))


def _post_ids(lines: Iterable[Line]) -> list[int]:
    return sorted({line.place.post_id for line in lines if line.place.post_id is not None})


def _is_undone(entry: type[LedgerEntry]):
    undone = aliased(LedgerEntry)
    return select(undone.id).where(undone.reverses_id == entry.id).exists()


def _cause(cause_type: CauseType, facts: PostFacts) -> Cause:
    return Cause(cause_type, str(facts.id))


def _lines_of(facts: PostFacts, cause_type: CauseType) -> tuple:
    e = LedgerEntry
    return e.member_id == facts.author_id, e.cause_type == cause_type, e.cause_id == str(facts.id)


def _place(facts: PostFacts) -> Place:
    return Place(facts.id, facts.question_id, facts.category_id)
