"""When many decisions need a second person, and which word a decision has for each item."""

from datetime import timedelta

import pytest

from moderation.bulk.rules import BulkState, Choice, decision_for, is_open, needs_second
from moderation.review.rules import Decision, ItemType
from tests.conftest import START


@pytest.mark.parametrize(
    ("choice", "count", "lately", "second"),
    [
        (Choice.REFUSE, 50, 0, False),
        (Choice.REFUSE, 51, 0, True),
        (Choice.REFUSE, 30, 20, False),
        (Choice.REFUSE, 30, 21, True),
        (Choice.APPROVE, 200, 200, False),
    ],
)
def test_above_fifty_refusals_a_second_person_agrees_also_in_two_halves(choice, count, lately, second):
    assert needs_second(choice, count, lately, 50) is second


def test_a_proposal_is_open_until_its_end():
    end = START + timedelta(hours=24)
    assert is_open(BulkState.PROPOSED, end, end - timedelta(seconds=1))
    assert not is_open(BulkState.PROPOSED, end, end) and not is_open(BulkState.RUNNING, end, START)


@pytest.mark.parametrize(
    ("kind", "state", "word"),
    [
        (ItemType.POST, "held", Decision.REJECT),
        (ItemType.SAMPLE, "published", Decision.REMOVE),
        (ItemType.FLAG_CASE, "hidden", Decision.REMOVE),
        (ItemType.EDIT, "published", Decision.REJECT),
    ],
)
def test_each_is_refused_or_removed_as_its_own_page_would(kind, state, word):
    assert decision_for(Choice.REFUSE, kind, state) == word
    assert decision_for(Choice.APPROVE, kind, state) == Decision.APPROVE
