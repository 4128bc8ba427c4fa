"""What some decisions do beyond the text itself: topics, another question, a private talk (domain/moderation.md §B2.4).

Each is the verb of its own subject, called inside the transaction of the decision.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.masks.queries import person_behind
from accounts.messages.writing import write_to
from common.db import db
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor
from forum.housekeeping.acts import last_act
from forum.housekeeping.duplicates import chosen_target, mark_duplicate
from forum.housekeeping.merging import merge_question
from forum.housekeeping.refiling import retag_question
from forum.housekeeping.rules import ActType
from forum.housekeeping.undoing import undo_act
from forum.notices import spreading
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from forum.questions.tagging import tags_of
from forum.suggestions import suggesting
from forum.suggestions.waiting import Wording, wait_again
from moderation.escalation import laddering
from moderation.escalation.permissions import can_work
from moderation.private import talking
from moderation.review.models import ReviewDecision
from moderation.review.rules import TIDYING, Decision
from moderation.review.wording import HOLDS
from moderation.sanctions.statements import of_decision, take_edit

WORDS_LOW = 10
_ACTS = {
    Decision.EDIT_TAGS: ActType.RETAG,
    Decision.MERGE: ActType.MERGE,
    Decision.DUPLICATE: ActType.DUPLICATE,
}


def check(
    actor: Actor, post_id: int, seen: Any, decision: Decision, target_id: int | None, words: str
) -> None:
    """Refuse what the acts below would refuse, without doing anything: an item whose answer is known looks like any other."""
    if decision in TIDYING:
        _is_question(seen)
    if decision in (Decision.MERGE, Decision.DUPLICATE):
        chosen_target(actor, post_id, target_id)
    if decision == Decision.CONVERT_PRIVATE:
        _sayable(actor, post_id, seen, words)


def tidy(
    actor: Actor, post_id: int, seen: Any, decision: Decision, topics: tuple[str, ...], target_id: int | None
) -> None:  # fmt: skip
    """Put the question in order by the verbs of housekeeping. Raises :class:`Invalid` for what is no question."""
    _is_question(seen)
    why = str(_("Put in order when it was read"))
    if decision == Decision.EDIT_TAGS:
        before = set(tags_of(post_id))
        add = [one for one in topics if one not in before]
        retag_question(actor, post_id, add=add, drop=before - set(topics), note=why)
    elif decision == Decision.MERGE:
        merge_question(actor, post_id, target_id)
    else:
        mark_duplicate(actor, post_id, target_id)


def take_back(actor: Actor, decision: ReviewDecision) -> PostState | None:
    """Undo what a decision put in order; returns where the text is then, if that is elsewhere."""
    kind = _ACTS.get(Decision(decision.decision))
    if kind is None or decision.post_id is None:
        return None
    act, since = last_act(decision.post_id, kind), decision.decided_at - timedelta(seconds=5)
    if act is not None and act.actor_id == actor.member_id and act.done_at >= since:
        undo_act(actor, act.id)
    return PostState.PUBLISHED if kind == ActType.MERGE else None


def edit_waits_again(decision: ReviewDecision, signals: Collection[str], since: datetime) -> None:
    """Undo what a decision did to an edit: it waits as it did, and the text before stands. Raises :class:`Conflict` when
    either has moved on."""
    post_id, version, reasons = decision.post_id or 0, decision.version, tuple(filter(HOLDS.get, signals))
    if decision.decision == Decision.APPROVE:
        suggesting.reopen(post_id, version)
        spreading.unsay_mentions(post_id, decision.decided_at - timedelta(seconds=5))
        publishing.unrelease_edit(post_id, version, reasons, since)
        return
    statement, post = of_decision(decision.id), publishing.load(post_id)
    kept = take_edit(statement.id) if statement is not None else None
    if statement is None or kept is None or (post.version, post.state) != (version, decision.state_after):
        raise Conflict(_("This text has changed since the decision, which stays."))
    words, why = Wording(kept.title, kept.body, kept.facts), kept.reason
    editor_id = statement.member_id
    if person_behind(post.author_id) == editor_id:
        editor_id = post.author_id
    wait_again(post_id, words, editor_id, why, version, reasons, since)


def go_private(actor: Actor, item_id: int, post_id: int, seen: Any, words: str) -> None:
    """Go on in private with who wrote it: an agent begins the talk about a published question, with its case; about
    anything else the words are a private message. Raises :class:`Invalid` (words), Conflict (nobody is there)."""
    said = _sayable(actor, post_id, seen, words)
    is_open_question = seen.post_kind == PostKind.QUESTION and seen.state == PostState.PUBLISHED
    if is_open_question and can_work(actor):
        talking.begin(actor, laddering.escalate(post_id, actor.member_id), said)
    else:
        write_to(actor, seen.member_id, said, nonce=f"review:{item_id}")


def is_mask_of(post_id: int, member_id: int) -> bool:
    """Whether the public author of a text is not the person behind it."""
    return db.session.scalar(select(Post.author_id).where(Post.id == post_id)) != member_id


def _is_question(seen: Any) -> None:
    if seen.post_kind != PostKind.QUESTION:
        raise Invalid(_("Only a question has topics, and goes up in another one."))


def _sayable(actor: Actor, post_id: int, seen: Any, words: str) -> str:
    said = words.strip()
    if len(said) < WORDS_LOW:
        raise Invalid(fields={"words": _("Write what you want to say in private: at least 10 characters.")})
    if seen.member_id is None:
        raise Conflict(_("Nobody can be written to: the account of the author is closed."))
    if actor.is_limited and is_mask_of(post_id, seen.member_id):
        raise Conflict(_("This was asked without a name: pass it to the team, who may write."))
    return said
