"""`flask ledger`: prove and repair the sums."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy import func, select

from common import cli
from common.db import db
from rewards.ledger import balances, expiring, verifying
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ranks.measuring import counting


def init_app(app: Flask) -> None:
    """Add the group."""
    group = cli.group(app, "ledger", "Prove that every balance is the sum of its lines.")

    @group.command("verify", epilog=cli.examples("flask --app app ledger verify"))
    def verify() -> None:
        """Compare every kept sum with its lines, and every line with its cause; exit 1 when something differs."""
        found = list(verifying.all_faults())
        for fault in found[:1000]:
            cli.say(
                f"✗ member {fault.member_id}: {fault.what} is {fault.kept}, the lines say {fault.real}", False
            )
        lines = db.session.scalar(select(func.count()).select_from(LedgerEntry))
        members = db.session.scalar(select(func.count()).select_from(Balance))
        cli.say(f"{lines} lines, {members} balances, {len(found)} differences", not found)
        if found:
            raise SystemExit(1)

    @group.command("rebuild", epilog=cli.examples("flask --app app ledger rebuild"))
    def rebuild() -> None:
        """Make every kept sum anew from its lines, and what ranks keep of posts."""
        wanted = set(db.session.scalars(select(LedgerEntry.member_id).distinct()))
        wanted |= set(db.session.scalars(select(Balance.member_id)))
        with click.progressbar(length=len(wanted), label="members") as bar:
            balances.rebuild(wanted, bar.update)
        click.echo(f"{len(wanted)} balances made anew, {counting.put_right()} figures of ranks")

    @group.command("expire", epilog=cli.examples("flask --app app ledger expire"))
    def expire() -> None:
        """Let points to spend that are past their time expire (also done every day)."""
        click.echo(f"{expiring.expire_due()} lots expired")
