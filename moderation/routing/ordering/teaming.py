"""Teams are made, named, led and left; a team that helps another never helps itself through others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from accounts.members.models import Member
from common import audit, clock
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, Sentence, _, language
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.browsing.queries import categories
from moderation.calendars import keeping as hours
from moderation.calendars.models import WorkCalendar
from moderation.escalation.casework import official_ids, staff_ids
from moderation.routing import lists
from moderation.routing.models import SupportTeam, SupportTeamMember
from moderation.routing.ordering import editing
from moderation.routing.permissions import can_order
from moderation.routing.rules import NAME_MOST, TEAMS_MOST, circle


@dataclass(frozen=True)
class TeamDraft:
    """A team as a form sends it."""

    name_fr: str
    name_en: str
    lead_id: int | None = None
    overflow_id: int | None = None
    calendar_id: int | None = None
    is_outside: bool = False
    takes_danger: bool = False
    is_fallback: bool = False


def found_team(actor: Actor, draft: TeamDraft, key: str = "") -> int:
    """Make a team. The first one is the fallback, so that there always is one. Raises Forbidden, Invalid, Conflict."""
    require(can_order(actor))
    with unit_of_work():
        known = list(db.session.scalars(select(SupportTeam.key)))
        if len(known) >= TEAMS_MOST:
            raise Conflict(_("There are at most %(most)s teams.", most=TEAMS_MOST))
        _check(draft, None)
        name = key or _key(draft.name_en, known)
        made = insert_once(
            SupportTeam, key=name, name_fr=draft.name_fr, name_en=draft.name_en, lead_id=draft.lead_id,
            overflow_id=draft.overflow_id, calendar_id=draft.calendar_id, is_outside=draft.is_outside, created_at=clock.now(),
        )  # fmt: skip
        if made is None:
            raise Conflict(_("There is a team of this name already."))
        _mark(made, draft, first=not lists.teams() or not any(team.is_fallback for team in lists.teams()))
        audit.write(actor, "routing.team", "support_team", made, None, vars(draft))
    return made


def change_team(actor: Actor, team_id: int, draft: TeamDraft) -> None:
    """Change a team. Raises Forbidden, NotFound, Invalid (a circle, no fallback left)."""
    require(can_order(actor))
    with unit_of_work():
        row = _team(team_id)
        _check(draft, team_id)
        if row.is_fallback and not draft.is_fallback:
            raise Invalid(
                fields={"is_fallback": _("Something must take what no rule takes: make another team the fallback first.")}
            )  # fmt: skip
        before = {key: getattr(row, key) for key in vars(draft)}
        update_where(
            SupportTeam, SupportTeam.id == team_id, name_fr=draft.name_fr, name_en=draft.name_en, lead_id=draft.lead_id,
            overflow_id=draft.overflow_id, calendar_id=draft.calendar_id, is_outside=draft.is_outside,
        )  # fmt: skip
        _mark(team_id, draft)
        audit.write(actor, "routing.team", "support_team", team_id, before, vars(draft))


def _mark(team_id: int, draft: TeamDraft, first: bool = False) -> None:
    """The two places that only one team has go from the former holder to this one."""
    for flag, wanted in (("is_fallback", draft.is_fallback or first), ("takes_danger", draft.takes_danger)):
        column = getattr(SupportTeam, flag)
        if wanted:
            update_where(SupportTeam, column.is_(True), SupportTeam.id != team_id, **{flag: False})
        update_where(SupportTeam, SupportTeam.id == team_id, **{flag: wanted})


def close_team(actor: Actor, team_id: int, reason: str) -> None:
    """A team takes nothing any more. Refused while a rule, another team or the fallback leads to it; open cases stay and
    are passed on by people. Raises Forbidden, NotFound, Invalid (reason), Conflict."""
    require(can_order(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        row = _team(team_id)
        if row.is_fallback:
            raise Conflict(_("Something must take what no rule takes: make another team the fallback first."))
        if count := editing.used_by(team_id):
            raise Conflict(
                _(
                    "%(count)s rules lead to this team: change them first, so that none leads nowhere.",
                    count=count,
                )
            )
        helped = db.session.scalar(
            select(SupportTeam.name_en).where(SupportTeam.overflow_id == team_id).limit(1)
        )
        if helped is not None:
            raise Conflict(_("It helps “%(name)s” out: choose another team for that first.", name=helped))
        update_where(SupportTeam, SupportTeam.id == team_id, archived_at=clock.now(), takes_danger=False)
        audit.write(
            actor, "routing.team_closed", "support_team", team_id, row.name_en, None, reason.strip()[:200]
        )


# --- who works there ------------------------------------------------------------------------------------------------------


def seat(
    actor: Actor, team_id: int, member_id: int, skills: Iterable[str] = (), languages: Iterable[str] = ()
) -> None:
    """Somebody works in a team, with these subjects and languages (none: all). Again changes them.

    Raises Forbidden, NotFound, Invalid (who does not answer officially, an unknown category or language).
    """
    require(can_order(actor))
    known = {one.key for one in categories()}
    wanted = {"skills": sorted(set(skills)), "languages": sorted(set(languages))}
    if member_id not in official_ids():
        raise Invalid(fields={"member": _("Choose somebody of the team who answers officially.")})
    if set(wanted["skills"]) - known:
        raise Invalid(fields={"skills": _("Choose among the categories.")})
    if set(wanted["languages"]) - set(LANGUAGES):
        raise Invalid(fields={"languages": _("Choose among the languages.")})
    with unit_of_work():
        _team(team_id)
        here = {"team_id": team_id, "member_id": member_id}
        if insert_once(SupportTeamMember, **here, **wanted, since=clock.now()) is None:
            mine = (SupportTeamMember.team_id == team_id, SupportTeamMember.member_id == member_id)
            update_where(SupportTeamMember, *mine, **wanted)
        audit.write(actor, "routing.seated", "support_team", team_id, None, {"member": member_id, **wanted})


def unseat(actor: Actor, team_id: int, member_id: int) -> bool:
    """Somebody works there no more. What they work on stays theirs. False when they had left."""
    require(can_order(actor))
    with unit_of_work():
        mine = (SupportTeamMember.team_id == team_id, SupportTeamMember.member_id == member_id)
        if not affected(db.session.execute(delete(SupportTeamMember).where(*mine))):
            return False
        audit.write(actor, "routing.unseated", "support_team", team_id, member_id, None)
    return True


def _team(team_id: int) -> SupportTeam:
    row = db.session.get(SupportTeam, team_id, populate_existing=True)
    if row is None or row.archived_at is not None:
        raise NotFound()
    return row


def _check(draft: TeamDraft, team_id: int | None) -> None:
    faults: dict[str, Sentence | str] = {}
    for name in ("name_fr", "name_en"):
        if not 2 <= len(getattr(draft, name)) <= NAME_MOST:
            faults[name] = _("A name has %(low)s to %(high)s characters.", low=2, high=NAME_MOST)
    if draft.lead_id is not None and draft.lead_id not in staff_ids():
        faults["lead"] = _("Choose somebody of the team.")
    teams = {team.id: team.overflow_id for team in lists.teams()}
    if draft.overflow_id is not None and draft.overflow_id not in teams:
        faults["overflow_id"] = _("Choose a team that takes cases.")
    elif team_id is not None and (found := circle({**teams, team_id: draft.overflow_id}, team_id)):
        faults["overflow_id"] = _circle(found)
    if draft.calendar_id is not None and draft.calendar_id not in dict(calendars()):
        faults["calendar_id"] = _("Choose a calendar that is in use.")
    if faults:
        raise Invalid(fields=faults)


def counted_by(calendar_id: int) -> Sentence | None:
    """Why a calendar cannot be retired: a team works by it."""
    mine = (SupportTeam.calendar_id == calendar_id, SupportTeam.archived_at.is_(None))
    team = db.session.scalar(select(SupportTeam).where(*mine).order_by(SupportTeam.id).limit(1))
    if team is None:
        return None
    return _(
        "The team “%(name)s” works by this calendar.",
        name=team.name_fr if language() == "fr" else team.name_en,
    )


hours.ask_before_retiring(counted_by)


def calendars() -> list[tuple[int, str]]:
    """The calendars a team may work by."""
    query = select(WorkCalendar.id, WorkCalendar.name).where(WorkCalendar.retired_at.is_(None))
    return [(row.id, row.name) for row in db.session.execute(query.order_by(WorkCalendar.id))]


def _circle(ids: list[int]) -> Sentence:
    rows: Any = db.session.execute(select(SupportTeam.id, SupportTeam.name_en).where(SupportTeam.id.in_(ids)))
    names = {row.id: row.name_en for row in rows}
    round_ = " → ".join(names[one] for one in [*ids, ids[0]])
    return _("These teams would pass a case round in a circle: %(teams)s.", teams=round_)


def _key(name: str, known: list[str]) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:36] or "team"
    return next(one for one in (key, *(f"{key}-{n}" for n in range(2, 99))) if one not in known)


def member_name(member_id: int | None) -> str:
    """The public name of somebody, for a form."""
    return db.session.scalar(select(Member.display_name).where(Member.id == member_id)) or ""
