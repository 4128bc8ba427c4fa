"""That it is oneself, before something for which a forgotten open session must not be enough."""

from __future__ import annotations

from accounts.members.permissions import own_id
from accounts.members.queries import by_id
from accounts.members.rules import email_key
from accounts.signin import passwords
from accounts.signin.sessions import Origin
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor


def prove_oneself(actor: Actor, password: str, email: str, origin: Origin) -> None:
    """The password, or the address where there is none. Raises :class:`Invalid` for the field, TooMany for guessing."""
    member = by_id(own_id(actor))
    if member is None:
        raise NotFound
    if passwords.has_password(member.id):
        passwords.check_own(actor, password, origin, "password")
    elif email_key(email[:400]) != member.email_key:
        raise Invalid(fields={"email": _("This is not the address of your account.")})
