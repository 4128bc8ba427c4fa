"""News about an announced incident are promised: measured, warned of and broken once, kept in events, recomputed from them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notifications.models import Notification
from accounts.notifications.queries import said
from common.db import db
from common.i18n import using_language
from common.unit_of_work import unit_of_work
from moderation.escalation.sla_rules import SlaType, Standing
from moderation.incidents import declaring, promising
from moderation.incidents.declaring import Words
from moderation.incidents.models import IncidentPromise
from tests.desk.conftest import MONDAY, TITLE, WORDS

NOTHING = Words()


def written(incident_id, *types):
    query = select(IncidentPromise.instance, IncidentPromise.type, IncidentPromise.at).where(
        IncidentPromise.incident_id == incident_id
    )
    rows = [tuple(row) for row in db.session.execute(query.order_by(IncidentPromise.id))]
    return [row for row in rows if not types or row[1] in types]


def standings(incident_id):
    return [one.standing for one in promising.readings(incident_id)]


def told(kind):
    return list(db.session.scalars(select(Notification.member_id).where(Notification.kind == kind)))


@pytest.fixture(autouse=True)
def _nothing_drifts(app, request):
    yield
    assert "is_found" in request.node.name or list(promising.faults()) == []


def test_a_word_in_time_keeps_the_promise_and_makes_the_next(incident, sam, at):
    at(MONDAY + timedelta(minutes=44))
    assert promising.sound_due() == 0
    declaring.update(sam, incident, WORDS)
    assert standings(incident) == [Standing.MET, Standing.RUNNING]
    found = promising.outlook(incident)
    assert (found.due_at, found.kept, found.over) == (MONDAY + timedelta(minutes=104), 1, 1)
    declaring.monitor(sam, incident, WORDS)
    declaring.resolve(sam, incident, NOTHING)
    assert standings(incident) == [Standing.MET] * 3, "after the end nothing is promised"
    at(MONDAY + timedelta(days=1))
    assert promising.sound_due() == 0


def test_it_warns_and_breaches_once_with_their_true_moments(incident, sam, at):
    at(MONDAY + timedelta(minutes=46))
    assert (promising.sound_due(), promising.sound_due()) == (1, 0)
    assert told("incident-news-due") == [sam.member_id]
    for code, name in (("fr", TITLE.fr), ("en", TITLE.en)):
        with using_language(code):
            assert name in str(*said(list(db.session.scalars(select(Notification)))).values()), (
                "named as its reader speaks"
            )
    at(MONDAY + timedelta(minutes=61))
    assert (promising.sound_due(), promising.sound_due()) == (1, 0)
    at(MONDAY + timedelta(hours=9))
    assert promising.sound_due() == 0
    assert written(incident, SlaType.WARN, SlaType.BREACH) == [
        (1, SlaType.WARN, MONDAY + timedelta(minutes=45)),
        (1, SlaType.BREACH, MONDAY + timedelta(minutes=60)),
    ]
    declaring.update(sam, incident, WORDS)
    assert standings(incident) == [Standing.MISSED, Standing.RUNNING], "a late word keeps the breach"


def test_what_nobody_swept_is_written_when_somebody_speaks(incident, sam, at):
    at(MONDAY + timedelta(hours=3))
    declaring.resolve(sam, incident, NOTHING)
    assert standings(incident) == [Standing.MISSED]
    assert [row[2] for row in written(incident, SlaType.BREACH)] == [MONDAY + timedelta(hours=1)]
    assert told("incident-news-due") == []


def test_what_is_back_is_promised_anew_and_a_setting_counts_from_the_next_word(
    incident, sam, at, settings_override
):
    declaring.resolve(sam, incident, NOTHING)
    with settings_override(incidents__update_minutes=30):
        declaring.begin_again(sam, incident, NOTHING)
        assert promising.outlook(incident).due_at == MONDAY + timedelta(minutes=30)
    assert promising.outlook(incident).due_at == MONDAY + timedelta(minutes=30)


def test_what_only_the_team_knows_promises_nobody_anything(app, at, sam):
    at(MONDAY)
    confirmed = declaring.confirm(sam, TITLE, WORDS, 1, None)
    at(MONDAY + timedelta(hours=2))
    assert promising.sound_due() == 0 and promising.outlook(confirmed) is None


def test_a_clock_that_jumps_changes_nothing_that_was_written(incident, at):
    at(MONDAY + timedelta(minutes=50))
    promising.sound_due()
    seen = written(incident)
    for jump in (-timedelta(hours=5), timedelta(minutes=46), timedelta(minutes=10)):
        at(MONDAY + jump)
        promising.sound_due()
    assert written(incident) == seen
    at(MONDAY + timedelta(minutes=50))


def test_four_at_once_sound_each_alarm_once(incident, at, in_threads):
    at(MONDAY + timedelta(hours=2))
    results = in_threads(4, lambda _n: promising.sound_due())
    assert sum(results) == 2 and len(written(incident, SlaType.WARN, SlaType.BREACH)) == 2


def test_an_alarm_that_does_not_follow_is_found(incident, at):
    at(MONDAY + timedelta(minutes=10))
    with unit_of_work():
        promising._write(incident, 1, SlaType.BREACH, MONDAY)
    [said] = promising.faults()
    assert f"incident {incident}" in said


def test_the_desk_says_until_when_news_are_promised(incident, sam, sign_in, at):
    page = sign_in(sam)
    assert "News are promised by" in page.get(f"/en/desk/incidents/{incident}").text
    at(MONDAY + timedelta(hours=2))
    promising.sound_due()
    shown = page.get(f"/en/desk/incidents/{incident}").text
    assert "News are late" in shown and "in time so far: 0 of 1" in shown
    assert "Les nouvelles sont en retard" in page.get(f"/fr/desk/incidents/{incident}").text
