"""Suggested edits: who may, who decides, what is published under whose name, and that each is decided once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS, SYSTEM
from forum.questions import publishing
from forum.questions.editing import edit_post
from forum.questions.models import PendingEdit, Post, Revision
from forum.screening import Screening
from forum.suggestions.deciding import approve_suggestion, reject_suggestion
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.rules import RejectReason, SuggestionState
from forum.suggestions.suggesting import suggest_edit, withdraw_suggestion
from tests.conftest import all_rows

HELP = "Unplug it, open the small hatch and clean the filter."
BETTER = HELP + " A towel under it keeps the floor dry."


@pytest.fixture
def answer(ada, question, make_answer):
    """An answer by Ada herself, so that Ben (rank 2) and Cleo (rank 5) are others."""
    return make_answer(ada, question)


@pytest.fixture
def suggested(ben, answer):
    return suggest_edit(ben, answer, version=1, body=BETTER, reason="The floor gets wet")


def state(suggestion_id):
    return db.session.scalar(select(SuggestedEdit.state).where(SuggestedEdit.id == suggestion_id))


def text_of(post_id):
    return db.session.execute(select(Post.body, Post.version).where(Post.id == post_id)).one()


def news(member):
    found = select(Notification.kind).where(
        Notification.member_id == member.member_id, Notification.withdrawn_at.is_(None)
    )
    return list(db.session.scalars(found.order_by(Notification.id)))


# --- suggesting -------------------------------------------------------------------------------------------------


def test_a_suggestion_changes_nothing_until_it_is_taken(ada, suggested, answer, client):
    assert text_of(answer) == (HELP, 1) and state(suggested) == SuggestionState.OPEN
    assert "edit-suggested" in news(ada)
    assert "towel" not in client.get(f"/en/posts/{answer}/history").text


def test_it_is_credited_to_whoever_suggested_it(ada, ben, cleo, suggested, answer, client):
    assert approve_suggestion(cleo, suggested)
    assert text_of(answer) == (BETTER, 2)
    newest = db.session.scalars(
        select(Revision).where(Revision.post_id == answer, Revision.version == 2)
    ).one()
    assert (newest.editor_id, newest.reason) == (ben.member_id, "The floor gets wet")
    assert "suggestion-approved" in news(ben) and "edit-suggested" not in news(ada)
    assert "<ins>" in client.get(f"/en/posts/{answer}/history").text
    with pytest.raises(Conflict):
        approve_suggestion(cleo, suggested)


def test_the_author_decides_too_and_an_improvement_is_a_version_of_its_own(ada, ben, suggested, answer):
    assert approve_suggestion(ada, suggested, body=BETTER + " Then close it.")
    editors = db.session.execute(
        select(Revision.version, Revision.editor_id)
        .where(Revision.post_id == answer)
        .order_by(Revision.version)
    )
    assert [tuple(row) for row in editors] == [(1, ada.member_id), (2, ben.member_id), (3, ada.member_id)]


def test_declining_gives_a_reason(ben, cleo, suggested, answer, client, sign_in):
    with pytest.raises(Invalid):
        reject_suggestion(cleo, suggested, RejectReason.OTHER, "")
    reject_suggestion(cleo, suggested, RejectReason.OTHER_MEANING, "It was about the hose.")
    assert text_of(answer) == (HELP, 1) and "suggestion-declined" in news(ben)
    page = sign_in(ben).get(f"/en/suggestions/{suggested}").text
    assert "It changes what the author meant." in page and "It was about the hose." in page


@pytest.mark.parametrize(
    ("who", "why"), [("ada", Forbidden), ("newcomer", Forbidden), ("zed", Forbidden), ("mo", Forbidden)]
)
def test_who_may_not_suggest_leaves_no_trace(request, who, why, answer):
    before = all_rows()
    with pytest.raises(why):
        suggest_edit(
            request.getfixturevalue(who), answer, version=1, body=BETTER, reason="The floor gets wet"
        )
    assert all_rows() == before


def test_an_author_whose_time_is_over_may_suggest_the_change(ada, cleo, answer, at):
    at(timedelta(days=31))
    made = suggest_edit(ada, answer, version=1, body=BETTER, reason="I forgot the towel")
    with pytest.raises(Forbidden):
        approve_suggestion(ada, made)
    assert approve_suggestion(cleo, made)


@pytest.mark.parametrize(
    "form", [{"body": HELP}, {"body": "short"}, {"body": BETTER, "reason": ""}, {"body": "x" * 20_001}]
)
def test_what_cannot_be_a_text_is_refused(ben, answer, form):
    before = all_rows()
    with pytest.raises(Invalid):
        suggest_edit(ben, answer, version=1, **{"reason": "The floor gets wet", **form})
    assert all_rows() == before


def test_one_suggestion_waits_for_a_text_at_a_time_and_so_many_a_day(
    ben, cleo, ada, suggested, answer, question, make_answer, settings_override
):
    with pytest.raises(Conflict):
        suggest_edit(cleo, answer, version=1, body=BETTER + " Really.", reason="Clearer so")
    with settings_override(forum__suggestions_a_day=1), pytest.raises(TooMany):
        suggest_edit(ben, make_answer(ada, question), version=1, body=BETTER, reason="The floor gets wet")
    assert withdraw_suggestion(ben, suggested) and not withdraw_suggestion(ben, suggested)
    with pytest.raises(Forbidden):
        withdraw_suggestion(cleo, suggested)
    suggest_edit(cleo, answer, version=1, body=BETTER + " Really.", reason="Clearer so")


# --- deciding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ben", "zed", "newcomer"])
def test_nobody_else_decides_or_sees_it(request, who, suggested, client, sign_in):
    actor = request.getfixturevalue(who)
    before = all_rows()
    with pytest.raises((Forbidden, NotFound)):
        approve_suggestion(actor, suggested)
    with pytest.raises((Forbidden, NotFound)):
        reject_suggestion(actor, suggested, RejectReason.NO_GAIN)
    assert all_rows() == before
    assert client.get(f"/en/suggestions/{suggested}").status_code == 404
    with pytest.raises(NotFound):
        approve_suggestion(ANONYMOUS, suggested)


def test_a_text_that_changed_meanwhile_ends_the_suggestion(ada, ben, cleo, suggested, answer):
    edit_post(ada, answer, version=1, body=HELP + " Wait an hour before.")
    assert state(suggested) == SuggestionState.OUTDATED and "suggestion-outdated" in news(ben)
    with pytest.raises(Conflict):
        approve_suggestion(cleo, suggested)
    assert text_of(answer).version == 2


def test_what_is_hidden_has_no_suggestions(cleo, suggested, answer, client, sign_in):
    publishing.hide(SYSTEM, answer)
    assert sign_in(cleo).get(f"/en/suggestions/{suggested}").status_code == 404
    assert f"/suggestions/{suggested}" not in client.get("/en/suggestions").text
    with pytest.raises(NotFound):
        approve_suggestion(cleo, suggested)


def test_a_suggestion_is_screened_like_any_edit(ben, cleo, mo, ada, answer, client, sign_in):
    publishing.set_screener(lambda s: Screening(s.title, s.body.replace("0612345678", "█"), ("links",)))
    made = suggest_edit(ben, answer, version=1, body=HELP + " Call 0612345678.", reason="A number helps")
    assert "0612345678" not in str(all_rows()) and "edit-suggested" not in news(ada)
    with pytest.raises(NotFound):
        approve_suggestion(cleo, made)
    assert f"/suggestions/{made}" not in sign_in(cleo).get("/en/suggestions").text
    assert not approve_suggestion(mo, made), "the edit waits in the moderators' queue"
    assert text_of(answer).version == 1
    assert db.session.get(PendingEdit, answer).editor_id == ben.member_id


def test_of_many_who_decide_at_once_one_does(in_threads, cleo, mo, ada, suggested, answer):
    who = [cleo, mo, ada]
    results = in_threads(12, lambda n: approve_suggestion(who[n % 3], suggested))
    assert [one for one in results if one is True] == [True]
    assert all(isinstance(one, Conflict) for one in results if one is not True)
    assert text_of(answer).version == 2


def test_of_many_who_suggest_at_once_one_waits(in_threads, members_of_rank_two, answer):
    results = in_threads(
        15,
        lambda n: suggest_edit(
            members_of_rank_two[n], answer, version=1, body=f"{BETTER} {n}", reason="The floor gets wet"
        ),
    )
    assert sum(isinstance(one, int) for one in results) == 1 and all(
        isinstance(one, int | Conflict) for one in results
    )
    assert db.session.scalar(select(func.count()).select_from(SuggestedEdit)) == 1


# --- pages ------------------------------------------------------------------------------------------------------


def test_from_the_menu_to_the_published_change(client, ben, cleo, answer, question, path_of, sign_in):
    maker, reviewer = (sign_in(who, client.application.test_client()) for who in (ben, cleo))
    assert f"/en/posts/{answer}/suggest" in maker.get(path_of(question)).text
    form = maker.get(f"/en/posts/{answer}/suggest")
    assert form.status_code == 200 and HELP in form.text
    sent = maker.post(
        f"/en/posts/{answer}/suggest", data={"version": "1", "body": BETTER, "reason": "The floor gets wet"}
    )
    where = sent.headers["Location"]
    assert (
        "Take my suggestion back" in maker.get(where).text and "Take the change" not in maker.get(where).text
    )
    assert f"/en/posts/{answer}/suggestion" in reviewer.get(path_of(question)).text
    assert where in reviewer.get("/en/suggestions").text and where in maker.get("/en/suggestions").text
    page = reviewer.get(reviewer.get(f"/en/posts/{answer}/suggestion").headers["Location"]).text
    assert "<ins>" in page and "Take the change" in page
    assert reviewer.post(f"{where}/approve").status_code == 303
    assert reviewer.post(f"{where}/approve").status_code == 409
    assert "towel" in client.get(path_of(question)).text
    assert client.get("/en/suggestions").status_code == 403


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"version": "x"},
        {"version": "1", "body": "", "reason": ""},
        {"version": "7", "body": BETTER, "reason": "The floor gets wet"},
    ],
)
def test_a_refused_suggestion_keeps_what_was_typed(client, ben, answer, sign_in, form):
    page = sign_in(ben).post(f"/en/posts/{answer}/suggest", data=form)
    assert page.status_code in (409, 422) and form.get("body", "") in page.text


def test_who_decides_finds_what_waits_with_its_number(client, sign_in, ben, cleo, mo, sam, suggested):
    rail = '<span class="cnt">1</span>'
    for who, pages in (
        (mo, ["/en/desk/review"]),
        (sam, ["/en/desk/escalations"]),
        (cleo, ["/en/helping/", "/en/mine"]),
    ):
        sign_in(who, client)
        for path in pages:
            page = client.get(path, follow_redirects=True).text
            start = page.index('href="/en/suggestions"')
            assert (rail if who is not cleo else "1 waits") in page[start : start + 400], path
    sign_in(ben, client)
    page = client.get("/en/helping/").text
    assert 'href="/en/suggestions"' in page and "1 waits" not in page
    approve_suggestion(cleo, suggested)
    sign_in(mo, client)
    page = client.get("/en/desk/review").text
    assert "cnt" not in page[page.index('href="/en/suggestions"') :].partition("</a>")[0]
