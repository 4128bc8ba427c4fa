"""The forum's own commands: put counts right, render texts anew."""

from __future__ import annotations

import click
from flask import Flask

from common.cli import examples, group, say
from forum.revisions import rerendering
from forum.solutions import drift


def init_app(app: Flask) -> None:
    """Add the commands to ``flask --app app forum``."""
    forum = group(app, "forum", help="Look after the forum's stored texts and counts.")

    @forum.command(
        "recount", epilog=examples("flask --app app forum recount", "flask --app app forum recount --dry-run")
    )
    @click.option("--dry-run", is_flag=True, help="Only say what is wrong.")
    def recount(dry_run: bool) -> None:
        """Compare every stored count and time with what happened, and put wrong ones right."""
        if not dry_run:
            say(f"{drift.repair()} counts put right", good=True)
            return
        found = list(drift.all_drifts())
        for one in found[:50]:
            say(f"{one.what} of {one.row_id}: {one.kept} instead of {one.real}")
        say(f"{len(found)} counts are wrong", good=not found)

    @forum.command(
        "rerender", epilog=examples("flask --app app forum rerender", "flask --app app forum rerender --all")
    )
    @click.option(
        "--all", "everything", is_flag=True, help="Also texts that this version of the renderer made."
    )
    def rerender(everything: bool) -> None:
        """Make the HTML of stored texts anew, after a change of the renderer. May be stopped and started again."""
        for done in rerendering.rerender_all(everything):
            click.echo(f"\r{done} texts", nl=False)
        click.echo("")
        say("all texts are rendered", good=True)
