"""Adding a passkey and removing one. The member is told of both by mail."""

from __future__ import annotations

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.passkeys import ceremony, challenges, numbers, queries, rules
from accounts.passkeys.models import Passkey
from accounts.secondfactor.proving import check_may_strengthen, needs_proof, prove
from accounts.signin import sessions
from accounts.signin.rules import Proof
from accounts.signin.sessions import Origin
from common import audit, limits, mail, settings
from common.clock import now
from common.db import affected, db, insert_once
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

NOT_HERE = _("Passkeys work where this site has an address of its own that begins with https.")
FULL = _("You have as many passkeys as a member may have. Remove one first.")


def ask(actor: Actor, session_id: int, proof: str, browser: str, origin: Origin) -> str:
    """Begin to add one: who it is proves it (password or code, where there is one); returns what the browser is asked.

    The challenge in it is the proof from then on, so that no key is made on a device and then refused for a wrong
    password. Raises :class:`Invalid` with field ``proof``, :class:`TooMany`, :class:`Forbidden`, :class:`Conflict`.
    """
    member_id, site = own_id(actor), queries.site()
    if site is None:
        raise Forbidden(NOT_HERE)
    check_may_strengthen(actor, session_id)
    if queries.count_of(member_id) >= numbers.most():
        raise Conflict(FULL)
    if needs_proof(member_id):
        prove(actor, proof, origin)
    member = db.session.get_one(Member, member_id)
    known = [one.credential_id for one in queries.of_member(member_id)]
    challenge = challenges.new(challenges.adding(member_id), browser)
    called, person = str(settings.get("brand.community")), member.email or member.display_name
    handle, seconds = queries.handle_of(member_id), numbers.lasts().total_seconds()
    return ceremony.ask_to_make(site, called, handle, person, challenge, known, seconds)


def add(
    actor: Actor, session_id: int, raw: str, name: str, device: Sentence | str, browser: str, origin: Origin
) -> None:
    """Keep the key that the browser made. This session has shown it, so it counts as begun with it.
    Raises :class:`Invalid`, :class:`TooMany`, :class:`Forbidden`, :class:`Conflict`."""
    member_id, site = own_id(actor), queries.site()
    if site is None:
        raise Forbidden(NOT_HERE)
    check_may_strengthen(actor, session_id)
    count_try(origin)
    answer = ceremony.read(raw)
    challenges.spend(challenges.adding(member_id), browser, answer.challenge)
    made = ceremony.check_made(answer, site)
    with unit_of_work():
        # Two at once stand in line here, so that they do not both take the last place.
        db.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
        if queries.count_of(member_id) >= numbers.most():
            raise Conflict(FULL)
        added = insert_once(
            Passkey,
            member_id=member_id,
            credential_key=queries.key_of(made.credential_id),
            credential_id=made.credential_id,
            handle=queries.handle_of(member_id),
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=rules.tidy_name(name, str(device)),
            made_at=now(),
        )
        if added is None:
            raise Invalid(ceremony.NOT_TAKEN)
        sessions.strengthen(session_id, Proof.PASSKEY)
        audit.write(actor, "passkey.added", "member", member_id)
        mail.queue("passkey-added", member_id=member_id)


def remove(actor: Actor, session_id: int, passkey_id: int) -> None:
    """Forget one of one's own. Repeating it changes nothing; another member's is :class:`NotFound`."""
    member_id = own_id(actor)
    check_may_strengthen(actor, session_id)
    with unit_of_work():
        owner = db.session.scalar(select(Passkey.member_id).where(Passkey.id == passkey_id))
        if owner is not None and owner != member_id:
            raise NotFound
        mine = delete(Passkey).where(Passkey.id == passkey_id, Passkey.member_id == member_id)
        if affected(db.session.execute(mine)):
            audit.write(actor, "passkey.removed", "member", member_id)
            mail.queue("passkey-removed", member_id=member_id)


def count_try(origin: Origin) -> None:
    """One answer from an address; raises :class:`TooMany` beyond the limit."""
    limits.hit("passkey", origin.address, f"{numbers.tries()}/15 minutes")
