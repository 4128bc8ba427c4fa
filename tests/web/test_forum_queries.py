"""How many statements a page costs, that it does not grow with what is on it, and that copies are never stale."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from common import copies, freshness, headers
from common.config import current_config
from common.db import db, on_postgresql
from common.permissions import SYSTEM, Actor
from common.unit_of_work import unit_of_work
from forum import tallies
from forum.browsing import queries as browsing
from forum.categories.models import Category
from forum.questions import publishing
from forum.questions.editing import edit_post
from forum.questions.models import Comment, Question
from forum.reactions.voting import give_kudos, me_too
from forum.search import index
from forum.solutions.accepting import accept_answer
from forum.thread import beside, snapshot, viewing
from tests.conftest import START

SIGNED_OUT, SIGNED_IN, LIST, PROFILE = 12, 18, 10, 12


@pytest.fixture(autouse=True)
def at_the_beginning(app, at):
    """The cast is as it is described at this moment."""
    at(START + timedelta(hours=1))


@pytest.fixture
def thread(ada, ben, cleo, sam, make_question, make_answer, at):
    """A question with 20 answers by several members, one accepted, one official, and comments under each."""

    def make(answers: int = 20, comments: int = 2) -> int:
        question_id = make_question(ada)
        ids = [
            make_answer(
                (ben, cleo, sam)[n % 3],
                question_id,
                body=f"Answer number {n}: clean the filter, then try again.",
            )
            for n in range(answers)
        ]
        with unit_of_work():
            category = db.session.get(Category, 1)
            for parent_id in (question_id, *ids):
                for n in range(comments):
                    comment = Comment(
                        author_id=cleo.member_id,
                        question_id=question_id,
                        parent_id=parent_id,
                        body=f"Remark {n}",
                        language="en",
                    )
                    publishing.submit(SYSTEM, comment, category)
        if ids:
            accept_answer(ada, question_id, ids[0])
            give_kudos(ada, ids[-1])
        return question_id

    return make


def path_of(question_id: int) -> str:
    question = db.session.get(Question, question_id)
    path = f"/en/questions/{question.id}/{question.slug}"
    db.session.rollback()
    return path


@pytest.fixture(autouse=True)
def _no_index(app):
    """What another test left in the index would be looked up as similar, and counted here."""
    shutil.rmtree(current_config().index_dir, ignore_errors=True)
    index.forget()


@pytest.fixture
def cost(count_queries):
    """Statements of one request, on a process that has served before but kept no page."""

    def once(browser, path: str, cold: bool | str) -> list[str]:
        if cold:
            for shelf in (
                copies._shelf,
                snapshot._shelf,
                beside._beside,
                *((browsing._kept,) if cold == "everything" else ()),
            ):
                shelf.clear()
        viewing.forget()
        db.session.remove()
        with count_queries() as seen:
            assert browser.get(path).status_code == 200
        return list(seen)

    def of(browser, path: str, cold: bool | str = True) -> int:
        """The cheaper of two visits: what is read again every few seconds is no cost of this page."""
        assert browser.get(path).status_code == 200
        of.statements = min((once(browser, path, cold) for _ in range(2)), key=len)
        return len(of.statements)

    return of


def told(cost) -> str:
    return "\n---\n".join(cost.statements)


def test_a_question_with_20_answers_signed_out(client, cost, thread):
    assert cost(client, path_of(thread())) <= SIGNED_OUT, told(cost)


def test_a_question_with_20_answers_signed_in(sign_in, cost, ada, ben, mo, thread):
    path = path_of(thread())
    for reader in (ada, ben, mo):
        assert cost(sign_in(reader), path) <= SIGNED_IN, told(cost)


def test_a_kept_thread_costs_its_reader_little(sign_in, cost, ben, thread):
    assert cost(sign_in(ben), path_of(thread()), cold=False) <= 1, told(cost)


def test_versions_that_were_read_ahead_end_with_their_request(sign_in, ben, thread):
    path, reader = path_of(thread()), sign_in(ben)
    reader.get(path)
    before = freshness.versions(freshness.LISTS)[0]
    with unit_of_work():
        freshness.touch(freshness.LISTS)
    assert freshness.versions(freshness.LISTS) == (before + 1,)


def test_a_kept_page_costs_a_visitor_one_statement(client, cost, thread):
    assert cost(client, path_of(thread()), cold=False) <= 1, told(cost)


def test_the_cost_of_a_question_does_not_grow(client, sign_in, cost, ben, thread):
    small, large = path_of(thread(25, 1)), path_of(thread(60, 2))
    for browser in (client.application.test_client(), sign_in(ben, client.application.test_client())):
        assert cost(browser, large) <= cost(browser, small)


LISTS = [
    "/en/",
    "/en/questions/",
    "/en/categories/washing",
    "/en/categories/",
    "/en/experts",
    "/en/members/1/ada",
    "/en/questions/ask",
]


def test_lists_cost_at_most_ten_and_never_more_with_more_rows(
    client, sign_in, cost, ada, ben, cleo, make_question, make_answer
):
    def fill(count: int) -> None:
        for n in range(count):
            question_id = make_question((ada, ben, cleo)[n % 3], title=f"Question number {n} about the drum")
            answer_id = make_answer((ben, cleo, ada)[n % 3], question_id)
            accept_answer((ada, ben, cleo)[n % 3], question_id, answer_id)

    def costs() -> dict[str, tuple[int, int]]:
        return {path: (cost(visitor, path), cost(member, path)) for path in LISTS}

    visitor, member = client.application.test_client(), sign_in(cleo, client.application.test_client())
    fill(10)
    few = costs()
    fill(40)
    many = costs()
    for path in LISTS:
        assert many[path][0] <= (PROFILE if "members" in path else LIST), path
        assert many[path][0] <= few[path][0] and many[path][1] <= few[path][1], path
        assert many[path][1] <= LIST + 8, path
        assert cost(visitor, path, "everything") <= LIST + 4, (
            "figures that are remembered for minutes included"
        )


# --- copies -----------------------------------------------------------------------------------------------------


def test_a_visitors_page_answers_a_conditional_request(client, thread):
    path = path_of(thread(2))
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert "Set-Cookie" not in first.headers


def test_a_visitors_page_changes_with_its_content(client, ada, ben, thread, make_answer):
    question_id = thread(2)
    path = path_of(question_id)
    tags = {client.get(path).headers["ETag"]}

    def changed() -> bool:
        tag = client.get(path).headers["ETag"]
        new = tag not in tags
        tags.add(tag)
        return new

    answer_id = make_answer(ben, question_id, body="Another answer that came a little later.")
    assert changed()
    give_kudos(ada, answer_id)
    assert changed()
    me_too(ben, question_id)
    assert changed()
    edit_post(ben, answer_id, version=1, body="Another answer that came a little later, and was edited.")
    assert changed()
    accept_answer(ada, question_id, answer_id, replace=True)
    assert changed()
    publishing.remove(SYSTEM, answer_id)
    assert changed()
    assert not changed()


@pytest.mark.parametrize("path", ["/en/", "/en/questions/", "/en/categories/washing", "/en/categories/"])
def test_a_new_question_is_on_every_list_at_once(client, path, ada, make_question):
    before = client.get(path).headers["ETag"]
    make_question(ada, title="A question that nobody asked before")
    page = client.get(path)
    if path != "/en/categories/":
        assert "A question that nobody asked before" in page.text and page.headers["ETag"] != before


def test_no_copy_holds_anything_about_a_person(client, sign_in, ada, thread):
    path = path_of(thread(2))
    sign_in(ada).get(path)
    stranger = client.application.test_client().get(path)
    assert (
        "csrf_token" not in stranger.text
        and "Your answer" not in stranger.text
        and "Ada</a>" in stranger.text
    )


def test_one_readers_marks_are_not_anothers(client, sign_in, ada, ben, cleo, thread):
    question_id = thread(3)
    path = path_of(question_id)
    browsers = {who.display_name: sign_in(who, client.application.test_client()) for who in (ada, ben, cleo)}
    me_too(ben, question_id)
    pages = {name: browser.get(path).text for name, browser in browsers.items()}
    assert pages["Ben"].count('aria-pressed="true"') == 2, "me too and follow"
    assert 'aria-pressed="true" data-act>' in pages["Ada"] and "This is the solution" not in pages["Cleo"]
    assert pages["Cleo"].count("/me-too") == 1 and "/me-too" not in pages["Ada"]


# --- addresses --------------------------------------------------------------------------------------------------


def test_a_wrong_slug_leads_to_the_right_address(client, thread):
    question_id = thread(1)
    for wrong in (
        f"/en/questions/{question_id}",
        f"/en/questions/{question_id}/",
        f"/en/questions/{question_id}/else?sort=new",
        f"/en/questions/{question_id}/else?id=7&head=7&anchor=x&_external=1&_scheme=odd",
    ):
        answer = client.get(wrong)
        assert answer.status_code == 301 and answer.headers["Location"].split("?")[0] == path_of(question_id)
    assert (
        client.get(f"/fr/questions/{question_id}/{path_of(question_id).rpartition('/')[2]}").status_code
        == 200
    )


MARKS = [
    "x",
    "-",
    "1-",
    "-1-2",
    "1-2-3",
    "9" * 400,
    "0-0",
    "99999999999999999-99999999999999999",
    "99999999999999999-5",
    "²-²",
    "1-1' or 1=1--",
    "%00",
    "٣-٣",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_tampered_mark_gives_a_page_never_an_error(client, thread, mark):
    question_id = thread(2)
    for path in (path_of(question_id), "/en/questions/", "/en/categories/washing", "/en/members/2/ben"):
        for extra in (
            {},
            {"sort": "new"},
            {"sort": "old"},
            {"sort": "wanted"},
            {"tab": "answers"},
            {"tab": "questions"},
        ):
            assert client.get(
                path, query_string={"after": mark, "answer": mark, "n": mark, **extra}
            ).status_code in (200, 404)


@pytest.mark.parametrize(
    "query",
    [
        "state=none",
        "category=none",
        "tag=" + "x" * 500,
        "language=de",
        "period=-1",
        "sort=drop",
        "state=solved&state=x",
        "category=%00",
        "tag=%00%ff",
    ],
)
def test_a_strange_filter_is_no_filter(client, thread, query):
    thread(1)
    assert client.get(f"/en/questions/?{query}").status_code in (200, 404)


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(client, ada, make_question, at):
    import re

    made = []
    for n in range(45):
        if n % 3:
            at(timedelta(seconds=20))  # every third shares its moment with the one before
        made.append(
            make_question(
                Actor(member_id=901 + n % 3, email_verified=True, language="en"),
                title=f"Question number {n} about the drum",
            )
        )
    for sort in ("active", "new", "wanted", "viewed"):
        seen: list[int] = []
        path = f"/en/questions/?sort={sort}"
        for _ in range(4):
            page = client.get(path).text
            found = [int(i) for i in re.findall(r'<h3><a href="/en/questions/(\d+)/', page)]
            assert len(found) <= 20
            seen += found
            following = re.search(r'rel="next" href="([^"]+)"', page)
            if not following:
                break
            path = following[1].replace("&amp;", "&")
        assert sorted(seen) == sorted(made), sort


def test_pages_of_answers_follow_each_other(client, thread):
    import re

    question_id = thread(50, 0)
    for sort in ("useful", "new", "old"):
        seen: list[int] = []
        path = f"{path_of(question_id)}?sort={sort}"
        for _ in range(4):
            page = client.get(path).text
            found = [int(i) for i in re.findall(r'<article class="card post" id="a-(\d+)"', page)]
            assert len(found) <= 20
            seen += found
            following = re.search(r'rel="next" href="([^"]+)"', page)
            if not following:
                break
            path = following[1].replace("&amp;", "&").partition("#")[0]
        assert len(seen) == len(set(seen)) == 49, sort


def test_the_short_address_opens_the_page_at_the_answer(client, thread):
    question_id = thread(50, 0)
    last = (
        client.get(f"{path_of(question_id)}?sort=new")
        .text.partition('<article class="card post" id="a-')[2]
        .partition('"')[0]
    )
    answer = client.get(f"/a/{last}", follow_redirects=False)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"#a-{last}")
    assert f'id="a-{last}"' in client.get(answer.headers["Location"].replace("/fr/", "/en/")).text


def test_a_profiles_wrong_slug_leads_to_the_right_address(client, app):
    for wrong in ("/en/members/1/", "/en/members/1/else?slug=x&id=2&_anchor=y&tab=answers"):
        answer = client.get(wrong)
        assert answer.status_code == 301 and answer.headers["Location"].split("?")[0] == "/en/members/1/ada"


def test_what_is_public_says_so_to_those_who_share_it(client, ada, thread):
    question_id = thread(1)
    page = client.get(path_of(question_id)).text
    assert (
        f'property="og:title" content="{db.session.get(Question, question_id).title}"' in page
        and 'rel="canonical"' in page
    )
    assert "noindex" not in page and "noindex" in client.get(path_of(question_id) + "?sort=new").text


def test_filters_narrow_and_are_removable(client, ada, ben, make_question, make_answer):
    solved, waiting = (
        make_question(ada, title="A solved question about the drum"),
        make_question(ben, title="A question that waits for help"),
    )
    accept_answer(ada, solved, make_answer(ben, solved))
    page = client.get("/en/questions/?state=solved&language=en&period=7&category=washing").text
    assert "A solved question" in page and "A question that waits" not in page
    assert page.count("remove this filter") == 4
    page = client.get("/en/questions/?state=unanswered").text
    assert "A question that waits" in page and "A solved question" not in page and waiting
    assert "No question fits these filters" in client.get("/en/questions/?tag=nothing").text


def test_readers_are_counted_once_an_hour_and_written_down_together(
    app, client, sign_in, ada, ben, cleo, sam, thread, monkeypatch
):
    """The asker, the team and robots are no readers; a reload is none; another browser or address is."""
    monkeypatch.setattr(tallies, "EVERY_SECONDS", 3_600.0)  # not by chance while they read
    viewing.forget()
    question_id = thread(1, 0)
    path = path_of(question_id)
    members = [sign_in(who, app.test_client()) for who in (ada, ben, cleo, sam)]
    phone, far = {"User-Agent": "A phone"}, {"REMOTE_ADDR": "192.0.2.7"}
    for _again in range(2):
        for browser in (client, *members):
            browser.get(path)
        client.get(path, headers=phone)
        client.get(path, environ_overrides=far)
        for robot in ("Googlebot/2.1", "a CRAWLER of pages", "spider", ""):
            client.get(path, headers={"User-Agent": robot})
        client.get(path, headers={"X-Fragment": "1"})
    assert db.session.get(Question, question_id).view_count == 0
    viewing.write_down()
    viewing.write_down()
    db.session.expire_all()
    assert db.session.get(Question, question_id).view_count == 5  # ben, cleo, three visitors
    monkeypatch.setattr(tallies.time, "monotonic", lambda now=time.monotonic: now() + 3_601)
    client.get(path)
    viewing.write_down()
    db.session.expire_all()
    assert db.session.get(Question, question_id).view_count == 6


def test_who_reads_is_remembered_within_bounds_and_for_no_longer():
    once = tallies.Once(seconds=3_600, most=3)
    assert [once.first(str(n)) for n in (1, 1, 2, 3, 3)] == [True, False, True, True, True]
    assert len(once._known) <= 3 and b"3" not in once._known


def test_a_visitor_behind_a_proxy_is_known_by_the_own_address(app, client, thread, monkeypatch):
    """Also by the copies, which stand in front of Flask."""
    inner = app.wsgi_app
    headers.init_app(app, replace(current_config(), trusted_proxies=1))
    viewing.forget()
    question_id = thread(1, 0)
    for number in (1, 2, 3, 3):
        client.get(path_of(question_id), headers={"X-Forwarded-For": f"192.0.2.{number}"})
    app.wsgi_app = inner
    assert viewing._views.take() == {question_id: 3}


def test_what_the_session_reads_and_its_version_are_of_one_moment(app, ada, make_question):
    """On SQLite the session keeps its view: beside it, a newer version would keep what was just removed."""
    from sqlalchemy import text

    from common import freshness

    question_id = make_question(ada)
    db.session.rollback()
    before = freshness.versions(f"question:{question_id}")
    db.session.execute(text("SELECT 1 FROM post")).all()
    with db.engine.begin() as other:
        other.execute(text("UPDATE content_version SET version = version + 1"))
    seen = freshness.versions(f"question:{question_id}")
    assert seen == (before if not on_postgresql() else (before[0] + 1,))
    db.session.rollback()
    assert freshness.versions(f"question:{question_id}") == (before[0] + 1,)
