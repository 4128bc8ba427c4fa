"""The log of searches: what is counted, what is never kept, and what the team reads of it."""

import csv
import io
from datetime import timedelta

import pytest

from common import jobs
from common.db import db
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.search.log import jobs as log_jobs
from forum.search.log import noting, queries
from forum.search.log.models import SearchCount, SearchDay
from forum.search.log.rules import Report, kept_text, looks_personal
from tests.conftest import START, stored_text

pytestmark = pytest.mark.usefixtures("fresh_index")


@pytest.fixture(autouse=True)
def nothing_counted(app, at):
    noting.forget()
    at(START)
    yield
    noting.forget()


PERSONAL = [
    "ada@example.com", "mail ada at example dot com", "06 12 34 56 78", "+33612345678", "commande 4420-118-993",
    "FR76 3000 6000 0112 3456 7890 189", "12 rue des Lilas Nantes", "madame Durand", "je m'appelle Ada", "my name is Ada",
    "mot de passe: soleil", "serial WX7-44A1-99KD2", "12 bis, avenue Foch",
]  # fmt: skip
HARMLESS = [
    "ondea 8 code e18", "lave-linge 60 cm", "programme 1400 tours", "washing machine 2024", "perco uno fuite", "mode 2 en 1",
    "la rue est inondée", "température 60", "wifi 2.4 ghz", "cafetière",
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
def test_what_looks_personal_is_not_kept(text):
    assert looks_personal(text) and kept_text(text, text.split()) == ""


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_asked_of_a_product_is_kept(text):
    assert not looks_personal(text) and kept_text(text, text.split()) == text


def test_long_queries_are_cut_between_words():
    assert len(kept_text("word " * 60, ["word"] * 60)) <= 100


def rows():
    noting.write_down()
    db.session.rollback()
    return {
        (r.language, r.query): (r.asked, r.empty, r.opened, r.position_sum, r.solved)
        for r in db.session.query(SearchDay)
    }


def test_a_search_counts_once_in_ten_minutes_and_by_nobodys_name(ada, ben):
    token = noting.note_search(ada, "127.0.0.1", "Pompe  BLOQUÉE", 3)
    noting.note_search(ada, "127.0.0.1", "pompe bloquée", 3)
    noting.note_search(ben, "127.0.0.1", "pompe bloquee", 0)
    noting.note_search(ANONYMOUS, "203.0.113.9", "pompe bloquee", 3)
    assert rows() == {("en", "pompe bloquee"): (3, 1, 0, 0, 0)}
    assert token and "203.0.113.9" not in stored_text()


def test_the_teams_own_searches_and_switched_off_ones_are_not_counted(mo, sam, ada, settings_override):
    assert noting.note_search(mo, "x", "pump", 1) == "" and noting.note_search(sam, "x", "pump", 1) == ""
    with settings_override(search__log=False):
        assert noting.note_search(ada, "x", "pump", 1) == ""
    assert rows() == {}


def test_personal_words_and_names_are_counted_without_their_words(ada, ben):
    noting.note_search(ada, "x", "my order 442018993 of ada@example.org", 0)
    noting.note_search(ben, "x", "Cleo", 0, is_name=True)
    assert rows() == {("en", ""): (2, 2, 0, 0, 0)}
    assert "442018993" not in stored_text() and "cleo" not in str(rows())


def test_opening_a_result_counts_once_and_only_with_our_own_token(ada):
    token = noting.note_search(ada, "x", "pump", 5)
    assert noting.note_opened(token, 3) and not noting.note_opened(token, 3)
    assert noting.note_opened(token, 1)
    for bad, place in (("", 1), ("x" * 900, 1), (token + "x", 2), (token, 0), (token, 10_000)):
        assert not noting.note_opened(bad, place)
    assert noting.note_solved(token) and not noting.note_solved(token)
    assert rows()["en", "pump"] == (1, 0, 2, 4, 1)
    assert {c.kind: c.times for c in db.session.query(SearchCount)} == {"opened:001": 1, "opened:003": 1}


def test_writing_down_twice_adds_up_and_from_two_threads_too(ada, ben, in_threads):
    noting.note_search(ada, "x", "pump", 5)
    assert rows()["en", "pump"][0] == 1
    noting.note_search(ben, "x", "pump", 0)
    assert rows()["en", "pump"][:2] == (2, 1)

    def write(number):
        noting._searches.note((START.date(), "fr", "pompe", "asked"))
        noting.count("suggestion:shown", "fr")
        noting.write_down()

    assert not [one for one in in_threads(6, write) if isinstance(one, Exception)]
    assert rows()["fr", "pompe"][0] == 6
    assert {c.kind: c.times for c in db.session.query(SearchCount)} == {"suggestion:shown": 6}


def test_old_days_are_forgotten(ada, at):
    noting.note_search(ada, "x", "pump", 5)
    noting.count("suggestion:shown")
    rows()
    at(START + timedelta(days=395))
    log_jobs.forget_old_days()
    assert rows() and db.session.query(SearchCount).count() == 1
    at(START + timedelta(days=396))
    log_jobs.forget_old_days()
    assert rows() == {} and db.session.query(SearchCount).count() == 0
    assert {"search.log", "search.forget_log"} <= set(jobs.periodics())


def fill():
    with unit_of_work():
        for day, language, query, sums in (
            (0, "en", "pump", (5, 0, 4, 8, 1)), (1, "en", "pump", (2, 1, 0, 0, 0)), (3, "en", "zeppelin", (4, 4, 0, 0, 0)),
            (2, "fr", "pompe", (6, 0, 0, 0, 0)), (2, "en", "=cmd|x", (2, 2, 0, 0, 0)), (1, "en", "rare one", (1, 1, 0, 0, 0)),
            (1, "en", "", (3, 0, 0, 0, 0)), (40, "en", "pump", (9, 0, 9, 9, 0)),
        ):  # fmt: skip
            names = ("asked", "empty", "opened", "position_sum", "solved")
            db.session.add(
                SearchDay(
                    day=(START - timedelta(days=day)).date(),
                    language=language,
                    query=query,
                    **dict(zip(names, sums, strict=True)),
                )
            )
        db.session.add(SearchCount(day=START.date(), language="en", kind="opened:001", times=3))
        db.session.add(SearchCount(day=START.date(), language="en", kind="opened:044", times=1))


def test_the_report_adds_up():
    fill()
    found = queries.report(Report.TOP, "30", "")
    assert (found.sums.asked, found.sums.empty, found.sums.opened, found.sums.unkept) == (23, 8, 4, 3)
    assert (found.sums.empty_share, found.sums.opened_share, found.before.asked) == (35, 17, 9)
    assert [(line.words, line.asked) for line in found.lines] == [
        ("pump", 7),
        ("pompe", 6),
        ("zeppelin", 4),
        ("=cmd|x", 2),
    ]
    assert found.lines[0].position == 2.0 and found.rare == 1
    assert [line.words for line in queries.lines(Report.EMPTY, "30", "en")] == ["zeppelin", "=cmd|x", "pump"]
    assert [line.words for line in queries.lines(Report.UNOPENED, "30", "")] == ["pompe"]
    assert sum(asked for _day, asked, _empty in found.days) == 23 and len(found.days) == 30
    assert dict(found.places) == {1: 3, 11: 1} | dict.fromkeys(range(2, 11), 0)
    assert queries.report(Report.TOP, "7", "fr").sums.asked == 6
    assert sum(asked for _day, asked, _empty in queries.report(Report.TOP, "365", "").days) == 32
    assert queries.top_queries("en", 5) == ["pump"]


def test_the_page_and_its_file_are_the_teams(client, sign_in, mo, ada):
    fill()
    for path in ("/en/desk/searches", "/en/desk/searches.csv"):
        assert client.get(path).status_code == 403 and sign_in(ada).get(path).status_code == 403
    browser = sign_in(mo)
    page = browser.get("/en/desk/searches?report=empty&period=30").get_data(as_text=True)
    assert "zeppelin" in page and "Add a synonym" in page and "rare one" not in page and "<svg" in page
    sent = browser.get("/en/desk/searches.csv?report=top")
    lines = list(csv.reader(io.StringIO(sent.get_data(as_text=True).removeprefix("\ufeff"))))
    assert lines[1][:2] == ["pump", "7"] and lines[-1][0] == "'=cmd|x" and sent.mimetype == "text/csv"
    assert "Recherches" in browser.get("/fr/desk/searches?period=nonsense&language=xx&report=zz").get_data(
        as_text=True
    )


def test_the_page_of_an_empty_log_says_so(client, sign_in, mo):
    assert "Nothing was searched in this period" in sign_in(mo).get("/en/desk/searches").get_data(
        as_text=True
    )


def test_the_search_page_counts_and_its_links_tell(client, ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    drain()
    page = client.get("/en/search?q=propeller").get_data(as_text=True)
    told = page.split('ping="')[1].split('"')[0].replace("&amp;", "&")
    assert rows() == {("en", "propeller"): (1, 0, 0, 0, 0)}
    assert client.post(told).status_code == 204 and client.get(told).status_code == 405
    assert rows()["en", "propeller"] == (1, 0, 1, 1, 0)
    assert (
        client.post("/en/search/opened").status_code == 204
        and client.post("/en/search/opened?t=x&at=zz").status_code == 204
    )


def test_saying_that_it_is_solved_leads_to_the_solution(client):
    token = noting.note_search(ANONYMOUS, "x", "pump", 1)
    sent = client.post("/en/search/solved", data={"t": token, "next": "/en/questions/1/x"})
    assert sent.status_code == 303 and sent.location == "/en/questions/1/x"
    assert (
        client.post("/en/search/solved", data={"t": "x", "next": "https://evil.example/"}).location
        == "/en/search"
    )
    assert rows()["en", "pump"][4] == 1
