"""``flask helpcentre …``: the help centre's articles, from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from common import cli
from common.config import current_config
from common.i18n import using_language
from common.text import paragraphs
from forum.catalogue.filling import Report
from forum.catalogue.rules import BadFile, rows_of, text_of
from forum.content.helpcentre import fetching, filling
from forum.content.helpcentre.rules import COLUMNS, MOST_ARTICLES, ArticleFault, Source
from forum.content.helpcentre.wording import ARTICLE_FAULTS, FILES

MOST_BYTES = 50_000_000


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "helpcentre", help="Articles of the brand's own help centre.")

    @group.command(
        "import",
        epilog=cli.examples(
            "flask --app app helpcentre import articles.csv --dry-run",
            "flask --app app helpcentre import articles.csv --whole",
        ),
    )
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
    @click.option(
        "--whole", is_flag=True, help="Articles of earlier files that this one lacks are withdrawn."
    )
    @click.option("--force", is_flag=True, help="Also when most of the articles would vanish.")
    def import_articles(file: Path, dry_run: bool, whole: bool, force: bool) -> None:
        """Take articles from a CSV file. Lines are known by their id: the same file again changes nothing."""
        with using_language("en"):
            _import(file, dry_run, whole, force)

    import_articles.help = f"{import_articles.help}\n\nColumns: {', '.join(COLUMNS)}."

    @group.command("fetch", epilog=cli.examples("flask --app app helpcentre fetch"))
    def fetch() -> None:
        """Read the feed of FOURMI_HELP_FEED now."""
        address = current_config().help_feed
        if not address:
            raise click.ClickException("FOURMI_HELP_FEED names no feed.")
        fetching.fetch(address)
        known = fetching.state(address)
        error = known.error if known else "nothing was noted"
        cli.say(error or f"Read. There are {filling.active_count()} articles.", good=not error)


def _import(file: Path, dry_run: bool, whole: bool, force: bool) -> None:
    data = file.read_bytes()
    if len(data) > MOST_BYTES:
        raise click.ClickException("The file is too large: 50 MB at most.")
    try:
        lines = list(rows_of(text_of(data), ("id",)))
    except BadFile as bad:
        raise click.ClickException(str(FILES[str(bad)]) % {"columns": "id"}) from bad
    if len(lines) > 2 * MOST_ARTICLES:
        raise click.ClickException(f"There are too many lines: {2 * MOST_ARTICLES:,} at most.")
    items = [
        {**values, "text": values.get("text") or paragraphs(values.get("html", ""))}
        for _line, values in lines
    ]
    try:
        report = filling.take_in(items, Source.FILE, first=2, whole=whole, careful=not force, dry_run=dry_run)
    except filling.Vanishing as vanishing:
        gone, total = vanishing.args
        raise click.ClickException(
            f"By this file {gone} of {total} articles would vanish. If that is right, repeat with --force."
        ) from vanishing
    _tell(report, dry_run)


def _tell(report: Report, dry_run: bool) -> None:
    for number, key, fault in report.faults:
        cli.say(f"line {number} ({key}): {ARTICLE_FAULTS[ArticleFault(fault)]}", good=False)
    cli.say(
        f"{'Would be' if dry_run else 'Done'}: {report.added} added, {report.changed} changed, {report.same} as before, "
        f"{report.retired} withdrawn, {report.fault_count} left out. There are {filling.active_count()} articles.",
        good=not report.fault_count,
    )
