"""Passwords changed and reset, sessions listed and ended, addresses moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.events import PasswordChanged
from accounts.members.models import Member
from accounts.signin import entering, moving, passwords, sessions, tokens
from accounts.signin.models import MailToken, MemberSession
from accounts.signin.rules import MAX_SESSIONS_PER_MEMBER, Purpose
from common import unit_of_work
from common.db import db, update_where
from common.errors import Conflict, Gone, Invalid, NotFound, TooMany
from tests.accounts.conftest import BETTER, GOOD, HERE, THERE


def signed_in(member_id: int, where=HERE) -> str:
    with unit_of_work.unit_of_work():
        return sessions.begin(member_id, where)


def reset_secret(drain, secret_of, email: str = "ada@example.com") -> str:
    entering.ask_for_link(Purpose.RESET, email, HERE)
    drain()
    return secret_of(email, "reset")


# --- passwords -----------------------------------------------------------------------------------------------


def test_changing_the_password_ends_every_session_and_link_but_this_one(
    app, ada, with_password, drain, outbox, secret_of, monkeypatch
):
    email = with_password(ada)
    elsewhere, link = signed_in(ada.member_id, THERE), reset_secret(drain, secret_of)
    seen = []
    monkeypatch.setattr(unit_of_work, "_handlers", {PasswordChanged: [seen.append]})
    secret = passwords.change_password(ada, GOOD, BETTER, HERE)
    assert sessions.load(secret) and sessions.load(elsewhere) is None
    with pytest.raises(Gone):
        passwords.reset_password(link, "a third one entirely", HERE)
    assert seen == [PasswordChanged(ada.member_id)]
    drain()
    assert outbox()[-1]["Subject"] == "Your password was changed"
    assert entering.sign_in(email, BETTER, HERE).secret
    with pytest.raises(Invalid):
        entering.sign_in(email, GOOD, HERE)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", BETTER, "current_password"),
        (GOOD, "short", "new_password"),
        (GOOD, "password1", "new_password"),
    ],
)
def test_a_refused_change_changes_nothing(app, ada, with_password, current, new, field):
    email = with_password(ada)
    secret = signed_in(ada.member_id)
    with pytest.raises(Invalid) as refused:
        passwords.change_password(ada, current, new, HERE)
    assert set(refused.value.fields) == {field}
    assert sessions.load(secret) and entering.sign_in(email, GOOD, HERE).secret


def test_the_present_password_cannot_be_guessed_on_the_settings_page_either(app, ada, with_password):
    with_password(ada)
    for _ in range(5):
        with pytest.raises(Invalid):
            passwords.change_password(ada, "wrong", BETTER, HERE)
    with pytest.raises(TooMany):
        passwords.change_password(ada, GOOD, BETTER, HERE)


def test_a_member_without_password_may_choose_one(app, ben):
    assert passwords.change_password(ben, "", BETTER, HERE)
    assert entering.sign_in("ben@example.com", BETTER, HERE).secret


def test_a_reset_works_once_and_signs_in(app, ada, with_password, drain, secret_of):
    with_password(ada)
    elsewhere = signed_in(ada.member_id, THERE)
    secret = reset_secret(drain, secret_of)
    assert sessions.load(passwords.reset_password(secret, BETTER, HERE)).actor.member_id == ada.member_id
    assert sessions.load(elsewhere) is None
    with pytest.raises(Gone):
        passwords.reset_password(secret, GOOD, HERE)
    assert entering.sign_in("ada@example.com", BETTER, HERE).secret


def test_a_reset_dies_after_an_hour(app, ada, drain, secret_of, at):
    secret = reset_secret(drain, secret_of)
    at(timedelta(minutes=59))
    tokens.look_up(Purpose.RESET, secret)
    at(timedelta(minutes=1, seconds=1))
    with pytest.raises(Gone):
        passwords.reset_password(secret, BETTER, HERE)


def test_a_newer_reset_kills_the_older(app, ada, drain, secret_of):
    first = reset_secret(drain, secret_of)
    second = reset_secret(drain, secret_of)
    with pytest.raises(Gone):
        passwords.reset_password(first, BETTER, HERE)
    assert passwords.reset_password(second, BETTER, HERE)


def test_a_bad_new_password_does_not_use_the_link_up(app, ada, drain, secret_of):
    secret = reset_secret(drain, secret_of)
    with pytest.raises(Invalid):
        passwords.reset_password(secret, "12345678", HERE)
    assert passwords.reset_password(secret, BETTER, HERE)


def test_a_reset_is_bound_to_the_mailbox_it_was_sent_to(app, ada, drain, secret_of):
    secret = reset_secret(drain, secret_of)
    with unit_of_work.unit_of_work():
        update_where(Member, Member.id == ada.member_id, email="x@example.com", email_key="x@example.com")
    with pytest.raises(Gone):
        passwords.reset_password(secret, BETTER, HERE)


def test_fifty_uses_of_one_reset_set_one_password(app, ada, drain, secret_of, in_threads):
    secret = reset_secret(drain, secret_of)
    results = in_threads(
        50, lambda n: passwords.reset_password(secret, f"password number {n} of fifty", THERE)
    )
    won = [n for n, r in enumerate(results) if isinstance(r, str)]
    assert len(won) == 1 and all(isinstance(r, Gone | TooMany) for r in results if not isinstance(r, str))
    assert entering.sign_in("ada@example.com", f"password number {won[0]} of fifty", HERE).secret


def test_only_hashes_of_tokens_are_stored(app, ada, drain, secret_of):
    secret = reset_secret(drain, secret_of)
    token = db.session.scalar(select(MailToken))
    assert token.token_hash == tokens.digest(secret) and secret not in str(token.__dict__)


# --- sessions ------------------------------------------------------------------------------------------------


def test_a_session_is_loaded_by_one_query(app, ada, count_queries):
    secret = signed_in(ada.member_id)
    with count_queries() as seen:
        visit = sessions.load(secret)
    assert len(seen) == 1 and visit.actor.display_name == "Ada" and visit.unread_count == 0


def test_each_sign_in_makes_a_new_secret(app, ada):
    assert signed_in(ada.member_id) != signed_in(ada.member_id)
    assert len(sessions.of_member(ada.member_id)) == 2


def test_sessions_end_by_age_and_by_rest(app, ada, at):
    secret = signed_in(ada.member_id)
    at(timedelta(days=13))
    visit = sessions.load(secret)
    assert visit and visit.is_stale
    sessions.note_seen(visit)
    at(timedelta(days=13))
    assert sessions.load(secret)
    at(timedelta(days=5))
    assert sessions.load(secret) is None


def test_one_ends_ones_own_sessions_only(app, ada, ben):
    mine, theirs = signed_in(ada.member_id), signed_in(ben.member_id)
    theirs_id = sessions.load(theirs).session_id
    with pytest.raises(NotFound):
        sessions.end(ada, theirs_id)
    assert sessions.load(theirs)
    mine_id = sessions.load(mine).session_id
    sessions.end(ada, mine_id)
    sessions.end(ada, mine_id)
    assert sessions.load(mine) is None


def test_all_others_end_and_this_one_stays(app, ada, ben):
    here, there, bens = signed_in(ada.member_id), signed_in(ada.member_id, THERE), signed_in(ben.member_id)
    assert sessions.end_others(ada, sessions.load(here).session_id) == 1
    assert sessions.load(here) and sessions.load(bens) and sessions.load(there) is None


def test_signing_out_ends_the_session_on_the_server(app, ada):
    secret = signed_in(ada.member_id)
    entering.sign_out(secret)
    entering.sign_out(secret)
    assert sessions.load(secret) is None and db.session.scalar(select(MemberSession.id)) is None


def test_a_member_has_at_most_fifty_sessions(app, ada, at):
    first = signed_in(ada.member_id)
    at(timedelta(seconds=1))
    for _ in range(MAX_SESSIONS_PER_MEMBER):
        signed_in(ada.member_id)
    assert sessions.load(first) is None and len(sessions.of_member(ada.member_id)) == MAX_SESSIONS_PER_MEMBER


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\x00", "é", "\ud800", "1"])
def test_nonsense_is_no_session(app, secret):
    assert sessions.load(secret) is None


def test_sanctions_and_proof_are_read_at_each_request(app, ada, at):
    from common.clock import now

    secret = signed_in(ada.member_id)
    with unit_of_work.unit_of_work():
        update_where(Member, Member.id == ada.member_id, silenced_until=now() + timedelta(hours=1))
    assert sessions.load(secret).actor.silenced
    at(timedelta(hours=1, seconds=1))
    assert not sessions.load(secret).actor.silenced


# --- moving --------------------------------------------------------------------------------------------------


def move_secret(drain, secret_of) -> str:
    drain()
    return secret_of("moved@example.com", "move")


def test_a_new_address_is_proven_before_it_counts(app, ada, with_password, drain, outbox, secret_of):
    email = with_password(ada)
    elsewhere = signed_in(ada.member_id, THERE)
    moving.ask_to_move(ada, "Moved@example.com", GOOD, HERE)
    drain()
    assert db.session.get(Member, ada.member_id).email == email
    visit = sessions.load(moving.move(secret_of("Moved@example.com", "move"), HERE))
    assert visit.actor.member_id == ada.member_id and sessions.load(elsewhere) is None
    drain()
    assert (outbox()[-1]["To"], outbox()[-1]["Subject"]) == (email, "Your account has a new address")
    assert entering.sign_in("moved@example.com", GOOD, HERE).secret
    with pytest.raises(Invalid):
        entering.sign_in(email, GOOD, HERE)


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("nonsense", GOOD, "new_email"), ("moved@example.com", "wrong", "email_password"), ("ADA@example.com", GOOD, "new_email")],
)  # fmt: skip
def test_a_move_that_is_refused_sends_nothing(app, ada, with_password, drain, outbox, email, password, field):
    with_password(ada)
    drain()
    before = len(outbox())
    with pytest.raises(Invalid) as refused:
        moving.ask_to_move(ada, email, password, HERE)
    assert set(refused.value.fields) == {field}
    drain()
    assert len(outbox()) == before


def test_moving_to_anothers_address_tells_only_its_owner(app, ada, ben, with_password, drain, outbox):
    with_password(ada)
    moving.ask_to_move(ada, "ben@example.com", GOOD, HERE)
    drain()
    assert (outbox()[-1]["To"], outbox()[-1]["Subject"]) == (
        "ben@example.com",
        "This address already has an account",
    )
    assert db.session.get(Member, ada.member_id).email == "ada@example.com"


def test_an_address_taken_meanwhile_moves_nobody(app, ada, ben, with_password, drain, secret_of):
    with_password(ada)
    moving.ask_to_move(ada, "moved@example.com", GOOD, HERE)
    secret = move_secret(drain, secret_of)
    with unit_of_work.unit_of_work():
        update_where(
            Member, Member.id == ben.member_id, email="moved@example.com", email_key="moved@example.com"
        )
    with pytest.raises(Conflict):
        moving.move(secret, HERE)
    assert db.session.get(Member, ada.member_id).email == "ada@example.com"


def test_two_members_racing_for_one_address(app, ada, ben, with_password, drain, outbox, in_threads):
    import re

    for who in (ada, ben):
        with_password(who)
        moving.ask_to_move(who, "moved@example.com", GOOD, HERE)
    drain()
    texts = [m.get_body(("plain",)).get_content() for m in outbox() if m["To"] == "moved@example.com"]
    secrets = [re.search(r"/move/([\w-]{43})", text).group(1) for text in texts]
    results = in_threads(2, lambda n: moving.move(secrets[n], HERE))
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "str"]
