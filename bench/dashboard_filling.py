"""What happens around questions, for measuring the dashboard: answers that come late, solutions, promises, cases, ratings,
decisions of the queue, visits to the ask page, campaigns. Same numbers, same content, every time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql

from common import clock
from common.db import db, insert_many, on_postgresql, refresh_statistics
from common.unit_of_work import unit_of_work

DAYS = 728
MANAGER = "manager@bench.example"
MODERATORS = 6


def happen() -> None:
    """Make a filled forum look lived in."""
    with unit_of_work():
        _answers_and_solutions()
    with unit_of_work():
        _around_questions()
    with unit_of_work():
        _queue()
    with unit_of_work():
        _visits_and_campaigns()


def _later(column: str, minutes: str) -> str:
    """SQL: so many minutes after a moment."""
    if on_postgresql():
        return f"({column} + ({minutes}) * interval '1 minute')"
    return f"(datetime({column}, ({minutes}) || ' minutes') || '.000000')"


def _answers_and_solutions() -> None:
    """Answers come minutes to days after their question; half of the questions have accepted one of them."""
    now = "now()" if on_postgresql() else "datetime('now')"
    later = _later("published_at", "(id % 97 * 62) % 97 * (id % 29 * 31 % 29) * (id % 3 + 1)")
    first = (  # nobody answers their own question
        "SELECT min(answer.published_at) FROM post AS answer JOIN post AS asked ON asked.id = answer.question_id "
        "WHERE answer.question_id = question.id AND answer.author_id <> asked.author_id"
    )
    refresh_statistics()  # without figures PostgreSQL looks for the first answer of each question among all posts
    for statement in (
        f"UPDATE post SET published_at = {later} WHERE kind = 'answer' AND {later} < {now}",
        f"UPDATE question SET view_count = id % 400, first_answer_at = ({first})",
        "UPDATE question SET accepted_answer_id = (SELECT min(id) FROM post WHERE question_id = question.id) WHERE help_state = 'solved'",
        f"UPDATE question SET accepted_at = (SELECT {_later('published_at', '90')} FROM post WHERE id = accepted_answer_id) WHERE accepted_answer_id IS NOT NULL",
        "UPDATE question SET resolved_at = accepted_at",
        f"UPDATE member SET joined_at = {_later('joined_at', '1440 * (300 - id % 728)')} WHERE id >= 1000",
        f"UPDATE member SET role = 'agent' WHERE id BETWEEN 1000 AND {999 + MODERATORS}",
        "UPDATE member SET rank = 5 WHERE id BETWEEN 1100 AND 1160",
    ):
        db.session.execute(sql(statement))


def _around_questions() -> None:
    """Every question has a clock with promises; one in six has a case, one in four a rating."""
    from forum.questions.models import Post
    from forum.questions.rules import PostKind
    from moderation.escalation.models import Case, Ladder, SlaEvent, SlaTerms, StageRow
    from moderation.escalation.rules import CaseState, Priority, Stage
    from moderation.escalation.sla_rules import Metric, SlaType
    from moderation.satisfaction.models import Satisfaction

    post = Post.__table__.c
    asked = db.session.execute(
        select(post.id, post.author_id, post.published_at).where(post.kind == PostKind.QUESTION)
    ).all()
    terms = SlaTerms(digest="bench", content={})
    db.session.add(terms)
    db.session.flush()
    rows: dict[Any, list[dict[str, Any]]] = {
        one: [] for one in (Ladder, StageRow, SlaEvent, Case, Satisfaction)
    }
    for number, author_id, at in asked:
        one = {"question_id": number, "cycle": 1}
        rows[Ladder].append({"question_id": number, "terms_id": terms.id, "started_at": at, "stopped_at": at})
        for hours, stage in ((2, Stage.VISIBLE), (6, Stage.SUPER_USERS), (24, Stage.STAFF)):
            if number % (hours + 1) < 3:
                due = at + timedelta(hours=hours)
                rows[StageRow].append(one | {"stage": stage, "due_at": due, "recorded_at": due})
        for metric in (Metric.FIRST_REPLY_ANY, Metric.RESOLUTION):
            kept = SlaType.FULFIL if number % 9 else SlaType.BREACH
            rows[SlaEvent].append(one | {"metric": metric, "type": kept, "at": at + timedelta(hours=3)})
        if number % 6 == 0:
            state, ended = (
                (CaseState.CLOSED, at + timedelta(days=2)) if number % 60 else (CaseState.QUEUED, None)
            )
            rows[Case].append(
                one | {"state": state, "priority": Priority.NORMAL, "opened_at": at, "ended_at": ended}
            )
        if number % 4 == 0:
            rows[Satisfaction].append(one | {"asker_id": author_id, "due_at": at, "asked_at": at, "score": number % 5 + 1, "answered_at": at})  # fmt: skip
    for model, ones in rows.items():
        insert_many(model, ones)


def _queue() -> None:
    """A decision of the queue for every ten posts; one in five restricts."""
    from forum.questions.models import Post, Question
    from moderation.review.models import ReviewDecision, ReviewItem
    from moderation.review.rules import Decision, ItemState, ItemType, Reason

    post, question = Post.__table__, Question.__table__
    found = db.session.execute(
        select(post.c.id, post.c.author_id, post.c.published_at, question.c.category_id)
        .select_from(post.join(question, question.c.id == post.c.question_id))
        .where(post.c.id % 10 == 0)
    ).all()
    items, decisions = [], []
    for place, (post_id, author_id, at, category_id) in enumerate(found, start=1):
        waited = 60 * (place * 7919 % 400)
        done = at + timedelta(seconds=waited)
        items.append({
            "id": place, "kind": ItemType.POST if place % 3 else ItemType.FLAG_CASE, "target_id": post_id, "post_id": post_id,
            "category_id": category_id, "author_id": author_id, "klass": place % 5, "state": ItemState.DECIDED, "language": "en",
            "created_at": at, "due_at": at + timedelta(hours=4), "aged_at": at, "decided_at": done, "waited_seconds": waited,
        })  # fmt: skip
        bad = place % 5 == 0
        decisions.append({
            "item_id": place, "decision": Decision.REMOVE if bad else Decision.APPROVE, "reason": Reason.ADVERTISING if bad else None,
            "actor_id": 1000 + place % MODERATORS, "post_id": post_id, "stamp": "1", "seconds": place % 90, "decided_at": done,
        })  # fmt: skip
    insert_many(ReviewItem, items)
    insert_many(ReviewDecision, decisions)


def _visits_and_campaigns() -> None:
    """Visits to the ask page, half of which a solution settled; four campaigns with two hundred members each."""
    from forum.asking.models import AskVisit
    from forum.asking.rules import Outcome
    from rewards.badges.models import BadgeAward, BadgeCampaign
    from rewards.badges.rules import BadgeKey, CampaignState, Criterion, Tier

    now = clock.now()
    insert_many(
        AskVisit,
        [
            {
                "key": f"{number:016d}", "shown_at": (at := now - timedelta(minutes=52 * number)), "decided_at": at + timedelta(minutes=number % 9),
                "outcome": Outcome.SETTLED if number % 2 else Outcome.ASKED, "settled_by_id": number if number % 2 else None,
            }
            for number in range(1, 20_000)
        ],
    )  # fmt: skip
    for number in range(4):
        begun = now - timedelta(days=70 + 60 * number)
        campaign = BadgeCampaign(
            badge_key=BadgeKey.EVENT, name_fr=f"Campagne {number}", name_en=f"Campaign {number}", criterion=Criterion.NAMED, starts_at=begun,
            ends_at=begun + timedelta(days=7), state=CampaignState.ENDED, activated_at=begun, form_key=f"bench-{number}",
        )  # fmt: skip
        db.session.add(campaign)
        db.session.flush()
        insert_many(
            BadgeAward,
            [
                {"member_id": 1200 + 200 * number + one, "badge_key": BadgeKey.EVENT, "tier": Tier.BRONZE, "instance_key": str(campaign.id), "campaign_id": campaign.id}
                for one in range(200)
            ],
        )  # fmt: skip
