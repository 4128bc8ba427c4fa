"""What people hear of incidents: their question is part of one, and that it is over; each once, whoever they are in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from accounts.members.queries import staff_ids
from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell, tell_many, withdraw
from common import clock, jobs
from common.db import db
from common.i18n import Sentence, _, language
from common.unit_of_work import unit_of_work
from forum.questions.models import Follow, MeToo, Post
from forum.questions.rules import PostState
from moderation.escalation.casework import lead_ids
from moderation.incidents.models import Incident, IncidentFollower
from moderation.incidents.rules import IncidentState

Params = dict[str, Any]
BATCH = 500
EVERYBODY = 200


def _over(params: Params) -> Sentence:
    if params.get("title"):
        return _("The incident behind “%(title)s” is over. Does it work again?", title=params["title"])
    return _("An incident that concerned you is over. Does it work again?")


def _named(params: Params) -> Sentence | str:
    """The incident's name in the reader's language. Not ``title``: that is a thread's, looked up for each reader."""
    return params.get("named", {}).get(language()) or _("an incident")


def _place(params: Params) -> tuple[str, dict[str, Any]]:
    if params.get("question_id"):
        return "questions.show", {"id": params["question_id"], "_anchor": "state"}
    return "incidents.show", {"id": params["incident_id"]}


def _to_desk(params: Params) -> tuple[str, dict[str, Any]]:
    return "incidents.desk", {"id": params["incident_id"]}


_TEAM: dict[str, Any] = {"always": True, "event": "account", "is_content": False, "urgent": True}
_KINDS = (
    Kind(
        "incident-joined",
        lambda p: _("“%(title)s” is part of an incident the team works on. You are told when it is over.", title=p.get("title") or _("a question")),
        lambda p: ("incidents.show", {"id": p["incident_id"]}), event="answer", button=_("See what is being done"),
    ),
    Kind("incident-over", _over, _place, event="answer", button=_("Say whether it works")),
    Kind("incident-back", lambda _p: _("An incident that was over may be back: people report it again."),
        _to_desk, button=_("Look at it"), **_TEAM),
    Kind("incident-news-due", lambda p: _("News about “%(title)s” are promised soon. What is being done?", title=_named(p)),
        _to_desk, button=_("Say what is being done"), **_TEAM),
    Kind("incident-silent", lambda p: _("Nothing was said of “%(title)s” for a while. What is being done?", title=_named(p)),
        _to_desk, button=_("Say what is being done"), **_TEAM),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_of_joining(
    incident_id: int, cycle: int, question_id: int, asker_id: int | None, actor_id: int | None
) -> None:
    """The asker hears that the team knows the cause."""
    tell(
        asker_id, "incident-joined", f"incident:{incident_id}:{question_id}:{cycle}", question_id, question_id,
        incident_id=incident_id, actor_id=actor_id,
    )  # fmt: skip


def take_back_joining(incident_id: int, question_id: int) -> None:
    """It was no part of it."""
    withdraw(question_id, kind="incident-joined")


def alarm_back(incident_id: int, cycle: int) -> None:
    """People say again what was over; the team hears once for each end."""
    told: Params = {"incident_id": incident_id}
    tell_many(
        dict.fromkeys(staff_ids()[:EVERYBODY], told), "incident-back", f"incident-back:{incident_id}:{cycle}"
    )


def remind(incident: Incident) -> None:
    """Whoever declared it, and who leads, should say something."""
    told: Params = {"incident_id": incident.id, "named": {"fr": incident.title_fr, "en": incident.title_en}}
    people = {*lead_ids(), *([incident.opened_by_id] if incident.opened_by_id else [])}
    cause = f"incident-silent:{incident.id}:{int(clock.now().timestamp())}"
    tell_many(dict.fromkeys(sorted(people), told), "incident-silent", cause)


def tell_news_due(incident: Incident, at: datetime) -> None:
    """Whoever declared it should say something soon; who leads, where nobody did."""
    told: Params = {"incident_id": incident.id, "named": {"fr": incident.title_fr, "en": incident.title_en}}
    people = [incident.opened_by_id] if incident.opened_by_id else lead_ids()
    cause = f"incident-news-due:{incident.id}:{int(at.timestamp())}"
    tell_many(dict.fromkeys(people, told), "incident-news-due", cause)


def tell_of_end(incident_id: int, cycle: int, question_id: int | None) -> None:
    """Everybody a question of the incident concerned, or who followed it, hears once that it is over.

    By parts, and each member once for this end, so that a repeated job tells nobody twice.
    """
    incident = db.session.get(Incident, incident_id)
    if incident is None or incident.state != IncidentState.RESOLVED or incident.cycle != cycle:
        return
    cause = f"incident-over:{incident_id}:{cycle}"
    for query, column in _concerned(incident_id, question_id):
        after = 0
        while ids := list(db.session.scalars(query.where(column > after).order_by(column).limit(BATCH))):
            with unit_of_work():
                news: dict[int, Params] = {member_id: {"incident_id": incident_id} for member_id in ids}
                tell_many(news, "incident-over", cause, question_id, question_id)
            after = ids[-1]


def _concerned(incident_id: int, question_id: int | None) -> list[tuple[Select[Any], Any]]:
    if question_id is None:
        mine = IncidentFollower.member_id
        return [(select(mine).where(IncidentFollower.incident_id == incident_id), mine)]
    asker = select(Post.author_id).where(
        Post.id == question_id, Post.state == PostState.PUBLISHED, Post.author_id.is_not(None)
    )
    if db.session.scalar(asker) is None:
        return []
    too = select(MeToo.member_id).where(MeToo.question_id == question_id, MeToo.withdrawn_at.is_(None))
    follows = select(Follow.member_id).where(Follow.question_id == question_id)
    return [(asker, Post.author_id), (too, MeToo.member_id), (follows, Follow.member_id)]


@jobs.job("incidents.tell")
def tell_job(payload: dict[str, Any]) -> None:
    """Tell of the end of an incident."""
    tell_of_end(payload["incident_id"], payload["cycle"], payload["question_id"])
