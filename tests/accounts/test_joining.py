"""Opening an account: asked for, proven by mail, only then a member."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from accounts.events import EmailConfirmed, MemberJoined
from accounts.members.models import Member
from accounts.members.queries import by_email
from accounts.signin import entering, joining, sessions
from accounts.signin.joining import SignUp
from accounts.signin.models import Credential, MailToken, MemberSession, Registration
from accounts.signin.sessions import Origin
from common import unit_of_work
from common.db import db
from common.errors import Conflict, Gone, Invalid, TooMany
from tests.accounts.conftest import GOOD, HERE, THERE

DRAFT = SignUp("gina@example.com", "Gina B.", GOOD, "en")


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_nobody_is_a_member_before_the_link_was_used(app, drain, outbox):
    before = count(Member)
    joining.sign_up(DRAFT, HERE)
    drain()
    assert count(Member) == before and by_email("gina@example.com") is None
    assert [mail["To"] for mail in outbox()] == ["gina@example.com"]


def test_the_link_opens_the_account_and_signs_in(app, drain, secret_of, monkeypatch):
    seen = []
    monkeypatch.setattr(
        unit_of_work, "_handlers", {MemberJoined: [seen.append], EmailConfirmed: [seen.append]}
    )
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    secret = joining.confirm(secret_of("gina@example.com", "confirm"), HERE, claim)
    visit = sessions.load(secret)
    assert (
        visit.actor.display_name == "Gina B." and visit.actor.email_verified and visit.actor.language == "en"
    )
    assert seen == [MemberJoined(visit.actor.member_id), EmailConfirmed(visit.actor.member_id)]
    assert entering.sign_in("GINA@example.com", GOOD, THERE).secret


def test_no_password_and_no_secret_is_stored_in_clear(app, drain, secret_of, join):
    join()
    dump = str([tuple(row) for table in (Credential, MailToken, MemberSession, Registration)
                for row in db.session.execute(select(table.__table__))])  # fmt: skip
    jobs = str(list(db.session.execute(db.text("select payload from job"))))
    assert GOOD not in dump + jobs and secret_of("gina@example.com", "confirm") not in dump + jobs
    assert "gina@example.com" not in jobs
    assert "argon2id" in dump and "m=64" in dump


def test_the_link_works_once(app, drain, secret_of):
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    secret = secret_of("gina@example.com", "confirm")
    joining.confirm(secret, HERE, claim)
    with pytest.raises(Gone):
        joining.confirm(secret, HERE, claim)
    assert count(MemberSession) == 1


def test_the_link_dies_after_a_day(app, drain, secret_of, at):
    from datetime import timedelta

    claim = joining.sign_up(DRAFT, HERE)
    drain()
    at(timedelta(hours=24, seconds=1))
    with pytest.raises(Gone):
        joining.confirm(secret_of("gina@example.com", "confirm"), HERE, claim)


def test_a_second_message_kills_the_first_link(app, drain, secret_of):
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    first = secret_of("gina@example.com", "confirm")
    joining.send_again(claim, HERE)
    drain()
    with pytest.raises(Gone):
        joining.confirm(first, HERE, claim)
    assert joining.confirm(secret_of("gina@example.com", "confirm"), HERE, claim)


def test_another_browser_must_know_the_password(app, drain, secret_of):
    joining.sign_up(DRAFT, HERE)
    drain()
    secret = secret_of("gina@example.com", "confirm")
    for wrong in (None, "", "something else"):
        with pytest.raises(Invalid) as refused:
            joining.confirm(secret, THERE, None, wrong)
        assert "password" in refused.value.fields
    assert by_email("gina@example.com") is None
    assert joining.confirm(secret, THERE, None, GOOD)


def test_an_address_that_has_an_account_is_told_by_mail_only(app, drain, outbox, secret_of, ada):
    before = count(Member)
    joining.sign_up(SignUp("ADA@example.com", "Somebody New", GOOD, "en"), HERE)
    drain()
    mail = outbox()[-1]
    assert mail["To"] == "ada@example.com" and "already" in mail["Subject"]
    visit = sessions.load(entering.sign_in_by_link(secret_of("ada@example.com", "sign-in/link"), HERE))
    assert visit.actor.member_id == ada.member_id and count(Member) == before


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (SignUp("nonsense", "Gina B.", GOOD), "email"),
        (SignUp("gina@example.com", "Ada", GOOD), "display_name"),
        (SignUp("gina@example.com", "ÁDA", GOOD), "display_name"),
        (SignUp("gina@example.com", "Аda", GOOD), "display_name"),
        (SignUp("gina@example.com", "x", GOOD), "display_name"),
        (SignUp("gina@example.com", "Moderator", GOOD), "display_name"),
        (SignUp("gina@example.com", "Gina B.", "short"), "password"),
        (SignUp("gina@example.com", "Gina B.", "Gina B. 2026"), "password"),
        (SignUp("gina@example.com", "Gina B.", "x" * 1025), "password"),
    ],
)
def test_what_is_refused_names_its_field_and_leaves_no_trace(app, drain, outbox, draft, field):
    with pytest.raises(Invalid) as refused:
        joining.sign_up(draft, HERE)
    assert set(refused.value.fields) == {field}
    drain()
    assert count(Registration) == 0 and outbox() == []


def test_a_name_taken_meanwhile_asks_for_another(app, drain, secret_of, join):
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    secret = secret_of("gina@example.com", "confirm")
    join("other@example.com", "Gina B", origin=THERE)
    with pytest.raises(Invalid) as refused:
        joining.confirm(secret, HERE, claim)
    assert "display_name" in refused.value.fields and by_email("gina@example.com") is None
    assert joining.confirm(secret, HERE, claim, display_name="Gina Bee")
    assert by_email("gina@example.com").display_name == "Gina Bee"


def test_an_address_taken_meanwhile_is_a_conflict(app, drain, secret_of):
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    secret = secret_of("gina@example.com", "confirm")
    joining.open_account("gina@example.com", "Gina Other")
    with pytest.raises(Conflict):
        joining.confirm(secret, HERE, claim)
    with pytest.raises(Conflict):
        joining.confirm(secret, HERE, claim)


def test_three_accounts_a_day_from_one_place(app, settings_override):
    for number in range(3):
        joining.sign_up(SignUp(f"g{number}@example.com", f"Gina {'abc'[number]}", GOOD), HERE)
    with pytest.raises(TooMany):
        joining.sign_up(SignUp("g4@example.com", "Gina d", GOOD), HERE)
    joining.sign_up(SignUp("g5@example.com", "Gina e", GOOD), THERE)


def test_an_unproven_account_is_forgotten_after_a_week(app, drain, at):
    from datetime import timedelta

    from accounts.signin.jobs import purge

    joining.sign_up(DRAFT, HERE)
    drain()
    at(timedelta(days=8))
    purge()
    assert count(Registration) == 0 and count(MailToken) == 0


def test_the_operator_opens_accounts_at_once(app):
    member_id = joining.open_account("op@example.com", "Support", GOOD, "fr")
    member = db.session.get(Member, member_id)
    assert member.email_verified_at and member.slug == "support"
    with pytest.raises(Conflict):
        joining.open_account("OP@example.com", "Other Name")
    with pytest.raises(Invalid):
        joining.open_account("op2@example.com", "SUPPORT")


# --- races ---------------------------------------------------------------------------------------------------

NAMES = ["Gérard A.", "GÉRARD A.", "Ge\u0301rard A.", "gerard a", "Gérard  A"]


def test_fifty_openings_of_one_address_make_one_member(app, in_threads):
    results = in_threads(50, lambda n: joining.open_account(
        "gerard@example.com" if n % 2 else "GERARD@Example.com", f"Racer {'abcdefghjk'[n % 10]}{'mnopq'[n // 10]}"))  # fmt: skip
    won = [r for r in results if isinstance(r, int)]
    assert len(won) == 1 and all(isinstance(r, Conflict) for r in results if not isinstance(r, int))
    assert db.session.scalar(select(func.count()).where(Member.email_key == "gerard@example.com")) == 1


def test_fifty_openings_of_one_name_make_one_member(app, in_threads):
    results = in_threads(50, lambda n: joining.open_account(f"racer{n}@example.com", NAMES[n % len(NAMES)]))
    won = [r for r in results if isinstance(r, int)]
    assert len(won) == 1 and all(isinstance(r, Invalid) for r in results if not isinstance(r, int))
    assert count(Credential) == 0


def test_fifty_clicks_on_one_link_open_one_account(app, in_threads, drain, secret_of):
    claim = joining.sign_up(DRAFT, HERE)
    drain()
    secret = secret_of("gina@example.com", "confirm")
    results = in_threads(50, lambda n: joining.confirm(secret, Origin(f"192.0.2.{n}"), claim))
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert all(isinstance(r, Gone) for r in results if not isinstance(r, str))
    assert count(Credential) == 1 and count(MemberSession) == 1


def test_a_racy_twin_is_caught(app, in_threads):
    """Select, then insert, without the unique key's word: the check that the tests above would see it."""
    import threading

    from common.unit_of_work import unit_of_work as act

    meeting = threading.Barrier(4)
    made = []

    def racy(_number):
        key = "racy"
        if db.session.scalar(select(Registration.id).where(Registration.email_key == key)) is None:
            db.session.rollback()
            meeting.wait(20)
            with act():
                db.session.add(Registration(email=key, email_key=key, display_name="R", password_hash="",
                                            language="en", claim_hash=f"claim{_number}"))  # fmt: skip
            made.append(1)

    in_threads(4, racy)
    assert len(made) > 1
