"""`flask promotions`: codes in, figures out. A code is never printed."""

from __future__ import annotations

import io

import click
from flask import Flask
from sqlalchemy import select

from common import cli
from common.db import db
from common.errors import Refusal
from common.i18n import using_language
from common.permissions import SYSTEM
from rewards.promotions import keeping, offering, pooling
from rewards.promotions.models import Promotion
from rewards.promotions.pooling import FAULT_WORDS, Brought
from rewards.promotions.rules import BadPool, read_pool


def init_app(app: Flask) -> None:
    """Add the group."""
    group = cli.group(app, "promotions", "Discounts: pools of codes, stock, budget.")

    @group.command(
        "import-codes", epilog=cli.examples("flask --app app promotions import-codes spare-parts codes.csv")
    )
    @click.argument("key")
    @click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="replace"))
    def import_codes(key: str, file: io.TextIOBase) -> None:
        """Add the codes of FILE (one a line, or the column "code" of a CSV) to the promotion KEY."""
        lines = file.readlines()
        try:
            with click.progressbar(length=len(lines), label="Reading") as bar:
                brought = pooling.bring_lines(SYSTEM, offering.by_key(key), read_pool(lines), bar.update)
        except BadPool as bad:
            raise click.ClickException(f"the file cannot be read from line {bad.line} on") from None
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None
        _tell(brought)

    @group.command("make-codes", epilog=cli.examples("flask --app app promotions make-codes spare-parts 500"))
    @click.argument("key")
    @click.argument("count", type=click.IntRange(1, 100_000))
    def make_codes(key: str, count: int) -> None:
        """Make COUNT codes here for the promotion KEY."""
        try:
            with click.progressbar(length=count, label="Making") as bar:
                made = pooling.make_codes(SYSTEM, offering.by_key(key), count, bar.update)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None
        click.echo(f"{made.new} new")

    @group.command("list", epilog=cli.examples("flask --app app promotions list"))
    def show() -> None:
        """Every promotion with its state, codes left, and what the brand owes at worst."""
        for one in db.session.scalars(select(Promotion).order_by(Promotion.id)):
            left, total = offering.stock(one.id)
            budget = "no budget" if one.budget_minor is None else f"of {one.budget_minor / 100:.2f}"
            click.echo(
                f"{one.key}\t{one.status.value}\t{left}/{total} codes\t{one.liability_minor / 100:.2f} {one.currency} {budget}"
            )

    @group.command("expire", epilog=cli.examples("flask --app app promotions expire"))
    def expire() -> None:
        """End coupons that are past their day (also done every hour)."""
        click.echo(f"{keeping.expire_due()} coupons ended")


def _tell(brought: Brought) -> None:
    with using_language("en"):
        for line, why in brought.faults:
            cli.say(f"line {line}: {FAULT_WORDS[why]}", good=False)
    rest = brought.known + brought.unreadable - len(brought.faults)
    if rest:
        cli.say(f"and {rest} more lines", good=False)
    click.echo(f"{brought.new} new, {brought.known} already known, {brought.unreadable} unreadable")
