"""Work of the desk outside the request. The jobs that tell members of decisions stand in ``review.telling``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.notifications import listening
from accounts.retention.sweeping import swept
from common import clock
from common.db import db
from common.health import Finding, check
from common.jobs import job, periodic
from common.unit_of_work import unit_of_work
from moderation.alarms import raising
from moderation.audits import mixing
from moderation.calendars.desk import queries as calendars
from moderation.entrusted import drafting
from moderation.escalation import cases, clocks, laddering, prioritising, stepping
from moderation.incidents import afterwards, linking, promising
from moderation.legal_notices import settling as legal
from moderation.officials import checking
from moderation.outbreaks import noting, suspecting
from moderation.policies import storms
from moderation.private import talking
from moderation.review import leasing, queueing
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemState, ItemType
from moderation.routing import returning
from moderation.sanctions import banning, sanctioning, statements
from moderation.satisfaction import asking
from moderation.screening import remembering
from moderation.workbench import present


@periodic("review.tidy", every=timedelta(minutes=1))
def tidy_queue() -> None:
    """Cancel what waits about texts that were taken back; raise what has waited beyond its time."""
    with unit_of_work():
        queueing.cancel_orphans()
        mixing.drop_stale()
        queueing.press_reviews()
    raising.sound()


@periodic("review.skips", every=timedelta(hours=6))
def forget_skips() -> None:
    """Drop skips that are over."""
    leasing.forget_skips()


@periodic("policies.storms", every=timedelta(minutes=1))
def end_storms() -> None:
    """Close busy times that are over: the usual policies are in force again."""
    storms.end_due()


@periodic("notices.tidy", every=timedelta(hours=6))
def tidy_notices() -> None:
    """Drop legal notices that were never confirmed."""
    swept("unconfirmed-notices", legal.forget_unconfirmed())


@periodic("screening.forget", every=timedelta(hours=6))
def forget_prints() -> None:
    """Drop what the filters no longer need of stored texts."""
    with unit_of_work():
        swept("prints", remembering.forget_old())


@check("review queue")
def queue_is_read() -> Finding:
    """Whether anything waits beyond its time."""
    late = db.session.scalar(
        select(func.count()).where(
            ReviewItem.state.in_((ItemState.OPEN, ItemState.LEASED)),
            ReviewItem.due_at < clock.now(),
            ReviewItem.kind != ItemType.AUDIT,
        )
    )
    advice = "Open /desk/review: the most pressing item comes first." if late else ""
    return Finding(
        "review queue", True, f"{late} items wait beyond their time" if late else "nothing is late", advice
    )


@periodic("sanctions.expire", every=timedelta(minutes=1))
def end_measures() -> None:
    """Measures whose time is over are expired."""
    sanctioning.expire_due()


@job("sanctions.take_rest_away")
def take_rest_away(payload: dict[str, Any]) -> None:
    """The next texts of an account that was expelled."""
    banning.take_rest_away(payload["sanction_id"], payload["after"])


@periodic("sanctions.forget", every=timedelta(days=1))
def forget_banned_addresses() -> None:
    """Digests of banned addresses go when their time is over, and texts of refused changes."""
    banning.forget_addresses()
    statements.forget_edits()


# --- the ladder (moderation/escalation) ---------------------------------------------------------------------------


@periodic("escalation.sweep", every=timedelta(seconds=15))
def sweep_ladders() -> None:
    """Step on the questions whose time has come (`domain/escalation.md §C0`: at most a minute late)."""
    laddering.sweep()


@periodic("escalation.rescore", every=timedelta(minutes=15))
def score_open_questions() -> None:
    """Waiting and views make a question more pressing."""
    prioritising.rescore_open()


@periodic("escalation.tend", every=timedelta(minutes=10))
def tend_cases() -> None:
    """Remind askers who were asked for details; let rest and close what has been settled, and proposals for it."""
    cases.tend()
    drafting.let_lapse()


@periodic("escalation.assign", every=timedelta(minutes=1))
def assign_cases() -> None:
    """Cases nobody opened or whose agent is gone come back; those that wait for an agent get one who is there."""
    returning.tend()
    talking.take_back_of_gone()
    present.forget()


@periodic("satisfaction.ask", every=timedelta(minutes=10))
def ask_customers() -> None:
    """A day after their question was solved customers are asked what they think of it."""
    asking.ask_due()


@periodic("officials.due", every=timedelta(days=1))
def call_for_checks() -> None:
    """Official answers whose day has come are to be read again."""
    checking.tell_due()


@job("escalation.caught_up")
def tell_of_catching_up(payload: dict[str, Any]) -> None:
    """One notice to the team for everything a late clock passed on to it."""
    stepping.tell_caught_up(payload["slot"])


@job("incidents.end")
def end_incident(payload: dict[str, Any]) -> None:
    """The questions of an incident that is over are answered by that."""
    linking.end_all(payload["incident_id"])


@periodic("incidents.tend", every=timedelta(minutes=1))
def tend_incidents() -> None:
    """Sound what is promised of open incidents and remind of silence about them; close what has been over for days."""
    promising.sound_due()
    afterwards.remind_due()
    if afterwards.close_due():
        suspecting.let_go()


@periodic("outbreaks.catch_up", every=timedelta(minutes=10))
def catch_up_questions() -> None:
    """Note what was published unseen (imported, or before this was here), and forget what is too old to compare with."""
    noting.catch_up()


@periodic("outbreaks.forget", every=timedelta(hours=6))
def forget_question_prints() -> None:
    """Drop what detection no longer compares with."""
    swept("question-prints", noting.forget_old())


@check("clocks")
def clocks_run() -> Finding:
    """Whether questions wait for a sweep that does not come, or fail in it."""
    late, failing = clocks.overdue(timedelta(minutes=2)), clocks.failing()
    if late:
        return Finding(
            "clocks", False, f"{late} questions wait for the clock", "Is a worker running? flask worker"
        )
    detail = f"{failing} pushed back after an error" if failing else "on time"
    return Finding(
        "clocks", not failing, detail, "See the log for the questions named there." if failing else ""
    )


@check("calendars")
def zones_are_known() -> Finding:
    """Whether this machine knows the time zone of every calendar, and those members chose for their nights."""
    gone = calendars.vanished()
    gone += [f"{zone} (chosen by {count} members)" for zone, count in listening.vanished_zones().items()]
    detail = f"unknown time zone: {', '.join(gone)}" if gone else "all time zones are known"
    advice = (
        "Choose another zone on the page of the calendar or the setting, or install the tzdata package."
        if gone
        else ""
    )
    return Finding("calendars", not gone, detail, advice)
