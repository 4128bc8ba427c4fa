"""``flask retention``: what is due, and carry it out."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext

from accounts.retention import holding, running
from common import cli
from common.i18n import using_language


@click.command(
    "retention", epilog=cli.examples("flask --app app retention --dry-run", "flask --app app retention")
)
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@with_appcontext
def retention(dry_run: bool) -> None:
    """Erase what has been kept for its time. Done once a day by itself; each run stands at /desk/retention."""
    if not dry_run:
        holding.end_lapsed_holds()
    outcomes = running.look() if dry_run else running.run()
    with using_language("en"):
        for one in outcomes:
            failed = f", failed: {one.error}" if one.error else ""
            click.echo(
                f"{one.rule.key:22} {one.rule.days:>5} days  {one.gone:>7} {'would go' if dry_run else 'gone'}, "
                f"{one.held} held, {one.left} left{failed}"
            )
    if any(one.error for one in outcomes):
        raise click.ClickException("Not everything could be carried out; see the log.")


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(retention)
