"""Activity for the customer file: of who agrees, what is public, and a line that says so once somebody agrees no more."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.apikeys.keeping import make_key
from accounts.closing.closing import close_account
from accounts.members import names
from common import clock
from common.audit import AuditEntry
from common.errors import Forbidden
from common.permissions import ANONYMOUS, SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.solutions.accepting import accept_answer, unaccept_answer
from moderation.crm import consenting, exporting
from moderation.crm.models import CrmConsent
from tests.outside.conftest import count, fresh


@pytest.fixture
def busy(app, at, ada, ben, mo, make_question, make_answer):
    """Ada asked twice, of which one is hidden; ben answered both, and one solved it."""
    asked, hidden = make_question(ada), make_question(ada, title="Kumquats in the drum")
    solution = make_answer(ben, asked)
    make_answer(ben, hidden, body="A kumquat is not made for that at all.")
    at(timedelta(minutes=5))
    accept_answer(ada, asked, solution)
    publishing.hide(mo, hidden)
    return asked, solution


def export(**more):
    return exporting.export(SYSTEM, "tests", **more)


def test_nobody_is_in_it_who_did_not_agree(busy, ada):
    assert export().lines == [] and consenting.consent_of(ada.member_id) is None
    assert not consenting.withdraw(ada)
    with pytest.raises(Forbidden):
        consenting.agree(ANONYMOUS)


def test_who_agrees_is_there_with_what_is_public(busy, ada, ben):
    asked, solution = busy
    assert consenting.agree(ada) and consenting.agree(ben) and not consenting.agree(ben)
    first, second = export().lines
    assert (first["questions"], first["answers"], first["solutions"]) == (1, 0, 0)
    assert (second["questions"], second["answers"], second["solutions"]) == (0, 1, 1)
    assert [one["id"] for one in first["latest"] + second["latest"]] == [asked, solution]
    assert first["latest"][0]["title"] and second["latest"][0]["title"] is None, "the title is ada’s word"
    assert second["latest"][0]["is_solution"] and second["rank"] == 2 and second["rank_name"]
    assert "umquat" not in str([first, second])
    row = fresh(select(CrmConsent))[0]
    assert row.exported_count == 1 and row.exported_at is not None
    assert count(AuditEntry, AuditEntry.act == "crm.exported") == 1


def test_who_agrees_no_more_leaves_a_line_and_nothing_else(busy, ada, ben, at):
    for who in (ada, ben):
        consenting.agree(who)
    since = export().as_of
    at(timedelta(hours=1))
    assert export(since=since + timedelta(minutes=2)).lines == []
    assert consenting.withdraw(ada)
    close_account(ben, ben.member_id)
    for lines in (export(since=since + timedelta(minutes=2)).lines, export().lines):
        assert [(one["member_id"], one["agrees"]) for one in lines] == [
            (ada.member_id, False),
            (ben.member_id, False),
        ]
        assert all(set(one) == {"member_id", "agrees", "withdrawn_at"} for one in lines)
    assert consenting.agree(ada) and export().lines[0]["agrees"]


def test_what_left_before_a_new_consent_is_told_of_when_that_ends_too(busy, ada):
    consenting.agree(ada)
    export()
    consenting.withdraw(ada)
    consenting.agree(ada)
    assert consenting.consent_of(ada.member_id).exported_count == 1
    consenting.withdraw(ada)
    assert [one["agrees"] for one in export().lines] == [False]


def test_what_is_gone_or_back_or_solves_no_more_is_a_change(busy, ada, ben, mo, at):
    asked, solution = busy
    consenting.agree(ben)

    def changed_by(act, *given):
        at(timedelta(hours=1))
        since = export().as_of
        at(timedelta(minutes=1))
        act(*given)
        return [one["solutions"] + one["answers"] for one in export(since=since).lines]

    assert changed_by(unaccept_answer, ada, asked) == [1]
    assert changed_by(publishing.hide, mo, solution) == [0]
    assert changed_by(publishing.restore, mo, solution) == [1]
    assert changed_by(publishing.hide, mo, asked) == [0], "with the question its answers are gone"
    assert changed_by(publishing.restore, mo, asked) == [1]
    assert changed_by(lambda: None) == []


def test_a_new_name_is_a_change_and_so_is_what_was_being_written_meanwhile(busy, ben, at):
    consenting.agree(ben)
    at(timedelta(hours=1))
    since = export().as_of
    assert clock.now() - since == exporting.OVERLAP, "what began a moment ago may be committed a moment later"
    at(timedelta(minutes=2))
    assert export(since=since).lines == []
    with unit_of_work():
        names.rename(ben.member_id, "Benedict")
    assert [one["name"] for one in export(since=since).lines] == ["Benedict"]


def test_who_never_left_the_house_leaves_no_line(busy, ada):
    consenting.agree(ada)
    consenting.withdraw(ada)
    assert export().lines == []


def test_pages_and_moments_and_the_number_of_statements(busy, ada, ben, cleo, at, make_answer, count_queries):
    for who in (ada, ben, cleo):
        consenting.agree(who)
    export()
    with count_queries() as few:
        export(size=1)
    with count_queries() as many:
        export(size=3)
    assert len(few) == len(many)
    page = export(size=2)
    assert page.next == ben.member_id and [one["member_id"] for one in export(after=page.next).lines] == [
        cleo.member_id
    ]
    at(timedelta(hours=1))
    make_answer(cleo, busy[0])
    assert [one["member_id"] for one in export(since=page.as_of + timedelta(minutes=2)).lines] == [
        cleo.member_id
    ]


def test_the_api_and_the_file_and_the_switch(busy, client, sign_in, ada, max_, sam):
    bearer = {"Authorization": f"Bearer {make_key(SYSTEM, 'Customer file', ('crm',))}"}
    other = {"Authorization": f"Bearer {make_key(SYSTEM, 'Shop', ('products',))}"}
    assert client.get("/api/v1/activity", headers=other).status_code == 403
    mine = sign_in(ada)
    assert "You do not agree" in mine.get("/en/settings/data").get_data(as_text=True)
    assert mine.post("/en/settings/data/crm", data={"agree": "1"}).status_code == 303
    assert "You agree" in mine.get("/en/settings/data").get_data(as_text=True)
    told = client.get("/api/v1/activity", headers=bearer)
    assert [one["name"] for one in told.json["members"]] == ["Ada"] and told.json["next"] is None
    for bad in ("since=yesterday", "after=-1", "after=99999999999", "since=9999-99-99"):
        assert client.get(f"/api/v1/activity?{bad}", headers=bearer).status_code == 422
    assert client.get(f"/api/v1/activity?since={told.json['as_of']}", headers=bearer).status_code == 200
    manager = sign_in(max_)
    table = manager.post("/en/desk/outside/activity", data={"format": "csv"}).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert [(row["name"], row["questions"]) for row in rows] == [("Ada", "1")]
    assert manager.post("/en/desk/outside/activity", data={"format": "json"}).json[0]["name"] == "Ada"
    shown = manager.get("/en/desk/outside").get_data(as_text=True)
    assert "1 member agreed" in shown and "at most 5,000 members" in shown
    assert sign_in(sam).post("/en/desk/outside/activity").status_code == 403
    assert exporting.as_csv([{"member_id": 1, "name": "=1+1"}]).count("'=1+1") == 1
