"""Coming in by password or by link: the same answer for everybody, guesses stopped, the victim never."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.signin import entering, hashing, sessions
from accounts.signin.models import Credential, LetterWish, MemberSession
from accounts.signin.passwords import set_password
from accounts.signin.rules import Purpose
from accounts.signin.sessions import Origin
from common import limits
from common.config import current_config
from common.db import db
from common.errors import Gone, Invalid, TooMany
from common.unit_of_work import unit_of_work
from tests.accounts.conftest import BETTER, GOOD, HERE, THERE


def origin(number: int) -> Origin:
    return Origin(f"203.0.113.{number}")


def test_the_right_password_signs_in(app, ada, with_password):
    email = with_password(ada)
    visit = sessions.load(entering.sign_in(email.upper(), GOOD, HERE).secret)
    assert visit.actor.member_id == ada.member_id and visit.actor.role == "member"


def test_a_password_is_never_trimmed_or_folded(app, ada, with_password):
    email = with_password(ada, " Spaces belong to it ")
    for wrong in ("Spaces belong to it", " spaces belong to it "):
        with pytest.raises(Invalid):
            entering.sign_in(email, wrong, HERE)
    assert entering.sign_in(email, " Spaces belong to it ", HERE).secret


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "ben@example.com", "", "x" * 300])
@pytest.mark.parametrize("password", ["wrong password", "", "x" * 5000, "\ud800", "nul\x00nul"])
def test_wrong_unknown_and_without_password_read_the_same(app, ada, with_password, email, password):
    with_password(ada)
    with pytest.raises(Invalid) as refused:
        entering.sign_in(email, password, HERE)
    assert refused.value.sentence is entering.WRONG and refused.value.fields == {}


def test_closed_accounts_do_not_come_in(app, ada, with_password):
    from accounts.members.models import Member
    from common.clock import now
    from common.db import update_where

    email = with_password(ada)
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=now())
    with pytest.raises(Invalid):
        entering.sign_in(email, GOOD, HERE)


def test_a_hash_of_former_parameters_is_made_anew_at_sign_in(app, ada, with_password):
    from argon2 import PasswordHasher

    email = with_password(ada)
    with unit_of_work():
        db.session.get(Credential, ada.member_id).password_hash = PasswordHasher(1, 32, 1).hash(GOOD)
    entering.sign_in(email, GOOD, HERE)
    stored = db.session.scalar(select(Credential.password_hash).where(Credential.member_id == ada.member_id))
    memory = current_config().argon2_memory_kib
    assert stored.startswith(f"$argon2id$v=19$m={memory},t=1,p=1$")
    assert entering.sign_in(email, GOOD, HERE).secret


def test_at_most_two_hashes_at_once(app, in_threads, monkeypatch):
    import threading

    inside, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, _password):
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1
            return "x"

    monkeypatch.setattr(hashing, "_hasher", lambda _memory: Slow())
    in_threads(12, lambda _n: hashing.hash_password("x"))
    assert most == 2


def guess(email: str, where: Origin) -> str:
    """What became of one wrong guess: 'tried', 'refused' or 'careful'."""
    try:
        return "careful" if entering.sign_in(email, "wrong guess", where).secret is None else "in"
    except Invalid:
        return "tried"
    except TooMany:
        return "refused"


def test_a_hundred_guesses_from_one_place_let_five_through_and_the_owner_in(app, ada, with_password):
    email = with_password(ada)
    assert [guess(email, HERE) for _ in range(100)].count("tried") == 5
    with pytest.raises(TooMany) as refused:
        entering.sign_in(email, GOOD, HERE)
    assert refused.value.retry_after
    assert entering.sign_in(email, GOOD, THERE).secret


def test_parallel_guesses_do_not_slip_through(app, ada, with_password, in_threads):
    email = with_password(ada)
    results = in_threads(40, lambda _n: guess(email, HERE))
    assert results.count("tried") <= 6 and results.count("tried") + results.count("refused") == 40


def test_one_place_cannot_try_many_accounts(app):
    outcomes = [guess(f"victim{n}@example.com", HERE) for n in range(100)]
    assert outcomes.count("tried") == 20


def test_many_places_guessing_at_one_account_learn_nothing_and_the_owner_comes_in(
    app, ada, with_password, drain, outbox, secret_of
):
    email = with_password(ada)
    drain()
    outcomes = [guess(email, origin(n)) for n in range(100)]
    assert outcomes.count("tried") <= 10 and outcomes.count("careful") >= 90
    before = len(outbox())
    drain()
    assert len(outbox()) == before
    assert entering.sign_in(email, GOOD, THERE).secret is None
    drain()
    assert (
        sessions.load(entering.sign_in_by_link(secret_of(email, "sign-in/link"), THERE)).actor.member_id
        == ada.member_id
    )


def test_the_link_by_mail_works_while_passwords_are_guessed(app, ada, with_password, drain, secret_of):
    email = with_password(ada)
    for number in range(30):
        guess(email, origin(number))
    entering.ask_for_link(Purpose.SIGN_IN, email, THERE)
    drain()
    assert entering.sign_in_by_link(secret_of(email, "sign-in/link"), THERE)


def test_accounts_that_do_not_exist_are_throttled_alike(app, ada, with_password):
    email = with_password(ada)
    known = [guess(email, HERE) for _ in range(8)] + [guess(email, origin(n)) for n in range(20)]
    limits.forget()
    unknown = [guess("nobody@example.com", HERE) for _ in range(8)] + [
        guess("nobody@example.com", origin(n)) for n in range(20)
    ]
    assert known == unknown


# --- links ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.RESET])
def test_asking_for_a_link_looks_nothing_up(app, ada, drain, outbox, purpose, count_queries):
    with count_queries() as known:
        entering.ask_for_link(purpose, "ada@example.com", HERE)
    with count_queries() as unknown:
        entering.ask_for_link(purpose, "nobody@example.com", HERE)
    assert known == unknown and not any("FROM member" in statement for statement in known)
    drain()
    assert [mail["To"] for mail in outbox()] == ["ada@example.com"]


def test_what_is_no_address_is_said_at_once(app):
    with pytest.raises(Invalid) as refused:
        entering.ask_for_link(Purpose.RESET, "nonsense", HERE)
    assert "email" in refused.value.fields
    assert db.session.scalar(select(LetterWish.id)) is None


def test_at_most_five_links_an_hour_go_to_an_address(app, ada, drain, outbox):
    for _ in range(5):
        entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE)
    for email in ("ada@example.com", "ADA@example.com"):
        with pytest.raises(TooMany):
            entering.ask_for_link(Purpose.SIGN_IN, email, THERE)
    drain()
    assert len(outbox()) == 5


def test_a_sign_in_link_works_once_and_dies_after_twenty_minutes(app, ada, drain, secret_of, at):
    entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE)
    drain()
    secret = secret_of("ada@example.com", "sign-in/link")
    assert entering.sign_in_by_link(secret, HERE)
    with pytest.raises(Gone):
        entering.sign_in_by_link(secret, HERE)
    entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE)
    drain()
    at(timedelta(minutes=20, seconds=1))
    with pytest.raises(Gone):
        entering.sign_in_by_link(secret_of("ada@example.com", "sign-in/link"), HERE)


def test_a_token_is_good_for_its_own_purpose_only(app, ada, drain, secret_of):
    from accounts.signin.passwords import reset_password

    entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE)
    drain()
    with pytest.raises(Gone):
        reset_password(secret_of("ada@example.com", "sign-in/link"), BETTER, HERE)


def test_fifty_uses_of_one_link_make_one_session(app, ada, drain, secret_of, in_threads):
    entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE)
    drain()
    secret = secret_of("ada@example.com", "sign-in/link")
    results = in_threads(50, lambda n: entering.sign_in_by_link(secret, origin(n)))
    assert len([r for r in results if isinstance(r, str)]) == 1
    assert all(isinstance(r, Gone) for r in results if not isinstance(r, str))
    assert len(sessions.of_member(ada.member_id)) == 1


def test_tokens_guessed_are_counted(app):
    for _ in range(30):
        with pytest.raises(Gone):
            entering.sign_in_by_link("x" * 43, HERE)
    with pytest.raises(TooMany):
        entering.sign_in_by_link("x" * 43, HERE)


def test_an_unproven_address_gets_its_confirmation_again(app, drain, outbox):
    from accounts.signin import joining

    joining.sign_up(joining.SignUp("gina@example.com", "Gina B.", GOOD, "en"), HERE)
    drain()
    entering.ask_for_link(Purpose.SIGN_IN, "gina@example.com", HERE)
    drain()
    assert [mail["Subject"] for mail in outbox()] == ["Confirm your address"] * 2


def test_known_and_unknown_addresses_take_the_same_time(app, monkeypatch, ada):
    """With the real cost of a hash; the medians may not differ by more than a fraction of one hash."""
    from dataclasses import replace

    from common import config

    monkeypatch.setattr(config, "_current", replace(current_config(), argon2_memory_kib=8192))
    hashing.warm_up()
    set_password(ada.member_id, GOOD)
    taken: dict[str, list[float]] = {"ada@example.com": [], "nobody@example.com": []}
    for number in range(24):
        for email, times in taken.items():
            limits.forget()
            begun = time.perf_counter()
            with pytest.raises(Invalid):
                entering.sign_in(email, f"wrong {number}", HERE)
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.5 * max(known, unknown)


def test_signing_in_leaves_no_session_when_refused(app, ada, with_password):
    email = with_password(ada)
    with pytest.raises(Invalid):
        entering.sign_in(email, "wrong", HERE)
    assert db.session.scalar(select(MemberSession.id)) is None
