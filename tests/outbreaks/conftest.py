"""What tests of outbreaks share: many people who report the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from tests.conftest import START
from tests.forum.conftest import leaves_no_trace, rows  # noqa: F401 - fixtures
from tests.races.conftest import members  # noqa: F401 - a fixture

REPORTS = (
    "Login to the app failed since this morning", "The app says login failed", "Login failed in the app today",
    "App login failed, what is wrong?", "Since today the login to the app failed", "Login failed: the app is broken",
    "The login of the app failed again", "Why has the app login failed today?", "My app: login failed",
    "Login failed on the app for everybody", "No login in the app, it failed", "The app login has failed here too",
)  # fmt: skip
ORDINARY = (
    "The door of the machine does not close", "Which filter fits the kettle?", "How do I descale it?",
    "The drum makes a loud noise", "Water stays below the basket", "Where is the serial number written?",
)  # fmt: skip


@pytest.fixture
def ordinary(app, ada, make_question):
    """A few questions of days before, so that words have a weight."""
    for number, title in enumerate(ORDINARY):
        clock.travel(START - timedelta(days=3, hours=number))
        make_question(ada, title=title, body=f"{title} Please help me, I tried everything twice.")
    clock.travel(START)


@pytest.fixture
def report(members, make_question, drain):  # noqa: F811 - the fixture
    """Report the outage: the first ``count`` people from ``first`` on, a minute apart, noted at once."""

    def made(count, first=0, pause=timedelta(minutes=1)):
        ids = []
        for number in range(first, first + count):
            clock.travel(clock.now() + pause)
            title = REPORTS[number % len(REPORTS)]
            ids.append(
                make_question(members[number % 20], title=title, body=f"{title}. The login worked yesterday.")
            )
            drain()
        return ids

    return made
