"""Being asked to help, page by page: one's wishes, the slip of a mail, how the invitations are spread."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.experts.asking import slips
from moderation.experts.asking.courtesy_rules import InvitationState
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertWish
from tests.conftest import START, all_rows


@pytest.fixture
def invitation(app, at, ada, ben, make_question):
    """Ben is asked about a question of ada's."""
    at(START)
    question_id = make_question(ada)
    with unit_of_work():
        db.session.add(ExpertWish(member_id=ben.member_id, wanted=True))
        one = ExpertInvitation(
            question_id=question_id, member_id=ben.member_id, category_id=1, cycle=1, wave=1, score=1.0, parts={},
            why="solved", topic="category:en:1", count=6, invited_at=clock.now(), lapses_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        db.session.add(one)
        db.session.flush()
        return one.id


def state(invitation_id):
    return db.session.get(ExpertInvitation, invitation_id, populate_existing=True).state


def slip_of(invitation_id, member_id):
    from accounts.members.models import Member

    with_language = db.session.get(Member, member_id)
    links = slips.links(with_language, {"invitation_id": invitation_id})
    return [re.sub(r"^https?://[^/]+", "", address) for _label, address in links]


def test_a_member_says_yes_with_a_holiday_and_reads_it_again(app, ben, sign_in, at):
    at(START)
    browser = sign_in(ben)
    sent = browser.post("/en/settings/helping", data={"wanted": "1", "at_night": "1", "away": "2026-03-09"})
    assert sent.status_code == 303
    wish = db.session.get(ExpertWish, ben.member_id)
    assert wish.wanted and wish.at_night and wish.away_until.isoformat() == "2026-03-09T23:00:00+00:00"
    page = browser.get("/en/settings/helping").text
    assert 'value="2026-03-09"' in page


@pytest.mark.parametrize("away", ["2026-02-01", "yesterday", "2099-01-01", "9" * 200, "2026-13-40"])
def test_a_day_that_cannot_be_is_refused_kindly_and_what_was_typed_stays(app, ben, sign_in, at, away):
    at(START)
    answer = sign_in(ben).post("/en/settings/helping", data={"wanted": "1", "away": away})
    assert answer.status_code == 422 and "err" in answer.text
    assert db.session.get(ExpertWish, ben.member_id) is None


def test_the_reason_is_shown_and_declining_takes_one_click(invitation, ben, sign_in):
    browser = sign_in(ben)
    page = browser.get("/en/settings/helping").text
    assert "You solved 6 questions about" in page and "Not this topic" in page
    browser.post(f"/en/settings/helping/{invitation}/decline", data={"topic": "1"})
    assert state(invitation) == InvitationState.DECLINED
    assert db.session.get(ExpertMute, (ben.member_id, 1)).until is None
    browser.post("/en/settings/helping/muted/1/end")
    db.session.expire_all()
    assert db.session.get(ExpertMute, (ben.member_id, 1)) is None


def test_nobody_declines_for_another(invitation, cleo, sign_in):
    assert sign_in(cleo).post(f"/en/settings/helping/{invitation}/decline").status_code == 404
    assert state(invitation) == InvitationState.OPEN


def test_looking_at_the_slip_of_a_mail_changes_nothing_and_one_click_declines_without_signing_in(
    invitation, ben, client
):
    no, topic = slip_of(invitation, ben.member_id)
    before = all_rows()
    assert client.get(no).status_code == client.get(topic).status_code == 200
    assert all_rows() == before
    address = no.split("?")[0]
    assert "Somebody else will help" in client.post(address, data={"say": "no"}).text
    assert (
        state(invitation) == InvitationState.DECLINED
        and db.session.get(ExpertMute, (ben.member_id, 1)) is None
    )
    assert client.post(address, data={"say": "no"}).status_code == 200, "a second click is harmless"
    assert "not asked about" in client.post(address, data={"say": "topic"}).text
    assert db.session.get(ExpertMute, (ben.member_id, 1)) is not None


def test_a_forged_or_old_slip_opens_nothing(invitation, ben, cleo, client, at):
    good = slip_of(invitation, ben.member_id)[0].split("?")[0]
    assert client.get(good[:-2] + "xx").status_code == 404
    assert client.post("/en/asked/" + "A" * 900, data={"say": "no"}).status_code == 404
    assert client.get(slip_of(invitation, cleo.member_id)[0]).status_code == 410
    assert (
        client.post(good, data={"say": "nonsense"}).status_code == 200
        and state(invitation) == InvitationState.OPEN
    )
    at(timedelta(days=31))
    assert client.get(good).status_code == 410


def test_visitors_sign_in_first(client, app):
    assert client.get("/en/settings/helping").status_code == 303
    assert client.post("/en/settings/helping", data={"wanted": "1"}).status_code == 303
    assert db.session.scalar(db.select(ExpertWish)) is None


def test_only_managers_read_how_the_invitations_are_spread(invitation, max_, mo, ben, sign_in):
    page = sign_in(max_).get("/en/desk/experts").text
    assert "Ben" in page
    for who in (mo, ben):
        assert sign_in(who).get("/en/desk/experts").status_code == 403


def test_the_replay_ends_with_one_line_of_json_and_writes_nothing(
    app, at, ada, ben, make_question, make_answer, drain
):
    import json

    from forum.search import index

    at(START)
    for _day in range(6):
        make_answer(ben, make_question(ada, title="The washing machine leaks"))
        at(timedelta(days=1))
    drain()
    index.rebuild()
    before = all_rows()
    done = app.test_cli_runner().invoke(args=["experts", "replay", "--days", "30"])
    said = json.loads(done.output.splitlines()[-1])
    assert said["questions"] == 6 and said["hit_at_5"] == pytest.approx(5 / 6, abs=0.001)
    assert said["top1pct_share"] == 1.0 and all_rows() == before
