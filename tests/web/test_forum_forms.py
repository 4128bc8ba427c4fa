"""Forms of the forum: they work without scripts, and a refusal never costs anybody what they typed."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from common.db import db
from forum.drafts.drafting import load_draft, save_draft
from forum.questions import publishing
from forum.questions.models import Answer, Comment, Follow, Kudos, MeToo, Post, Question, Tag
from forum.questions.publishing import set_screener
from forum.questions.rules import PostState
from forum.screening import Screening
from tests.conftest import START

TITLE = "The washing machine shows E18 and stays full"
BODY = "Since yesterday it stops eight minutes before the end, and the door stays locked."
ASK = {"title": TITLE, "body": BODY, "category_id": "1", "language": "en", "step": "publish"}


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    """The cast is as it is described at this moment."""
    at(START + timedelta(hours=1))


def address(question_id: int) -> str:
    question = db.session.get(Question, question_id)
    return f"/en/questions/{question.id}/{question.slug}"


@pytest.fixture
def tokens(client, app):
    """The forms' tokens are asked for, as they are in the product."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_question_is_asked_and_its_author_is_told_what_comes_next(client, sign_in, ada):
    browser = sign_in(ada)
    answer = browser.post(
        "/en/questions/ask", data={**ASK, "tried": "switching it off"}, follow_redirects=True
    )
    assert answer.status_code == 200 and "Your question is published" in answer.text
    question = db.session.scalar(select(Question).order_by(Question.id.desc()))
    assert question.title == TITLE and "**Already tried:** switching it off" in question.body
    assert TITLE in client.application.test_client().get("/en/").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "E18", "A few more words"),
        ("title", "x" * 151, "Please keep to 150 characters"),
        ("body", "Help", "A few more words"),
        ("category_id", "", "Choose a category"),
        ("category_id", "999", "Choose a category"),
        ("category_id", "²", "Choose a category"),
        ("tags", "a,b,c,d,e,f,g", "at most 5 topics"),
    ],
)
def test_a_faulty_field_is_named_and_everything_typed_is_still_there(sign_in, ada, field, value, said):
    typed = {**ASK, "title": TITLE + " <b>&", "body": BODY + " <i>& done", "tags": "hose", field: value}
    page = sign_in(ada).post("/en/questions/ask", data=typed)
    assert page.status_code == 422 and said in page.text
    assert f'id="{field}-error"' in page.text and f'href="#{field}"' in page.text
    if field != "title":
        assert "&lt;b&gt;&amp;" in page.text
    if field != "body":
        assert "&lt;i&gt;&amp; done" in page.text
    assert db.session.scalar(select(Question)) is None


def test_the_check_works_without_scripts_and_loses_nothing(sign_in, ada, ben, make_question, drain):
    make_question(
        ben,
        title="The washing machine shows E18 at the end",
        body="It stays full of water and the door is locked.",
    )
    drain()
    page = sign_in(ada).post("/en/questions/ask", data={**ASK, "step": "check"})
    assert page.status_code == 200 and BODY in page.text and TITLE in page.text
    assert "The washing machine shows E18 at the end" in page.text
    assert db.session.scalar(select(Question).where(Question.author_id == ada.member_id)) is None


def test_a_draft_is_kept_shown_again_and_thrown_away(sign_in, ada):
    browser = sign_in(ada)
    browser.post("/en/questions/ask", data={**ASK, "step": "keep", "tags": "hose"})
    page = browser.get("/en/questions/ask")
    assert (
        BODY in page.text
        and TITLE in page.text
        and "hose" in page.text
        and "We kept what you were writing" in page.text
    )
    browser.post("/en/questions/ask", data={"step": "discard"})
    assert BODY not in browser.get("/en/questions/ask").text


@pytest.mark.parametrize("name", ["zed", "anonymous"])
def test_who_may_not_write_keeps_the_text_and_reads_why(client, sign_in, request, name):
    browser = client if name == "anonymous" else sign_in(request.getfixturevalue(name))
    page = browser.post("/en/questions/ask", data=ASK)
    assert page.status_code == 403 and BODY in page.text and TITLE in page.text
    assert ("Sign in" if name == "anonymous" else "You cannot post for the moment") in page.text
    assert db.session.scalar(select(Question)) is None


def test_an_answer_sent_after_the_session_ended_is_kept_and_signing_in_is_asked_for_once(
    client, ada, make_question
):
    question_id = make_question(ada)
    page = client.post(
        f"/en/questions/{question_id}/answers", data={"body": BODY}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert page.status_code == 403 and BODY in page.text
    assert "Your session is over" in page.text and "closed to you" not in page.text
    assert (
        page.text.count('href="/en/sign-in') == 2
    )  # of the page, and of the bar at the foot of a phone's screen
    assert "closed to you" in client.post(f"/en/posts/{question_id}/kudos").text


def test_too_fast_says_how_long_to_wait_and_keeps_the_text(sign_in, ada):
    browser = sign_in(ada)
    browser.post("/en/questions/ask", data=ASK)
    page = browser.post(
        "/en/questions/ask", data={**ASK, "title": "Quite another question about the hose", "body": BODY * 2}
    )
    assert page.status_code == 429 and int(page.headers["Retry-After"]) > 0
    assert "Quite another question about the hose" in page.text and BODY in page.text


def test_sending_twice_gives_one_question(sign_in, ada):
    browser = sign_in(ada)
    first, second = (browser.post("/en/questions/ask", data=ASK) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(
    "path", ["questions/ask", "questions/{q}/answers", "posts/{q}/comments", "posts/{q}/edit"]
)
def test_a_form_whose_token_ran_out_comes_back_with_its_text(tokens, sign_in, ada, make_question, path):
    question_id = make_question(ada)
    body = {"body": BODY, f"body-{question_id}": BODY, "title": TITLE, "version": "1", "category_id": "1"}
    page = sign_in(ada).post("/en/" + path.format(q=question_id), data={**body, "csrf_token": "old"})
    assert page.status_code == 400
    assert BODY in page.text and "open for too long" in page.text
    assert 'name="csrf_token"' in page.text
    assert db.session.scalar(select(Post).where(Post.id != question_id)) is None


def test_an_answer_is_published_and_the_page_stands_at_it(sign_in, ada, ben, make_question):
    question_id = make_question(ada)
    answer = sign_in(ben).post(
        f"/en/questions/{question_id}/answers",
        data={"body": "Clean the filter behind the hatch.", "follow": "1"},
    )
    posted = db.session.scalar(select(Answer))
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"#a-{posted.id}")
    assert db.session.scalar(select(Follow).where(Follow.member_id == ben.member_id)) is not None


def test_an_answer_without_the_tick_is_not_followed(sign_in, ada, ben, make_question):
    question_id = make_question(ada)
    sign_in(ben).post(
        f"/en/questions/{question_id}/answers", data={"body": "Clean the filter behind the hatch."}
    )
    assert db.session.scalar(select(Follow).where(Follow.member_id == ben.member_id)) is None


def test_a_refused_answer_and_comment_stay_in_their_boxes(sign_in, ada, ben, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    browser = sign_in(ben)
    page = browser.post(f"/en/questions/{question_id}/answers", data={"body": "Try <it>"})
    assert page.status_code == 422 and "Try &lt;it&gt;" in page.text and 'id="body-error"' in page.text
    page = browser.post(f"/en/posts/{answer_id}/comments", data={f"body-{answer_id}": "y" * 1200})
    assert page.status_code == 422 and "y" * 1200 in page.text and f'id="body-{answer_id}-error"' in page.text
    again = browser.get(address(question_id))
    assert "y" * 1200 not in again.text, "what one reader typed is kept for no other page"


def test_a_draft_of_an_answer_is_shown_in_its_box(sign_in, ada, ben, make_question):
    question_id = make_question(ada)
    save_draft(ben, f"answer:{question_id}", body="Half of an answer")
    page = sign_in(ben).get(address(question_id))
    assert "Half of an answer" in page.text and "We kept what you were writing" in page.text
    other = page.text.replace("Half of an answer", "")
    assert "Half of an answer" not in sign_in(ada).get(address(question_id)).text and other


def test_the_draft_endpoint_keeps_and_says_when(sign_in, ada):
    browser = sign_in(ada)
    kept = browser.post("/en/drafts", data={"place": "ask", "title": TITLE, "body": BODY})
    assert kept.status_code == 200 and kept.json["saved"] is True
    assert browser.post("/en/drafts", json={"place": "ask", "body": BODY, "fields": {"tags": "x"}}).json[
        "saved"
    ]
    assert load_draft(ada, "ask").body == BODY
    for wrong in ({"place": "nowhere", "body": "x"}, {"body": "x"}, {"place": "answer:0", "body": "x"}):
        assert browser.post("/en/drafts", data=wrong, headers={"X-Fragment": "1"}).status_code == 422
    assert browser.post("/en/drafts", json=["x"], headers={"X-Fragment": "1"}).status_code == 422


def test_a_visitor_has_no_drafts(client):
    assert (
        client.post(
            "/en/drafts", data={"place": "ask", "body": BODY}, headers={"X-Fragment": "1"}
        ).status_code
        == 403
    )


def test_the_preview_is_what_will_be_published_and_nothing_active(sign_in, ada):
    browser = sign_in(ada)
    page = browser.post(
        "/en/preview", data={"body": "**bold** <script>alert(1)</script> [x](javascript:alert(1))"}
    )
    assert (
        "<strong>bold</strong>" in page.text
        and "<script" not in page.text
        and "javascript:" not in page.text.replace("[x](javascript:", "")
    )
    assert (
        browser.post("/en/preview", data={"body": "x" * 20_001}, headers={"X-Fragment": "1"}).status_code
        == 422
    )


# --- toggles and marks ------------------------------------------------------------------------------------------


def test_a_thumbs_up_goes_on_and_off_and_answers_a_script_with_the_card(
    sign_in, ada, ben, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    browser = sign_in(ada)
    path = f"/en/posts/{answer_id}/kudos"
    for _ in range(2):
        card = browser.post(path, data={"on": "1", "number": "7"}, headers={"X-Fragment": "1"})
        assert card.status_code == 200 and card.text.lstrip().startswith("<article")
        assert re.search(r'aria-pressed="true"[^>]*>.*?<span class="num">1</span>', card.text, re.S)
        assert '<span class="pin" aria-hidden="true">7</span>' in card.text
    assert "<html" not in card.text
    card = browser.post(path, data={"on": "0"}, headers={"X-Fragment": "1"})
    assert 'aria-pressed="false"' in card.text
    assert browser.post(path, data={"on": "1"}).status_code == 303
    assert db.session.scalar(select(Kudos)).withdrawn_at is None


def test_me_too_and_follow_go_on_and_off(sign_in, ada, ben, make_question):
    question_id = make_question(ada)
    browser = sign_in(ben)
    page = browser.post(
        f"/en/questions/{question_id}/me-too", data={"on": "1", "also": "1"}, follow_redirects=True
    )
    assert "1 person has the same problem" in page.text and ">Following<" in page.text.replace("\n", "")
    page = browser.post(f"/en/questions/{question_id}/me-too", data={"on": "0"}, follow_redirects=True)
    assert "Do you have the same problem?" in page.text
    browser.post(f"/en/questions/{question_id}/follow", data={"on": "0"})
    assert db.session.scalar(select(Follow).where(Follow.member_id == ben.member_id)) is None
    assert db.session.scalar(select(MeToo)).withdrawn_at is not None


def test_the_asker_marks_replaces_and_takes_back_the_solution(
    sign_in, ada, ben, cleo, make_question, make_answer
):
    question_id = make_question(ada)
    one, two = (
        make_answer(ben, question_id),
        make_answer(cleo, question_id, body="Empty it by the small hose first, then look."),
    )
    browser = sign_in(ada)
    assert "This is the solution" in browser.get(address(question_id)).text
    browser.post(f"/en/questions/{question_id}/accept?answer={one}", data={"on": str(one)})
    page = browser.get(address(question_id)).text
    assert (
        "Make this the solution instead" in page
        and "No longer the solution" in page
        and "Accepted solution" in page
    )
    browser.post(f"/en/questions/{question_id}/accept?answer={two}&replace=1", data={"on": str(two)})
    db.session.expire_all()
    assert db.session.get(Question, question_id).accepted_answer_id == two
    browser.post(f"/en/questions/{question_id}/unaccept", data={"on": str(two)})
    assert "This is the solution" in browser.get(address(question_id)).text


def test_the_page_offers_the_address_that_replaces(sign_in, ada, ben, cleo, make_question, make_answer):
    question_id = make_question(ada)
    one, two = (
        make_answer(ben, question_id),
        make_answer(cleo, question_id, body="Empty it by the small hose first, then look."),
    )
    browser = sign_in(ada)
    browser.post(f"/en/questions/{question_id}/accept?answer={one}")
    page = browser.get(address(question_id)).text.replace("&amp;", "&")
    assert f"/accept?answer={two}&replace=1" in page


def test_staff_give_a_reason_to_mark_a_solution(sign_in, ada, ben, sam, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    browser = sign_in(sam)
    assert f'name="reason-{answer_id}"' in browser.get(address(question_id)).text
    path = f"/en/questions/{question_id}/accept?answer={answer_id}"
    assert browser.post(path, data={"on": str(answer_id)}).status_code == 422
    assert (
        browser.post(path, data={f"reason-{answer_id}": "The asker wrote that it works"}).status_code == 303
    )


def test_strangers_see_no_button_they_may_not_use(
    client, sign_in, ada, ben, cleo, zed, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    for browser in (
        client.application.test_client(),
        sign_in(cleo, client.application.test_client()),
        sign_in(zed, client.application.test_client()),
    ):
        page = browser.get(address(question_id)).text
        assert (
            "This is the solution" not in page
            and f"/posts/{answer_id}/edit" not in page
            and "/withdraw" not in page
        )
        assert browser.post(f"/en/questions/{question_id}/accept?answer={answer_id}").status_code == 403
        assert browser.get(f"/en/posts/{answer_id}/edit").status_code == 403
        assert browser.post(f"/en/posts/{answer_id}/withdraw").status_code == 403
    assert (
        f"/posts/{answer_id}/edit"
        in sign_in(ben, client.application.test_client()).get(address(question_id)).text
    )


# --- editing ----------------------------------------------------------------------------------------------------


def test_an_edit_is_published_and_its_history_shows_what_changed(client, sign_in, at, ada, make_question):
    question_id = make_question(ada, body="The drum stays full of water since yesterday evening.")
    browser = sign_in(ada)
    page = browser.get(f"/en/posts/{question_id}/edit")
    assert "since yesterday evening" in page.text and 'name="version" value="1"' in page.text
    at(timedelta(minutes=10))
    edited = {
        "version": "1",
        "title": TITLE,
        "body": "The drum stays full of water since Monday evening.",
        "reason": "The day",
        "category_id": "1",
        "tags": "",
    }
    assert browser.post(f"/en/posts/{question_id}/edit", data=edited).status_code == 303
    history = client.application.test_client().get(f"/en/posts/{question_id}/history")
    assert (
        re.search(r"<ins>.{0,200}Monday", history.text, re.S)
        and re.search(r"<del>.{0,200}yesterday", history.text, re.S)
        and "The day" in history.text
    )
    assert f"{question_id}/history" in client.application.test_client().get(address(question_id)).text


def test_two_editors_at_once_lose_nothing(sign_in, ada, make_question):
    question_id = make_question(ada, body="The drum stays full of water since yesterday evening.")
    browser = sign_in(ada)
    edit = {"title": TITLE, "category_id": "1", "tags": ""}
    browser.post(
        f"/en/posts/{question_id}/edit",
        data={**edit, "version": "1", "body": "The first text of the two that were sent."},
    )
    page = browser.post(
        f"/en/posts/{question_id}/edit",
        data={**edit, "version": "1", "body": "The second text of the two that were sent."},
    )
    assert page.status_code == 409
    assert "The second text of the two" in page.text and "The first text of the two" in page.text
    assert 'name="version" value="2"' in page.text


def test_withdrawing_leads_back_to_the_thread(sign_in, ada, ben, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    page = sign_in(ben).post(f"/en/posts/{answer_id}/withdraw", follow_redirects=True)
    assert (
        page.status_code == 200
        and "Your text is withdrawn" in page.text
        and "clean the filter" not in page.text
    )
    assert db.session.get(Post, answer_id).state == PostState.WITHDRAWN


# --- pictures ---------------------------------------------------------------------------------------------------


def png() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (12, 9), "navy").save(out, "PNG")
    return out.getvalue()


def test_a_picture_comes_with_the_form_where_there_are_no_scripts(sign_in, ada):
    sent = {**ASK, "photo": (io.BytesIO(png()), "display.png")}
    answer = sign_in(ada).post("/en/questions/ask", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    question = db.session.scalar(select(Question))
    assert "![](/images/" in question.body and '<img src="/images/' in question.body_html


def test_an_answer_and_an_edit_take_pictures_without_scripts(sign_in, ada, ben, make_question, at):
    at(START)
    question = make_question(ada)
    browser, answers = sign_in(ben), f"/en/questions/{question}/answers"
    page = browser.get(f"/en/questions/{question}/", follow_redirects=True).text
    assert 'name="photo"' in page.partition("<noscript>")[2].partition("</noscript>")[0]
    words = "Look at the hose behind it, mine was bent."
    for picture, status in ((b"<svg onload=alert(1)>", 422), (png(), 303)):
        sent = {"body": words, "photo": (io.BytesIO(picture), "hose.png"), "photo_alt": "The hose"}
        page = browser.post(answers, data=sent, content_type="multipart/form-data")
        assert page.status_code == status and (status == 303 or words in page.text)
    answer = db.session.scalar(select(Post).where(Post.kind == "answer"))
    assert answer.body.count("![The hose](/images/") == 1
    assert 'name="photo"' in browser.get(f"/en/posts/{answer.id}/edit").text
    sent = {
        "body": answer.body,
        "version": "1",
        "photo": (io.BytesIO(png()), "again.png"),
        "photo_alt": "Again",
    }
    browser.post(f"/en/posts/{answer.id}/edit", data=sent, content_type="multipart/form-data")
    db.session.expire_all()
    assert "![Again](/images/" in db.session.get(Post, answer.id).body


@pytest.mark.parametrize("path", ["/en/questions/ask", "/en/images"])
def test_pictures_of_a_page_may_be_large_together_a_single_one_may_not(sign_in, ada, path):
    picture = b"\x89PNG" + bytes(7 * 1024 * 1024)
    several = [FileStorage(io.BytesIO(picture), f"{number}.png") for number in range(2)]
    boundary, body = encode_multipart({**ASK, "photo": several})
    page = sign_in(ada).post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    if path == "/en/images":
        assert page.status_code == 413
    else:
        assert page.status_code == 422 and BODY in page.text and "not a picture we can show" in page.text


def test_who_answers_by_script_what_was_removed_reads_where_the_words_are(
    sign_in, ada, ben, mo, make_question
):
    question = make_question(ada)
    publishing.remove(mo, question)
    sent = {"body": "Look at the hose behind it, mine was bent."}
    here = {"X-Fragment": "1", "Sec-Fetch-Site": "same-origin"}
    answer = sign_in(ben).post(f"/en/questions/{question}/answers", data=sent, headers=here)
    assert answer.status_code in (404, 410) and "still in its box" in answer.json["error"]["message"]
    plain = sign_in(ben).get(f"/en/questions/{question}/x", headers=here)
    assert "still in its box" not in plain.text


def test_what_is_no_picture_is_refused_and_the_text_stays(sign_in, ada):
    sent = {**ASK, "photo": (io.BytesIO(b"<svg onload=alert(1)>"), "display.png")}
    page = sign_in(ada).post("/en/questions/ask", data=sent, content_type="multipart/form-data")
    assert page.status_code == 422 and BODY in page.text and "not a picture we can show" in page.text


def test_the_editor_sends_pictures_one_by_one(client, sign_in, ada, zed):
    browser = sign_in(ada)
    made = browser.post(
        "/en/images", data={"photo": (io.BytesIO(png()), "x.png")}, headers={"X-Fragment": "1"}
    )
    assert made.status_code == 201 and made.json["url"].startswith("/images/")
    assert browser.get(made.json["url"]).status_code == 200
    assert browser.post("/en/images", data={}, headers={"X-Fragment": "1"}).status_code == 422
    for other in (client.application.test_client(), sign_in(zed, client.application.test_client())):
        sent = {"photo": (io.BytesIO(png()), "x.png")}
        assert other.post("/en/images", data=sent, headers={"X-Fragment": "1"}).status_code == 403


def test_masked_details_are_said(sign_in, ada):
    before = publishing._screener
    set_screener(lambda s: Screening(s.title, s.body.replace("06 12 34 56 78", "•••"), (), ("phone",)))
    try:
        page = sign_in(ada).post(
            "/en/questions/ask", data={**ASK, "body": BODY + " 06 12 34 56 78"}, follow_redirects=True
        )
    finally:
        set_screener(before)
    assert "We blacked out private details" in page.text


def test_a_comment_is_no_tag_and_tags_are_links(sign_in, ada, make_question):
    db.session.rollback()
    browser = sign_in(ada)
    browser.post("/en/questions/ask", data=ASK)
    assert db.session.scalar(select(Comment)) is None and db.session.scalar(select(Tag)) is None


def test_a_members_own_comment_offers_no_report_to_its_author_whoever_looked_first(
    client, sign_in, at, ada, ben, cleo, make_question
):
    question_id = make_question(ada)
    browsers = {who.display_name: sign_in(who, client.application.test_client()) for who in (ben, cleo)}
    browsers["Ben"].post(
        f"/en/posts/{question_id}/comments", data={f"body-{question_id}": "Which model is it, please?"}
    )
    comment_id = db.session.scalar(select(Comment.id))
    report = f"/posts/{comment_id}/flag"
    at(timedelta(days=3))  # the time to edit it is over
    for name in ("Cleo", "Ben", "Cleo"):
        page = browsers[name].get(address(question_id)).text
        assert (report in page) == (name == "Cleo") and f"/posts/{comment_id}/edit" not in page


def test_staff_answer_officially_or_not_and_go_on_following(sign_in, ada, sam, make_question):
    question_id = make_question(ada)
    browser = sign_in(sam)
    page = browser.get(address(question_id)).text
    assert 'name="official"' in page and 'name="follow" value="1"' in page
    sent = {"body": "The pump has a guarantee of five years.", "official": "1", "follow": "1"}
    browser.post(f"/en/questions/{question_id}/answers", data=sent)
    assert "Official answer from" in browser.get(address(question_id)).text
    assert db.session.scalar(select(Follow).where(Follow.member_id == sam.member_id)) is not None


def test_an_answer_sent_when_the_session_was_over_is_given_back(app, client, ada, make_question):
    question_id = make_question(ada)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        said = client.post(
            f"/en/questions/{question_id}/answers",
            data={"body": "Turn the small wheel behind the hatch."},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert said.status_code == 403 and "Turn the small wheel behind the hatch.</textarea>" in said.text
    assert "Sign in" in said.text and "Send it again" in said.text
