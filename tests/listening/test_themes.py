"""Rising topics: ten people make one, its examples are masked, what the team notes of it stays."""

import json
from datetime import timedelta

import pytest

from accounts.closing import scrubbing
from accounts.closing.closing import close_account
from accounts.members.models import Member
from common.db import db
from common.errors import Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.satisfaction.models import Satisfaction
from moderation.themes import counting, following, queries
from moderation.themes.models import RisingTopic, TopicFollow
from moderation.themes.rules import Source
from rewards.trials.models import Trial, TrialApplication, TrialReport
from tests.conftest import START

WORDS = ("kettle", "belt", "noise", "water", "door", "button", "handle", "cable")


def _say(number, author_id, days, title, body):
    said_at = START - timedelta(days=days, hours=1)
    common = {"language": "en", "state": PostState.PUBLISHED, "body": body, "body_html": f"<p>{body}</p>"}
    return Question(
        author_id=author_id, title=title, slug="q", category_id=1, active_at=said_at, created_at=said_at, published_at=said_at, **common
    )  # fmt: skip


@pytest.fixture
def talk(app, at, members):
    """Four usual weeks; then a week in which eleven people speak of the drain filter, and nine of the hose."""
    at(START)
    crowd = [one.member_id for one in members(12)]
    with unit_of_work():
        for number in range(160):
            word = WORDS[number % len(WORDS)]
            days = 7 + number % 28 if number < 120 else number % 7
            db.session.add(
                _say(number, crowd[number % 12], days, f"My {word} is odd", f"The {word} does odd things.")
            )
        for number in range(11):
            body = f"Unacceptable! The drain filter leaks, write to me{number}@home.example."
            db.session.add(_say(number, crowd[number], 2, "Drain filter leaks", body))
        for number in range(9):
            db.session.add(_say(number, crowd[number], 3, "The hose slips", "The hose slips off."))
        for number in range(20):
            db.session.add(_say(number, 6, 1, "Maintenance window", "The maintenance window of the team."))
    return crowd


def topics(language="en"):
    query = db.select(RisingTopic).where(RisingTopic.language == language).order_by(RisingTopic.z.desc())
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def test_ten_people_make_a_topic_with_its_figures(talk, mo):
    assert counting.count() == len(topics()) > 0
    by_term = {one.shown: one for one in topics()}
    one = by_term["drain filter"]
    assert (one.texts, one.authors, one.before, one.unhappy, one.weeks) == (11, 11, 0, 11, [0, 0, 0, 0, 11])
    assert one.z > 2.5 and one.tone == 4, "three points for the word, one for the mark"
    assert not {"drain", "filter"} & set(by_term), "the pair tells it"
    assert not any("hose" in term for term in by_term), "nine people are too few"
    assert not any("maintenance" in term for term in by_term), "the team's own words do not count"
    assert not set(WORDS) & set(by_term), "what is said as ever does not rise"
    assert counting.count() == len(topics()), "a second run of a night replaces the first"


def test_reports_of_testers_count_and_are_never_quoted(talk, mo):
    before = {one.shown: one.texts for one in (counting.count(), topics())[1]}["drain filter"]
    with unit_of_work():
        db.session.add(Trial(id=1, slug="t", title_fr="Essai", title_en="Trial"))
        db.session.add(TrialApplication(id=1, trial_id=1, member_id=talk[11]))
        db.session.execute(db.update(Member).where(Member.id == talk[11]).values(language="en"))
        db.session.flush()
        said = START - timedelta(days=1)
        db.session.add(
            TrialReport(application_id=1, rating=2, disliked="The drain filter leaks.", written_at=said)
        )
    counting.count()
    one = next(one for one in topics() if one.shown == "drain filter")
    assert (one.texts, one.authors) == (before + 1, 12)
    assert not any(source == Source.TRIAL for source, _id in one.examples)


def test_examples_are_masked_and_go_with_their_texts(talk, mo):
    counting.count()
    topic = next(one for one in topics() if one.shown == "drain filter")
    _line, passages = queries.show(mo, topic.id)
    assert len(passages) == 3 and not any("@home.example" in one.text for one in passages)
    with unit_of_work():
        for post in db.session.scalars(db.select(Post).where(Post.body.contains("drain filter"))):
            publishing.hide(mo, post.id)
    assert queries.show(mo, topic.id)[1] == []
    assert counting.count() == 0 or "drain filter" not in {one.shown for one in topics()}


def test_what_customers_say_when_asked_counts_and_held_texts_do_not(talk, mo):
    asked = db.session.scalars(
        db.select(Post.id).where(Post.author_id.in_(talk)).order_by(Post.id).limit(30)
    ).all()
    with unit_of_work():
        for number, question_id in enumerate(asked[:12]):
            db.session.add(
                Satisfaction(
                    question_id=question_id, cycle=1, asker_id=talk[number], due_at=START, asked_at=START, score=1,
                    comment="The parcel came late", answered_at=START - timedelta(hours=3),
                )
            )  # fmt: skip
        for number in range(12):
            post = _say(number, talk[number], 1, "Secret sauce", "The secret sauce of it.")
            post.state, post.published_at = PostState.HELD, None
            db.session.add(post)
    counting.count()
    terms = {one.shown: one for one in topics()}
    assert any("parcel" in term for term in terms) and not any("secret" in term for term in terms)
    one = next(one for term, one in terms.items() if "parcel" in term)
    assert queries.show(mo, one.id)[1][0].place is None, "what was said to the team in private has no address"


def test_after_a_night_in_which_nothing_rises_nothing_is_shown(talk, mo, at):
    counting.count()
    assert queries.night(mo, "en").lines
    quiet = START + timedelta(days=60)
    assert counting.count(quiet) == 0 and counting.count(quiet) == 0
    night = queries.night(mo, "en")
    assert night.lines == [] and night.day == quiet.date()
    assert topics(), "what rose before is kept for its time"


def test_what_the_team_notes_stays_for_the_nights_to_come(talk, mo, sam):
    counting.count()
    first = next(one for one in topics() if one.shown == "drain filter")
    following.follow(mo, first.id, "looking", "After-sales asks the maker")
    following.follow(mo, first.id, "looking", "After-sales asks the maker")
    counting.count(START + timedelta(hours=20))
    line = next(one for one in queries.night(mo, "en").lines if one.topic.shown == "drain filter")
    assert (line.state, line.note, line.by.name) == (
        "looking",
        "After-sales asks the maker",
        "Mo",
    ) and line.topic.id != first.id
    assert line.trend is None
    for wrong in (("gone", ""), ("seen", "x" * 301)):
        with pytest.raises(Invalid):
            following.follow(mo, line.topic.id, *wrong)
    with pytest.raises(NotFound):
        following.follow(mo, 999_999, "seen", "")
    for act in (lambda: queries.night(sam, "en"), lambda: following.follow(sam, line.topic.id, "seen", "")):
        with pytest.raises(Forbidden):
            act()


def test_of_a_topic_s_notes_the_one_that_names_who_left_is_mended_alone(talk, mo, ada, drain, monkeypatch):
    """Notes have a key of two columns: each is mended by the whole of it, part by part."""
    monkeypatch.setattr(scrubbing, "WALK", 1)
    monkeypatch.setattr(scrubbing, "BATCH", 1)
    counting.count()
    ids = [one.id for one in topics()]
    assert len(ids) > 1
    following.follow(mo, ids[0], "seen", "Ask ada@example.com about it")
    following.follow(mo, ids[1], "seen", "After-sales asks the maker")
    close_account(ada, ada.member_id)
    drain()
    notes = set(db.session.scalars(db.select(TopicFollow.note)))
    assert (
        "After-sales asks the maker" in notes and len(notes) == 2 and not any("ada@" in one for one in notes)
    )


def test_old_nights_go_with_their_notes(talk, mo, at):
    counting.count()
    following.follow(mo, topics()[0].id, "seen", "")
    at(START + timedelta(days=200))
    counting.forget_old()
    assert not topics() and not db.session.scalars(db.select(TopicFollow)).all()


def test_the_pages_and_tables(talk, mo, ben, client, sign_in, count_queries):
    browser = sign_in(mo)
    assert "Nothing rises" in browser.get("/en/desk/listening/topics?of=en").get_data(as_text=True)
    counting.count()
    browser.get("/en/desk/listening/topics?of=en")
    with count_queries() as seen:
        page = browser.get("/en/desk/listening/topics?of=en").get_data(as_text=True)
    assert "drain filter" in page and len(seen) < 25
    topic = next(one for one in topics() if one.shown == "drain filter")
    for path in ("", "?of=fr", "?of=xx", f"/{topic.id}"):
        for code in ("fr", "en"):
            assert browser.get(f"/{code}/desk/listening/topics{path}").status_code == 200
    table = browser.get("/en/desk/listening/topics.csv?of=en").get_data(as_text=True)
    assert table.splitlines()[0].startswith("\ufeffTopic,Texts") and "drain filter,11,0,11" in table
    told = json.loads(browser.get("/en/desk/listening/topics.json?of=en").get_data())
    assert (
        told["topics"][0].keys() >= {"topic", "z", "weeks"}
        and browser.get("/en/desk/listening/topics.xml").status_code == 404
    )
    where = f"/en/desk/listening/topics/{topic.id}"
    refused = browser.post(where, data={"state": "x", "note": "typed words"})
    assert refused.status_code == 422 and "typed words" in refused.get_data(as_text=True)
    assert browser.post(where, data={"state": "seen", "note": ""}).status_code == 303
    assert sign_in(ben).get(where).status_code == 403
