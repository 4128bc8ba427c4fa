"""A full review queue, written in bulk: items of every type that a moderator can decide, with what each is about. For measuring
only; same numbers, same queue."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from accounts.messages.models import Conversation, ConversationSide, Message, MessageReport
from bench.filling import MEMBERS, insert_many_core
from common import clock
from common.db import db, on_postgresql
from common.unit_of_work import unit_of_work
from forum.content.reviews.models import Review
from forum.products.models import Product
from forum.questions.models import PendingEdit, Post, Revision
from forum.questions.rules import PostKind, PostState
from moderation.flags.models import Flag
from moderation.profile_reports.models import ProfileReport
from moderation.review.models import ReviewItem
from moderation.review.rules import DEFAULT_SLA_MINUTES, ItemType, aged_at, due_at, key_of
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState, Measure

SORTS = (
    (ItemType.POST, 2, 40), (ItemType.IMAGE, 2, 4), (ItemType.EDIT, 2, 6), (ItemType.REVIEW, 2, 6), (ItemType.POST, 0, 0.1),
    (ItemType.FLAG_CASE, 3, 18), (ItemType.FLAG_CASE, 1, 4), (ItemType.SAMPLE, 5, 12), (ItemType.PROFILE, 5, 3),
    (ItemType.MESSAGE, 3, 3), (ItemType.APPEAL, 4, 3),
)  # fmt: skip
"""Types of items with their class, and how many of a hundred they are. Items whose answer is known come by themselves."""
SIGNALS = {
    ItemType.FLAG_CASE: [["flagged"]], ItemType.MESSAGE: [["flagged"]], ItemType.PROFILE: [["flagged"]],
    ItemType.SAMPLE: [["sample"]], ItemType.APPEAL: [["appeal"]], ItemType.IMAGE: [["images"]],
}  # fmt: skip
OF_TEXTS = [["first_post"], ["links"], ["new_member", "short_link"], ["watched_word"]]
FIRST_MEMBER, PRODUCTS = 1000, 40


def fill_queue(items: int) -> None:
    """So many items that wait, a third of them late, about answers that are there and about what is made for them."""
    chance, now = random.Random(11), clock.now()
    with unit_of_work():
        answers = select(Post.id, Post.question_id, Post.author_id, Post.body, Post.body_html)
        about = db.session.execute(
            answers.where(Post.question_id.is_not(None)).order_by(Post.id).limit(items)
        ).all()
        rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        rows[Product] = [
            {"id": n, "key": f"p{n}", "slug": f"p{n}", "name": f"Product {n}", "category_id": n % 10 + 1, "created_at": now, "updated_at": now}
            for n in range(1, PRODUCTS + 1)
        ]  # fmt: skip
        first_review = (db.session.scalar(select(func.max(Post.id))) or 0) + 1
        held, refused = [], []
        for number, answer in enumerate(about):
            kind, klass, _share = chance.choices(SORTS, [share for _kind, _klass, share in SORTS])[0]
            most = (
                DEFAULT_SLA_MINUTES[klass] * 2 // 3
                if kind == ItemType.SAMPLE
                else DEFAULT_SLA_MINUTES[klass] * 3 // 2
            )
            began = now - timedelta(minutes=chance.randrange(most))
            target = _TARGETS.get(kind, _of_answer)(rows, number, answer, began, first_review)
            item = {
                "kind": kind, "target_version": 1, "post_id": answer.id, "question_id": answer.question_id,
                "category_id": answer.question_id % 10 + 1, "author_id": answer.author_id, "excluded_id": None, **target,
            }  # fmt: skip
            rows[ReviewItem].append(
                {
                    **item, "open_key": key_of(kind, item["target_id"]), "class": klass, "state": "open",
                    "signals": chance.choice(SIGNALS.get(kind, OF_TEXTS)), "score": 0.0, "language": "en", "created_at": began,
                    "due_at": due_at(klass, began), "aged_at": aged_at(klass, began), "skip_count": 0, "needs_senior": False,
                }
            )  # fmt: skip
            held += [answer.id] if kind in (ItemType.POST, ItemType.IMAGE) else []
            refused += [answer.id] if kind == ItemType.APPEAL else []
        for table in (
            Product, Post, Review, Revision, PendingEdit, ProfileReport, Conversation, ConversationSide, Message,
            MessageReport, Statement, Appeal, Flag, ReviewItem,
        ):  # fmt: skip
            insert_many_core(table, rows[table])
        for state, ids in ((PostState.HELD, held), (PostState.REJECTED, refused)):
            for start in range(0, len(ids), 500):
                db.session.execute(
                    update(Post.__table__)
                    .where(Post.__table__.c.id.in_(ids[start : start + 500]))
                    .values(state=state, published_at=None, held_reasons=["first_post"])
                )
    number_on()


def number_on() -> None:
    """On PostgreSQL, ids that were written by hand are not given out again."""
    if not on_postgresql():
        return
    with unit_of_work():
        for of in (Product, Post, Conversation, Message, MessageReport, Statement, Appeal, ReviewItem):
            name = of.__tablename__
            db.session.execute(
                sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT coalesce(max(id), 1) FROM {name}))"
                )
            )


# --- what an item is about: each adds its rows and gives what the item says of it ---------------------------------


def _of_answer(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    return {"target_id": answer.id}


def _reported(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    by = _other(answer.author_id, number)
    rows[Flag].append(
        {
            "post_id": answer.id, "version": 1, "flagger_id": by, "reason": "insult", "note": "", "weight": 1.0, "origin": "",
            "is_stranger": False, "active_key": f"{answer.id}:{by}:insult", "created_at": began,
        }
    )  # fmt: skip
    return {"target_id": answer.id}


def _edit(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    rows[PendingEdit].append(
        {
            "post_id": answer.id, "body": answer.body + " See https://elsewhere.example/more", "editor_id": answer.author_id,
            "reason": "", "base_version": 1, "held_reasons": ["links"], "created_at": began,
        }
    )  # fmt: skip
    return {"target_id": answer.id}


def _review(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    review_id, author = first + number, FIRST_MEMBER + number % MEMBERS
    product = number // MEMBERS % PRODUCTS + 1
    rows[Post].append(
        {
            "id": review_id, "kind": PostKind.REVIEW, "author_id": author, "body": answer.body, "body_html": answer.body_html,
            "state": PostState.HELD, "held_reasons": ["pre_moderation"], "language": "en", "version": 1, "kudos_count": 0,
            "created_at": began, "render_version": 1,
        }
    )  # fmt: skip
    rows[Review].append(
        {
            "id": review_id, "product_id": product, "category_id": product % 10 + 1, "place_key": f"{author}:{product}",
            "title": f"Four months with it, {number}", "rating": number % 5 + 1, "experienced_on": date(2026, 1, 1),
            "incentive": "none", "checked": "not", "useful_count": 0,
        }
    )  # fmt: skip
    rows[Revision].append(
        {"post_id": review_id, "version": 1, "title": None, "body": answer.body, "created_at": began}
    )
    return {
        "target_id": review_id, "post_id": review_id, "question_id": None, "category_id": product % 10 + 1, "author_id": author,
    }  # fmt: skip


def _profile(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    member = FIRST_MEMBER + len(rows[ProfileReport]) % MEMBERS
    by = _other(member, number)
    rows[ProfileReport].append(
        {
            "member_id": member, "reporter_id": by, "reason": "insult", "note": "", "active_key": f"{member}:{by}",
            "created_at": began,
        }
    )  # fmt: skip
    return {
        "target_id": member,
        "author_id": member,
        "post_id": None,
        "question_id": None,
        "category_id": None,
    }


def _message(rows, number, answer, began, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    row_id = len(rows[Message]) + 1
    low, high = (
        FIRST_MEMBER + (row_id - 1) % (MEMBERS // 2),
        FIRST_MEMBER + MEMBERS // 2 + (row_id - 1) % (MEMBERS // 2),
    )
    if row_id <= MEMBERS // 2:
        rows[Conversation].append({"id": row_id, "low_id": low, "high_id": high, "begun_at": began})
        rows[ConversationSide] += [
            {"conversation_id": row_id, "member_id": me, "other_id": other, "last_id": row_id, "last_at": began, "read_id": 0, "cleared_id": 0}
            for me, other in ((low, high), (high, low))
        ]  # fmt: skip
    rows[Message].append(
        {
            "id": row_id, "conversation_id": (row_id - 1) % (MEMBERS // 2) + 1, "author_id": low, "body": answer.body,
            "body_html": answer.body_html, "nonce": f"bench{row_id}", "sent_at": began,
        }
    )  # fmt: skip
    rows[MessageReport].append(
        {
            "id": row_id,
            "message_id": row_id,
            "reporter_id": high,
            "reason": "insult",
            "note": "",
            "created_at": began,
        }
    )
    return {
        "target_id": row_id, "author_id": low, "post_id": None, "question_id": None, "category_id": None, "excluded_id": high,
    }  # fmt: skip


def _appeal(rows, number, answer, began: datetime, first) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    row_id = len(rows[Appeal]) + 1
    rows[Statement].append(
        {
            "id": row_id, "cause": f"bench:waits:{row_id}", "measure": Measure.REJECTED, "member_id": answer.author_id,
            "post_id": answer.id, "post_version": 1, "reason": "advertising", "clause": "4.1", "rests_on_law": False,
            "message": "", "from_notice": False, "automated_detection": False, "automated_decision": False,
            "created_at": began - timedelta(days=2), "appeal_until": began + timedelta(days=180),
        }
    )  # fmt: skip
    rows[Appeal].append(
        {
            "id": row_id, "statement_id": row_id, "round": 1, "member_id": answer.author_id, "state": AppealState.SUBMITTED,
            "text": "I only named the shop I bought it from.", "answer": "", "created_at": began,
        }
    )  # fmt: skip
    return {"target_id": row_id}


def link_appeals() -> None:
    """An appeal knows its item, which has its number only now."""
    with unit_of_work():
        mine = select(ReviewItem.id).where(
            ReviewItem.kind == ItemType.APPEAL,
            ReviewItem.target_id == Appeal.id,
            ReviewItem.open_key.is_not(None),
        )
        db.session.execute(
            update(Appeal).where(Appeal.item_id.is_(None)).values(item_id=mine.scalar_subquery())
        )


def _other(member_id: int | None, number: int) -> int:
    by = FIRST_MEMBER + (number * 7 + 1) % MEMBERS
    return by if by != member_id else FIRST_MEMBER + (number * 7 + 2) % MEMBERS


_TARGETS = {
    ItemType.FLAG_CASE: _reported, ItemType.EDIT: _edit, ItemType.REVIEW: _review, ItemType.PROFILE: _profile,
    ItemType.MESSAGE: _message, ItemType.APPEAL: _appeal,
}  # fmt: skip
