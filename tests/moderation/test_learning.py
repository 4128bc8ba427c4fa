"""The model learns from people, once; unlearns what was overturned; speaks late, to newcomers' texts, and only to hold."""

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from accounts.notifications.queries import said
from common import clock
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.questions.asking import ask_question
from forum.questions.models import Post
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.undoing import undo
from moderation.sanctions.appealing import appeal
from moderation.sanctions.models import Statement
from moderation.screening.learning import judging, queries, staging
from moderation.screening.learning.features import number
from moderation.screening.learning.learning import learn, unlearn
from moderation.screening.learning.models import (
    FeatureCount,
    Forecast,
    LabelCount,
    Lesson,
    ModelStage,
    WeeklyReport,
)
from moderation.screening.learning.rules import Kind, Label, Stage

SOLD = "Cheap filters at my shop today, best price, buy now and save a lot of money with my code."


@pytest.fixture(autouse=True)
def fresh():
    judging.forget()
    yield
    judging.forget()


@pytest.fixture
def send(app, policy):
    def ask(who, body=SOLD, title="Cheap filters for your machine"):
        return ask_question(who, title=title, body=body, category_id=1)

    policy("trust")
    return ask


def lessons():
    return [
        (row.post_id, str(row.label))
        for row in db.session.scalars(db.select(Lesson).execution_options(populate_existing=True))
    ]


def totals():
    rows = db.session.execute(db.select(LabelCount.label, LabelCount.texts).where(LabelCount.texts != 0))
    return {str(row.label): row.texts for row in rows}


def count_of(feature):
    row = db.session.get(FeatureCount, ("en", number(feature)), populate_existing=True)
    return (row.ok, row.junk, row.tone) if row else None


@pytest.fixture
def read(decide, mo, at, drain):
    """A moderator decides with care, and the jobs of the minutes after run."""

    def act(post_id, decision=Decision.REJECT, reason=Reason.ADVERTISING, slow=5, who=None):
        decide_slowly(decide, who or mo, post_id, decision, reason, slow)
        at(timedelta(minutes=2))
        drain()

    return act


def decide_slowly(decide, who, post_id, decision, reason, slow):
    from moderation.review import deciding, leasing
    from moderation.review.showing import shown

    item_id = db.session.scalar(
        db.select(ReviewItem.id).where(ReviewItem.post_id == post_id).order_by(ReviewItem.id.desc())
    )
    lease = leasing.claim(who, item_id)
    clock.travel(timedelta(seconds=slow))
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    return deciding.decide(
        who,
        item_id,
        lease.token,
        stamp,
        deciding.Verdict(decision, reason if decision == Decision.REJECT else None),
    )


def test_a_refusal_as_advertising_teaches_once(send, newcomer, read, drain):
    post_id = send(newcomer).id
    read(post_id)
    assert lessons() == [(post_id, "junk")] and count_of("w:filters") == (0, 1, 0)
    decision_id = db.session.scalar(db.select(ReviewDecision.id))
    with unit_of_work():
        assert not learn(post_id, decision_id, Label.JUNK)
    drain()
    assert totals() == {"junk": 1} and count_of("w:filters") == (0, 1, 0)


@pytest.mark.parametrize(
    ("decision", "reason", "slow", "taught"),
    [
        (Decision.APPROVE, None, 5, "ok"), (Decision.REJECT, Reason.INSULT, 5, "tone"), (Decision.REJECT, Reason.OFF_TOPIC, 5, None),
        (Decision.APPROVE, None, 1, None),
    ],
)  # fmt: skip
def test_what_is_learned_of_a_decision(send, newcomer, read, decision, reason, slow, taught):
    post_id = send(newcomer).id
    read(post_id, decision, reason, slow)
    assert lessons() == ([(post_id, taught)] if taught else [])


def test_a_hold_and_an_undone_decision_teach_nothing(send, newcomer, decide, mo, at, drain):
    post_id = send(newcomer).id
    assert lessons() == []
    decide_slowly(decide, mo, post_id, Decision.REJECT, Reason.JUNK, 5)
    undo(mo, db.session.scalar(db.select(ReviewItem.id).where(ReviewItem.state == "decided")))
    at(timedelta(minutes=5))
    drain()
    assert lessons() == [] and totals() == {}


def test_an_overturned_decision_is_unlearned_and_learned_the_other_way(
    send, newcomer, read, second_moderator, at, drain
):
    from moderation.review import deciding, leasing
    from moderation.review.showing import shown

    post_id = send(newcomer).id
    read(post_id)
    statement_id = db.session.scalar(db.select(Statement.id))
    appeal_id = appeal(
        newcomer, statement_id, "This is no advertising at all, I only wanted to help somebody here."
    )
    item_id = db.session.scalar(
        db.select(ReviewItem.id).where(ReviewItem.target_id == appeal_id, ReviewItem.kind == "appeal")
    )
    lease = leasing.claim(second_moderator, item_id)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    deciding.decide(
        second_moderator,
        item_id,
        lease.token,
        stamp,
        deciding.Verdict(Decision.OVERTURN, message="You are right, please excuse us."),
    )
    drain()
    assert lessons() == [(post_id, "ok")] and totals() == {"ok": 1} and count_of("w:filters") == (1, 0, 0)
    with unit_of_work():
        assert not unlearn(db.session.scalar(db.select(Lesson.decision_id)))
    assert totals() == {"ok": 1}


# --- stages -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def schooled(app):
    """A model of English junk that has seen enough, whatever the texts were."""

    def teach(ok=200, junk=200):
        with unit_of_work():
            for feature, counts in {
                "w:filters": (0, junk),
                "w:cheap": (0, junk),
                "w:price": (1, junk),
                "w:shop": (1, junk),
                "w:hums": (ok, 0),
                "w:machine": (ok, 1),
            }.items():
                db.session.merge(
                    FeatureCount(language="en", number=number(feature), ok=counts[0], junk=counts[1], tone=0)
                )
            db.session.merge(LabelCount(language="en", label=Label.OK, texts=ok, features=ok * 2))
            db.session.merge(LabelCount(language="en", label=Label.JUNK, texts=junk, features=junk * 4))
        judging.forget()

    return teach


def stage():
    return str(db.session.get(ModelStage, ("en", Kind.JUNK), populate_existing=True).stage)


def stands(which, since=None):
    with unit_of_work():
        db.session.merge(
            ModelStage(language="en", kind=Kind.JUNK, stage=which, since=since or clock.now(), why="")
        )
    judging.forget()


def test_below_two_hundred_examples_it_has_no_influence(members, schooled, policy):
    policy("reactive")
    schooled(junk=199)
    staging.step_all()
    who = members(1, rank=1)[0]
    assert stage() == "waiting"
    assert not ask_question(who, title="Cheap filters, again", body=SOLD + " More.", category_id=1).held
    assert db.session.scalar(db.select(db.func.count()).select_from(Forecast)) == 0


def test_in_shadow_it_notes_and_holds_nothing_then_it_holds(members, schooled, policy, at):
    schooled()
    policy("reactive")
    staging.step_all()
    assert stage() == "shadow"
    one, two, known = *members(2, rank=1), members(1, rank=2, first_id=2500)[0]
    first = ask_question(one, title="Cheap filters for you", body=SOLD, category_id=1)
    row = db.session.get(Forecast, (first.id, Kind.JUNK))
    assert not first.held and row.noticed and not row.held and row.chance > 0.95
    at(timedelta(days=14, hours=1))
    staging.step_all()
    judging.forget()
    assert stage() == "active"
    held = ask_question(two, title="Cheap filters at a price", body=SOLD + " Now.", category_id=1)
    assert held.reasons == ("learned_junk",) and db.session.get(Forecast, (held.id, Kind.JUNK)).held
    at(timedelta(minutes=1))
    assert not ask_question(
        two, title="It hums at night", body="My machine hums all night long.", category_id=1
    ).held
    assert not ask_question(
        known, title="Cheap filters, and a price", body=SOLD + " Or tomorrow.", category_id=1
    ).held


def noted(post_id, label, decision_id):
    with unit_of_work():
        db.session.add(
            Forecast(
                post_id=post_id,
                kind=Kind.JUNK,
                language="en",
                chance=0.97,
                noticed=True,
                held=True,
                at=clock.now(),
            )
        )
        db.session.add(
            Lesson(
                post_id=post_id,
                decision_id=decision_id,
                language="en",
                label=label,
                numbers=[],
                learned_at=clock.now(),
            )
        )


@pytest.fixture
def proven(app, mo, make_question, ben):
    """Ten held texts, of which so many deserved it."""

    def make(right):
        for n in range(10):
            post_id = make_question(ben, title=f"A text that was held, number {n}")
            with unit_of_work():
                item = ReviewItem(
                    kind="post",
                    target_id=post_id,
                    post_id=post_id,
                    klass=2,
                    state="decided",
                    due_at=clock.now(),
                    aged_at=clock.now(),
                )
                db.session.add(item)
                db.session.flush()
                made = ReviewDecision(
                    item_id=item.id,
                    decision=Decision.APPROVE,
                    actor_id=mo.member_id,
                    post_id=post_id,
                    stamp="v1",
                )
                db.session.add(made)
                db.session.flush()
                decision_id = made.id
            noted(post_id, Label.JUNK if n < right else Label.OK, decision_id)

    return make


def news(kind):
    rows = db.select(Notification).where(Notification.kind == kind).order_by(Notification.member_id)
    return list(db.session.scalars(rows))


def test_managers_hear_of_a_week_once_and_nobody_else_does(schooled, proven, max_, mo, at, drain, outbox):
    schooled()
    stands(Stage.ACTIVE)
    proven(8)
    at(timedelta(days=7))
    for _hour in range(3):
        staging.step_all()
    told = news("model-week")
    assert [row.member_id for row in told] == [max_.member_id]
    assert str(said(told)[told[0].id]) == "The models’ week: 10 texts noticed, of 10 decided 8 deserved it."
    at(timedelta(hours=3))
    drain()
    assert {
        str(mail["To"]) for mail in outbox() if "models’ week" in mail.as_string() + str(mail["Subject"])
    } == {"max@example.com"}


def test_seven_bad_days_switch_it_off_and_only_a_manager_starts_it_again(schooled, proven, max_, mo, at):
    schooled()
    stands(Stage.ACTIVE)
    proven(6)
    at(timedelta(hours=1))
    staging.step_all()
    assert stage() == "off"
    last = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.act == "model.stage").order_by(AuditEntry.id.desc())
    ).first()
    assert last.reason == "6 of 10 held texts deserved it"
    staging.step_all()
    told = news("model-off")
    assert [row.member_id for row in told] == [max_.member_id]
    assert str(said(told)[told[0].id]).endswith("was switched off: only 6 of 10 texts it held deserved it.")
    with pytest.raises(Forbidden):
        staging.switch(mo, "en", Kind.JUNK, True, "It has learned since")
    with pytest.raises(Invalid):
        staging.switch(max_, "en", Kind.JUNK, True, " ")
    staging.switch(max_, "en", Kind.JUNK, True, "It has learned since")
    assert stage() == "shadow"
    with pytest.raises(Conflict):
        staging.switch(max_, "en", Kind.JUNK, True, "And once more")
    staging.switch(max_, "en", Kind.JUNK, False, "Not before the sales")
    assert stage() == "off"


def test_seven_good_days_change_nothing_and_each_week_is_written_down_once(schooled, proven, at):
    schooled()
    stands(Stage.ACTIVE)
    proven(8)
    at(timedelta(days=6))
    staging.step_all()
    at(timedelta(days=1, hours=1))
    staging.step_all()
    staging.step_all()
    rows = [
        (r.noticed, r.agreed, r.disagreed)
        for r in db.session.scalars(db.select(WeeklyReport).order_by(WeeklyReport.week))
    ]
    assert stage() == "active" and rows[-1] == (10, 8, 2) and len(rows) == 2


def test_the_words_that_weighed_are_named(schooled, app):
    schooled()
    stands(Stage.SHADOW)
    found = queries.weighed("en", "Cheap filters", "They hum, my machine hums.")
    assert [
        (one.kind, "cheap" in one.words_for or "filters" in one.words_for, "hums" in one.words_against)
        for one in found
    ] == [(Kind.JUNK, False, True)]
    found = queries.weighed("en", None, "cheap filters, and it hums")[0]
    assert set(found.words_for) == {"cheap", "filters"} and found.words_against == ("hums",)


# --- its page ---------------------------------------------------------------------------------------------------------------


def test_the_page_shows_where_it_stands_and_switches_it(sign_in, client, schooled, max_, mo, app):
    schooled()
    stands(Stage.SHADOW)
    sign_in(mo)
    assert client.get("/en/desk/filters").status_code == 403
    assert (
        client.post(
            "/en/desk/filters/en/junk", data={"on": "0", "why-en-junk": "I would rather not"}
        ).status_code
        == 403
    )
    sign_in(max_)
    page = client.get("/en/desk/filters").get_data(as_text=True)
    assert "In shadow" in page and "200 of 200" in page
    refused = client.post("/en/desk/filters/en/junk", data={"on": "0", "why-en-junk": "no"})
    assert refused.status_code == 422 and stage() == "shadow"
    assert (
        client.post(
            "/en/desk/filters/en/junk", data={"on": "0", "why-en-junk": "Not before the sales"}
        ).status_code
        == 303
    )
    assert stage() == "off" and client.post("/en/desk/filters/de/junk").status_code == 404
    tried = client.post(
        "/en/desk/filters/try", data={"text": "Mr Parker is a crook, call 06 12 34 56 78", "spoken": "en"}
    )
    shown = tried.get_data(as_text=True)
    assert "Accuses somebody" in shown and "[phone number masked]" in shown
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 0


def test_a_moderator_reads_why_the_model_noticed_a_text(sign_in, client, schooled, send, newcomer, mo):
    schooled()
    stands(Stage.ACTIVE)
    post_id = send(newcomer).id
    sign_in(mo)
    item_id = db.session.scalar(db.select(ReviewItem.id).where(ReviewItem.post_id == post_id))
    page = client.get(f"/en/desk/review/{item_id}").get_data(as_text=True)
    assert "weighs for it:" in page and "<mark>filters</mark>" in page and "Like refused advertising" in page
    sign_in(newcomer)
    own = client.get(f"/en/questions/{post_id}/-", follow_redirects=True).get_data(as_text=True)
    assert "A program that learns from our moderators" in own and "spam" not in own.lower()
