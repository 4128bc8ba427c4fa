"""Ask the mentors about a draft, and vote. It advises: publishing stays with the administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.notifications.telling import tell_many
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.content.terms.queries import draft
from forum.content.terms.rules import Document
from rewards.votes import numbers, queries
from rewards.votes.models import CharterBallot, CharterVote
from rewards.votes.permissions import can_ask_mentors, can_vote_on_charter
from rewards.votes.rules import REMARK_MOST, Choice, is_open


def begin(actor: Actor, document: Document, ends_at: datetime, saved_at: datetime) -> int:
    """Ask every mentor about the draft that was looked at; returns the vote's id, the same when it is asked twice."""
    require(can_ask_mentors(actor))
    now = clock.now()
    with unit_of_work():
        waiting = draft(document)
        if waiting is None or waiting.saved_at != saved_at:
            raise Conflict(_("The draft has changed since you opened this page. Please look again."))
        if not waiting.is_significant:
            raise Conflict(_("Mentors are asked about significant changes."))
        if known := queries.vote_id_of(document, waiting.number, saved_at):
            return known
        least, most = numbers.shortest(), numbers.longest()
        if not now + least <= ends_at <= now + most:
            fault = _("Choose a day %(least)s to %(most)s days from now.", least=least.days, most=most.days)
            raise Invalid(fields={"ends": fault})
        asked = queries.mentors()
        if not asked:
            raise Conflict(_("There is no mentor to ask at the moment."))
        made = insert_once(
            CharterVote, document=document, number=waiting.number, saved_at=saved_at, begun_at=now,
            begun_by_id=actor.member_id, ends_at=ends_at,
        )  # fmt: skip
        if made is None:
            raise Conflict(_("A colleague has just asked the mentors about this draft."))
        db.session.add_all(CharterBallot(vote_id=made, member_id=one) for one in asked)
        after = {"version": waiting.number, "until": ends_at.isoformat(), "asked": len(asked)}
        audit.write(actor, "terms.vote_begun", str(document), waiting.number, None, after)
        told = {"vote_id": made, "document": str(document), "until": ends_at.isoformat()}
        tell_many({one: dict(told) for one in asked}, "charter-vote", f"charter-vote:{made}")
    return made


def cast(actor: Actor, vote_id: int, choice: Choice | None, remark: str) -> None:
    """Vote, or vote anew: the last word before the end counts."""
    me = actor.member_id
    if me is None or not queries.was_asked(me, vote_id):
        raise NotFound()
    require(can_vote_on_charter(actor, queries.holds_mandate(me)))
    words = text.normalise(remark).strip()
    faults = {}
    if choice is None:
        faults["choice"] = _("Choose one.")
    if len(words) > REMARK_MOST:
        faults["remark"] = _("Please keep to %(high)s characters.", high=REMARK_MOST)
    if faults:
        raise Invalid(fields=faults)
    now = clock.now()
    with unit_of_work():
        row = db.session.get_one(CharterVote, vote_id)
        waiting = draft(row.document)
        in_time = select(CharterVote.id).where(CharterVote.id == vote_id, CharterVote.ends_at > now)
        mine = (CharterBallot.member_id == me, CharterBallot.vote_id.in_(in_time))
        going_on = is_open(now, row.ends_at, row.saved_at, waiting.saved_at if waiting else None)
        if not going_on or not update_where(CharterBallot, *mine, choice=choice, remark=words, cast_at=now):
            raise Conflict(_("This vote is over."))
