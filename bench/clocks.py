"""How fast the clocks of 10,000 questions are swept, recomputed and weighed, and what a killed worker loses, each beside its limit.

python -m bench.clocks                       # SQLite and PostgreSQL
python -m bench.clocks --clocks 1000 --engine sqlite
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench.filling import fill, insert_many_core
from bench.pages import ROOT, config_for
from tests import postgres

KILLS = 5
MOST_SECONDS = 2.0
"""A hundredth of the clocks is due at once: no sweep may take longer, whatever comes to them and however late it is."""
MOST_WEIGHING = 10.0
"""What comes back every quarter of an hour, and every minute, holds nothing else up for longer."""
AN_HOUR, DAYS = timedelta(minutes=61), timedelta(days=3)
AGENTS, LEADS = 10, 2
SOLVED = 100
"""Questions beside them that somebody has solved, so that every category has its super-users."""
NAMING = "an agent is named (E5)"
CALLING = (
    ("super-users are told (E3)", 121),
    ("the team has a case (E4)", 241),
    (NAMING, 301),
    ("late (E6)", 481),
)
"""Steps that call somebody, each with the minutes after which a question of ordinary priority has come to it."""


def begin(count: int) -> None:
    """So many questions nobody has answered, each with its clock, none of them due. The team works day and night, so that
    the hour at which this runs changes nothing."""
    from sqlalchemy import select

    from common import clock
    from common.db import db
    from common.unit_of_work import unit_of_work
    from forum.questions.models import Question
    from moderation.calendars.models import ALWAYS, WorkCalendar
    from moderation.escalation import policies
    from moderation.escalation.models import Ladder, SlaEvent
    from moderation.escalation.rules import Priority
    from moderation.escalation.sla_rules import Metric, SlaType
    from moderation.targets import checking, choosing

    chance, now = random.Random(5), clock.now().replace(microsecond=0)
    with unit_of_work():
        choosing.ensure()
        staffed()
        solved_from(count + 1)
        hours = db.session.scalar(select(WorkCalendar.id).where(WorkCalendar.key == ALWAYS))
        terms = policies.keep(choosing.terms_of(choosing.goals_of(choosing.in_order()[-1].id), hours))
        ids = db.session.scalars(select(Question.id).order_by(Question.id).limit(count)).all()
        starts = {one: now - timedelta(seconds=chance.randrange(3000)) for one in ids}
        insert_many_core(
            Ladder,
            [
                {"question_id": one, "cycle": 1, "terms_id": terms, "factor": 1.0, "with_staff": True, "with_super_users": True,
                 "priority": Priority.NORMAL, "score": 20, "score_parts": [], "is_danger": False, "is_legal": False,
                 "started_at": at, "rescored_at": now, "version": 1, "failure_count": 0}
                for one, at in starts.items()
            ],
        )  # fmt: skip
        insert_many_core(
            SlaEvent,
            [
                {"question_id": one, "cycle": 1, "metric": metric, "instance": 1, "type": SlaType.ACTIVATE, "at": at,
                 "source": "published", "priority": Priority.NORMAL, "retargeted": False}
                for one, at in starts.items()
                for metric in (Metric.FIRST_REPLY_ANY, Metric.RESOLUTION)
            ],
        )  # fmt: skip
    checking.mend()


def staffed() -> None:
    """A team that is told: agents who are at their desks, and who leads them."""
    from accounts.members.models import Member
    from accounts.members.rules import Role
    from common import clock
    from common.db import insert_many, update_where
    from moderation.calendars import keeping
    from moderation.escalation.models import AgentDesk

    keeping.ensure()
    update_where(Member, Member.id < 1000 + AGENTS, role=Role.AGENT)
    update_where(Member, Member.id.between(1000 + AGENTS, 999 + AGENTS + LEADS), role=Role.MANAGER)
    insert_many(AgentDesk, [{"member_id": 1000 + n, "seen_at": clock.now()} for n in range(AGENTS)])


def solved_from(first_id: int) -> None:
    """From this question on the first answer is accepted, and who wrote it is a super-user."""
    from sqlalchemy import func, select, update

    from accounts.members.models import Member
    from common.db import db, update_where
    from forum.questions.models import Post, Question
    from forum.questions.rules import PostKind

    question, answer = Question.__table__, Post.__table__
    mine = (answer.c.question_id == question.c.id, answer.c.kind == PostKind.ANSWER)
    first = select(func.min(answer.c.id)).where(*mine).scalar_subquery()
    db.session.execute(update(question).where(question.c.id >= first_id).values(accepted_answer_id=first))
    authors = select(answer.c.author_id).join(question, question.c.accepted_answer_id == answer.c.id)
    update_where(Member, Member.id.in_(authors), rank=5)


@contextlib.contextmanager
def prepared(url: str | None, count: int) -> Iterator[Path]:
    """A forum with so many running clocks, in the database of ``url`` or a file of its own."""
    from flask_migrate import upgrade

    with tempfile.TemporaryDirectory() as folder:
        from app import create_app
        from common.db import db

        app = create_app(config_for(Path(folder), url))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            fill(count + SOLVED, count + SOLVED)
            begin(count)
            yield Path(folder)
            db.session.remove()
            db.engine.dispose()


def seconds(work: Callable[[], Any], times: int = 1) -> tuple[float, str]:
    """The middle one of so many runs: elapsed, and what this process worked (on a busy machine the truer figure)."""
    taken = []
    for _time in range(times):
        began, worked = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - worked))
    elapsed, cpu = median(one[0] for one in taken), median(one[1] for one in taken)
    return elapsed, f"{elapsed:8.3f} s, of which {cpu:8.3f} s of work in Python"


def due_now(count: int, asked: timedelta = AN_HOUR) -> list[int]:
    """Make so many clocks due that have come to no stage yet: their question was asked an hour ago, or before that. Returns
    them; others become due by themselves while this runs."""
    from sqlalchemy import select

    from common import clock
    from common.db import db, update_where
    from common.unit_of_work import unit_of_work
    from moderation.escalation.models import Ladder

    with unit_of_work():
        later = (
            select(Ladder.question_id).where(Ladder.due_at > clock.now(), Ladder.stage.is_(None)).limit(count)
        )
        ids = db.session.scalars(later).all()
        update_where(
            Ladder,
            Ladder.question_id.in_(ids),
            started_at=clock.now() - asked,
            due_at=clock.now(),
        )
    return list(ids)


def passed_on(count: int) -> list[int]:
    """So many others that the team got an hour ago: an agent is named so long after that, and what was recorded stays."""
    from common import clock
    from common.db import insert_many, update_where
    from common.unit_of_work import unit_of_work
    from moderation.escalation.models import Case, Ladder, StageRow
    from moderation.escalation.rules import CaseState, Priority, Stage

    ids, then = due_now(count), clock.now() - AN_HOUR
    stages = Stage.VISIBLE, Stage.SUPER_USERS, Stage.STAFF
    with unit_of_work():
        insert_many(
            StageRow,
            [
                {"question_id": one, "cycle": 1, "stage": stage, "due_at": then, "recorded_at": then}
                for one in ids
                for stage in stages
            ],
        )
        insert_many(
            Case,
            [
                {"question_id": one, "cycle": 1, "state": CaseState.QUEUED, "priority": Priority.NORMAL, "opened_at": then,
                 "due_at": then + DAYS, "version": 1}
                for one in ids
            ],
        )  # fmt: skip
        update_where(Ladder, Ladder.question_id.in_(ids), stage=Stage.STAFF)
    return ids


def called(count: int) -> Iterator[tuple[str, float, str]]:
    """So many clocks come to each step that calls somebody, all at once; how long the sweep took."""
    from common import clock
    from common.db import db, insert_many, update_where
    from common.unit_of_work import unit_of_work
    from moderation.escalation import laddering
    from moderation.escalation.models import Ladder, StageRow
    from moderation.escalation.rules import Stage

    ids, now = due_now(count), clock.now()
    past = [
        {"question_id": one, "cycle": 1, "stage": Stage.VISIBLE, "due_at": now, "recorded_at": now}
        for one in ids
    ]
    with unit_of_work():
        insert_many(StageRow, past)
    for name, minutes in CALLING:
        ids = passed_on(count) if name == NAMING else ids
        with unit_of_work():
            now = clock.now()
            update_where(
                Ladder, Ladder.question_id.in_(ids), started_at=now - timedelta(minutes=minutes), due_at=now
            )
        yield name, *seconds(laddering.sweep)
    db.session.rollback()


def measure(count: int) -> bool:
    """Sweep and recompute; a line for each, beside the limit where there is one. False when one is passed."""
    from moderation.escalation import laddering, prioritising
    from moderation.routing import returning
    from moderation.targets import checking

    in_time, part = True, count // 100

    def show(what: str, elapsed: float, said: str, most: float | None = MOST_SECONDS) -> None:
        nonlocal in_time
        limit = f"  (at most {most:.0f} s{'' if elapsed <= most else ': TOO LONG'})" if most else ""
        click.echo(f"  {what:56} {said}{limit}")
        in_time = in_time and (most is None or elapsed <= most)

    show(f"{count} running, none due", *seconds(laddering.sweep, 20))
    show("all recomputed and compared", *seconds(checking.faults), most=None)
    stale()
    show(f"{count} weighed anew", *seconds(prioritising.rescore_open), MOST_WEIGHING)
    due_now(part)
    show(f"{part} due at once, first among the unanswered (E2)", *seconds(laddering.sweep))
    due_now(10 * part)
    show(f"{10 * part} due at once, the same", *seconds(laddering.sweep), most=None)
    for name, elapsed, said in called(part):
        show(f"{part} due at once, {name}", elapsed, said)
    due_now(part, DAYS)
    show(f"{part} due after three days, all stages at once", *seconds(laddering.sweep))
    with stuck(due_now(part, DAYS)[part // 2]):
        show(f"{part} due after three days, one of which always fails", *seconds(laddering.sweep))
    waiting(count)
    show(f"{count} cases wait, {AGENTS} agents are there", *seconds(returning.name_waiting), MOST_WEIGHING)
    show("the same, and all agents have enough to do", *seconds(returning.name_waiting), MOST_WEIGHING)
    return in_time


def stale() -> None:
    """The scores of all running clocks are a quarter of an hour old."""
    from common import clock
    from common.db import update_where
    from common.unit_of_work import unit_of_work
    from moderation.escalation.models import Ladder

    with unit_of_work():
        update_where(Ladder, Ladder.stopped_at.is_(None), rescored_at=clock.now() - timedelta(minutes=15))


def waiting(count: int) -> None:
    """So many questions have a case whose time to have an agent has come."""
    from sqlalchemy import select

    from common import clock
    from common.db import db, insert_many
    from common.unit_of_work import unit_of_work
    from moderation.escalation.models import AgentDesk, Case, Ladder, StageRow
    from moderation.escalation.rules import CaseState, Priority, Stage

    now = clock.now()
    with unit_of_work():
        has_case = select(Case.question_id)
        ids = db.session.scalars(
            select(Ladder.question_id).where(Ladder.question_id.not_in(has_case)).limit(count)
        ).all()
        insert_many(
            Case,
            [
                {"question_id": one, "cycle": 1, "state": CaseState.QUEUED, "priority": Priority.NORMAL, "opened_at": now,
                 "due_at": now + timedelta(hours=1), "version": 1}
                for one in ids
            ],
        )  # fmt: skip
        reached = [
            {"question_id": one, "cycle": 1, "stage": Stage.ASSIGNED, "due_at": now, "recorded_at": now}
            for one in ids
        ]
        insert_many(StageRow, reached)
        db.session.execute(AgentDesk.__table__.update().values(seen_at=now))


@contextlib.contextmanager
def stuck(question_id: int) -> Iterator[None]:
    """A question whose step fails, whenever it is tried."""
    from moderation.escalation import laddering, stepping

    true = stepping.tell_of

    def broken(ladder: Any, *rest: Any) -> bool:
        if ladder.question_id == question_id:
            raise ValueError("a row nobody expected")
        return true(ladder, *rest)

    stepping.tell_of, laddering.log.disabled = broken, True
    try:
        yield
    finally:
        stepping.tell_of, laddering.log.disabled = true, False


def killed(folder: Path, url: str | None, count: int) -> bool:
    """Sweep what is three days late in a process of its own that is killed again and again; False unless every stage and every
    line of a case is there once in the end, and nobody was told anything twice."""
    from sqlalchemy import func, select

    from accounts.notifications.models import Notification
    from common import clock
    from common.db import db
    from moderation.escalation.models import Case, CaseEvent, Ladder, StageRow

    wanted = due_now(count, DAYS)
    command = [sys.executable, "-m", "bench.clocks", "--sweep", str(folder), *([url] if url else [])]
    for number in range(KILLS):
        worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(0.1 + 0.15 * number)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    waits = (Ladder.question_id.in_(wanted), Ladder.due_at <= clock.now())
    left = db.session.scalar(select(func.count()).where(*waits)) or 0
    db.session.rollback()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    mine = StageRow.question_id.in_(wanted)
    stages = [
        tuple(row) for row in db.session.execute(select(StageRow.question_id, StageRow.stage).where(mine))
    ]
    lines = select(Case.question_id, CaseEvent.kind).join(Case, Case.id == CaseEvent.case_id)
    written = [tuple(row) for row in db.session.execute(lines.where(Case.question_id.in_(wanted)))]
    news = select(Notification.member_id, Notification.kind, Notification.question_id)
    told = [tuple(row) for row in db.session.execute(news.where(Notification.question_id.in_(wanted)))]
    db.session.rollback()
    each = len({stage for _question, stage in stages})
    lost = each * len(wanted) - len(set(stages))
    more = sum(len(rows) - len(set(rows)) for rows in (stages, written, told))
    click.echo(
        f"  killed {KILLS} times over {len(wanted)} due: {left} left for the last one, "
        f"{lost} stages lost, {more} stages, lines or news too many  (none, and none)"
    )
    return lost == more == 0


def sweep_alone(folder: str, url: str | None) -> None:
    """One sweep in this process: what is killed."""
    from app import create_app
    from moderation.escalation import laddering

    with create_app(config_for(Path(folder), url)).app_context():
        click.echo("began")
        sys.stdout.flush()
        laddering.sweep(100_000)


@click.command()
@click.option("--clocks", "count", default=10_000, show_default=True)
@click.option(
    "--engine", type=click.Choice(["both", "sqlite", "postgresql"]), default="both", show_default=True
)
@click.option("--sweep", "alone", is_flag=True, hidden=True)
@click.argument("where", nargs=-1)
def main(count: int, engine: str, alone: bool, where: tuple[str, ...]) -> None:
    """Measure the sweep of running clocks."""
    if alone:
        sweep_alone(where[0], where[1] if len(where) > 1 else None)
        return
    good = []
    if engine in ("both", "sqlite"):
        click.echo("SQLite")
        with prepared(None, count) as folder:
            good += [measure(count), killed(folder, None, count // 10)]
    if engine in ("both", "postgresql"):
        click.echo("PostgreSQL")
        with postgres.cluster(durable=True) as url, prepared(url, count) as folder:
            good += [measure(count), killed(folder, url, count // 10)]
    if not all(good):
        raise SystemExit("a limit is passed, or something is lost or twice")


if __name__ == "__main__":
    main()
