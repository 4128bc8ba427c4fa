"""`flask ledger migrate`: past acts by the table in force, after a look at what that changes."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Flask

from common import cli
from common.permissions import SYSTEM
from rewards.tables import counting


def init_app(app: Flask) -> None:
    """Add the command to the ledger's group."""
    group = cli.group(app, "ledger", "Prove that every balance is the sum of its lines.")

    @group.command(
        "migrate",
        epilog=cli.examples(
            "flask --app app ledger migrate --since 2026-01-01",
            "flask --app app ledger migrate --since 2026-01-01 --apply --reason 'A fairer table'",
        ),
    )
    @click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day of the acts.")
    @click.option("--apply", is_flag=True, help="Book it. Without, only count what would change.")
    @click.option("--reason", default="", help="Why, for the log. Needed with --apply.")
    def migrate(since: datetime, apply: bool, reason: str) -> None:
        """Book acts from a day on by the points table in force. A dry run unless --apply is given."""
        if apply and not reason.strip():
            raise click.UsageError("Say why with --reason: what is booked stands in the log.")
        members = counting.members_since(since.date())
        with click.progressbar(length=len(members), label="members") as bar:
            batch = counting.migrate(SYSTEM, since.date(), apply, bar.update, reason)
        cli.say(
            f"{batch.members} members, {batch.lines} lines, {batch.points.reputation:+} reputation, "
            f"{batch.points.spendable:+} to spend"
        )
        cli.say("booked" if apply else "nothing was booked: repeat with --apply", apply or None)
