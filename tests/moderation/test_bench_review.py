"""The measure of the desk ends with an error where a limit is passed, or a type of item was left out."""

import click
import pytest

from bench.queue import SORTS
from bench.review import LIMITS, end, faults
from moderation.review.rules import ItemType

FAST = {what: [limit / 2] * 40 for what, limit in LIMITS.items()}
EVERY = dict.fromkeys(ItemType, 3)


def test_within_the_limits_nothing_is_said():
    assert faults("SQLite", FAST, EVERY) == []
    end([])


@pytest.mark.parametrize("what", list(LIMITS))
def test_slower_than_a_limit_is_an_error(what):
    slow = FAST | {what: [LIMITS[what] / 2] * 36 + [LIMITS[what] * 2] * 4}
    (fault,) = faults("SQLite", slow, EVERY)
    assert what in fault
    with pytest.raises(click.ClickException) as told:
        end([fault])
    assert told.value.exit_code == 1


def test_what_was_not_measured_and_a_type_that_was_not_decided_are_errors():
    assert len(faults("SQLite", {}, EVERY)) == len(LIMITS)
    (fault,) = faults("SQLite", FAST, EVERY | {ItemType.AUDIT: 0})
    assert "audit" in fault


def test_the_queue_of_the_bench_holds_every_type_that_can_wait():
    assert {kind for kind, _klass, _share in SORTS} == set(ItemType) - {ItemType.AUDIT, ItemType.GUIDE}, (
        "audits come by themselves, and guides are rare"
    )
