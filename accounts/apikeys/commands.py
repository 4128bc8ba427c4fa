"""``flask keys …``: keys for the brand's own programs."""

from __future__ import annotations

import click
from flask import Flask

from accounts.apikeys import keeping
from common import cli
from common.errors import Refusal
from common.i18n import using_language
from common.permissions import SYSTEM


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "keys", help="Keys with which the brand's programs use the API.")

    @group.command(epilog=cli.examples("flask --app app keys make 'Web shop' --for products --for purchases"))
    @click.argument("name")
    @click.option("--for", "scopes", multiple=True, type=click.Choice(keeping.SCOPES), required=True)
    def make(name: str, scopes: tuple[str, ...]) -> None:
        """Make a key. It is shown once."""
        with using_language("en"):
            try:
                secret = keeping.make_key(SYSTEM, name, scopes)
            except Refusal as refusal:
                raise click.ClickException(str(refusal)) from refusal
        cli.say("Keep this key: it cannot be shown again.", good=True)
        click.echo(secret)

    @group.command(epilog=cli.examples("flask --app app keys revoke 'Web shop'"))
    @click.argument("name")
    def revoke(name: str) -> None:
        """Make a key worthless."""
        with using_language("en"):
            try:
                new = keeping.revoke_key(SYSTEM, name)
            except Refusal as refusal:
                raise click.ClickException(f"There is no key called {name}.") from refusal
        cli.say("Revoked." if new else "It had been revoked before.", good=True)

    @group.command("list", epilog=cli.examples("flask --app app keys list"))
    def show() -> None:
        """All keys, without their secrets."""
        for key in keeping.all_keys():
            state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "good"
            used = f"used {key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "never used"
            click.echo(f"{key.name:30} {', '.join(key.scopes):22} {state:18} {used}")
