"""A program says where a case stands: once for each key, on the version it saw, by the verbs that people use."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import or_, select

from accounts.apikeys.keeping import Program
from accounts.apikeys.models import ApiKey
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.i18n import DEFAULT_LANGUAGE, Sentence, _
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.privacy.guarding import KINDS, look
from forum.questions.models import Question
from forum.questions.replying import end_requests
from moderation.escalation import cases, casework
from moderation.escalation.models import Case
from moderation.escalation.rules import OPEN, UNASSIGNED, WORKED_ON, CaseMove, CaseState
from moderation.outdesk import notices
from moderation.outdesk.models import OutsideCall, OutsideCase
from moderation.outdesk.rules import NOTE_HIGH, Stand, Told
from moderation.private import talking

OVER = (CaseState.CLOSED, CaseState.HANDED_BACK, CaseState.CANCELLED)


def state(program: Program, case_id: int, told: Told, key: str) -> dict[str, Any]:
    """Note where a case stands outside and do what follows here; returns how it stands now. The same call again
    changes nothing.

    Raises NotFound, Forbidden (another program's), Conflict (over, another version, no such move), Invalid (note,
    reference).
    """
    note = _checked(told)
    digest = hashlib.sha256(repr((case_id, told)).encode()).hexdigest()
    with unit_of_work():
        casework.load(case_id)
        first = insert_once(OutsideCall, api_key_id=program.key_id, key=key, digest=digest, at=clock.now())
        if first is None:
            _same_call(program, key, digest)
            return standing(case_id)
        _hold(case_id, told)
        _own(program, case_id, told)
        if casework.load(case_id).state in OVER:
            raise Conflict(_("This case is over: nothing can be said about it any more."))
        if not update_where(Case, Case.id == case_id, Case.version == told.version, version=Case.version + 1):
            raise Conflict(_("This case has moved on in the meantime. Please look again."))
        _follow(case_id, told)
        values = {"stand": told.stand, "reference": told.reference, "note": note, "changed_at": clock.now()}
        update_where(OutsideCase, OutsideCase.case_id == case_id, **values)
        casework.write_line(
            case_id, "outside", None, detail=f"{program.name}: {told.reference}, {told.stand.value}"
        )
        after = {"program": program.name, "state": told.stand.value, "reference": told.reference}
        audit.write(SYSTEM, "outside.stated", "case", case_id, after=after)
        if note:
            notices.tell_asker(case_id)
    return standing(case_id)


def _hold(case_id: int, told: Told) -> None:
    """Take hold of the case in the order in which everybody does, with its texts where one of them may change."""
    case = casework.load(case_id)
    if told.stand is Stand.RETURNED and case.state is CaseState.WAITING_ASKER:
        end_requests(case.question_id)
    casework.hold(case.question_id, with_question=told.stand in (Stand.RESOLVED, Stand.RETURNED))


def standing(case_id: int) -> dict[str, Any]:
    """How a case stands, here and outside. Raises NotFound."""
    case = casework.load(case_id)
    row = db.session.get(OutsideCase, case_id, populate_existing=True)
    outside = {"state": row.stand.value, "reference": row.reference, "note": row.note} if row else None
    return {
        "id": case.id, "question_id": case.question_id, "state": case.state.value, "version": case.version, "outside": outside,
    }  # fmt: skip


def _checked(told: Told) -> str:
    """The note as its asker may read it. Raises Invalid for a personal detail in it or in the reference, in which a number
    of an order is what it is there for."""
    words = " ".join(text.normalise(told.note).split())
    wrong: dict[str, Sentence | str] = {}
    if len(words) > NOTE_HIGH:  # letters that are written as two here
        wrong["note"] = _("Please keep to %(high)s characters.", high=NOTE_HIGH)
    elif found := _private(words):
        wrong["note"] = _("Take out of the note first: %(what)s.", what=found)
    if found := _private(told.reference, but_for="order"):
        wrong["reference"] = _("Take out of the reference first: %(what)s.", what=found)
    if wrong:
        raise Invalid(fields=wrong)
    return words


def _private(words: str, but_for: str = "") -> str:
    kinds = look({"words": words}, DEFAULT_LANGUAGE).kinds
    return ", ".join(str(KINDS[kind]) for kind in kinds if kind != but_for)


def _same_call(program: Program, key: str, digest: str) -> None:
    """Raises Conflict where the key was used for another call."""
    mine = (OutsideCall.api_key_id == program.key_id, OutsideCall.key == key)
    if db.session.scalar(select(OutsideCall.digest).where(*mine)) != digest:
        raise Conflict(_("This Idempotency-Key was used for something else."))


def _own(program: Program, case_id: int, told: Told) -> None:
    """The case is the program's from its first word on; one that was given back, or whose program has no key any more, is
    anybody's."""
    mine = {
        "api_key_id": program.key_id,
        "stand": told.stand,
        "reference": told.reference,
        "changed_at": clock.now(),
    }
    if insert_once(OutsideCase, case_id=case_id, note="", **mine) is not None:
        return
    revoked = OutsideCase.api_key_id.in_(select(ApiKey.id).where(ApiKey.revoked_at.is_not(None)))
    free = (OutsideCase.case_id == case_id, or_(OutsideCase.stand == Stand.RETURNED, revoked))
    row = db.session.get_one(OutsideCase, case_id, populate_existing=True)
    if row.api_key_id != program.key_id and not update_where(OutsideCase, *free, api_key_id=program.key_id):
        raise Forbidden(_("Another program looks after this case."))


def _follow(case_id: int, told: Told) -> None:
    """What is done here about it; a detail that the team wants from the asker is waited for, whatever is said outside.
    Raises Conflict where the case does not stand so that it can be."""
    now = casework.load(case_id).state
    if told.stand is Stand.RESOLVED:
        _resolve(case_id, now)
    elif now not in OPEN:
        raise Conflict(_("This case is settled already. Look at what was answered."))
    elif told.stand is Stand.IN_PROGRESS and now is CaseState.WAITING_INTERNAL:
        cases.go_on(SYSTEM, case_id)
    elif told.stand is Stand.WAITING and now in UNASSIGNED:
        raise Conflict(_("Nobody here works on this case yet, so it cannot wait: somebody takes it first."))
    elif told.stand is Stand.WAITING and now is CaseState.ASSIGNED:
        cases.wait_internally(SYSTEM, case_id, told.reference)
    elif told.stand is Stand.RETURNED and now in WORKED_ON:
        cases.release(SYSTEM, case_id)


def _resolve(case_id: int, now: CaseState) -> None:
    """A talk in private ends, and an answered case is settled; a question in public needs an answer first."""
    question = Question.__table__.c
    private = select(question.private_at).where(question.id == casework.load(case_id).question_id)
    if db.session.scalar(private) is not None:
        talking.close(SYSTEM, case_id)
    elif now is CaseState.ANSWERED and casework.move(case_id, CaseMove.RESOLVE, ended_at=clock.now()):
        casework.write_line(case_id, "resolved", None)
    elif now is not CaseState.RESOLVED:
        raise Conflict(
            _("This question is in public and not answered: answer it there, or go on in private first.")
        )
