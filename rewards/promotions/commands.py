"""`flask promotions`: codes in, figures out. A code is never printed."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import click
from flask import Flask
from sqlalchemy import select

from common import cli
from common.db import db
from common.errors import Refusal
from common.permissions import SYSTEM
from rewards.promotions import keeping, offering
from rewards.promotions.models import Promotion


def _codes(lines: Iterator[str]) -> Iterator[str]:
    """The first column of a CSV or text file; a heading named code is passed over."""
    for number, row in enumerate(csv.reader(lines)):
        if row and not (number == 0 and row[0].strip().lower() in ("code", "codes")):
            yield row[0].lstrip("\ufeff")


def init_app(app: Flask) -> None:
    """Add the group."""
    group = cli.group(app, "promotions", "Discounts: pools of codes, stock, budget.")

    @group.command(
        "import-codes", epilog=cli.examples("flask --app app promotions import-codes spare-parts codes.csv")
    )
    @click.argument("key")
    @click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="replace"))
    def import_codes(key: str, file) -> None:
        """Add the codes of FILE (one a line, or the first column of a CSV) to the promotion KEY."""
        try:
            brought = offering.bring_codes(SYSTEM, offering.by_key(key), _codes(file))
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None
        click.echo(f"{brought.new} new, {brought.known} already known, {brought.unreadable} unreadable")

    @group.command("make-codes", epilog=cli.examples("flask --app app promotions make-codes spare-parts 500"))
    @click.argument("key")
    @click.argument("count", type=click.IntRange(1, 100_000))
    def make_codes(key: str, count: int) -> None:
        """Make COUNT codes here for the promotion KEY."""
        try:
            made = offering.make_codes(SYSTEM, offering.by_key(key), count)
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
