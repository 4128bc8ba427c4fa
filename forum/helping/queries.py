"""Questions for one helper: chosen by what they solved, follow and own; and who is answering what just now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from accounts.masks.queries import person_of
from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.freshness import LISTS, versions
from forum.browsing.queries import QuestionRow, published_rows, remember, rows_of
from forum.claims.models import AnsweringClaim
from forum.following.models import Following
from forum.following.rules import TargetKind
from forum.helping.rules import SHOWN, first_of, with_interest
from forum.products.models import Device
from forum.questions.models import Post, Question
from forum.suggesting import queries as suggesting
from forum.suggesting.rules import Pool, best

_question, _post = Question.__table__, Post.__table__


def for_me(member_id: int, language: str) -> list[QuestionRow]:
    """Unanswered questions this member could answer: about what they own, then what they know best."""
    follows = _follows(member_id)
    knowledge = with_interest(
        suggesting.knowledge_of([member_id]).get(member_id),
        follows[TargetKind.CATEGORY],
        follows[TargetKind.TAG],
    )
    waiting = remember(
        ("waiting", versions(LISTS)),
        lambda: Pool([*suggesting.fresh_questions(), *suggesting.old_questions()]),
    )
    fitting = best(waiting, knowledge, member_id, language, (), SHOWN)
    return _rows(first_of(_about_products(member_id, follows[TargetKind.PRODUCT]), fitting))


def _follows(member_id: int) -> dict[TargetKind, list[int]]:
    found: dict[TargetKind, list[int]] = {kind: [] for kind in TargetKind}
    query = select(Following.kind, Following.target_id).where(Following.member_id == member_id).limit(500)
    for kind, target_id in db.session.execute(query):
        found[TargetKind(kind)].append(target_id)
    return found


def _about_products(member_id: int, followed: Sequence[int]) -> list[int]:
    """Unanswered questions about products this member owns or follows, the newest first."""
    owned = db.session.scalars(
        select(Device.product_id).where(Device.member_id == member_id).limit(100)
    ).all()
    if not owned and not followed:
        return []
    query = (
        select(_question.c.id)
        .join(_post, _post.c.id == _question.c.id)
        .where(*suggesting.unanswered(_question.c.product_id.in_([*owned, *followed])))
        .where(person_of(_post.c.author_id).is_distinct_from(member_id))
        .order_by(_question.c.active_at.desc(), _question.c.id.desc())
        .limit(SHOWN)
    )
    return list(db.session.scalars(query))


def _rows(ids: Sequence[int]) -> list[QuestionRow]:
    if not ids:
        return []
    found = rows_of(db.session.execute(published_rows().where(_question.c.id.in_(ids))).all())
    places = {question_id: place for place, question_id in enumerate(ids)}
    return sorted(found, key=lambda row: places[row.id])


def claimed() -> list[QuestionRow]:
    """Questions somebody is answering just now, the latest first."""
    query = select(AnsweringClaim.question_id).where(AnsweringClaim.until_at > clock.now())
    return _rows(db.session.scalars(query.order_by(AnsweringClaim.claimed_at.desc()).limit(SHOWN)).all())


def answering(question_ids: Collection[int], without: int) -> dict[int, MemberCard]:
    """Question → who is answering it just now; the member asking is left out."""
    query: Any = select(AnsweringClaim.question_id, AnsweringClaim.member_id).where(
        AnsweringClaim.question_id.in_(question_ids),
        AnsweringClaim.until_at > clock.now(),
        AnsweringClaim.member_id != without,
    )
    rows = db.session.execute(query).all() if question_ids else []
    people = cards(member_id for _question_id, member_id in rows)
    return {question_id: people[member_id] for question_id, member_id in rows}
