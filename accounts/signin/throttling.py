"""How many guesses are let through, without ever shutting out the person who is guessed at."""

from __future__ import annotations

from accounts.signin.rules import MAIL_LIMITS, PASSWORD_LIMITS, TOKEN_LIMITS, Scope, lane_limits
from common import limits
from common.errors import TooMany
from common.i18n import _

_REFUSING = (Scope.PAIR, Scope.ADDRESS)


def check_guess(email_key: str, address: str) -> None:
    """Raise :class:`TooMany` when this address has guessed enough. Counts nothing; the same for
    addresses that belong to nobody."""
    for scope, key, rate in lane_limits(PASSWORD_LIMITS, email_key, address):
        if scope in _REFUSING and limits.exhausted(f"password.{scope}", key, rate):
            raise TooMany(
                _(
                    "Too many attempts from here. Wait a quarter of an hour, or let us send you a link by e-mail."
                ),
                retry_after=900,
            )


def is_careful(email_key: str, address: str) -> bool:
    """Whether so many addresses guess at this account (or at the whole site) that a right password
    brings a link by mail instead of a session."""
    return any(
        limits.exhausted(f"password.{scope}", key, rate)
        for scope, key, rate in lane_limits(PASSWORD_LIMITS, email_key, address)
        if scope not in _REFUSING
    )


def count_failure(email_key: str, address: str) -> None:
    """One wrong guess, in every scope."""
    for scope, key, rate in lane_limits(PASSWORD_LIMITS, email_key, address):
        _count(f"password.{scope}", key, rate)


def count_letter(email_key: str, address: str) -> None:
    """One wish for a link by mail; raises :class:`TooMany` beyond the limits."""
    for scope, key, rate in lane_limits(MAIL_LIMITS, email_key, address):
        limits.hit(
            f"letter.{scope}",
            key,
            rate,
            _("We have already sent several messages. Look at your mailbox, or try again in an hour."),
        )


def count_token(address: str) -> None:
    """One secret of a mailed link tried from an address; raises :class:`TooMany` beyond the limit."""
    for scope, key, rate in lane_limits(TOKEN_LIMITS, "", address):
        limits.hit(f"token.{scope}", key, rate)


def _count(scope: str, key: str, rate: str) -> None:
    try:
        limits.hit(scope, key, rate)
    except TooMany:
        return
