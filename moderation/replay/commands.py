"""``flask replay DIR``: what the ladder would have done with a forum's history."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import event, select

from common import cli, settings
from common import db as database
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.importers import booking
from forum.importers.counting import Report
from forum.importers.intake import Intake
from forum.importers.reading.forum_csv import ForumCsv
from forum.importers.reading.rows import Source
from forum.importers.reading.stackexchange import StackExchangeDump
from forum.importers.taking_in import take_in
from moderation.calendars.models import WorkCalendar
from moderation.replay.replaying import Figures, play, size
from moderation.targets import categories, choosing
from moderation.targets.models import CategoryLadder, SlaPolicy, SlaTarget

STAGE_WORDS = {
    "E2": "first among the unanswered",
    "E3": "experienced members told",
    "E4": "passed to the team",
    "E5": "agent named",
    "warning": "three quarters of the target",
    "E6": "promised reply missed",
    "E6+": "manager told again",
}


@click.command("replay", epilog=cli.examples("flask --app app replay ~/export --policy default"))
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--policy", type=click.Choice(["default", "current"]), default="default", show_default=True,
              help="Timers and hours as they come, or as this site has set them.")  # fmt: skip
@click.option(
    "--every", type=click.IntRange(1, 3600), default=15, show_default=True, help="Seconds between two sweeps."
)
@click.option("--language", default="en", show_default=True, help="Language of texts that name none.")
@with_appcontext
def replay(folder: Path, policy: str, every: int, language: str) -> None:
    """Run a forum's history (a Stack Exchange dump, or questions.csv and answers.csv) through the real ladder.

    Uses a database of its own that is thrown away: nothing is sent, and this site is not touched. Ends with one line
    of JSON.
    """
    figures = run(folder, policy, every, language, watch=_bar)
    for line in told(figures):
        click.echo(line)
    click.echo(json.dumps(figures.as_json(), ensure_ascii=False))


def run(folder: Path, policy: str, every: int = 15, language: str = "en", watch: Any = None) -> Figures:
    """The replay of a folder; ``watch(label, size)`` makes a progress bar."""
    values, rows = _terms_of_this_site() if policy == "current" else ({}, {})
    manners = _manners_of_this_site() if policy == "current" else {}
    source = source_of(folder)
    with (
        tempfile.TemporaryDirectory(prefix="fourmi-replay-") as place,
        throw_away(Path(place)),
        settings.override(**values),
    ):
        _bring(rows)
        report = Report()
        extra = {"watch": watch} if watch else {}
        with _no_points():
            take_in(
                Intake(source, "replay", report, language=language, category=None, say=_complain, **extra)
            )
        _bring_manners(manners)
        if not watch:
            return play(every, policy)
        started = time.monotonic()
        with watch("replay", size()) as tick:
            figures = play(every, policy, tick)
        click.echo(f"replayed in {time.monotonic() - started:.0f} s", err=True)
        return figures


def source_of(folder: Path) -> Source:
    """The reader whose files are there."""
    for kind in (StackExchangeDump, ForumCsv):
        try:
            return kind(folder)
        except (FileNotFoundError, ValueError):
            continue
    raise click.ClickException(
        "There is neither a Stack Exchange dump (Posts.xml) nor questions.csv in this folder."
    )


@contextmanager
def throw_away(place: Path) -> Iterator[None]:
    """A database of its own in a folder: an application that consists of nothing else."""
    shadow = Flask("replay")
    settings.forget()
    database.init_app(shadow, f"sqlite:///{place / 'replay.db'}")
    try:
        with shadow.app_context():
            event.listen(db.engine, "connect", _hurry)
            db.create_all()
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()
    finally:
        settings.forget()


def _hurry(connection: Any, _record: Any) -> None:
    """What is thrown away need not survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def _no_points() -> Iterator[None]:
    """Points do not matter to the ladder."""
    before = booking._booker
    booking.set_booker(lambda facts: None)
    try:
        yield
    finally:
        booking.set_booker(before)


Rows = dict[type[Any], list[dict[str, Any]]]


def _terms_of_this_site() -> tuple[dict[str, Any], Rows]:
    """The settings of the ladder, and the calendars and policies."""
    keys = [one.key for one in settings.definitions() if one.section == "escalation"]
    values = {key.replace(".", "__", 1): settings.get(key) for key in keys}
    rows = {
        table: [dict(row._mapping) for row in db.session.execute(table.__table__.select())]
        for table in (WorkCalendar, SlaPolicy, SlaTarget)
    }
    db.session.rollback()
    return values, rows


def _bring(rows: Rows) -> None:
    with unit_of_work():
        for table, found in rows.items():
            insert_many(table, found)


def _manners_of_this_site() -> dict[str, choosing.Manner]:
    """How the ladder goes in each category, by its key: a history has categories of its own."""
    found = {category.key: manner for category, manner in categories.every()}
    db.session.rollback()
    return found


def _bring_manners(manners: Mapping[str, choosing.Manner]) -> None:
    """Categories of the history that have the key of one here go as it does."""
    with unit_of_work():
        mine = db.session.execute(select(Category.id, Category.key).where(Category.key.in_(manners))).all()
        rows = [{"category_id": category_id, **asdict(manners[key])} for category_id, key in mine]
        insert_many(CategoryLadder, rows)


def told(figures: Figures) -> list[str]:
    """The figures for a person."""
    lines = [
        f"{figures.questions} questions, {figures.answers} answers, policy {figures.policy}, a sweep every {figures.every_s} s",
        f"{'stage':<34}{'reached':>9}{'share':>9}{'late, median':>15}{'late, worst':>14}",
    ]
    for key, stage in figures.stages.items():
        name = f"{key} {STAGE_WORDS[key]}"
        lines.append(
            f"{name:<34}{stage.reached:>9}{stage.share:>9.1%}{stage.late_median_s:>13.1f} s{stage.late_max_s:>12.1f} s"
        )
    lines += [
        f"a member answered before the team was told: {figures.peer_before_staff} ({figures.peer_before_staff_share:.1%})",
        f"the team was told: {figures.staff_told}, after {figures.staff_told_hours_median} h (median), "
        f"{figures.staff_told_hours_p90} h (nine in ten)",
        f"of those, a member answered later: {figures.peer_after_staff_told}; never answered: {figures.never_answered}",
        f"first reply within its working-time target: {figures.reply_kept}, later or never: {figures.reply_late}",
    ]
    return lines


class _Bar:
    """A progress bar on the terminal, on the side where errors go."""

    def __init__(self, label: str, length: int) -> None:
        self.bar = click.progressbar(length=max(length, 1), label=f"{label:<10}", file=sys.stderr)

    def __enter__(self) -> Any:
        return self.bar.__enter__().update

    def __exit__(self, *exception: Any) -> None:
        self.bar.__exit__(*exception)


def _bar(label: str, length: int) -> _Bar:
    return _Bar(label, length)


def _complain(line: str) -> None:
    click.echo(line, err=True)
