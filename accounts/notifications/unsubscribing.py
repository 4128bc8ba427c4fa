"""The way out of every community mail: a signed address, good without signing in, for ever."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from accounts.members import queries
from accounts.members.models import Member
from accounts.notifications import preferences
from accounts.notifications.rules import EVENT_KEYS
from common.config import current_config
from common.errors import NotFound
from common.mail import link

SALT = "unsubscribe"
GATHERED = "digest"
"""What the token of a letter that gathers news names: the digest and everything that comes once a day."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who no longer wants which mails: those of an event, the gathered ones, or (None) any community mail."""

    member_id: int
    event: str | None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt=SALT)


def token(member_id: int, event: str | None) -> str:
    """The signed wish. Names nobody, and opens nothing but the way out."""
    return str(_signer().dumps([member_id, event]))


def url(member: Member, event: str | None) -> str:
    """The address for a mail's foot and its List-Unsubscribe header."""
    return link("notifications.unsubscribe", member.language, token=token(member.id, event))


def read(token: str) -> Wish:
    """What a token says. Raises :class:`NotFound` for one we did not sign."""
    try:
        member_id, event = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    if event not in (None, GATHERED, *EVENT_KEYS) or queries.by_id(member_id) is None:
        raise NotFound
    return Wish(member_id, event)


def unsubscribe(token: str) -> Wish:
    """Stop the mails a token names. Repeating it changes nothing."""
    wish = read(token)
    if wish.event == GATHERED:
        preferences.stop_gathered(wish.member_id)
    else:
        preferences.stop_mails(wish.member_id, wish.event)
    return wish
