"""The figures of moderation: each true to its definition, with the list behind it, for managers only."""

from datetime import timedelta

import pytest

from common import clock
from common.db import db, update_where
from common.errors import Forbidden
from common.unit_of_work import unit_of_work
from moderation.figures import counting, queries
from moderation.figures.rules import by_day, by_hour, local_hours, share
from moderation.review import deciding, leasing
from moderation.review.models import ReviewItem
from moderation.review.queueing import press_reviews
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.review.undoing import undo
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement
from tests.conftest import START


@pytest.fixture
def worked(policy, make_question, newcomer, decide, mo, second_moderator, at):
    """Five held texts: three approved after 10, 20 and 30 minutes, one refused too late, one that waits; an undo."""
    policy("trust")
    posts = [make_question(newcomer, title=f"A question that waits, number {n}") for n in range(5)]
    for number in range(3):
        at(timedelta(minutes=10))
        decide(mo, posts[number], Decision.APPROVE)
    item_id = decide(mo, posts[3], Decision.APPROVE).item_id
    undo(mo, item_id)
    at(timedelta(hours=2))
    decide(second_moderator, posts[3], Decision.REJECT, Reason.ADVERTISING)
    return posts


def figure(max_, name):
    return next(one for one in queries.overview(max_, 30).figures if one.name == name).value


def test_waiting_times_are_from_the_queue_to_the_decision(worked, max_):
    took = counting.times(queries.begins(30))[2]
    assert (took.count, took.p50, took.p90, took.late) == (4, 1200, 9000, 1)
    assert figure(max_, "decided") == "4", "what was taken back counts once"
    assert figure(max_, "in-time") == "75 % (3 / 4)"


def test_what_was_taken_back_counts_nowhere(worked, max_, mo, decide, policy, make_question, ben):
    assert figure(max_, "pace").startswith("4 today")
    assert figure(max_, "contested") == "1"
    undo(mo, decide(mo, worked[4], Decision.REJECT, Reason.ADVERTISING).item_id)
    assert figure(max_, "contested") == "1" and figure(max_, "pace").startswith("4 today")
    mine = next(one for one in counting.workers(queries.begins(30)) if one.member_id == mo.member_id)
    assert (mine.count, mine.restricted) == (3, 0)


def test_going_on_in_private_with_a_reason_is_a_restriction(worked, max_, mo, item_of):
    item_id = item_of(worked[4]).id
    lease = leasing.claim(mo, item_id)
    verdict = deciding.Verdict(
        Decision.CONVERT_PRIVATE, Reason.WRONG_PLACE, words="Please tell me more in private."
    )
    deciding.decide(mo, item_id, lease.token, shown(item_of(worked[4])).stamp, verdict)
    assert figure(max_, "contested") == "2"
    assert len(queries.lines(max_, "restricted", 30, "", None, None).items) == 2


def test_a_review_that_is_served_earlier_counts_in_its_own_class(worked, max_, item_of, at):
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, kind="review")
        at(timedelta(hours=20))
        press_reviews()
    assert item_of(worked[4]).klass == 1
    waits = counting.waiting(clock.now())
    assert (waits[2].count, 1 in waits) == (1, False)


def test_danger_in_a_review_counts_as_danger(worked, item_of):
    with unit_of_work():
        update_where(ReviewItem, ReviewItem.id == item_of(worked[4]).id, kind="review", klass=0)
    waits = counting.waiting(clock.now())
    assert (waits[0].count, 2 in waits) == (1, False)


def test_what_waits_and_the_oldest(worked, max_):
    assert figure(max_, "waiting") == figure(max_, "late") == "1"
    assert figure(max_, "oldest") == "2 h 30"


def test_precision_of_holds_in_all_and_by_reason(worked, max_):
    assert figure(max_, "hold-precision") == "25 % (1 / 4)"
    reasons = dict(queries.overview(max_, 30).holds)
    assert (
        sum(one.decided for one in reasons.values()) == 4
        and sum(one.refused for one in reasons.values()) == 1
    )


def test_overturned_on_appeal(worked, newcomer, max_, decide, item_of):
    statement = db.session.scalars(db.select(Statement).order_by(Statement.id.desc())).first()
    appealing.appeal(newcomer, statement.id, "It was no advertising: I only named the shop I bought it from.")
    item = db.session.scalars(db.select(ReviewItem).where(ReviewItem.kind == "appeal")).one()
    lease, stamp = leasing.claim(max_, item.id), shown(item).stamp
    verdict = deciding.Verdict(Decision.OVERTURN, None, "You are right, there is nothing to sell in it.")
    deciding.decide(max_, item.id, lease.token, stamp, verdict)
    assert figure(max_, "overturned") == "100 % (1 / 1)"
    (line,) = queries.lines(max_, "overturned", 30, "", None, None).items
    assert line.decision == "overturn"


def test_settled_by_itself_leaves_out_what_somebody_read(worked, policy, make_question, cleo, max_):
    policy("reactive")
    make_question(cleo, title="This one needed nobody at all")
    assert figure(max_, "settled") == "25 % (1 / 4)"


@pytest.mark.parametrize("what", list(queries.LISTS))
def test_each_list_holds_what_its_figure_counted(worked, max_, what):
    found = queries.lines(max_, what, 30, "", None, None).items
    assert (
        len(found)
        == {
            "late": 1,
            "decided": 4,
            "too-late": 1,
            "overturned": 0,
            "restricted": 1,
            "held": 4,
            "read": 6,
            "reviews": 0,
        }[what]
    )


def test_a_list_of_one_moderator_or_one_class(worked, max_, mo):
    assert len(queries.lines(max_, "decided", 30, "", None, mo.member_id).items) == 3
    assert queries.lines(max_, "decided", 30, "", 5, None).items == []


def test_figures_are_for_managers(app, mo, ben):
    for who in (mo, ben):
        with pytest.raises(Forbidden):
            queries.overview(who, 30)


def test_the_pages_in_both_languages_and_the_table(client, sign_in, worked, max_, mo):
    sign_in(max_)
    for language in ("en", "fr"):
        for path in (
            "",
            "?days=7",
            "?days=90",
            "?days=junk",
            "/decided?class=2",
            "/late?after=x&who=999999999999&class=²",
        ):
            assert client.get(f"/{language}/desk/moderation/figures{path}").status_code == 200
    table = client.get("/en/desk/moderation/figures.csv?days=7").get_data(as_text=True)
    assert "Precision of holds,25 % (1 / 4)" in table and "P2: held before publication,1,1,4,20,150" in table
    assert client.get("/en/desk/moderation/figures/nothing").status_code == 404
    sign_in(mo)
    for path in ("", ".csv", "/decided"):
        assert client.get(f"/en/desk/moderation/figures{path}").status_code == 403


def test_the_page_costs_the_same_for_few_and_for_many(client, sign_in, worked, max_, count_queries):
    sign_in(max_)
    client.get("/en/desk/moderation/figures")
    with count_queries() as few:
        client.get("/en/desk/moderation/figures")
    with unit_of_work():
        db.session.add_all(
            ReviewItem(
                kind="sample", target_id=7000 + n, klass=5, state="decided", decided_at=START, due_at=START, aged_at=START,
                waited_seconds=n,
            )
            for n in range(300)
        )  # fmt: skip
    with count_queries() as many:
        client.get("/en/desk/moderation/figures")
    assert len(many) == len(few) <= 32


def test_shares_hours_and_days_are_sums():
    from datetime import date
    from zoneinfo import ZoneInfo

    hours = local_hours({"2026-03-01 23": 4, "2026-03-02 08": 2}, ZoneInfo("Europe/Paris"))
    assert by_hour(hours)[0] == 4 and by_hour(hours)[9] == 2
    assert by_day(hours, date(2026, 3, 2), 2) == [0, 6]
    assert share(1, 0) is None and share(1, 3) == 33
