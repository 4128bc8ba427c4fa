"""`flask members …`: accounts opened and roles given by the operator."""

from __future__ import annotations

import click
from flask import Flask

from accounts.closing.closing import close_account
from accounts.members import queries
from accounts.members.roles import give_role
from accounts.members.rules import Role
from accounts.secondfactor import switching
from accounts.signin import joining, passwords
from common import cli
from common.errors import Invalid, Refusal
from common.i18n import using_language
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work


def _refused(error: Refusal) -> click.ClickException:
    with using_language("en"):
        details = "".join(f"\n  {name}: {text}" for name, text in getattr(error, "fields", {}).items())
        return click.ClickException(
            f"{error}{details}" if not isinstance(error, Invalid) or not details else details
        )


def _found(email: str):
    member = queries.by_email(email)
    if member is None:
        raise click.ClickException(f"No member has the address {email}.")
    return member


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "members", help="Accounts and roles.")

    @group.command(
        epilog=cli.examples('flask --app app members create ada@example.com "Ada L." --role admin')
    )
    @click.argument("email")
    @click.argument("name")
    @click.option(
        "--role", type=click.Choice([role.value for role in Role]), default="member", show_default=True
    )
    @click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
    @click.option("--password", help="Asked for when left out; empty: the member signs in by mailed links.")
    def create(email: str, name: str, role: str, language: str, password: str | None) -> None:
        """Open an account whose address counts as confirmed."""
        if password is None:
            password = click.prompt("Password", hide_input=True, default="", show_default=False)
        try:
            with unit_of_work():
                member_id = joining.open_account(email, name, password or None, language)
                give_role(SYSTEM, member_id, role, "command line")
        except Refusal as error:
            raise _refused(error) from error
        cli.say(f"Member {member_id} is open as {role}.", good=True)

    @group.command(epilog=cli.examples("flask --app app members role mo@example.com moderator"))
    @click.argument("email")
    @click.argument("role", type=click.Choice([role.value for role in Role]))
    @click.option("--reason", default="command line", show_default=True)
    def role(email: str, role: str, reason: str) -> None:
        """Give a member a role. It is written into the audit trail and ends the member's sessions."""
        try:
            changed = give_role(SYSTEM, _found(email).id, role, reason)
        except Refusal as error:
            raise _refused(error) from error
        cli.say(f"{email} is now {role}." if changed else f"{email} already is {role}.", good=True)

    @group.command(
        epilog=cli.examples("flask --app app members close ada@example.com --reason 'asked by letter'")
    )
    @click.argument("email")
    @click.option("--reason", default="command line", show_default=True)
    def close(email: str, reason: str) -> None:
        """Close an account for good and erase the person in it, as its member can on the settings page."""
        try:
            close_account(SYSTEM, _found(email).id, reason)
        except Refusal as error:
            raise _refused(error) from error
        cli.say("The account is closed; nothing names the person any more.", good=True)

    @group.command(
        "reset-second-factor",
        epilog=cli.examples(
            "flask --app app members reset-second-factor mo@example.com --reason 'lost the phone'"
        ),
    )
    @click.argument("email")
    @click.option("--reason", default="command line", show_default=True)
    def reset_second_factor(email: str, reason: str) -> None:
        """Take the second factor off an account, for whoever lost it. The member is told."""
        try:
            had = switching.reset(SYSTEM, _found(email).id, reason)
        except Refusal as error:
            raise _refused(error) from error
        cli.say("The second factor is gone." if had else "There was none.", good=True)

    @group.command()
    @click.argument("email")
    @click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
    def password(email: str, password: str) -> None:
        """Set a member's password and end all sessions."""
        try:
            passwords.set_password(_found(email).id, password)
        except Refusal as error:
            raise _refused(error) from error
        cli.say("The password is set; every session has ended.", good=True)
