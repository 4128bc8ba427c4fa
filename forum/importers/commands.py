"""``flask import …``: bring another forum's history here."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click
from flask import Flask

from common import cli
from forum.importers.counting import Report
from forum.importers.intake import Intake
from forum.importers.reading.forum_csv import ForumCsv
from forum.importers.reading.rows import Source
from forum.importers.reading.stackexchange import StackExchangeDump
from forum.importers.taking_in import AnotherForum, take_in
from forum.search.commands import rebuild_with_progress
from forum.search.rules import Busy

_SITE = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}\Z")
_FOLDER = click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Count what would happen and leave no trace.")
_SITE_OPTION = click.option(
    "--site", help="A short name for the other forum; needed when two forums share ids."
)
_LANGUAGE = click.option(
    "--language", default="en", show_default=True, help="Language of texts that name none."
)
_CATEGORY = click.option(
    "--category", help="File all questions in this category; it is made when it is missing."
)
_INDEX = click.option("--index/--no-index", default=True, help="Rebuild the search index afterwards.")


def init_app(app: Flask) -> None:
    """Add the group to the command line."""
    group = cli.group(app, "import", "Bring another forum's history here.")
    for name, source, example in (
        (
            "stackexchange",
            StackExchangeDump,
            "flask --app app import stackexchange ~/coffee.stackexchange.com --dry-run",
        ),
        ("forum-csv", ForumCsv, "flask --app app import forum-csv ~/export --category 'Old forum'"),
    ):
        group.add_command(_command(name, source, example))


def _command(name: str, source: type[StackExchangeDump | ForumCsv], example: str) -> click.Command:
    @click.command(name, help=_first_line(source), epilog=cli.examples(example))
    @_FOLDER
    @_DRY_RUN
    @_SITE_OPTION
    @_LANGUAGE
    @_CATEGORY
    @_INDEX
    def command(
        folder: Path, dry_run: bool, site: str | None, language: str, category: str | None, index: bool
    ) -> None:
        try:
            opened = source(folder)
            named = site or opened.site()
        except (FileNotFoundError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        if not _SITE.match(named):
            raise click.BadParameter(
                "use small letters, digits, dots and hyphens, at most 30", param_hint="--site"
            )
        _run(opened, named, dry_run, language[:8], category, index)

    return command


def _first_line(source: type) -> str:
    lines: dict[type, str] = {
        StackExchangeDump: "Read a Stack Exchange data dump (Users.xml, Posts.xml …, plain or .gz).",
        ForumCsv: "Read questions.csv and answers.csv (plain or .gz), laid out as docs/importing.md says.",
    }
    return lines[source]


def _run(source: Source, site: str, dry_run: bool, language: str, category: str | None, index: bool) -> None:
    report = Report(dry_run=dry_run)
    intake = Intake(source, site, report, language=language, category=category, watch=_bar, say=_complain)
    try:
        take_in(intake)
    except AnotherForum as error:
        raise click.ClickException(str(error)) from error
    if index and not dry_run and report.changed:
        try:
            rebuild_with_progress()
        except Busy:
            _complain(
                "The search index is being written by another process: run `flask --app app search rebuild` later."
            )
    click.echo(json.dumps(report.as_json(), ensure_ascii=False))


def _bar(label: str, size: int):  # type: ignore[no-untyped-def]
    """A progress bar on the terminal, on the side where errors go."""
    return _Bar(click.progressbar(length=max(size, 1), label=f"{label:<10}", file=sys.stderr))


class _Bar:
    def __init__(self, bar) -> None:  # type: ignore[no-untyped-def]
        self.bar = bar

    def __enter__(self):  # type: ignore[no-untyped-def]
        return self.bar.__enter__().update

    def __exit__(self, *exception) -> None:  # type: ignore[no-untyped-def]
        self.bar.__exit__(*exception)


def _complain(line: str) -> None:
    click.echo(line, err=True)
