"""Many questions at once and few experts: the caps hold, nobody is asked twice, a wave is sent once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest

from common import clock
from common.db import db
from common.unit_of_work import is_busy, unit_of_work
from moderation.experts import choosing
from moderation.experts.asking import availability, waves
from moderation.experts.models import ExpertInvitation, ExpertWave
from tests.conftest import START, actor_named
from tests.experts.conftest import make_expert  # noqa: F401 - a fixture

QUESTIONS = 12


@pytest.fixture
def waiting(app, at, make_question):
    """Questions that all wait for their first wave."""
    at(START)
    ids = [
        make_question(actor_named("ada"), title=f"Thing number {n} is broken once more")
        for n in range(QUESTIONS)
    ]
    waves.begin_new()
    at(timedelta(minutes=5))
    return ids


def send(question_id):
    for _time in range(20):
        try:
            return waves.send(question_id, 1, 1)
        except Exception as error:
            db.session.rollback()
            if not is_busy(error):
                raise
    raise AssertionError("busy for ever")


def test_caps_hold_under_parallel_questions(waiting, make_expert, in_threads, settings_override):  # noqa: F811
    experts = [make_expert(f"expert{n}") for n in range(3)]
    with settings_override(experts__gap_hours=0):
        results = in_threads(len(waiting), lambda n: send(waiting[n]))
    assert not [one for one in results if isinstance(one, Exception)]
    counts = Counter(db.session.scalars(db.select(ExpertInvitation.member_id)))
    assert counts == dict.fromkeys(experts, 2), "two open each, no more, and nobody is forgotten"


def test_caps_that_are_only_looked_at_would_be_passed(waiting, make_expert, in_threads, settings_override):  # noqa: F811
    make_expert("expert0")
    looked, now = Barrier(4), clock.now()

    def racy(n):
        people = choosing.ranked(waiting[n], now, availability.willing(now), availability.responses(now))
        found = availability.free(waiting[n], [one.member_id for one in people], now, False, hold=False)
        db.session.rollback()
        looked.wait(30)
        with unit_of_work():
            for one in people:
                if one.member_id in found.ranks:
                    waves.invite(one, False, waiting[n], 1, 1, 1, now, False)

    with settings_override(experts__gap_hours=0):
        in_threads(4, racy)
    assert db.session.scalar(db.select(db.func.count()).select_from(ExpertInvitation)) > 2


def test_two_workers_send_a_wave_once(waiting, make_expert, in_threads):  # noqa: F811
    for n in range(8):
        make_expert(f"expert{n}")
    results = in_threads(6, lambda _n: send(waiting[0]))
    assert sorted(results) == [0, 0, 0, 0, 0, 5]
    counts = Counter(db.session.scalars(db.select(ExpertInvitation.member_id)))
    assert len(counts) == 5 and set(counts.values()) == {1}
    wave = db.session.get(ExpertWave, (waiting[0], 1, 1), populate_existing=True)
    assert (wave.invited, wave.due_at) == (5, None) and wave.done_at is not None
