"""An account closed by its member can be taken back for some days; then it is erased, exactly once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.closing import closing, finishing
from accounts.closing.closing import ask_to_close, close_account
from accounts.closing.models import Erasure
from accounts.members.models import Member
from accounts.members.queries import card
from accounts.retention import holding
from accounts.retention.models import HoldKind
from accounts.signin import entering, sessions
from common import clock, jobs
from common.audit import AuditEntry
from common.db import db, update_where
from common.errors import Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import load_draft, save_draft
from moderation.review.rules import Reason
from moderation.sanctions.sanctioning import silence
from tests.accounts.conftest import GOOD, HERE
from tests.conftest import IDS

DAY = timedelta(days=1)


def come_back(email="ben@example.com"):
    return entering.sign_in(email, GOOD, HERE).secret


def row(who="ben") -> Member:
    return db.session.get_one(Member, IDS[who], populate_existing=True)


def acts():
    return list(
        db.session.scalars(
            select(AuditEntry.act).where(AuditEntry.act.like("account.%")).order_by(AuditEntry.id)
        )
    )


@pytest.fixture
def closed(app, ben, with_password, drain, outbox):
    """Ben has closed his account; what was sent to him."""
    with_password(ben)
    save_draft(ben, "ask", title="", body="Half a question", fields={})
    ask_to_close(ben, ben.member_id)
    drain()
    return [mail for mail in outbox() if mail["To"] == "ben@example.com"]


def test_to_others_it_is_closed_at_once_and_a_mail_says_until_when(closed, ben, client):
    assert card(ben.member_id).is_former and client.get(f"/en/members/{ben.member_id}/").status_code in (
        404,
        410,
    )
    mail = closed[-1]
    assert mail["Subject"].startswith("Your account is closed")
    assert "On 16 March 2026 your name" in mail.get_body(("plain",)).get_content()
    assert row().email and load_draft(ben, "ask") is not None
    with pytest.raises(NotFound):
        ask_to_close(ben, ben.member_id)


def test_signing_in_takes_it_back_as_it_was(closed, ben, client, drain, outbox, at):
    at(13 * DAY)
    assert finishing.erase_due() == 0
    secret = come_back()
    assert (row().closed_at, row().erase_at) == (None, None)
    assert sessions.load(secret).actor.member_id == ben.member_id and load_draft(ben, "ask") is not None
    drain()
    assert "open again" in outbox()[-1]["Subject"]
    assert acts() == ["account.closed", "account.reopened"]
    at(20 * DAY)
    assert finishing.erase_due() == 0 and row().display_name != closing.NOBODY


def test_after_that_it_is_erased_once_and_nobody_comes_back(closed, ben, at, drain):
    at(14 * DAY)
    assert finishing.erase_due() == 1 and finishing.erase_due() == 0
    with pytest.raises(Invalid):
        come_back()
    assert (row().display_name, row().email, row().erase_at) == (closing.NOBODY, None, None)
    assert load_draft(ben, "ask") is None and acts() == ["account.closed", "account.erased"]
    assert db.session.get(Erasure, ben.member_id) is not None


def test_killed_in_the_middle_it_is_done_whole_the_next_time(closed, ben, at, monkeypatch):
    at(15 * DAY)

    def die(_member_id):
        raise KeyboardInterrupt

    monkeypatch.setattr(closing, "erase_again_later", die)
    with pytest.raises(KeyboardInterrupt):
        finishing.erase_due()
    db.session.rollback()
    assert row().email and row().erase_at and db.session.get(Erasure, ben.member_id) is None
    monkeypatch.undo()
    assert jobs.periodics()["account.finish"].handler() is None and row().email is None


def test_erasing_and_coming_back_at_once_never_both_happen(closed, ben, at, in_threads):
    at(14 * DAY - timedelta(seconds=1))

    def act(number):
        if number % 2:
            return bool(finishing.finish_closing(ben.member_id))
        try:
            return bool(come_back())
        except Invalid:
            return False

    assert in_threads(4, act).count(True) == 2 and row().email
    assert acts().count("account.reopened") == 1


def test_a_mailed_link_opens_it_again_and_its_address_is_not_free(closed, ben, drain, outbox, client):
    from accounts.signin.rules import Purpose

    entering.ask_for_link(Purpose.SIGN_IN, "ben@example.com", HERE)
    drain()
    link = next(
        word
        for word in outbox()[-1].get_body(("plain",)).get_content().split()
        if "secret=" in word or "/sign-in/" in word
    )
    assert link and row().closed_at is not None
    from accounts.signin import joining
    from accounts.signin.joining import SignUp

    joining.sign_up(SignUp("ben@example.com", "Ben the second", "a long enough password", "en"), HERE)
    drain()
    assert outbox()[-1]["Subject"].startswith("You already have an account")


def test_who_is_suspended_leaves_comes_back_and_is_suspended_still(app, ben, with_password):
    with_password(ben)
    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, suspended_until=clock.now() + 30 * DAY)
    ask_to_close(ben, ben.member_id)
    assert sessions.load(come_back()).actor.suspended


def test_closing_is_no_way_out_of_a_measure(closed, ben, mo):
    silence(mo, ben.member_id, 24, Reason.INSULT, "Please stay polite.")
    assert sessions.load(come_back()).actor.silenced


def test_a_hold_keeps_it_from_being_erased_and_from_coming_back_late(closed, ben, root, at):
    hold = holding.place_hold(
        root, HoldKind.MEMBER, ben.member_id, "File 12/345 of the court", clock.now() + 100 * DAY
    )
    at(20 * DAY)
    assert finishing.erase_due() == 0 and row().email
    with pytest.raises(Invalid):
        come_back()
    holding.end_hold(root, hold, "The procedure is over.")
    assert row().email is None


def test_a_hold_that_ends_before_the_days_are_over_erases_nothing_yet(closed, ben, root, at):
    hold = holding.place_hold(
        root, HoldKind.MEMBER, ben.member_id, "File 12/345 of the court", clock.now() + 2 * DAY
    )
    holding.end_hold(root, hold, "The procedure is over.")
    assert row().email and come_back()


def test_where_the_brand_gives_no_days_it_is_erased_at_once(app, ben, mo, settings_override):
    with settings_override(accounts__closing_days=0):
        with pytest.raises(Forbidden):
            ask_to_close(mo, ben.member_id)
        ask_to_close(ben, ben.member_id)
    assert row().email is None and row().erase_at is None


def test_an_administrator_erases_at_once(app, ben, root):
    close_account(root, ben.member_id, "asked by letter")
    assert row().email is None


def test_the_pages_say_how_long(client, sign_in, ben, with_password):
    with_password(ben)
    sign_in(ben)
    page = client.get("/en/settings/account/close").text
    assert "For 14 days you can take that back" in page and "for good" not in page
    assert client.post("/en/settings/account/close", data={"password": GOOD}).location == "/en/goodbye"
    assert "Sign in within 14 days" in client.get("/en/goodbye").text
