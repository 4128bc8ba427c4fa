"""A code after the password: set up, asked for at every way in, limited, good once, taken away."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from accounts.secondfactor import admitting, checking, queries, rules, switching
from accounts.secondfactor.models import RecoveryCode, SecondFactor, WaitingEntry
from accounts.signin import entering, moving, passwords, sessions
from accounts.signin.jobs import purge
from accounts.signin.rules import Purpose
from accounts.signin.sessions import Origin
from common import clock, config, limits
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from common.unit_of_work import unit_of_work
from tests.accounts.conftest import BETTER, GOOD, HERE, THERE
from tests.conftest import stored_text

STEP = timedelta(seconds=rules.STEP_SECONDS)


def code_now(secret: str) -> str:
    return rules.code_of(secret, rules.step_at(clock.now()))


def set_up(who, password: str = "") -> tuple[str, list[str]]:
    """A second factor that counts, its first code a step ago; returns the app's secret and the recovery codes."""
    switching.begin(who)
    secret = queries.standing_of(who.member_id).secret
    codes = switching.confirm(who, code_now(secret), password, HERE)
    clock.travel(STEP)
    return secret, codes


def waiting(who) -> str:
    with unit_of_work():
        return admitting.admit(who.member_id, HERE)


def acts(member_id: int) -> list[str]:
    found = select(AuditEntry.act).where(AuditEntry.target_id == str(member_id)).order_by(AuditEntry.id)
    return list(db.session.scalars(found))


def member_of(secret: str) -> int | None:
    visit = sessions.load(secret)
    return visit.actor.member_id if visit else None


# --- setting it up ---------------------------------------------------------------------------------------------


def test_it_counts_from_the_first_code_on(ada, drain, outbox):
    switching.begin(ada)
    first = queries.standing_of(ada.member_id).secret
    switching.begin(ada)
    assert queries.standing_of(ada.member_id).secret == first, "a second click keeps the secret"
    assert sessions.load(waiting(ada)), "what is being set up is not asked for"
    with pytest.raises(Invalid):
        switching.confirm(ada, "000000", "", HERE)
    assert not queries.is_on(ada.member_id) and acts(ada.member_id) == []
    codes = switching.confirm(ada, code_now(first), "", HERE)
    assert queries.is_on(ada.member_id) and len(codes) == 10 and acts(ada.member_id) == ["second_factor.on"]
    with pytest.raises(Conflict):
        switching.confirm(ada, code_now(first), "", HERE)
    with pytest.raises(Conflict):
        switching.begin(ada)
    standing = queries.standing_of(ada.member_id)
    assert (standing.secret, standing.codes_left) == (None, 10), "the secret is never told again"
    drain()
    assert [mail["Subject"] for mail in outbox()] == ["Signing in asks for a code from now on"]
    kept = stored_text()
    assert first not in kept and not any(code in kept or rules.tidy(code) in kept for code in codes)


def test_setting_up_needs_the_password_where_there_is_one(ada, with_password):
    with_password(ada)
    switching.begin(ada)
    secret = queries.standing_of(ada.member_id).secret
    with pytest.raises(Invalid) as refused:
        switching.confirm(ada, code_now(secret), "wrong", HERE)
    assert set(refused.value.fields) == {"password"} and not queries.is_on(ada.member_id)
    assert switching.confirm(ada, code_now(secret), GOOD, HERE)


def test_a_setup_left_alone_is_over_after_an_hour(ada):
    switching.begin(ada)
    secret = queries.standing_of(ada.member_id).secret
    clock.travel(timedelta(minutes=61))
    assert queries.standing_of(ada.member_id).secret is None
    with pytest.raises(Conflict):
        switching.confirm(ada, code_now(secret), "", HERE)
    switching.begin(ada)
    assert queries.standing_of(ada.member_id).secret not in (None, secret)
    switching.forget_setup(ada)
    switching.forget_setup(ada)
    assert queries.row_of(ada.member_id) is None


# --- every way in ------------------------------------------------------------------------------------------------


def by_password(who, secret_of, drain):
    return entering.sign_in("ada@example.com", GOOD, HERE).secret


def by_link(who, secret_of, drain):
    entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", HERE, "en")
    drain()
    return entering.sign_in_by_link(secret_of("ada@example.com", "sign-in/link"), HERE)


def by_reset(who, secret_of, drain):
    entering.ask_for_link(Purpose.RESET, "ada@example.com", HERE, "en")
    drain()
    return passwords.reset_password(secret_of("ada@example.com", "reset"), BETTER, HERE)


def by_move(who, secret_of, drain):
    moving.ask_to_move(who, "moved@example.com", GOOD, HERE)
    drain()
    return moving.move(secret_of("moved@example.com", "move"), HERE)


@pytest.mark.parametrize("way", [by_password, by_link, by_reset, by_move])
def test_no_way_in_begins_a_session_before_the_code(ada, with_password, secret_of, drain, way):
    with_password(ada)
    app_secret, _codes = set_up(ada, GOOD)
    given = way(ada, secret_of, drain)
    assert admitting.is_waiting(given) and sessions.load(given) is None
    assert sessions.of_member(ada.member_id) == []
    with pytest.raises(Invalid):
        admitting.finish(given, "000000", HERE)
    assert sessions.of_member(ada.member_id) == []
    assert member_of(admitting.finish(given, code_now(app_secret), HERE)) == ada.member_id
    with pytest.raises(Gone):
        admitting.finish(given, code_now(app_secret), HERE)


def test_single_sign_on_owes_the_code_too_unless_one_connects_from_within(app, ben):
    from accounts.singlesignon import arriving
    from accounts.singlesignon.asking import Answer
    from tests.accounts.test_single_sign_on import WALTER

    opened = arriving.arrive(Answer(WALTER, "first"), HERE)
    member_id = member_of(opened.secret)
    owner = sessions.actor_of(db.session.get_one(Member, member_id))
    app_secret, _codes = set_up(owner)
    given = arriving.arrive(Answer(WALTER, "second"), HERE).secret
    assert admitting.is_waiting(given) and sessions.load(given) is None
    assert member_of(admitting.finish(given, code_now(app_secret), HERE)) == member_id
    inside = arriving.arrive(Answer(WALTER, "third"), HERE, member_id, connecting=True)
    assert member_of(inside.secret) == member_id


def test_only_these_begin_sessions():
    """Who adds a way in passes by the door; whoever is in already, or has just joined, does not."""
    import ast
    from pathlib import Path

    root, found = Path(queries.__file__).resolve().parents[2], set()
    for package in ("accounts", "forum", "rewards", "moderation", "demo"):
        for file in (root / package).rglob("*.py"):
            source = file.read_text()
            for function in ast.walk(ast.parse(source)) if "sessions.begin" in source else ():
                if isinstance(function, ast.FunctionDef):
                    calls = {ast.unparse(c.func) for c in ast.walk(function) if isinstance(c, ast.Call)}
                    if "sessions.begin" in calls:
                        found.add(f"{file.stem}.{function.name}")
    assert found == {
        "admitting.admit", "admitting.finish", "joining.confirm", "passwords.change_password",
        "arriving._welcome", "arriving._enter", "entering._begin",
    }  # fmt: skip


def test_sessions_that_are_open_stay_and_a_new_password_keeps_the_browser(ada, with_password):
    with_password(ada)
    with unit_of_work():
        before = sessions.begin(ada.member_id, THERE)
    set_up(ada, GOOD)
    assert member_of(before) == ada.member_id
    assert member_of(passwords.change_password(ada, GOOD, BETTER, HERE)) == ada.member_id


def test_a_wrong_password_tells_nothing_of_a_second_factor(ada, ben, with_password):
    said = []
    for who in (ada, ben):
        with_password(who)
    set_up(ada, GOOD)
    for who in ("ada", "ben", "nobody"):
        with pytest.raises(Invalid) as refused:
            entering.sign_in(f"{who}@example.com", "wrong password", HERE)
        said.append((str(refused.value), refused.value.fields))
    assert said[0] == said[1] == said[2]


# --- codes ---------------------------------------------------------------------------------------------------------


def test_a_code_is_good_once_whatever_the_entry(ada):
    secret, _codes = set_up(ada)
    first, second = waiting(ada), waiting(ada)
    code = code_now(secret)
    assert admitting.finish(first, code, HERE)
    with pytest.raises(Invalid) as refused:
        admitting.finish(second, code, HERE)
    assert refused.value.fields["code"] == checking.WRONG
    clock.travel(STEP)
    with pytest.raises(Invalid):
        admitting.finish(second, code, HERE)
    assert admitting.finish(second, code_now(secret), HERE)


def test_of_many_with_one_code_one_gets_in(ada, in_threads, settings_override):
    secret, _codes = set_up(ada)
    with settings_override(accounts__second_factor_tries=50):
        entries = [waiting(ada) for _n in range(8)]
        results = in_threads(8, lambda n: admitting.finish(entries[n], code_now(secret), HERE))
        one = waiting(ada)
        clock.travel(STEP)
        code = code_now(secret)
        same = in_threads(8, lambda _n: admitting.finish(one, code, HERE))
    for tried in (results, same):
        assert len([r for r in tried if isinstance(r, str)]) == 1
        assert all(isinstance(r, str | Invalid | Gone) for r in tried)


def test_the_code_of_another_member_is_worth_nothing(ada, ben):
    secret, codes = set_up(ada)
    set_up(ben)
    for typed in (code_now(secret), codes[0]):
        with pytest.raises(Invalid):
            admitting.finish(waiting(ben), typed, HERE)
    assert queries.codes_left(ada.member_id) == 10


def test_a_recovery_code_opens_once_and_the_member_is_told(ada, drain, outbox):
    _secret, codes = set_up(ada)
    assert (
        member_of(admitting.finish(waiting(ada), codes[3].upper().replace("-", " "), HERE)) == ada.member_id
    )
    with pytest.raises(Invalid):
        admitting.finish(waiting(ada), codes[3], HERE)
    assert admitting.finish(waiting(ada), codes[4], HERE)
    assert acts(ada.member_id).count("second_factor.recovery_used") == 2
    drain()
    told = outbox()[-1]
    assert told["Subject"] == "A recovery code was used" and told["To"] == "ada@example.com"
    body = told.get_body(("plain",)).get_content()
    assert "Codes left: 8" in body and not any(code in body for code in codes)


def test_tries_are_few_for_a_member_and_an_address(ada, with_password):
    secret, _codes = set_up(ada)
    entry = waiting(ada)
    for _n in range(5):  # one of six was the first code
        with pytest.raises(Invalid):
            admitting.finish(entry, "000000", HERE)
    with pytest.raises(TooMany) as refused:
        admitting.finish(entry, code_now(secret), HERE)
    assert str(refused.value) == str(checking.SLOW)
    assert admitting.finish(entry, code_now(secret), THERE), "another address is not slowed down by this one"


def test_an_entry_takes_few_codes_even_where_nothing_is_counted(ada):
    """The counters live in a process or in Redis; the entry's own count is in the database."""
    secret, _codes = set_up(ada)
    entry = waiting(ada)
    for _n in range(12):
        limits.forget()
        with pytest.raises(Invalid):
            admitting.finish(entry, "000000", HERE)
    limits.forget()
    with pytest.raises(Gone):
        admitting.finish(entry, code_now(secret), HERE)
    with pytest.raises(Gone):
        admitting.check_waiting(entry)


def test_guesses_from_many_addresses_shut_nobody_out(ada):
    secret, codes = set_up(ada)
    for number in range(12):
        with pytest.raises(Invalid):
            admitting.finish(waiting(ada), "000000", Origin(f"203.0.113.{number}"))
    with pytest.raises(Invalid):
        admitting.finish(waiting(ada), code_now(secret), THERE)
    assert admitting.finish(waiting(ada), codes[0], THERE)
    limits.forget()
    clock.travel(STEP)
    assert admitting.finish(waiting(ada), code_now(secret), THERE)


def test_an_entry_ends_with_time_with_a_new_password_and_is_swept(ada, with_password):
    secret, _codes = set_up(ada)
    late, changed = waiting(ada), waiting(ada)
    with_password(ada)
    with pytest.raises(Gone):
        admitting.finish(changed, code_now(secret), HERE)
    clock.travel(timedelta(minutes=11))
    for entry in (late, "~nonsense", "", "x" * 5000):
        with pytest.raises(Gone):
            admitting.finish(entry, code_now(secret), HERE)
    purge()
    assert db.session.scalar(select(WaitingEntry.id)) is None and queries.is_on(ada.member_id)


def test_with_another_secret_of_the_site_no_code_is_good_and_nothing_breaks(ada):
    secret, codes = set_up(ada)
    before = config.current_config()
    config.use_config(dataclasses.replace(before, secret_key="another-secret-" + "y" * 40))
    try:
        for typed in (code_now(secret), codes[0]):
            with pytest.raises(Invalid):
                admitting.finish(waiting(ada), typed, HERE)
    finally:
        config.use_config(before)


# --- switching off, new codes ----------------------------------------------------------------------------------


def test_switching_off_needs_a_password_or_a_code(ada, ben, with_password, drain, outbox):
    with_password(ada)
    set_up(ada, GOOD)
    for proof in ("", "wrong", "000000", "a" * 2000):
        with pytest.raises(Invalid) as refused:
            switching.switch_off(ada, proof, HERE)
        assert set(refused.value.fields) == {"proof"}
    assert queries.is_on(ada.member_id)
    limits.forget()
    entry = waiting(ada)
    switching.switch_off(ada, GOOD, HERE)
    switching.switch_off(ada, GOOD, HERE)
    with pytest.raises(Gone):
        admitting.check_waiting(entry)
    assert not queries.is_on(ada.member_id) and acts(ada.member_id).count("second_factor.off") == 1
    assert db.session.scalar(select(RecoveryCode.id)) is None
    secret, _codes = set_up(ben)
    switching.switch_off(ben, code_now(secret), HERE)
    assert not queries.is_on(ben.member_id)
    drain()
    assert [m["To"] for m in outbox() if m["Subject"] == "Signing in no longer asks for a code"] == [
        "ada@example.com", "ben@example.com",
    ]  # fmt: skip


def test_who_has_no_password_cannot_switch_off_without_a_code(ada):
    set_up(ada)
    for proof in ("", "anything at all"):
        with pytest.raises(Invalid):
            switching.switch_off(ada, proof, HERE)
    assert queries.is_on(ada.member_id)


def test_new_codes_make_the_former_worthless(ada):
    secret, former = set_up(ada)
    with pytest.raises(Invalid):
        switching.renew_codes(ada, "no", HERE)
    new = switching.renew_codes(ada, code_now(secret), HERE)
    assert not set(new) & set(former) and queries.codes_left(ada.member_id) == 10
    with pytest.raises(Invalid):
        admitting.finish(waiting(ada), former[0], THERE)
    assert admitting.finish(waiting(ada), new[0], THERE)


# --- reset by the team -----------------------------------------------------------------------------------------


def test_a_manager_resets_with_a_reason_and_the_member_is_told(ada, max_, drain, outbox):
    set_up(ada)
    with pytest.raises(Invalid):
        switching.reset(max_, ada.member_id, "  ok ")
    assert switching.reset(max_, ada.member_id, "She called from her number") is True
    assert switching.reset(max_, ada.member_id, "She called from her number") is False
    assert sessions.load(waiting(ada)), "the way in is short again"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "second_factor.reset")).one()
    assert (entry.actor_id, entry.reason) == (max_.member_id, "She called from her number")
    drain()
    assert outbox()[-1]["Subject"] == "The team reset your second factor"
    with pytest.raises(NotFound):
        switching.reset(max_, 987654, "She called from her number")


def test_who_may_not_reset(ada, ben, mo, sam, max_, root):
    for owner in (ada, max_, root):
        set_up(owner)
    for actor, owner in (
        (ben, ada),
        (ada, ada),
        (mo, ada),
        (sam, ada),
        (max_, max_),
        (root, root),
        (max_, root),
    ):
        with pytest.raises(Forbidden):
            switching.reset(actor, owner.member_id, "a reason that is long enough")
    assert db.session.query(SecondFactor).count() == 3
    assert switching.reset(root, max_.member_id, "a reason that is long enough")


def test_the_operator_resets_the_last_administrator(app, root):
    set_up(root)
    told = app.test_cli_runner().invoke(args=["members", "reset-second-factor", "root@example.com"])
    assert told.exit_code == 0 and not queries.is_on(root.member_id), told.output


def test_a_closed_account_keeps_nothing_of_it(ada):
    from accounts.closing.closing import close_account

    set_up(ada)
    entry = waiting(ada)
    close_account(ada, ada.member_id)
    with pytest.raises(Gone):
        admitting.check_waiting(entry)
    for table in (SecondFactor, RecoveryCode, WaitingEntry):
        assert db.session.query(table).count() == 0
    assert db.session.get(Member, ada.member_id).closed_at
