"""Notices in force, for the pages that show them, and all of them for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from common import clock
from common.db import db
from common.i18n import language
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id, remember
from forum.content.bulletins.models import Bulletin, BulletinPutAway
from forum.content.bulletins.permissions import can_see_desk
from forum.content.bulletins.rules import SHOWN, concerns, in_force

MOST = 100
A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as pages show it."""

    id: int
    category_id: int
    product_ids: tuple[int, ...]
    titles: tuple[str, str]
    texts: tuple[str, str]
    url: str
    begins_at: datetime
    ends_at: datetime | None
    version: int

    @property
    def title(self) -> str:
        """In the language in force."""
        return self.titles[language() == "en"]

    @property
    def text(self) -> str:
        """In the language in force."""
        return self.texts[language() == "en"]

    @property
    def last_at(self) -> datetime | None:
        """A moment of its last day."""
        return self.ends_at - timedelta(seconds=1) if self.ends_at else None

    @property
    def category(self) -> str:
        """The name of its category."""
        found = categories_by_id().get(self.category_id)
        return found.name if found else ""

    @property
    def state(self) -> str:
        """coming, shown or over."""
        now = clock.now()
        if in_force(self.begins_at, self.ends_at, now):
            return "shown"
        return "coming" if self.begins_at > now and (self.ends_at is None or self.ends_at > now) else "over"


def of_category(actor: Actor, category_id: int) -> tuple[Notice, ...]:
    """What stands above the list of a category."""
    return _shown(actor, [one for one in _in_force() if one.category_id == category_id])


def of_product(actor: Actor, product_id: int) -> tuple[Notice, ...]:
    """What stands on the page of a product: the notices that name it."""
    return _shown(actor, [one for one in _in_force() if product_id in one.product_ids])


def for_question(category_id: int | None, product_id: int | None) -> tuple[Notice, ...]:
    """What somebody who asks about these is shown, whether they put it away before or not."""
    fitting = (
        one for one in _in_force() if concerns((one.category_id, one.product_ids), category_id, product_id)
    )
    return tuple(fitting)[:SHOWN]


def _shown(actor: Actor, notices: list[Notice]) -> tuple[Notice, ...]:
    if not notices or not actor.signed_in:
        return tuple(notices[:SHOWN])
    ids = [one.id for one in notices]
    mine = (BulletinPutAway.member_id == actor.person_id, BulletinPutAway.bulletin_id.in_(ids))
    query = select(BulletinPutAway.bulletin_id, BulletinPutAway.version).where(*mine)
    seen: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return tuple(one for one in notices if seen.get(one.id, 0) < one.version)[:SHOWN]


def _in_force() -> list[Notice]:
    """The newest first. Read at most every half minute in a process, so that lists pay nothing for it."""
    now = clock.now()
    return [one for one in remember("bulletins", _open) if in_force(one.begins_at, one.ends_at, now)]


def _open() -> tuple[Notice, ...]:
    standing = or_(Bulletin.ends_at.is_(None), Bulletin.ends_at > clock.now())
    rows = db.session.scalars(select(Bulletin).where(standing).order_by(Bulletin.id.desc()).limit(MOST))
    return tuple(_notice(row) for row in rows)


def _notice(row: Bulletin) -> Notice:
    return Notice(
        row.id, row.category_id, tuple(row.product_ids), (row.title_fr, row.title_en), (row.text_fr, row.text_en),
        row.url, row.begins_at, row.ends_at, row.version,
    )  # fmt: skip


def desk_page(actor: Actor, after: str = "") -> Page[Notice]:
    """All notices, those that began last first."""
    require(can_see_desk(actor))
    query = keyset(select(Bulletin), Bulletin.begins_at, Bulletin.id, after, A_PAGE)
    page = page_of(list(db.session.scalars(query)), A_PAGE, lambda one: (one.begins_at, one.id))
    return Page([_notice(one) for one in page.items], page.next)
