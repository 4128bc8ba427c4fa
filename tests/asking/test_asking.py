"""Asking: what is offered, what ends it, what the category asks, what is private, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from forum.asking import incidents, visiting
from forum.asking.incidents import Incident
from forum.asking.models import AskVisit
from forum.asking.queries import deflection
from forum.asking.rules import Outcome
from forum.catalogue import importing
from forum.catalogue.rules import ImportKind
from forum.drafts.drafting import load_draft, save_draft
from forum.drafts.models import ParkedDraft
from forum.fields.keeping import FieldDraft, add_field, change_field, retire_field
from forum.products.owning import add_device
from forum.products.queries import by_slug
from forum.questions.models import Follow, MeToo, Question
from forum.solutions.accepting import accept_answer
from tests.conftest import START, all_rows, stored_text

TITLE = "The Perco Uno shows E18 and stays full of water"
BODY = "Since yesterday it stops eight minutes before the end, and the door stays locked."
ASK = {
    "title": TITLE,
    "body": BODY,
    "category_id": "1",
    "language": "en",
    "step": "publish",
    "visit": "v" * 16,
}
PAGE = "/en/questions/ask"
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    at(START + timedelta(hours=1))


@pytest.fixture
def solved(ada, ben, make_question, make_answer, drain) -> int:
    question_id = make_question(ada, title="Perco Uno shows E18 and stays full of water", category_id=2)
    accept_answer(
        ada,
        question_id,
        make_answer(
            ben, question_id, body="Clean the filter behind the small hatch, then run the draining programme."
        ),
    )
    drain()
    return question_id


def asked() -> Question | None:
    db.session.rollback()
    return db.session.scalar(select(Question).order_by(Question.id.desc()).limit(1))


def visit() -> AskVisit:
    db.session.rollback()
    return db.session.scalars(select(AskVisit)).one()


# --- what is offered ---------------------------------------------------------------------------------------------


def test_the_check_shows_solutions_with_all_their_buttons_and_counts_the_visit(sign_in, cleo, solved):
    page = sign_in(cleo).post(PAGE, data={**ASK, "category_id": "", "step": "check"}).text
    assert f'value="settled:{solved}"' in page and f'value="follow:{solved}"' in page
    assert "Clean the filter behind" in page and BODY in page
    assert 'name="category_id" value="2" checked' in page and "like questions that resemble yours" in page
    assert visit().outcome == Outcome.OPEN and visit().opened_at is None


def test_a_device_named_in_the_title_is_offered_and_decides_the_category(client, app):
    importing.run("key,name,category\nB1,Perco Uno,coffee", ImportKind.PRODUCTS)
    page = client.get(f"/en/questions/similar?title={TITLE}").text
    assert 'data-category="2"' in page
    page = client.post(PAGE, data={**ASK, "category_id": "", "step": "check"}).text
    assert "Perco Uno" in page and "because of the device you name" in page
    assert "Perco Uno" in client.post(PAGE, data={**ASK, "product_q": "perco", "step": "find"}).text


def test_ones_own_device_named_in_the_title_is_chosen_but_never_over_a_choice(sign_in, ada):
    importing.run("key,name,category\nB1,Perco Uno,coffee\nB2,Perco Duo,coffee", ImportKind.PRODUCTS)
    uno, duo = (by_slug(slug).id for slug in ("perco-uno", "perco-duo"))
    add_device(ada, uno)
    add_device(ada, duo)
    client = sign_in(ada)
    chosen = re.compile(r'name="product" value="(\w+)" checked')
    assert f'data-product="{uno}"' in client.get(f"/en/questions/similar?title={TITLE}").text
    assert chosen.findall(client.get(f"{PAGE}?title={TITLE}").text) == [str(uno)]
    assert chosen.findall(client.get(f"{PAGE}?title=It+is+loud+at+night").text) == []
    for choice in ("unknown", str(duo)):
        page = client.post(PAGE, data={**ASK, "product": choice, "step": "check"}).text
        assert chosen.findall(page) == [choice]


def test_an_open_incident_is_told_first(client):
    before = incidents._source, incidents._join
    incidents.set_incident_source(lambda *_: Incident("Firmware 3.2 stops early", "We are putting it right."))
    page = client.get(f"/en/questions/similar?title={TITLE}").text
    incidents.set_incident_source(*before)
    assert "Firmware 3.2 stops early" in page


def test_looking_for_solutions_by_script_writes_nothing_until_the_page_says_so(client, solved):
    before = all_rows()
    client.get(f"/en/questions/similar?title={TITLE}")
    assert all_rows() == before
    for act in ("shown", "opened", "opened"):
        assert client.post("/en/questions/suggested", data={"visit": "v" * 16, "act": act}).status_code == 204
    assert (
        visit().opened_at and client.post("/en/questions/suggested", data={"visit": "<x>"}).status_code == 204
    )


# --- what ends it -------------------------------------------------------------------------------------------------


def test_this_settles_it_ends_the_ask_and_undo_brings_everything_back(sign_in, cleo, solved):
    browser = sign_in(cleo)
    save_draft(cleo, "ask", title=TITLE, body=BODY)
    page = browser.post(PAGE, data={**ASK, "tried": "the pump", "step": f"settled:{solved}"}).text
    assert "Glad that is settled" in page and load_draft(cleo, "ask") is None
    assert visit().outcome == Outcome.SETTLED and visit().settled_by_id == solved
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    again = browser.post(PAGE, data={**fields, "body": BODY, "step": "undo"}).text
    assert BODY in again and 'value="the pump"' in again and load_draft(cleo, "ask").body == BODY
    assert visit().outcome == Outcome.OPEN and visit().settled_by_id is None


def test_settling_twice_counts_once(cleo, solved):
    for _ in range(2):
        visiting.settle(cleo, "v" * 16, solved)
    assert visit().outcome == Outcome.SETTLED


def test_the_same_trouble_is_followed_instead(sign_in, cleo, solved):
    page = sign_in(cleo).post(PAGE, data={**ASK, "step": f"follow:{solved}"}).text
    assert "You follow this question" in page and visit().outcome == Outcome.FOLLOWED
    assert db.session.scalar(select(MeToo.member_id)) == cleo.member_id
    assert cleo.member_id in db.session.scalars(select(Follow.member_id)).all()


def test_a_visitor_may_settle_but_signs_in_to_follow_and_keeps_the_text(client, solved):
    page = client.post(PAGE, data={**ASK, "step": f"follow:{solved}"})
    assert page.status_code == 403 and BODY in page.text
    assert "Glad that is settled" in client.post(PAGE, data={**ASK, "step": f"settled:{solved}"}).text


@pytest.mark.parametrize("step", ["settled:999999", "settled:", "settled:x", "follow:²", "nonsense"])
def test_a_strange_step_never_loses_the_text(sign_in, ada, step):
    page = sign_in(ada).post(PAGE, data={**ASK, "step": step, "title": ""})
    assert page.status_code < 500 and BODY in page.text


def test_what_became_of_visits_is_decided_after_a_day_and_whose_they_were_is_forgotten(
    sign_in, ada, ben, cleo, at, solved, settings_override
):
    at(timedelta(minutes=10))
    for who, key in ((ada, "a"), (ben, "b"), (cleo, "c")):
        visiting.note_shown(who, key * 16)
    sign_in(ada).post(PAGE, data={**ASK, "visit": "a" * 16})
    at(timedelta(hours=2))
    sign_in(ben).post(PAGE, data={**ASK, "visit": "z" * 16, "body": BODY + " Again."})
    assert visiting.decide_old_visits() == 0
    at(timedelta(hours=23))
    assert visiting.decide_old_visits() == 3 and visiting.decide_old_visits() == 0
    counts = deflection(7).counts
    assert (counts[Outcome.ASKED], counts[Outcome.ASKED_LATER], counts[Outcome.LEFT]) == (1, 1, 1)
    assert not [one for one in db.session.scalars(select(AskVisit.member_id)) if one]


def test_the_report_is_for_managers(sign_in, client, max_, ada, solved, cleo):
    visiting.settle(cleo, "v" * 16, solved)
    page = sign_in(max_).get("/en/desk/asks?days=30")
    assert page.status_code == 200 and "Perco Uno shows E18" in page.text
    assert sign_in(ada, client.application.test_client()).get("/en/desk/asks").status_code == 403


# --- what the category asks ----------------------------------------------------------------------------------------


MODEL = FieldDraft("Modèle exact", "Exact model", required=True, limit=20)
STAGE = FieldDraft("Étape", "Stage", kind="choice", choices="Payée | Paid\nLivrée | Delivered")


def test_a_required_field_blocks_and_everything_typed_is_still_there(sign_in, ada, max_):
    model, stage = add_field(max_, 1, MODEL), add_field(max_, None, STAGE)
    browser = sign_in(ada)
    page = browser.post(PAGE, data={**ASK, f"f-{stage}": "Payée", "title": "E18"})
    assert (
        page.status_code == 422 and f'id="f-{model}-error"' in page.text and 'id="title-error"' in page.text
    )
    assert 'value="Payée" selected' in page.text and BODY in page.text and asked() is None
    assert browser.post(PAGE, data={**ASK, f"f-{stage}": "Payée", f"f-{model}": "ON8-XL"}).status_code == 303
    question = asked()
    assert question.details == {str(model): "ON8-XL", str(stage): "Payée"}
    shown = browser.get(f"/en/questions/{question.id}/{question.slug}").text
    assert "Exact model" in shown and "ON8-XL" in shown and "<dd>Paid</dd>" in shown


def test_another_category_asks_something_else(sign_in, ada, max_):
    add_field(max_, 2, MODEL)
    assert sign_in(ada).post(PAGE, data=ASK).status_code == 303


def test_what_is_private_in_a_field_is_masked_too(sign_in, ada, max_):
    field_id = add_field(max_, 1, FieldDraft("Repère", "Mark", limit=60))
    sign_in(ada).post(PAGE, data={**ASK, f"f-{field_id}": "ada@example.com"})
    assert "masked" in asked().details[str(field_id)]


def test_fields_are_changed_retired_and_kept_by_managers_only(sign_in, client, ada, mo, max_):
    for who in (ada, mo):
        with pytest.raises(Forbidden):
            add_field(who, 1, MODEL)
    field_id = add_field(max_, 1, MODEL)
    change_field(max_, field_id, FieldDraft("Référence", "Reference", limit=5))
    assert retire_field(max_, field_id) and not retire_field(max_, field_id)
    browser = sign_in(max_)
    assert "Reference" in browser.get("/en/desk/fields").text
    wrong = browser.post(
        "/en/desk/fields", data={"label_fr": "<b>x", "label_en": "", "kind": "choice", "choices": "one"}
    )
    assert wrong.status_code == 422 and "&lt;b&gt;x" in wrong.text
    assert sign_in(ada, client.application.test_client()).get("/en/desk/fields").status_code == 403


def test_a_category_asks_only_so_much(max_):
    for _ in range(12):
        add_field(max_, 1, MODEL)
    with pytest.raises(Conflict):
        add_field(max_, 1, MODEL)
    with pytest.raises(Invalid):
        add_field(max_, 2, FieldDraft("x", "y"))


# --- what is private ----------------------------------------------------------------------------------------------


PRIVATE = "Write to ada.l@example.com or call 06 12 34 56 78, order BRV-2024-44021, card 4111 1111 1111 1111."


def test_the_guard_says_what_it_sees_and_masks_what_will_be_masked(client):
    told = client.post("/en/private", data={"body": PRIVATE, "title": "My washing machine"}).json
    assert "an e-mail address" in told["notice"] and "an order or customer number" in told["notice"]
    assert list(told["masked"]) == ["body"] and "4111" not in told["masked"]["body"]
    assert client.post("/en/private", data={"body": "Serial 123456"}).json == {"notice": "", "masked": {}}


def test_the_guards_words_are_those_of_what_is_stored(sign_in, ada, client):
    told = client.post("/en/private", data={"body": PRIVATE}).json
    sign_in(ada).post(PAGE, data={**ASK, "body": PRIVATE})
    assert told["masked"]["body"].replace("masquée", "masked").count("[") == asked().body.count("[")
    assert "4111 1111" not in stored_text() and "ada.l@example.com" not in stored_text()


def test_masking_works_without_scripts_and_never_blocks(sign_in, ada):
    browser = sign_in(ada)
    page = browser.post(PAGE, data={**ASK, "body": BODY + PRIVATE, "step": "check"}).text
    assert 'value="mask"' in page and "4111" in page
    page = browser.post(PAGE, data={**ASK, "body": BODY + PRIVATE, "step": "mask"}).text
    assert "4111" not in page and 'value="mask"' not in page and BODY in page
    assert browser.post(PAGE, data={**ASK, "body": BODY + PRIVATE}).status_code == 303


# --- nothing typed is lost ------------------------------------------------------------------------------------------


def test_a_draft_keeps_every_field_and_is_restored_on_another_device(sign_in, client, ada, max_):
    field_id = add_field(max_, 1, MODEL)
    sent = {
        "place": "ask",
        "title": TITLE,
        "body": BODY,
        "fields": {"category_id": "1", "product": "unknown", f"f-{field_id}": "ON8"},
    }
    assert sign_in(ada).post("/en/drafts", json=sent).json["saved"]
    page = sign_in(ada, client.application.test_client()).get(PAGE).text
    assert "We kept what you were writing" in page and 'value="ON8"' in page and BODY in page
    assert 'value="unknown" checked' in page and 'name="category_id" value="1" checked' in page


def test_two_devices_do_not_overwrite_each_other_unasked(sign_in, ada, at):
    browser = sign_in(ada)
    first = browser.post("/en/drafts", json={"place": "ask", "body": "On the phone I wrote this."}).json["at"]
    at(timedelta(minutes=5))
    browser.post(
        "/en/drafts", json={"place": "ask", "body": "Then on the tablet I wrote that.", "since": first}
    )
    late = {"place": "ask", "body": "And the phone goes on.", "since": first}
    refused = browser.post("/en/drafts", json=late, headers={"X-Fragment": "1"})
    assert refused.status_code == 409 and "another device" in refused.json["error"]["message"]
    assert load_draft(ada, "ask").body.startswith("Then on the tablet")
    assert browser.post("/en/drafts", json={**late, "force": True}).status_code == 200
    for strange in ("x", "9" * 40, None, [1], "2026-13-40", "-5", "²"):
        assert (
            browser.post("/en/drafts", json={"place": "ask", "body": BODY, "since": strange}).status_code
            == 200
        )


def test_what_was_sent_signed_out_is_there_after_signing_in(sign_in, client, ada):
    page = client.post(PAGE, data={**ASK, "tried": "the pump"})
    assert page.status_code == 403 and BODY in page.text and "HttpOnly" in page.headers["Set-Cookie"]
    sign_in(ada, client)
    restored = client.get(PAGE).text
    assert BODY in restored and 'value="the pump"' in restored and "We kept what you were writing" in restored
    assert BODY not in client.application.test_client().get(PAGE).text
    assert client.post(PAGE, data=ASK).status_code == 303
    assert db.session.scalar(select(ParkedDraft)) is None


def test_an_answer_sent_signed_out_is_given_back(client, ada, make_question):
    question_id = make_question(ada)
    page = client.post(f"/en/questions/{question_id}/answers", data={"body": BODY}, headers=HERE)
    assert page.status_code == 403 and BODY in page.text and "Send it again" in page.text


def test_a_refusal_gives_the_text_back_only_to_this_sites_own_pages(client, ada, make_question):
    question_id = make_question(ada)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        page = client.post(f"/en/questions/{question_id}/answers", data={"body": BODY}, headers=headers)
        assert page.status_code == 403 and BODY not in page.text


def test_a_fault_on_our_side_gives_the_text_back(sign_in, ada, make_question, monkeypatch, app):
    question_id = make_question(ada)
    monkeypatch.setattr("forum.thread.routes.answer_question", lambda *_a, **_k: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = sign_in(ada).post(
        f"/en/questions/{question_id}/answers", data={"body": BODY + "<b>"}, headers=HERE
    )
    assert page.status_code == 500 and BODY + "&lt;b&gt;" in page.text and "Send it again" in page.text


def test_passwords_are_never_given_back(client):
    for path in ("/en/sign-in", "/en/sign-up"):
        page = client.post(
            path, data={"email": "x", "password": "correct horse battery staple"}, headers=HERE
        )
        assert "correct horse" not in page.text


def test_a_page_that_is_too_large_says_where_the_text_is(sign_in, ada):
    sent = {**ASK, "body": "x" * 11_000_000}
    page = sign_in(ada).post(PAGE, data=sent, headers={"Referer": "http://localhost/en/questions/ask"})
    assert (
        page.status_code == 413
        and "Where is my text?" in page.text
        and 'href="/en/questions/ask"' in page.text
    )


def test_a_visitor_who_asks_too_fast_keeps_the_text(sign_in, newcomer):
    browser = sign_in(newcomer)
    browser.post(PAGE, data=ASK)
    page = browser.post(PAGE, data={**ASK, "title": TITLE + " again"})
    assert page.status_code == 429 and BODY in page.text and page.headers["Retry-After"]


def test_nobody_settles_by_what_they_may_not_read(ada, mo, make_question):
    from common.errors import NotFound
    from forum.questions import publishing

    question_id = make_question(ada)
    publishing.hide(mo, question_id)
    with pytest.raises(NotFound):
        visiting.settle(ANONYMOUS, "v" * 16, question_id)
    assert db.session.scalar(select(AskVisit)) is None


# --- put right afterwards --------------------------------------------------------------------------------------------


def test_device_and_details_are_corrected_by_the_author_and_nobody_else(sign_in, client, ada, ben, max_):
    importing.run("key,name,category\nB1,Perco Uno,coffee", ImportKind.PRODUCTS)
    model = add_field(max_, 1, MODEL)
    browser = sign_in(ada)
    browser.post(PAGE, data={**ASK, f"f-{model}": "ON8"})
    path = f"/en/questions/{asked().id}/details"
    assert 'value="ON8"' in browser.get(path).text
    assert (
        "Perco Uno"
        in browser.post(path, data={"step": "find", "product_q": "perco", f"f-{model}": "ON9"}).text
    )
    refused = browser.post(path, data={"product": "1", f"f-{model}": ""})
    assert refused.status_code == 422 and asked().product_id is None
    assert browser.post(path, data={"product": "1", f"f-{model}": "ON9"}).status_code == 303
    assert asked().product_id == 1 and asked().details == {str(model): "ON9"}
    stranger = sign_in(ben, client.application.test_client())
    assert (
        stranger.get(path).status_code == 403 and stranger.post(path, data={"product": ""}).status_code == 403
    )
    assert asked().product_id == 1


def test_followers_of_a_product_hear_of_questions_about_it(ada, ben, drain, outbox, sign_in):
    importing.run("key,name,category\nB1,Perco Uno,coffee", ImportKind.PRODUCTS)
    browser = sign_in(ben)
    assert browser.post("/en/follows/product/1", data={"on": "1"}).status_code in (302, 303)
    sign_in(ada, other := browser.application.test_client())
    other.post(PAGE, data={**ASK, "product": "1"})
    drain()
    assert TITLE in browser.get("/en/notifications").text
