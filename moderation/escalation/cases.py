"""What the team does with its cases: take, pass on, note, ask, wait, answer officially, hand back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy import case as either

from accounts.members.queries import by_names
from common import audit, clock, freshness, settings, text
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.questions.replying import end_requests
from forum.questions.writing import Posted
from forum.solutions.sweeping import leave as leave_question
from moderation.escalation import casework, laddering, notices
from moderation.escalation.casework import load, move, write_line
from moderation.escalation.models import Case, CaseNote, Ladder
from moderation.escalation.permissions import can_act_on, can_assign, can_note, can_work
from moderation.escalation.rules import OPEN, WORKED_ON, CaseMove, CaseState, HandBackReason
from moderation.events import CaseHandedBack
from moderation.routing.models import CaseDesk

NOTE_MAX = 4_000


# --- who works on it ------------------------------------------------------------------------------------------------


def take(actor: Actor, case_id: int) -> int:
    """Become the agent of a queued case; taking one's own again is harmless. Raises Conflict when somebody has it."""
    require(can_work(actor))
    with unit_of_work():
        case = load(case_id)
        if case.assignee_id == actor.member_id and case.state in WORKED_ON:
            return case_id
        casework.hold(case.question_id)
        casework.give(case_id, actor.member_id or 0, actor.member_id)
    return case_id


def take_next(actor: Actor) -> int | None:
    """Take the most pressing queued case: danger first, then the one due soonest. None when the queue is empty."""
    require(can_work(actor))
    for case_id in _queue():
        try:
            return take(actor, case_id)
        except Conflict:
            if not casework.has_room(actor.member_id or 0, load(case_id).priority):
                raise
    return None


def _queue() -> list[int]:
    urgent_first = either((Ladder.is_danger, 0), else_=1)
    query = (
        select(Case.id)
        .join(Ladder, Ladder.question_id == Case.question_id)
        .outerjoin(CaseDesk, CaseDesk.case_id == Case.id)
        .where(Case.state == CaseState.QUEUED, _awake())
        .order_by(urgent_first, *casework.closest_due())
        .limit(20)
    )
    return list(db.session.scalars(query))


def _awake() -> ColumnElement[bool]:
    """Not put off until later."""
    return or_(CaseDesk.snoozed_until.is_(None), CaseDesk.snoozed_until <= clock.now())


def assign(actor: Actor, case_id: int, member_id: int) -> None:
    """Give a case to a colleague; one that is being worked on changes hands. The clocks go on."""
    with unit_of_work():
        case = load(case_id)
        require(can_assign(actor, member_id, case.assignee_id))
        if member_id not in casework.official_ids() or casework.is_silenced(member_id):
            raise Invalid(fields={"member_id": _("Choose somebody of the team who answers officially.")})
        if case.assignee_id == member_id:
            return
        casework.hold(case.question_id)
        case = load(case_id)
        if case.state is CaseState.QUEUED:
            casework.give(case_id, member_id, actor.member_id)
        else:
            _pass_on(actor, case, member_id)
        case = load(case_id)
        notices.tell_staff(
            "case-assigned",
            [member_id],
            case,
            f"assigned:{member_id}:{case.version}",
            actor_id=actor.member_id,
        )


def _pass_on(actor: Actor, case: Case, member_id: int) -> None:
    casework.hold_desks(member_id)
    if not casework.has_room(member_id, case.priority):
        raise Conflict(_("That desk is full: answer a case or pass one on first."))
    still = Case.assignee_id == case.assignee_id
    case_id = case.id
    if not move(case_id, CaseMove.REASSIGN, still, assignee_id=member_id, assigned_at=clock.now()):
        raise _moved_on()
    casework.hand_over([case_id], [member_id], False)
    write_line(case_id, "assigned", actor.member_id, member_id)


def release(actor: Actor, case_id: int) -> None:
    """Put a case back into the queue."""
    with unit_of_work():
        case = _acted_on(actor, case_id)
        waiting = case.state is CaseState.WAITING_ASKER
        question_id = case.question_id
        _hold(question_id, waiting)
        if not move(case_id, CaseMove.RELEASE, assignee_id=None, assigned_at=None, waiting_since=None):
            raise _moved_on()
        write_line(case_id, "released", actor.member_id)
        if waiting:
            laddering.resume(question_id, f"release:{case_id}")


# --- what is said ---------------------------------------------------------------------------------------------------


def note(actor: Actor, case_id: int, body: str) -> int:
    """Write an internal note; colleagues mentioned with @ are told. Never shown outside the desk."""
    require(can_note(actor))
    body = text.normalise(body).strip()
    if not body:
        raise Invalid(fields={"note": _("Write the note first.")})
    if len(body) > NOTE_MAX:
        raise Invalid(fields={"note": _("Please keep to %(high)s characters.", high=NOTE_MAX)})
    with unit_of_work():
        case = load(case_id)
        written = CaseNote(case_id=case_id, author_id=actor.member_id, body=body, created_at=clock.now())
        db.session.add(written)
        db.session.flush()
        mentioned = by_names(text.mentions(body)).values()
        staff = set(mentioned) & set(casework.staff_ids())
        notices.tell_staff("case-noted", staff, case, f"note:{written.id}", actor_id=actor.member_id)
        return written.id


def answer_officially(
    actor: Actor, case_id: int, body: str, seen_version: int | None = None, beside: bool = False
) -> Posted:
    """Publish the brand's answer to the case's question; an unassigned case becomes the author's.

    ``seen_version`` is the case as the author saw it: raises Conflict when a colleague has done something since.
    ``beside``: a colleague's answer that settled the case was read, and this one goes beside it.
    Raises also what answering raises: Invalid, Forbidden, NotFound.
    """
    require(can_work(actor))
    with unit_of_work():
        case = load(case_id)
        beside = beside and case.state in (CaseState.ANSWERED, CaseState.RESOLVED)
        if case.state not in OPEN and not beside:
            raise Conflict(_("This case is settled already. Look at what was answered."))
        if seen_version is not None and case.version != seen_version:
            raise Conflict(
                _(
                    "A colleague has changed this case since you opened it. Your text is kept: read first, then send."
                )
            )
        if not beside:
            require(can_act_on(actor, case.assignee_id))
        taken = select(Question.official_answer_id).where(Question.id == case.question_id)
        official = db.session.scalar(taken) is None
        posted = answer_question(actor, case.question_id, body=body, official=official)
        _shown(posted.question_id)
    return posted


def wait_for_asker(actor: Actor, case_id: int, body: str) -> Posted:
    """Ask the asker for a detail in a public comment, and stop the clocks until the reply."""
    with unit_of_work():
        case = _acted_on(actor, case_id)
        question_id = case.question_id
        posted = comment_on(actor, question_id, body=body, asks_details=True)
        casework.hold(question_id, with_question=True)
        if case.state is CaseState.QUEUED:
            take(actor, case_id)
        if not move(case_id, CaseMove.ASK, waiting_since=clock.now(), reminded_at=None):
            raise _moved_on()
        write_line(case_id, "asked", actor.member_id)
        laddering.pause(question_id, f"asked:{case_id}")
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        notices.tell_asker("details-wanted", asker_id, load(case_id), f"details:{posted.id}")
    return posted


def wait_internally(actor: Actor, case_id: int, waiting_for: str) -> None:
    """Say that somebody inside is asked (a laboratory, a shop). The promise to the asker goes on."""
    with unit_of_work():
        _acted_on(actor, case_id)
        if not move(case_id, CaseMove.WAIT, waiting_since=clock.now()):
            raise _moved_on()
        write_line(case_id, "waiting", actor.member_id, detail=text.normalise(waiting_for).strip())


def go_on(actor: Actor, case_id: int) -> None:
    """Work on after waiting."""
    with unit_of_work():
        case = _acted_on(actor, case_id)
        paused, question_id = case.state is CaseState.WAITING_ASKER, case.question_id
        _hold(question_id, paused)
        if not move(case_id, CaseMove.RESUME, waiting_since=None):
            raise _moved_on()
        write_line(case_id, "resumed", actor.member_id)
        if paused:
            laddering.resume(question_id, f"go-on:{case_id}")


def hand_back(actor: Actor, case_id: int, reason: HandBackReason, words: str = "") -> None:
    """Leave the question to the community, with a reason: a new cycle begins, shown among the unanswered at once."""
    with unit_of_work():
        case = _acted_on(actor, case_id)
        question_id = case.question_id
        ladder = db.session.get_one(Ladder, question_id, populate_existing=True)
        if ladder.is_danger:
            raise Forbidden(_("A question about safety stays with the team."))
        _hold(question_id, True)
        if not move(case_id, CaseMove.HAND_BACK, ended_at=clock.now(), waiting_since=None):
            raise _moved_on()
        write_line(case_id, "handed_back", actor.member_id, detail=f"{reason.value} {words}".strip())
        audit.write(actor, "escalation.hand_back", "case", case_id, after=reason.value, reason=words)
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        notices.tell_asker(
            "question-handed-back", asker_id, load(case_id), "handed-back", reason=reason.value
        )
        record(CaseHandedBack(case_id, question_id, actor.member_id))
        laddering.restart(question_id, "handed-back", visible=True)
        laddering.settle(question_id)  # what was answered before the team had it stays answered


# --- what happens around it -----------------------------------------------------------------------------------------


def open_by_hand(actor: Actor, question_id: int) -> int:
    """Pass a question to the team before its time (from the list of unanswered ones, or from a review)."""
    require(can_note(actor))
    with unit_of_work():
        case_id = laddering.escalate(question_id, actor.member_id)
        case = load(case_id)
        notices.tell_staff("case-opened", casework.agent_ids(), case, "opened", actor_id=actor.member_id)
    return case_id


def asker_spoke(question_id: int, member_id: int | None) -> None:
    """The asker wrote again: a case that waited, or was answered, goes on; its agent is told."""
    with unit_of_work():
        ladder = casework.hold(question_id)
        case = casework.case_of(question_id, ladder.cycle) if ladder else None
        if case is None:
            return
        case_id = case.id
        if case.state is CaseState.WAITING_ASKER:
            moved = move(case_id, CaseMove.RESUME, waiting_since=None)
            laddering.resume(question_id, f"reply:{case_id}")
        elif case.state in (CaseState.ANSWERED, CaseState.RESOLVED) and case.assignee_id is not None:
            moved = casework.reopen(case, ended_at=None)
            laddering.pick_up(question_id)
        else:
            return
        if moved:
            write_line(case_id, "replied", member_id)
            case = load(case_id)
            if case.assignee_id is not None:
                notices.tell_staff("case-replied", [case.assignee_id], case, f"replied:{case.version}")


def asker_unsettled(question_id: int) -> None:
    """The asker says that it is still a problem: a case that is open goes on, else a new cycle begins, with the agent
    who had the last one where there is room."""
    with unit_of_work():
        ladder = casework.hold(question_id)
        if ladder is None:
            return
        case = casework.case_of(question_id, ladder.cycle)
        if case is not None and case.state in OPEN:
            laddering.settle(question_id)
            return
        agent_id = case.assignee_id if case is not None else None
        laddering.restart(question_id, "not-solved")
        if agent_id is not None:
            _give_again(laddering.escalate(question_id, None), agent_id)
        laddering.settle(question_id)


def _give_again(case_id: int, agent_id: int) -> None:
    case = load(case_id)
    away = casework.is_silenced(agent_id) or casework.is_away(agent_id)
    if not away and casework.has_room(agent_id, case.priority):
        casework.give(case_id, agent_id, None)
        notices.tell_staff("case-replied", [agent_id], load(case_id), "not-solved")
    else:
        notices.tell_staff("case-opened", casework.agent_ids(), case, "opened")


def tend() -> int:
    """Remind askers who were asked, let rest what they never answered, close what has been settled for long."""
    now = clock.now()
    hours, days = settings.get("escalation.remind_asker_hours"), settings.get("escalation.forget_asker_days")
    waiting = (Case.state == CaseState.WAITING_ASKER, Case.waiting_since.is_not(None))
    remind = _ids(*waiting, Case.waiting_since <= now - timedelta(hours=hours), Case.reminded_at.is_(None))
    forget = _ids(*waiting, Case.waiting_since <= now - timedelta(days=days))
    for case_id in remind:
        _remind(case_id)
    for case_id in forget:
        _let_rest(case_id)
    return len(remind) + len(forget) + _settle_old(now)


def _ids(*criteria) -> list[int]:
    found = list(db.session.scalars(select(Case.id).where(*criteria).order_by(Case.id).limit(500)))
    db.session.rollback()
    return found


def _remind(case_id: int) -> None:
    with unit_of_work():
        still = (Case.id == case_id, Case.state == CaseState.WAITING_ASKER, Case.reminded_at.is_(None))
        if update_where(Case, *still, reminded_at=clock.now()):
            case = load(case_id)
            asker_id = db.session.scalar(select(Post.author_id).where(Post.id == case.question_id))
            notices.tell_asker("details-wanted", asker_id, case, f"remind:{case.version}")
            write_line(case_id, "reminded", None)


def _let_rest(case_id: int) -> None:
    with unit_of_work():
        question_id = load(case_id).question_id
        casework.hold(question_id, with_question=True)
        if not move(case_id, CaseMove.RESOLVE, Case.state == CaseState.WAITING_ASKER, ended_at=clock.now()):
            return
        case = load(case_id)
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        notices.tell_asker("question-left", asker_id, case, f"left:{case.version}")
        write_line(case_id, "left", None)
        leave_question(question_id)
        laddering.leave(question_id)


def _settle_old(now) -> int:
    settle, close = settings.get("escalation.settle_days"), settings.get("escalation.close_days")
    with unit_of_work():
        long_ago = Case.answered_at <= now - timedelta(days=settle)
        settled = casework.step_on(CaseState.ANSWERED, long_ago, CaseState.RESOLVED, ended_at=now)
        long_ago = Case.ended_at <= now - timedelta(days=close)
        return settled + casework.step_on(CaseState.RESOLVED, long_ago, CaseState.CLOSED)


def _hold(question_id: int, ends_requests: bool) -> None:
    """Texts first, then the ladder, then the case: whoever writes an answer holds them in that order."""
    if ends_requests:
        end_requests(question_id)
    casework.hold(question_id, with_question=ends_requests)


def _acted_on(actor: Actor, case_id: int) -> Case:
    case = load(case_id)
    require(can_act_on(actor, case.assignee_id))
    return case


def _moved_on() -> Conflict:
    return Conflict(_("This case has moved on in the meantime. Please look again."))


def _shown(question_id: int) -> None:
    freshness.touch(f"question:{question_id}")
