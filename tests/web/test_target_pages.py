"""Pages of what is promised: what was typed is kept, nothing breaks them, everybody reads their language."""

from __future__ import annotations

import pytest

from common.db import db
from moderation.escalation.rules import PRIORITIES
from moderation.escalation.sla_rules import Metric
from moderation.targets import choosing
from moderation.targets.models import CategoryLadder, SlaPolicy

FORM = {
    "name": "Coffee", "mode": "all", "category": ["1"], "language": ["fr"], "reason": "Coffee cannot wait", "version": "1",
    **{f"{metric}_{priority}": "30" for metric in Metric for priority in PRIORITIES},
    **{f"{metric}_{part}": value for metric in Metric for part, value in (("warn", "75"), ("calendar", ""))},
    "resolution_rests": ["needs_info", "linked"],
}  # fmt: skip


@pytest.fixture
def manager(app, sign_in, max_):
    choosing.ensure()
    return sign_in(max_)


def count():
    return db.session.scalar(db.select(db.func.count(SlaPolicy.id)))


def test_a_policy_is_made_ordered_changed_switched_and_its_history_read(manager):
    first = manager.post("/en/desk/targets/new", data=FORM).location.removeprefix("http://localhost")
    second = manager.post("/en/desk/targets/new", data=FORM | {"name": "Washing"}).location.removeprefix(
        "http://localhost"
    )
    assert manager.post(f"{second}/move", data={"way": "up"}).status_code == 303
    page = manager.get("/en/desk/targets").text
    assert page.index("Washing") < page.index("Coffee") < page.index("Every question")
    assert manager.post(first, data=FORM | {"resolution_normal": "99", "reason": "Slower"}).status_code == 303
    page = manager.get(first).text
    assert "Solution: 30 / 30 / 30 / 30 (75 %) → 30 / 30 / 99 / 30 (75 %)" in page
    assert "Slower" in page and "Max" in page
    assert (
        manager.post(f"{first}/switch", data={"active": "0", "reason": "x", "version": "2"}).status_code
        == 303
    )
    assert (
        manager.post(f"{first}/switch", data={"active": "1", "reason": "", "version": "3"}).status_code == 422
    )
    assert (
        manager.post(f"{first}/switch", data={"active": "1", "reason": "x", "version": "1"}).status_code
        == 409
    )


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"name": ""}, "30"), ({"category": [], "language": []}, "Coffee"), ({"first_reply_any_low": ""}, "Coffee"), ({"reason": ""}, "Coffee"),
        ({"first_reply_any_low": "soon"}, "soon"), ({"first_reply_any_warn": "0"}, "Coffee"), ({"next_reply_calendar": "77"}, "Coffee"),
        ({"resolution_high": "99999999"}, "99999999"),
    ],
)  # fmt: skip
def test_what_is_refused_is_kept_in_the_form(manager, change, kept):
    before = count()
    answer = manager.post("/en/desk/targets/new", data=FORM | change)
    assert answer.status_code == 422
    assert kept in answer.text
    assert count() == before


def test_strange_forms_break_nothing(manager):
    for form in (
        {},
        {"category": ["x" * 500]},
        {"name": "<b>", "mode": "most", "reason": "x", "first_reply_any_low": "-1"},
    ):
        assert manager.post("/en/desk/targets/new", data=form).status_code == 422
        assert manager.post("/en/desk/targets/1", data=form).status_code in (409, 422)
    assert manager.post("/en/desk/targets/999", data=FORM).status_code == 404


def test_categories_go_their_own_way(manager):
    address = "/en/desk/targets/categories/1"
    for bad in (
        {"factor": "fast"},
        {"factor": "1000"},
        {"factor": "nan"},
        {"factor": "2", "reason": ""},
        {"factor": "2", "calendar": "99"},
    ):
        answer = manager.post(address, data={"reason": "Because"} | bad)
        assert answer.status_code == 422
        assert bad["factor"] in answer.text
    assert manager.post(address, data={"factor": "0,5", "team": "1", "reason": "Because"}).status_code == 303
    row = db.session.get_one(CategoryLadder, 1)
    assert (row.factor, row.with_super_users, row.with_team) == (0.5, False, True)


def test_the_clock_of_a_question_is_the_teams_to_read(app, ada, sam, sign_in, make_question):
    question_id = make_question(ada)
    page = sign_in(sam).get(f"/en/desk/questions/{question_id}/clock").text
    assert "First reply" in page and "running" in page
    assert sign_in(ada).get(f"/en/desk/questions/{question_id}/clock").status_code in (403, 404)
    assert sign_in(sam).get("/en/desk/questions/999/clock").status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_speak_both_languages(manager, language):
    for path in ("", "/new", "/1", "/categories"):
        assert manager.get(f"/{language}/desk/targets{path}").status_code == 200
