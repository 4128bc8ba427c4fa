"""Like questions at the same moment: one group, one suspicion, one decision."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import func, select

from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident
from moderation.outbreaks import noting, suspecting
from moderation.outbreaks.models import QuestionGroup, Suspicion
from tests.conftest import START
from tests.races.test_desk_races import count, unexpected


def _asked(members, make_question):
    clock.travel(START)
    title = "Login to the app failed since this morning"
    ids = [
        make_question(one, title=f"{title}, number {n}", body=f"{title}.")
        for n, one in enumerate(members[:8])
    ]
    clock.travel(START + timedelta(minutes=1))
    return ids


def test_parallel_questions_raise_exactly_one_suspicion(members, make_question, sam, mo, max_, in_threads):
    ids = _asked(members, make_question)
    results = in_threads(8, lambda n: noting.note(ids[n]))
    assert not unexpected(results), unexpected(results)
    assert sum(one is not None for one in results) == 1
    assert (count(Suspicion), count(QuestionGroup)) == (1, 1)
    key = db.session.scalar(select(Suspicion.id))
    db.session.rollback()
    title = Words("Panne de connexion", "Nobody can sign in")

    def decide(n):
        if n % 2:
            return suspecting.dismiss((sam, mo, max_)[n % 3], key)
        return suspecting.confirm((sam, mo, max_)[n % 3], key, title, Words(), 1, None)

    decided = [one for one in in_threads(6, decide) if one and not isinstance(one, Exception)]
    state = db.session.scalar(select(Suspicion.state))
    assert len(decided) == 1 and count(Incident) == (state == "confirmed")


def test_a_noting_that_only_looks_would_raise_several(members, make_question, in_threads):
    """The racy twin: it sees that no suspicion is open, takes its time, and writes one without the key."""
    ids = _asked(members, make_question)
    noting.note(ids[0])
    group = db.session.scalar(select(QuestionGroup.id))
    db.session.rollback()

    def act(_n):
        known = db.session.scalar(select(func.count()).select_from(Suspicion))
        db.session.rollback()
        time.sleep(0.3)
        with unit_of_work():
            if not known:
                db.session.add(Suspicion(group_id=group, people=5, usual=0.5, minutes=60))

    in_threads(3, act)
    assert count(Suspicion) > 1
