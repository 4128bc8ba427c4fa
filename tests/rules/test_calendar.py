"""Working time: the vectors of `domain/escalation.md §C1.3` and many more, in local times a person can check."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.calendars.contents import to_count_with
from moderation.calendars.holidays import french_holidays
from moderation.calendars.ical import BadFile, read_days
from moderation.calendars.models import DEFAULT_WEEK, DEFAULT_ZONE
from moderation.calendars.reading import overlapping, read_calendar, read_special_day
from moderation.calendars.rules import (
    BadCalendar,
    Calendar,
    UnknownZone,
    always_open,
    due_at,
    no_holidays,
    worked,
)

PARIS = ZoneInfo("Europe/Paris")
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-18:00")


def calendar(week=OFFICE, exceptions=None, holidays_of=french_holidays, zone="Europe/Paris"):
    return read_calendar(zone, week, exceptions, holidays_of)


def local(text, fold=0):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def hours(count):
    return timedelta(hours=count)


# --- the published vectors --------------------------------------------------------------------------------------------

PLAIN = calendar(holidays_of=lambda year: [date(year, 12, 25)])


def test_vector_christmas_is_closed():
    assert PLAIN.add(local("2026-12-24 17:30"), timedelta(minutes=60)) == local("2026-12-28 09:30")


def test_vector_clock_change_on_a_closed_weekend():
    assert PLAIN.add(local("2026-10-24 23:00"), hours(4)) == local("2026-10-26 13:00")


def test_vector_clock_change_day_and_night():
    due = always_open("Europe/Paris").add(local("2026-10-24 23:00"), hours(4))
    assert due == local("2026-10-25 02:00", fold=1)
    assert due.astimezone(PARIS).utcoffset() == hours(1)


def test_vector_a_pause_is_added():
    pause = (local("2026-11-25 11:00"), local("2026-11-26 15:00"))
    assert due_at(PLAIN, local("2026-11-25 10:00"), hours(8), [pause]) == local("2026-11-27 13:00")


# --- more, with the French holidays -----------------------------------------------------------------------------------

SPLIT = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-12:00, 14:00-18:00")
NIGHT = {"fri": "22:00-06:00"}
EVERY_NIGHT = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "22:00-06:00")
SUNDAY = {"sun": "01:00-05:00", "mon": "09:00-18:00"}
SHOP = DEFAULT_WEEK

ADDED = [
    # ordinary days
    (OFFICE, "2026-03-02 10:00", 60, "2026-03-02 11:00"),
    (OFFICE, "2026-03-02 17:00", 60, "2026-03-02 18:00"),
    (OFFICE, "2026-03-02 17:00", 61, "2026-03-03 09:01"),
    (OFFICE, "2026-03-02 08:00", 60, "2026-03-02 10:00"),
    (OFFICE, "2026-03-02 20:00", 60, "2026-03-03 10:00"),
    (OFFICE, "2026-03-06 17:30", 60, "2026-03-09 09:30"),
    (OFFICE, "2026-03-07 12:00", 60, "2026-03-09 10:00"),
    (OFFICE, "2026-03-08 23:59", 1, "2026-03-09 09:01"),
    (OFFICE, "2026-03-02 09:00", 540, "2026-03-02 18:00"),
    (OFFICE, "2026-03-02 09:00", 541, "2026-03-03 09:01"),
    (OFFICE, "2026-03-02 09:00", 2700, "2026-03-06 18:00"),
    (OFFICE, "2026-03-02 09:00", 2701, "2026-03-09 09:01"),
    (OFFICE, "2026-03-02 18:00", 1, "2026-03-03 09:01"),
    # a lunch break
    (SPLIT, "2026-03-02 11:30", 60, "2026-03-02 14:30"),
    (SPLIT, "2026-03-02 12:30", 60, "2026-03-02 15:00"),
    (SPLIT, "2026-03-02 09:00", 180, "2026-03-02 12:00"),
    (SPLIT, "2026-03-02 09:00", 420, "2026-03-02 18:00"),
    (SPLIT, "2026-03-06 17:00", 180, "2026-03-09 11:00"),
    # the shop's default week, with its Saturday
    (SHOP, "2026-03-07 17:30", 60, "2026-03-09 08:30"),
    (SHOP, "2026-03-07 08:00", 60, "2026-03-07 10:00"),
    (SHOP, "2026-03-06 19:30", 60, "2026-03-07 09:30"),
    (SHOP, "2026-03-02 08:00", 720, "2026-03-02 20:00"),
    (SHOP, "2026-03-02 08:00", 480, "2026-03-02 16:00"),
    (SHOP, "2026-03-07 17:00", 1920, "2026-03-11 15:00"),
    # public holidays
    (OFFICE, "2026-04-03 17:30", 60, "2026-04-07 09:30"),  # Easter Monday
    (OFFICE, "2027-03-26 17:30", 60, "2027-03-30 09:30"),
    (OFFICE, "2024-03-29 17:30", 60, "2024-04-02 09:30"),
    (OFFICE, "2026-04-30 17:30", 60, "2026-05-04 09:30"),  # Friday 1 May
    (OFFICE, "2026-05-07 17:30", 60, "2026-05-11 09:30"),  # Friday 8 May
    (OFFICE, "2026-05-13 17:30", 60, "2026-05-15 09:30"),  # Ascension
    (OFFICE, "2026-05-22 17:30", 60, "2026-05-26 09:30"),  # Whit Monday
    (OFFICE, "2026-07-13 17:30", 60, "2026-07-15 09:30"),
    (OFFICE, "2025-08-14 17:30", 60, "2025-08-18 09:30"),
    (OFFICE, "2027-10-29 17:30", 60, "2027-11-02 09:30"),
    (OFFICE, "2026-11-10 17:30", 60, "2026-11-12 09:30"),
    (OFFICE, "2026-04-06 10:00", 60, "2026-04-07 10:00"),
    # year end
    (OFFICE, "2026-12-31 17:30", 60, "2027-01-04 09:30"),
    (OFFICE, "2025-12-31 17:30", 60, "2026-01-02 09:30"),
    (OFFICE, "2024-12-31 17:30", 60, "2025-01-02 09:30"),
    (SHOP, "2026-12-24 19:30", 60, "2026-12-26 09:30"),
    # leap day
    (OFFICE, "2028-02-28 17:30", 60, "2028-02-29 09:30"),
    (OFFICE, "2028-02-29 17:30", 60, "2028-03-01 09:30"),
    (OFFICE, "2027-02-26 17:30", 60, "2027-03-01 09:30"),
    (OFFICE, "2024-02-29 17:00", 120, "2024-03-01 10:00"),
    # overnight, split at midnight
    (NIGHT, "2026-03-06 23:30", 60, "2026-03-07 00:30"),
    (NIGHT, "2026-03-07 05:30", 60, "2026-03-13 22:30"),
    (NIGHT, "2026-03-06 21:00", 480, "2026-03-07 06:00"),
    (EVERY_NIGHT, "2026-03-02 07:00", 60, "2026-03-02 23:00"),
    (EVERY_NIGHT, "2026-03-08 23:30", 120, "2026-03-09 01:30"),
    (EVERY_NIGHT, "2026-03-01 23:00", 120, "2026-03-02 01:00"),
    (EVERY_NIGHT, "2026-03-31 23:00", 240, "2026-04-01 03:00"),
    (EVERY_NIGHT, "2026-02-28 23:00", 180, "2026-03-01 02:00"),
    (EVERY_NIGHT, "2026-04-05 23:30", 60, "2026-04-07 00:30"),  # Easter Monday takes both of its parts away
    # clocks go forward on 29 March 2026 at two, back on 25 October at three
    (SUNDAY, "2026-03-29 01:00", 180, "2026-03-29 05:00"),
    (SUNDAY, "2026-03-29 01:00", 181, "2026-03-30 09:01"),
    (SUNDAY, "2026-10-25 01:00", 300, "2026-10-25 05:00"),
    (SUNDAY, "2026-10-25 01:00", 301, "2026-10-26 09:01"),
    (OFFICE, "2026-03-27 17:30", 60, "2026-03-30 09:30"),
    (OFFICE, "2026-10-23 17:30", 60, "2026-10-26 09:30"),
    (EVERY_NIGHT, "2026-03-28 22:00", 420, "2026-03-29 06:00"),
    (EVERY_NIGHT, "2026-10-24 22:00", 540, "2026-10-25 06:00"),
]


@pytest.mark.parametrize(("week", "start", "minutes", "due"), ADDED)
def test_working_minutes_are_added(week, start, minutes, due):
    assert calendar(week).add(local(start), timedelta(minutes=minutes)) == local(due)


@pytest.mark.parametrize(("week", "start", "minutes", "due"), ADDED)
def test_and_counting_between_gives_them_back(week, start, minutes, due):
    assert calendar(week).between(local(start), local(due)) == timedelta(minutes=minutes)


def test_there_are_more_than_sixty_of_them():
    assert len(ADDED) >= 60


def test_an_opening_in_the_skipped_hour_begins_at_the_change():
    odd = calendar({"sun": "02:30-05:00"})
    assert odd.spans(date(2026, 3, 29)) == (
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 3, 0, tzinfo=UTC)),
    )


def test_an_opening_inside_the_skipped_hour_is_none():
    assert calendar({"sun": "02:10-02:50"}).spans(date(2026, 3, 29)) == ()


def test_openings_that_meet_in_the_doubled_hour_do_not_overlap():
    spans = calendar({"sun": "01:00-02:30, 02:31-05:00"}).spans(date(2026, 10, 25))
    assert spans[0][1] < spans[1][0]
    assert sum((end - start for start, end in spans), timedelta()) == timedelta(hours=4, minutes=59)


def test_no_time_is_due_at_once_even_at_night():
    midnight = local("2026-03-08 02:00")
    assert calendar().add(midnight, timedelta(0)) == midnight


def test_negative_time_is_refused():
    with pytest.raises(ValueError):
        calendar().add(local("2026-03-02 10:00"), timedelta(minutes=-1))


def test_an_exception_opens_a_holiday():
    open_on_monday = calendar(exceptions={"2026-04-06": "10:00-12:00"})
    assert open_on_monday.add(local("2026-04-03 17:30"), timedelta(minutes=60)) == local("2026-04-06 10:30")


def test_an_exception_closes_a_day_or_shortens_it():
    shut = calendar(exceptions={"2026-03-02": "closed", "2026-03-03": "09:00-10:00"})
    assert shut.add(local("2026-03-02 10:00"), timedelta(minutes=90)) == local("2026-03-04 09:30")


def test_other_holidays_can_be_none():
    assert calendar(holidays_of=no_holidays).add(local("2026-04-03 17:30"), hours(1)) == local(
        "2026-04-06 09:30"
    )


def test_other_zones_have_their_own_edges():
    tokyo = calendar(zone="Asia/Tokyo", holidays_of=no_holidays)
    assert tokyo.add(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), hours(1)) == datetime(
        2026, 3, 2, 1, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-03-02 09:00", True, "2026-03-02 09:00"),
        ("2026-03-02 08:59", False, "2026-03-02 09:00"),
        ("2026-03-02 18:00", False, "2026-03-03 09:00"),
        ("2026-03-07 10:00", False, "2026-03-09 09:00"),
        ("2026-12-25 10:00", False, "2026-12-28 09:00"),
    ],
)
def test_open_or_not(moment, is_open, opens):
    assert calendar().is_open(local(moment)) is is_open
    assert calendar().opens_at(local(moment)) == local(opens)


# --- reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "week",
    [
        {}, {"mon": ""}, {"mon": "closed"}, {"mon": "9-18"}, {"mon": "09:00"}, {"mon": "09:00-09:00"}, {"mon": "25:00-26:00"},
        {"mon": "09:60-10:00"}, {"mon": "24:00-25:00"}, {"monday": "09:00-18:00"}, {"mon": "nine to five"}, {"mon": "-1:00-05:00"},
        {"mon": "٠٩:٠٠-١٨:٠٠"},
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused(week):
    with pytest.raises(BadCalendar):
        read_calendar("Europe/Paris", week)


def test_an_unknown_zone_is_refused():
    with pytest.raises(BadCalendar):
        read_calendar("Mars/Olympus", OFFICE)


@pytest.mark.parametrize(
    "exceptions", [{"24/12/2026": "closed"}, {"2026-02-30": "closed"}, {"2026-12-24": "22:00-02:00"}]
)
def test_exceptions_that_are_none_are_refused(exceptions):
    with pytest.raises(BadCalendar):
        calendar(exceptions=exceptions)


def test_a_calendar_that_never_opens_again_says_so_instead_of_searching_for_ever():
    shut = Calendar(
        "UTC",
        (((540, 600),),) + ((),) * 6,
        lambda year: [date(year, 1, 1) + timedelta(days=n) for n in range(366)],
    )
    with pytest.raises(BadCalendar):
        shut.add(local("2026-03-02 10:00"), hours(1))


def test_openings_that_touch_are_one():
    assert calendar({"mon": "09:00-12:00, 12:00-15:00, 15:00-18:00"}).week[0] == ((540, 1080),)


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ({"mon": "09:00-12:00, 11:00-15:00"}, ["mon"]),
        ({"mon": "09:00-12:00, 12:00-15:00"}, []),
        ({"mon": "22:00-06:00", "tue": "05:00-09:00"}, ["tue"]),
        ({"mon": "22:00-06:00", "tue": "06:00-09:00"}, []),
        ({"sun": "22:00-06:00", "mon": "05:59-09:00"}, ["sun"]),
        ({"sun": "22:00-06:00", "mon": "06:00-09:00"}, []),
        ({"wed": "13:00-14:00, 08:00-12:00, 11:59-13:00"}, ["wed"]),
        ({"mon": "00:00-24:00", "tue": "00:00-24:00"}, []),
        ({}, []),
    ],
)
def test_hours_that_overlap_are_named_by_their_day(week, days):
    assert overlapping(week) == days


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("2026-12-24 08:00-16:00 Christmas Eve", ("2026-12-24", "08:00-16:00", "Christmas Eve")),
        ("2026-12-26 closed", ("2026-12-26", "closed", "")),
        ("2026-12-26 fermé Pont", ("2026-12-26", "closed", "Pont")),
        ("2026-12-26", ("2026-12-26", "closed", "")),
        ("2026-12-26 Inventory", ("2026-12-26", "closed", "Inventory")),
        (
            "2026-05-01 9h-12h30, 14:00–18:00 Open for once",
            ("2026-05-01", "9h-12h30, 14:00–18:00", "Open for once"),
        ),
    ],
)
def test_a_special_day_is_one_line(line, read):
    assert read_special_day(line) == read


@pytest.mark.parametrize(
    "line",
    ["Christmas closed", "2026-02-29", "2026-12-24 22:00-02:00", "2026-12-24 08:00-12:00, 11:00-14:00", ""],
)
def test_other_lines_are_refused(line):
    with pytest.raises(BadCalendar):
        read_special_day(line)


def test_without_the_check_hours_written_twice_would_pass_as_one():
    """The twin: whoever only reads the texts finds nothing amiss."""
    week = {"mon": "08:00-12:00, 11:00-14:00"}
    assert read_calendar("Europe/Paris", week).week[0] == ((480, 840),)
    assert list(overlapping(week)) == ["mon"]


def test_a_zone_that_is_gone_has_an_error_of_its_own():
    with pytest.raises(UnknownZone):
        calendar(zone="Asia/Atlantis")
    assert (
        to_count_with({"zone": "Asia/Atlantis", "week": OFFICE, "exceptions": {}, "holidays": "FR"})
        == calendar()
    )
    assert to_count_with(
        {"zone": "Europe/Paris", "week": {}, "exceptions": {}, "holidays": "FR"}
    ) == calendar(SHOP)


# --- other zones, special days --------------------------------------------------------------------------------------

# zone, start and due on its own clock
ELSEWHERE = [
    ("America/New_York", OFFICE, "2026-03-06 17:30", 60, "2026-03-09 09:30"),
    ("America/New_York", SUNDAY, "2026-03-08 01:00", 180, "2026-03-08 05:00"),  # forward at two
    ("America/New_York", SUNDAY, "2026-11-01 01:00", 300, "2026-11-01 05:00"),  # back at two
    ("Europe/London", SUNDAY, "2026-03-29 00:30", 180, "2026-03-29 05:00"),
    ("Europe/London", SUNDAY, "2026-10-25 00:30", 300, "2026-10-25 05:00"),
    ("Australia/Lord_Howe", SUNDAY, "2026-04-05 01:00", 270, "2026-04-05 05:00"),  # half an hour back
    ("Asia/Kathmandu", OFFICE, "2026-03-02 17:30", 60, "2026-03-03 09:30"),
    ("Pacific/Apia", OFFICE, "2026-12-31 17:30", 60, "2027-01-01 09:30"),
    ("Pacific/Kiritimati", EVERY_NIGHT, "2026-12-31 23:30", 60, "2027-01-01 00:30"),
    ("America/St_Johns", SPLIT, "2028-02-29 17:30", 60, "2028-03-01 09:30"),
    ("UTC", EVERY_NIGHT, "2026-03-29 01:30", 60, "2026-03-29 02:30"),
    ("Asia/Tokyo", SHOP, "2026-02-28 17:30", 60, "2026-03-02 08:30"),
]


@pytest.mark.parametrize(("zone", "week", "start", "minutes", "due"), ELSEWHERE)
def test_every_zone_has_its_own_clock(zone, week, start, minutes, due):
    there = ZoneInfo(zone)
    moment = lambda text: datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=there)  # noqa: E731
    counted = calendar(week, holidays_of=no_holidays, zone=zone)
    assert counted.add(moment(start), timedelta(minutes=minutes)) == moment(due).astimezone(UTC)
    assert counted.between(moment(start), moment(due)) == timedelta(minutes=minutes)


OPENED = {
    "2026-04-06": "10:00-12:00",
    "2026-12-24": "09:00-12:00",
    "2026-12-31": "closed",
    "2026-05-01": "22:00-24:00",
}
SPECIAL = [
    ("2026-04-03 17:30", 60, "2026-04-06 10:30"),
    ("2026-04-06 11:30", 60, "2026-04-07 09:30"),
    ("2026-12-24 11:30", 60, "2026-12-28 09:30"),
    ("2026-12-30 17:30", 60, "2027-01-04 09:30"),
    ("2026-04-30 17:30", 60, "2026-05-01 22:30"),
    ("2026-05-01 23:30", 60, "2026-05-04 09:30"),
]


@pytest.mark.parametrize(("start", "minutes", "due"), SPECIAL)
def test_special_days_win_over_week_and_holiday(start, minutes, due):
    assert calendar(exceptions=OPENED).add(local(start), timedelta(minutes=minutes)) == local(due)


# --- closed days from a file ----------------------------------------------------------------------------------------------

FILE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20260515\r
DTEND;VALUE=DATE:20260517\r
SUMMARY:Bridge\\, the\r
  long one\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20201224\r
RRULE:FREQ=YEARLY\r
SUMMARY:Christmas Eve\r
BEGIN:VALARM\r
SUMMARY:never\r
END:VALARM\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/Paris:20260302T090000\r
SUMMARY:A meeting\r
END:VEVENT\r
END:VCALENDAR\r
"""
FROM, TO = date(2026, 1, 1), date(2028, 12, 31)


def event(*lines):
    return "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])


def test_a_file_closes_its_whole_days():
    taken = read_days(FILE, FROM, TO)
    eves = [date(year, 12, 24) for year in (2026, 2027, 2028)]
    assert list(taken.days) == [date(2026, 5, 15), date(2026, 5, 16), *eves]
    assert taken.days[date(2026, 5, 15)] == "Bridge, the long one"
    assert taken.days[eves[0]] == "Christmas Eve"
    assert taken.left_out == 1


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["DTSTART;VALUE=DATE:20260101"], 1), (["DTSTART:20260101"], 1), (["DTSTART;VALUE=DATE:20251231"], 0),
        (["DTSTART;VALUE=DATE:20260101", "DURATION:P3D"], 3), (["DTSTART;VALUE=DATE:20260101", "DURATION:P1W"], 7),
        (["DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"], 1),
        (["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;COUNT=2"], 2),
        (["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;UNTIL=20270101T000000Z"], 2),
        (["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;INTERVAL=2"], 2),
    ],
)  # fmt: skip
def test_what_a_file_may_say(lines, count):
    assert len(read_days(event(*lines), FROM, TO).days) == count


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT", event("SUMMARY:no beginning"),
        event("DTSTART;VALUE=DATE:20260230"), event("DTSTART;VALUE=DATE:2026-01-01"), event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260101"),
        event("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20270101"), event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=WEEKLY"),
        event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;BYDAY=1SU"), event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY;COUNT=-1"),
        event("no property at all"), event("DTSTART;VALUE=DATE:20260101", "DURATION:P99999W"), event("X:" + "a" * 300_000),
        "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n" * 1001 + "END:VCALENDAR",
    ],
)  # fmt: skip
def test_other_files_are_refused(text):
    with pytest.raises(BadFile):
        read_days(text, FROM, TO)


def test_writing_of_hours_is_lenient():
    assert calendar({"mon": " 9h - 12h30 ,13:00–18:00"}).week[0] == ((540, 750), (780, 1080))


def test_it_is_fast():
    shop = calendar(SHOP)
    start = local("2026-03-02 10:00")
    shop.add(start, hours(300))
    began = perf_counter()
    for minute in range(1000):
        shop.add(start + timedelta(minutes=minute), hours(32))
    assert perf_counter() - began < 1.0


# --- properties ---------------------------------------------------------------------------------------------------------

SHOP_CALENDAR = calendar({"mon": "08:00-20:00", "wed": "22:00-06:00", "sun": "01:30-04:00"})
moments = st.datetimes(datetime(2025, 12, 20), datetime(2028, 4, 1)).map(
    lambda m: m.replace(microsecond=0, tzinfo=UTC)
)
spans = st.integers(0, 5000).map(lambda n: timedelta(minutes=n))


@given(moments, spans)
@settings(max_examples=150, deadline=None)
def test_adding_and_counting_agree(start, span):
    due = SHOP_CALENDAR.add(start, span)
    assert SHOP_CALENDAR.between(start, due) == span
    assert due >= start + span


@given(moments, moments, moments)
@settings(max_examples=150, deadline=None)
def test_working_time_adds_up_and_never_passes_elapsed_time(a, b, c):
    a, b, c = sorted((a, b, c))
    assert SHOP_CALENDAR.between(a, b) + SHOP_CALENDAR.between(b, c) == SHOP_CALENDAR.between(a, c)
    assert timedelta(0) <= SHOP_CALENDAR.between(a, c) <= c - a


@given(moments, spans, st.lists(st.tuples(spans, spans), max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_pause_never_makes_it_due_earlier(start, target, raw):
    pauses, at = [], start
    for gap, length in raw:
        pauses.append((at + gap, at + gap + length))
        at = at + gap + length
    plain = due_at(SHOP_CALENDAR, start, target)
    paused = due_at(SHOP_CALENDAR, start, target, pauses)
    assert paused >= plain
    lost = worked(SHOP_CALENDAR, start, paused) - worked(SHOP_CALENDAR, start, paused, pauses)
    assert worked(SHOP_CALENDAR, start, paused, pauses) == target
    assert SHOP_CALENDAR.between(start, paused) == target + lost


@given(moments, spans, spans)
@settings(max_examples=50, deadline=None)
def test_a_pause_that_lasts_stops_the_clock(start, target, gap):
    began = start + gap
    due = due_at(SHOP_CALENDAR, start, target, [(began, None)])
    assert (due is None) == (SHOP_CALENDAR.between(start, began) < target)


def test_the_default_hours_are_a_calendar():
    assert read_calendar(DEFAULT_ZONE, DEFAULT_WEEK, {}, french_holidays).week[5] == ((540, 1080),)
