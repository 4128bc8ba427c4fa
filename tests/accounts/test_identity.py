"""What the law keeps is apart and sealed, goes in its time, and is read by two people, each reading logged."""

from __future__ import annotations

import ast
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from accounts.closing.closing import close_account
from accounts.identity import asking, keeping
from accounts.identity.forms import AccessDraft, read_access
from accounts.identity.models import KeptIdentity, KeptSource, LegalAccess, LegalAccessEntry, Step
from accounts.identity.opening import opened, sources_of
from accounts.identity.retention import forget
from accounts.notifications.models import Notification
from accounts.retention import holding, running
from accounts.retention.models import HoldKind
from common import clock
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Gone, Invalid
from common.unit_of_work import unit_of_work
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from tests.conftest import ROOT, START, stored_text

DAY = timedelta(days=1)
PLACE = "203.0.113.77"
BODY = "It stops before spinning, and the water stays in. What can I do?"


@pytest.fixture
def from_there(app):
    """Everything comes from one address."""
    knew = keeping._place[0]
    keeping.set_place(lambda: PLACE)
    yield
    keeping.set_place(knew)


@pytest.fixture
def asked(from_there, ben) -> int:
    return ask_question(ben, title="The drum does not turn", body=BODY, category_id=1).id


def count(model, *criteria) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def gone(rule: str) -> int:
    return next(one.gone for one in running.run() if one.rule.key == rule)


def request_about(kind, number, reference="PV 2026/118") -> AccessDraft:
    return AccessDraft(
        kind, number, reference, "Tribunal judiciaire de Lille", "Order of the investigating judge."
    )


# --- kept ---------------------------------------------------------------------------------------------------------


def test_where_a_text_came_from_is_sealed_and_found_by_its_number(asked, ben):
    edit_post(ben, asked, version=1, body=BODY + " It is ten years old.")
    said = list(sources_of("post", asked))
    assert [(one["act"], one["address"], one["member_id"]) for one in said] == [
        ("create", PLACE, ben.member_id), ("change", PLACE, ben.member_id),
    ]  # fmt: skip
    assert PLACE not in stored_text() and list(sources_of("member", ben.member_id)) == said
    assert {column.name for column in KeptSource.__table__.columns} == {
        "id",
        "person_key",
        "thing_key",
        "cipher",
        "at",
    }


def test_a_form_in_a_browser_is_kept_with_its_address_and_work_without_one_is_not(app, ben, sign_in, client):
    sign_in(ben)
    sent = {
        "title": "The drum does not turn",
        "body": BODY,
        "category_id": "1",
        "language": "en",
        "step": "publish",
    }
    answer = client.post("/en/questions/ask", data=sent, environ_base={"REMOTE_ADDR": PLACE})
    assert answer.status_code == 303
    (source,) = sources_of("member", ben.member_id)
    assert (source["address"], source["act"]) == (PLACE, "create")
    clock.travel(timedelta(hours=1))
    ask_question(ben, title="Another drum that does not turn", body=BODY, category_id=1)
    assert count(KeptSource) == 1


def test_where_the_brand_keeps_nothing_there_is_nothing_and_what_was_goes(asked, ben, settings_override):
    with settings_override(privacy__keep_identity=False):
        clock.travel(timedelta(minutes=10))
        ask_question(ben, title="Another drum that stands still", body=BODY, category_id=1)
        close_account(ben, ben.member_id)
        assert (count(KeptSource), count(KeptIdentity)) == (1, 0)
        assert gone("contribution-sources") == 1


def test_who_leaves_is_kept_sealed_as_far_as_the_law_asks_and_no_further(asked, ben, drain):
    close_account(ben, ben.member_id)
    drain()
    assert "ben@example.com" not in stored_text()
    found = opened(HoldKind.POST, asked)
    (person,) = found["people"]
    assert (person["email"], person["name"]) == ("ben@example.com", "Ben")
    assert set(person) == {"member_id", "email", "name", "joined_at", "closed_at"}
    assert [one["address"] for one in found["sources"]] == [PLACE]
    assert opened(HoldKind.MEMBER, ben.member_id) == found


def test_who_is_here_is_named_from_the_account_and_a_text_without_source_by_its_author(
    app, ada, make_question
):
    question = make_question(ada)
    assert opened(HoldKind.POST, question) == {
        "people": [{"member_id": 1, "email": "ada@example.com", "name": "Ada", "joined_at": opened(HoldKind.MEMBER, 1)["people"][0]["joined_at"]}],
        "sources": [],
    }  # fmt: skip


def test_nothing_but_the_request_and_the_own_archive_opens_it():
    readers = set()
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if parts[0] in ("tests", ".venv") or "accounts.identity.opening" not in path.read_text():
            continue
        names = [
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "accounts.identity.opening"
            for alias in node.names
        ]
        if {"opened", "sources_of"} & set(names):
            readers.add("/".join(parts))
    assert readers == {"accounts/identity/asking.py", "accounts/takeaway.py"}


# --- how long -----------------------------------------------------------------------------------------------------


def test_each_goes_in_its_time_to_the_second(asked, ben, at):
    at(START + 10 * DAY)
    close_account(ben, ben.member_id)
    began = db.session.scalar(select(KeptSource.at))
    second = timedelta(seconds=1)
    for rule, ends, left in (
        ("contribution-sources", began + 365 * DAY, (0, 2)),
        ("account-data", START + 375 * DAY, (0, 1)),
        ("identity-data", START + (10 + 1826) * DAY, (0, 0)),
    ):
        at(ends)
        assert gone(rule) == 0
        at(ends + second)
        assert gone(rule) == 1 and (count(KeptSource), count(KeptIdentity)) == left


def test_a_legal_hold_on_the_member_or_the_post_keeps_it(asked, ben, root, at):
    close_account(ben, ben.member_id)
    first = holding.place_hold(
        root, HoldKind.MEMBER, ben.member_id, "File 12/345 of the court", START + 3000 * DAY
    )
    second = holding.place_hold(root, HoldKind.POST, asked, "File 12/345 of the court", START + 3000 * DAY)
    at(START + 2000 * DAY)
    outcome = {one.rule.key: (one.gone, one.held) for one in running.look()}
    assert outcome["contribution-sources"] == (0, 1) and outcome["identity-data"] == (0, 1)
    holding.end_hold(root, first, "The procedure is over.")
    assert gone("identity-data") == 1 and count(KeptSource) == 1
    holding.end_hold(root, second, "The procedure is over.")
    assert gone("contribution-sources") == 1


# --- read ---------------------------------------------------------------------------------------------------------


def test_a_manager_asks_an_administrator_grants_and_each_step_is_logged(asked, ben, max_, root, mo, at):
    for who in (mo, ben):
        with pytest.raises(Forbidden):
            asking.ask(who, request_about(HoldKind.POST, asked))
    number = asking.ask(max_, request_about(HoldKind.POST, asked))
    with pytest.raises(Conflict):
        asking.ask(max_, request_about(HoldKind.POST, asked))
    with pytest.raises(Invalid):
        asking.ask(max_, request_about(HoldKind.POST, 99999))
    with pytest.raises(Forbidden):
        asking.fetch(max_, number)
    for who in (max_, mo):
        with pytest.raises(Forbidden):
            asking.decide(who, number, True, "The order is signed.")
    with pytest.raises(Invalid):
        asking.decide(root, number, True, "ok")
    asking.decide(root, number, True, "The order is signed.")
    with pytest.raises(Conflict):
        asking.decide(root, number, False, "On second thoughts no.")
    with pytest.raises(Forbidden):
        asking.fetch(root, number)
    for _time in range(2):
        found = json.loads(asking.fetch(max_, number))
    assert (found["reference"], found["post"], found["people"][0]["email"]) == (
        "PV 2026/118",
        asked,
        "ben@example.com",
    )
    assert found["sources"][0]["address"] == PLACE
    steps = [
        (row.step, row.actor_id)
        for row in db.session.scalars(select(LegalAccessEntry).order_by(LegalAccessEntry.id))
    ]
    assert steps == [(Step.ASKED, 6), (Step.GRANTED, 7), (Step.FETCHED, 6), (Step.FETCHED, 6)]
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("legal_access."))).all()
    assert len(trail) == 4 and not [row for row in trail if "ben" in f"{row.after}{row.reason}".lower()]
    told = dict(db.session.execute(select(Notification.kind, Notification.member_id)).all())
    assert (told["legal-access-asked"], told["legal-access-decided"]) == (7, 6)


def test_who_decides_sees_whom_it_is_about_while_it_is_undecided_and_that_is_logged(
    asked, ben, max_, root, mo, client, sign_in
):
    of_post = asking.ask(max_, request_about(HoldKind.POST, asked))
    of_member = asking.ask(max_, request_about(HoldKind.MEMBER, ben.member_id))
    for who in (max_, mo, ben):
        with pytest.raises(Forbidden):
            asking.show(who, of_post)
    assert asking.show(root, of_post) == (asked, "Ben") and asking.show(root, of_member) == (
        ben.member_id,
        "Ben",
    )
    sign_in(root, client)
    path = "/en/desk/legal-access"
    assert "Ben" not in client.get(path).text
    page = client.post(f"{path}/{of_member}/concerned")
    assert (
        f"It is about number {ben.member_id}, Ben." in page.text
        and page.headers["Cache-Control"] == "no-store"
    )
    log = [(row.access_id, row.actor_id, row.note) for row in db.session.scalars(
        select(LegalAccessEntry).where(LegalAccessEntry.step == Step.SHOWN).order_by(LegalAccessEntry.id)
    )]  # fmt: skip
    assert log == [(of_post, 7, ""), (of_member, 7, ""), (of_member, 7, "")]
    assert count(AuditEntry, AuditEntry.act == "legal_access.shown") == 3
    asking.decide(root, of_member, True, "The order is signed.")
    with pytest.raises(Conflict):
        asking.show(root, of_member)
    assert client.post(f"{path}/{of_member}/concerned").status_code == 409
    assert "See whom it is about" in client.get(path).text and len(log) == count(
        LegalAccessEntry, LegalAccessEntry.step == Step.SHOWN
    )


def test_who_asked_does_not_grant_their_own(asked, root):
    number = asking.ask(root, request_about(HoldKind.POST, asked))
    with pytest.raises(Forbidden):
        asking.decide(root, number, True, "The order is signed.")


def test_a_file_is_fetched_in_time_and_then_nobody_knows_whom_it_was_about(asked, max_, root, at):
    number = asking.ask(max_, request_about(HoldKind.POST, asked))
    asking.decide(root, number, True, "The order is signed.")
    at(8 * DAY)
    with pytest.raises(Gone):
        asking.fetch(max_, number)
    forget()
    row = db.session.get_one(LegalAccess, number, populate_existing=True)
    assert row.cipher is None and row.target_key == keeping.key_of("post", asked)
    assert count(LegalAccessEntry, LegalAccessEntry.step == Step.FETCHED) == 0
    at(START + 1900 * DAY)
    assert gone("legal-access") == 1 and count(LegalAccessEntry) == 0


def test_a_refused_request_forgets_at_once(asked, max_, root):
    number = asking.ask(max_, request_about(HoldKind.POST, asked))
    asking.decide(root, number, False, "No judge has signed it.")
    assert db.session.get_one(LegalAccess, number, populate_existing=True).cipher is None
    with pytest.raises(Forbidden):
        asking.fetch(max_, number)


@pytest.mark.parametrize(
    "act", [update(LegalAccessEntry).values(note="x"), text("DELETE FROM legal_access_entry")]
)
def test_the_log_only_grows(asked, max_, act):
    asking.ask(max_, request_about(HoldKind.POST, asked))
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(act)
    db.session.rollback()
    assert count(LegalAccessEntry, LegalAccessEntry.note != "x") == 1


def test_a_form_with_nothing_in_it_says_so_at_every_field():
    with pytest.raises(Invalid) as refusal:
        read_access({"kind": "case", "target_id": "²", "reference": " ", "authority": "", "reason": "short"})
    assert set(refusal.value.fields) == {"kind", "target_id", "reference", "authority", "reason"}


def test_the_page_asks_shows_and_gives_the_file(asked, max_, root, client, sign_in, app, count_queries):
    sign_in(max_)
    path = "/en/desk/legal-access"
    form = {
        "kind": "post",
        "target_id": str(asked),
        "reference": "PV 2026/118",
        "authority": "Tribunal",
        "reason": "short",
    }
    refused = client.post(path, data=form)
    assert refused.status_code == 422 and 'value="PV 2026/118"' in refused.text
    assert client.post(path, data={**form, "reason": "Order of the investigating judge."}).status_code == 303
    admin = sign_in(root, app.test_client())
    assert "PV 2026/118" in admin.get(path).text
    assert admin.post(f"{path}/1/decide", data={"grant": "1", "why-1": "no"}).status_code == 422
    assert (
        admin.post(f"{path}/1/decide", data={"grant": "1", "why-1": "The order is signed."}).status_code
        == 303
    )
    assert admin.post(f"{path}/1/file").status_code == 403
    sign_in(max_)
    page = client.get(path).text
    assert "Fetch the file" in page and "ben@" not in page
    answer = client.post(f"{path}/1/file")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="legal-access-1.json"'
    assert answer.get_json()["people"][0]["name"] == "Ben"
    assert "file fetched" in client.get(path).text


def test_of_two_administrators_at_once_one_decides(asked, max_, root, in_threads):
    number = asking.ask(max_, request_about(HoldKind.POST, asked))

    def act(which):
        try:
            asking.decide(root, number, bool(which % 2), "The order was looked at.")
        except Conflict:
            return "late"
        return "decided"

    assert sorted(in_threads(4, act)) == ["decided", "late", "late", "late"]
    assert count(LegalAccessEntry, LegalAccessEntry.step != Step.ASKED) == 1
