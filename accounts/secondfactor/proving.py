"""Is it the member who sits there? Asked before a way in is added or taken away."""

from __future__ import annotations

from accounts.members.permissions import own_id
from accounts.secondfactor import queries
from accounts.secondfactor.checking import WRONG, accept, count_try
from accounts.signin import passwords
from accounts.signin.sessions import Origin
from common.errors import Forbidden, Invalid
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

NO_PROOF = _("This is neither your password nor a code that is good now.")
PASSKEY_FIRST = _("Your role needs a second factor, and you have a passkey: sign in with it first.")


def needs_proof(member_id: int) -> bool:
    """Whether there is something to prove it with: a password, or the codes of an app."""
    return passwords.has_password(member_id) or queries.is_on(member_id)


def prove(actor: Actor, proof: str, origin: Origin) -> None:
    """Raise :class:`Invalid` unless it is the member who sits there: by a code, which is used up, or the password."""
    member_id = own_id(actor)
    count_try(member_id, origin)
    with unit_of_work():
        if accept(member_id, proof):
            return
    if not passwords.has_password(member_id):
        raise Invalid(fields={"proof": WRONG})
    try:
        passwords.check_own(actor, proof, origin, "proof")
    except Invalid:
        raise Invalid(fields={"proof": NO_PROOF}) from None


def check_may_strengthen(actor: Actor, session_id: int) -> None:
    """Raise :class:`Forbidden` for a session begun with one factor, of a member whose role needs two and who has a
    passkey: else a stolen password could make itself the second factor."""
    if queries.owes_passkey(actor, session_id):
        raise Forbidden(PASSKEY_FIRST)
