"""Leaderboards, missions and what the programme costs: from the ledger, within a budget, for those who may see it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.i18n import _
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.content.reviews.models import Review
from forum.products.models import Product
from forum.questions import publishing
from forum.solutions.accepting import accept_answer
from rewards.badges.reading import finish_guide
from rewards.economics import queries as economics
from rewards.economics import sources
from rewards.economics.rules import bars, by_month, gini, months_back, per
from rewards.economics.sources import Figure
from rewards.gifts import describing, ordering
from rewards.gifts.describing import GiftOffer
from rewards.gifts.rules import GiftKind
from rewards.jobs import standing
from rewards.leaderboards import choosing, queries
from rewards.leaderboards.building import rebuild
from rewards.ledger import booking
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Amounts, Cause, CauseType
from rewards.missions import defining, progressing
from rewards.missions.defining import Draft
from rewards.missions.forms import FIRST_WEEK
from rewards.missions.models import Mission, MissionDone
from rewards.missions.queries import missions_of
from rewards.missions.rules import MissionKind, Step, StepKind, is_for, reached
from rewards.promotions.models import Coupon, Promotion
from rewards.trials.models import Trial, TrialApplication
from tests.conftest import START


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


# --- leaderboards -------------------------------------------------------------------------------------------------


@pytest.fixture
def helped(make_question, make_answer, drain):
    """Somebody solved so many questions of somebody, in a category."""

    def make(helper, asker, count, category_id=1):
        for number in range(count):
            question_id = make_question(
                asker,
                title=f"{helper.display_name} {category_id} {number} {clock.now():%d}",
                category_id=category_id,
            )
            accept_answer(asker, question_id, make_answer(helper, question_id))
        drain()

    return make


def names(days=7, category_id=None, who=None):
    rebuild()
    db.session.rollback()
    return [str(row.card.name) for row in queries.board(days, category_id, who).rows]


def test_a_board_counts_its_days_and_its_category(ada, ben, cleo, helped, at):
    helped(ben, ada, 2, category_id=2)
    at(timedelta(days=10))
    helped(cleo, ada, 1)
    assert names(7)[0] == "Cleo"
    assert "Ben" not in names(7)
    assert names(30)[0] == "Ben"
    assert names(30, 2) == ["Ben", "Ada"]
    at(timedelta(days=25))
    assert "Ben" not in names(30)


def test_points_by_hand_and_of_the_team_are_no_help_and_what_was_undone_counts_no_more(
    ada, ben, cleo, mo, make_question, make_answer, drain
):
    booking.adjust(SYSTEM, cleo.member_id, Amounts(900, 0), "gift", "For the test")
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    drain()
    assert names()[0] == "Ben"
    assert "Cleo" not in names()
    publishing.remove(mo, answer_id)
    assert "Ben" not in names()


@pytest.mark.parametrize("how", ["unlisted", "suspended", "private", "closed", "staff"])
def test_whoever_is_not_to_be_listed_is_gone_at_once(ada, ben, helped, how):
    helped(ben, ada, 1)
    rebuild()
    assert [str(row.card.name) for row in queries.board(7, None, None).rows] == ["Ben", "Ada"]
    if how == "unlisted":
        choosing.choose(ben, listed=False)
        choosing.choose(ben, listed=False)
    elif how == "closed":
        close_account(ben, ben.member_id)
    else:
        values = {
            "suspended": {"suspended_until": clock.now() + timedelta(days=7)},
            "private": {"is_private": True},
            "staff": {"role": "agent"},
        }[how]
        with unit_of_work():
            db.session.execute(update(Member).where(Member.id == ben.member_id).values(**values))
    assert [str(row.card.name) for row in queries.board(7, None, None).rows] == ["Ada"]
    if how == "unlisted":
        assert not queries.board(7, None, ben.member_id).listed
        choosing.choose(ben, listed=True)
        assert queries.board(7, None, ben.member_id).mine.place == 1


def test_one_sees_ones_own_place_below_a_short_list(ada, ben, cleo, newcomer, helped, settings_override):
    helped(ben, ada, 3)
    helped(cleo, ada, 2)
    helped(newcomer, ben, 1)
    rebuild()
    with settings_override(leaderboards__size=3):
        board = queries.board(7, None, ada.member_id)
    assert [row.place for row in board.rows] == [1, 2, 3]
    assert board.mine not in board.rows
    assert board.mine.place == 4


def test_the_page_of_the_leaderboards(client, sign_in, ada, ben, helped, count_queries):
    helped(ben, ada, 1)
    rebuild()
    assert "Ben" in client.get("/en/leaderboards?days=30").text
    assert "Ben" in client.get("/en/leaderboards?category=washing").text
    assert "Nobody yet" in client.get("/en/leaderboards?category=coffee").text
    assert client.get("/en/leaderboards?category=none").status_code == 302
    mine = sign_in(ben)
    assert "Name me among those who helped most" in mine.get("/en/settings/profile").text
    assert mine.post("/en/leaderboards/choice", data={}).status_code == 303
    assert "You are not listed." in mine.get("/en/leaderboards").text
    assert ">Ben</a>" not in mine.get("/en/leaderboards").text


# --- missions -----------------------------------------------------------------------------------------------------


def mission(**more):
    values = {
        "kind": MissionKind.ONBOARDING, "title_fr": "Première semaine", "title_en": "First week",
        "starts_at": START - timedelta(days=1), "ends_at": None, "days": 7, "reputation": 3, "spendable": 10, "budget": 10,
        "steps": ((StepKind.GUIDE, 1), (StepKind.QUESTION, 1)),
    }  # fmt: skip
    return Draft(**(values | more))


def test_steps_are_done_in_their_order_and_stay_done():
    steps = [Step(1, StepKind.GUIDE, 1), Step(2, StepKind.QUESTION, 2), Step(3, StepKind.MARK, 1)]
    assert reached(steps, {StepKind.QUESTION: 5, StepKind.MARK: 1}, []) == []
    assert reached(steps, {StepKind.GUIDE: 1, StepKind.QUESTION: 1, StepKind.MARK: 1}, []) == [1]
    assert reached(steps, {StepKind.GUIDE: 1, StepKind.QUESTION: 2, StepKind.MARK: 1}, []) == [1, 2, 3]
    assert reached(steps, {StepKind.MARK: 1}, [1, 2]) == [1, 2, 3]


def test_a_mission_is_open_in_the_first_days_or_in_its_time():
    soon = timedelta(days=1)
    first_days = (MissionKind.ONBOARDING, START, START, None, 7)
    assert is_for(*first_days, START + soon)
    assert not is_for(*first_days, START + 7 * soon)
    assert not is_for(MissionKind.ONBOARDING, START - 9 * soon, START, None, 7, START)
    time = (MissionKind.CAMPAIGN, START - 900 * soon, START, START + 3 * soon, 7)
    assert is_for(*time, START)
    assert not is_for(*time, START - soon)
    assert not is_for(*time, START + 3 * soon)


def _silence(who, until):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == who.member_id).values(silenced_until=until))


def test_the_first_week_is_done_by_facts_and_rewarded_once(
    max_, ada, newcomer, make_question, drain, points, at
):
    made = defining.define(max_, mission(), "k")
    assert defining.define(max_, mission(), "k") == made
    assert missions_of(newcomer.member_id) == []
    assert defining.activate(max_, made)
    assert not defining.activate(max_, made)
    at(timedelta(hours=1))
    make_question(newcomer)
    drain()
    (view,) = missions_of(newcomer.member_id)
    assert (view.done, view.finished) == (0, False)
    before = points(newcomer)
    finish_guide(newcomer)
    _silence(newcomer, clock.now() + timedelta(hours=1))
    drain()
    assert missions_of(newcomer.member_id)[0].done == 0  # nothing is earned while a measure is in force
    _silence(newcomer, None)
    standing([{"member_id": newcomer.member_id}])
    (view,) = missions_of(newcomer.member_id)
    assert (view.done, view.finished, view.paid) == (2, True, True)
    assert points(newcomer) == (before[0] + 3, before[1] + 10)
    assert missions_of(ada.member_id) == []
    told = select(Notification.kind).where(Notification.member_id == newcomer.member_id)
    assert list(db.session.scalars(told.where(Notification.kind == "mission-done"))) == ["mission-done"]


def test_a_budget_is_never_exceeded_and_the_mission_goes_on_without_points(
    max_, ada, ben, make_question, drain, points
):
    time = {
        "kind": MissionKind.CAMPAIGN,
        "ends_at": START + timedelta(days=5),
        "steps": ((StepKind.QUESTION, 1),),
    }
    made = defining.define(max_, mission(**time, budget=15), "k")
    defining.activate(max_, made)
    for who in (ada, ben):
        make_question(who, title=f"One question of {who.display_name}")
    drain()
    rows = dict(db.session.execute(select(MissionDone.member_id, MissionDone.paid)).all())
    assert sorted(rows.values()) == [False, True]
    assert db.session.scalar(select(Mission.spent)) == 10
    assert sorted([points(ada)[1], points(ben)[1]]) == [0, 10]


def test_deeds_before_a_campaign_do_not_count(max_, ada, make_question, drain, at):
    make_question(ada)
    at(timedelta(days=2))
    time = {
        "kind": MissionKind.CAMPAIGN,
        "starts_at": START + timedelta(days=1),
        "ends_at": START + timedelta(days=9),
    }
    defining.activate(max_, defining.define(max_, mission(**time, steps=((StepKind.QUESTION, 1),)), "k"))
    assert progressing.settle([ada.member_id]) == 0
    make_question(ada, title="Another question, in its time")
    assert progressing.settle([ada.member_id]) == 1
    assert progressing.settle([ada.member_id]) == 0


def test_missions_are_for_managers_to_define_and_to_end(max_, mo, ada):
    with pytest.raises(Forbidden):
        defining.define(mo, mission(), "k")
    made = defining.define(max_, mission(), "k")
    with pytest.raises(Forbidden):
        defining.activate(ada, made)
    assert defining.end(max_, made)
    assert not defining.end(max_, made)
    with pytest.raises(Conflict):
        defining.activate(max_, made)


def test_the_desk_of_missions_and_the_newcomers_pages(sign_in, max_, newcomer, at):
    desk = sign_in(max_)
    assert "Your first week" in desk.get("/en/desk/missions/new?of=first-week").text
    wrong = desk.post(
        "/en/desk/missions/new", data=FIRST_WEEK | {"budget": "5", "step_2": "guide", "title_en": "x"}
    )
    assert wrong.status_code == 422
    assert "The budget must be enough" in wrong.text and "This step stands there already." in wrong.text
    made = desk.post("/en/desk/missions/new", data=FIRST_WEEK | {"form_key": "a"}).headers["Location"]
    assert desk.post(f"{made}/activate").status_code == 303
    assert "Your first week" in desk.get("/en/desk/missions").text
    at(timedelta(hours=1))
    mine = sign_in(newcomer)
    assert "Your first week" in mine.get("/en/rewards").text
    assert "Read the guide of three minutes" in mine.get("/en/").text
    assert mine.post("/en/guide").status_code == 303


# --- what the programme costs -------------------------------------------------------------------------------------


def test_the_gini_coefficient():
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert gini([7]) == pytest.approx(0)
    assert gini([5, 5, 5]) == pytest.approx(0)
    assert gini([1, 3]) == pytest.approx(0.25)
    assert gini([0, 0, 0, 10]) == pytest.approx(0.75)


def test_months_bars_and_costs():
    assert months_back(date(2026, 2, 14), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert by_month([date(2026, 1, 1)], {date(2026, 1, 31): 4, date(2026, 1, 2): 1, date(2025, 1, 1): 9}) == [
        5
    ]
    assert bars([[0, 0], [0, 0]]) == []
    tall = bars([[10, 5], [0, -3]])
    assert max(one.height for one in tall) == 112
    assert all(one.height >= 0 and one.y >= 0 for one in tall)
    assert per(1000, 0) is None
    assert per(1000, 3) == 333


def values(who, days=30):
    return {str(one.label): str(one.value) for one in economics.overview(who, days).figures}


def test_figures_are_the_sums_of_their_lists(max_, ada, ben, helped, at):
    helped(ben, ada, 1)
    at(timedelta(days=4))
    booking.spend(ben, 20, Cause(CauseType.COUPON, "1"))
    found = values(max_)
    assert found["Points that were spent"] == "20"
    assert found["Questions that were solved"] == "1"
    for what, label in (
        ("issued", "Points to spend that were issued"),
        ("reputation", "Reputation that was earned"),
    ):
        listed = sum(int(line.value.replace(",", "")) for line in economics.lines(max_, what, 30).items)
        assert found[label] == str(listed)
    held = sum(int(line.value) for line in economics.lines(max_, "held", 30).items)
    assert found["Points held now"] == str(held)
    at(timedelta(days=60))
    assert values(max_)["Points that were spent"] == "0"
    assert values(max_, 365)["Points that were spent"] == "20"


def test_the_figures_are_for_managers(sign_in, client, max_, mo, ada, ben, helped):
    helped(ben, ada, 1)
    assert client.get("/en/desk/programme").status_code == 403
    assert sign_in(mo).get("/en/desk/programme").status_code == 403
    assert sign_in(mo).get("/en/desk/programme/held").status_code == 403
    desk = sign_in(max_)
    page = desk.get("/en/desk/programme?days=365").text
    assert "Cost of a solved question" in page and "<svg" in page
    for what in economics.TITLES:
        assert desk.get(f"/en/desk/programme/{what}?days=90").status_code == 200
    assert desk.get("/en/desk/programme/nothing").status_code == 404
    assert desk.get("/en/desk/programme?days=0").status_code == 200


def test_another_subject_shows_its_figure_when_it_is_filled(max_):
    def in_time(since):
        return Figure(_("Value"), "80 %", _("What it is")) if since < clock.now() else None

    sources.add_figure(in_time)
    sources.add_figure(lambda _since: None)
    try:
        assert values(max_)["Value"] == "80 %"
    finally:
        sources.remove_figure(in_time)
    assert "Value" not in values(max_)


def test_reviews_gifts_and_trial_reports_have_their_figure_and_their_list(max_, ben, cleo, sign_in):
    assert not {"Trial reports in time", "Gifts and donations"} & set(values(max_))
    with unit_of_work():
        db.session.add(Product(id=1, key="p1", slug="p1", name="P1", search_text="p1", category_id=1))
        for number, (rating, incentive) in enumerate(
            [(5, "none"), (3, "none"), (2, "free_product_trial")], start=1
        ):
            db.session.add(
                Review(
                    product_id=1, category_id=1, title=f"Review {number}", rating=rating, incentive=incentive, shown_at=clock.now(),
                    experienced_on=clock.now().date(), author_id=ben.member_id, state="published", body="x", body_html="x",
                    language="en", published_at=clock.now(),
                )
            )  # fmt: skip
        trial = Trial(title_fr="Un mois", title_en="A month", slug="a-month", stock=4, state="closed")
        db.session.add(trial)
        db.session.flush()
        for member_id, values_ in (
            (ben.member_id, {"state": "accepted", "on_time": True, "reported_at": clock.now()}),
            (cleo.member_id, {"state": "defaulted", "on_time": False}),
            (max_.member_id, {"state": "excused"}),
        ):
            db.session.add(
                TrialApplication(trial_id=trial.id, member_id=member_id, due_at=clock.now(), **values_)
            )
    pen = describing.describe(
        SYSTEM, GiftOffer("pen", GiftKind.GOODS, "Stylo", "Pen", value_minor=300, stock=2)
    )
    describing.open_gift(SYSTEM, pen)
    ordering.exchange(ben, pen, "k", "Ben Roy\n4 rue des Lilas\n69001 Lyon\nFrance")
    found = values(max_)
    assert found["Mean rating, something given and not"] == "2 against 4"
    assert found["Trial reports in time"] == "50\u00a0%"
    assert found["Gifts and donations"] == "€3.00"
    desk = sign_in(max_)
    for what, word in (
        ("reviews", "2 of 5, something given"),
        ("trial-reports", "never came"),
        ("gifts", "Pen"),
    ):
        assert word in desk.get(f"/en/desk/programme/{what}?days=30").text
    assert len(economics.lines(max_, "trial-reports", 30, size=1).items) == 1


def test_what_was_taken_back_and_what_for_abuse(max_, ada, ben, helped, at):
    """By hand: of four things earned, one is taken back by its own rule, one for abuse."""
    helped(ben, ada, 4)
    lots = list(
        db.session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.member_id == ben.member_id,
                LedgerEntry.account == "spendable",
                LedgerEntry.granted > 0,
            )
            .order_by(LedgerEntry.granted, LedgerEntry.id)
        )
    )
    earned = sum(
        db.session.scalars(
            select(LedgerEntry.granted).where(LedgerEntry.account == "spendable", LedgerEntry.kind == "earn")
        )
    )
    first, last = lots[0], lots[-1]
    with unit_of_work():
        booking.reverse(booking.live_lines(LedgerEntry.id == first.id), None, "removed")
        booking.reverse(booking.live_lines(LedgerEntry.id == last.id), None, "annulled", rule_key="fraud.V4")
    found = values(max_)
    assert found["Points that were taken back"] == str(first.granted + last.granted)
    assert (
        found["Share of points annulled for abuse"]
        == f"{round(100 * last.granted / earned)}\u00a0% ({last.granted} / {earned})"
    )
    assert found["Points to spend that were issued"] == str(earned - first.granted - last.granted)
    for what, count in (("reversed", 2), ("annulled", 1)):
        assert len(economics.lines(max_, what, 30).items) == count
    at(timedelta(days=60))
    assert values(max_)["Points that were taken back"] == "0", "not of this period"
    assert values(max_)["Share of points annulled for abuse"] == "–"


def test_how_many_discounts_are_used_and_what_of_the_budgets(max_, ben, sign_in):
    """By hand: of six codes one is used, one open, one ended; taken back, refunded and old ones do not count."""
    with unit_of_work():
        for number, (budget, owed) in enumerate([(10_000, 2_000), (None, 500), (30_000, 8_000)]):
            db.session.add(
                Promotion(
                    id=number + 1,
                    key=f"p{number}",
                    kind="amount",
                    value=1000,
                    title_fr="Bon",
                    title_en=f"Voucher {number}",
                    budget_minor=budget,
                    liability_minor=owed,
                )
            )
        db.session.flush()
        old = clock.now() - timedelta(days=50)
        for number, (state, day) in enumerate(
            [
                ("redeemed", clock.now()),
                ("allocated", clock.now()),
                ("expired", clock.now()),
                ("revoked", clock.now()),
                ("refunded", clock.now()),
                ("redeemed", old),
            ]
        ):
            db.session.add(
                Coupon(
                    promotion_id=1,
                    code_norm_hash=f"h{number}",
                    code_cipher=b"x",
                    state=state,
                    member_id=ben.member_id,
                    allocated_at=day,
                )
            )
        for number, (budget, spent) in enumerate([(100, 30), (0, 0), (100, 0)]):
            db.session.add(
                Mission(
                    kind="onboarding",
                    title_fr="Pas",
                    title_en=f"Steps {number}",
                    starts_at=clock.now(),
                    budget=budget,
                    spent=spent,
                    form_key=f"m{number}",
                )
            )
    found = values(max_)
    assert found["Discounts that were used"] == "33\u00a0% (1 / 3)"
    assert found["Budget of discounts used"] == "€100.00 of €400.00 (25 %)"
    assert found["Budget of missions used"] == "15\u00a0% (30 / 200)"
    desk = sign_in(max_)
    for what, count, word in (
        ("redeemable", 3, "ended unused"),
        ("budgets", 2, "€20.00 of €100.00 (20 %)"),
        ("mission-budgets", 2, "30 of 100 (30 %)"),
    ):
        assert len(economics.lines(max_, what, 30).items) == count
        assert word in desk.get(f"/en/desk/programme/{what}").text
        assert desk.get(f"/fr/desk/programme/{what}").status_code == 200
    assert len(economics.lines(max_, "redeemable", 30, size=2).items) == 2


def test_the_statement_is_chosen_by_account_kind_and_time_and_given_as_a_file(
    sign_in, client, ada, ben, helped, at
):
    helped(ben, ada, 2)
    at(timedelta(days=4))
    booking.spend(ben, 20, Cause(CauseType.COUPON, "1"))
    mine = sign_in(ben)
    page = "/en/rewards/statement"
    assert "Discount exchanged" in mine.get(page).text
    spent = mine.get(f"{page}?kind=spent").text
    assert "Discount exchanged" in spent and "Your answer is the solution" not in spent
    earned = mine.get(f"{page}?kind=earned&account=reputation").text
    assert "Discount exchanged" not in earned and "Your answer is the solution" in earned
    assert "No line like that." in mine.get(f"{page}?since=2027-01-01").text
    assert "Discount exchanged" not in mine.get(f"{page}?until=2026-03-03").text
    assert mine.get(f"{page}?since=nonsense&kind=x&account=y&until=9999-99-99").status_code == 200
    file = mine.get(f"{page}.csv?kind=spent")
    assert file.mimetype == "text/csv"
    assert file.text.splitlines()[1:] == ["2026-03-06 11:00,Discount exchanged,,0,-20,"]
    assert len(mine.get(f"{page}.csv").text.splitlines()) > 3
    assert sign_in(ada).get(f"{page}.csv").text.count("Discount") == 0


def test_a_title_that_would_be_a_formula_is_text_in_the_file(sign_in, ada, ben, make_question, make_answer):
    question_id = make_question(ada, title="=HYPERLINK(1) does the drum turn")
    accept_answer(ada, question_id, make_answer(ben, question_id))
    assert ",'=HYPERLINK" in sign_in(ben).get("/en/rewards/statement.csv").text


def test_bad_forms_of_missions_name_their_fields(app):
    from rewards.missions import forms

    with pytest.raises(Invalid) as refused:
        forms.draft({"kind": "nothing", "budget": "-4", "step_1": "praise"})
    assert {"kind", "title_fr", "title_en", "budget", "step_1", "starts"} <= refused.value.fields.keys()
