"""How many agents: a queue worked through by hand, minute by minute."""

from __future__ import annotations

from moderation.forecast.rules import Served, Work, add_up, curve, needed, serve

THREE = [Work(0, 30), Work(0, 30), Work(10, 40)]
"""Two cases at once, a third ten minutes later; each has half an hour."""


def test_one_agent_keeps_two_of_three():
    # 0–15 first, 15–30 second (due at 30: kept), 30–45 third (due at 40: late)
    assert serve(THREE, 1, 15) == Served(kept=2, late=1, dropped=0)


def test_two_agents_keep_all():
    # 0–15 both, 15–30 third
    assert serve(THREE, 2, 15) == Served(3, 0, 0)


def test_what_is_due_first_is_answered_first():
    # while 0–20 is worked on, two arrive; the later one is due sooner: 20–40 (kept), then 40–60 (late)
    cases = [Work(0, 100), Work(1, 50), Work(2, 40)]
    assert serve(cases, 1, 20) == Served(kept=2, late=1, dropped=0)


def test_an_idle_agent_waits_for_work():
    assert serve([Work(0, 10), Work(500, 510)], 1, 10) == Served(2, 0, 0)


def test_what_a_member_answers_before_anybody_begins_needs_nobody():
    # the second is solved at 5, while the agent is busy until 15; the third has begun at 15 before it is solved at 20
    cases = [Work(0, 30), Work(0, 30, gone=5), Work(1, 40, gone=20)]
    assert serve(cases, 1, 15) == Served(kept=2, late=0, dropped=1)


def test_a_case_without_a_promise_is_always_in_time():
    assert serve([Work(0, None)], 1, 60) == Served(1, 0, 0)


def test_more_agents_until_all_is_kept():
    assert curve(THREE, 15) == [0.6667, 1.0]
    assert (needed([0.6667, 1.0], 60), needed([0.6667, 1.0], 95)) == (1, 2)


def test_what_no_number_of_agents_keeps():
    shares = curve([Work(0, 5)] * 3, 15)
    assert shares == [0.0] * 60
    assert needed(shares, 80) is None


def test_nothing_to_do_needs_one_agent():
    assert curve([], 15) == [1.0]


def test_parts_add_up():
    one, other = {"a": 1, "h": [1, 2], "t": {"1": {"n": 1}}}, {"a": 2, "h": [3, 4], "t": {"2": {"n": 5}}}
    assert add_up(one, other) == {"a": 3, "h": [4, 6], "t": {"1": {"n": 1}, "2": {"n": 5}}}
