"""Badges of the team's own: a window, what is asked for, a name in both languages. Nothing is given before activation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.models import Member
from accounts.members.queries import by_names
from common import audit, clock, jobs
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.freshness import SITE, touch
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from rewards.badges.counts.answers import NOT_STAFF, answer, answers, thread
from rewards.badges.counts.sources import EVERYBODY, Who
from rewards.badges.models import BadgeAward, BadgeCampaign
from rewards.badges.permissions import can_run_badges
from rewards.badges.rules import CATALOGUE, Award, BadgeKey, CampaignState, Criterion

JOB = "rewards.badges.campaign"
MOST_NAMES = 200
MOST_OPEN = 50
"""Campaigns that may be drafts or active at once."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a campaign asks for, as the form sends it."""

    badge_key: BadgeKey
    name_fr: str
    name_en: str
    about_fr: str
    about_en: str
    criterion: Criterion
    wanted: int
    starts_at: datetime
    ends_at: datetime


def define(actor: Actor, draft: Draft, form_key: str) -> int:
    """Write a campaign down as a draft; the same form sent twice makes one."""
    require(can_run_badges(actor))
    with unit_of_work():
        open_ = select(func.count()).where(BadgeCampaign.state != CampaignState.ENDED)
        if (db.session.scalar(open_) or 0) >= MOST_OPEN:
            raise Conflict(_("There are %(count)s campaigns already: end some first.", count=MOST_OPEN))
        made = insert_once(
            BadgeCampaign, **asdict(draft), form_key=form_key[:40], created_by_id=actor.member_id
        )
        if made is None:
            same = select(BadgeCampaign.id).where(BadgeCampaign.form_key == form_key[:40])
            return db.session.scalars(same).one()
        audit.write(
            actor, "badge_campaign.defined", "badge_campaign", made, after=draft.name_en or draft.name_fr
        )
        return made


def change(actor: Actor, campaign_id: int, draft: Draft) -> None:
    """Change a draft. Raises Conflict once it is active: what members were promised stands."""
    require(can_run_badges(actor))
    with unit_of_work():
        is_draft = (BadgeCampaign.id == campaign_id, BadgeCampaign.state == CampaignState.DRAFT)
        if not update_where(BadgeCampaign, *is_draft, **asdict(draft)):
            _missing_or_moved(campaign_id)
        audit.write(
            actor, "badge_campaign.changed", "badge_campaign", campaign_id,
            after=draft.name_en or draft.name_fr,
        )  # fmt: skip


def activate(actor: Actor, campaign_id: int) -> bool:
    """Begin to give a badge. True when that is new."""
    require(can_run_badges(actor))
    with unit_of_work():
        is_draft = (BadgeCampaign.id == campaign_id, BadgeCampaign.state == CampaignState.DRAFT)
        values = {
            "state": CampaignState.ACTIVE,
            "activated_at": clock.now(),
            "activated_by_id": actor.member_id,
        }
        if not update_where(BadgeCampaign, *is_draft, **values):
            if campaign(campaign_id).state == CampaignState.ACTIVE:
                return False
            _missing_or_moved(campaign_id)
        audit.write(actor, "badge_campaign.activated", "badge_campaign", campaign_id)
        go_through(campaign_id)
        touch(SITE)
        return True


def end(actor: Actor, campaign_id: int) -> bool:
    """Give it to nobody more; whoever has it keeps it. A draft is put away. True when that is new."""
    require(can_run_badges(actor))
    campaign(campaign_id)
    with unit_of_work():
        live = (BadgeCampaign.id == campaign_id, BadgeCampaign.state != CampaignState.ENDED)
        if not update_where(BadgeCampaign, *live, state=CampaignState.ENDED):
            return False
        audit.write(actor, "badge_campaign.ended", "badge_campaign", campaign_id)
        touch(SITE)
        return True


def named(actor: Actor, campaign_id: int, names: str) -> list[Award]:
    """The awards for members named line by line, in an active campaign that is given by name. Raises Invalid, Conflict."""
    require(can_run_badges(actor))
    found = campaign(campaign_id)
    if found.criterion != Criterion.NAMED or found.state != CampaignState.ACTIVE:
        raise Conflict(_("This badge is not given by name at the moment."))
    wanted = list(dict.fromkeys(line.strip() for line in names[:20_000].splitlines() if line.strip()))
    if not wanted or len(wanted) > MOST_NAMES:
        raise Invalid(
            fields={"names": _("Give 1 to %(most)s public names, one on each line.", most=MOST_NAMES)}
        )
    known = by_names(wanted)
    members = set(db.session.scalars(NOT_STAFF.where(Member.id.in_(known.values()))))
    unknown = [name for name in wanted if known.get(name) not in members]
    if unknown:
        raise Invalid(fields={"names": _("No member is called: %(names)s.", names=", ".join(unknown)[:300])})
    return [_award(found, member_id) for member_id in sorted(members)]


def earned_by(who: Who) -> list[Award]:
    """What these members have earned in the campaigns that are active."""
    active = list(
        db.session.scalars(select(BadgeCampaign).where(BadgeCampaign.state == CampaignState.ACTIVE))
    )
    return [_award(one, member_id) for one in active for member_id in _earners(one, who)]


def would_get_it(campaign_id: int) -> int:
    """A dry run: members who would get the badge of a campaign and do not have it."""
    found = campaign(campaign_id)
    had = select(BadgeAward.member_id).where(
        BadgeAward.badge_key == found.badge_key, BadgeAward.instance_key == str(found.id)
    )
    query = _earning(found, EVERYBODY)
    if query is None:
        return 0
    asked = query.subquery()
    return db.session.scalar(select(func.count()).where(asked.c.member_id.not_in(had))) or 0


def go_through(campaign_id: int, after: int = 0) -> None:
    """Let the job look for earners, from a member on; inside the open unit of work."""
    day = clock.now().date().isoformat()
    jobs.enqueue(
        JOB, {"campaign_id": campaign_id, "after": after}, unique_key=f"{JOB}:{campaign_id}:{day}:{after}"
    )


def next_share(campaign_id: int, after: int, size: int) -> list[int]:
    """The next members to look at, in the order of their ids: those who earned the badge and do not have it yet."""
    found = db.session.get(BadgeCampaign, campaign_id)
    query = _earning(found, EVERYBODY) if found and found.state == CampaignState.ACTIVE else None
    if query is None or found is None:
        return []
    asked = query.subquery()
    had = select(BadgeAward.member_id).where(
        BadgeAward.badge_key == found.badge_key, BadgeAward.instance_key == str(campaign_id)
    )
    return list(
        db.session.scalars(
            select(asked.c.member_id)
            .where(asked.c.member_id > after, asked.c.member_id.not_in(had))
            .order_by(asked.c.member_id)
            .limit(size)
        )
    )


def campaign(campaign_id: int) -> BadgeCampaign:
    """One campaign. Raises NotFound."""
    found = db.session.get(BadgeCampaign, campaign_id)
    if found is None:
        raise NotFound()
    return found


def awards_of(campaign_id: int, member_ids: Iterable[int]) -> list[Award]:
    """The awards of a campaign for these members."""
    found = campaign(campaign_id)
    return [_award(found, member_id) for member_id in member_ids]


def _award(found: BadgeCampaign, member_id: int) -> Award:
    tier = CATALOGUE[found.badge_key].tiers[0]
    return Award(member_id, BadgeKey(found.badge_key), tier, str(found.id))


def _earners(found: BadgeCampaign, who: Who) -> list[int]:
    query = _earning(found, who)
    return [] if query is None else list(db.session.scalars(query))


def _earning(found: BadgeCampaign, who: Who) -> Select[Any] | None:
    """The members who earned it, as a query of ``member_id``; None where it is given by name."""
    window = (found.starts_at, found.ends_at)
    if found.criterion == Criterion.JOINED:
        query = select(Member.id.label("member_id")).where(
            Member.id.in_(NOT_STAFF), Member.joined_at >= window[0], Member.joined_at < window[1]
        )
        return who.limit(query, Member.id)
    if found.criterion == Criterion.WROTE:
        wrote = select(Post.author_id.label("member_id")).where(
            Post.author_id.in_(NOT_STAFF), Post.kind.in_((PostKind.QUESTION, PostKind.ANSWER)),
            Post.state == PostState.PUBLISHED, Post.published_at >= window[0], Post.published_at < window[1],
        )  # fmt: skip
        return who.limit(wrote, Post.author_id).group_by(Post.author_id).having(func.count() >= found.wanted)
    if found.criterion == Criterion.SOLVED:
        query = answers(answer.c.author_id.label("member_id"), who=who).where(
            thread.c.accepted_answer_id == answer.c.id, thread.c.accepted_at >= window[0],
            thread.c.accepted_at < window[1],
        )  # fmt: skip
        return query.group_by(answer.c.author_id).having(func.count() >= found.wanted)
    return None


def _missing_or_moved(campaign_id: int) -> None:
    campaign(campaign_id)
    raise Conflict(_("This campaign has begun or is over: it cannot be changed any more."))
