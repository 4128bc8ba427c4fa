"""Asking under a mask: what may, what may not, what it means for limits and points, lifting it, looking behind it, leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.closing.closing import close_account
from accounts.closing.erasing import registered
from accounts.masks.models import Mask
from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.members.queries import MASKED, cards
from accounts.messages.writing import block, write_to
from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.errors import Forbidden, Invalid, NotFound, Refusal, TooMany
from common.unit_of_work import unit_of_work
from forum.asking.again import earlier_question
from forum.drafts.drafting import load_draft
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.housekeeping.merging import merge_question
from forum.letterbox.places import below_post
from forum.masks.deciding import allow_masks
from forum.masks.lifting import lift_mask
from forum.masks.looking import look_behind
from forum.masks.wearing import under_mask
from forum.notices import slips
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.models import Follow, Kudos, Post, Question
from forum.questions.publishing import publish_everything, set_screener
from forum.questions.withdrawing import withdraw_post
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer
from forum.solutions.settling import say_solved
from moderation.review.models import ReviewItem
from moderation.screening import screener
from tests.masks.conftest import BODY, NAME, PERSON, TITLE, author_of

ASK = {"title": TITLE, "body": BODY, "category_id": "1", "language": "en", "unnamed": "1", "step": "publish"}
OTHER = "Another thing nobody needs to know"


@pytest.fixture(autouse=True)
def at_once(app):
    set_screener(publish_everything)


def test_every_question_has_a_mask_of_its_own(person, masked, at):
    at(timedelta(minutes=30))
    other = ask_question(person.now(), title=OTHER, body=BODY, category_id=2, unnamed=True).id
    first, second = author_of(masked), author_of(other)
    assert PERSON not in (first, second) and first != second
    assert person_behind(first) == person_behind(second) == PERSON
    assert cards([first])[first] is MASKED and person.now().masks == {first, second}


def test_the_same_text_sent_twice_is_one_question_under_one_mask(person, masked):
    again = ask_question(person.now(), title=TITLE, body=BODY, category_id=1, language="en", unnamed=True)
    assert again.repeated and again.id == masked
    assert db.session.scalar(select(func.count()).select_from(Mask)) == 1


def test_who_speaks_for_the_team_and_closed_categories_ask_by_name(app, person, sam, max_, ben):
    with pytest.raises(Invalid):
        ask_question(sam, title=TITLE, body=BODY, category_id=1, unnamed=True)
    with pytest.raises(Forbidden):
        allow_masks(ben, {2, 3})
    assert allow_masks(max_, {2, 3}) == 1 and allow_masks(max_, {2, 3}) == 0
    before = db.session.scalar(select(func.count()).select_from(Member))
    with pytest.raises(Invalid) as refusal:
        ask_question(person.now(), title=TITLE, body=BODY, category_id=1, unnamed=True)
    assert "unnamed" in refusal.value.fields
    assert db.session.scalar(select(func.count()).select_from(Member)) == before


def test_the_page_keeps_the_wish_when_it_refuses_and_in_drafts_and_across_signing_in(
    app, client, person, max_, sign_in, settings_override
):
    allow_masks(max_, {2, 3})
    browser = sign_in(person.now(), app.test_client())
    page = browser.post("/en/questions/ask", data=ASK)
    assert page.status_code == 422 or page.status_code == 400
    assert (
        "one asks by name" in page.text
        and 'name="unnamed" value="1" checked' in page.text
        and "the family must not know" in page.text
    )
    browser.post("/en/questions/ask", data={**ASK, "step": "keep"})
    assert load_draft(person.now(), "ask").fields["unnamed"] == "1"
    assert 'name="unnamed" value="1" checked' in browser.get("/en/questions/ask").text
    visitor = app.test_client()
    visitor.post("/en/questions/ask", data=ASK)
    assert 'name="unnamed" value="1" checked' in visitor.get("/en/questions/ask").text
    with settings_override(forum__masks=False):
        assert 'name="unnamed"' not in app.test_client().get("/en/questions/ask").text
    plain = app.test_client().get("/en/questions/ask").text
    assert (
        'name="unnamed" value="1">' in plain or 'name="unnamed" value="1" id' in plain
    )  # never ticked by itself


def test_in_the_own_thread_the_asker_always_speaks_under_the_mask(person, masked, ben, at):
    mask, answer = (
        author_of(masked),
        answer_question(ben, masked, body="Ask somebody who knows such machines well.").id,
    )
    at(timedelta(minutes=30))
    who = person.now()
    for parent_id in (answer, masked):
        assert author_of(comment_on(who, parent_id, body="It is rather old, as I said.").id) == mask
        at(timedelta(minutes=30))
    assert author_of(answer_question(who, masked, body="I found one myself in the end.").id) == mask
    give_kudos(who, answer)
    assert db.session.scalars(select(Kudos.member_id)).all() == [mask]
    assert set(db.session.scalars(select(Follow.member_id).where(Follow.question_id == masked))) == {mask, 2}
    assert accept_answer(who, masked, answer) and db.session.get(Question, masked).accepted_how == "asker"
    with pytest.raises(Refusal):
        give_kudos(who, masked)  # one's own, under a mask or not
    assert under_mask(who, masked).member_id == mask and not under_mask(who, masked).is_staff


def test_elsewhere_the_person_speaks_by_name(person, masked, ben, make_question):
    other = make_question(ben, title="Something else altogether")
    assert (
        author_of(answer_question(person.now(), other, body="That happened to me too, clean the filter.").id)
        == PERSON
    )


def test_replies_by_mail_go_below_the_mask(person, masked, ben):
    answer = answer_question(ben, masked, body="Ask somebody who knows such machines well.").id
    place = below_post(person.now(), answer, "Whom, for example?")
    assert not place.is_answer
    assert author_of(place.post(person.now(), place.body).id) == author_of(masked)


def test_the_pace_counts_masks_too(person, masked):
    with pytest.raises(TooMany):
        ask_question(person.now(), title=OTHER, body=BODY, category_id=1, unnamed=True)


def test_the_slip_in_the_mail_is_for_the_person(person, masked, ben):
    answer_question(ben, masked, body="Ask somebody who knows such machines well.")
    token = slips.address(masked, PERSON, "en").rpartition("/")[2]
    slip = slips.read(token)
    assert say_solved(slips.asker_of(slip), slip.question_id)


def test_who_follows_the_person_hears_nothing_and_who_follows_the_thread_hears_a_customer(
    person, cleo, ben, app, drain
):
    follow(cleo, TargetKind.MEMBER, PERSON)
    question = ask_question(person.now(), title=TITLE, body=BODY, category_id=1, unnamed=True).id
    follow_question(ben, question)
    drain()
    assert not db.session.scalars(select(Notification).where(Notification.member_id == 3)).all()


def test_nobody_can_write_to_a_mask_or_visit_it(person, masked, ben, client):
    mask = author_of(masked)
    with pytest.raises(Refusal), unit_of_work():
        write_to(ben, mask, "Who are you?", nonce="n1")
    assert client.get(f"/en/members/{mask}/member").status_code == 404


def test_a_new_question_about_an_old_one_never_links_a_name_to_a_mask(person, masked, at, make_question):
    assert earlier_question(person.now(), masked) is None
    by_name = make_question(person.now(), title="By name, in the open")
    at(timedelta(minutes=30))
    browser_form = ask_question(person.now(), title=OTHER, body=BODY, category_id=1, unnamed=True).id
    assert earlier_question(person.now(), by_name) and browser_form


def test_lifting_names_everything_and_only_the_wearer_may(app, person, masked, ben, mo, at, drain):
    answer = answer_question(ben, masked, body="Ask somebody who knows such machines well.").id
    at(timedelta(minutes=30))
    comment = comment_on(person.now(), answer, body="Whom, for example?").id
    give_kudos(person.now(), answer)
    mask = author_of(masked)
    for who in (ben, mo):
        with pytest.raises(Forbidden):
            lift_mask(who, masked)
    assert lift_mask(person.now(), masked) and not lift_mask(person.now(), masked)
    assert author_of(masked) == author_of(comment) == PERSON and not person.now().masks
    assert NAME in app.test_client().get(f"/en/questions/{masked}/", follow_redirects=True).text
    for plan in (registered()["forum"],):
        for column in (*plan.erased, *plan.blanked, *plan.kept):
            assert not db.session.scalar(select(func.count()).where(column == mask)), column
    with pytest.raises(NotFound):
        look_behind(mo, masked)  # nothing is hidden any more


def test_lifting_is_a_page_and_a_press_and_strangers_find_none(app, person, masked, ben, sign_in):
    browser = sign_in(person.now(), app.test_client())
    page = browser.get(f"/en/questions/{masked}/mask")
    assert "cannot be undone" in page.text and author_of(masked) != PERSON
    stranger = sign_in(ben, app.test_client())
    assert stranger.get(f"/en/questions/{masked}/mask").status_code == 404
    assert stranger.post(f"/en/questions/{masked}/mask").status_code == 403
    assert stranger.post(f"/en/questions/{masked}/mask/look").status_code == 403
    assert browser.post(f"/en/questions/{masked}/mask").status_code == 303
    assert author_of(masked) == PERSON


def test_the_team_looks_behind_a_mask_and_the_look_is_kept(app, person, masked, sam, sign_in):
    browser = sign_in(sam, app.test_client())
    thread = browser.get(f"/en/questions/{masked}/", follow_redirects=True).text
    assert "Who asked?" in thread and NAME not in thread
    assert NAME not in browser.get(f"/en/questions/{masked}/mask").text
    assert NAME in browser.post(f"/en/questions/{masked}/mask/look").text
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "mask.looked")).all()
    assert [(entry.actor_id, entry.target_id) for entry in kept] == [(sam.member_id, str(masked))]


def test_what_is_held_is_reviewed_as_the_person_and_seen_by_the_person(
    app, person, mo, sign_in, settings_override
):
    def hold(submission):
        return screener.Screening(submission.title, submission.body, ("first_post",))

    set_screener(hold)
    held = ask_question(person.now(), title=TITLE, body=BODY, category_id=1, unnamed=True)
    item = db.session.scalar(select(ReviewItem).where(ReviewItem.post_id == held.id))
    assert held.held and item.author_id == PERSON
    desk = sign_in(mo, app.test_client())
    assert "Asked under a mask" in desk.get(f"/en/desk/review/{item.id}").text
    browser = sign_in(person.now(), app.test_client())
    assert (
        TITLE in browser.get(f"/en/questions/sent/{held.id}").text and TITLE in browser.get("/en/mine").text
    )
    assert app.test_client().get(f"/en/questions/{held.id}/").status_code == 404
    assert withdraw_post(person.now(), held.id)


def test_screening_knows_the_person(person, masked):
    assert screener.author_of(under_mask(person.now(), masked)).has_published


def test_who_leaves_is_behind_no_mask_and_hears_nothing(person, masked, root, ben, drain):
    mask = author_of(masked)
    close_account(person.now(), PERSON)
    assert person_behind(mask) == mask and cards([mask])[mask] is MASKED
    assert not db.session.scalars(select(Follow).where(Follow.question_id == masked)).all()
    answer_question(ben, masked, body="Ask somebody who knows such machines well.")
    drain()
    assert not db.session.scalars(
        select(Notification).where(Notification.member_id.in_((PERSON, mask)))
    ).all()


def test_masks_cost_readers_nothing_and_their_wearers_little(
    app, person, masked, ada, ben, sign_in, count_queries, make_question
):
    named = make_question(ada, title="Something else altogether")
    counts = {}
    for name, who, question in (
        ("ben", ben, masked),
        ("ben-named", ben, named),
        ("asker", ada, named),
        ("person", person.now(), masked),
    ):
        browser = sign_in(who, app.test_client())
        browser.get(f"/en/questions/{question}/", follow_redirects=True)
        costs = []
        for _ in range(3):  # the cheapest: what is written down every minute is no cost of this page
            with count_queries() as seen:
                browser.get(f"/en/questions/{question}/", follow_redirects=True)
            costs.append(len(seen))
        counts[name] = min(costs)
    assert counts["ben"] == counts["ben-named"]
    assert counts["person"] <= counts["asker"] + 4  # their masks, twice; marks and a draft of their own, once
    assert db.session.scalar(select(func.count()).select_from(Post).where(Post.author_id == PERSON)) == 0


# --- what others could infer ---------------------------------------------------------------------------------------


def _heard(member_id: int) -> list[str]:
    query = select(Notification.kind).where(Notification.member_id == member_id).order_by(Notification.id)
    return list(db.session.scalars(query))


def test_whom_one_blocked_cannot_be_seen_by_what_one_hears_of_masked_posts(person, ben, cleo, drain, at):
    for one in (ben, cleo):
        follow(one, TargetKind.CATEGORY, 1)
    block(ben, PERSON)
    body = f"{BODY} @ben and @cleo may know."
    ask_question(person.now(), title=TITLE, body=body, category_id=1, language="en", unnamed=True)
    drain()
    assert _heard(ben.member_id) == _heard(cleo.member_id) == ["mention"]
    at(timedelta(minutes=30))
    ask_question(person.now(), title=OTHER, body=BODY, category_id=1, language="en", unnamed=True)
    drain()
    assert _heard(ben.member_id) == _heard(cleo.member_id) == ["mention", "topic-question"]


def test_nobody_hears_of_their_own_masked_question(person, ben, drain):
    for one in (person.now(), ben):
        follow(one, TargetKind.CATEGORY, 1)
    body = f"{BODY} @Quillaja Xanthe would say so."
    ask_question(person.now(), title=TITLE, body=body, category_id=1, language="en", unnamed=True)
    drain()
    assert _heard(PERSON) == [] and _heard(ben.member_id) == ["topic-question"]


def test_a_masked_first_post_opens_no_rank_until_something_is_written_by_name(
    newcomer, ada, make_question, drain, at
):
    at(timedelta(hours=4))
    ask_question(newcomer, title=TITLE, body=BODY, category_id=1, language="en", unnamed=True)
    drain()
    rank = select(Member.rank).where(Member.id == newcomer.member_id)
    assert db.session.scalar(rank) == 0
    at(timedelta(hours=1))
    answer_question(
        newcomer, make_question(ada), body="Unplug it, open the small hatch and clean the filter."
    )
    drain()
    assert db.session.scalar(rank) == 1


# --- after a merge ---------------------------------------------------------------------------------------------------


@pytest.fixture
def merged(masked, ben, mo, make_question, at) -> int:
    """The question of somebody else which the masked one went up in."""
    there = make_question(ben, title="The other question by Ben about it")
    at(timedelta(minutes=20))
    merge_question(mo, masked, there)
    return there


def _pressed(page: str, what: str) -> list[str]:
    return re.findall(rf'formaction="[^"]*/{what}"[^>]*aria-pressed="(\w+)"', page)


def test_where_a_masked_question_went_up_the_page_knows_what_the_mask_did(person, merged, sign_in):
    browser = sign_in(person.now())
    address = f"/en/questions/{merged}/-"
    page = browser.get(address, follow_redirects=True).text
    assert _pressed(page, "follow") == ["true"] and _pressed(page, "me-too") == ["false"]
    assert "Here you are “A customer”" in page and NAME not in page.split("<main")[1]
    browser.post(f"/en/questions/{merged}/me-too", data={"on": "1"})
    browser.post(f"/en/questions/{merged}/follow", data={"on": "0"})
    page = browser.get(address, follow_redirects=True).text
    assert _pressed(page, "follow") == ["false"] and _pressed(page, "me-too") == ["true"]


@pytest.mark.parametrize("by_target", [True, False])
def test_a_mask_is_lifted_after_a_merge_from_either_address(person, masked, merged, cleo, sign_in, by_target):
    address = f"/en/questions/{merged if by_target else masked}/mask"
    assert sign_in(cleo).get(address).status_code == 404 and sign_in(cleo).post(address).status_code == 403
    browser = sign_in(person.now())
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 303 and author_of(masked) == PERSON
    assert not lift_mask(person.now(), masked) and not lift_mask(person.now(), merged)


def test_the_team_looks_behind_the_mask_of_a_merged_question(masked, merged, mo, ben, sign_in):
    browser = sign_in(mo)
    link = f'/en/questions/{masked}/mask"'
    assert link in browser.get(f"/en/questions/{merged}/-", follow_redirects=True).text
    assert browser.get(f"/en/questions/{masked}/mask").status_code == 200
    assert NAME in browser.post(f"/en/questions/{masked}/mask/look").text
    assert link not in sign_in(ben).get(f"/en/questions/{merged}/-", follow_redirects=True).text
