"""The button of passkeys on the pages where one signs in."""

from __future__ import annotations

from flask import render_template, session

from accounts.passkeys import entering
from accounts.signin.tokens import new_secret

BROWSER = "passkey"
"""The place of this browser's secret in the cookie; challenges are made from it."""


def browser() -> str:
    """This browser's secret, made at the first question."""
    return session.setdefault(BROWSER, new_secret())


def way_in(onward: str = "", offered: bool = True) -> str:
    """The button, with what the browser is asked; nothing where there can be no passkeys. ``offered``: the browser may
    offer passkeys by itself in the field of the address."""
    asked = entering.ask(browser())
    return (
        render_template("accounts/passkeys/_enter.html", asked=asked, onward=onward, offered=offered)
        if asked
        else ""
    )
