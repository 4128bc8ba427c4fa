"""``flask experts …``: what would have been asked, and counting anew."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import click
from flask import Flask

from common import cli, clock
from moderation.experts import counting, replaying


def init_app(app: Flask) -> None:
    """Add the group to the command line."""
    group = cli.group(app, "experts", "Who is asked to help: what the score would have done, and its counts.")
    group.command("replay", epilog=cli.examples("flask --app app experts replay --days 90"))(replay)
    group.command("count", epilog=cli.examples("flask --app app experts count"))(count)


@click.option(
    "--days", type=click.IntRange(1, 730), default=90, show_default=True, help="Days to go through."
)
def replay(days: int) -> None:
    """Who would have been asked about the questions of the last days, and who replied. Nobody is asked.

    One line of JSON comes last: P@5, hits among the first five, MRR, and the share of the most asked 1 %.
    """
    now = clock.now()
    with click.progressbar(length=1, label="Replay", file=sys.stderr) as bar:

        def tick(count: int) -> None:
            bar.length = (bar.length or 0) + count
            bar.update(count)

        said = replaying.replay(now - timedelta(days=days), now, tick).said
    if not said["questions"]:
        cli.say("no question of that time was answered by somebody else", False)
    click.echo(json.dumps(said | {"days": days}))


def count() -> None:
    """Count anew what members did; the site goes on meanwhile."""
    click.echo(f"{counting.count_all()} members were counted.")
