"""``flask search …``: make the index anew, ask how it is."""

from __future__ import annotations

import sys

import click
from flask import Flask

from common import cli
from forum.search import index
from forum.search.rules import Busy


def init_app(app: Flask) -> None:
    """Add the group to the command line."""
    group = cli.group(app, "search", "Look after the search index.")
    group.command("rebuild", epilog=cli.examples("flask --app app search rebuild"))(rebuild)
    group.command("status", epilog=cli.examples("flask --app app search status"))(status)


def rebuild() -> None:
    """Make the search index anew from the database; searches go on meanwhile."""
    try:
        count = rebuild_with_progress()
    except Busy as error:
        raise click.ClickException(f"{error}. Try again in a moment.") from error
    click.echo(f"{count} questions are in the index.")


def rebuild_with_progress() -> int:
    """The same with a bar on the terminal; returns how many questions the index holds."""
    with click.progressbar(length=1, label="Index", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return index.rebuild(show)


def status() -> None:
    """Say how many questions the index holds and whether it can be read."""
    found = index.status()
    cli.say(f"{found.make}: {found.detail}", found.well)
    if not found.well:
        raise SystemExit(1)
