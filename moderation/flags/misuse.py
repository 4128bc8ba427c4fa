"""Who reports without reason is warned first, and then not counted for a while; the policy is published
(domain/moderation.md §B3; article 23, paragraphs 2 to 4). Legal notices stay possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common import audit, clock, jobs
from common.db import db, update_where
from common.i18n import _, day, language
from common.jobs import job
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from moderation.flags.models import FlagMeasure
from moderation.flags.outcomes import judged
from moderation.flags.permissions import can_lift
from moderation.flags.rules import MeasureKind, Outcome, misuse
from moderation.review import numbers

PATIENCE = timedelta(minutes=2)
"""Beyond the time in which a decision can be undone."""


def muted(member_ids: Collection[int]) -> set[int]:
    """Those among these members whose reports weigh nothing now. One query."""
    query = select(FlagMeasure.member_id).where(
        FlagMeasure.member_id.in_(member_ids),
        FlagMeasure.until > clock.now(),
        FlagMeasure.lifted_at.is_(None),
    )
    return set(db.session.scalars(query))


def look_later(member_id: int, item_id: int | None) -> None:
    """A report of this member was found without reason: look at all of them once that can no longer be undone."""
    later, key = clock.now() + PATIENCE, f"flags.misuse:{member_id}:{item_id}"
    jobs.enqueue("flags.misuse", {"member_id": member_id}, key, later)


@job("flags.misuse")
def look_at(payload: dict) -> None:
    """Warn a member whose reports were nearly always wrong, or stop counting them. Harmless to repeat: only reports sent
    since the last measure count."""
    member_id = payload["member_id"]
    with unit_of_work():
        db.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
        now, rules = clock.now(), numbers.misuse_numbers()
        last = _last(member_id)
        since = now - timedelta(days=rules.days)
        counts = _counts(member_id, max(since, last.begun_at) if last else since)
        agreed = counts[Outcome.AGREED]
        reviewed = agreed + counts[Outcome.DISAGREED]
        ended = (last.until or last.begun_at) if last else None
        kind = misuse(reviewed, agreed, ended, now, rules)
        if kind is None:
            return
        until = now + timedelta(days=rules.muted_days) if kind == MeasureKind.MUTED else None
        made = FlagMeasure(
            member_id=member_id, kind=kind, reviewed=reviewed, agreed=agreed, begun_at=now, until=until
        )
        db.session.add(made)
        db.session.flush()
        audit.write(
            SYSTEM, f"flags.{kind.value}", "member", member_id, None, {"reviewed": reviewed, "agreed": agreed}
        )
        telling.tell(
            member_id, f"reports-{kind.value}", f"flag-measure:{made.id}", reviewed=reviewed, agreed=agreed,
            until=until.isoformat() if until else "",
        )  # fmt: skip


def lift(actor: Actor, measure_id: int) -> None:
    """Count a member's reports again before the time. Harmless to repeat."""
    require(can_lift(actor))
    with unit_of_work():
        lifted = update_where(
            FlagMeasure, FlagMeasure.id == measure_id, FlagMeasure.lifted_at.is_(None), lifted_at=clock.now(),
            lifted_by_id=actor.member_id,
        )  # fmt: skip
        if lifted:
            audit.write(actor, "flags.lifted", "flag_measure", measure_id)


def measures_of(member_id: int) -> list[FlagMeasure]:
    """The measures of a member, the newest first."""
    query = select(FlagMeasure).where(FlagMeasure.member_id == member_id).order_by(FlagMeasure.id.desc())
    return list(db.session.scalars(query.limit(20)))


def _last(member_id: int) -> FlagMeasure | None:
    query = select(FlagMeasure).where(FlagMeasure.member_id == member_id, FlagMeasure.lifted_at.is_(None))
    return db.session.scalar(query.order_by(FlagMeasure.id.desc()).limit(1))


def _counts(member_id: int, since: datetime) -> Counter[str]:
    mine = judged([member_id]).c
    rows = db.session.execute(
        select(mine.outcome, func.count()).where(mine.created_at > since).group_by(mine.outcome)
    )
    return Counter({str(outcome): count for outcome, count in rows})


def register_kinds() -> None:
    """The two kinds of news of this ladder; called once by the package."""
    common: dict = {"mail": "now", "always": True, "event": "account", "is_content": False}

    def to_policy(_params: dict) -> str:
        return f"/{language()}/reports/how"

    def warned(params: dict):
        return _(
            "%(wrong)s of your last %(reviewed)s reports were about texts that are in order. If that goes on, they are not counted for some time.",
            wrong=params.get("reviewed", 0) - params.get("agreed", 0), reviewed=params.get("reviewed", 0),
        )  # fmt: skip

    def not_counted(params: dict):
        until = datetime.fromisoformat(params["until"]) if params.get("until") else None
        return _(
            "After our warning most of your reports were again about texts that are in order: until %(day)s they are read, but not counted.",
            day=day(until),
        )  # fmt: skip

    register(Kind("reports-warned", warned, to_policy, button=_("How reports work"), **common))
    register(Kind("reports-muted", not_counted, to_policy, button=_("How reports work"), **common))
