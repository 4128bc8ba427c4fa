"""One of each kind of person, and one text of each state by two authors, for the matrix of who may do what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from accounts.members.models import Member
from accounts.signin.sessions import Origin, begin
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Post
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.delegation.rules import Right
from rewards.ranks.models import Mandate
from tests.conftest import IDS, START, Actor

HERE, ELSEWHERE = 1, 2
"""The category the objects stand in, and another."""

EXTRAS = {
    "trusted": {"rank": 4},
    "suspended": {"rank": 2, "suspended_until": START + timedelta(days=30)},
    "banned": {"rank": 2, "suspended_until": START + timedelta(days=36_500)},
    "mentor": {"rank": 6},
    "limited": {"role": "moderator", "is_limited": True},
    "elsewhere": {"role": "moderator", "is_limited": True},
    "agency": {"role": "moderator", "is_limited": True},
    "lead": {"role": "moderator", "is_limited": True},
    "nothing": {"role": "moderator", "is_limited": True},
}
CAST = {"member": "ada", "newcomer": "new", "super": "cleo", "silenced": "zed", "moderator": "mo", "agent": "sam",
        "manager": "max", "admin": "root"}  # fmt: skip
ROLES = ("anonymous", *CAST, *EXTRAS)


@dataclass(frozen=True)
class Crowd:
    """Browsers of everybody by role, and their ids."""

    browsers: dict[str, FlaskClient]
    ids: dict[str, int]


def gather(app: Flask) -> Crowd:
    """Write those the cast lacks, and sign everybody in."""
    ids = {role: IDS[name] for role, name in CAST.items()} | {
        role: number for number, role in enumerate(EXTRAS, start=4_001)
    }
    with unit_of_work():
        for role, facts in EXTRAS.items():
            db.session.add(
                Member(
                    id=ids[role], email=f"{role}@example.com", email_key=f"{role}@example.com", email_verified_at=START,
                    display_name=role.capitalize(), name_key=role, slug=role, language="en",
                    joined_at=START - timedelta(days=400), **facts,
                )
            )  # fmt: skip
        db.session.flush()
        db.session.add(
            Mandate(member_id=ids["mentor"], rank=6, category_id=HERE, ends_at=START + timedelta(days=100))
        )
        db.session.add(Agency(id=1, name="Helpers & Co"))
        db.session.flush()
        for role in ("agency", "lead"):
            db.session.add(
                AgencySeat(
                    agency_id=1,
                    member_id=ids[role],
                    is_lead=role == "lead",
                    began_at=START - timedelta(days=9),
                )
            )
        for right in Right:
            for holder in ({"member_id": ids["limited"]}, {"agency_id": 1}):
                db.session.add(Grant(category_id=HERE, right=right, **holder))
            db.session.add(Grant(category_id=ELSEWHERE, right=right, member_id=ids["elsewhere"]))
    browsers = {role: app.test_client() for role in ROLES}
    with unit_of_work():
        secrets = {role: begin(ids[role], Origin("127.0.0.1", "tests")) for role in ids}
    for role, secret in secrets.items():
        with browsers[role].session_transaction() as cookie:
            cookie["_user_id"] = secret
    return Crowd(browsers, ids)


STATES = ("published", "held", "hidden", "removed", "rejected", "withdrawn")


def write_texts(
    crowd: Crowd, make_question: Callable[..., int], make_answer: Callable[..., int]
) -> dict[str, int]:
    """A question in HERE, and below it an answer of each state by "member" and by nobody of the crowd: {name: post id}."""
    authors = {"other": 901, "member": crowd.ids["member"]}
    known = {
        name: Actor(member_id=number, role="member", rank=1, language="en", email_verified=True)
        for name, number in authors.items()
    }
    made = {"question": make_question(known["other"], category_id=HERE)}
    for state in STATES:
        for name, author in known.items():
            key = f"{state}_of_{name}"
            made[key] = make_answer(
                author, made["question"], body=f"This is the marked {key} text and nothing else."
            )
    with unit_of_work():
        for key, number in made.items():
            state = key.partition("_of_")[0]
            if state in STATES[1:]:
                post: Any = db.session.get(Post, number)
                post.state = state
                post.removed_at = clock.now() if state == "removed" else None
        db.session.get(Category, HERE).policy = "trust"
    return made | {"published": made["published_of_other"], "held": made["held_of_other"]}
