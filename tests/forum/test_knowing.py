"""Who knows a topic: named beside its questions and its list, and gone at once when they may not be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.closing.closing import close_account
from accounts.members import profiles
from accounts.members.profiles import Profile
from forum.solutions.accepting import accept_answer
from moderation.review.rules import Reason
from moderation.sanctions.sanctioning import suspend
from tests.conftest import START

TITLE, LIST = "People who know this topic", "/en/categories/washing"


@pytest.fixture(autouse=True)
def later(app, at):
    at(START + timedelta(hours=1))


@pytest.fixture
def solved(ada, make_question, make_answer):
    def by(*helpers) -> int:
        for who in helpers:
            question_id = make_question(ada, title=f"Question for {who.display_name} about the drum")
            accept_answer(ada, question_id, make_answer(who, question_id))
        return make_question(ada, title="The one that is looked at")

    return by


def beside(client, path: str) -> str:
    page = client.get(path, follow_redirects=True).text
    return page.partition(TITLE)[2].partition("</section>")[0]


def test_three_members_who_solved_most_stand_beside_a_question_and_a_list(client, ben, cleo, sam, solved):
    question_id = solved(ben, ben, cleo, sam)
    for path in (f"/en/questions/{question_id}/", LIST):
        said = beside(client, path)
        assert (
            said.index("Ben") < said.index("Cleo") and "Sam" not in said
        )  # the brand's own are not in the running
    assert beside(client, "/en/questions/") == "" == beside(client, "/en/categories/coffee")


@pytest.mark.parametrize("how", ["private", "suspended", "closed"])
def test_who_may_not_be_named_is_gone_from_every_page_at_once(
    client, sign_in, ada, ben, cleo, mo, solved, how
):
    question_id = solved(ben, cleo)
    paths = (f"/en/questions/{question_id}/", LIST)
    reader = sign_in(ada, client.application.test_client())
    assert all("Ben" in beside(who, path) for who in (client, reader) for path in paths)
    if how == "private":
        profiles.edit_profile(ben, Profile("Ben", "", "Lyon", True))
    elif how == "closed":
        close_account(ben, ben.member_id)
    else:
        suspend(mo, ben.member_id, 72, Reason.HATE, "")
    for path in paths:
        for who in (client, reader):
            assert "Ben" not in beside(who, path) and "Cleo" in beside(who, path)


def test_a_page_holds_it_in_less_than_two_kilobytes(client, ben, cleo, solved):
    assert 0 < len(beside(client, f"/en/questions/{solved(ben, cleo)}/")) * 3 / 2 < 2_048
