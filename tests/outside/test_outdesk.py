"""An outside desk says where a case stands: once for each key, on the version it saw, by the case's own verbs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.apikeys.keeping import make_key, recognise, revoke_key
from accounts.closing.closing import close_account
from accounts.retention import running
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from common.permissions import SYSTEM
from forum.questions.models import Question
from moderation.escalation import cases, casework
from moderation.escalation.models import CaseEvent
from moderation.escalation.rules import CaseState
from moderation.outdesk import stating
from moderation.outdesk.models import OutsideCall, OutsideCase
from moderation.outdesk.rules import NOTE_HIGH, Stand, Told, read_told
from moderation.private import talking
from tests.conftest import all_rows
from tests.desk.conftest import case_id, question  # noqa: F401 - fixtures
from tests.outside.conftest import count, fresh

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def secret(app):
    return make_key(SYSTEM, "Help desk", ("cases",))


@pytest.fixture
def program(secret):
    return recognise(secret, "cases")


@pytest.fixture
def put(client, secret):
    """``put(7, {...})`` → the answer of the API."""

    def send(case, sent, key="k1", bearer=None, raw=None):
        headers = {"Authorization": f"Bearer {bearer or secret}", "Idempotency-Key": key}
        body = raw if raw is not None else json.dumps(sent)
        return client.put(f"/api/v1/cases/{case}/status", data=body, headers=headers)

    return send


def version(case):
    db.session.rollback()
    return casework.load(case).version


def said(case, stand, **more):
    return {"state": stand, "version": version(case), "reference": "T-881", **more}


def test_a_word_is_taken_once_and_shown(put, client, sign_in, outbox, drain, case_id, sam, ada, question):  # noqa: F811
    cases.take(sam, case_id)
    sent = said(case_id, "waiting", note="The laboratory has your sample.")
    first = put(case_id, sent)
    assert first.status_code == 200 and first.json["state"] == "waiting_internal"
    assert first.json["outside"]["reference"] == "T-881" and first.json["version"] == version(case_id)
    before = all_rows()
    again = put(case_id, sent)
    assert again.json == first.json and all_rows() == before
    assert put(case_id, {**sent, "reference": "T-882"}).status_code == 409, (
        "the key was used for something else"
    )
    assert put(case_id, sent, key="k2").status_code == 409, "an old version"
    shown = sign_in(sam).get(f"/en/desk/escalations/{case_id}").get_data(as_text=True)
    assert "T-881" in shown and "Help desk" in shown
    mine = sign_in(ada).get(f"/a/{question}", follow_redirects=True).get_data(as_text=True)
    assert "The laboratory has your sample." in mine
    drain()
    assert any("left a word" in str(mail) for mail in outbox() if mail["To"] == "ada@example.com")
    assert put(case_id, said(case_id, "in_progress"), key="k3").json["state"] == "assigned"
    assert put(case_id, said(case_id, "returned"), key="k4").json["state"] == "queued"


def test_the_word_is_for_the_asker_alone(put, client, sign_in, case_id, sam, ben, question):  # noqa: F811
    cases.take(sam, case_id)
    put(case_id, said(case_id, "waiting", note="The laboratory has your sample."))
    for reader in (client, sign_in(ben)):
        assert "laboratory" not in reader.get(f"/a/{question}", follow_redirects=True).get_data(as_text=True)


def test_moves_that_are_not_its_own_are_refused_and_leave_nothing(program, case_id, sam):  # noqa: F811
    with pytest.raises(Conflict):
        stating.state(program, case_id, Told(Stand.WAITING, version(case_id), "T-1"), "a")
    with pytest.raises(Conflict):
        stating.state(program, case_id, Told(Stand.RESOLVED, version(case_id), "T-1"), "b")
    with pytest.raises(NotFound):
        stating.state(program, 4711, Told(Stand.WAITING, 1, "T-1"), "c")
    with pytest.raises(Invalid):
        note = "Call me at 06 12 34 56 78 or at lea@example.net"
        stating.state(program, case_id, Told(Stand.IN_PROGRESS, version(case_id), "T-1", note), "d")
    assert count(OutsideCase) == count(OutsideCall) == 0
    cases.take(sam, case_id)
    cases.hand_back(sam, case_id, cases.HandBackReason.OPINION)
    with pytest.raises(Conflict):
        stating.state(program, case_id, Told(Stand.IN_PROGRESS, version(case_id), "T-1"), "e")


def test_a_case_is_one_programs_until_it_is_given_back(program, case_id, sam):  # noqa: F811
    other = recognise(make_key(SYSTEM, "Other desk", ("cases",)), "cases")
    cases.take(sam, case_id)
    stating.state(program, case_id, Told(Stand.WAITING, version(case_id), "T-1"), "a")
    with pytest.raises(Forbidden):
        stating.state(other, case_id, Told(Stand.IN_PROGRESS, version(case_id), "X-1"), "a")
    stating.state(program, case_id, Told(Stand.RETURNED, version(case_id), "T-1"), "b")
    stating.state(other, case_id, Told(Stand.IN_PROGRESS, version(case_id), "X-1"), "b")
    assert fresh(select(OutsideCase.api_key_id)) == [other.key_id]


def test_a_case_of_a_revoked_key_is_anybodys(program, case_id, sam):  # noqa: F811
    other = recognise(make_key(SYSTEM, "Other desk", ("cases",)), "cases")
    cases.take(sam, case_id)
    stating.state(program, case_id, Told(Stand.WAITING, version(case_id), "T-1"), "a")
    revoke_key(SYSTEM, "Help desk")
    answer = stating.state(other, case_id, Told(Stand.IN_PROGRESS, version(case_id), "X-1"), "a")
    assert answer["state"] == CaseState.ASSIGNED and fresh(select(OutsideCase.api_key_id)) == [other.key_id]


@pytest.mark.parametrize("stand", [Stand.WAITING, Stand.IN_PROGRESS])
def test_a_detail_that_the_asker_owes_is_waited_for(program, case_id, sam, stand):  # noqa: F811
    cases.wait_for_asker(sam, case_id, "Which model is it, and since when does it leak?")
    before = version(case_id)
    answer = stating.state(program, case_id, Told(stand, before, "T-1"), "a")
    assert (answer["state"], answer["version"]) == (CaseState.WAITING_ASKER, before + 1)
    kinds = fresh(select(CaseEvent.kind).where(CaseEvent.case_id == case_id))
    assert "outside" in kinds and "resumed" not in kinds


def test_what_cannot_be_is_said_and_not_to_look_again(put, case_id, sam):  # noqa: F811
    told = put(case_id, said(case_id, "waiting"))
    assert told.status_code == 409 and "Nobody here works on this case yet" in told.json["error"]["message"]
    cases.answer_officially(sam, case_id, HELP)
    for stand in ("waiting", "returned"):
        told = put(case_id, said(case_id, stand))
        assert told.status_code == 409 and "settled already" in told.json["error"]["message"]


def test_a_reference_is_nobodys_number(put, case_id, sam):  # noqa: F811
    cases.take(sam, case_id)
    told = put(case_id, said(case_id, "waiting", reference="Ada 06 12 34 56 78"))
    assert told.status_code == 422 and list(told.json["error"]["fields"]) == ["reference"]
    assert count(OutsideCase) == 0
    for number, good in enumerate(("TICKET-881234567", "INC0012345", "order 4512-88")):
        assert put(case_id, said(case_id, "waiting", reference=good), key=f"k{number}").status_code == 200, (
            good
        )


def test_a_reference_names_nobody_who_left(program, case_id, sam, ada, drain):  # noqa: F811
    cases.take(sam, case_id)
    stating.state(program, case_id, Told(Stand.WAITING, version(case_id), "Ticket of Ada"), "a")
    close_account(ada, ada.member_id)
    drain()
    assert "Ada" not in fresh(select(OutsideCase.reference))[0]


def test_a_reference_goes_with_what_was_noted_of_its_case(program, case_id, sam, at):  # noqa: F811
    cases.answer_officially(sam, case_id, HELP)
    stating.state(program, case_id, Told(Stand.RESOLVED, version(case_id), "T-1"), "a")
    at(timedelta(days=4 * 365))
    running.run()
    assert fresh(select(OutsideCase.reference)) == [""]


def test_what_goes_on_in_private_is_settled_from_outside(program, case_id, sam, question):  # noqa: F811
    talking.begin(sam, case_id, "Could you send me your order number?")
    answer = stating.state(program, case_id, Told(Stand.RESOLVED, version(case_id), "T-1"), "a")
    assert answer["state"] in (CaseState.RESOLVED, CaseState.CANCELLED)
    row = db.session.get(Question, question, populate_existing=True)
    assert row.private_at is None and row.closed_at is not None


def test_an_answered_case_is_settled_from_outside(program, case_id, sam):  # noqa: F811
    cases.answer_officially(sam, case_id, HELP)
    answer = stating.state(program, case_id, Told(Stand.RESOLVED, version(case_id), "T-1"), "a")
    assert answer["state"] == CaseState.RESOLVED
    kinds = fresh(select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))
    assert kinds[-2:] == ["resolved", "outside"]


@pytest.mark.parametrize("keys", [1, 50], ids=["one key", "a key each"])
def test_of_fifty_at_once_one_wins(program, case_id, sam, in_threads, keys):  # noqa: F811
    cases.take(sam, case_id)
    told = Told(Stand.WAITING, version(case_id), "T-1")
    results = in_threads(50, lambda n: stating.state(program, case_id, told, f"k{n % keys}"))
    odd = [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert not odd, odd
    won = [one for one in results if isinstance(one, dict)]
    assert len(won) == (50 if keys == 1 else 1) and all(one == won[0] for one in won)
    lines = (CaseEvent.case_id == case_id, CaseEvent.kind == "outside")
    assert count(OutsideCall) == count(CaseEvent, *lines) == 1


def test_a_look_before_the_act_would_let_many_win(program, case_id, sam, in_threads):  # noqa: F811
    """The racy twin: it looks whether the key was used, takes its time, and writes."""
    import time

    def racy(_n):
        used = db.session.scalar(select(OutsideCall.id).where(OutsideCall.key == "k"))
        db.session.rollback()
        time.sleep(0.05)
        return used is None

    assert sum(in_threads(8, racy)) > 1


def test_bad_requests_hear_what_is_wrong(put, client, secret, case_id):  # noqa: F811
    for raw, status in (
        (b"{", 422),
        (b"[1]", 422),
        (b"[" * 9_000, 422),
        (b"x" * 20_000, 422),
        (b"\xff\xfe", 422),
        (b"", 422),
    ):
        answer = put(case_id, None, raw=raw)
        assert answer.status_code == status and answer.is_json, raw[:5]
    wrong = put(case_id, {"state": "eaten", "version": True, "reference": "<b>", "note": "x" * 501})
    assert set(wrong.json["error"]["fields"]) == {"state", "version", "reference", "note"}
    assert put(case_id, said(case_id, "waiting"), key="no key!").status_code == 422
    assert put(case_id, said(case_id, "in_progress", note="\u0958" * NOTE_HIGH)).json["error"][
        "fields"
    ].keys() == {"note"}
    assert put(case_id, said(case_id, "in_progress", note="a\x00\ud800b")).json["outside"]["note"] == "ab"
    assert put(4711, said(case_id, "waiting")).status_code == 404
    assert put(case_id, said(case_id, "waiting"), bearer="nonsense").status_code == 403
    other = make_key(SYSTEM, "Shop", ("products",))
    assert put(case_id, said(case_id, "waiting"), bearer=other).status_code == 403
    assert client.get(f"/api/v1/cases/{case_id}").status_code == 403
    found = client.get(f"/api/v1/cases/{case_id}", headers={"Authorization": f"Bearer {secret}"})
    assert found.json["state"] == "queued" and found.json["outside"]["state"] == "in_progress"
    revoke_key(SYSTEM, "Help desk")
    assert put(case_id, said(case_id, "waiting")).status_code == 403
    assert read_told({"state": "waiting", "version": 2**40, "reference": "T"}) == ["version"]
