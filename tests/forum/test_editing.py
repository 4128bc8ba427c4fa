"""Edit a post: versions, conflicts, reviews, filing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from forum import events
from forum.categories.models import Category
from forum.drafts.drafting import discard_draft, load_draft, save_draft
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from forum.questions.models import PendingEdit, Post, Question, Revision, Tag
from forum.questions.rules import HelpState
from forum.questions.tagging import tags_of
from forum.questions.withdrawing import withdraw_post
from forum.screening import Screening
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("morning")

BETTER = "It stops eight minutes before the end, shows E18 and beeps three times."


@pytest.fixture
def question(ada, make_question):
    return make_question(ada)


def versions(post_id):
    return [
        (r.version, r.title, r.body, r.reason)
        for r in db.session.query(Revision).filter_by(post_id=post_id).order_by(Revision.version)
    ]


def hold_everything():
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("links",)))


def test_an_edit_makes_a_new_version_and_keeps_the_old(ada, question, at, facts):
    at(timedelta(minutes=5))
    posted = edit_post(
        ada, question, version=1, title="The drum stays half full", body=BETTER, reason="More facts"
    )
    post = db.session.get(Question, question)
    assert (post.version, post.title, post.body) == (2, "The drum stays half full", BETTER)
    assert post.slug == "the-drum-stays-half-full" and "beeps" in post.body_html
    assert post.edited_at == START + timedelta(minutes=5) and not posted.held
    assert [(v, reason) for v, _t, _b, reason in versions(question)] == [(1, ""), (2, "More facts")]
    assert facts == [events.PostEdited(question, question, ada.member_id, 2)]


def test_an_edit_of_an_old_version_is_a_conflict(ada, question, leaves_no_trace):
    edit_post(ada, question, version=1, body=BETTER)
    with leaves_no_trace(Conflict):
        edit_post(ada, question, version=1, body=BETTER + " And more.")


def test_an_edit_of_nothing_does_nothing(ada, question, facts):
    post = db.session.get(Question, question)
    edit_post(ada, question, version=1, title=post.title, body=post.body, category_id=1, tags=())
    assert db.session.get(Question, question).version == 1 and facts == []


@pytest.mark.parametrize("who", ["ben", "cleo", "zed", "sam"])
def test_others_do_not_edit(who, request, question, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        edit_post(request.getfixturevalue(who), question, version=1, body=BETTER, reason="It reads better")


def test_a_visitor_does_not_edit(question, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        edit_post(ANONYMOUS, question, version=1, body=BETTER)


def test_a_moderator_edits_with_a_reason_that_is_audited(mo, question, leaves_no_trace):
    with leaves_no_trace(Invalid):
        edit_post(mo, question, version=1, body=BETTER)
    edit_post(mo, question, version=1, body=BETTER, reason="A name was in it")
    assert [entry.act for entry in db.session.query(AuditEntry)] == ["post.edited"]
    assert versions(question)[1][3] == "A name was in it"


def test_the_edit_window_closes(ada, question, at, leaves_no_trace):
    at(timedelta(hours=24, seconds=1))
    with leaves_no_trace(Forbidden):
        edit_post(ada, question, version=1, body=BETTER)


def test_colleagues_edit_an_official_answer(sam, max_, question):
    official = answer_question(sam, question, body="Unplug it and clean the filter.", official=True).id
    edit_post(max_, official, version=1, body="Unplug it, then clean the filter.", reason="Step order")
    assert db.session.get(Post, official).version == 2


def test_the_limits_hold_for_edits(ada, question, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        edit_post(ada, question, version=1, title="Short", body="Tiny")
    assert set(refusal.value.fields) == {"title", "body"}


def test_an_edit_that_is_held_leaves_the_visible_version(ada, mo, question, facts):
    hold_everything()
    posted = edit_post(ada, question, version=1, body=BETTER)
    assert posted.held and db.session.get(Post, question).version == 1
    assert db.session.get(PendingEdit, question).body == BETTER
    assert [type(fact) for fact in facts] == [events.EditHeld]
    publishing.release_edit(mo, question)
    assert db.session.get(Post, question).body == BETTER
    assert facts[-1] == events.PostEdited(question, question, ada.member_id, 2)


def test_an_edit_that_waits_keeps_its_words_and_takes_over_what_others_change(ada, cleo, mo, question, facts):
    hold_everything()
    edit_post(ada, question, version=1, body=BETTER)
    publishing.set_screener(publishing.publish_everything)
    edit_post(cleo, question, version=1, title="The drum stays half full", reason="Clearer words")
    publishing.release_edit(mo, question)
    post = db.session.get(Question, question)
    assert (post.version, post.title, post.body) == (3, "The drum stays half full", BETTER)
    assert db.session.get(PendingEdit, question) is None
    assert not any(isinstance(fact, events.HeldEditEnded) for fact in facts)


def test_an_edit_overtaken_in_the_same_words_is_over_and_its_editor_keeps_them(ada, mo, question, facts):
    hold_everything()
    edit_post(ada, question, version=1, body=BETTER, reason="More facts")
    publishing.set_screener(publishing.publish_everything)
    edit_post(
        mo, question, version=1, body="It stops eight minutes before the end. Shows E18.", reason="Clearer"
    )
    assert db.session.get(PendingEdit, question) is None
    assert events.HeldEditEnded(question, question, ada.member_id, mo.member_id, 2, True) in facts
    kept = load_draft(ada, f"edit:{question}")
    assert kept.body == BETTER and kept.fields == {"version": "1", "reason": "More facts"}
    told = db.session.query(Notification).filter_by(member_id=ada.member_id, kind="edit-overtaken").all()
    assert [one.post_id for one in told] == [question]
    with pytest.raises(NotFound):
        publishing.release_edit(mo, question)


def test_the_editor_s_own_newer_words_replace_those_that_wait_in_silence(ada, question):
    hold_everything()
    edit_post(ada, question, version=1, body=BETTER)
    publishing.set_screener(publishing.publish_everything)
    edit_post(ada, question, version=1, body=BETTER + " Only on Mondays.")
    assert db.session.get(PendingEdit, question) is None
    assert load_draft(ada, f"edit:{question}") is None
    assert not db.session.query(Notification).filter_by(kind="edit-overtaken").count()


def test_words_taken_out_of_a_post_are_taken_out_of_the_edit_that_waits(ada, mo, question):
    hold_everything()
    edit_post(ada, question, version=1, title="The drum of E18", body=BETTER)
    publishing.redact(mo, question, lambda words: words.replace("E18", "•••"))
    publishing.release_edit(mo, question)
    post = db.session.get(Question, question)
    assert "E18" not in post.title + post.body and "beeps" in post.body


def test_editing_a_held_text_has_its_new_version_reviewed(ada, app, facts):
    hold_everything()
    held = ask_question(ada, title="The drum stays full", body=BETTER, category_id=1)
    edit_post(ada, held.id, version=1, body=BETTER + " And nothing else.")
    assert db.session.get(Post, held.id).state == "held"
    assert facts == [events.PostHeld(held.id, ada.member_id, ("links",), n) for n in (1, 2)]


def test_withdrawing_drops_an_edit_that_waits(ada, question):
    hold_everything()
    edit_post(ada, question, version=1, body=BETTER)
    withdraw_post(ada, question)
    assert db.session.get(PendingEdit, question) is None


def test_a_removed_text_is_not_edited_any_more(ada, mo, question, leaves_no_trace):
    publishing.reject(mo, question)
    with leaves_no_trace(Forbidden):
        edit_post(ada, question, version=1, body=BETTER)


def test_an_edit_may_turn_an_answer_into_thanks(ben, question):
    answer = answer_question(ben, question, body="Unplug it and clean the filter.").id
    assert db.session.get(Question, question).help_state == HelpState.ANSWERED
    edit_post(ben, answer, version=1, body="Moi aussi, j’ai le même problème.")
    assert db.session.get(Question, question).help_state == HelpState.OPEN


def test_edits_have_a_pace(ada, question, settings_override, leaves_no_trace):
    with settings_override(forum__edits_a_day=1):
        edit_post(ada, question, version=1, body=BETTER)
        with leaves_no_trace(TooMany):
            edit_post(ada, question, version=2, body=BETTER + " Help.")


# --- filing -----------------------------------------------------------------------------------------------------


def counts():
    return [db.session.get(Category, n).question_count for n in (1, 2)]


def test_a_moved_question_is_counted_where_it_is(ada, question, facts):
    assert counts() == [1, 0]
    edit_post(ada, question, version=1, category_id=2)
    assert counts() == [0, 1] and db.session.get(Post, question).version == 1
    assert facts == [events.PostEdited(question, question, ada.member_id, 1)]


def test_an_expert_retitles_and_moves_with_a_reason(cleo, question, leaves_no_trace):
    with leaves_no_trace(Invalid):
        edit_post(cleo, question, version=1, category_id=2)
    edit_post(
        cleo,
        question,
        version=1,
        title="Drum full of water, code E18",
        category_id=2,
        reason="Easier to find",
    )
    assert db.session.get(Question, question).title == "Drum full of water, code E18"


def test_a_contributor_does_not_retitle(ben, question, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        edit_post(ben, question, version=1, title="Drum full of water, code E18", reason="Easier to find")


def test_topics_follow_the_edit(ben, question, leaves_no_trace):
    regular = replace(ben, rank=3)
    edit_post(regular, question, version=1, tags=("pompe", "e18"), reason="Topics added")
    edit_post(regular, question, version=1, tags=("e18",), reason="Topics added")
    assert tags_of(question) == ("e18",)
    assert {tag.key: tag.question_count for tag in db.session.query(Tag)} == {"pompe": 0, "e18": 1}
    with leaves_no_trace(Forbidden):
        edit_post(ben, question, version=1, tags=("pompe",), reason="Topics added")


def test_a_removed_question_is_counted_nowhere_and_returns(mo, ben, question):
    edit_post(replace(ben, rank=3), question, version=1, tags=("pompe",), reason="Topics added")
    publishing.remove(mo, question)
    assert counts() == [0, 0] and db.session.query(Tag).one().question_count == 0
    publishing.restore(mo, question)
    assert counts() == [1, 0] and db.session.query(Tag).one().question_count == 1


# --- drafts -----------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_the_newest_wins(ada, at):
    save_draft(ada, "ask", title="The drum", body="It stops", fields={"category_id": 2})
    at(timedelta(seconds=10))
    kept_at = save_draft(ada, "ask", title="The drum", body="It stops and beeps")
    draft = load_draft(ada, "ask")
    assert (draft.body, draft.fields, draft.updated_at) == ("It stops and beeps", {}, kept_at)


def test_drafts_are_private_and_apart_by_place(ada, ben):
    save_draft(ada, "answer:1", body="One")
    save_draft(ada, "answer:2", body="Two")
    assert load_draft(ada, "answer:1").body == "One" and load_draft(ben, "answer:1") is None
    assert load_draft(ANONYMOUS, "answer:1") is None


def test_an_emptied_draft_goes(ada):
    save_draft(ada, "ask", body="Something")
    assert save_draft(ada, "ask", body="  ") is None
    assert load_draft(ada, "ask") is None


def test_discarding_twice_is_harmless(ada):
    save_draft(ada, "ask", body="Something")
    discard_draft(ada, "ask")
    discard_draft(ada, "ask")
    assert load_draft(ada, "ask") is None


@pytest.mark.parametrize("place", ["", "elsewhere", "answer:", "answer:0", "answer:1;drop", "ask\n"])
def test_a_draft_has_a_place(ada, place, leaves_no_trace):
    with leaves_no_trace(Invalid):
        save_draft(ada, place, body="Something")


def test_a_visitor_keeps_no_draft(leaves_no_trace):
    with leaves_no_trace(Forbidden):
        save_draft(ANONYMOUS, "ask", body="Something")


def test_a_draft_is_not_endless(ada, leaves_no_trace):
    with leaves_no_trace(Invalid):
        save_draft(ada, "ask", body="x" * 30_001)
