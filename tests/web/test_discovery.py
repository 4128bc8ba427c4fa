"""Sitemaps, feeds, structured data, canonical addresses: right, bounded, and never of what is not public."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import event

from common import freshness, jobs, settings
from common.db import db
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.screening import Screening
from forum.solutions.accepting import accept_answer
from forum.solutions.closing import close_question
from tests.conftest import START

SECRET = "kumquat"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LONG = "It stops in the middle of the spin cycle and shows E18, since yesterday evening, whatever I put in."


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    """The cast is as it is described at this moment."""
    at(START + timedelta(hours=1))


def xml(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return ElementTree.fromstring(response.text)


def described(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    return [json.loads(one) for one in found]


def path_of(question_id, language="en"):
    return f"/{language}/questions/{question_id}/{db.session.get(Question, question_id).slug}"


# --- sitemap ----------------------------------------------------------------------------------------------------


def locations(client):
    index = xml(client, "/sitemap.xml")
    files = [one.text.removeprefix("http://localhost") for one in index.findall(".//m:loc", MAP)]
    return {one.text for path in files for one in xml(client, path).findall(".//m:loc", MAP)}


def test_the_sitemap_names_public_questions_in_their_own_language_with_their_twins(
    client, ada, make_question
):
    question_id = make_question(ada, body=LONG)
    assert f"http://localhost{path_of(question_id)}" in locations(client)
    tree = xml(client, "/sitemaps/questions-1.xml")
    twins = {link.get("hreflang"): link.get("href") for link in tree.findall(".//x:link", MAP)}
    assert twins == {code: f"http://localhost{path_of(question_id, code)}" for code in ("fr", "en")}
    assert "http://localhost/fr/charter" in locations(client)


def test_a_question_that_is_mostly_a_picture_is_thin_for_sitemap_and_page_alike(client, ada, make_question):
    question_id = make_question(ada, body=f"Look at this picture: ![](/images/{'a' * 90})")
    assert f"http://localhost{path_of(question_id)}" not in locations(client)
    assert "noindex" in client.get(path_of(question_id)).text


def test_robots_know_where_the_sitemap_is(client):
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


def test_sitemaps_answer_conditional_requests(client, ada, make_question):
    make_question(ada, body=LONG)
    first = client.get("/sitemaps/questions-1.xml")
    again = client.get("/sitemaps/questions-1.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_sitemap_beyond_the_last_is_empty_and_nonsense_is_unknown(client):
    assert not xml(client, "/sitemaps/questions-9.xml").findall(".//m:loc", MAP)
    assert client.get("/sitemaps/questions-0.xml").status_code == 404
    assert client.get("/sitemaps/questions-x.xml").status_code == 404


# --- what is worth finding --------------------------------------------------------------------------------------


def test_an_unanswered_question_leaves_the_engines_after_a_month_and_an_answer_brings_it_back(
    client, ada, ben, at, make_question, make_answer
):
    question_id = make_question(ada, body=LONG)
    address = f"http://localhost{path_of(question_id)}"
    assert "noindex" not in client.get(path_of(question_id)).text and address in locations(client)
    at(START + timedelta(days=31))
    make_question(ben, title="Something else altogether is going on here", body=LONG)  # lists have changed
    assert "noindex, follow" in client.get(path_of(question_id) + "?x").text and address not in locations(
        client
    )
    make_answer(ben, question_id)
    assert "noindex" not in client.get(path_of(question_id)).text and address in locations(client)


def test_a_duplicate_is_left_to_its_original(client, ada, ben, mo, make_question, make_answer):
    original, twin = (
        make_question(ada, body=LONG),
        make_question(ben, title="The same trouble here", body=LONG),
    )
    make_answer(ben, twin)
    close_question(mo, twin, "duplicate", duplicate_of_id=original)
    assert f"http://localhost{path_of(twin)}" not in locations(client)
    assert "noindex, follow" in client.get(path_of(twin)).text


def test_a_category_with_next_to_nothing_is_not_offered(client, ada, make_question):
    make_question(ada, body=LONG)
    assert "noindex" in client.get("/en/categories/washing").text
    with settings.override(discovery__thin_list=1):
        assert "http://localhost/en/categories/washing" in locations(client)


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/en/", "/en/questions/", "/en/categories/", "/en/charter"])
def test_pages_name_their_canonical_address_and_their_twins_in_full(client, path):
    page = client.get(path).text
    assert f'<link rel="canonical" href="http://localhost{path}">' in page
    for code in ("fr", "en"):
        assert f'<link rel="alternate" hreflang="{code}" href="http://localhost/{code}/' in page
    assert f'<meta property="og:url" content="http://localhost{path}">' in page


def test_a_question_names_one_canonical_address_whatever_was_asked(client, ada, make_question):
    question_id = make_question(ada, body=LONG)
    page = client.get(path_of(question_id) + "?sort=new").text
    assert re.findall(r'rel="canonical" href="([^"]+)"', page) == [f"http://localhost{path_of(question_id)}"]
    assert f'hreflang="x-default" href="http://localhost{path_of(question_id)}"' in page
    assert f'hreflang="fr" href="http://localhost{path_of(question_id, "fr")}"' in page


def test_an_error_page_has_no_canonical_address(client):
    page = client.get("/en/questions/4000/x")
    assert page.status_code == 404 and "canonical" not in page.text and "noindex" in page.text


# --- structured data --------------------------------------------------------------------------------------------

TEXT, NUMBER, MOMENT, ADDRESS = str, int, "moment", "address"
VOCABULARY = {
    "QAPage": {"mainEntity": "Question"},
    "Question": {
        "name": TEXT, "text": TEXT, "url": ADDRESS, "datePublished": MOMENT, "dateModified": MOMENT,
        "upvoteCount": NUMBER, "answerCount": NUMBER, "commentCount": NUMBER, "inLanguage": TEXT, "author": "Person",
        "acceptedAnswer": "Answer", "suggestedAnswer": ["Answer"],
    },
    "Answer": {
        "text": TEXT, "url": ADDRESS, "datePublished": MOMENT, "dateModified": MOMENT, "upvoteCount": NUMBER,
        "commentCount": NUMBER, "inLanguage": TEXT, "author": "Person",
    },
    "Person": {"name": TEXT, "url": ADDRESS},
}  # fmt: skip
"""What schema.org lets these types say, of the little we say."""


def check(thing, kind):
    assert thing["@type"] == kind
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        expected = VOCABULARY[kind][name]
        if expected == MOMENT:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", value)
        elif expected == ADDRESS:
            assert value.startswith("http://localhost/")
        elif isinstance(expected, list):
            assert value
            for one in value:
                check(one, expected[0])
        elif isinstance(expected, str):
            check(value, expected)
        else:
            assert type(value) is expected, name


def test_a_solved_question_is_described_in_the_vocabulary(client, ada, ben, cleo, make_question, make_answer):
    question_id = make_question(ada, body=LONG)
    solution = make_answer(ben, question_id, body="Clean the pump filter, **then** run a rinse.")
    make_answer(cleo, question_id, body="Mine had a coin in the hose, look there as well.")
    accept_answer(ada, question_id, solution)
    (page,) = described(client.get(path_of(question_id)))
    check(page, "QAPage")
    question = page["mainEntity"]
    assert page["@context"] == "https://schema.org"
    assert question["text"] == LONG and question["answerCount"] == 2
    assert question["acceptedAnswer"]["text"] == "Clean the pump filter, then run a rinse."
    assert [one["author"]["name"] for one in question["suggestedAnswer"]] == ["Cleo"]


def test_a_question_without_an_answer_is_not_described(client, ada, make_question):
    question_id = make_question(ada, body=LONG)
    assert described(client.get(path_of(question_id))) == []


def test_staff_may_have_nothing_described(client, ada, ben, make_question, make_answer):
    question_id = make_question(ada, body=LONG)
    make_answer(ben, question_id)
    with settings.override(discovery__structured_data="never"):
        assert described(client.get(path_of(question_id))) == []


def test_nothing_in_a_text_ends_the_data_block(client, ada, ben, make_question, make_answer):
    title = "Why does </script><script>alert(1)</script> & <!-- stand there?"
    question_id = make_question(ada, title=title, body=LONG)
    make_answer(ben, question_id, body="Because `</script><script>alert(2)</script>` was typed by somebody.")
    page = client.get(path_of(question_id))
    (block,) = described(page)
    assert block["mainEntity"]["name"] == title
    assert "<script>alert" not in page.text


# --- feeds ------------------------------------------------------------------------------------------------------


def test_a_list_is_a_feed_with_the_lists_own_filters(client, ada, ben, at, make_question, make_answer):
    first = make_question(ada, body=LONG)
    at(START + timedelta(hours=2))
    second = make_question(ben, title="The coffee machine drips all night long", body=LONG, category_id=2)
    make_answer(ben, first)
    feed = xml(client, "/en/questions/feed.atom")
    addresses = [link.get("href") for link in feed.findall("a:entry/a:link", ATOM)]
    assert addresses == [f"http://localhost{path_of(one)}" for one in (second, first)]
    assert len(xml(client, "/en/questions/feed.atom?state=unanswered").findall("a:entry", ATOM)) == 1
    assert len(xml(client, "/en/categories/coffee/feed.atom").findall("a:entry", ATOM)) == 1
    assert feed.findtext("a:updated", namespaces=ATOM) and feed.findtext("a:id", namespaces=ATOM)
    for entry in feed.findall("a:entry", ATOM):
        for part in ("id", "title", "updated", "author/a:name", "summary"):
            assert entry.findtext(f"a:{part}", namespaces=ATOM), part


def test_feeds_have_their_type_also_from_the_copy_and_answer_conditional_requests(client, ada, make_question):
    make_question(ada, body=LONG)
    for headers in ({}, {}, {"Cookie": "x=y"}):
        page = client.get("/en/questions/feed.atom", headers=headers)
        assert page.content_type == "application/atom+xml; charset=utf-8"
    again = client.get("/en/questions/feed.atom", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_a_question_is_a_feed_of_its_newest_answers(client, ada, ben, mo, at, make_question, make_answer):
    question_id = make_question(ada, body=LONG)
    at(START + timedelta(hours=2))
    make_answer(ben, question_id, body="Clean the **filter** <first>, it is behind the flap.")
    feed = xml(client, f"/en/questions/{question_id}/feed.atom")
    titles = [one.text for one in feed.findall("a:entry/a:title", ATOM)]
    assert titles == ["Answer by Ben", db.session.get(Question, question_id).title]
    assert "<strong>filter</strong>" in feed.find("a:entry/a:content", ATOM).text
    assert client.get("/en/questions/4000/feed.atom").status_code == 404
    publishing.hide(mo, question_id)
    assert client.get(f"/en/questions/{question_id}/feed.atom").status_code == 404
    publishing.remove(mo, question_id)
    page, feed = (client.get(f"/en/questions/{question_id}/{name}").status_code for name in ("", "feed.atom"))
    assert page == feed == 410
    assert client.get("/en/categories/nothing/feed.atom").status_code == 404


def test_an_empty_list_is_an_empty_feed(client):
    assert not xml(client, "/fr/questions/feed.atom?state=solved").findall("a:entry", ATOM)


# --- nothing that is not public ---------------------------------------------------------------------------------


def second_paths(question_id):
    return [
        "/sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/questions-1.xml", "/en/questions/feed.atom",
        "/en/categories/washing/feed.atom", f"/en/questions/{question_id}/feed.atom", path_of(question_id),
    ]  # fmt: skip


def test_held_content_is_in_no_sitemap_and_no_feed(client, ada, ben, make_question, make_answer, monkeypatch):
    visible = make_question(ada, body=LONG)

    def screen(submission):
        held = SECRET in (submission.title or "") + submission.body
        return Screening(submission.title, submission.body, ("first_post",) if held else ())

    publishing.set_screener(screen)
    held = make_question(ada, title=f"The {SECRET} does not turn any more", body=LONG)
    make_answer(ben, visible, body=f"I found a {SECRET} in the hose, that was all of it.")
    for path in second_paths(visible) + second_paths(held):
        page = client.get(path)
        shown = page.text.replace(
            path_of(held).rpartition("/")[2], ""
        )  # the door to sign in names the page one came from
        assert page.status_code in (200, 404) and SECRET not in shown, path


@pytest.mark.parametrize("move", ["hide", "remove"])
def test_what_is_taken_away_is_gone_at_once(client, ada, ben, mo, make_question, make_answer, move):
    question_id = make_question(ada, title=f"The {SECRET} does not turn any more", body=LONG)
    answer_id = make_answer(ben, question_id, body=f"Look for the {SECRET} in the hose, it sits there.")
    assert all(SECRET in client.get(path).text for path in second_paths(question_id)[2:])
    getattr(publishing, move)(mo, answer_id)
    assert "in the hose" not in client.get(f"/en/questions/{question_id}/feed.atom").text
    getattr(publishing, move)(mo, question_id)
    for path in second_paths(question_id):
        assert SECRET not in client.get(path).text.replace(f"{SECRET}-does", ""), path


@contextmanager
def statements():
    found = []

    def note(_connection, _cursor, statement, *_more):
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_sitemaps_and_feeds_cost_the_same_however_many_questions_there_are(client, ada, make_question):
    counts = []
    for _round in range(3):  # the first one also reads what is remembered
        for number in range(4):
            make_question(ada, title=f"Question {_round}{number} about the machine", body=LONG)
        settings.forget()
        with statements() as found:
            client.get("/sitemaps/questions-1.xml")
            client.get("/en/questions/feed.atom")
        counts.append(len(found))
    assert counts[1] == counts[2] <= 12


def test_posts_of_nobody_are_described_without_an_address(client, ada, ben, make_question, make_answer):
    question_id = make_question(ada, body=LONG)
    answer_id = make_answer(ben, question_id)
    db.session.get(Post, answer_id).author_id = None
    db.session.commit()
    (page,) = described(client.get(path_of(question_id) + "?y"))
    assert page["mainEntity"]["suggestedAnswer"][0]["author"] == {"@type": "Person", "name": "Former member"}


def test_what_is_taken_away_leaves_the_kept_pages_of_others_at_once(client, ada, ben, mo, make_question):
    """The copy for visitors names similar questions: a removed one may not stand there for a minute."""
    first = make_question(ada, body=LONG)
    second = make_question(ben, title=f"The {SECRET} drum stays full of water", body=LONG)
    jobs.run_due_jobs()
    before = freshness.versions(freshness.REMOVALS)
    page = client.get(path_of(first))
    assert SECRET in page.text, "the similar question stands there before"
    publishing.hide(mo, second)
    assert freshness.versions(freshness.REMOVALS) > before
    again = client.get(path_of(first), headers={"If-None-Match": page.headers["ETag"]})
    assert SECRET not in again.text
