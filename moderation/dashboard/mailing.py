"""The week's figures by mail, for managers who ask for it on the dashboard (FEATURES.md J7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.members.rules import Role
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell_many
from common import clock, i18n
from common.db import db, insert_once
from common.i18n import Sentence, _, duration, number
from common.jobs import periodic
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.dashboard import figures, reading
from moderation.dashboard.models import DashboardReader
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import Scope
from moderation.dashboard.rules import share

KIND = "dashboard-week"
WEEK = 7


def register_kinds() -> None:
    """Make the letter known; called once by the package. It comes to those who asked for it, so no line rules it."""
    register(
        Kind(
            KIND, _sentence, lambda _p: ("dashboard.index", {"days": WEEK}), always=True, event="account", is_content=False,
            subject=lambda _p: _("The community’s figures of the week"), button=_("Open the dashboard"),
            holds=lambda member_id, _p: member_id in _readers(),
        )
    )  # fmt: skip


def _sentence(params: dict[str, Any]) -> Sentence:
    def percent(name: str) -> str:
        return "–" if params.get(name) is None else f"{params[name]}\u00a0%"

    minutes = params.get("minutes")
    return _(
        "The last seven days: %(asked)s questions, %(solved)s of them solved; half had a first reply within %(time)s, %(late)s none after 24 hours.",
        asked=number(params.get("asked") or 0), solved=percent("solved"), late=percent("late"),
        time="–" if minutes is None else duration(minutes),
    )  # fmt: skip


def wish(actor: Actor, wanted: bool) -> None:
    """Send it to this manager every week, or no more."""
    require(can_see_dashboard(actor))
    with unit_of_work():
        if wanted:
            insert_once(DashboardReader, member_id=own_id(actor), since_at=clock.now())
        else:
            db.session.execute(delete(DashboardReader).where(DashboardReader.member_id == own_id(actor)))


def wishes(actor: Actor) -> bool:
    """Whether this manager gets it."""
    query = select(DashboardReader.member_id).where(DashboardReader.member_id == actor.member_id)
    return db.session.scalar(query) is not None


def _readers() -> list[int]:
    query = select(DashboardReader.member_id).join(Member, Member.id == DashboardReader.member_id)
    found = query.where(Member.role.in_((Role.MANAGER, Role.ADMIN))).order_by(DashboardReader.member_id)
    return list(db.session.scalars(found))


def send() -> int:
    """Tell everybody who asked the figures of the last seven days, once a week; returns how many were told."""
    today = i18n.local(clock.now()).date()
    with unit_of_work():
        readers = _readers()
        if not readers:
            return 0
        scope = Scope(WEEK)
        sums = reading.read(scope, reading.dates_to_now(scope).span, with_steps=False).sums
        solved, late = share(sums.done, sums.asked), share(*figures.unanswered(sums))
        middle = figures.median(sums.first)
        params = {
            "asked": sums.asked, "solved": None if solved is None else round(100 * solved),
            "late": None if late is None else round(100 * late), "minutes": None if middle is None else middle // 60,
        }  # fmt: skip
        monday = today - timedelta(days=today.weekday())
        return len(tell_many(dict.fromkeys(readers, params), KIND, f"week:{monday:%Y-%m-%d}"))


@periodic("dashboard.mail", every=timedelta(hours=6))
def send_on_monday() -> None:
    """On Mondays; what was sent this week is not sent again."""
    if i18n.local(clock.now()).weekday() == 0:
        send()
