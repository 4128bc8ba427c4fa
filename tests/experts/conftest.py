"""Members who know and want to be asked, without the long way there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import AlertChoice
from common import clock
from common.db import db, insert_once
from common.unit_of_work import unit_of_work
from moderation.experts.models import ExpertRecord, ExpertWish
from moderation.experts.rules import half_life_of, warmth_of
from tests.conftest import START


@pytest.fixture
def make_expert(app):
    """``make_expert("eva", accepted=3)``: a member of rank 4 who solved so much in the first category and wants to be asked."""

    def make(name: str, rank: int = 4, accepted: int = 2, **wish: object) -> int:
        now = clock.now()
        with unit_of_work():
            member = Member(
                display_name=name, name_key=name, slug=name, email=f"{name}@example.com", email_key=f"{name}@example.com",
                email_verified_at=now, language="en", rank=rank, joined_at=now - timedelta(days=300),
            )  # fmt: skip
            db.session.add(member)
            db.session.flush()
            know(member.id, accepted, now)
            insert_once(ExpertWish, member_id=member.id, **{"wanted": True, **wish})
            return member.id

    return make


def know(member_id: int, accepted: int, at: datetime) -> None:
    """What the member did, as ``counting`` would write it."""
    for topic in ("language:en", "category:en:1"):
        warmth = warmth_of([at - timedelta(hours=1)] * (accepted + 1), half_life_of(topic))
        db.session.add(
            ExpertRecord(
                topic=topic,
                member_id=member_id,
                warmth=warmth,
                answers=accepted + 1,
                accepted=accepted,
                last_at=at,
            )
        )


@pytest.fixture
def night_until_noon():
    """A member whose night lasts until noon."""

    def sleep(member_id: int) -> None:
        with unit_of_work():
            db.session.add(AlertChoice(member_id=member_id, quiet_to=12))

    return sleep


@pytest.fixture
def monday(at):
    """A Monday at ten in UTC, eleven in Paris."""
    at(START)
    return START
