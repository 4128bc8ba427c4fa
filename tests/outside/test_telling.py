"""What outside systems are told: signed, once, by id, again for days, and never what not everybody may read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.closing.closing import close_account
from common import clock, jobs, outgoing
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from moderation import events
from moderation.escalation import cases, casework, laddering
from moderation.outside import queries, sending, steering, telling
from moderation.outside.models import Attempt, Delivery, OutsideEvent, Receiver
from moderation.outside.rules import CHOSEN, WAITS, Kind, State, header, next_attempt, rest
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision
from moderation.watches import forms, keeping
from tests.conftest import START, stored_text
from tests.flows.test_canary import hold as hold_canaries
from tests.flows.test_nothing_private_is_told import CANARY
from tests.outside.conftest import count, documented, fresh

HELP = "Unplug it, open the small hatch and clean the filter."


def states():
    return fresh(select(Delivery.state).order_by(Delivery.id))


# --- what is told ------------------------------------------------------------------------------------------------


def test_an_answer_is_told_once_signed_and_whole(far_end, connect, ada, ben, make_question, drain):
    question = make_question(ada)
    _id, secret = connect(kinds=("question.answered",))
    answer = answer_question(ben, question, body=HELP).id
    assert states() == [State.WAITING] and not far_end.got
    drain()
    (message,) = far_end.got
    said = message.said
    assert (said["kind"], said["data"]["post_id"], said["question"]["id"]) == (
        "question.answered",
        answer,
        question,
    )
    assert said["post"]["text"] == HELP and said["post"]["author"] == {
        "id": ben.member_id,
        "name": "Ben",
        "is_team": False,
    }
    assert message.headers["Fourmi-Event"] == said["id"] and states() == [State.DELIVERED]
    shown, now = message.headers["Fourmi-Signature"], clock.now().timestamp
    genuine = documented()
    assert genuine(secret, shown, message.body, set(), said["id"], now)
    assert not genuine(secret, shown, message.body + b" ", set(), said["id"], now)
    assert not genuine(secret, shown, message.body, {said["id"]}, said["id"], now)
    assert not genuine(secret, shown, message.body, set(), said["id"], lambda: now() + 301)
    assert not genuine("whs_other", shown, message.body, set(), said["id"], now)


def test_the_signature_is_this_one():
    made = header(["whs_a", "whs_b"], datetime(2026, 3, 2, 10, 0, tzinfo=UTC), b'{"id":"evt_1"}')
    assert made == (
        "t=1772445600,v1=6e939cf773aeefd42830026d1ed0f64def139506cccb44c1716bd74352c19769,"
        "v1=14afbc3f01e5dae2f2e7d7ac79ba85bb4135c731206258fdf27055e0b37e7791"
    )


def test_what_can_still_be_undone_waits(far_end, connect, at, mo, newcomer, drain):
    at(START)
    publishing.set_screener(hold_canaries)
    asked = ask_question(
        newcomer, title=f"A {CANARY} that waits", body=HELP + " And more.", category_id=1, tags=()
    ).id
    connect(kinds=("question.asked",))
    item_id = db.session.scalars(select(ReviewItem.id).where(ReviewItem.post_id == asked)).one()
    lease = leasing.claim(mo, item_id)
    deciding.decide(mo, item_id, lease.token, "v1", Verdict(Decision.APPROVE))
    drain()
    assert not far_end.got
    at(timedelta(seconds=31))
    drain()
    assert len(far_end.got) == 1


def test_only_who_wants_it_and_is_on_is_told(far_end, connect, max_, ada, make_question, drain):
    wants, _secret = connect("Wants", ["question.asked"])
    off, _secret = connect("Off", ["question.asked"])
    connect("Other", ["case.opened"])
    steering.switch(max_, off, False)
    make_question(ada)
    drain()
    assert fresh(select(Delivery.receiver_id)) == [wants] and len(far_end.got) == 1


def test_an_act_that_fails_tells_nothing(connect, ada, make_question):
    connect()
    with pytest.raises(RuntimeError), unit_of_work():
        make_question(ada)
        raise RuntimeError
    assert count(OutsideEvent) == count(Delivery) == 0


def test_every_fact_of_a_case_is_told_in_order(far_end, connect, at, ada, sam, make_question, drain):
    connect(kinds=("case.opened", "case.moved", "case.closed", "stage.reached"))
    question = make_question(ada)
    at(timedelta(hours=5))
    laddering.sweep()
    case_id = casework.case_of(question, 1).id
    cases.take(sam, case_id)
    cases.answer_officially(sam, case_id, HELP)
    at(timedelta(days=20))
    cases.tend()
    at(timedelta(days=60))
    cases.tend()
    drain()
    told = [one.said for one in far_end.got]
    assert [one["sequence"] for one in told] == sorted(one["sequence"] for one in told)
    moves = [(one["kind"], one["data"].get("to")) for one in told if one["kind"].startswith("case.")]
    assert moves == [
        ("case.opened", None), ("case.moved", "assigned"), ("case.moved", "answered"), ("case.moved", "resolved"),
        ("case.closed", "closed"),
    ]  # fmt: skip
    assert told[-1]["case"]["number"] == f"E-{case_id}" and told[-1]["case"]["state"] == "closed"
    assert {one["data"]["stage"] for one in told if one["kind"] == "stage.reached"} >= {"E4"}


def test_nothing_private_leaves_whatever_is_told(
    far_end, connect, at, ada, ben, mo, max_, make_question, drain
):
    """The canary: held, hidden, removed, refused; and every kind of event about a text that nobody may read."""
    receiver, _secret = connect()
    public = make_question(ada, title="A question everybody may read")
    publishing.set_screener(hold_canaries)
    at(timedelta(minutes=10))
    held = ask_question(ada, title=f"The {CANARY} leaks", body=f"{HELP} And more.", category_id=1, tags=()).id
    at(timedelta(minutes=10))
    answer_question(ada, public, body=f"{HELP} It was a {CANARY}.")
    at(timedelta(minutes=10))
    edit_post(ada, public, version=1, title=f"A {CANARY} question", body=HELP)
    publishing.set_screener(publishing.publish_everything)
    at(timedelta(minutes=10))
    gone = answer_question(ben, public, body=f"{HELP} Buy a {CANARY}.").id
    publishing.hide(mo, gone)
    publishing.reject(mo, held)
    drain()
    asked = ask_question(
        ben, title=f"Another {CANARY} leaks", body=f"{HELP} It does.", category_id=1, tags=()
    ).id
    publishing.hide(mo, asked)
    row = steering.load(receiver)
    with unit_of_work():
        for kind in Kind:
            telling.tell_these([row], kind, {"post_id": held, "question_id": asked})
            telling.tell_these([row], kind, {"post_id": gone, "question_id": held})
    drain()
    assert len({one.said["kind"] for one in far_end.got}) == len(Kind)
    assert not [one for one in far_end.got if CANARY.encode() in one.body]
    assert "kumquat" not in "".join(queries.delivery(one).body for one in fresh(select(Delivery.id)))


def test_who_asks_under_a_mask_or_left_has_no_name(
    far_end, connect, ada, ben, make_question, make_answer, drain
):
    question = make_question(ada)
    connect(kinds=("question.answered", "member.closed"))
    make_answer(ben, question)
    close_account(ben, ben.member_id)
    drain()
    answered, closed = (one.said for one in far_end.got[:2])
    assert answered["post"]["author"]["id"] is None and "Ben" not in str(answered)
    assert closed["data"] == {"member_id": ben.member_id}


# --- again and again ---------------------------------------------------------------------------------------------


def test_it_is_tried_for_three_days_with_the_same_id_and_then_in_the_inbox(
    far_end, connect, at, ada, make_question, drain, settings_override
):
    far_end.status, far_end.words = 503, b"call ada@example.com later"
    connect(kinds=("question.asked",))
    make_question(ada)
    began = clock.now()
    with settings_override(outside__pause_hours=720):
        for _ in range(60):
            drain()
            due = fresh(select(Delivery.next_at))[0]
            if due is None:
                break
            at(max(due, *[one for one in fresh(select(Receiver.rests_until)) if one], due))
    assert states() == [State.FAILED] and len(far_end.got) == len(WAITS) + 1
    assert len({one.said["id"] for one in far_end.got}) == 1
    assert timedelta(days=2.5) < clock.now() - began < timedelta(days=3)
    tries = fresh(select(Attempt).order_by(Attempt.id))
    assert [one.number for one in tries] == list(range(1, 10)) and {one.status for one in tries} == {503}
    assert "ada@" not in tries[0].said and tries[0].said.startswith("call")
    assert [one.status for one in queries.inbox(None).items] == [503]


def test_killed_after_sending_it_is_sent_again_and_written_once(
    far_end, connect, ada, make_question, drain, at
):
    connect(kinds=("question.asked",))
    make_question(ada)
    payload = None
    while payload is None:  # the process sends, and dies before it writes down
        claimed = jobs._claim("killed")
        payload = next((found for _id, kind, found in claimed if kind == "outside.send"), None)
    event, receiver = db.session.execute(
        select(OutsideEvent, Receiver).join(Delivery, Delivery.event_id == OutsideEvent.id).join(Receiver)
    ).one()
    assert sending._ask(event, receiver, 1).status == 200
    assert states() == [State.WAITING]
    at(timedelta(minutes=6))
    drain()
    sending.send(payload)
    assert len({one.said["id"] for one in far_end.got}) == 1 and len(far_end.got) == 2
    assert states() == [State.DELIVERED] and count(Attempt) == 1


def test_parallel_workers_send_each_message_once(far_end, connect, ada, make_question, in_threads):
    connect(kinds=("question.asked",))
    connect("Second", ("question.asked",))
    for number in range(6):
        make_question(ada, title=f"Nothing works any more, number {number}")
    results = in_threads(4, lambda n: jobs.run_due_jobs())
    assert not [one for one in results if isinstance(one, Exception)], results
    assert len(far_end.got) == 12 and len({one.headers["Fourmi-Event"] for one in far_end.got}) == 6
    assert count(Delivery, Delivery.state == State.DELIVERED) == count(Attempt) == 12


def test_a_receiver_that_fails_is_left_alone_and_then_paused(
    far_end, connect, at, ada, max_, make_question, drain, outbox, settings_override
):
    far_end.status = 500
    receiver, _secret = connect(kinds=("question.asked",))
    for number in range(6):
        make_question(ada, title=f"Nothing works any more, number {number}")
    drain()
    assert len(far_end.got) == 3, "three failures in a row, then peace"
    with settings_override(outside__pause_hours=1):
        for _ in range(6):
            at(timedelta(minutes=40))
            drain()
    row = fresh(select(Receiver))[0]
    assert row.paused_at is not None and set(states()) == {State.FAILED}
    assert not queries.outside_is_told().well
    tried = len(far_end.got)
    make_question(ada, title="While it is paused")
    drain()
    assert len(far_end.got) == tried and states()[-1] is State.FAILED
    with pytest.raises(Conflict):
        steering.send_failed_again(max_, receiver)
    far_end.status = 200
    steering.switch(max_, receiver, True)
    assert steering.send_failed_again(max_, receiver) == 7
    drain()
    assert set(states()) == {State.DELIVERED} and len({one.said["id"] for one in far_end.got}) == 7
    assert any("is paused" in mail["Subject"] + str(mail) for mail in outbox())


def test_gone_for_good_and_redirects_and_echoes(far_end, connect, at, ada, make_question, drain):
    connect(kinds=("question.asked",))
    far_end.status = 410
    make_question(ada)
    drain()
    assert states() == [State.FAILED]
    far_end.status, far_end.words = 302, b"echo"
    make_question(ada, title="A question that comes back")
    drain()
    assert states() == [State.FAILED, State.WAITING] and len(far_end.got) == 2
    assert fresh(select(Attempt.said).order_by(Attempt.id.desc()))[0] == "(the answer repeats the message)"


@pytest.mark.parametrize("words", [b"\x00\xff call ada@example.com", b"HTTP/1.1 99999 no", b"", b"echo"])
def test_an_answer_that_is_none_is_an_attempt_like_any_other(
    far_end, connect, ada, make_question, drain, words
):
    connect(kinds=("question.asked",))
    far_end.status, far_end.words = None, words
    make_question(ada)
    drain()
    (attempt,) = fresh(select(Attempt))
    assert (attempt.status, attempt.number) == (None, 1) and states() == [State.WAITING]
    assert attempt.said and not jobs.parked_payloads("outside.send", 5)
    assert "ada@" not in attempt.said and "\x00" not in attempt.said and "evt_" not in attempt.said


def test_a_secret_that_cannot_be_read_any_more_is_said(far_end, connect, ada, make_question, drain):
    connect(kinds=("question.asked",))
    with unit_of_work():
        update_where(Receiver, cipher=b"sealed with another key")
    make_question(ada)
    drain()
    assert states() == [State.FAILED] and not far_end.got and "renew it" in fresh(select(Attempt.said))[0]


def test_an_address_that_leads_inside_is_never_asked(connect, ada, make_question, drain, monkeypatch):
    """A name that was fine when it was typed, and answers with an address of the network now."""
    connect(kinds=("question.asked",))
    with unit_of_work():
        update_where(Receiver, address="https://rebinding.example.com/hook")
    inside = [(2, 1, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_a, **_k: inside)
    make_question(ada)
    drain()
    assert states() == [State.FAILED] and "network" in fresh(select(Attempt.said))[0]


@pytest.mark.parametrize(
    "address",
    ["http://example.com/x", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/",
     "https://user:pw@example.com/", "file:///etc/passwd", "https://localhost/", "https://example.com:8443/", "ftp://example.com",
     "", "https://crm..example.com/x", f"https://{'a' * 64}.example.com/", "https://exa mple.com/", "https://" + "a" * 600 + ".com/"],
)  # fmt: skip
def test_forbidden_addresses_are_refused_when_typed(app, max_, address):
    with pytest.raises(Invalid) as refused:
        steering.make(max_, steering.Draft("Help desk", address, ["question.asked"]))
    assert "address" in refused.value.fields and count(Receiver) == 0


@pytest.mark.parametrize("host", ["crm..example.com", "a" * 64 + ".example.com"])
def test_a_name_that_no_resolver_takes_is_no_fault_of_ours(connect, ada, make_question, drain, host):
    """An address from before such names were refused; and one whose name cannot be written for a resolver."""
    connect(kinds=("question.asked",))
    with unit_of_work():
        update_where(Receiver, address=f"https://{host}/hook")
    make_question(ada)
    drain()
    assert states() == [State.FAILED] and "not asked" in fresh(select(Attempt.said))[0]
    with pytest.raises(outgoing.Unreachable):
        outgoing._address(host, 443, is_own=False)


def test_what_waits_for_a_parked_job_is_sent_again(
    far_end, connect, max_, sign_in, ada, make_question, drain
):
    receiver, _secret = connect(kinds=("question.asked",))
    make_question(ada)
    make_question(ada, title="A second one that is stuck")
    with unit_of_work():
        for job in db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "outside.send")):
            job.parked_at, job.attempts = clock.now(), 8
    drain()
    assert states() == [State.WAITING, State.WAITING] and not far_end.got
    first, _second = fresh(select(Delivery.id).order_by(Delivery.id))
    page = sign_in(max_).get(f"/en/desk/outside/deliveries/{first}").get_data(as_text=True)
    assert "Send again" in page
    assert steering.send_again(max_, first) and not steering.send_again(max_, first), "it is on its way now"
    assert steering.send_failed_again(max_, receiver) == 1
    drain()
    assert states() == [State.DELIVERED, State.DELIVERED] and len(far_end.got) == 2


def test_a_watch_of_ones_own_is_nobodys_outside(far_end, connect, mo, ada, make_question, drain):
    connect(kinds=("watch.matched",))
    for name, who in (("Own", "me"), ("For all", "team")):
        shared = keeping.make(mo, forms.draft({"name": name, "any_of": "zanzibarium", "who": who}))
    make_question(ada, title="The zanzibarium hums")
    drain()
    assert [one.said["data"]["watch_id"] for one in far_end.got] == [shared]


# --- what managers do --------------------------------------------------------------------------------------------


def test_a_renewed_secret_signs_beside_the_old_one_for_a_day(far_end, connect, at, max_, drain):
    receiver, old = connect()
    new = steering.renew_secret(max_, receiver)
    genuine = documented()

    def signed_with():
        steering.test(max_, receiver)
        drain()
        one = far_end.got[-1]
        shown = one.headers["Fourmi-Signature"]
        return [genuine(secret, shown, one.body, set(), "x", clock.now().timestamp) for secret in (old, new)]

    assert signed_with() == [True, True]
    at(timedelta(hours=25))
    assert signed_with() == [False, True]
    assert old not in stored_text() and new not in stored_text()


def test_one_is_sent_again_under_its_own_id(far_end, connect, max_, ada, make_question, drain):
    connect(kinds=("question.asked",))
    make_question(ada)
    drain()
    (delivery,) = fresh(select(Delivery.id))
    assert steering.send_again(max_, delivery)
    assert not steering.send_again(max_, delivery), "it is on its way"
    drain()
    assert len(far_end.got) == 2 and len({one.said["id"] for one in far_end.got}) == 1
    assert fresh(select(Attempt.round).order_by(Attempt.id)) == [1, 2]
    with pytest.raises(NotFound):
        steering.send_again(max_, 4711)


def test_only_managers_connect_and_nothing_half_done_stays(connect, max_, root, sam, mo, ada, drain):
    receiver, _secret = connect()
    draft = steering.Draft("Other", "https://crm.example.com/x", ["question.asked"])
    for who in (ada, mo, sam):
        for act in (
            lambda who: steering.make(who, draft), lambda who: steering.change(who, receiver, draft),
            lambda who: steering.renew_secret(who, receiver), lambda who: steering.switch(who, receiver, False),
            lambda who: steering.test(who, receiver), lambda who: steering.send_failed_again(who, receiver),
            lambda who: steering.remove(who, receiver), lambda who: steering.send_again(who, 1),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                act(who)
    steering.make(root, draft)
    with pytest.raises(Invalid):
        steering.change(max_, receiver, draft)
    with pytest.raises(Invalid) as refused:
        steering.make(max_, steering.Draft("x", "nowhere", []))
    assert set(refused.value.fields) == {"name", "address", "kinds"}
    assert count(Receiver) == 2 and not fresh(select(Delivery))


def test_a_connection_goes_with_its_log_and_old_events_go_by_themselves(
    far_end, connect, max_, ada, at, make_question, drain
):
    from accounts.retention import running

    receiver, _secret = connect(kinds=("question.asked",))
    make_question(ada)
    drain()
    at(timedelta(days=31))
    running.run()
    assert (count(OutsideEvent), count(Delivery), count(Attempt)) == (0, 0, 0)
    make_question(ada, title="Another one")
    steering.remove(max_, receiver)
    drain()
    assert (count(Receiver), count(Delivery), len(far_end.got)) == (0, 0, 1)


def test_the_pages_of_connections(
    far_end, client, sign_in, connect, max_, sam, ada, make_question, drain, count_queries
):
    far_end.status = 410
    receiver, _secret = connect()
    make_question(ada)
    drain()
    (delivery, *_rest) = fresh(select(Delivery.id))
    browser = sign_in(max_)
    for path in (
        "",
        f"/{receiver}",
        f"/{receiver}?state=failed&after=zzz",
        "/new",
        f"/deliveries/{delivery}",
    ):
        assert browser.get(f"/en/desk/outside{path}").status_code == 200
    bad = browser.post(
        "/en/desk/outside/new", data={"name": "Shop", "address": "http://10.0.0.1", "kinds": ["nonsense"]}
    )
    assert bad.status_code == 422 and b"10.0.0.1" in bad.data and b"Tick at least one event" in bad.data
    made = browser.post(
        "/en/desk/outside/new",
        data={
            "name": "Shop",
            "address": "https://crm.example.com/x",
            "kinds": ["question.asked", "nonsense"],
        },
    )
    assert made.status_code == 200 and b"whs_" in made.data and "no-store" in made.headers["Cache-Control"]
    assert b"whs_" not in browser.get(f"/en/desk/outside/{receiver}").data
    assert browser.post(f"/en/desk/outside/{receiver}/switch", data={"on": "0"}).status_code == 303
    assert browser.post(f"/en/desk/outside/{receiver}/test").status_code == 409
    assert browser.post(f"/en/desk/outside/deliveries/{delivery}/again").status_code == 409
    assert browser.get("/en/desk/outside/999").status_code == 404
    for number in range(8):
        make_question(ada, title=f"Nothing works any more, number {number}")
    with count_queries() as few:
        browser.get("/en/desk/outside")
    assert len(few) < 40
    assert sign_in(sam).get("/en/desk/outside").status_code == 403


def test_waits_grow_and_rests_are_bounded():
    at = clock.now()
    assert next_attempt(len(WAITS), at) and next_attempt(len(WAITS) + 1, at) is None
    assert [rest(n).total_seconds() // 60 for n in (0, 2, 3, 4, 5, 40)] == [0, 0, 1, 2, 4, 60]
    assert Kind.TEST not in CHOSEN and events.CaseMoved.__doc__
