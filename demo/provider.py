"""A provider's team moderates two categories: what it may do, what it let through, and a refusal that was overturned."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import clock
from common.db import db
from common.permissions import Actor
from demo import content
from forum.categories.models import Category
from forum.questions.asking import ask_question
from forum.questions.models import Post, Question
from moderation.delegation import granting, teams
from moderation.delegation.rules import Right
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement

NAME, CATEGORIES, LEAD, OTHERS = content.PROVIDER
WHY = "Contrat de 2026 avec Clarivox"


def bring_in(members: dict[str, int]) -> None:
    """Marc founds the team, says what it may do, and seats its people."""
    marc = _actor(members, "marc")
    agency_id = teams.found_agency(marc, NAME)
    ids = db.session.scalars(select(Category.id).where(Category.key.in_(CATEGORIES))).all()
    rights = (Right.DECIDE, Right.BULK, Right.FILES)
    granting.entrust_agency(marc, agency_id, [(one, right) for one in ids for right in rights], WHY)
    for key in (LEAD, *OTHERS):
        teams.seat(marc, agency_id, members[key], key == LEAD, WHY)


def on_duty(members: dict[str, int], post_id: int) -> Actor | None:
    """Who of the team reads a text, when it stands in one of its categories: the two take turns."""
    thread_id = db.session.scalar(select(Post.question_id).where(Post.id == post_id)) or post_id
    question = Question.__table__.c
    category = select(Category.key).join(Question.__table__, question.category_id == Category.id)
    if db.session.scalar(category.where(question.id == thread_id)) not in CATEGORIES:
        return None
    people = [_actor(members, key) for key in (LEAD, *OTHERS)]
    return people[post_id % len(people)] if all(one.is_limited for one in people) else None


def decide(actor: Actor, item_id: int, verdict: Verdict, seconds: int = 0) -> None:
    """Take an item, read it for a while, decide."""
    lease = leasing.claim(actor, item_id)
    seen = shown(db.session.get_one(ReviewItem, item_id))
    clock.travel(timedelta(seconds=seconds))
    if seen is not None:
        deciding.decide(actor, item_id, lease.token, seen.stamp, verdict)


def be_corrected(members: dict[str, int]) -> None:
    """Élio refuses a question as misplaced, Bastien contests it, and Marc finds that he is right."""
    washing = db.session.scalars(select(Category.id).where(Category.key == CATEGORIES[0])).one()
    asked = ask_question(
        _actor(members, "bastien"), title="Calme 60 : quel adoucisseur pour une eau très dure ?", category_id=washing,
        body="L’eau fait 38 degrés chez nous. Faut-il régler l’adoucisseur du lave-vaisselle au plus haut, ou ajouter du sel ?",
    )  # fmt: skip
    if not asked.held:
        return
    message = "Le réglage de l’eau n’a pas sa place dans la catégorie Lavage."
    decide(_actor(members, "elio"), _item(asked.id), Verdict(Decision.REJECT, Reason.OFF_TOPIC, message), 34)
    statement = db.session.scalars(select(Statement.id).where(Statement.post_id == asked.id)).one()
    clock.travel(timedelta(hours=1))
    appealing.appeal(
        _actor(members, "bastien"),
        statement,
        "C’est bien le réglage du lave-vaisselle que je demande, pas celui de l’eau.",
    )
    answer = "Vous avez raison : le réglage de l’adoucisseur fait partie du lave-vaisselle. Votre question est publiée."
    decide(_actor(members, "marc"), _item(asked.id), Verdict(Decision.OVERTURN, message=answer), 95)


def _item(post_id: int) -> int:
    open_ = select(ReviewItem.id).where(ReviewItem.post_id == post_id, ReviewItem.open_key.is_not(None))
    return db.session.scalars(open_.order_by(ReviewItem.id.desc())).first() or 0


def _actor(members: dict[str, int], key: str) -> Actor:
    return actor_of(db.session.get_one(Member, members[key]))
