"""Who may begin a conversation with whom: every combination of what is known of the two."""

from __future__ import annotations

from itertools import product

from accounts.messages.rules import Between, Ranks, Why, pair, refusal

FLAGS = ("same", "receiver_active", "receiver_staff", "receiver_open", "blocked", "answered")
EVERY = [
    (Between(**dict(zip(FLAGS, values, strict=True))), rank, staff)
    for values in product((False, True), repeat=len(FLAGS))
    for rank in (0, 1, 2)
    for staff in (False, True)
]


def test_nobody_writes_to_themselves_or_to_who_left():
    for between, rank, staff in EVERY:
        why = refusal(between, rank, staff, Ranks())
        assert (why == Why.SELF) == between.same
        if not between.same:
            assert (why == Why.CLOSED) == (not between.receiver_active)


def test_a_block_and_the_switch_bind_members_and_never_the_team():
    for between, rank, staff in EVERY:
        if between.same or not between.receiver_active:
            continue
        why = refusal(between, rank, staff, Ranks())
        if staff:
            assert why is None
        elif between.blocked:
            assert why == Why.BLOCKED
        elif between.answered:
            assert why is None
        elif between.receiver_staff:
            assert why == (None if rank >= 1 else Why.RANK)
        elif not between.receiver_open:
            assert why == Why.OFF
        else:
            assert why == (None if rank >= 2 else Why.RANK)


def test_a_pair_is_one_whoever_begins():
    assert pair(7, 3) == pair(3, 7) == (3, 7)
