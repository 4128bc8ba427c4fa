""" "It helped", the mails that ask whether it is solved, and the page behind their buttons."""

import re
from datetime import timedelta

import pytest

from accounts.members.models import Member
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, NotFound, TooMany
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum import jobs
from forum.notices import slips
from forum.questions import publishing
from forum.questions.models import HelpedMark, Post
from forum.questions.replying import mark_reply
from forum.reactions.helping import said_of, say_helped, say_otherwise
from forum.reactions.voting import give_kudos
from forum.solutions import sweeping
from forum.solutions.accepting import accept_answer
from forum.solutions.endorsing import endorse_answer
from tests.conftest import IDS, START, all_rows
from tests.states.conftest import DAY, state, thread


def counts(answer):
    post = db.session.get(Post, answer, populate_existing=True)
    return post.helped_count, post.not_helped_count


# --- it helped ------------------------------------------------------------------------------------------------------


@pytest.fixture
def solution(ada, question, answer):
    accept_answer(ada, question, answer)
    return answer


def test_yes_and_no_count_once_and_can_change(cleo, solution):
    assert say_helped(cleo, solution, True, "") and not say_helped(cleo, solution, True, "")
    assert counts(solution) == (1, 0)
    assert say_helped(cleo, solution, False, "", "  It is\nanother model. ") and counts(solution) == (0, 1)
    assert db.session.query(HelpedMark).one().words == "It is another model."
    assert said_of(cleo, solution, "") == (False, None)


def test_whom_it_helped_says_what_they_would_have_done_otherwise(cleo, ben, zed, solution, leaves_no_trace):
    assert not say_otherwise(cleo, solution, True, ""), "nobody said yet that it helped"
    say_helped(cleo, solution, True, "")
    say_helped(ANONYMOUS, solution, True, "one")
    assert say_otherwise(cleo, solution, True, "") and not say_otherwise(cleo, solution, True, "")
    assert say_otherwise(ANONYMOUS, solution, False, "one") and not say_otherwise(
        ANONYMOUS, solution, True, "two"
    )
    assert said_of(cleo, solution, "") == (True, True) and said_of(ANONYMOUS, solution, "one") == (
        True,
        False,
    )
    say_helped(cleo, solution, False, "")
    assert said_of(cleo, solution, "") == (False, None), "it did not help after all"
    with leaves_no_trace(Forbidden):
        say_otherwise(ben, solution, True, "")


def test_a_visitor_is_asked_one_question_more(client, question, solution):
    way = f"/en/posts/{solution}/helped"
    assert "would you have contacted" not in client.get(way).get_data(as_text=True)
    page = client.post(way, data={"on": "1"}, follow_redirects=True).get_data(as_text=True)
    assert "would you have contacted" in page
    page = client.post(way, data={"otherwise": "1"}, follow_redirects=True).get_data(as_text=True)
    assert "Noted, thank you." in page
    assert db.session.query(HelpedMark).one().would_contact is True
    for odd in ("x", "☃"):
        assert client.post(way, data={"otherwise": odd}).status_code == 303
    assert db.session.query(HelpedMark).one().would_contact is True


def test_a_visitor_counts_once_for_each_browser_and_not_again_as_a_member(cleo, solution):
    for browser in ("one", "two", "one"):
        say_helped(ANONYMOUS, solution, True, browser)
    assert counts(solution) == (2, 0)
    say_helped(cleo, solution, True, "one")
    assert counts(solution) == (2, 0) and db.session.query(HelpedMark).count() == 2
    assert "one" not in {mark.visitor for mark in db.session.query(HelpedMark)}


def test_who_is_not_asked(ada, ben, zed, cleo, mo, question, solution, make_answer, leaves_no_trace):
    for who in (ada, ben, zed):
        with leaves_no_trace(Forbidden):
            say_helped(who, solution, True, "x")
    plain = make_answer(mo, question, body="Have a look at the pump, from below.")
    with leaves_no_trace(Conflict):
        say_helped(cleo, plain, True, "x")
    with leaves_no_trace(NotFound):
        say_helped(cleo, question, True, "x")
    publishing.hide(mo, solution)
    with leaves_no_trace(NotFound):
        say_helped(cleo, solution, True, "x")


def test_a_visitor_says_yes_without_signing_in_and_the_page_is_fresh(client, question, solution):
    path = f"/en/questions/{question}/{thread(question).slug}"
    page = client.get(path).get_data(as_text=True)
    way = re.search(rf'href="(/en/posts/{solution}/helped\?on=1)"', page).group(1)
    before = all_rows()["helped_mark"]
    assert client.get(way).status_code == 200 and all_rows()["helped_mark"] == before
    for _ in range(2):
        assert client.post(f"/en/posts/{solution}/helped", data={"on": "1"}).status_code == 303
    assert counts(solution) == (1, 0)
    assert "1 person says it helped" in client.get(path).get_data(as_text=True)


def test_a_no_asks_for_a_private_word_that_no_page_shows(client, question, solution):
    answer = client.post(f"/en/posts/{solution}/helped", data={"on": "0"})
    assert answer.headers["Location"].endswith("helped?on=0")
    client.post(f"/en/posts/{solution}/helped", data={"on": "0", "words": "My model has no hatch"})
    assert counts(solution) == (0, 1)
    for path in (f"/en/questions/{question}/x", f"/en/posts/{solution}/helped"):
        assert "no hatch" not in client.get(path, follow_redirects=True).get_data(as_text=True)


def test_one_address_is_heard_only_so_often(client, solution):
    codes = [
        client.post(f"/en/posts/{solution}/helped", data={"on": str(n % 2)}).status_code for n in range(8)
    ]
    assert codes[-1] == 429 and codes[0] == 303
    assert TooMany.status == 429


def test_a_member_sees_the_own_mark_pressed(sign_in, cleo, question, solution):
    browser = sign_in(cleo)
    card = browser.post(f"/en/posts/{solution}/helped", data={"on": "1"}, headers={"X-Fragment": "1"})
    assert card.status_code == 200 and 'aria-pressed="true"' in card.get_data(as_text=True)


# --- did this solve it? ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(question, answer, at, drain, outbox):
    """A mail two days after the answer; returns (question, its letters so far)."""

    def letters():
        jobs.ask_whether_solved()
        jobs.ask_whether_solved()
        drain()
        return [letter for letter in outbox() if "Is it solved?" in letter["Subject"]]

    at(2 * DAY + timedelta(minutes=30))
    return letters


def links_of(letter):
    text = letter.get_body(("plain",)).get_content()
    return {
        say: f"/en/is-it-solved/{token}?say={say}"
        for token, say in re.findall(r"is-it-solved/(\S+)\?say=(yes|no)", text)
    }


def test_the_asker_is_mailed_twice_with_yes_and_no_and_never_again(asked, at):
    assert len(asked()) == 1
    at(2 * DAY)
    assert len(asked()) == 1
    at(3 * DAY)
    assert len(asked()) == 2
    for _ in range(20):
        at(DAY)
        assert len(asked()) == 2
    assert set(links_of(asked()[0])) == {"yes", "no"}
    assert "/questions/" in asked()[0].get_body(("plain",)).get_content()


def test_nobody_is_mailed_at_night(asked, at, drain, outbox):
    at(START + 2 * DAY + timedelta(hours=11, minutes=50))
    assert asked() == []
    at(timedelta(hours=12))
    assert len(asked()) == 1


def test_yes_needs_no_sign_in_and_looking_changes_nothing(client, asked, question, answer):
    way = links_of(asked()[0])["yes"]
    before = {name: rows for name, rows in all_rows().items() if name != "job"}
    for _ in range(2):
        page = client.get(way)
        assert page.status_code == 200 and page.headers["Referrer-Policy"] == "no-referrer"
    assert {name: rows for name, rows in all_rows().items() if name != "job"} == before
    path = way.partition("?")[0]
    assert "marked as solved" in client.post(path, data={"say": "yes"}).get_data(as_text=True)
    assert client.post(path, data={"say": "yes"}).status_code == 200
    assert thread(question).accepted_answer_id == answer and state(question) == "solved"


def test_no_opens_the_question_also_after_a_yes(client, asked, question):
    path = links_of(asked()[0])["no"].partition("?")[0]
    client.post(path, data={"say": "yes"})
    assert "open again" in client.post(path, data={"say": "no"}).get_data(as_text=True)
    assert state(question) == "open"
    assert client.post(path, data={"say": "perhaps"}).status_code == 200 and state(question) == "open"


def test_several_answers_let_the_asker_choose_one(client, cleo, asked, question, make_answer):
    other = make_answer(cleo, question, body="The pump was blocked here: clean it from below.")
    path = links_of(asked()[0])["yes"].partition("?")[0]
    page = client.post(path, data={"say": "yes"}).get_data(as_text=True)
    assert state(question) == "solved" and f'value="{other}"' in page
    client.post(path, data={"say": "yes", "answer": str(other)})
    assert thread(question).accepted_answer_id == other


def test_a_foreign_an_old_and_a_gone_slip_do_nothing(client, mo, asked, question, at):
    path = links_of(asked()[0])["yes"].partition("?")[0]
    assert client.post(path + "x", data={"say": "yes"}).status_code == 404
    assert client.get("/en/is-it-solved/" + "x" * 900).status_code == 404
    publishing.hide(mo, question)
    assert client.post(path, data={"say": "yes"}).status_code == 410
    publishing.restore(mo, question)
    at(slips.GOOD_FOR + DAY)
    assert client.get(path).status_code == 410 and state(question) == "answered"


@pytest.mark.parametrize("how", ["suspended", "closed"])
def test_suspended_and_closed_members_are_not_asked(asked, how):
    column = {"suspended": "suspended_until", "closed": "closed_at"}[how]
    with unit_of_work():
        update_where(Member, Member.id == IDS["ada"], **{column: clock.now() + 90 * DAY})
    assert asked() == []


def test_a_silenced_askers_slip_is_refused_kindly(client, asked, question):
    path = links_of(asked()[0])["yes"].partition("?")[0]
    with unit_of_work():
        update_where(Member, Member.id == IDS["ada"], silenced_until=clock.now() + DAY)
    assert client.post(path, data={"say": "yes"}).status_code == 403 and state(question) == "answered"


@pytest.mark.parametrize("what", ["removed", "solved", "no answer any more", "tip"])
def test_what_is_no_longer_so_is_not_mailed(ada, ben, mo, question, answer, at, drain, outbox, what):
    at(2 * DAY + timedelta(minutes=30))
    jobs.ask_whether_solved()
    {
        "removed": lambda: publishing.remove(mo, question),
        "solved": lambda: accept_answer(ada, question, answer),
        "no answer any more": lambda: publishing.remove(mo, answer),
        "tip": lambda: mark_reply(ben, answer, "tip"),
    }[what]()
    at(timedelta(hours=12))
    drain()
    assert not [letter for letter in outbox() if "Is it solved?" in letter["Subject"]]


# --- an outscored solution ------------------------------------------------------------------------------------------


@pytest.fixture
def better(cleo, question, solution, make_answer):
    return make_answer(cleo, question, body="The pump was blocked here: clean it from below.")


def praise(answer, count):
    with unit_of_work():
        update_where(Post, Post.id == answer, kudos_count=count, imported_kudos_count=count)


def test_an_outscored_solution_stands_among_the_others_but_stays_marked(
    client, mo, question, solution, better, at
):
    praise(better, 9)
    at(40 * DAY)
    give_kudos(mo, better)
    assert thread(question).outscored_at is not None and state(question) == "solved"
    page = client.get(f"/en/questions/{question}/{thread(question).slug}").get_data(as_text=True)
    assert page.index(f'id="a-{better}"') < page.index(f'id="a-{solution}"')
    assert "Accepted solution" in page and "clearly more useful" in page


def test_time_alone_lets_it_give_way_and_votes_bring_it_back(
    mo, question, solution, better, at, settings_override
):
    praise(better, 12)
    at(29 * DAY)
    assert sweeping.weigh_old_solutions() == 0
    at(2 * DAY)
    assert sweeping.weigh_old_solutions() == 1 and sweeping.weigh_old_solutions() == 0
    praise(solution, 5)
    give_kudos(mo, solution)
    assert thread(question).outscored_at is None


def test_visitors_outscore_no_solution_and_members_do(cleo, mo, question, solution, better, at):
    endorse_answer(mo, better)
    for number in range(12):
        say_helped(ANONYMOUS, better, True, f"browser {number}")
    praise(better, 9)
    at(31 * DAY)
    assert sweeping.weigh_old_solutions() == 0 and not sweeping.weigh(question)
    assert thread(question).outscored_at is None
    say_helped(mo, better, True, "")
    assert thread(question).outscored_at is not None


def test_a_recommended_answer_is_asked_about_too(mo, cleo, question, answer):
    endorse_answer(mo, answer)
    assert say_helped(cleo, answer, True, "")
