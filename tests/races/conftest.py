"""What the races share: facts recorded by any thread, and a crowd of members."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.members.models import Member
from common.db import db
from common.permissions import Actor
from common.unit_of_work import handlers_of, subscribe, unit_of_work
from forum import events
from forum.categories.models import Category
from tests.conftest import START
from tests.desk.conftest import case_id, question  # noqa: F401 - fixtures


@pytest.fixture
def facts_of(app: Flask) -> Iterator[Callable[[str], list[Any]]]:
    """The forum's facts of a name, whichever thread recorded them and whose transaction was kept."""
    seen: list[Any] = []
    kinds = [
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and kind.__module__ == events.__name__
    ]
    note = seen.append
    for kind in kinds:
        subscribe(kind, note)
    yield lambda name: [fact for fact in seen if type(fact).__name__ == name]
    for kind in kinds:
        handlers_of()[kind].remove(note)


def people(first_id: int, count: int, role: str = "member", rank: int = 1) -> list[Actor]:
    """So many members with a role, numbered from ``first_id``, who have been here for a while."""
    joined, numbers = START - timedelta(days=100), range(first_id, first_id + count)
    with unit_of_work():
        for number in numbers:
            db.session.add(
                Member(
                    id=number, email=f"m{number}@example.com", email_key=f"m{number}@example.com",
                    email_verified_at=joined, display_name=f"Member {number}", name_key=f"member{number}",
                    slug=f"member-{number}", language="en", joined_at=joined, rank=rank, role=role,
                )
            )  # fmt: skip
    return [
        Actor(member_id=n, role=role, rank=rank, language="en", email_verified=True, joined_at=joined)
        for n in numbers
    ]


@pytest.fixture
def members(app: Flask) -> list[Actor]:
    """Twenty members of rank 2."""
    return people(101, 20, rank=2)


@pytest.fixture
def make_moderators(app: Flask, at: Callable[..., None]) -> Callable[[int], list[Actor]]:
    """So many moderators, in a community that reads newcomers first."""

    def make(count: int) -> list[Actor]:
        at(START)
        with unit_of_work():
            for category in db.session.scalars(select(Category)):
                category.policy = "trust"
        return people(4000, count, "moderator")

    return make
