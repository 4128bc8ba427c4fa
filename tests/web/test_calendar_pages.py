"""Calendars at the desk: made, changed, filled from a file, retired; by managers, kept when refused, audited once."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from common.audit import AuditEntry
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from moderation.calendars import keeping
from moderation.calendars.models import DEFAULT, WorkCalendar
from moderation.escalation import clocks, laddering
from moderation.escalation.models import Ladder
from moderation.jobs import zones_are_known

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORM = {f"week_{day}": "09:00-17:00" for day in DAYS} | {
    "name": "Winter", "zone": "Europe/Paris", "holidays": "FR", "days": "2026-12-24 closed Christmas Eve", "reason": "Winter",
    "version": "1",
}  # fmt: skip


@pytest.fixture
def usual(app):
    return keeping.ensure().id


def row(calendar_id):
    return db.session.get(WorkCalendar, calendar_id, populate_existing=True)


def written(act="calendar.change"):
    query = db.select(db.func.count(AuditEntry.id)).where(AuditEntry.act == act)
    return db.session.scalar(query)


def test_managers_change_the_usual_hours_and_it_is_audited_once(usual, sign_in, sam, max_):
    address = f"/en/desk/calendars/{usual}"
    assert sign_in(sam).post(address, data=FORM).status_code == 403
    assert row(usual).name == "Team"
    browser = sign_in(max_)
    assert browser.post(address, data=FORM).status_code == 303
    assert row(usual).days == {"2026-12-24": ["closed", "Christmas Eve"]}
    assert written() == 1
    assert browser.post(address, data={**FORM, "version": "2"}).status_code == 303, (
        "the same again changes nothing"
    )
    assert (written(), row(usual).version) == (1, 2)


def test_new_questions_count_by_the_new_hours_and_older_ones_do_not(usual, at, ada, max_, make_question):
    at(datetime(2026, 3, 2, 9, tzinfo=UTC))
    older = make_question(ada, title="The first thing that is broken")
    draft = keeping.draft_of(row(usual))
    keeping.change(
        max_, usual, 1, keeping.Draft(draft.name, "UTC", {"tue": "10:00-11:00"}, "none", {}), "Short"
    )
    at(timedelta(minutes=5))
    newer = make_question(ada, title="The second thing that is broken")
    calendars = [clocks.policy_for(db.session.get_one(Ladder, one)).calendar.zone for one in (older, newer)]
    assert calendars == ["Europe/Paris", "UTC"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("week_mon", "nine to five"), ("week_mon", "25:00-26:00"), ("week_tue", "09:00-12:00, 11:00-14:00"), ("days", "Christmas closed"),
        ("zone", "Mars/Olympus"), ("reason", ""), ("name", ""), ("holidays", "DE"),
    ],
)  # fmt: skip
def test_hours_that_are_none_are_refused_and_kept_in_the_form(usual, sign_in, max_, field, text):
    answer = sign_in(max_).post(f"/en/desk/calendars/{usual}", data=FORM | {field: text})
    assert answer.status_code == 422
    assert text in answer.text or field == "holidays"
    assert row(usual).version == 1


def test_an_empty_calendar_is_refused(usual, sign_in, max_):
    answer = sign_in(max_).post("/en/desk/calendars/new", data=FORM | {f"week_{day}": "" for day in DAYS})
    assert answer.status_code == 422
    assert "at least one working day" in answer.text


def test_special_days_that_leave_it_shut_for_more_than_a_year_are_refused(usual, at, sign_in, max_):
    at(datetime(2026, 3, 2, 9, tzinfo=UTC))
    mondays = [datetime(2026, 3, 2) + timedelta(weeks=week) for week in range(54)]
    only = {f"week_{day}": "" for day in DAYS if day != "mon"}
    days = "\n".join(f"{day:%Y-%m-%d} closed" for day in mondays)
    browser, form = sign_in(max_), FORM | only | {"days": days}
    refused = browser.post(f"/en/desk/calendars/{usual}", data=form)
    assert refused.status_code == 422 and "cannot stay closed for more than a year" in refused.text
    assert f"{mondays[-1]:%Y-%m-%d} closed" in refused.text and row(usual).version == 1
    fewer = {**form, "days": "\n".join(days.split("\n")[:50])}
    assert browser.post(f"/en/desk/calendars/{usual}", data=fewer).status_code == 303


def test_who_saves_an_older_page_is_told(usual, sign_in, max_):
    browser = sign_in(max_)
    browser.post(f"/en/desk/calendars/{usual}", data=FORM)
    answer = browser.post(f"/en/desk/calendars/{usual}", data=FORM | {"name": "Mine"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert row(usual).name == "Winter"


def test_a_preview_saves_nothing(usual, sign_in, max_):
    form = FORM | {"act": "preview", "asked_at": "2026-12-24T10:00", "reason": ""}
    page = sign_in(max_).post(f"/en/desk/calendars/{usual}", data=form)
    assert page.status_code == 200
    assert "If somebody asked Thursday, 24 December 2026, 10:00" in page.text
    assert "Saturday, 26 December 2026, 10:00" in page.text, "an hour, after Christmas Eve and Christmas"
    assert row(usual).version == 1
    assert sign_in(max_).post("/en/desk/calendars/new", data=form).status_code == 200


def test_a_second_calendar_and_its_end(usual, sign_in, max_):
    browser = sign_in(max_)
    made = browser.post("/en/desk/calendars/new", data=FORM)
    assert made.status_code == 303
    again = browser.post("/en/desk/calendars/new", data=FORM)
    assert again.status_code == 422 and "Another calendar has this name" in again.text
    address = made.location.removeprefix("http://localhost")
    assert browser.post(f"{address}/retire", data={"reason": ""}).status_code == 422
    assert browser.post(f"{address}/retire", data={"reason": "Spring"}).status_code == 303
    assert browser.get(address).status_code == 404
    assert browser.post("/en/desk/calendars/new", data=FORM).status_code == 303, "its name is free again"
    assert browser.post(f"/en/desk/calendars/{usual}/retire", data={"reason": "No"}).status_code == 403


def test_day_and_night_is_always_the_same(usual, sign_in, max_):
    always = db.session.scalar(db.select(WorkCalendar.id).where(WorkCalendar.key == "always"))
    assert sign_in(max_).post(f"/en/desk/calendars/{always}", data=FORM).status_code == 403
    assert "00:00–24:00" in sign_in(max_).get(f"/en/desk/calendars/{always}").text


def send(browser, calendar_id, text, reason="Bridges"):
    data = {"file": (io.BytesIO(text.encode()), "days.ics"), "reason": reason}
    address = f"/en/desk/calendars/{calendar_id}/file"
    return browser.post(address, data=data, content_type="multipart/form-data")


FILE = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:{day}\nSUMMARY:{name}\nEND:VEVENT\nEND:VCALENDAR\n"


def test_a_file_closes_days_and_the_same_again_adds_nothing(usual, at, sign_in, sam, max_):
    at(datetime(2026, 3, 2, 9, tzinfo=UTC))
    text = FILE.format(day="20260515", name="<b>Bridge</b>")
    assert send(sign_in(sam), usual, text).status_code == 403
    browser = sign_in(max_)
    for _twice in range(2):
        assert send(browser, usual, text).status_code == 303
    assert row(usual).days == {"2026-05-15": ["closed", "<b>Bridge</b>"]}
    assert written() == 1
    assert "<b>Bridge" not in browser.get(f"/en/desk/calendars/{usual}").text


@pytest.mark.parametrize(
    ("text", "reason"), [("no calendar", "Bridges"), (FILE.format(day="20260515", name="x"), "")]
)
def test_a_file_that_is_none_changes_nothing(usual, sign_in, max_, text, reason):
    answer = send(sign_in(max_), usual, text, reason)
    assert answer.status_code == 422
    assert row(usual).days == {}


def test_a_zone_that_is_gone_is_said_and_stops_no_clock(usual, at, ada, sign_in, max_, make_question):
    with unit_of_work():
        update_where(WorkCalendar, WorkCalendar.key == DEFAULT, zone="Asia/Atlantis")
    assert not zones_are_known().well
    assert "knows no time zone “Asia/Atlantis” any more" in sign_in(max_).get("/en/desk/calendars").text
    assert sign_in(max_).get(f"/en/desk/calendars/{usual}").status_code == 200
    at(datetime(2026, 3, 2, 9, tzinfo=UTC))
    question_id = make_question(ada)
    at(timedelta(hours=4, minutes=1))
    assert laddering.sweep()
    assert db.session.get_one(Ladder, question_id).failure_count == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_speak_both_languages(usual, sign_in, max_, language):
    for path in ("", "/new", f"/{usual}"):
        assert sign_in(max_).get(f"/{language}/desk/calendars{path}").status_code == 200
