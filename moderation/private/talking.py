"""A question goes on in private, and comes back: with a summary that helps everybody, closed, or as it was.

The talk itself is private messages between the agent and the asker; only there may an order number be asked for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.messages.writing import write_to
from accounts.signin.sessions import actor_of
from common import audit, clock, freshness, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, may_write, require
from common.secrecy import Lost, without_cards
from common.unit_of_work import unit_of_work
from forum.privacy.guarding import look
from forum.questions.answering import answer_question
from forum.questions.models import Question
from forum.questions.rules import CloseReason, PostState
from forum.questions.writing import hold_question, published_question
from forum.solutions import attaching
from forum.solutions.closing import close_question
from forum.solutions.endorsing import endorse_answer
from moderation.escalation import cases, casework
from moderation.escalation.casework import write_line
from moderation.escalation.permissions import can_act_on, can_work
from moderation.escalation.rules import OPEN
from moderation.macros import using
from moderation.private import notices
from moderation.private.models import PrivateTalk
from moderation.private.numbers import good_for
from moderation.private.rules import LIVE, SUMMARY_HIGH, SUMMARY_LOW, WORDS_HIGH, TalkState, holds

# --- beginning ----------------------------------------------------------------------------------------------------


def offer(actor: Actor, case_id: int, words: str, macro_id: int | None = None) -> int:
    """Ask the asker to go on in private; ``words`` become the first message once they agree. Returns the talk's id.

    Raises Invalid (words), Forbidden, Conflict (there is an offer or a talk already, or a solution).
    """
    with unit_of_work():
        talk = _propose(actor, case_id, words, macro_id)
        write_line(case_id, "private_offered", actor.member_id)
        notices.tell_asker("private-offered", talk)
        return talk.id


def begin(actor: Actor, case_id: int, words: str, macro_id: int | None = None) -> int:
    """Go on in private at once, with notice to the asker. Raises what :func:`offer` raises."""
    with unit_of_work():
        talk = _propose(actor, case_id, words, macro_id)
        _begin(talk, actor)
        notices.tell_asker("private-begun", talk)
        return talk.id


def accept(actor: Actor, question_id: int) -> int:
    """The asker agrees; returns the agent to write to. Again is harmless. Raises NotFound, Conflict (it is over)."""
    require(may_write(actor))
    with unit_of_work():
        hold_question(question_id)
        talk = _mine(actor, question_id)
        agent_id = talk.agent_id
        if talk.state == TalkState.GOING:
            return agent_id
        agent = actor_of(db.session.get_one(Member, agent_id), clock.now())
        if isinstance(talk.words, Lost):
            raise Conflict(
                _("What the team wrote cannot be opened at the moment. Stay in public, or come back later.")
            )
        still = holds(talk.state, talk.offered_at, clock.now(), good_for())
        if not still or not agent.is_staff or casework.load(talk.case_id).state not in OPEN:
            raise _too_late()
        _begin(talk, agent)
        notices.take_back_offer(talk.id)
        notices.tell_agent("private-accepted", talk)
        return agent_id


def decline(actor: Actor, question_id: int) -> None:
    """The asker prefers to stay in public. Again is harmless."""
    with unit_of_work():
        talk = _mine(actor, question_id)
        if talk.state == TalkState.DECLINED:
            return
        if not _step(talk.id, TalkState.OFFERED, TalkState.DECLINED, ended_at=clock.now()):
            raise _too_late()
        write_line(talk.case_id, "private_declined", actor.member_id)
        notices.take_back_offer(talk.id)
        notices.tell_agent("private-declined", talk)
        freshness.touch(f"question:{question_id}")


def take_back(actor: Actor, case_id: int) -> bool:
    """The team asks no more. True when there was an offer."""
    with unit_of_work():
        case = _case(actor, case_id)
        talk = live_talk(case.question_id)
        if talk is None or not _step(talk.id, TalkState.OFFERED, TalkState.DECLINED, ended_at=clock.now()):
            return False
        notices.take_back_offer(talk.id)
        freshness.touch(f"question:{case.question_id}")
        return True


def take_back_of_gone() -> int:
    """Nobody can say yes to an offer of who works here no more: it is taken back, and a colleague may make another. Returns how
    many."""
    gone = or_(Member.closed_at.is_not(None), Member.role.not_in(casework.OFFICIAL_ROLES))
    rows = select(PrivateTalk.id, PrivateTalk.question_id).join(Member, Member.id == PrivateTalk.agent_id)
    found = db.session.execute(rows.where(PrivateTalk.state == TalkState.OFFERED, gone).limit(500)).all()
    db.session.rollback()
    for talk_id, question_id in found:
        with unit_of_work():
            if _step(talk_id, TalkState.OFFERED, TalkState.DECLINED, ended_at=clock.now()):
                notices.take_back_offer(talk_id)
                freshness.touch(f"question:{question_id}")
    return len(found)


def take_over(actor: Actor, case_id: int) -> int:
    """Go on with the asker in a colleague's place, who is away or gone; what the two wrote stays theirs. Returns the asker to
    write to. Again is harmless. Raises Forbidden, Conflict (no talk goes on)."""
    with unit_of_work():
        case = _private_case(actor, case_id)
        going = (PrivateTalk.question_id == case.question_id, PrivateTalk.state == TalkState.GOING)
        if update_where(
            PrivateTalk, *going, PrivateTalk.agent_id != actor.member_id, agent_id=actor.member_id
        ):
            write_line(case_id, "private", actor.member_id)
        asker_id = db.session.scalar(select(PrivateTalk.asker_id).where(*going))
    if asker_id is None:
        raise Conflict(_("This question is not in private any more."))
    return asker_id


def _propose(actor: Actor, case_id: int, words: str, macro_id: int | None) -> PrivateTalk:
    require(can_work(actor))
    using.refuse_unfilled(words, "words")
    said = _checked(words, "words", 1, WORDS_HIGH)
    case = _case(actor, case_id)
    if case.state not in OPEN:
        raise Conflict(_("This case is settled already. Look at what was answered."))
    casework.hold(case.question_id, with_question=True)
    if case.assignee_id is None:
        cases.take(actor, case_id)
    question = published_question(actor, case.question_id)
    if question.accepted_answer_id is not None:
        raise Conflict(_("This question already has a solution."))
    asker_id = person_behind(question.author_id)
    if asker_id is None:
        raise Conflict(_("Nobody can be written to: the account of the asker is closed."))
    if asker_id == actor.member_id:
        raise Forbidden(_("This is your own question."))
    _lapse(case.question_id)
    talk_id = insert_once(
        PrivateTalk, question_id=case.question_id, case_id=case_id, agent_id=actor.member_id,
        asker_id=asker_id, words=said, state=TalkState.OFFERED, offered_at=clock.now(),
    )  # fmt: skip
    if talk_id is None:
        raise Conflict(_("It is offered or going on in private already."))
    using.note_use(actor, case_id, macro_id, None)
    freshness.touch(f"question:{case.question_id}")
    return db.session.get_one(PrivateTalk, talk_id)


def _lapse(question_id: int) -> None:
    """An offer nobody took up in time is none."""
    old = (
        PrivateTalk.question_id == question_id, PrivateTalk.state == TalkState.OFFERED,
        PrivateTalk.offered_at < clock.now() - good_for(),
    )  # fmt: skip
    update_where(PrivateTalk, *old, state=TalkState.DECLINED, ended_at=clock.now())


def _begin(talk: PrivateTalk, agent: Actor) -> None:
    """From here the agent writes to the asker, and the public thread only says so."""
    talk_id, question_id, case_id = talk.id, talk.question_id, talk.case_id
    if not _step(talk_id, TalkState.OFFERED, TalkState.GOING, begun_at=clock.now()):
        raise _too_late()
    write_to(agent, talk.asker_id, talk.words, nonce=f"private:{talk_id}")
    attaching.continue_in_private(agent, question_id)
    write_line(case_id, "private", agent.member_id)
    audit.write(agent, "escalation.private", "case", case_id)
    freshness.touch(f"question:{question_id}")


def check_message(actor: Actor, words: str) -> None:
    """The team sends no template that is not filled in. Raises Invalid."""
    if actor.works_here:
        using.refuse_unfilled(words, "body")


# --- ending -------------------------------------------------------------------------------------------------------


def finish(actor: Actor, case_id: int, summary: str) -> int:
    """It is settled, and the summary is published as the team's answer: the question is solved. Returns the answer.

    Raises Invalid (summary) where it is short, or has a personal detail in it.
    """
    with unit_of_work():
        case = _private_case(actor, case_id)
        said = _checked(summary, "summary", SUMMARY_LOW, SUMMARY_HIGH)
        if found := look({"summary": said}, actor.language).names:
            what = ", ".join(str(name) for name in found)
            raise Invalid(fields={"summary": _("Everybody reads this. Take out first: %(what)s.", what=what)})
        question_id = case.question_id
        taken = select(Question.official_answer_id).where(Question.id == question_id)
        official = db.session.scalar(taken) is None
        posted = answer_question(actor, question_id, body=said, official=official)
        if posted.held:
            raise Conflict(_("This text would be held for a review. Please word it differently."))
        endorse_answer(SYSTEM, posted.id)
        _over(actor, question_id, case_id, "private_solved", answer_id=posted.id)
        return posted.id


def close(actor: Actor, case_id: int) -> None:
    """It is settled, and nothing of it helps others: the question is closed."""
    with unit_of_work():
        case = _private_case(actor, case_id)
        question_id = case.question_id
        _over(actor, question_id, case_id, "private_closed")
        close_question(actor, question_id, CloseReason.HANDLED)


def back_to_public(actor: Actor, case_id: int) -> None:
    """It is answered in public after all: a new cycle of the clock begins."""
    with unit_of_work():
        case = _private_case(actor, case_id)
        question_id = case.question_id
        _end_talk(question_id)
        write_line(case_id, "public_again", actor.member_id)
        attaching.back_from_private(actor, question_id)
        freshness.touch(f"question:{question_id}")


def end_for_good(question_id: int, actor_id: int | None, line: str = "private_merged") -> None:
    """The question went up in another one, or is gone: an offer is taken back, a talk is over; the messages stay. Of a
    question that is gone both people hear so, apart from who took it away."""
    talk = live_talk(question_id)
    if talk is None:
        return
    if _step(talk.id, TalkState.OFFERED, TalkState.DECLINED, ended_at=clock.now()):
        notices.take_back_offer(talk.id)
    else:
        _end_talk(question_id)
        attaching.end_private(SYSTEM, question_id)
        if line == "private_gone":
            notices.tell_of_end(talk, actor_id)
    write_line(talk.case_id, line, actor_id)


def _over(actor: Actor, question_id: int, case_id: int, line: str, **values: Any) -> None:
    _end_talk(question_id, **values)
    attaching.end_private(actor, question_id)
    write_line(case_id, line, actor.member_id)
    audit.write(actor, f"escalation.{line}", "case", case_id)
    freshness.touch(f"question:{question_id}")


def _end_talk(question_id: int, **values: Any) -> None:
    going = (PrivateTalk.question_id == question_id, PrivateTalk.state == TalkState.GOING)
    update_where(PrivateTalk, *going, state=TalkState.ENDED, ended_at=clock.now(), **values)


# --- the row ------------------------------------------------------------------------------------------------------


def live_talk(question_id: int) -> PrivateTalk | None:
    """The offer or the talk about a question that is open."""
    live = (PrivateTalk.question_id == question_id, PrivateTalk.state.in_(LIVE))
    query = select(PrivateTalk).where(*live).execution_options(populate_existing=True)
    return db.session.scalar(query)


def _mine(actor: Actor, question_id: int) -> PrivateTalk:
    """The newest talk about a question that this asker was offered. Raises NotFound."""
    mine = (PrivateTalk.question_id == question_id, PrivateTalk.asker_id == actor.member_id)
    query = select(PrivateTalk).where(*mine).order_by(PrivateTalk.id.desc()).limit(1)
    talk = db.session.scalar(query.execution_options(populate_existing=True))
    if talk is None:
        raise NotFound()
    return talk


def _step(talk_id: int, before: TalkState, after: TalkState, **values: Any) -> int:
    stands = (PrivateTalk.id == talk_id, PrivateTalk.state == before)
    return update_where(PrivateTalk, *stands, state=after, **values)


def _case(actor: Actor, case_id: int) -> Any:
    case = casework.load(case_id)
    require(can_act_on(actor, case.assignee_id))
    return case


def _private_case(actor: Actor, case_id: int) -> Any:
    """A case whose question is in private now, and stays where it is meanwhile. Raises Conflict."""
    case = _case(actor, case_id)
    hold_question(case.question_id)
    there = select(Question.private_at).where(
        Question.id == case.question_id, Question.state == PostState.PUBLISHED
    )
    if db.session.scalar(there) is None:
        raise Conflict(_("This question is not in private any more."))
    return case


def _checked(words: str, name: str, low: int, high: int) -> str:
    said = without_cards(text.normalise(words)).strip()
    if len(said) < low:
        raise Invalid(fields={name: _("Write a few words first.")})
    if len(said) > high:
        raise Invalid(fields={name: _("Please keep to %(high)s characters.", high=high)})
    return said


def _too_late() -> Conflict:
    return Conflict(_("This offer is over: the question goes on in public."))
