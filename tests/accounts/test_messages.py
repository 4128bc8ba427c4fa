"""Private messages: between two only, limited, blocked, reported; never read by anybody else."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from accounts.messages import queries, reporting, writing
from accounts.messages.models import Conversation, Message, MessageBlock, MessageReport
from accounts.messages.rules import BODY_MAX, ReportReason
from accounts.notifications.models import Notification
from common import limits, settings
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.unit_of_work import unit_of_work
from tests.conftest import START, all_rows


@pytest.fixture(autouse=True)
def morning(app, at):
    """The cast is as it is described at this moment."""
    at(START)


@pytest.fixture
def refused():
    """``refused(Forbidden, act, …)``: the act raises and leaves no trace."""

    def check(expected, act, *args, **more):
        before = all_rows()
        with pytest.raises(expected) as refusal:
            act(*args, **more)
        assert all_rows() == before
        return refusal.value

    return check


def texts(who, other):
    return [str(one.html) for one in queries.messages_with(who.member_id, other.member_id).items]


def news(who):
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.read_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Notification.id)))


def test_a_message_reaches_the_other_and_nobody_else(ben, cleo, ada):
    writing.write_to(ben, cleo.member_id, "Do you still have the **manual**?")
    assert texts(cleo, ben) == texts(ben, cleo) == ["<p>Do you still have the <strong>manual</strong>?</p>\n"]
    assert texts(ada, ben) == texts(ada, cleo) == []
    assert news(cleo) == ["message"] and news(ben) == []
    assert queries.unread_count(cleo.member_id) == 1 and queries.unread_count(ben.member_id) == 0


def test_both_directions_are_one_conversation(ben, cleo):
    writing.write_to(ben, cleo.member_id, "Are you there?")
    writing.write_to(cleo, ben.member_id, "I am.")
    assert len(texts(ben, cleo)) == 2 and db.session.query(Conversation).count() == 1
    assert queries.unread_count(cleo.member_id) == 0, "who answers has read"


def test_the_same_form_sent_twice_is_one_message(ben, cleo):
    first = writing.write_to(ben, cleo.member_id, "Once only.", "form-1")
    assert writing.write_to(ben, cleo.member_id, "Once only.", "form-1") == first
    assert len(texts(ben, cleo)) == 1 and news(cleo) == ["message"]


@pytest.mark.parametrize("body", ["", "  \n ", "x" * (BODY_MAX + 1), "\x00"])
def test_nothing_and_too_much_are_refused(ben, cleo, refused, body):
    assert refused(Invalid, writing.write_to, ben, cleo.member_id, body).fields


def test_who_may_begin(newcomer, ada, ben, zed, sam, cleo, refused):
    refused(Forbidden, writing.write_to, newcomer, sam.member_id, "Hello?")
    refused(Forbidden, writing.write_to, ada, ben.member_id, "Hello?")
    refused(Forbidden, writing.write_to, zed, cleo.member_id, "Hello?")
    writing.write_to(zed, sam.member_id, "I am silenced, and my machine is still broken.")
    refused(NotFound, writing.write_to, ben, 4_000, "Hello?")
    writing.write_to(ada, sam.member_id, "A question for the team.")
    writing.write_to(sam, newcomer.member_id, "We saw your question.")
    writing.write_to(newcomer, sam.member_id, "Thank you!")


def test_the_switch_stops_new_conversations_and_not_those_going_on(ben, cleo, sam, refused):
    writing.choose(cleo, False)
    writing.choose(cleo, False)
    refused(Forbidden, writing.write_to, ben, cleo.member_id, "Hello?")
    writing.write_to(sam, cleo.member_id, "The team still reaches you.")
    writing.write_to(cleo, ben.member_id, "I write first.")
    writing.write_to(ben, cleo.member_id, "And I answer.")
    writing.choose(cleo, True)
    assert queries.is_open(cleo.member_id)


def test_a_block_is_silent_for_good_and_can_be_lifted(ben, cleo, sam, refused):
    writing.write_to(cleo, ben.member_id, "We know each other.")
    writing.block(cleo, ben.member_id)
    writing.block(cleo, ben.member_id)
    assert "from you" in str(refused(Forbidden, writing.write_to, ben, cleo.member_id, "Hello?"))
    refused(Invalid, writing.block, cleo, sam.member_id)
    writing.unblock(cleo, ben.member_id)
    writing.unblock(cleo, ben.member_id)
    writing.write_to(ben, cleo.member_id, "Hello again.")
    assert db.session.query(MessageBlock).count() == 0


def test_the_pace_is_limited_but_not_the_teams(ben, cleo, sam):
    for number in range(5):
        writing.write_to(ben, cleo.member_id, f"Message {number}")
    with pytest.raises(TooMany):
        writing.write_to(ben, cleo.member_id, "One too many")
    for number in range(8):
        writing.write_to(sam, cleo.member_id, f"Message {number}")


def test_conversations_begun_in_a_day_are_limited(ben, cleo, ada):
    with settings.override(messages__begun_a_day=1):
        writing.write_to(ben, cleo.member_id, "The first.")
        with pytest.raises(TooMany):
            writing.write_to(ben, ada.member_id, "The second.")
        writing.write_to(ben, cleo.member_id, "The first goes on.")


def test_reading_is_remembered_and_clearing_is_ones_own(ben, cleo):
    message_id = writing.write_to(ben, cleo.member_id, "Read me.")
    writing.mark_read(cleo, ben.member_id, message_id)
    writing.mark_read(cleo, ben.member_id, message_id + 1_000)
    assert queries.unread_count(cleo.member_id) == 0 and news(cleo) == []
    writing.clear(cleo, ben.member_id)
    assert texts(cleo, ben) == [] and len(texts(ben, cleo)) == 1
    assert not queries.conversations(cleo.member_id).items
    writing.write_to(ben, cleo.member_id, "And again.")
    assert len(texts(cleo, ben)) == 1 and len(queries.conversations(cleo.member_id).items) == 1


def test_long_conversations_come_in_parts(ben, sam):
    for number in range(35):
        writing.write_to(sam, ben.member_id, f"Number {number}")
    page = queries.messages_with(ben.member_id, sam.member_id)
    earlier = queries.messages_with(ben.member_id, sam.member_id, page.next or "")
    assert [len(page.items), len(earlier.items), earlier.next] == [30, 5, None]
    assert "Number 34" in page.items[-1].html and "Number 0<" in earlier.items[0].html


# --- reports -----------------------------------------------------------------------------------------------------


@pytest.fixture
def nasty(ben, cleo):
    """A message of ben's that cleo does not like, after some others."""
    for number in range(7):
        writing.write_to(
            cleo if number % 2 else ben, (ben if number % 2 else cleo).member_id, f"Number {number}"
        )
        limits.forget()
    return writing.write_to(ben, cleo.member_id, "You are a fool.")


def test_the_receiver_reports_once_and_moderators_read_the_few_before_it(nasty, ben, cleo, ada, refused):
    assert reporting.report(cleo, nasty, ReportReason.INSULT, "Every evening")
    assert not reporting.report(cleo, nasty, ReportReason.INSULT)
    refused(NotFound, reporting.report, ben, nasty, ReportReason.INSULT)
    refused(NotFound, reporting.report, ada, nasty, ReportReason.INSULT)
    refused(Invalid, reporting.report, cleo, nasty, "nothing")
    shown = queries.report_of(db.session.scalars(select(MessageReport.id)).one())
    assert [str(one.html) for one in shown.messages][-1] == "<p>You are a fool.</p>\n"
    assert len(shown.messages) == 6 and shown.reporter.name == "Cleo" and shown.author.name == "Ben"
    assert queries.report_of(999_999) is None


def test_a_removed_message_is_read_by_nobody_and_comes_back_when_that_was_wrong(
    nasty, ben, cleo, mo, sam, refused
):
    reporting.report(cleo, nasty, ReportReason.INSULT)
    (report_id,) = db.session.scalars(select(MessageReport.id))
    refused(Forbidden, reporting.settle, sam, report_id, True)
    refused(Forbidden, reporting.settle, cleo, report_id, True)
    refused(NotFound, reporting.settle, mo, 999_999, True)
    with unit_of_work():
        reporting.settle(mo, report_id, True)
    refused(Conflict, reporting.settle, mo, report_id, False)
    assert all("fool" not in text for who in (ben, cleo) for text in texts(who, cleo if who is ben else ben))
    with unit_of_work():
        reporting.tell_reporter(report_id)
        reporting.tell_reporter(report_id)
    assert news(cleo).count("message-judged") == 1
    with unit_of_work():
        reporting.overturn(report_id)
    assert any("fool" in text for text in texts(ben, cleo))
    with unit_of_work():
        reporting.reopen(report_id)
    assert db.session.get(MessageReport, report_id, populate_existing=True).decided_at is None


def test_a_moderator_does_not_judge_what_concerns_them(mo, cleo, refused):
    message_id = writing.write_to(mo, cleo.member_id, "An official word.")
    reporting.report(cleo, message_id, ReportReason.OTHER)
    (report_id,) = db.session.scalars(select(MessageReport.id))
    refused(Conflict, reporting.settle, mo, report_id, False)


# --- many at once -------------------------------------------------------------------------------------------------


def test_twenty_first_messages_at_once_make_one_conversation(app, ben, cleo):
    db.session.commit()
    with settings.override(
        messages__in_half_a_minute=100, messages__in_a_quarter=100, messages__begun_a_day=100
    ):
        gate, failed = threading.Barrier(20), []

        def send(number):
            with app.app_context():
                gate.wait()
                try:
                    writing.write_to(ben, cleo.member_id, f"Number {number % 10}", f"form-{number % 10}")
                except Exception as error:
                    failed.append(error)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed
    db.session.rollback()
    assert db.session.query(Conversation).count() == 1
    assert db.session.query(Message).count() == 10
