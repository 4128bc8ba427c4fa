"""Notices written, changed, ended and put away."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import update

from common import audit, clock, freshness
from common.db import db, insert_once, update_where
from common.errors import NotFound
from common.permissions import Actor, require
from common.unit_of_work import after_commit, unit_of_work
from forum.browsing.queries import forget
from forum.content.bulletins.forms import Draft
from forum.content.bulletins.models import Bulletin, BulletinPutAway
from forum.content.bulletins.permissions import can_put_away, can_write_bulletins


def write(actor: Actor, draft: Draft) -> int:
    """Publish a notice, now or from its first day on; returns its id. The same one twice is one."""
    require(can_write_bulletins(actor))
    with unit_of_work():
        values = _values(draft)
        same = (
            Bulletin.category_id == draft.category_id, Bulletin.title_fr == draft.title_fr,
            Bulletin.title_en == draft.title_en, Bulletin.ends_at.is_(None) | (Bulletin.ends_at > clock.now()),
        )  # fmt: skip
        known = db.session.scalar(db.select(Bulletin.id).where(*same))
        if known is not None:
            return known
        row = Bulletin(**values, created_by_id=actor.member_id, created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        audit.write(actor, "bulletin.written", "bulletin", row.id, after=_said(draft))
        _show_anew()
        return row.id


def change(actor: Actor, bulletin_id: int, draft: Draft) -> bool:
    """Change a notice; who had put it away sees the new words. True when anything changed."""
    require(can_write_bulletins(actor))
    with unit_of_work():
        row = load(bulletin_id)
        values = _values(draft, row)
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return False
        before = {name: str(getattr(row, name)) for name in changed}
        update_where(Bulletin, Bulletin.id == bulletin_id, **changed, version=Bulletin.version + 1)
        after = {name: str(value) for name, value in changed.items()}
        audit.write(actor, "bulletin.changed", "bulletin", bulletin_id, before, after)
        _show_anew()
        return True


def end(actor: Actor, bulletin_id: int) -> bool:
    """Show it no more. True when it was shown, or was to be."""
    require(can_write_bulletins(actor))
    with unit_of_work():
        load(bulletin_id)
        now = clock.now()
        open_ = (Bulletin.id == bulletin_id, Bulletin.ends_at.is_(None) | (Bulletin.ends_at > now))
        if not update_where(Bulletin, *open_, ends_at=now):
            return False
        audit.write(actor, "bulletin.ended", "bulletin", bulletin_id)
        _show_anew()
        return True


def put_away(actor: Actor, bulletin_id: int) -> bool:
    """Do not show this member the notice again as it is now. True when that is new."""
    require(can_put_away(actor))
    with unit_of_work():
        version = load(bulletin_id).version
        row = {"bulletin_id": bulletin_id, "member_id": actor.person_id}
        if insert_once(BulletinPutAway, **row, version=version) is not None:
            return True
        mine = (BulletinPutAway.bulletin_id == bulletin_id, BulletinPutAway.member_id == actor.person_id)
        older = update(BulletinPutAway).where(*mine, BulletinPutAway.version < version)
        return bool(db.session.execute(older.values(version=version)).rowcount)  # type: ignore[attr-defined]


def load(bulletin_id: int) -> Bulletin:
    """A notice. Raises NotFound."""
    row = db.session.get(Bulletin, bulletin_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _values(draft: Draft, row: Bulletin | None = None) -> dict[str, object]:
    values = asdict(draft) | {"product_ids": list(draft.product_ids)}
    values["begins_at"] = draft.begins_at or (row.begins_at if row else clock.now())
    return values


def _said(draft: Draft) -> dict[str, str]:
    return {"title_fr": draft.title_fr, "title_en": draft.title_en}


def _show_anew() -> None:
    freshness.touch(freshness.LISTS)
    after_commit(forget)
