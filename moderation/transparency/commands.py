"""``flask transparency``: files for the Commission's database, and reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from common import cli, clock
from common.errors import Conflict, Refusal
from common.permissions import SYSTEM
from moderation.transparency import filing, publishing
from moderation.transparency.models import ReportKind
from moderation.transparency.publishing import Words
from moderation.transparency.rules import half_year, year
from moderation.transparency.tables import file_json, report_csv


def register(app: Flask) -> None:
    """Put the group on the command line."""
    group = cli.group(app, "transparency", "Statements of reasons for the Commission, and public reports.")
    group.add_command(file)
    group.add_command(report)


@click.command("file", epilog=cli.examples("flask --app app transparency file ~/statements"))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def file(folder: Path) -> None:
    """Write what has not been handed over yet into JSON files of at most a hundred statements."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    while True:
        try:
            file_id = filing.make_file(SYSTEM)
        except Conflict:
            break
        place = folder / f"statements-{file_id:05d}.json"
        place.write_text(file_json(filing.records(file_id)), encoding="utf-8")
        written += 1
        cli.say(str(place), good=True)
    if not written:
        cli.say("Every statement has been handed over.")


@click.command("report", epilog=cli.examples("flask --app app transparency report yearly 2026"))
@click.argument("kind", type=click.Choice([kind.value for kind in ReportKind]))
@click.argument("which", metavar="[YEAR]", type=int, required=False)
@click.option("--publish", is_flag=True, help="Publish it at its address instead of only showing it.")
@with_appcontext
def report(kind: str, which: int | None, publish: bool) -> None:
    """Count a report: of a year, or of the last half-year that is over."""
    today: date = clock.now().date()
    chosen = ReportKind(kind)
    period = year(which or today.year - 1) if chosen is ReportKind.YEARLY else half_year(today)
    if not publish:
        for row in publishing.count(chosen, period, Words()):
            cli.say(f"{row.section}\t{row.indicator}\t{row.scope}\t{row.value}")
        return
    try:
        made = publishing.publish(SYSTEM, chosen, period, Words())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    cli.say(report_csv(publishing.report(made)))
