"""The charter and the terms: versions that never change, told before, accepted after, proven."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from accounts.archives.asking import ask_for_archive
from accounts.archives.keeping import path_of
from accounts.archives.models import DataArchive
from accounts.notifications.models import Notification
from accounts.signin.joining import open_account
from common import audit, clock, settings
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.content.terms import accepting, queries, writing
from forum.content.terms.models import TermsAcceptance, TermsVersion
from forum.content.terms.rules import Document, blocks, clauses, missing_clauses
from forum.content.terms.writing import Draft
from tests.conftest import START

CHARTER, TERMS = Document.CHARTER, Document.TERMS
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh(app, at):
    at(START)
    accepting.forget()


def write(who, document=CHARTER, significant=True, more="", changes="Rule 2.1 is clearer."):
    texts = {
        code: queries.of_the_house(code) if document == CHARTER else "## Use {#use}\n\nBe kind."
        for code in ("fr", "en")
    }
    writing.save(who, document, Draft(texts["fr"] + more, texts["en"] + more, changes, changes, significant))


def publish(who, document=CHARTER, days=15, **more) -> int:
    write(who, document, **more)
    saved = queries.draft(document).saved_at
    return writing.publish(who, document, clock.now() + days * DAY, saved, "The team agreed on it.")


def test_the_charter_of_the_house_is_version_one_and_holds_every_clause(app):
    shown = queries.in_force(CHARTER)
    assert (shown.number, shown.since) == (1, None) and queries.in_force(TERMS) is None
    for code in ("fr", "en"):
        assert not missing_clauses(queries.of_the_house(code))
        assert clauses(shown.text("fr")) == clauses(shown.text(code)) and "{brand}" not in shown.text(code)


def test_a_text_is_sections_rules_and_paragraphs():
    found = [
        (one.kind, one.words, one.anchor)
        for one in blocks("Intro\n\n## A b {#x}\n### C\n1.1 No.\n1.2 Yes.\nText\nmore")
    ]
    assert found == [
        ("text", "Intro", ""), ("h2", "A b", "x"), ("h3", "C", "s2"), ("rule", "No.", "1.1"), ("rule", "Yes.", "1.2"),
        ("text", "Text\nmore", ""),
    ]  # fmt: skip


def test_who_opens_an_account_accepts_what_is_in_force(app, root):
    publish(root, TERMS, days=0, significant=False)
    member = open_account("new@example.net", "Newcomer Nine")
    kept = {(row.document, row.number, row.how) for row in queries.accepted_by(member)}
    assert kept == {("charter", 1, "sign-up"), ("terms", 1, "sign-up")}


def test_a_significant_change_is_told_first_in_force_later_and_accepted_at_the_next_visit(
    app, root, ben, ada, at, drain, client, sign_in, outbox
):
    number = publish(root, more="\n\nA new paragraph at the end.")
    drain()
    told = db.session.scalars(select(Notification).where(Notification.kind == "terms-change")).all()
    assert number == 2 and {ben.member_id, ada.member_id} <= {one.member_id for one in told}
    at(timedelta(hours=2))
    drain()
    assert any("rules change" in str(mail["Subject"]) for mail in outbox())
    assert queries.in_force(CHARTER).number == 1 and queries.coming(CHARTER).number == 2
    assert accepting.owed(ben) == {}
    sign_in(ben)
    assert client.get("/en/questions/").status_code == 200
    assert "A new version is in force from" in client.get("/en/charter").text
    at(15 * DAY)
    assert queries.in_force(CHARTER).number == 2
    sign_in(ben)
    gate = client.get("/en/questions/?status=open")
    assert gate.status_code == 303 and "/en/terms/change" in gate.location
    page = client.get(gate.location).text
    assert "Rule 2.1 is clearer." in page and "A new paragraph" in page
    for free in ("/en/charter", "/en/settings/data", "/en/settings/account/close", "/en/privacy"):
        assert client.get(free).status_code == 200
    answer = client.post("/en/terms/change", data={"charter": "2", "next": "/en/questions/?status=open"})
    assert answer.location == "/en/questions/?status=open"
    assert client.get("/en/questions/").status_code == 200
    again = client.post("/en/terms/change", data={"charter": "2"})
    assert again.status_code == 303
    proof = db.session.scalars(
        select(TermsAcceptance).where(TermsAcceptance.member_id == ben.member_id)
    ).one()
    assert (proof.number, proof.how, proof.accepted_at) == (2, "page", clock.now())
    assert app.test_client().get("/en/questions/").status_code == 200


def test_what_was_being_typed_is_sent_before_the_change_is_accepted(app, root, ben, at, client, sign_in):
    publish(root)
    at(16 * DAY)
    sign_in(ben)
    sent = client.post("/en/settings/profile", data={"display_name": "Benjamin", "bio": "", "city": ""})
    assert "terms/change" not in (sent.location or "")


def test_a_small_change_asks_nobody(app, root, ben, at, drain):
    publish(root, significant=False, days=0)
    drain()
    at(DAY)
    assert queries.in_force(CHARTER).number == 2 and accepting.owed(ben) == {}
    assert not db.session.scalars(select(Notification).where(Notification.kind == "terms-change")).all()


def test_an_older_version_than_the_one_in_force_is_not_accepted(app, root, ben, at):
    publish(root)
    at(16 * DAY)
    publish(root, more="\n\nMore.")
    at(16 * DAY)
    with pytest.raises(Conflict):
        accepting.accept(ben, {"charter": 2})
    accepting.accept(ben, {"charter": 3})
    assert accepting.owed(ben) == {}


def test_the_proof_names_what_was_owed_and_no_invented_version(app, root, ben, at):
    publish(root)
    at(16 * DAY)
    with pytest.raises(Conflict):
        accepting.accept(ben, {"charter": 9999, "terms": 9999})
    accepting.accept(ben, {"charter": 2, "terms": 9999})
    mine = db.select(TermsAcceptance.document, TermsAcceptance.number).filter_by(member_id=ben.member_id)
    assert db.session.execute(mine).all() == [(CHARTER, 2)]


def test_who_has_accepted_costs_no_statement_and_nobody_does_before_there_is_a_change(
    app, root, ben, at, count_queries
):
    settings.get("terms.required")
    with count_queries() as seen:
        accepting.owed(ben)
    assert not seen
    publish(root)
    at(16 * DAY)
    accepting.accept(ben, {"charter": 2})
    accepting.owed(ben)
    with count_queries() as seen:
        accepting.owed(ben)
    assert not seen


def test_managers_write_administrators_publish_and_each_fault_is_named(app, max_, mo, root):
    with pytest.raises(Forbidden):
        write(mo)
    write(max_)
    saved = queries.draft(CHARTER).saved_at
    when = clock.now() + 20 * DAY
    with pytest.raises(Forbidden):
        writing.publish(max_, CHARTER, when, saved, "The team agreed.")
    for effective, reason, field in (
        (clock.now() + DAY, "The team agreed.", "effective"),
        (when, "", "reason"),
        (clock.now() + 400 * DAY, "Agreed.", "effective"),
    ):
        with pytest.raises(Invalid) as refused:
            writing.publish(root, CHARTER, effective, saved, reason)
        assert field in refused.value.fields
    with pytest.raises(Conflict):
        writing.publish(root, CHARTER, when, saved - DAY, "The team agreed.")
    house = queries.of_the_house("fr")
    for draft, field in (
        (Draft(house.replace("2.1 ", "A "), house, "x", "x", False), "text_fr"), (Draft(house, "", "x", "x", False), "text_en"),
        (Draft(house, house, "", "x", False), "changes_fr"), (Draft(house, "x" * 60_001, "x", "x", False), "text_en"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            writing.save(max_, CHARTER, draft)
        assert field in refused.value.fields
    assert writing.drop(max_, CHARTER) and not writing.drop(max_, CHARTER)
    assert not db.session.scalars(select(TermsVersion)).all()


def test_what_was_published_is_not_changed_by_the_next_draft_and_stands_in_the_log(app, root):
    publish(root, significant=False, days=0)
    before = queries.version(CHARTER, 2)
    write(root, more="\n\nOther words.")
    assert queries.version(CHARTER, 2) == before and queries.draft(CHARTER).number == 3
    with pytest.raises(NotFound):
        queries.version(CHARTER, 3)
    logged = db.session.scalars(
        select(audit.AuditEntry.after).where(audit.AuditEntry.act == "terms.published")
    ).one()
    assert before.digest in logged


def test_of_many_who_publish_at_once_one_does(root, in_threads):
    write(root, significant=False)
    saved = queries.draft(CHARTER).saved_at
    results = in_threads(4, lambda _n: writing.publish(root, CHARTER, clock.now(), saved, "The team agreed."))
    assert sum(isinstance(one, Conflict) for one in results) == 3


def test_a_proof_cannot_be_changed(app, root, ben, at):
    publish(root)
    at(16 * DAY)
    accepting.accept(ben, {"charter": 2})
    for statement in ("UPDATE terms_acceptance SET number = 1", "DELETE FROM terms_acceptance"):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))


def test_versions_their_differences_and_the_form_for_programs_are_public(app, root, client):
    publish(root, significant=False, days=0, more="\n\nA new paragraph at the end.")
    old = client.get("/en/terms/charter/1").text
    assert "not the version in force" in old and "A new paragraph" not in old
    assert "<ins>" in client.get("/en/terms/charter/2?changes=1").text
    said = json.loads(client.get("/en/terms/charter/data").data)
    assert (
        said["version"] == 2 and {"clause": "2.2", "text": "No hate and no discrimination."} in said["rules"]
    )
    assert [one["version"] for one in said["versions"]] == [2, 1]
    for lost in (
        "/en/terms",
        "/en/terms/charter/9",
        "/en/terms/nothing/1",
        "/en/terms/nothing/data",
        "/en/terms/terms/data",
    ):
        assert client.get(lost).status_code == 404


def test_the_desk_writes_and_publishes(app, client, sign_in, ben, max_, root):
    sign_in(ben)
    assert client.get("/en/desk/terms").status_code == 403
    sign_in(max_)
    page = "/en/desk/terms/charter"
    house = {code: queries.of_the_house(code) for code in ("fr", "en")}
    form = {
        "text_fr": house["fr"],
        "text_en": house["en"],
        "changes_fr": "Plus clair",
        "changes_en": "Clearer",
        "significant": "1",
    }
    assert "2.1 Criticise" in client.get(page).text
    wrong = client.post(page, data=form | {"text_en": "2.1 only"})
    assert wrong.status_code == 422 and "Plus clair" in wrong.text
    assert client.post(page, data=form).status_code == 303
    assert "published by an administrator" in client.get(page).text
    sign_in(root)
    saved = queries.draft(CHARTER).saved_at.isoformat()
    publishing = {"saved": saved, "effective": "2026-03-05", "reason": "The team agreed."}
    assert client.post(f"{page}/publish", data=publishing).status_code == 422
    assert client.post(f"{page}/publish", data=publishing | {"effective": "x"}).status_code == 422
    assert (
        client.post(
            f"{page}/publish", data=publishing | {"saved": "x", "effective": "2026-04-05"}
        ).status_code
        == 409
    )
    assert client.post(f"{page}/publish", data=publishing | {"effective": "2026-04-05"}).status_code == 303
    assert "to come" in client.get("/en/desk/terms").text


def test_what_one_accepted_stands_on_ones_page_and_in_the_archive(app, root, ben, at, drain, client, sign_in):
    publish(root)
    at(16 * DAY)
    accepting.accept(ben, {"charter": 2})
    sign_in(ben)
    assert "Version 2" in client.get("/en/settings/data").text
    ask_for_archive(ben)
    drain()
    archive = zipfile.ZipFile(
        io.BytesIO(path_of(db.session.get_one(DataArchive, ben.member_id).file_key).read_bytes())
    )
    assert [one["number"] for one in json.loads(archive.read("data/accepted.json"))] == [2]
