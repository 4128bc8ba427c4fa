"""Merge one question into another: what was written under it stands under the other one, and its address leads there.

Every post keeps its thumbs-up, its revisions, its acceptance and its points (domain/rewards.md §A1.3: a merge keeps
causes); only the thread changes. Undone, everything that came goes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from common import freshness
from common.db import db, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.fields.queries import fields_of
from forum.housekeeping import carrying
from forum.housekeeping.acts import hold_alone, load_act, note_act, take_back
from forum.housekeeping.duplicates import chosen_target
from forum.housekeeping.permissions import can_tidy
from forum.housekeeping.rules import ActType
from forum.products.filing import count_product
from forum.products.marking import mark_thread
from forum.questions import publishing
from forum.questions.models import Draft, Post, Question
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import clean_reason, visible_question
from forum.reactions.following import make_follower
from forum.solutions.counting import lock_question

LEADERS = ("duplicate_of_id", "merged_into_id")


def merge_question(
    actor: Actor, question_id: int, target_id: int | None, *, note: str = "", batch: str | None = None
) -> int | None:
    """Merge a published question into another; returns the act, or None when it was merged there before.

    Raises Invalid (duplicate_of_id), and Conflict when it is no longer published or was merged elsewhere.
    """
    with unit_of_work():
        require(can_tidy(actor))
        hold_alone(question_id)
        question = visible_question(actor, question_id)
        final_id = (
            chosen_target(actor, question_id, target_id) if question.state == PostState.PUBLISHED else None
        )
        if final_id is None:
            if question.state == PostState.MERGED and question.merged_into_id == target_id:
                return None
            raise Conflict(_("This question is not published any more: nothing was merged."))
        words = clean_reason(note)
        hold_alone(question_id, final_id)
        source, target = visible_question(actor, question_id), visible_question(actor, final_id)
        if target.state != PostState.PUBLISHED or source.state != PostState.PUBLISHED:
            raise Conflict(_("A colleague has just changed this question."))
        asker_id, views = source.author_id, source.view_count
        detail = _what_moves(source, target) | {"views": views}
        move_posts(detail["posts"], question_id, final_id)
        publishing.merge_away(question_id)
        lock_question(question_id, final_id)
        _hand_over(question_id, final_id, detail)
        _give_facts(final_id, detail)
        detail["nameless"] = carrying.carry(question_id, final_id)
        if asker_id is not None:
            make_follower(asker_id, final_id)
        act_id = note_act(
            actor, ActType.MERGE, question_id, target_id=final_id, note=words, batch=batch, **detail
        )
        record(events.QuestionMerged(question_id, final_id, asker_id, actor.member_id, act_id))
        _show_leaders(detail)
        return act_id


def part_question(actor: Actor, act_id: int) -> bool:
    """Undo a merge: the question is back at its address, with what had come from it and what was added under that."""
    with unit_of_work():
        require(can_tidy(actor))
        act = load_act(act_id)
        question_id = act.question_id
        target_id = db.session.scalar(select(Question.merged_into_id).where(Question.id == question_id))
        if target_id is None:
            raise Conflict(_("This has been undone already."))
        hold_alone(question_id, target_id)
        act = load_act(act_id)
        detail: dict[str, Any] = act.detail
        take_back(actor, act)
        move_posts(detail["posts"], target_id, question_id)
        publishing.part_again(question_id)
        lock_question(question_id, target_id)
        _give_back(question_id, target_id, detail)
        _take_facts_back(question_id, target_id, detail)
        through = [one for name in LEADERS for one in detail[name]]
        carrying.bring_back(question_id, target_id, through, detail["nameless"])
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        record(events.QuestionParted(question_id, target_id, asker_id, actor.member_id, act_id))
        _show_leaders(detail)
        return True


def _what_moves(source: Question, target: Question) -> dict[str, Any]:
    """What undoing needs, read before anything moves."""
    inherits = target.accepted_answer_id is None and source.accepted_answer_id is not None
    asked = {str(one.id) for one in fields_of(target.category_id)}
    told, known = source.details or {}, target.details or {}
    both_official = target.official_answer_id is not None and source.official_answer_id is not None
    answers = select(Post.id).where(Post.question_id == source.id, Post.kind == PostKind.ANSWER)
    loose = select(Post.id).where(Post.question_id == source.id, Post.parent_id == source.id)
    return {
        "posts": sorted(db.session.scalars(answers.union_all(loose))),
        "solution": source.accepted_answer_id if inherits else None,
        "official": source.official_answer_id if both_official else None,
        "product": source.product_id if target.product_id is None else None,
        "details": {key: value for key, value in told.items() if key in asked and key not in known},
        **{name: carrying.leading_to(source.id, getattr(Question, name)) for name in LEADERS},
    }


def move_posts(post_ids: Iterable[int], source_id: int, target_id: int) -> None:
    """Answers, and comments on the question, go from one thread to another with what hangs on them."""
    ids = list(post_ids)
    for part in (ids[n : n + 500] for n in range(0, len(ids), 500)):
        here = (Post.question_id == source_id, Post.id.in_(part))
        under = (Post.question_id == source_id, Post.parent_id.in_(part))
        update_where(Post, *under, question_id=target_id)
        update_where(Post, *here, Post.parent_id == source_id, parent_id=target_id)
        update_where(Post, *here, question_id=target_id)


def _hand_over(source_id: int, target_id: int, detail: dict[str, Any]) -> None:
    values: dict[str, Any] = {"merged_into_id": target_id, "view_count": 0}
    if detail["solution"] is not None:
        values["accepted_answer_id"] = None
        how = select(Question.accepted_at, Question.accepted_how).where(Question.id == source_id)
        accepted_at, accepted_how = db.session.execute(how).one()
        given = {
            "accepted_answer_id": detail["solution"],
            "accepted_at": accepted_at,
            "accepted_how": accepted_how,
        }
        update_where(Question, Question.id == target_id, **given)
    if (
        detail["official"] is not None
    ):  # a thread has one official answer: this one stays a member of the team's
        update_where(Post, Post.id == detail["official"], is_official=False)
    update_where(Question, Question.id == source_id, **values)
    update_where(Question, Question.id == target_id, view_count=Question.view_count + detail["views"])
    for name in LEADERS:
        carrying.lead_on(detail[name], name, source_id, target_id)
    _move_drafts(source_id, target_id)


def _give_back(source_id: int, target_id: int, detail: dict[str, Any]) -> None:
    target = db.session.get_one(Question, target_id)
    values: dict[str, Any] = {"merged_into_id": None, "view_count": Question.view_count + detail["views"]}
    if detail["solution"] is not None and target.accepted_answer_id == detail["solution"]:
        values |= {"accepted_answer_id": detail["solution"]}
        update_where(
            Question, Question.id == target_id, accepted_answer_id=None, accepted_at=None, accepted_how=None
        )
    if detail["official"] is not None:
        update_where(Post, Post.id == detail["official"], is_official=True)
    update_where(Question, Question.id == source_id, **values)
    update_where(Question, Question.id == target_id, view_count=Question.view_count - detail["views"])
    for name in LEADERS:
        carrying.lead_on(detail[name], name, target_id, source_id)


def _give_facts(target_id: int, detail: dict[str, Any]) -> None:
    """What was said of the device goes along where the other question says nothing; its writers are marked anew."""
    product_id = detail["product"]
    if product_id is not None:
        update_where(Question, Question.id == target_id, product_id=product_id)
        count_product(product_id, 1)
    if detail["details"]:
        target = db.session.get_one(Question, target_id)
        values = (target.details or {}) | detail["details"]
        update_where(Question, Question.id == target_id, details=values)
    _mark_again(target_id)


def _take_facts_back(source_id: int, target_id: int, detail: dict[str, Any]) -> None:
    """The same undone, as far as nobody has said something else since. Older acts handed over no facts."""
    product_id, given = detail.get("product"), detail.get("details") or {}
    still = (Question.id == target_id, Question.product_id == product_id)
    if product_id is not None and update_where(Question, *still, product_id=None):
        count_product(product_id, -1)
    if given:
        target = db.session.get_one(Question, target_id)
        left = {key: value for key, value in (target.details or {}).items() if given.get(key) != value}
        update_where(Question, Question.id == target_id, details=left)
    for question_id in (source_id, target_id):
        _mark_again(question_id)


def _mark_again(question_id: int) -> None:
    """Who of the writers of a thread is a verified owner of what it is about now."""
    mark_thread(question_id, db.session.scalar(select(Question.product_id).where(Question.id == question_id)))


def _move_drafts(source_id: int, target_id: int) -> None:
    """Who was just writing an answer finds the draft where the question is now."""
    there = aliased(Draft)
    place = f"answer:{target_id}"
    taken = select(literal(1)).where(there.place == place, there.member_id == Draft.member_id).exists()
    update_where(Draft, Draft.place == f"answer:{source_id}", ~taken, place=place)


def _show_leaders(detail: dict[str, Any]) -> None:
    freshness.touch(*(f"question:{one}" for name in LEADERS for one in detail[name]))
