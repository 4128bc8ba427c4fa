"""Place a legal hold, and end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from accounts.closing.finishing import finish_closing
from accounts.members.models import Member
from accounts.retention.models import REASON_MAX, HoldKind, LegalHold
from accounts.retention.permissions import can_hold
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work

LONGEST = timedelta(days=3_650)
REASON_MIN = 10
_exists: dict[HoldKind, Callable[[int], bool]] = {}


def know(kind: HoldKind, is_there: Callable[[int], bool]) -> None:
    """Fill the port that says whether there is such a thing. Each package for what it keeps."""
    _exists[kind] = is_there


def _member_is_there(member_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(Member.id == member_id, Member.is_mask.is_(False)))))


know(HoldKind.MEMBER, _member_is_there)


def is_there(kind: HoldKind, target_id: int) -> bool:
    """Whether there is such a thing."""
    return kind in _exists and _exists[kind](target_id)


def place_hold(actor: Actor, kind: HoldKind, target_id: int, reason: str, until: datetime) -> int:
    """Keep what belongs to a member, a post or a case until a day. Raises :class:`Conflict` where it is held already."""
    require(can_hold(actor))
    words, now = _words(reason), clock.now()
    faults: dict[str, Sentence | str] = {}
    if not now < until <= now + LONGEST:
        faults["until"] = _("Choose a day within the next ten years.")
    if not is_there(kind, target_id):
        faults["target_id"] = _("There is nothing of this number.")
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        _end_lapsed(kind, target_id)
        made = insert_once(
            LegalHold, kind=kind, target_id=target_id, open_key=f"{kind}:{target_id}", reason=words, placed_at=now,
            placed_by_id=actor.member_id, until_at=until, end_reason="",
        )  # fmt: skip
        if made is None:
            raise Conflict(_("It is held already."))
        audit.write(actor, "hold.placed", str(kind), target_id, None, {"until": until.isoformat()}, words)
        return made


def end_hold(actor: Actor, hold_id: int, reason: str) -> None:
    """End a hold before its time. Raises :class:`Conflict` when it is over already."""
    require(can_hold(actor))
    words = _words(reason)
    with unit_of_work():
        hold = db.session.get(LegalHold, hold_id)
        if hold is None:
            raise NotFound
        kind, target_id = hold.kind, hold.target_id
        if not _end(hold_id, actor, words):
            raise Conflict(_("This hold is over already."))
        audit.write(actor, "hold.ended", str(kind), target_id, None, None, words)
        _let_go(kind, target_id)


def end_lapsed_holds() -> int:
    """Holds whose day has come are over; what was waiting for that goes on."""
    late = select(LegalHold.id, LegalHold.kind, LegalHold.target_id).where(
        LegalHold.open_key.is_not(None), LegalHold.until_at <= clock.now()
    )
    rows = db.session.execute(late).all()
    for row in rows:
        with unit_of_work():
            _end_lapsed(row.kind, row.target_id)
            _let_go(row.kind, row.target_id)
    return len(rows)


def _end(hold_id: int, actor: Actor, words: str) -> bool:
    still = (LegalHold.id == hold_id, LegalHold.open_key.is_not(None))
    ended = {"open_key": None, "ended_at": clock.now(), "ended_by_id": actor.member_id, "end_reason": words}
    return bool(update_where(LegalHold, *still, **ended))


def _end_lapsed(kind: HoldKind, target_id: int) -> None:
    late = (LegalHold.open_key == f"{kind}:{target_id}", LegalHold.until_at <= clock.now())
    if update_where(LegalHold, *late, open_key=None, ended_at=LegalHold.until_at):
        audit.write(SYSTEM, "hold.lapsed", str(kind), target_id)


def _let_go(kind: HoldKind, target_id: int) -> None:
    """An account that was closed meanwhile is erased now."""
    if kind == HoldKind.MEMBER:
        finish_closing(target_id)


def _words(reason: str) -> str:
    words = text.normalise(reason).strip()
    if len(words) < REASON_MIN:
        raise Invalid(fields={"reason": _("Say in a sentence why, with the file number where there is one.")})
    if len(words) > REASON_MAX:
        raise Invalid(fields={"reason": _("Please keep to %(high)s characters.", high=REASON_MAX)})
    return words
