"""A report is counted, published at its address, and never changes again; a correction is a new edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from common import audit, clock, settings, text
from common.db import db, insert_once
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.transparency import counting
from moderation.transparency.models import PublishedReport, ReportKind
from moderation.transparency.permissions import can_report
from moderation.transparency.rules import Period, Row

SUMMARY_MOST = 4_000


@dataclass(frozen=True, slots=True)
class Words:
    """What people add to the figures: how moderation is done, in both languages, and the figures the product cannot know."""

    summary_fr: str = ""
    summary_en: str = ""
    by_hand: Mapping[str, int] | None = None


def count(kind: ReportKind, period: Period, words: Words) -> list[Row]:
    """The rows of a report as they would be published now."""
    known = words.by_hand or {}
    return counting.yearly(period, known) if kind is ReportKind.YEARLY else counting.recipients(period, known)


def publish(actor: Actor, kind: ReportKind, period: Period, words: Words) -> int:
    """Publish a report of a period that is over; returns its id. Raises :class:`Invalid`, :class:`Conflict`."""
    require(can_report(actor))
    if period.last >= clock.now().date():
        raise Invalid(fields={"period": _("This period is not over yet.")})
    summaries = {name: text.normalise(getattr(words, name)).strip() for name in ("summary_fr", "summary_en")}
    for name, said in summaries.items():
        if len(said) > SUMMARY_MOST:
            raise Invalid(fields={name: _("Please keep to %(high)s characters.", high=SUMMARY_MOST)})
    rows = [asdict(row) for row in count(kind, period, words)]
    with unit_of_work():
        edition = _editions(kind, period.name) + 1
        report_id = insert_once(
            PublishedReport, kind=kind, name=period.name, first_day=period.first, last_day=period.last, edition=edition,
            rows=rows, published_at=clock.now(), published_by_id=actor.member_id,
            words={**summaries, "provider": settings.get("transparency.provider"), "service": settings.get("brand.community")},
        )  # fmt: skip
        if report_id is None:
            raise Conflict(_("A colleague has just published this report."))
        audit.write(
            actor, "transparency.published", "published_report", report_id, None, f"{kind}:{period.name}"
        )
    return report_id


def _editions(kind: ReportKind, name: str) -> int:
    mine = (PublishedReport.kind == kind, PublishedReport.name == name)
    return db.session.scalar(select(func.max(PublishedReport.edition)).where(*mine)) or 0


def published() -> list[PublishedReport]:
    """Every report, the latest period first, its latest edition on top."""
    p = PublishedReport
    return list(
        db.session.scalars(select(p).order_by(p.last_day.desc(), p.kind, p.edition.desc()).limit(100))
    )


def report(report_id: int) -> PublishedReport:
    """One report. Raises :class:`NotFound`."""
    found = db.session.get(PublishedReport, report_id)
    if found is None:
        raise NotFound()
    return found
