"""Whether an outage is noticed, and ordinary days are left alone: a forum's history, noted by the live detector.

make bench-incidents DATA=../shared/data/thunderbird-forum-2024H2
python -m bench.incidents DIR --ordinary 30 --reports 15 --among 400
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import click
from sqlalchemy import delete, func, select, update

from accounts.members.models import Member
from bench import sets
from bench.filling import insert_many_core
from common import clock, settings
from common import text as texts
from common.db import db
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostKind, PostState
from moderation.outbreaks import notices, noting
from moderation.outbreaks.models import Suspicion
from moderation.replay.commands import throw_away

DAY = timedelta(days=1)
SPREAD = timedelta(minutes=90)
"""The reports of the outage come within this time."""
OUTAGE = (
    ("Cannot sign in to the mail server today", "Since this morning the mail server refuses my password. Login to server failed."),
    ("Login to server failed, password not accepted", "My password is right but the server says login failed. It worked yesterday."),
    ("Server refuses login since today", "The mail server does not accept my password any more. I changed nothing."),
    ("Password rejected by the mail server", "Every login to the server fails since a few hours, it asks for the password again and again."),
    ("Login failed on the server all of a sudden", "Server login failed with my correct password. Webmail login does not work either."),
    ("Mail server down? login fails", "Is the server down? Login fails and it asks for the password all the time."),
    ("Login to the mail server fails this morning", "This morning login failed. Password is not accepted by the server."),
    ("Keeps asking for password, server login failed", "It keeps asking for my password. Then it says login to server failed."),
    ("Server says login failed", "No mail today: login failed, the server rejected the password of my account."),
    ("Cannot log in to server, password refused", "The server refused my password today. Login failed on both computers."),
    ("Mail server login problem since this morning", "My login to the mail server failed many times this morning, the password is correct."),
    ("Password not accepted any more, login failed", "Since today the server does not accept the password. Login failed."),
    ("Login failed: server does not accept password", "Login failed for all my accounts on this server, with the right password."),
    ("Server outage? My password is refused", "The mail server refuses the password since this morning, login failed here and on my phone."),
    ("No login to mail server possible today", "Login to the mail server not possible, password rejected, yesterday it worked."),
)  # fmt: skip
"""Fifteen people in their own words."""


@click.command(epilog="\b\n" + __doc__.split("\n\n", 1)[1])
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--ordinary", default=30, show_default=True, help="Days at the end of the history that are judged."
)
@click.option(
    "--reports", type=click.IntRange(5, 15), default=15, show_default=True, help="Reports of the outage."
)
@click.option("--among", default=400, show_default=True, help="Ordinary questions of the day of the outage.")
@click.option("--seed", default=1, show_default=True)
def main(folder: Path, ordinary: int, reports: int, among: int, seed: int) -> None:
    """Suspicions raised in ordinary days of the set in DIR, and in a day with an outage among ordinary questions.

    The history before those days teaches what is usual. One line of JSON comes last.
    """
    with tempfile.TemporaryDirectory(prefix="fourmi-incidents-") as place, throw_away(Path(place)):
        settings.forget()
        notices.register_all()
        sets.bring_in_forum(folder)
        _grow_up()
        click.echo(json.dumps({"set": folder.resolve().name, **measure(ordinary, reports, among, seed)}))


def measure(ordinary: int, reports: int, among: int, seed: int) -> dict[str, Any]:
    """Note the history question by question, judge the last days, then a day of its own with the outage in it."""
    asked = [(row.published_at, row.id) for row in _questions()]
    last = asked[-1][0].replace(hour=0, minute=0, second=0, microsecond=0)
    cut = last - ordinary * DAY
    asked = [one for one in asked if one[0] >= cut - noting.KEPT]
    seconds: list[float] = []
    raised = _note([one for one in asked if one[0] < last], seconds)
    false = [at for at in raised if at >= cut]
    click.echo(
        f"{len(raised)} suspicions with the weeks before, {len(false)} in its last {ordinary} days", err=True
    )
    day = last + 7 * DAY
    with unit_of_work():
        db.session.execute(delete(Suspicion))
        ordinary_ids = _move_to(day, [one for one in asked if one[0] < cut][-among:], seed)
    began = day + timedelta(hours=10)
    moments = _moments(began, reports, seed)
    told = _store(moments)
    found = _note(sorted([*ordinary_ids, *told]), seconds)
    others, after_fifth = 0, None
    for at in found:
        if at in {moment for moment, _id in told}:
            after_fifth = (at - moments[4]).total_seconds() / 60 if after_fifth is None else after_fifth
        else:
            others += 1
    return {
        "questions": len(asked),
        "ordinary_days": ordinary,
        "ordinary_questions": sum(cut <= at < last for at, _id in asked),
        "false_suspicions": len(false),
        "suspicions_with_the_weeks_before": len(raised),
        "outage_suspected": after_fifth is not None,
        "minutes_after_fifth_report": None if after_fifth is None else round(after_fifth, 1),
        "other_suspicions_that_day": others,
        "p50_ms": round(quantiles(seconds, n=100)[49] * 1e3, 1),
        "p95_ms": round(quantiles(seconds, n=100)[94] * 1e3, 1),
    }


def _grow_up() -> None:
    """Nobody is new: when members joined is not known, and newcomers would count half."""
    with unit_of_work():
        db.session.execute(update(Member).values(joined_at=datetime(2020, 1, 1, tzinfo=clock.now().tzinfo)))


def _questions() -> Any:
    post = Post.__table__
    published = (post.c.state == PostState.PUBLISHED, post.c.kind == PostKind.QUESTION)
    return db.session.execute(
        select(post.c.published_at, post.c.id).where(*published).order_by(post.c.published_at, post.c.id)
    ).all()


def _note(asked: list[tuple[datetime, int]], seconds: list[float]) -> list[datetime]:
    """Note questions at their own times, as the job does; when suspicions were raised."""
    raised = []
    with click.progressbar(asked, label="Noting      ", file=sys.stderr) as bar:
        for number, (at, question_id) in enumerate(bar):
            clock.travel(at)
            began = time.perf_counter()
            made = noting.note(question_id)
            seconds.append(time.perf_counter() - began)
            if made is not None:
                raised.append(at)
                with unit_of_work():  # somebody looks at it, and finds nothing
                    db.session.execute(
                        update(Suspicion).where(Suspicion.id == made).values(state="dismissed", open_key=None, decided_at=at)
                    )  # fmt: skip
            if number % 500 == 499:
                db.session.remove()
    clock.reset()
    return raised


def _move_to(day: datetime, asked: list[tuple[datetime, int]], seed: int) -> list[tuple[datetime, int]]:
    """Ordinary questions asked again on one day, spread over it as they were over theirs."""
    draw, moved = random.Random(seed), []
    rows = {
        row.id: row
        for row in db.session.scalars(select(Question).where(Question.id.in_([i for _a, i in asked])))
    }
    highest = db.session.scalar(select(func.max(Post.__table__.c.id)))
    for number, (at, question_id) in enumerate(asked, 1):
        old = rows[question_id]
        moment = day + timedelta(hours=at.hour, minutes=draw.randrange(60), seconds=draw.randrange(60))
        _write(
            highest + number,
            old.title,
            old.body_html,
            old.language,
            old.author_id,
            old.category_id,
            old.product_id,
            moment,
        )
        moved.append((moment, highest + number))
    return moved


def _moments(began: datetime, reports: int, seed: int) -> list[datetime]:
    draw = random.Random(seed + 1)
    return sorted(began + SPREAD * draw.random() for _one in range(reports))


def _store(moments: list[datetime]) -> list[tuple[datetime, int]]:
    """The reports of the outage, each by somebody else."""
    people = list(db.session.scalars(select(Member.id).order_by(Member.id).limit(len(moments))))
    highest = db.session.scalar(select(func.max(Post.__table__.c.id)))
    category_id = db.session.scalar(select(Question.__table__.c.category_id).limit(1))
    told = []
    with unit_of_work():
        for number, moment in enumerate(moments):
            title, body = OUTAGE[number]
            made = highest + 1 + number
            _write(made, title, texts.render(body), "en", people[number], category_id, None, moment)
            told.append((moment, made))
    return told


def _write(
    number: int, title: str, html: str, language: str, author_id: int | None, category_id: int | None,
    product_id: int | None, at: datetime,
) -> None:  # fmt: skip
    post, question = sets._asked(number, title, "", language, at)
    insert_many_core(Post, [post | {"body_html": html, "author_id": author_id}])
    given = {"category_id": category_id, "product_id": product_id, "help_state": HelpState.OPEN}
    insert_many_core(Question, [question | given])


if __name__ == "__main__":
    main()
