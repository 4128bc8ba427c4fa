"""`flask shop`: secrets of the shop from the command line."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy import select

from common import cli
from common.db import db
from common.errors import Refusal
from common.permissions import SYSTEM
from rewards.shop import keying
from rewards.shop.models import ShopSecret


def init_app(app: Flask) -> None:
    """Add the group."""
    group = cli.group(app, "shop", "The shop: what it signs with.")

    @group.command("make-secret", epilog=cli.examples('flask --app app shop make-secret "winter 2026"'))
    @click.argument("name")
    def make(name: str) -> None:
        """Make a secret and print it, once. Two can be in use."""
        try:
            click.echo(keying.make_secret(SYSTEM, name))
        except Refusal as refusal:
            words = getattr(refusal, "fields", {}).get("name", refusal)
            raise click.ClickException(str(words)) from None

    @group.command("retire-secret", epilog=cli.examples("flask --app app shop retire-secret 1"))
    @click.argument("number", type=int)
    def retire(number: int) -> None:
        """Take a secret out of use."""
        try:
            click.echo("out of use" if keying.retire_secret(SYSTEM, number) else "it was out of use already")
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None

    @group.command("secrets", epilog=cli.examples("flask --app app shop secrets"))
    def show() -> None:
        """Every secret with its state; never its text."""
        for one in db.session.scalars(select(ShopSecret).order_by(ShopSecret.id)):
            click.echo(f"{one.id}\t{one.name}\t{'out of use' if one.retired_at else 'in use'}")
