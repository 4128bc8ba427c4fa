"""The points table, row by row: each rule books by an act that the product knows, pays what it names, and stands on a cause
that can be proved afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from common.db import db
from common.unit_of_work import unit_of_work
from forum.content.guides.helping import say_helped
from forum.content.guides.models import Guide, GuideVerdict
from forum.content.guides.proposals import proposing
from forum.content.guides.writing import Draft, publish_guide, withdraw_guide
from forum.pointing import pointing
from forum.products.models import Product
from forum.questions.replying import mark_reply
from forum.questions.rules import ReplyKind
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos
from forum.solutions.accepting import accept_answer
from forum.solutions.endorsing import endorse_answer
from moderation.escalation.models import StageRow
from moderation.escalation.rules import Stage
from moderation.flags import settling as reports
from moderation.flags.models import Flag
from moderation.flags.rules import Came, FlagReason, Outcome
from rewards.ledger import causes, verifying
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import RULES, Account, CauseType
from rewards.missions import defining, progressing
from rewards.missions.models import MissionDone
from rewards.trials import reporting
from rewards.trials.models import TrialApplication
from rewards.trials.reporting import Report
from tests.conftest import START
from tests.rewards.test_programme import mission
from tests.trials.conftest import chosen, open_trial, testing  # noqa: F401 - fixtures

BODY = "Before you begin, switch it off.\n\n## Open the hatch\n\nIt is at the bottom right."
REPORT = Report(3, "It kneads, and it cooks while it sings.", "Much", "Little", (0, 1))


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


class World:
    """What an act needs to happen: the cast, and posts where they can act."""

    def __init__(self, request):
        self.give = request.getfixturevalue
        self.ada, self.ben, self.cleo, self.mo = (self.give(name) for name in ("ada", "ben", "cleo", "mo"))
        self.later = self.give("at")

    def asked(self, who=None):
        return self.give("make_question")(who or self.ada)

    def thread(self, after=timedelta(hours=2)):
        question_id = self.asked()
        self.later(after)
        return question_id, self.give("make_answer")(self.ben, question_id)

    def guide(self):
        wanted = Draft("Cleaning the filter of the Ondea", "In ten minutes", BODY, ("Ondea 8",), 1, "en")
        return proposing.accept(self.cleo, proposing.propose(replace(self.ben, rank=3), wanted))


def _accepted(world):
    accept_answer(world.ada, *world.thread())


def _fast(world):
    accept_answer(world.ada, *world.thread(timedelta(minutes=20)))


def _rescue(world):
    question_id = world.asked()
    with unit_of_work():
        at = START + timedelta(hours=1)
        db.session.add(
            StageRow(question_id=question_id, cycle=1, stage=Stage.STAFF, due_at=at, recorded_at=at)
        )
    world.later(timedelta(hours=2))
    accept_answer(world.ada, question_id, world.give("make_answer")(world.ben, question_id))


def _duplicate(world):
    question_id, original = world.asked(), world.asked(world.cleo)
    pointing.confirm(world.mo, pointing.point_out(world.ben, question_id, original, "The same code"))


def _report(world):
    answer_id = world.thread()[1]
    with unit_of_work():
        db.session.add(
            Flag(
                post_id=answer_id, version=1, flagger_id=world.cleo.member_id, reason=FlagReason.INSULT, active_key="one",
                created_at=START,
            )
        )  # fmt: skip
    with unit_of_work():
        reports.settle(answer_id, None, Came.TAKEN)


def _trial(world):
    with unit_of_work():
        db.session.add(Product(id=1, key="p1", slug="p1", name="Product 1", search_text="p1", category_id=2))
    trial_id, crowd = world.give("testing")(1)
    (application_id, who), = crowd.items()  # fmt: skip
    world.later(timedelta(days=3))
    reporting.report(who, trial_id, REPORT)
    reporting.accept(world.give("max_"), application_id)


ACTS = {
    "answer.accepted": _accepted,
    "asker.accepted": _accepted,
    "onboard.first_accept": _accepted,
    "answer.endorsed": lambda world: endorse_answer(world.give("sam"), world.thread()[1]),
    "answer.upvoted": lambda world: give_kudos(world.ada, world.thread()[1]),
    "question.metoo": lambda world: me_too(world.ben, world.asked()),
    "dup.linked": _duplicate,
    "answer.fast": _fast,
    "answer.rescue": _rescue,
    "flag.upheld": _report,
    "tip.published": lambda world: world.guide(),
    "tip.upvoted": lambda world: say_helped(world.ada, world.guide(), True, ""),
    "trial.report_on_time": _trial,
    "onboard.first_question": lambda world: world.asked(),
    "onboard.first_answer": lambda world: world.thread(),
}
"""One act of the product for each line of the table."""


def test_the_table_has_the_rules_that_acts_book_and_no_other():
    assert set(ACTS) == set(RULES)


@pytest.mark.parametrize("key", RULES)
def test_the_act_books_its_rule_with_what_the_table_names(key, request):
    ACTS[key](World(request))
    e = LedgerEntry
    rows = db.session.execute(select(e.account, e.granted).where(e.rule_key == key, e.kind == "earn"))
    amounts = RULES[key].amounts
    assert dict(rows.tuples().all()) == {
        account: amounts.of(account) for account in Account if amounts.of(account)
    }
    assert list(verifying.all_faults()) == []


def test_every_cause_that_earns_is_proved_somewhere():
    at_a_post = {
        CauseType.ACCEPTED, CauseType.ENDORSED, CauseType.FAST, CauseType.RESCUE, CauseType.ASKER, CauseType.KUDOS,
        CauseType.QUESTION_KUDOS, CauseType.ME_TOO, CauseType.IMPORTED_UPVOTE, CauseType.FIRST_QUESTION,
        CauseType.FIRST_ANSWER, CauseType.FIRST_ACCEPT, CauseType.DUPLICATE,
    }  # fmt: skip
    no_act = {CauseType.COUPON, CauseType.GIFT, CauseType.LOT, CauseType.ADJUSTMENT}
    assert causes.known() == set(CauseType) - at_a_post - no_act


# --- votes for tips and guides ----------------------------------------------------------------------------------------


def test_a_thumbs_up_for_a_tip_pays_as_a_tip_up_to_its_most(request, points, settings_override, drain):
    world = World(request)
    answer_id = world.thread()[1]
    mark_reply(world.ben, answer_id, ReplyKind.TIP)
    before = points(world.ben)
    with settings_override(rewards__per_tip=3):
        give_kudos(world.ada, answer_id)
        give_kudos(world.cleo, answer_id)
    assert points(world.ben) == (before[0] + 2, before[1] + 1), "the second would pass the most"
    withdraw_kudos(world.ada, answer_id)
    assert points(world.ben) == before
    assert list(verifying.all_faults()) == []


def test_a_guide_that_helped_pays_while_both_stand(request, points):
    world = World(request)
    guide_id = world.guide()
    before = points(world.ben)
    for _again in range(2):
        say_helped(world.ada, guide_id, True, "")
    say_helped(world.ben, guide_id, True, "")
    assert points(world.ben) == (before[0] + 2, before[1] + 1), "once, and nothing for oneself"
    say_helped(world.ada, guide_id, False, "")
    assert points(world.ben) == before
    say_helped(world.ada, guide_id, True, "")
    withdraw_guide(world.give("sam"), guide_id, "The hatch has moved")
    assert points(world.ben) == (before[0] - 20, before[1] - 20)
    publish_guide(world.give("sam"), guide_id)
    assert points(world.ben) == (before[0] + 2, before[1] + 1)
    assert list(verifying.all_faults()) == []


def test_votes_for_one_guide_bring_so_much_and_a_newcomers_nothing(request, points, settings_override):
    world = World(request)
    guide_id = world.guide()
    before = points(world.ben)
    with settings_override(rewards__per_tip=3):
        for name in ("newcomer", "ada", "cleo"):
            say_helped(world.give(name), guide_id, True, "")
    assert points(world.ben) == (before[0] + 2, before[1] + 1)


def test_each_vote_of_many_at_once_is_paid_once_within_the_most(
    request, points, settings_override, in_threads
):
    world = World(request)
    guide_id = world.guide()
    before = points(world.ben)
    voters = (world.ada, world.cleo)
    with settings_override(rewards__per_tip=2):
        results = in_threads(6, lambda number: say_helped(voters[number % 2], guide_id, True, ""))
    assert not [one for one in results if isinstance(one, Exception)]
    assert points(world.ben) == (before[0] + 2, before[1] + 1)


# --- causes at no post ------------------------------------------------------------------------------------------------


def _dead():
    db.session.rollback()
    return [fault.what.partition("(")[2].partition(":")[0] for fault in verifying.dead_causes()]


def test_a_guide_that_is_gone_and_a_word_that_was_taken_back_are_found(request):
    world = World(request)
    guide_id = world.guide()
    say_helped(world.ada, guide_id, True, "")
    assert _dead() == []
    with unit_of_work():
        db.session.execute(delete(GuideVerdict))
    assert set(_dead()) == {CauseType.GUIDE_HELPED}
    with unit_of_work():
        db.session.execute(update(Guide).values(state="withdrawn"))
    assert set(_dead()) == {CauseType.GUIDE, CauseType.GUIDE_HELPED}


def test_a_report_that_was_wrong_is_found_and_one_that_is_gone_with_its_time_is_not(request):
    _report(World(request))
    with unit_of_work():
        db.session.execute(update(Flag).values(outcome=Outcome.DISAGREED))
    assert _dead() == [CauseType.REPORT]
    with unit_of_work():
        db.session.execute(delete(Flag))
    assert _dead() == []


def test_a_trial_report_and_a_mission_that_are_not_there_are_found(request, newcomer, max_):
    world = World(request)
    _trial(world)
    made = defining.define(max_, mission(), "k")
    defining.activate(max_, made)
    with unit_of_work():
        progressing._finish(made, newcomer.member_id)
    assert _dead() == []
    with unit_of_work():
        db.session.execute(delete(MissionDone))
        db.session.execute(update(TrialApplication).values(on_time=False))
    assert set(_dead()) == {CauseType.TRIAL_REPORT, CauseType.MISSION}
