"""Who is on duty: planned by managers or by oneself, read by alarms and calendars, handed over with a word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.delegation import granting
from moderation.delegation.rules import Right
from moderation.duty import calendar, handing, planning, queries
from moderation.duty.models import DutyShift, Handover
from moderation.duty.rules import Half, Shift, monday_of, shift_after, shift_at, shifts_of
from tests.conftest import START
from tests.delegation.conftest import ELSEWHERE, HERE, text_of

TODAY = Shift(date(2026, 3, 2), Half.MORNING)
CELL = (HERE, TODAY)


def test_a_week_has_fourteen_half_days_and_noon_parts_them():
    assert len(shifts_of(monday_of(date(2026, 3, 5)))) == 14
    assert shift_at(START, 13) == TODAY and shift_at(START.replace(hour=13), 13).half == Half.AFTERNOON
    assert shift_after(shift_after(TODAY)) == Shift(date(2026, 3, 3), Half.MORNING)


def test_managers_plan_for_everybody_and_the_others_for_themselves(mo, max_, sam, ada):
    assert planning.put_on_duty(max_, mo.member_id, [CELL]) == 1
    assert planning.put_on_duty(max_, mo.member_id, [CELL]) == 0
    with pytest.raises(Forbidden):
        planning.put_on_duty(mo, max_.member_id, [CELL])
    assert planning.put_on_duty(max_, sam.member_id, [CELL]) == 1  # agents answer cases there
    assert planning.take_off_duty(max_, sam.member_id, [CELL]) == 1
    with pytest.raises(Forbidden):
        planning.put_on_duty(ada, ada.member_id, [CELL])
    assert planning.take_off_duty(mo, mo.member_id, [CELL]) == 1
    assert db.session.query(DutyShift).count() == 0


def test_volunteers_are_never_planned(mentor, max_):
    with pytest.raises(Invalid):
        planning.put_on_duty(max_, mentor.member_id, [CELL])


def test_nothing_is_planned_in_another_year_or_without_a_half_day(mo):
    for cells in ([], [(HERE, Shift(date(2029, 1, 1), Half.MORNING))]):
        with pytest.raises(Invalid):
            planning.put_on_duty(mo, mo.member_id, cells)


def test_alarms_read_who_is_there_now_and_still_may_be(mo, max_, limited, at):
    part = limited(Right.DECIDE)
    planning.put_on_duty(mo, mo.member_id, [(ELSEWHERE, TODAY)])
    planning.put_on_duty(part, part.member_id, [CELL])
    assert queries.on_duty(HERE) == [part.member_id]
    assert queries.on_duty(None) == sorted([mo.member_id, part.member_id])
    granting.end_for(max_, part.member_id, "over")
    assert queries.on_duty(HERE) == []
    at(timedelta(hours=4))
    assert queries.on_duty(ELSEWHERE) == []


def test_who_moderates_a_part_plans_and_reads_that_part(limited):
    part = limited(Right.DECIDE)
    with pytest.raises(Invalid):
        planning.put_on_duty(part, part.member_id, [(ELSEWHERE, TODAY)])
    assert [number for number, _name in queries.week(part, TODAY.day).columns] == [HERE]


def test_the_plan_is_a_grid_of_boxes_that_works_without_scripts(client, sign_in, mo, max_):
    sign_in(max_)
    page = text_of(client.get("/en/desk/duty"))
    assert 'value="1:2026-03-02:am"' in page and page.count('name="cell"') == 14 * 3
    sent = {
        "cell": ["1:2026-03-02:am", "2:2026-03-03:pm", "nonsense", "1:x:y"],
        "member": str(mo.member_id),
        "week": "2026-03-02",
    }
    planned = client.post("/en/desk/duty", data=sent)
    assert planned.status_code == 303
    page = text_of(client.get(planned.location))
    assert f'<option value="{mo.member_id}" selected>' in page, "the next half-days are for the same person"
    assert "2 half-days more." in page
    assert "Nothing changed" in text_of(client.post("/en/desk/duty", data=sent, follow_redirects=True))
    assert "Mo" in text_of(client.get("/en/desk/duty?week=2026-03-04"))
    assert client.post("/en/desk/duty", data={"act": "repeat", **sent}).status_code == 303
    assert db.session.query(DutyShift).count() == 4
    refused = client.post("/en/desk/duty", data={"member": str(mo.member_id)})
    assert refused.status_code == 422


def test_the_calendar_is_read_by_its_secret_address_until_there_is_another(client, mo):
    planning.put_on_duty(mo, mo.member_id, [CELL, (ELSEWHERE, Shift(TODAY.day, Half.AFTERNOON))])
    token = planning.feed_token(mo)
    answer = client.get(f"/en/duty/{token}.ics")
    body = answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar" and body.count("BEGIN:VEVENT") == 2
    assert "DTSTART:20260302T070000Z" in body and "DTEND:20260302T120000Z" in body
    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    planning.new_feed(mo)
    for wrong in (token, token[:-1] + "0", "x", f"{mo.member_id}-", "9" * 12 + "-a"):
        assert client.get(f"/en/duty/{wrong}.ics").status_code == 404
    assert client.get(f"/en/duty/{planning.feed_token(mo)}.ics").status_code == 200


def test_a_change_of_the_clock_moves_no_half_day():
    winter = calendar.calendar(
        "Duty", [(Shift(date(2026, 3, 28), Half.MORNING), "A, b;c")], (8, 13, 24), START
    )
    summer = calendar.calendar("Duty", [(Shift(date(2026, 3, 29), Half.AFTERNOON), "A")], (8, 13, 24), START)
    assert "DTSTART:20260328T070000Z" in winter and "A\\, b\\;c" in winter
    assert "DTSTART:20260329T110000Z" in summer and "DTEND:20260329T220000Z" in summer


def test_a_word_is_handed_over_with_the_figures_and_read_once(mo, max_, root, waiting):
    made = handing.hand_over(mo, HERE, "The pump recall makes noise.")
    assert handing.hand_over(mo, HERE, "The pump recall makes noise, still.") == made
    note = db.session.get(Handover, made, populate_existing=True)
    assert (note.waiting, note.late, note.urgent) == (1, 0, 0) and note.body.endswith("still.")
    with pytest.raises(Conflict):
        handing.acknowledge(mo, made)
    assert queries.unread_count(max_) == 1 and queries.unread_count(mo) == 0
    assert handing.acknowledge(max_, made) and not handing.acknowledge(root, made)
    with pytest.raises(Conflict):
        handing.hand_over(mo, HERE, "One more thing")
    assert queries.unread_count(max_) == 0


def test_words_of_a_category_one_does_not_look_after_are_not_read(mo, limited):
    made = handing.hand_over(mo, ELSEWHERE, "Calm.")
    part = limited(Right.DECIDE)
    assert queries.notes(part) == [] and queries.unread_count(part) == 0
    with pytest.raises(NotFound):
        handing.acknowledge(part, made)
    with pytest.raises(NotFound):
        handing.hand_over(part, ELSEWHERE, "Calm here, too")


def test_the_page_keeps_what_was_typed_and_is_acknowledged_by_the_next(client, sign_in, mo, max_, waiting):
    sign_in(mo)
    assert client.post("/en/desk/handover", data={"category": "1", "body": " "}).status_code == 422
    assert (
        client.post("/en/desk/handover", data={"category": "1", "body": "Watch the pumps."}).status_code
        == 303
    )
    assert "I have read it" not in text_of(client.get("/en/desk/handover"))
    other = sign_in(max_, client.application.test_client())
    assert "I have read it" in text_of(other.get("/en/desk/handover"))
    assert other.post("/en/desk/handover/1").status_code == 303
    assert "Read by Max" in text_of(other.get("/en/desk/handover"))
