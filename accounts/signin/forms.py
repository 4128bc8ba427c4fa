"""What the pages of signing in send, as frozen drafts. Fields are cut at sane lengths before any work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.members.rules import EMAIL_MAX, NAME_MAX
from accounts.signin.joining import SignUp
from accounts.signin.rules import PASSWORD_MAX_BYTES, safe_next


@dataclass(frozen=True, slots=True)
class SignIn:
    """E-mail address and password, and where to go on to."""

    email: str
    password: str
    next: str


def typed(form: Mapping[str, str], name: str, longest: int) -> str:
    """A field as typed, one character longer than allowed at most, so that a rule can still refuse it."""
    return (form.get(name) or "")[: longest + 1]


def password_of(form: Mapping[str, str], name: str = "password") -> str:
    """A password, never trimmed: spaces belong to it."""
    return typed(form, name, PASSWORD_MAX_BYTES)


def email_of(form: Mapping[str, str], name: str = "email") -> str:
    """An address as typed."""
    return typed(form, name, EMAIL_MAX)


def onward(values: Mapping[str, str]) -> str:
    """The page to go on to, when it is one of ours; else nothing."""
    return safe_next(values.get("next"), "")


def read_sign_in(form: Mapping[str, str]) -> SignIn:
    """The sign-in form."""
    return SignIn(email_of(form), password_of(form), onward(form))


def read_sign_up(form: Mapping[str, str], language: str) -> SignUp:
    """The sign-up form, in the language of its page."""
    return SignUp(email_of(form), typed(form, "display_name", NAME_MAX * 2), password_of(form), language)
