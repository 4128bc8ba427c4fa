"""Propose a guide; accept one, which publishes it under its author's name, or decline it with a reason."""

from __future__ import annotations

from sqlalchemy import func, select

from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.content.guides import rules, writing
from forum.content.guides.proposals.models import GuideProposal
from forum.content.guides.proposals.permissions import can_propose, can_validate
from forum.content.guides.proposals.rules import ProposalState
from forum.content.guides.writing import Draft
from forum.events import GuideDeclined, GuideValidated
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act
from forum.privacy.guarding import look


def propose(actor: Actor, draft: Draft) -> int:
    """Send a guide to be validated; returns the proposal's id. The same title again, while it waits, is the same proposal.

    Raises Forbidden, Invalid (fields, or too many that wait), TooMany.
    """
    require(can_propose(actor))
    with unit_of_work():
        fit = writing.checked(draft)
        private = look({"summary": fit.summary, "body": fit.body}, actor.language).names
        if private:
            what = ", ".join(str(name) for name in private)
            raise Invalid(fields={"body": _("Everybody reads this. Take out first: %(what)s.", what=what)})
        mine = (GuideProposal.author_id == actor.member_id, GuideProposal.state == ProposalState.WAITING)
        same = select(GuideProposal.id).where(*mine, GuideProposal.title == fit.title)
        if (known := db.session.scalar(same)) is not None:
            return known
        most = settings.get("forum.guide_proposals_waiting")
        if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= most:
            raise Invalid(
                _("%(count)s of your guides are being read already: wait for an answer first.", count=most)
            )
        writing.refuse_a_second(fit)
        keep_pace(actor, Act.ASK)
        made = insert_once(
            GuideProposal, author_id=actor.member_id, title=fit.title, summary=fit.summary, body=fit.body,
            models=list(fit.models), category_id=fit.category_id, language=fit.language,
            state=ProposalState.WAITING, written_at=clock.now(),
        )  # fmt: skip
    return made or 0


def accept(actor: Actor, proposal_id: int) -> int:
    """Publish it: a guide by its author, checked by the actor. Returns the guide's id.

    Raises NotFound, Forbidden, Conflict (decided meanwhile), Invalid (there is such a guide by now).
    """
    with unit_of_work():
        found = proposal_of(proposal_id)
        author_id = found.author_id
        require(can_validate(actor, author_id))
        _refuse_decided(found)
        draft = Draft(
            found.title, found.summary, found.body, tuple(found.models), found.category_id, found.language
        )
        guide_id = writing.publish_of_member(actor, author_id, draft)
        _decide(actor, proposal_id, ProposalState.ACCEPTED, guide_id=guide_id)
        record(GuideValidated(guide_id, author_id, actor.member_id))
    return guide_id


def decline(actor: Actor, proposal_id: int, reason: str) -> None:
    """Not this one, with a reason its author reads. Raises what :func:`accept` raises."""
    words = " ".join(reason.split())
    with unit_of_work():
        found = proposal_of(proposal_id)
        require(can_validate(actor, found.author_id))
        if not words or len(words) > rules.REASON_MOST:
            raise Invalid(fields={"reason": _("Say in a few words why.")})
        _refuse_decided(found)
        author_id = found.author_id
        _decide(actor, proposal_id, ProposalState.DECLINED, reason=words)
        record(GuideDeclined(proposal_id, author_id, actor.member_id))


def proposal_of(proposal_id: int) -> GuideProposal:
    """A proposal as it stands now. Raises NotFound."""
    found = db.session.get(GuideProposal, proposal_id, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def _refuse_decided(found: GuideProposal) -> None:
    if found.state != ProposalState.WAITING:
        raise Conflict(_("Somebody has decided about this proposal already."))


def _decide(actor: Actor, proposal_id: int, state: ProposalState, **values: object) -> None:
    still = (GuideProposal.id == proposal_id, GuideProposal.state == ProposalState.WAITING)
    values |= {"state": state, "decided_at": clock.now(), "decided_by_id": actor.member_id}
    if not update_where(GuideProposal, *still, **values):
        raise Conflict(_("Somebody has decided about this proposal already."))
    audit.write(actor, f"guide_proposal.{state.value}", "guide_proposal", proposal_id)
