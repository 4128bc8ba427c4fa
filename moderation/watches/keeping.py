"""Making a watch, changing, pausing and dropping it, and saying what became of what it found. Each audited."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.listening.permissions import can_listen
from moderation.watches import numbers
from moderation.watches.forms import Draft
from moderation.watches.models import SavedWatch, WatchMatch
from moderation.watches.permissions import can_use
from moderation.watches.rules import NOTE_MOST, MatchState

_TWICE = _("You have a watch of this name.")


def make(actor: Actor, draft: Draft) -> int:
    """A new watch. The same one sent again is the first. Raises Invalid, Conflict."""
    require(can_listen(actor))
    with unit_of_work():
        db.session.execute(select(Member.id).where(Member.id == actor.person_id).with_for_update())
        mine = select(func.count()).where(SavedWatch.owner_id == actor.person_id)
        if (db.session.scalar(mine) or 0) >= numbers.each():
            raise Conflict(_("You keep %(most)s watches already: drop one first.", most=numbers.each()))
        made = insert_once(SavedWatch, owner_id=actor.person_id, **_values(draft))
        if made is None:
            return _the_same(actor, draft)
        audit.write(actor, "watches.make", "watch", made, after=_told(draft))
        return made


def _the_same(actor: Actor, draft: Draft) -> int:
    query = select(SavedWatch).where(SavedWatch.owner_id == actor.person_id, SavedWatch.name == draft.name)
    known = db.session.scalars(query).one()
    if all(getattr(known, key) == value for key, value in _values(draft).items()):
        return known.id
    raise Invalid(fields={"name": _TWICE})


def change(actor: Actor, watch_id: int, draft: Draft) -> None:
    """Another wish; what was found before stays. Raises Invalid, NotFound."""
    with unit_of_work():
        watch = found(actor, watch_id)
        twice = select(SavedWatch.id).where(
            SavedWatch.owner_id == watch.owner_id, SavedWatch.name == draft.name, SavedWatch.id != watch_id
        )
        if watch.owner_id is not None and db.session.scalar(twice) is not None:
            raise Invalid(fields={"name": _TWICE})
        before = {key: getattr(watch, key) for key in _values(draft)}
        update_where(SavedWatch, SavedWatch.id == watch_id, **_values(draft))
        audit.write(actor, "watches.change", "watch", watch_id, before=before, after=_told(draft))


def pause(actor: Actor, watch_id: int, paused: bool) -> bool:
    """Let it rest, or go on. False when it was so already."""
    with unit_of_work():
        found(actor, watch_id)
        now = SavedWatch.paused_at.is_(None) if paused else SavedWatch.paused_at.is_not(None)
        at = clock.now() if paused else None
        done = update_where(SavedWatch, SavedWatch.id == watch_id, now, paused_at=at)
        if done:
            audit.write(actor, "watches.pause" if paused else "watches.go_on", "watch", watch_id)
        return bool(done)


def drop(actor: Actor, watch_id: int) -> None:
    """A watch goes, with the list of what it found."""
    with unit_of_work():
        watch = found(actor, watch_id)
        audit.write(actor, "watches.drop", "watch", watch_id, before={"name": watch.name})
        for table, key in ((WatchMatch, WatchMatch.watch_id), (SavedWatch, SavedWatch.id)):
            db.session.execute(delete(table).where(key == watch_id))
        db.session.expire_all()


def follow(actor: Actor, watch_id: int, match_id: int, state: str, note: str) -> None:
    """Say what became of something that was found. Raises Invalid, NotFound."""
    if state not in set(MatchState):
        raise Invalid(fields={"state": _("Choose what became of it.")})
    if len(note) > NOTE_MOST:
        raise Invalid(fields={"note": _("A note has at most %(most)s characters.", most=NOTE_MOST)})
    with unit_of_work():
        found(actor, watch_id)
        mine = (WatchMatch.id == match_id, WatchMatch.watch_id == watch_id)
        done = update_where(
            WatchMatch, *mine, state=MatchState(state), note=note, handled_by_id=actor.person_id, handled_at=clock.now()
        )  # fmt: skip
        if not done:
            raise NotFound()
        audit.write(actor, "watches.follow", "watch_match", match_id, after={"state": state})


def found(actor: Actor, watch_id: int) -> SavedWatch:
    """A watch this person may use; a colleague's own is not there. Raises Forbidden, NotFound."""
    require(can_listen(actor))
    watch = db.session.get(SavedWatch, watch_id)
    if watch is None or not can_use(actor, watch):
        raise NotFound()
    return watch


def forget_owner(member_id: int) -> None:
    """Somebody left: their own watches go, what the team shares stays."""
    own = select(SavedWatch.id).where(SavedWatch.owner_id == member_id, SavedWatch.for_team.is_(False))
    for table, key in ((WatchMatch, WatchMatch.watch_id), (SavedWatch, SavedWatch.id)):
        gone = delete(table).where(key.in_(own)).execution_options(synchronize_session=False)
        db.session.execute(gone)


def _values(draft: Draft) -> dict[str, Any]:
    kept = asdict(draft)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}


def _told(draft: Draft) -> dict[str, Any]:
    return {key: value for key, value in _values(draft).items() if value not in (None, [], 0, False)}
