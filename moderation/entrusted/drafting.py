"""Propose an official answer; the team publishes it, as it is or changed, or declines it with a word."""

from __future__ import annotations

from sqlalchemy import select

from accounts.notifications.telling import tell
from common import audit, clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from forum.questions.writing import Posted, published_question
from moderation.entrusted.handing import hand_over
from moderation.entrusted.models import DraftState, OfficialDraft
from moderation.entrusted.permissions import can_hand_over
from moderation.escalation import cases
from moderation.escalation.models import Case
from moderation.escalation.permissions import can_work
from moderation.escalation.rules import OPEN

BODY_LEAST, BODY_MOST = 30, 20_000
WORDS_MOST = 300


def draft(actor: Actor, question_id: int, body: str) -> int:
    """Propose the brand's answer to a question, which is handed to the team with it. One's own that waits is replaced.

    Raises NotFound, Forbidden, Invalid (body), TooMany, Conflict (nothing waits for an answer).
    """
    said = without_cards(text.normalise(body)).strip()
    if not BODY_LEAST <= len(said) <= BODY_MOST:
        raise Invalid(
            fields={
                "body": _("The text needs %(low)s to %(high)s characters.", low=BODY_LEAST, high=BODY_MOST)
            }
        )
    with unit_of_work():
        require(can_hand_over(actor, published_question(actor, question_id)))
        mine = {"question_id": question_id, "author_id": actor.member_id}
        made = insert_once(OfficialDraft, body=said, state=DraftState.WAITING, written_at=clock.now(), **mine)
        if made is None:
            waiting = (
                OfficialDraft.question_id == question_id, OfficialDraft.author_id == actor.member_id,
                OfficialDraft.state == DraftState.WAITING,
            )  # fmt: skip
            update_where(OfficialDraft, *waiting, body=said, written_at=clock.now())
            return db.session.scalar(select(OfficialDraft.id).where(*waiting)) or 0
        hand_over(actor, question_id)
    return made


def publish(actor: Actor, draft_id: int, body: str, seen_version: int | None = None) -> Posted:
    """Publish the text, as the team worded it, as the official answer; the proposer hears that it helped.

    Raises what answering a case raises, and Conflict when a colleague decided about the draft.
    """
    require(can_work(actor))
    with unit_of_work():
        found = _waiting(draft_id)
        question_id, author_id = found.question_id, found.author_id
        case = _case_of(question_id)
        posted = cases.answer_officially(actor, case.id, body, seen_version)
        _decide(actor, draft_id, DraftState.USED, answer_id=posted.id)
        tell(
            author_id,
            "official-draft-used",
            f"official-draft:{draft_id}",
            question_id=question_id,
            post_id=posted.id,
        )
    return posted


def decline(actor: Actor, draft_id: int, words: str) -> None:
    """Not this one, with a word for who proposed it."""
    require(can_work(actor))
    said = " ".join(words.split())
    if not said:
        raise Invalid(fields={"words": _("Say in a few words why.")})
    if len(said) > WORDS_MOST:
        raise Invalid(fields={"words": _("Please keep to %(high)s characters.", high=WORDS_MOST)})
    with unit_of_work():
        found = _waiting(draft_id)
        question_id, author_id = found.question_id, found.author_id
        _decide(actor, draft_id, DraftState.DECLINED, words=said)
        tell(
            author_id,
            "official-draft-declined",
            f"official-draft:{draft_id}",
            question_id=question_id,
            words=said,
        )


def let_lapse(limit: int = 200) -> int:
    """Proposals whose case was settled otherwise wait for nobody: their authors hear so. Returns how many."""
    open_still = (
        select(Case.id).where(Case.question_id == OfficialDraft.question_id, Case.state.in_(OPEN)).exists()
    )
    with unit_of_work():
        waiting = select(OfficialDraft.id, OfficialDraft.author_id, OfficialDraft.question_id).where(
            OfficialDraft.state == DraftState.WAITING, ~open_still
        )
        found = db.session.execute(waiting.order_by(OfficialDraft.id).limit(limit)).all()
        for draft_id, author_id, question_id in found:
            _decide(SYSTEM, draft_id, DraftState.DECLINED)
            tell(author_id, "official-draft-lapsed", f"official-draft:{draft_id}", question_id=question_id)
    return len(found)


def case_id_of(draft_id: int) -> int:
    """The case a draft belongs to."""
    found = db.session.get(OfficialDraft, draft_id)
    if found is None:
        raise NotFound()
    return _case_of(found.question_id).id


def _case_of(question_id: int) -> Case:
    newest = select(Case).where(Case.question_id == question_id).order_by(Case.cycle.desc()).limit(1)
    case = db.session.scalar(newest)
    if case is None:
        raise NotFound()
    return case


def _waiting(draft_id: int) -> OfficialDraft:
    found = db.session.get(OfficialDraft, draft_id, populate_existing=True)
    if found is None:
        raise NotFound()
    if found.state != DraftState.WAITING:
        raise Conflict(_("A colleague has decided about this proposal already."))
    return found


def _decide(actor: Actor, draft_id: int, state: DraftState, **values: object) -> None:
    still = (OfficialDraft.id == draft_id, OfficialDraft.state == DraftState.WAITING)
    values |= {"state": state, "decided_at": clock.now(), "decided_by_id": actor.member_id}
    if not update_where(OfficialDraft, *still, **values):
        raise Conflict(_("A colleague has decided about this proposal already."))
    audit.write(actor, f"official_draft.{state.value}", "official_draft", draft_id)
