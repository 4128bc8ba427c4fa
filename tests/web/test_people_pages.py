"""Profiles that are private, the directory, and thanks that come with an acceptance."""

from __future__ import annotations

import pytest

from accounts.closing.closing import close_account
from accounts.members import profiles
from accounts.members.profiles import Profile
from common.db import db
from common.errors import Invalid
from forum.members.directory import directory
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.solutions.closing import close_question
from forum.solutions.models import Thanks
from forum.solutions.thanking import LONGEST, thank
from tests.conftest import IDS, START, all_rows

PRIVATE = 'name="is_private" value="1" checked'
BEN = f"/en/members/{IDS['ben']}/ben"


@pytest.fixture(autouse=True)
def morning(app, at):
    """The cast is as it is described at this moment."""
    at(START)


def make_private(who):
    profiles.edit_profile(who, Profile(who.display_name, "", "Lyon", True))


def names(**asked):
    return [one.card.name for one in directory(**asked).items]


def test_a_private_profile_hides_town_and_activity_from_others_at_once(
    client, sign_in, ada, ben, mo, make_question, make_answer
):
    profiles.edit_profile(ben, Profile("Ben", "", "Lyon"))
    make_answer(ben, make_question(ada))
    assert "Lyon" in client.get(BEN).text and "Activity" in client.get(BEN).text
    make_private(ben)
    for who, sees in ((None, False), (ada, False), (ben, True), (mo, True)):
        if who:
            sign_in(who, client)
        page = client.get(f"{BEN}?tab=answers").text
        assert ("Lyon" in page, "Activity, 26 weeks" in page, "Unplug it" in page) == (sees,) * 3
    assert "Private profile" in client.get("/en/settings/profile").text


def test_who_is_private_is_in_no_directory(client, ada, ben, make_question, make_answer):
    make_answer(ben, make_question(ada))
    found = "/en/search?q=ben&tab=members"
    assert names() == ["Ben", "Ada"] and "Ben" in client.get(found).text
    make_private(ben)
    assert names() == ["Ada"] and "Ben" not in client.get(found).text


def test_no_search_lists_what_somebody_private_or_gone_wrote(
    client, sign_in, ada, ben, mo, make_question, drain
):
    make_question(ben, title="The walrus key is stuck")
    drain()
    by = [f"/en/search?q=walrus&author={one}" for one in ("Ben", IDS["ben"])]
    lists = lambda: ["Nobody by that name" not in client.get(path).text for path in by]  # noqa: E731
    assert lists() == [True, True]
    make_private(ben)
    for who, sees in ((None, False), (ada, False), (ben, True), (mo, True)):
        if who:
            sign_in(who, client)
        assert lists() == [sees, sees]
    close_account(ben, ben.member_id)
    assert lists() == [False, False] and "key is stuck" in client.get("/en/search?q=walrus").text


def test_the_profile_form_keeps_and_lifts_it(client, sign_in, ben):
    sign_in(ben, client)
    form = {"display_name": "Ben", "bio": "", "city": "", "privacy": "1"}
    client.post("/en/settings/profile", data=form | {"is_private": "1"})
    assert PRIVATE in client.get("/en/settings/profile").text
    client.post("/en/welcome", data={"display_name": "Ben", "bio": "", "city": "", "language": "en"})
    assert PRIVATE in client.get("/en/settings/profile").text, "the welcome page says nothing of it"
    client.post("/en/settings/profile", data=form)
    assert PRIVATE not in client.get("/en/settings/profile").text


def test_the_directory_lists_who_took_part_and_finds_names(client, ada, ben, cleo, make_question):
    for who in (ada, ben, cleo):
        make_question(who, title=f"A question of {who.display_name}, to take part")
    assert names() == ["Cleo", "Ben", "Ada"] and names(name="be") == ["Ben"] and names(name="%") == []
    assert (
        "Cleo" in client.get("/en/members/").text
        and "Nobody of this name" in client.get("/en/members/?q=zz").text
    )


def test_thanks_come_with_the_acceptance_and_stand_on_the_wall(
    client, sign_in, ada, ben, mo, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    sign_in(ada, client)
    words = "You saved our weekend, all of us wave at you."
    sent = client.post(
        f"/en/questions/{question_id}/accept?answer={answer_id}", data={f"thanks-{answer_id}": words}
    )
    assert sent.status_code == 303
    assert db.session.get(Question, question_id).accepted_answer_id == answer_id
    assert words in client.get(BEN).text
    (comment_id,) = (row.comment_id for row in db.session.query(Thanks))
    publishing.hide(mo, comment_id)
    assert words not in client.get(BEN).text


def test_a_closed_question_takes_a_solution_and_no_words(
    client, sign_in, ada, ben, mo, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    close_question(mo, question_id, "off_topic")
    sign_in(ada, client)
    page = client.get(f"/en/questions/{question_id}/", follow_redirects=True).text
    assert "This is the solution" in page and "Solution, with thanks" not in page
    words = "You saved our weekend, all of us wave at you."
    sent = {f"thanks-{answer_id}": words}
    page = client.post(f"/en/questions/{question_id}/accept?answer={answer_id}", data=sent)
    assert page.status_code == 403 and "No longer the solution" in page.text
    assert db.session.get(Question, question_id).accepted_answer_id == answer_id


def test_an_acceptance_without_a_word_says_nothing(client, sign_in, ada, ben, make_question, make_answer):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    sign_in(ada, client)
    client.post(f"/en/questions/{question_id}/accept?answer={answer_id}", data={f"thanks-{answer_id}": "  "})
    assert db.session.query(Thanks).count() == 0 and db.session.query(Post).count() == 2


def test_too_long_a_word_is_kept_and_the_solution_stands(
    client, sign_in, ada, ben, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    before = all_rows()
    with pytest.raises(Invalid):
        thank(ada, answer_id, "x" * (LONGEST + 1))
    assert all_rows() == before
    sign_in(ada, client)
    words = "many thanks " * 30
    page = client.post(
        f"/en/questions/{question_id}/accept?answer={answer_id}", data={f"thanks-{answer_id}": words}
    )
    assert page.status_code == 422 and words.strip() in page.text
    assert db.session.get(Question, question_id).accepted_answer_id == answer_id
