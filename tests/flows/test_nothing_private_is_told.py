"""News that was told is withdrawn with its post: from the page, from the counter and from the mail that was to follow."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.members.models import Member
from accounts.notifications import preferences, telling
from accounts.notifications.listening import Hours
from accounts.notifications.queries import unread_count
from accounts.notifications.rules import EVENTS, NIGHT, Mail, Rhythm
from common.clock import now
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.questions import publishing
from forum.questions.asking import ask_question
from forum.questions.models import Tag
from forum.solutions.accepting import accept_answer

PARIS = ZoneInfo("Europe/Paris")
CANARY = "kumquat"
HELP = "Unplug it, open the small hatch and clean the filter."
STAFF = {"mo@example.com", "sam@example.com", "max@example.com", "root@example.com"}


@pytest.fixture
def listeners(app, at, ada, ben, cleo, make_question, make_answer):
    """Ben and Cleo follow everything there is, want every mail at once and every digest, and know the category."""
    at(datetime(2026, 3, 8, 10, 0, tzinfo=PARIS))
    with unit_of_work():
        update_where(Member, Member.id < 900, last_seen_at=now())
        db.session.add(Tag(id=1, key="filter", label="Filter"))
    solved = make_question(ada, title="Something that was solved")
    accept_answer(ada, solved, make_answer(ben, solved))
    everything = {event.key: (True, Mail.NOW, True) for event in EVENTS if not event.always}
    for who in (ben, cleo):
        preferences.choose(who, everything, Hours("Europe/Paris", NIGHT, Rhythm.DAILY))
        for kind, target in (
            (TargetKind.CATEGORY, 1),
            (TargetKind.TAG, 1),
            (TargetKind.MEMBER, ada.member_id),
        ):
            follow(who, kind, target)
    telling.mark_read(ben, up_to_id=10**9)
    return ben, cleo


def told(outbox) -> list[str]:
    """Everything that left by mail to members, as text."""
    return [
        str(mail["Subject"])
        + mail.get_body(("plain",)).get_content()
        + mail.get_body(("html",)).get_content()
        for mail in outbox()
        if mail["To"] not in STAFF
    ]


def test_news_that_was_told_is_not_mailed_once_its_post_is_gone(app, listeners, ada, mo, drain, outbox, at):
    ben, _cleo = listeners
    publishing.set_screener(publishing.publish_everything)
    at(datetime(2026, 3, 8, 22, 0, tzinfo=PARIS))
    drain()
    before = unread_count(ben.member_id)
    asked = ask_question(ada, title=f"The {CANARY} leaks", body=HELP, category_id=1).id
    drain()
    assert unread_count(ben.member_id) == before + 1
    publishing.hide(mo, asked)
    assert unread_count(ben.member_id) == before
    at(datetime(2026, 3, 9, 9, 5, tzinfo=PARIS))
    drain()
    assert not [text for text in told(outbox) if CANARY in text]
