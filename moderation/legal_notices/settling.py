"""What came of legal notices: settled with the decision about their post, taken back or turned with it.

Called by ``flags.settling`` inside the unit of work of the decision; letters wait as long as those to the author.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from common import clock, mail
from common.db import affected, db, update_where
from common.unit_of_work import record, unit_of_work
from moderation.events import LegalNoticeDecided
from moderation.legal_notices import letters  # noqa: F401 - the letters
from moderation.legal_notices.models import ABOUT, LegalNotice
from moderation.legal_notices.rules import NoticeOutcome, NoticeState, Place
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemState


def settle(about: Place, item_id: int | None, outcome: NoticeOutcome) -> None:
    """The decision answers all notices about the same; their senders hear of it with its author, and at once where no item
    of the queue was decided."""
    for notice_id in _close(about, outcome, item_id):
        if item_id is None:
            _write_to(notice_id)


def gone(about: Place) -> None:
    """It is not there any more, by its author or because it went up in another, before anybody decided."""
    for notice_id in _close(about, NoticeOutcome.GONE, None):
        _write_to(notice_id)


def reopen(item_id: int) -> None:
    """The decision was undone within seconds, before anybody was told."""
    decided = (LegalNotice.item_id == item_id, LegalNotice.state == NoticeState.DECIDED)
    update_where(LegalNotice, *decided, state=NoticeState.RECEIVED, outcome=None, decided_at=None)


def flip(item_id: int) -> None:
    """The decision was overturned on appeal: the text is back, and who sent a notice hears that too."""
    _turn(LegalNotice.item_id == item_id)


def flip_gone_with_account(post_id: int) -> None:
    """The same for a text that was taken away together with its author's account, so that its own case was never decided."""
    undecided = select(ReviewItem.id).where(
        ReviewItem.post_id == post_id, ReviewItem.state == ItemState.CANCELLED
    )
    _turn(LegalNotice.post_id == post_id, LegalNotice.item_id.in_(undecided))


def _turn(*criteria: ColumnElement[bool]) -> None:
    turned = (*criteria, LegalNotice.outcome == NoticeOutcome.RESTRICTED)
    ids = list(db.session.scalars(select(LegalNotice.id).where(*turned)))
    now = clock.now()
    update_where(LegalNotice, *turned, outcome=NoticeOutcome.KEPT, flipped_at=now, decided_at=now)
    for notice_id in ids:
        _write_to(notice_id, "flipped")


def tell(item_id: int) -> None:
    """Have the letters about a decision written, when those to the author are."""
    query = select(LegalNotice.id).where(
        LegalNotice.item_id == item_id, LegalNotice.state == NoticeState.DECIDED
    )
    for notice_id in list(db.session.scalars(query)):
        _write_to(notice_id)


def forget_unconfirmed(days: int = 7) -> int:
    """Drop notices whose link nobody opened. Returns how many."""
    old = (
        LegalNotice.state == NoticeState.WAITING,
        LegalNotice.created_at < clock.now() - timedelta(days=days),
    )
    with unit_of_work():
        return affected(db.session.execute(delete(LegalNotice).where(*old)))


def waiting_about(about: Place) -> tuple:
    """The criteria of the notices about it that wait for a decision."""
    return (ABOUT[about.kind] == about.id, LegalNotice.state == NoticeState.RECEIVED)


def _close(about: Place, outcome: NoticeOutcome, item_id: int | None) -> list[int]:
    waiting = waiting_about(about)
    ids = list(db.session.scalars(select(LegalNotice.id).where(*waiting)))
    if not ids:
        return []
    values = {"item_id": item_id} if item_id is not None else {}
    update_where(
        LegalNotice, *waiting, state=NoticeState.DECIDED, outcome=outcome, decided_at=clock.now(), **values
    )
    for notice_id in ids:
        record(LegalNoticeDecided(notice_id, about.kind.value, about.id, outcome.value))
    return ids


def _write_to(notice_id: int, why: str = "") -> None:
    """One letter for each answer: a second look has its own."""
    notice = db.session.get_one(LegalNotice, notice_id)
    if notice.email:
        key = f"notice-decided:{notice_id}:{notice.item_id}:{why or notice.outcome}"
        mail.queue("notice-decided", key=key, notice_id=notice_id)
