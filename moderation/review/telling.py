"""What members are told of decisions: the kinds of news, their sentences, and the jobs that tell them.

The job of a decision waits for half a minute, so that an undo leaves no trace (domain/moderation.md §B2.4).
"""

from __future__ import annotations

from typing import Any

from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common.db import db
from common.i18n import Sentence, _, language
from common.jobs import job
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from moderation.flags import of_people
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome
from moderation.flags.telling import tell_reporters
from moderation.legal_notices import settling as legal
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemType
from moderation.review.undoing import is_undone
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState, Measure
from moderation.sanctions.statements import of_decision, token_of
from moderation.sanctions.wording import MEASURES

Params = dict[str, Any]
_OF_REVIEWS = (PostKind.REVIEW, PostKind.REVIEW_REPLY)


def _to_decision(params: Params) -> str:
    return f"/{language()}/decisions/{token_of(params['statement_id'])}"


def _to_post(params: Params) -> str:
    if params.get("post_kind") in _OF_REVIEWS:
        return f"/{language()}/reviews/{params['question_id']}"
    if params.get("question_id") == params.get("about_id") or not params.get("about_id"):
        return f"/{language()}/questions/{params['question_id']}/-"
    return f"/{language()}/a/{params['about_id']}"


def _decision_sentence(params: Params) -> Sentence:
    return _("%(measure)s. Read why, and what you can do.", measure=MEASURES[Measure(params["measure"])])


def _approved_sentence(params: Params) -> Sentence:
    if params.get("post_kind") == PostKind.QUESTION:
        return _("Your question has been read and is published.")
    if params.get("post_kind") == PostKind.ANSWER:
        return _("Your answer has been read and is published.")
    if params.get("post_kind") == PostKind.REVIEW:
        return _("Your review has been read and is published.")
    return _("Your text has been read and is published.")


def _report_sentence(params: Params) -> Sentence:
    if params.get("outcome") == Outcome.AGREED and params.get("stands"):
        return _("Thank you: what you reported has been put right.")
    if params.get("outcome") == Outcome.AGREED:
        return _("Thank you: what you reported has been taken away.")
    if params.get("outcome") == Outcome.IGNORED:
        return _("What you reported has been put together with another question. Nobody judged your report.")
    return _("Thank you for your report. The team read it and left the text as it is.")


def _appeal_sentence(params: Params) -> Sentence:
    if params.get("outcome") == AppealState.OVERTURNED:
        return _("You were right: the decision you contested is overturned. Please excuse us.")
    if params.get("outcome") == AppealState.PARTLY:
        return _("You were right in part: the decision you contested is changed. Read what holds now.")
    return _("The decision you contested is upheld. Read the answer.")


def register_kinds() -> None:
    """Make the kinds of news of this package known; called once by the package."""
    common: dict[str, Any] = {"mail": "now", "always": True, "event": "account", "is_content": False}
    register(Kind("decision", _decision_sentence, _to_decision, button=_("Read the decision"), **common))
    register(Kind("approved", _approved_sentence, _to_post, button=_("See it"), **common))
    register(
        Kind(
            "masked",
            lambda _p: _("The team read your text and blacked out words that must not be public."),
            _to_post,
            button=_("See it"),
            **common,
        )
    )
    register(
        Kind(
            "edit-approved",
            lambda _p: _("Your change has been read and is published."),
            _to_post,
            button=_("See it"),
            **common,
        )
    )
    register(
        Kind("report-answered", _report_sentence, _to_post, mail="off", event="followed", is_content=False)
    )
    register(Kind("appeal-answered", _appeal_sentence, _to_decision, button=_("Read the answer"), **common))


@job("review.tell")
def tell_decision(payload: Params) -> None:
    """Tell the author and the reporters what was decided, unless it was undone. Harmless to repeat."""
    with unit_of_work():
        decision = db.session.get(ReviewDecision, payload["decision_id"])
        if decision is None or is_undone(decision.id):
            return
        item = db.session.get_one(ReviewItem, decision.item_id)
        statement = of_decision(decision.id)
        if statement is not None:
            _tell_statement(statement)
        else:
            _tell_approval(item, decision)
        _tell_reporters(item, stands=statement is None)
        of_people.tell(item)
        legal.tell(item.id)


@job("sanctions.tell")
def tell_restriction(payload: Params) -> None:
    """Tell a member of a restriction that no decision of the queue made. Harmless to repeat."""
    with unit_of_work():
        statement = db.session.get(Statement, payload["statement_id"])
        if statement is not None:
            _tell_statement(statement)


@job("sanctions.tell_appeal")
def tell_appeal(payload: Params) -> None:
    """Tell a member the answer to an appeal. Harmless to repeat."""
    with unit_of_work():
        appeal = db.session.get(Appeal, payload["appeal_id"])
        if appeal is not None and appeal.decided_at is not None:
            telling.tell(
                appeal.member_id, "appeal-answered", f"appeal:{appeal.id}", statement_id=appeal.statement_id,
                outcome=AppealState(appeal.state).value,
            )  # fmt: skip


def _tell_statement(statement: Statement) -> None:
    telling.tell(
        statement.member_id, "decision", f"statement:{statement.id}", statement_id=statement.id,
        measure=Measure(statement.measure).value,
    )  # fmt: skip


def _tell_approval(item: ReviewItem, decision: ReviewDecision) -> None:
    """Who waited for it is told; whose text was public all along hears of a look only when words were blacked out."""
    masked = decision.decision == Decision.APPROVE_AND_MASK and decision.state_before == "published"
    waited = item.kind == ItemType.EDIT or decision.state_before in ("held", "hidden")
    if decision.post_id is None or not (waited or masked):
        return
    post = db.session.get_one(Post, decision.post_id)
    if post.state != PostState.PUBLISHED:
        return
    kind = "edit-approved" if item.kind == ItemType.EDIT else "masked" if masked else "approved"
    telling.tell(
        post.author_id, kind, f"decision:{decision.id}", question_id=post.thread_id, about_id=post.id,
        post_kind=PostKind(post.kind).value,
    )  # fmt: skip


def _tell_reporters(item: ReviewItem, stands: bool) -> None:
    mine = (Flag.item_id == item.id, Flag.outcome.in_((Outcome.AGREED, Outcome.DISAGREED)))
    tell_reporters(f"item:{item.id}", item.question_id, item.post_id, *mine, stands=stands)
