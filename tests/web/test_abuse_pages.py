"""The desk of unusual votes: who may see it, what it shows, two decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from common import clock
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from rewards.abuse.models import AbuseCase, AbuseEvidence
from rewards.abuse.rules import CaseState, Sign
from tests.conftest import IDS, START


@pytest.fixture
def case(app, at, make_question):
    """Ada, ben and cleo vote in a circle."""
    at(START)
    ring = [IDS[name] for name in ("ada", "ben", "cleo")]
    from tests.conftest import actor_named

    post_id = make_question(actor_named("ada"), title="Foam in the drum")
    with unit_of_work():
        found = AbuseCase(
            sign=Sign.RING,
            open_key="V4:1-2-3",
            figures={"inside": 3, "given": 4},
            held_until=START + timedelta(days=14),
        )
        db.session.add(found)
        db.session.flush()
        insert_many(
            AbuseEvidence,
            [
                {"case_id": found.id, "kind": "kudos", "target_id": 900 + n, "voter_id": one, "author_id": other, "post_id": post_id, "at": clock.now()}
                for n, (one, other) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True))
            ],
        )  # fmt: skip
        return found.id


def state_of(case_id):
    db.session.rollback()
    return db.session.scalar(select(AbuseCase.state).where(AbuseCase.id == case_id))


def test_the_desk_belongs_to_moderators(client, sign_in, case, ada, sam, mo):
    assert client.get("/en/desk/votes").status_code == 403
    for who in (ada, sam):
        assert sign_in(who).get(f"/en/desk/votes/{case}").status_code == 403
    page = sign_in(mo).get("/en/desk/votes").text
    assert "Votes that go round in a group" in page
    assert 'href="/en/desk/votes"' in page


def test_a_case_shows_who_voted_for_whom_and_when(sign_in, case, mo):
    page = sign_in(mo).get(f"/en/desk/votes/{case}").text
    for piece in (
        "for Ada",
        "for Ben",
        "3 of 4 votes (75 %) stayed in the group.",
        "Foam in the drum",
        "It is abuse",
    ):
        assert piece in page
    assert "dans le groupe" in sign_in(mo).get(f"/fr/desk/votes/{case}").text


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(sign_in, case, mo):
    browser = sign_in(mo)
    answer = browser.post(f"/en/desk/votes/{case}/confirm", data={"reason": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert browser.post(f"/en/desk/votes/{case}/clear", data={}).status_code == 422
    assert state_of(case) == CaseState.OPEN


def test_one_decision_is_taken_and_the_other_comes_too_late(sign_in, case, mo):
    browser = sign_in(mo)
    assert browser.post(f"/en/desk/votes/{case}/clear", data={"reason": "A course"}).status_code == 303
    assert state_of(case) == CaseState.CLEARED
    assert browser.post(f"/en/desk/votes/{case}/confirm", data={"reason": "No"}).status_code == 409
    assert state_of(case) == CaseState.CLEARED
    assert "A course" in browser.get(f"/en/desk/votes/{case}").text
    assert "no abuse" in browser.get("/en/desk/votes?tab=decided").text


def test_a_moderator_concerned_neither_sees_nor_decides_it(sign_in, case, mo):
    with unit_of_work():
        db.session.execute(
            AbuseEvidence.__table__.update()
            .where(AbuseEvidence.target_id == 900)
            .values(voter_id=mo.member_id)
        )
    browser = sign_in(mo)
    assert browser.get(f"/en/desk/votes/{case}").status_code == 404
    assert browser.post(f"/en/desk/votes/{case}/confirm", data={"reason": "x"}).status_code == 404
    assert f"/en/desk/votes/{case}" not in browser.get("/en/desk/votes").text
