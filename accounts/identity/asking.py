"""The one way to read what the law keeps: a manager asks with the number of a judicial request, an administrator grants,
the manager fetches a file. Each step is a line of the log and of the trail; neither names who is concerned. Who decides may see
whom it is about, to hold it against the requisition."""

from __future__ import annotations

import json

from sqlalchemy import select

from accounts.identity.forms import AccessDraft
from accounts.identity.keeping import USE, key_of
from accounts.identity.models import LegalAccess, LegalAccessEntry, Step
from accounts.identity.numbers import fetched_within
from accounts.identity.opening import Concerned, concerned, opened
from accounts.identity.permissions import can_ask, can_decide, can_fetch
from accounts.identity.telling import tell_administrators, tell_asker
from accounts.retention.holding import is_there
from accounts.retention.models import REASON_MAX, HoldKind
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Gone, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import Unreadable, seal, unseal
from common.unit_of_work import unit_of_work

REASON_MIN = 10
OVER = _("The time to fetch this file is over. Ask again under a new number if it is still needed.")
UNREADABLE = _("What was asked cannot be read any more. Refuse it, and have it asked again.")


def ask(actor: Actor, draft: AccessDraft) -> int:
    """Ask to read what is kept about a member, or about a post and who wrote it. Raises :class:`Conflict` for a request that
    was made before, :class:`Invalid` for what does not exist. Returns its number."""
    require(can_ask(actor))
    if not is_there(draft.kind, draft.target_id):
        raise Invalid(fields={"target_id": _("There is nothing of this number.")})
    with unit_of_work():
        made = insert_once(
            LegalAccess, kind=draft.kind, target_key=key_of(draft.kind, draft.target_id), cipher=seal(USE, str(draft.target_id)),
            reference=draft.reference, authority=draft.authority, reason=draft.reason, asked_by_id=actor.member_id,
            asked_at=clock.now(),
        )  # fmt: skip
        if made is None:
            raise Conflict(_("This was asked before under the same number: it stands below."))
        _write(actor, made, Step.ASKED, draft.reason, draft.reference)
        tell_administrators(made, actor.member_id)
    return made


def decide(actor: Actor, access_id: int, grant: bool, why: str) -> None:
    """Grant a request, or refuse it. Raises :class:`Conflict` when it is decided already."""
    words = text.normalise(why).strip()
    with unit_of_work():
        access = _load(access_id)
        require(can_decide(actor, access))
        if not REASON_MIN <= len(words) <= REASON_MAX:
            raise Invalid(fields={f"why-{access_id}": _("Say in a sentence what you checked, or why not.")})
        now = clock.now()
        until = now + fetched_within() if grant else None
        values = {"decided_by_id": actor.member_id, "decided_at": now, "is_granted": grant, "until_at": until}
        if not grant:
            values["cipher"] = None
        if not update_where(
            LegalAccess, LegalAccess.id == access_id, LegalAccess.decided_at.is_(None), **values
        ):
            raise Conflict(_("This request is decided already."))
        _write(actor, access_id, Step.GRANTED if grant else Step.REFUSED, words, access.reference)
        tell_asker(access.asked_by_id, access_id, grant)


def show(actor: Actor, access_id: int) -> Concerned:
    """Whom an undecided request is about, for who may decide it; each time is a line of the log. Raises :class:`Conflict` when
    it is decided already."""
    with unit_of_work():
        access = _load(access_id)
        require(can_decide(actor, access))
        if access.decided_at is not None or access.cipher is None:
            raise Conflict(_("This request is decided already."))
        try:
            found = concerned(HoldKind(access.kind), int(unseal(USE, access.cipher)))
        except Unreadable as error:
            raise Gone(UNREADABLE) from error
        _write(actor, access_id, Step.SHOWN, "", access.reference)
    return found


def fetch(actor: Actor, access_id: int) -> bytes:
    """The file of a granted request; each time is a line of the log. Raises :class:`Gone` when its time is over."""
    with unit_of_work():
        access = _load(access_id)
        require(can_fetch(actor, access))
        if access.cipher is None or access.until_at is None or access.until_at <= clock.now():
            raise Gone(OVER)
        try:
            number = int(unseal(USE, access.cipher))
        except Unreadable as error:
            raise Gone(OVER) from error
        kind, reference, authority = HoldKind(access.kind), access.reference, access.authority
        found = opened(kind, number)
        count = f"{len(found['people'])} people, {len(found['sources'])} sources"
        _write(actor, access_id, Step.FETCHED, count, reference)
    about = {
        "reference": reference,
        "authority": authority,
        kind.value: number,
        "made_at": clock.now().isoformat(timespec="seconds"),
    }
    return (json.dumps(about | found, ensure_ascii=False, indent=1) + "\n").encode()


def forget_targets() -> int:
    """Whom a request was about goes when its file can no longer be fetched. Inside the open unit of work."""
    over = (LegalAccess.until_at <= clock.now(), LegalAccess.cipher.is_not(None))
    return update_where(LegalAccess, *over, cipher=None)


def _load(access_id: int) -> LegalAccess:
    query = select(LegalAccess).where(LegalAccess.id == access_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _write(actor: Actor, access_id: int, step: Step, note: str, reference: str) -> None:
    db.session.add(
        LegalAccessEntry(
            access_id=access_id, at=clock.now(), step=step, actor_id=actor.member_id, note=note[:REASON_MAX]
        )
    )
    audit.write(
        actor, f"legal_access.{step.value}", "legal_access", access_id, None, {"reference": reference}, note
    )
