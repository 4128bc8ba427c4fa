"""Teams, rules, words and presence through the browser's eyes."""

from __future__ import annotations

import pytest

from common.db import db
from moderation.routing.models import RoutingRule
from tests.triage.conftest import case


def test_a_manager_makes_the_usual_teams_and_a_rule(app, sign_in, max_):
    browser = sign_in(max_)
    assert "No team yet" in browser.get("/en/desk/routing").text
    browser.post("/en/desk/routing", data={"act": "usual"})
    page = browser.get("/en/desk/routing?text=My+warranty&language=en").text
    assert "It would go to" in page and "words: warranty" in page
    form = {
        "name": "Coffee in English",
        "team_id": "1",
        "languages": ["en"],
        "words": "crema",
        "reason": "new range",
    }
    assert browser.post("/en/desk/routing/rules/new", data=form).status_code == 303
    assert "Coffee in English" in browser.get("/en/desk/routing").text


def test_a_refused_rule_keeps_what_was_typed(teams, sign_in, max_):
    answer = sign_in(max_).post("/en/desk/routing/rules/new", data={"name": "Only a name", "team_id": "1"})
    assert answer.status_code == 422
    assert "Only a name" in answer.text and "Say in a few words why." in answer.text


def test_rules_are_moved_with_buttons(teams, sign_in, max_):
    first, second = db.session.scalars(db.select(RoutingRule.id).order_by(RoutingRule.position)).all()[:2]
    assert sign_in(max_).post(f"/en/desk/routing/rules/{second}", data={"act": "up"}).status_code == 303
    found = db.session.scalars(db.select(RoutingRule.id).order_by(RoutingRule.position)).all()
    assert found[:2] == [second, first]


def test_a_team_is_changed_and_somebody_joins_on_its_page(teams, sign_in, max_):
    browser, page = sign_in(max_), f"/en/desk/teams/{teams['marketing']}"
    assert browser.post(page, data={"act": "seat", "member": "Sam", "skills": ["washing"]}).status_code == 303
    assert "Sam" in browser.get(page).text
    assert browser.post(page, data={"act": "seat", "member": "Nobody at all"}).status_code == 422
    assert browser.post(page, data={"act": "seat", "member": "Ada"}).status_code == 422
    assert browser.post(page, data={"name_fr": "M", "name_en": "Market"}).status_code == 422


def test_a_case_shows_its_team_is_passed_on_and_put_off(teams, open_case, sign_in, sam):
    case_id, browser = open_case(), sign_in(sam)
    page = browser.get(f"/en/desk/escalations/{case_id}").text
    assert "Team: Customer service" in page and "words: parcel" in page
    to = {"team_id": str(teams["after-sales"]), "reason": "a fault"}
    assert browser.post(f"/en/desk/escalations/{case_id}/team", data=to).status_code == 303
    assert browser.post(f"/en/desk/escalations/{case_id}/team", data=to).status_code == 409
    assert browser.post(f"/en/desk/escalations/{case_id}/later", data={"minutes": "30"}).status_code == 303
    assert "Put off until" in browser.get(f"/en/desk/escalations/{case_id}").text


def test_opening_a_case_as_its_agent_keeps_it(open_case, sign_in, sam, max_):
    from moderation.escalation import cases
    from moderation.routing import applying

    case_id = open_case()
    cases.assign(max_, case_id, sam.member_id)
    sign_in(max_).get(f"/en/desk/escalations/{case_id}")
    assert applying.at(case_id).opened_at is None
    sign_in(sam).get(f"/en/desk/escalations/{case_id}")
    assert applying.at(case_id).opened_at is not None


def test_away_and_back_on_the_board(open_case, sign_in, sam):
    case_id, browser = open_case(), sign_in(sam)
    browser.post(f"/en/desk/escalations/{case_id}/take")
    browser.post("/en/desk/escalations/presence", data={"away": "1"})
    assert case(case_id).assignee_id is None
    assert "I am there again" in browser.get("/en/desk/escalations").text


@pytest.mark.parametrize("path", ["routing", "escalations/words", "teams/1"])
def test_pages_ask_a_fixed_number_of_questions(
    teams, open_case, sign_in, max_, ben, count_queries, make_question, path
):
    from moderation.escalation import cases

    open_case()
    browser = sign_in(max_)
    browser.get(f"/en/desk/{path}")
    with count_queries() as few:
        browser.get(f"/en/desk/{path}")
    for n in range(3):
        cases.open_by_hand(max_, make_question(ben, title=f"Parcel {n} did not come either"))
    with count_queries() as many:
        browser.get(f"/en/desk/{path}")
    assert len(many) <= len(few) + 1
