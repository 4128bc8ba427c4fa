"""`flask push …`: the keys by which push services know this site."""

from __future__ import annotations

import click
from flask import Flask

from accounts.push import keys
from common import cli
from common.config import current_config


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "push", help="Messages to members' devices.")

    @group.command(
        "keys", epilog=cli.examples("flask --app app push keys", "flask --app app push keys --print")
    )
    @click.option("--print", "show", is_flag=True, help="Print the secret key too, for FOURMI_PUSH_KEY.")
    def show_keys(show: bool) -> None:
        """Make the keys where there are none, and say where they are."""
        config = current_config()
        public = keys.public_key()
        cli.say(
            "Signed with FOURMI_PUSH_KEY." if config.push_key else f"Kept in {config.data_dir / keys.FILE}."
        )
        cli.say(f"Public key: {public}")
        if show:
            click.echo(f"FOURMI_PUSH_KEY={keys.as_text(keys.private_key())}")
