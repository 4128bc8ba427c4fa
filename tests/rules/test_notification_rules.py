"""When a mail leaves: at once, grouped, in a digest, never at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.notifications.rules import (
    EVENTS,
    Mail,
    is_quiet,
    mail_due,
    next_digest,
    out_of_the_night,
    start_of_day,
)

PARIS = "Europe/Paris"


def paris(*parts):
    return datetime(*parts, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "quiet"), [(0, True), (7, True), (8, False), (12, False), (20, False), (21, True), (23, True)]
)
def test_night_is_from_nine_to_eight_there(hour, quiet):
    assert is_quiet(paris(2026, 3, 2, hour, 30), PARIS) is quiet


def test_news_of_the_night_leaves_in_the_morning():
    assert out_of_the_night(paris(2026, 3, 2, 22, 0), PARIS) == paris(2026, 3, 3, 8, 0)
    assert out_of_the_night(paris(2026, 3, 2, 3, 0), PARIS) == paris(2026, 3, 2, 8, 0)
    assert out_of_the_night(paris(2026, 3, 2, 9, 0), PARIS) == paris(2026, 3, 2, 9, 0)


def test_the_night_the_clocks_change():
    assert out_of_the_night(paris(2026, 3, 28, 23, 0), PARIS) == paris(2026, 3, 29, 8, 0)
    assert out_of_the_night(paris(2026, 10, 24, 23, 0), PARIS) == paris(2026, 10, 25, 8, 0)


def test_the_digest_comes_at_nine_and_the_weekly_one_on_monday():
    assert next_digest(paris(2026, 3, 2, 8, 59), PARIS) == paris(2026, 3, 2, 9, 0)
    assert next_digest(paris(2026, 3, 2, 9, 0), PARIS) == paris(2026, 3, 3, 9, 0)
    assert next_digest(paris(2026, 3, 4, 12, 0), PARIS, weekly=True) == paris(2026, 3, 9, 9, 0)


def test_the_first_mail_of_a_thread_leaves_at_once_the_next_ones_together():
    moment = paris(2026, 3, 2, 12, 0)
    assert mail_due(Mail.NOW, moment, PARIS) == moment
    later = moment + timedelta(minutes=3)
    assert mail_due(Mail.NOW, later, PARIS, before=moment) == moment + timedelta(minutes=10)
    assert mail_due(Mail.HOURLY, later, PARIS, before=moment) == moment + timedelta(hours=1)
    assert mail_due(Mail.NOW, moment + timedelta(hours=2), PARIS, before=moment) == moment + timedelta(
        hours=2
    )


def test_security_does_not_sleep():
    moment = paris(2026, 3, 2, 2, 0)
    assert mail_due(Mail.OFF, moment, PARIS, urgent=True) == moment


def test_off_is_off():
    assert mail_due(Mail.OFF, paris(2026, 3, 2, 12, 0), PARIS) is None


def test_the_table_is_the_one_of_the_design():
    table = {event.key: event for event in EVENTS}
    assert (table["answer"].mail, table["mention"].mail, table["solution"].mail) == (
        Mail.NOW,
        Mail.HOURLY,
        Mail.DAILY,
    )
    assert table["kudos"].site and table["kudos"].mail is Mail.OFF
    assert [event.key for event in EVENTS if event.always] == ["account"]


@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(list(Mail)),
    st.sampled_from([PARIS, "America/New_York", "Asia/Kolkata", "UTC"]),
)
def test_no_mail_ever_leaves_at_night_or_in_the_past(moment, way, zone):
    due = mail_due(way, moment, zone)
    if due is None:
        assert way is Mail.OFF
    else:
        assert due >= moment and not is_quiet(due, zone)
        assert start_of_day(due, zone) <= due
