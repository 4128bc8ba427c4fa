"""A canary: what is held, hidden, removed, refused or meant for staff appears in no news, mail, digest or counter."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from accounts.digests import building
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
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Tag
from forum.reactions.following import follow_question
from forum.screening import Screening
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


def hold_canaries(submission) -> Screening:
    """What speaks of the canary waits for a review."""
    held = CANARY in f"{submission.title} {submission.body}"
    return Screening(submission.title, submission.body, ("first_post",) if held else ())


def told(outbox) -> list[str]:
    """Everything that left by mail to members, as text."""
    return [
        str(mail["Subject"])
        + mail.get_body(("plain",)).get_content()
        + mail.get_body(("html",)).get_content()
        for mail in outbox()
        if mail["To"] not in STAFF
    ]


def test_a_canary_is_heard_nowhere(
    app, client, sign_in, listeners, ada, mo, make_question, drain, outbox, at
):
    ben, cleo = listeners
    public = make_question(ada, title="A question everybody may read")
    for who in (ben, cleo):
        follow_question(who, public)
    drain()
    known = {who.member_id: unread_count(who.member_id) for who in (ben, cleo)}
    before = len(outbox())
    publishing.set_screener(hold_canaries)
    at(timedelta(minutes=10))
    # held: a question, an answer and a comment that name a member, an edit of what is public
    held = ask_question(
        ada, title=f"The {CANARY} leaks", body=f"{HELP} @ben", category_id=1, tags=("filter",)
    ).id
    at(timedelta(minutes=10))
    answer_question(ada, public, body=f"{HELP} It was a {CANARY}. @ben @cleo")
    at(timedelta(minutes=10))
    comment_on(ada, public, body=f"A {CANARY}, @ben")
    edit_post(ada, public, version=1, title=f"A {CANARY} question", body=HELP)
    # published, and gone before anybody was told
    publishing.set_screener(publishing.publish_everything)
    at(timedelta(minutes=10))
    gone = ask_question(
        ada, title=f"Another {CANARY} leaks", body=HELP + " Really.", category_id=1, tags=("filter",)
    ).id
    at(timedelta(minutes=10))
    answer = answer_question(ada, public, body=f"{HELP} Buy a {CANARY}.").id
    publishing.hide(mo, gone)
    publishing.remove(mo, answer)
    # refused, and hidden together with its thread
    publishing.reject(mo, held)
    drain()
    for day in range(3):
        at(datetime(2026, 3, 9 + day, 8, 5, tzinfo=PARIS))
        building.begin_due()
        drain()
        at(datetime(2026, 3, 9 + day, 9, 5, tzinfo=PARIS))
        drain()
    assert not [text for text in told(outbox)[before:] if CANARY in text]
    for who in (ben, cleo):
        assert unread_count(who.member_id) <= known[who.member_id]
        browser = sign_in(who, app.test_client())
        for page in (
            "notifications",
            "notifications/digest",
            "mine",
            "mine?tab=follows",
            "mine?tab=drafts",
            "categories/washing",
        ):
            assert CANARY not in browser.get(f"/en/{page}").text, page


def test_the_canary_would_be_heard_if_it_were_public(app, listeners, ada, drain, outbox, at):
    ben, cleo = listeners
    publishing.set_screener(publishing.publish_everything)
    at(timedelta(minutes=10))
    ask_question(ada, title=f"The {CANARY} leaks", body=HELP, category_id=1)
    drain()
    assert [text for text in told(outbox) if CANARY in text]
    assert db.session.scalar(select(Member.id).where(Member.id == ben.member_id)) and unread_count(
        cleo.member_id
    )


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
