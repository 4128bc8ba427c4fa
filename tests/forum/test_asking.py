"""Ask a question."""

from datetime import timedelta

import pytest

from common.db import db
from common.errors import Forbidden, Invalid, TooMany
from common.permissions import ANONYMOUS, SYSTEM
from forum import events
from forum.categories.models import Category
from forum.drafts.drafting import load_draft, save_draft
from forum.questions import publishing
from forum.questions.asking import ask_question
from forum.questions.models import Question, Revision, Tag
from forum.questions.rules import HelpState, PostState
from forum.questions.tagging import tags_of
from forum.reactions.following import follows
from forum.screening import Screening
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("morning")

TITLE = "The drum stays full of water"
BODY = "It stops eight minutes before the end and shows E18."


def ask(actor, **changes):
    return ask_question(actor, **({"title": TITLE, "body": BODY, "category_id": 1} | changes))


@pytest.fixture
def held():
    """A screener that holds everything, as pre-moderation does."""
    publishing.set_screener(
        lambda s: Screening(s.title, s.body.replace("06 12 34 56 78", "▮▮▮"), ("first_post",), ("phone",))
    )
    before = publishing.publish_everything
    yield
    publishing.set_screener(before)


def test_a_question_is_published(ada, facts):
    posted = ask(ada)
    question = db.session.get(Question, posted.id)
    assert (question.title, question.body, question.slug) == (TITLE, BODY, "the-drum-stays-full-of-water")
    assert question.state == PostState.PUBLISHED and question.help_state == HelpState.OPEN
    assert question.published_at == START and question.active_at == START and question.language == "en"
    assert "<p>" in question.body_html
    assert facts == [events.QuestionPublished(posted.id, ada.member_id, 1)]


def test_the_asker_follows_and_the_category_counts(ada):
    posted = ask(ada)
    assert follows(ada, posted.id)
    assert db.session.get(Question, posted.id).follower_count == 1
    assert db.session.get(Category, 1).question_count == 1


def test_the_first_version_is_kept(ada):
    posted = ask(ada)
    revision = db.session.query(Revision).filter_by(post_id=posted.id).one()
    assert (revision.version, revision.title, revision.body) == (1, TITLE, BODY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "Too short"}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"title": " \u200b " * 20}, "title"),
        ({"body": "Not enough"}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"category_id": 99}, "category_id"),
        ({"category_id": None}, "category_id"),
        ({"tags": ("a1", "b2", "c3", "d4", "e5", "f6")}, "tags"),
        ({"tags": ("x",)}, "tags"),
        ({"tags": ("never-heard-of",)}, "tags"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(ada, changes, field, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        ask(ada, **changes)
    assert list(refusal.value.fields) == [field]


def test_the_limits_themselves_are_taken(ada, at):
    assert ask(ada, title="x" * 10, body="y" * 20)
    at(timedelta(minutes=1))
    assert ask(ada, title="x" * 150, body="y" * 20_000)


def test_pictures_are_limited_by_rank(ada, newcomer, leaves_no_trace):
    pictures = [f"![p](/images/{n:040x}.png)" for n in range(6)]
    with leaves_no_trace(Invalid):
        ask(ada, body=BODY + " ".join(pictures))
    assert ask(ada, body=BODY + " ".join(pictures[:5]))
    with leaves_no_trace(Invalid):
        ask(newcomer, body=BODY + " ".join(pictures[:2]))
    assert ask(newcomer, body=BODY + pictures[0])


@pytest.mark.parametrize("who", ["zed", "nobody"])
def test_who_may_not_write_may_not_ask(who, zed, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        ask(zed if who == "zed" else ANONYMOUS)


def test_the_same_text_within_five_minutes_is_the_first_question(ada, at, facts):
    first = ask(ada)
    at(timedelta(minutes=4, seconds=59))
    again = ask(ada)
    assert again.id == first.id and again.repeated and not first.repeated
    assert len(facts) == 1


def test_the_same_text_after_five_minutes_is_a_new_question(ada, at):
    first = ask(ada)
    at(timedelta(minutes=5))
    assert ask(ada).id != first.id


def test_the_same_text_by_somebody_else_is_another_question(ada, ben):
    assert ask(ada).id != ask(ben).id


def test_a_newcomer_waits_between_two_questions(newcomer, at, leaves_no_trace):
    ask(newcomer)
    at(timedelta(seconds=119))
    with leaves_no_trace(TooMany) as refusal:
        ask(newcomer, title="Another question here")
    assert refusal.value.retry_after == 1
    at(timedelta(seconds=1))
    assert ask(newcomer, title="Another question here")


def test_a_newcomer_asks_three_questions_on_the_first_day(newcomer, at):
    for number in range(3):
        ask(newcomer, title=f"Question number {number}")
        at(timedelta(minutes=10))
    with pytest.raises(TooMany):
        ask(newcomer, title="Question number 4")


def test_staff_and_the_system_have_no_pace(mo):
    assert ask(mo) and ask(mo, title="Another question here")
    assert ask(SYSTEM) and ask(SYSTEM, title="Another question here")


def test_a_contributor_may_bring_new_topics_and_a_member_uses_them(ben, ada):
    posted = ask(ben, tags=("Code E18", "pompe", "code e18"))
    assert tags_of(posted.id) == ("code-e18", "pompe")
    second = ask(ada, tags=("pompe",))
    assert tags_of(second.id) == ("pompe",)
    assert db.session.query(Tag).filter_by(key="pompe").one().question_count == 2


def test_a_held_question_reaches_nobody_yet(ada, held, facts):
    posted = ask(ada, body=BODY + " Call 06 12 34 56 78.")
    question = db.session.get(Question, posted.id)
    assert posted.held and posted.reasons == ("first_post",) and posted.masked == ("phone",)
    assert question.state == PostState.HELD and question.published_at is None
    assert "06 12" not in question.body + question.body_html
    assert db.session.get(Category, 1).question_count == 0 and not follows(ada, posted.id)
    assert [type(fact) for fact in facts] == [events.PostHeld]


def test_a_held_question_sent_again_is_still_the_first(ada, held):
    assert ask(ada).id == ask(ada).id


def test_a_released_question_has_all_its_effects(ada, mo, held, facts):
    posted = ask(ada)
    publishing.release(mo, posted.id)
    assert facts[-1] == events.QuestionPublished(posted.id, ada.member_id, 1)
    assert follows(ada, posted.id) and db.session.get(Category, 1).question_count == 1


def test_the_draft_goes_when_the_question_is_sent(ada):
    save_draft(ada, "ask", title="The drum", body="It stops")
    ask(ada)
    assert load_draft(ada, "ask") is None


def test_control_characters_and_newlines_are_tidied(ada):
    posted = ask(ada, title="The  drum\tstays\x00 full", body="First line here\r\nsecond line here\x07")
    question = db.session.get(Question, posted.id)
    assert question.title == "The drum stays full" and question.body == "First line here\nsecond line here"
