"""What to read first, and the tone of what is said: right by hand, in view only, counted in few statements."""

from datetime import timedelta
from math import isclose

import pytest

from common.db import db
from common.errors import Forbidden
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Question
from moderation.hearing import queries, weighing
from moderation.hearing.models import HeardText
from moderation.hearing.queries import asked
from moderation.hearing.rules import Points, Week, filled, mondays, points_of
from moderation.themes import counting, following, weekly
from moderation.themes.models import RisingTopic, SaidInWeek, TopicWeek
from tests.conftest import START
from tests.listening.test_themes import talk  # noqa: F401 - a fixture


def test_the_weight_is_that_worked_out_by_hand():
    # me too 3 → 10, views 99 → 5: 15 of 30; tone 6; rank 5 → 6 and reach 999 → 3: 9.
    points = points_of(3, 99, 6, 5, 999)
    assert (points.importance, points.tone, points.influence) == (15, 6, 9)
    assert points.factors == (1.75, 1.3, 1.45) and points.weight == 3298
    most = points_of(10**9, 10**9, 15, 6, 10**9)
    assert most == Points(30, 15, 10) and most.weight == 6562
    assert points_of(0, 0, 0, 0, 0).weight == 1000


def test_influence_never_lifts_by_more_than_half_and_an_unhappy_unknown_is_first():
    assert points_of(0, 0, 0, 6, 10**9).weight == 1500
    assert points_of(0, 0, 15, 0, 0).weight > points_of(0, 0, 0, 6, 10**9).weight


def test_weeks_without_a_word_are_weeks_too():
    days = mondays(START.date() + timedelta(days=3), 3)
    assert days[-1] == START.date() and len(days) == 3
    weeks = filled(days, [Week(days[1], 4, 1, 3), Week(days[1], 4, 1, 5)])
    assert [(one.texts, one.unhappy) for one in weeks] == [(0, 0), (8, 2), (0, 0)]
    assert weeks[1].mean == 1 and weeks[1].share == 25 and weeks[0].mean is None is weeks[0].share


@pytest.fixture
def said(app, at, ada, ben, cleo, mo, make_question, make_answer):
    at(START)
    calm = make_question(cleo, title="A calm question of somebody known")
    sharp = make_question(
        ada, title="This is unacceptable and awful", body="I am furious about the drum, it hums!"
    )
    shared = make_question(ben, title="Many have this one", body="It hums at night, is that usual?")
    with unit_of_work():
        db.session.get(Question, shared).me_too_count = 15
    make_answer(mo, calm, body="The team says something about it, at some length.")
    assert weighing.weigh() == 3
    return calm, sharp, shared


def places(page):
    return [one.place[1] for one in page.items]


def test_messages_stand_by_weight_with_their_reasons(said, mo, sam):
    calm, sharp, shared = said
    page = queries.messages(mo, asked({}))
    assert places(page) == [shared, sharp, calm], "the team's own words are not listened to"
    factors = page.items[1].points.factors
    assert isclose(factors[1], 1 + 10 / 20) and factors[2] == 1, "three words and a mark: ten points"
    assert places(queries.messages(mo, asked({"tone": "6"}))) == [sharp]
    assert (
        places(queries.messages(mo, asked({"kind": "answer"})))
        == places(queries.messages(mo, asked({"of": "fr"})))
        == []
    )
    assert len(places(queries.messages(mo, asked({"category": "1", "days": "28"})))) == 3
    with pytest.raises(Forbidden):
        queries.messages(sam, asked({}))


def test_only_what_changed_is_weighed_again_and_hidden_texts_are_gone(said, mo, ada, at):
    _calm, sharp, _shared = said
    assert weighing.weigh() == 0
    with unit_of_work():
        question = db.session.get(Question, sharp)
        question.me_too_count = 63
    assert weighing.weigh() == 1 and places(queries.messages(mo, asked({})))[0] == sharp
    with unit_of_work():
        question = db.session.get(Question, sharp)
        question.body_html, question.title, question.version = "<p>All is well</p>", "All is well", 2
    assert weighing.weigh() == 1 and db.session.get(HeardText, sharp).tone == 0
    publishing.hide(mo, sharp)
    assert sharp not in places(queries.messages(mo, asked({})))
    at(START + timedelta(days=8))
    assert (
        queries.messages(mo, asked({})).items == []
        and len(queries.messages(mo, asked({"days": "28"})).items) == 2
    )
    at(START + timedelta(days=30))
    weighing.forget_old()
    assert not db.session.scalars(db.select(HeardText)).all()


def test_the_weeks_of_everything_and_of_a_topic(talk, mo):  # noqa: F811 - the fixture
    counting.count()
    topic = next(one for one in db.session.scalars(db.select(RisingTopic)) if one.shown == "drain filter")
    term = topic.term
    read = weekly.write()
    assert weekly.write() == read, "a second run writes the same"
    shown = queries.tones(mo, 12, "en", term)
    assert (
        sum(one.texts for one in shown.every)
        == read
        == sum(one.texts for source, weeks in shown.sources for one in weeks if source == "question")
    )
    assert sum(one.unhappy for one in shown.every) == 11 and sum(one.points for one in shown.every) == 44
    name, weeks = shown.topic
    assert name == "drain filter" and [one.texts for one in weeks][-2:] == [11, 0], (
        "it was said in the week before this Monday"
    )
    following.follow(mo, topic.id, "looking", "")
    with unit_of_work():
        db.session.execute(db.delete(RisingTopic))
    weekly.write()
    assert queries.tones(mo, 12, "en").topics[0] == (term, "drain filter"), "what the team looks at goes on"
    assert queries.tones(mo, 12, "en", "unknown").topic is None


def test_old_weeks_go(talk, at):  # noqa: F811 - the fixture
    weekly.write()
    at(START + timedelta(days=800))
    weekly.forget_old()
    assert (
        not db.session.scalars(db.select(SaidInWeek)).all()
        and not db.session.scalars(db.select(TopicWeek)).all()
    )


def test_the_pages_in_few_statements(said, mo, ben, members, make_question, client, sign_in, count_queries):
    browser = sign_in(mo)
    browser.get("/en/desk/listening/messages")
    with count_queries() as few:
        browser.get("/en/desk/listening/messages")
    for one in members(30):
        make_question(one, title=f"The drum of {one.member_id} hums")
    weighing.weigh()
    with count_queries() as many:
        page = browser.get("/en/desk/listening/messages").get_data(as_text=True)
    assert page.count("<article") == 25 and "after=" in page and len(many) == len(few)
    odd = "?days=x&kind=zzz&of=xx&category=99999999999999&tone=-1&after=1-1"
    for path in (
        f"messages{odd}",
        "messages?days=28&tone=3",
        "tone",
        "tone?weeks=52&of=fr&topic=nothing",
        "tone?weeks=x&of=xx",
    ):
        for code in ("fr", "en"):
            assert browser.get(f"/{code}/desk/listening/{path}").status_code == 200
    for path in ("messages", "tone"):
        assert sign_in(ben).get(f"/en/desk/listening/{path}").status_code == 403
