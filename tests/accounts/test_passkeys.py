"""Passkeys: made, shown, refused for every lie a page or a device may tell, counted as two factors, taken away."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.passkeys import adding, challenges, entering, queries
from accounts.passkeys.models import Passkey
from accounts.secondfactor import admitting, switching
from accounts.secondfactor import queries as factors
from accounts.signin import entering as signin
from accounts.signin import sessions
from accounts.signin.rules import Proof
from accounts.singlesignon.models import SpentTicket
from common import clock, config
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.unit_of_work import unit_of_work
from tests.accounts.authenticator import PRESENT, Device, raw, text
from tests.accounts.conftest import GOOD, HERE, THERE
from tests.accounts.test_second_factor import acts, code_now, member_of, set_up

BROWSER = "a secret of this browser"


def make(
    who, device: Device | None = None, proof: str = "", session_id: int = 0, name: str = "My phone"
) -> Device:
    """A key that counts; returns the device that holds it."""
    device = device or Device()
    asked = adding.ask(who, session_id, proof, BROWSER, HERE)
    adding.add(who, session_id, device.make(asked), name, "Firefox", BROWSER, HERE)
    return device


def enter(device: Device, **lies) -> int | None:
    """Sign in; returns who is in."""
    return member_of(entering.sign_in(device.show(entering.ask(BROWSER), **lies), BROWSER, HERE))


def session_of(who, proof: Proof = Proof.ONE) -> int:
    with unit_of_work():
        secret = sessions.begin(who.member_id, HERE, proof)
    return sessions.load(secret).session_id


# --- making one ------------------------------------------------------------------------------------------------


def test_a_passkey_is_made_kept_told_of_and_opens_the_account(ada, ben, drain, outbox):
    make(ben)
    device = make(ada, name="  The   blue one ")
    key = queries.of_member(ada.member_id)[0]
    assert (key.name, key.used_at, len(key.handle)) == ("The blue one", None, 32)
    assert enter(device) == ada.member_id and enter(device) == ada.member_id
    db.session.expire_all()
    assert key.used_at == clock.now() and key.sign_count == 2
    assert acts(ada.member_id) == ["passkey.added"]
    drain()
    told = [mail for mail in outbox() if mail["To"] == "ada@example.com"]
    assert [mail["Subject"] for mail in told] == ["A passkey was added to your account"]


def test_what_the_browser_is_asked(ada):
    first = make(ada)
    asked = json.loads(adding.ask(ada, 0, "", BROWSER, HERE))
    assert asked["rp"]["id"] == "localhost" and asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert [raw(one["id"]) for one in asked["excludeCredentials"]] == [first.id]
    assert raw(asked["user"]["id"]) == first.handle, "one handle for all keys of one"
    shown = json.loads(entering.ask(BROWSER))
    assert (shown["rpId"], shown["userVerification"]) == ("localhost", "required")
    assert not shown["allowCredentials"], "no list of keys tells who is known here"


def test_adding_needs_the_password_or_a_code_before_the_device_is_asked(ada, with_password):
    with_password(ada)
    with pytest.raises(Invalid) as refused:
        adding.ask(ada, 0, "wrong password", BROWSER, HERE)
    assert "proof" in refused.value.fields
    secret, _codes = set_up(ada, GOOD)
    assert adding.ask(ada, 0, GOOD, BROWSER, HERE) and adding.ask(ada, 0, code_now(secret), BROWSER, THERE)


def test_a_challenge_serves_one_member_one_browser_one_purpose_once_and_for_minutes(ada, ben):
    asked = adding.ask(ada, 0, "", BROWSER, HERE)
    entry = entering.ask(BROWSER)
    late = adding.ask(ada, 0, "", BROWSER, HERE)
    answer = Device().make(asked)
    for who, said, browser in (
        (ben, answer, BROWSER),
        (ada, answer, "another browser"),
        (ada, answer, ""),
        (
            ada,
            Device().make(json.dumps(json.loads(asked) | {"challenge": json.loads(entry)["challenge"]})),
            BROWSER,
        ),
        (ada, Device().make(json.dumps(json.loads(asked) | {"challenge": text(bytes(54))})), BROWSER),
        (ada, Device().make(json.dumps(json.loads(asked) | {"challenge": ""})), BROWSER),
    ):
        with pytest.raises(Invalid) as refused:
            adding.add(who, 0, said, "", "Firefox", browser, HERE)
        assert refused.value.sentence == challenges.STALE
    adding.add(ada, 0, answer, "", "Firefox", BROWSER, HERE)
    for said in (answer, Device().make(asked)):
        with pytest.raises(Invalid) as refused:
            adding.add(ada, 0, said, "", "Firefox", BROWSER, HERE)
        assert refused.value.sentence == challenges.STALE
    clock.travel(timedelta(minutes=11))
    with pytest.raises(Invalid):
        adding.add(ada, 0, Device().make(late), "", "Firefox", BROWSER, HERE)
    assert queries.count_of(ada.member_id) == 1 and queries.count_of(ben.member_id) == 0


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (Device(origin="https://localhost.example.com"), "Unexpected client data origin"),
        (Device(origin="http://localhost:8080"), "Unexpected client data origin"),
        (Device(site="example.com"), "Unexpected RP ID hash"),
        (Device(flags=PRESENT), "user was not verified"),
        (Device(flags=4), "User presence was required"),
        (Device(form="tpm"), "an attestation that was not asked for"),
        (Device(form="fido-u2f"), "an attestation that was not asked for"),
        (Device(id=b"short"), "length of the id"),
    ],
)
def test_a_key_of_another_site_or_without_its_owner_is_not_taken(ada, caplog, device, why):
    with caplog.at_level("INFO", "fourmi.passkeys"), pytest.raises(Invalid):
        make(ada, device)
    assert why in caplog.text
    assert queries.count_of(ada.member_id) == 0 and acts(ada.member_id) == []


def test_a_members_keys_are_few_and_each_is_one_members(ada, ben, settings_override):
    device = make(ada)
    with pytest.raises(Invalid):
        make(ben, Device(id=device.id))
    with settings_override(accounts__passkeys_most=2):
        waiting = adding.ask(ada, 0, "", BROWSER, HERE)
        make(ada)
        for attempt in (
            lambda: adding.ask(ada, 0, "", BROWSER, HERE),
            lambda: adding.add(ada, 0, Device().make(waiting), "", "Firefox", BROWSER, HERE),
        ):
            with pytest.raises(Conflict):
                attempt()
    assert (queries.count_of(ada.member_id), queries.count_of(ben.member_id)) == (2, 0)


def test_two_at_once_do_not_both_take_the_last_place(ada, in_threads, settings_override):
    with settings_override(accounts__passkeys_most=1):
        asked = [adding.ask(ada, 0, "", BROWSER, HERE) for _n in range(4)]
        made = [Device().make(one) for one in asked]
        results = in_threads(4, lambda n: adding.add(ada, 0, made[n], "", "Firefox", BROWSER, HERE))
    assert [type(one) for one in results].count(type(None)) == 1
    assert all(one is None or isinstance(one, Conflict) for one in results)
    assert queries.count_of(ada.member_id) == 1


def test_where_browsers_make_no_keys_nothing_is_offered(ada):
    before = config.current_config()
    config.use_config(dataclasses.replace(before, base_url="http://127.0.0.1:8000"))
    try:
        assert entering.ask(BROWSER) == ""
        for attempt in (
            lambda: adding.ask(ada, 0, "", BROWSER, HERE),
            lambda: adding.add(ada, 0, "{}", "", "Firefox", BROWSER, HERE),
            lambda: entering.sign_in("{}", BROWSER, HERE),
        ):
            with pytest.raises(Forbidden):
                attempt()
    finally:
        config.use_config(before)


# --- signing in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"origin": "https://localhost.example.com"}, "Unexpected client data origin"),
        ({"site": "example.com"}, "Unexpected RP ID hash"),
        ({"flags": PRESENT}, "user was not verified"),
        ({"flags": 4}, "User was not present"),
        ({"handle": b""}, ""),
        ({"handle": b"x" * 32}, ""),
    ],
)
def test_an_answer_that_lies_opens_nothing(ada, caplog, change, why):
    device = make(ada)
    with caplog.at_level("INFO", "fourmi.passkeys"), pytest.raises(Invalid) as refused:
        enter(dataclasses.replace(device, **change))
    assert refused.value.sentence == entering.UNKNOWN and why in caplog.text
    assert sessions.of_member(ada.member_id) == [] and enter(device) == ada.member_id


def test_a_creation_is_no_sign_in_and_another_signature_is_none(ada, ben):
    device, other = make(ada), make(ben)
    for lie in (
        lambda: enter(device, type="webauthn.create"),
        lambda: enter(dataclasses.replace(device, key=other.key)),
        lambda: enter(dataclasses.replace(device, id=other.id)),
        lambda: enter(dataclasses.replace(other, handle=device.handle)),
        lambda: enter(Device(handle=device.handle)),
    ):
        with pytest.raises(Invalid) as refused:
            lie()
        assert refused.value.sentence == entering.UNKNOWN
    assert sessions.of_member(ada.member_id) == [] == sessions.of_member(ben.member_id)


def test_an_answer_counts_once_in_one_browser_even_when_it_was_wrong(ada, in_threads):
    device = make(ada)
    asked = entering.ask(BROWSER)
    answer = device.show(asked)
    with pytest.raises(Invalid) as refused:
        entering.sign_in(answer, "another browser", HERE)
    assert refused.value.sentence == challenges.STALE
    results = in_threads(6, lambda _n: entering.sign_in(answer, BROWSER, HERE))
    assert len([one for one in results if isinstance(one, str)]) == 1
    assert all(isinstance(one, str | Invalid) for one in results)
    asked = entering.ask(BROWSER)
    with pytest.raises(Invalid):
        entering.sign_in(
            dataclasses.replace(device, origin="https://evil.example").show(asked), BROWSER, HERE
        )
    with pytest.raises(Invalid) as refused:
        entering.sign_in(device.show(asked), BROWSER, HERE)
    assert refused.value.sentence == challenges.STALE
    late = entering.ask(BROWSER)
    clock.travel(timedelta(minutes=11))
    with pytest.raises(Invalid):
        entering.sign_in(device.show(late), BROWSER, HERE)


def test_a_count_that_does_not_grow_is_refused_and_written_down(ada):
    device = make(ada)
    copy = dataclasses.replace(device)
    enter(device)
    enter(device)
    for _n in range(2):
        with pytest.raises(Invalid) as refused:
            enter(copy)
        assert refused.value.sentence == entering.UNKNOWN
    assert acts(ada.member_id) == ["passkey.added", "passkey.stale", "passkey.stale"]
    assert enter(device) == ada.member_id
    with pytest.raises(Invalid):
        enter(dataclasses.replace(device, counts=False))


def test_devices_that_count_nothing_are_welcome(ada):
    device = make(ada, Device(counts=False))
    assert [enter(device) for _n in range(3)] == [ada.member_id] * 3


@pytest.mark.parametrize(
    "said",
    [
        "", "{}", "[]", "null", "7", '"x"', "{" * 5000, "[" * 9000, "x" * 20_000, '{"response": {}}',
        '{"rawId": "", "response": {"clientDataJSON": "e30"}}', '{"rawId": 3, "response": {"clientDataJSON": 4}}',
        '{"rawId": "\u00e9", "response": {"clientDataJSON": "\ud800"}}',
    ],
)  # fmt: skip
def test_nonsense_is_a_kind_sentence(ada, said):
    for attempt in (
        lambda: entering.sign_in(said, BROWSER, HERE),
        lambda: adding.add(ada, 0, said, "", "Firefox", BROWSER, HERE),
    ):
        with pytest.raises(Invalid):
            attempt()


def test_answers_from_one_address_are_few_and_leave_little_behind(ada, settings_override):
    device = make(ada)
    with settings_override(accounts__passkey_tries=5):
        for _n in range(5):
            with pytest.raises(Invalid):
                entering.sign_in("{}", BROWSER, HERE)
        with pytest.raises(TooMany):
            enter(device)
        answer = device.show(entering.ask(BROWSER))
        assert member_of(entering.sign_in(answer, BROWSER, THERE)) == ada.member_id
    assert db.session.scalar(select(func.count()).select_from(SpentTicket)) == 2, "nonsense writes nothing"


def test_a_closed_account_opens_with_no_key_and_keeps_none(ada):
    from accounts.closing.closing import close_account

    device = make(ada)
    close_account(ada, ada.member_id, "enough")
    with pytest.raises(Invalid):
        enter(device)
    assert db.session.scalar(select(Passkey.id)) is None


# --- two factors -----------------------------------------------------------------------------------------------


def test_a_passkey_is_two_factors_so_no_code_is_asked(ada, with_password):
    with_password(ada)
    secret, _codes = set_up(ada, GOOD)
    device = make(ada, proof=GOOD)
    assert enter(device) == ada.member_id
    waiting = signin.sign_in("ada@example.com", GOOD, HERE).secret
    assert admitting.is_waiting(waiting), "the password alone still owes the code"
    assert member_of(admitting.finish(waiting, code_now(secret), HERE)) == ada.member_id


def test_a_role_that_needs_a_factor_is_content_with_a_session_begun_by_passkey(mo, settings_override):
    weak, strong = session_of(mo), session_of(mo, Proof.PASSKEY)
    with settings_override(accounts__second_factor_roles=["moderator"]):
        assert (
            factors.is_missing(mo, weak) and factors.is_missing(mo, 0) and not factors.is_missing(mo, strong)
        )
        first = session_of(mo)
        make(mo, session_id=first)
        assert not factors.is_missing(mo, first), "who has just made one has shown it"
        assert factors.is_missing(mo, weak) and factors.owes_passkey(mo, weak)
    assert not factors.is_missing(mo, weak)


def test_a_stolen_password_does_not_make_itself_the_second_factor(mo, with_password, settings_override):
    with_password(mo)
    device = make(mo, proof=GOOD)
    stolen = session_of(mo)
    asked = adding.ask(mo, stolen, GOOD, BROWSER, HERE)
    key = queries.of_member(mo.member_id)[0].id
    with settings_override(accounts__second_factor_roles=["moderator"]):
        switching.begin(mo)
        app = factors.standing_of(mo.member_id).secret
        for attempt in (
            lambda: adding.ask(mo, stolen, GOOD, BROWSER, HERE),
            lambda: adding.add(mo, stolen, Device().make(asked), "", "Firefox", BROWSER, HERE),
            lambda: adding.remove(mo, stolen, key),
            lambda: switching.confirm(mo, code_now(app), GOOD, HERE, stolen),
        ):
            with pytest.raises(Forbidden):
                attempt()
        shown = sessions.load(entering.sign_in(device.show(entering.ask(BROWSER)), BROWSER, HERE)).session_id
        make(mo, proof=GOOD, session_id=shown)
        assert switching.confirm(mo, code_now(app), GOOD, HERE, shown)
    assert queries.count_of(mo.member_id) == 2


def test_whether_a_providers_own_factor_is_enough_is_a_setting(app, mo, settings_override):
    set_up(mo)
    with unit_of_work():
        assert admitting.is_waiting(admitting.admit(mo.member_id, HERE, Proof.PROVIDER))
    with settings_override(accounts__second_factor_after_single_sign_on=False):
        with unit_of_work():
            inside, owing = (
                admitting.admit(mo.member_id, HERE, Proof.PROVIDER),
                admitting.admit(mo.member_id, HERE),
            )
        assert member_of(inside) == mo.member_id
        assert admitting.is_waiting(owing), "by password it is still asked for"


def test_the_desk_believes_a_provider_where_the_site_does(mo, settings_override):
    through, weak = session_of(mo, Proof.PROVIDER), session_of(mo)
    with settings_override(accounts__second_factor_roles=["moderator"]):
        assert factors.is_missing(mo, through)
        with settings_override(accounts__second_factor_after_single_sign_on=False):
            assert not factors.is_missing(mo, through) and factors.is_missing(mo, weak)


# --- taking them away ------------------------------------------------------------------------------------------


def test_a_removed_passkey_opens_nothing_and_the_member_is_told_once(ada, ben, drain, outbox):
    device, kept = make(ada), make(ada)
    first = queries.of_member(ada.member_id)[0].id
    with pytest.raises(NotFound):
        adding.remove(ben, 0, first)
    adding.remove(ada, 0, first)
    adding.remove(ada, 0, first)
    with pytest.raises(Invalid) as refused:
        enter(device)
    assert refused.value.sentence == entering.UNKNOWN
    assert enter(kept) == ada.member_id
    assert acts(ada.member_id) == ["passkey.added", "passkey.added", "passkey.removed"]
    drain()
    assert [m["Subject"] for m in outbox()].count("A passkey was removed from your account") == 1


def test_a_reset_by_the_team_takes_passkeys_too(ada, max_):
    device = make(ada)
    assert switching.reset(max_, ada.member_id, "called from the known number")
    assert not switching.reset(max_, ada.member_id, "called from the known number")
    with pytest.raises(Invalid):
        enter(device)


def test_a_new_secret_of_the_site_leaves_the_keys_good(ada):
    device = make(ada)
    before = config.current_config()
    config.use_config(dataclasses.replace(before, secret_key="another-secret-" + "y" * 40))
    try:
        assert enter(device) == ada.member_id
        assert make(ada).handle == device.handle
    finally:
        config.use_config(before)
