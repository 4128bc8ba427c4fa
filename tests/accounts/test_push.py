"""Messages to devices, sent to a real receiver: what arrives, what never leaves, what is tried again or forgotten."""

from __future__ import annotations

import base64
import dataclasses
import json
import struct
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select

from accounts.members.models import Member
from accounts.notifications import channels, kinds, telling
from accounts.notifications.kinds import Kind
from accounts.push import keys, sending, subscribing
from accounts.push.models import Device
from accounts.push.rules import MOST_DEVICES, encoded
from accounts.push.sealing import point
from accounts.push.subscribing import Subscription
from accounts.signin import sessions
from accounts.signin.models import MemberSession
from accounts.signin.sessions import Origin
from common import config, jobs, outgoing
from common.db import db, update_where
from common.errors import Forbidden, Invalid, NotFound, TooMany
from common.i18n import _
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work

NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


class Service(BaseHTTPRequestHandler):
    """A push service: keeps what it gets, answers what the test says."""

    got: list = []
    answer = 201

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((self.path, dict(self.headers), body))
        self.send_response(type(self).answer)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_words):
        """Silence."""


@pytest.fixture
def service(app):
    """A real receiver on this machine, which the configuration allows."""
    Service.got, Service.answer = [], 201
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = config.current_config()
    where = f"127.0.0.1:{server.server_port}"
    config.use_config(dataclasses.replace(before, private_receivers=frozenset([where])))
    Service.address = f"http://{where}"
    yield Service
    config.use_config(before)
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _kinds(app):
    known = dict(kinds._kinds)
    told = lambda params: _("%(actor)s wrote", actor=params["actor"])  # noqa: E731
    for key, more in {
        "t-answer": {"event": "answer"},
        "t-kudos": {"event": "kudos"},
        "t-security": {"event": "account", "always": True, "urgent": True},
    }.items():
        kinds.register(Kind(key, told, lambda params: "/en/somewhere", **more))
    yield
    kinds._kinds.clear()
    kinds._kinds.update(known)


class Phone:
    """A browser's side of a subscription: its keys, and reading what comes."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        self.given = Subscription(endpoint, encoded(point(self.key.public_key())), encoded(self.secret))

    def read(self, body: bytes) -> dict:
        """Decrypt as a browser does (RFC 8291)."""
        salt, (_size, length) = body[:16], struct.unpack("!IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        )
        info = b"WebPush: info\x00" + point(self.key.public_key()) + theirs

        def derive(material: bytes, salted: bytes, about: bytes, size: int) -> bytes:
            return HKDF(hashes.SHA256(), size, salted, about).derive(material)

        key = derive(shared, self.secret, info, 32)
        nonce = derive(key, salt, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(derive(key, salt, b"Content-Encoding: aes128gcm\x00", 16)).decrypt(nonce, sealed, None)
        assert plain[-1:] == b"\x02"
        return json.loads(plain[:-1])


def session_of(who) -> int:
    with unit_of_work():
        sessions.begin(who.member_id, Origin("192.0.2.1", "tests"))
    return max(db.session.scalars(select(MemberSession.id).where(MemberSession.member_id == who.member_id)))


@pytest.fixture
def phone(service):
    """``phone(ada)`` → a phone that hears ada's news."""

    def make(who, path="/one") -> Phone:
        made = Phone(service.address + path)
        made.id = subscribing.subscribe(who, session_of(who), made.given, "Mozilla Firefox")
        return made

    return make


def tell(who, kind="t-answer", cause="answer:1", **params):
    with unit_of_work():
        return telling.tell(who.member_id, kind, cause, **params)


def devices() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Device.id).order_by(Device.id)))


# --- what arrives -------------------------------------------------------------------------------------------------


def test_news_arrives_once_on_every_device_and_only_there(service, phone, ada, ben, drain):
    first, second = phone(ada), phone(ada, "/two")
    phone(ben, "/ben")
    tell(ada, actor_id=ben.member_id, question_id=7)
    tell(ada, actor_id=ben.member_id, question_id=7)
    drain()
    assert sorted(path for path, _h, _b in service.got) == ["/one", "/two"]
    read = {"/one": first, "/two": second}
    for path, headers, body in service.got:
        told = read[path].read(body)
        assert (
            told["body"] == "Ben wrote"
            and told["url"] == "http://localhost/en/somewhere"
            and told["lang"] == "en"
        )
        assert headers["Content-Encoding"] == "aes128gcm" and headers["TTL"] and len(headers["Topic"]) <= 32
        claims = json.loads(base64.urlsafe_b64decode(headers["Authorization"].split(".")[1] + "=="))
        assert claims["aud"] == service.address and claims["sub"] == "mailto:community@example.com"
        assert headers["Authorization"].endswith(keys.public_key())
        assert b"Ben" not in body
    assert db.session.get(Device, first.id).reached_at is not None


def test_a_member_without_a_device_costs_no_job(app, ada):
    tell(ada)
    assert "push.send" not in [job.kind for job in db.session.scalars(select(jobs.Job))]


@pytest.mark.parametrize(
    "what", ["read", "withdrawn", "unwanted", "closed", "suspended", "signed out", "removed"]
)
def test_what_is_no_longer_true_or_wanted_does_not_leave(service, phone, ada, drain, what, at):
    made = phone(ada)
    row = tell(ada, post_id=5)
    if what == "read":
        telling.mark_read(ada, notification_ids=[row])
    if what == "withdrawn":
        telling.withdraw(5)
    if what == "unwanted":
        channels.choose(ada, "push", [])
    if what in ("closed", "suspended"):
        moment = datetime(2030, 1, 1, tzinfo=UTC)
        with unit_of_work():
            update_where(
                Member,
                Member.id == ada.member_id,
                **({"closed_at": moment} if what == "closed" else {"suspended_until": moment}),
            )
    if what == "signed out":
        sessions.end_all(ada.member_id)
    if what == "removed":
        subscribing.remove(ada, made.id)
    drain()
    assert service.got == []
    assert devices() == ([] if what in ("signed out", "removed") else [made.id])


def test_nights_are_quiet_even_for_what_waited(service, phone, ada, drain, at):
    phone(ada)
    at(NIGHT)
    tell(ada)
    tell(ada, "t-security", "alarm")
    drain()
    assert len(service.got) == 1
    at(timedelta(hours=8, minutes=45))
    drain()
    assert len(service.got) == 2


def test_a_message_delayed_into_the_night_waits_for_morning(service, phone, ada, drain, at):
    phone(ada)
    tell(ada)
    at(NIGHT)
    drain()
    assert service.got == []
    at(timedelta(hours=9))
    drain()
    assert len(service.got) == 1


def test_calm_news_stays_on_the_site(service, phone, ada, drain):
    phone(ada)
    tell(ada, "t-kudos")
    drain()
    assert service.got == []


def test_addresses_of_signed_out_devices_go(phone, ada, ben):
    first, second = phone(ada), phone(ben, "/ben")
    sessions.end_all(ada.member_id)
    sending.forget_signed_out()
    assert devices() == [second.id] != [first.id]


# --- answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(service, phone, ada, drain, status):
    phone(ada)
    service.answer = status
    tell(ada)
    drain()
    assert devices() == []


def test_a_tired_service_is_asked_again_later(service, phone, ada, drain, at):
    made = phone(ada)
    service.answer = 503
    tell(ada)
    drain()
    assert len(service.got) == 1 and devices() == [made.id]
    service.answer = 201
    at(timedelta(minutes=5))
    drain()
    assert len(service.got) == 2
    at(timedelta(hours=1))
    drain()
    assert len(service.got) == 2


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_a_refusal_is_neither_repeated_nor_followed(service, phone, ada, drain, at, status):
    made = phone(ada)
    service.answer = status
    tell(ada)
    drain()
    at(timedelta(hours=1))
    drain()
    assert len(service.got) == 1 and devices() == [made.id]


def test_an_address_that_turned_private_is_never_asked(service, phone, ada, drain):
    phone(ada)
    config.use_config(dataclasses.replace(config.current_config(), private_receivers=frozenset()))
    tell(ada)
    drain()
    assert service.got == [] and devices() == []


def test_a_name_that_leads_inside_is_not_asked(app, service):
    with pytest.raises(outgoing.NotAllowed):
        outgoing._address("localhost", 443, is_own=False)
    with pytest.raises(outgoing.Unreachable):
        outgoing._address("no-such-name.invalid", 443, is_own=False)


def test_a_service_that_never_ends_is_left(app, monkeypatch):
    import socket

    listening = socket.create_server(("127.0.0.1", 0))
    where = f"127.0.0.1:{listening.getsockname()[1]}"
    monkeypatch.setattr(outgoing, "LONGEST_WAIT", 0.3)
    before = config.current_config()
    config.use_config(dataclasses.replace(before, private_receivers=frozenset([where])))
    with pytest.raises(outgoing.Unreachable):
        outgoing.post(f"http://{where}/", b"x", {})
    config.use_config(before)
    listening.close()


# --- saying yes and no --------------------------------------------------------------------------------------------


def test_the_same_browser_is_one_device_and_follows_who_uses_it(phone, ada, ben):
    made = phone(ada)
    assert subscribing.subscribe(ada, session_of(ada), made.given) == made.id
    assert subscribing.subscribe(ben, session_of(ben), made.given) == made.id
    assert db.session.get(Device, made.id).member_id == ben.member_id and len(devices()) == 1


def test_twenty_threads_subscribe_one_device(service, ada, in_threads):
    made, session = Phone(service.address), session_of(ada)
    in_threads(20, lambda _n: subscribing.subscribe(ada, session, made.given))
    assert len(devices()) == 1


def test_the_oldest_devices_go(service, ada):
    session = session_of(ada)
    for number in range(MOST_DEVICES + 3):
        subscribing.subscribe(ada, session, Phone(f"{service.address}/{number}").given)
    assert len(devices()) == MOST_DEVICES


def test_only_a_member_subscribes_and_only_their_own_goes(phone, ada, ben):
    made = phone(ada)
    with pytest.raises(Forbidden):
        subscribing.subscribe(ANONYMOUS, 1, made.given)
    with pytest.raises(NotFound):
        subscribing.remove(ben, made.id)
    subscribing.remove(ada, made.id)
    subscribing.remove(ada, made.id)
    assert devices() == []


@pytest.mark.parametrize("wrong", ["inside", "plain", "key", "curve", "secret", "empty"])
def test_a_strange_subscription_leaves_no_trace(service, ada, wrong):
    good = Phone(service.address).given
    given = {
        "inside": dataclasses.replace(good, endpoint="https://localhost/x"),
        "plain": dataclasses.replace(good, endpoint="http://push.example.com/x"),
        "key": dataclasses.replace(good, public_key="abc"),
        "curve": dataclasses.replace(good, public_key=encoded(b"\x04" + b"\x01" * 64)),
        "secret": dataclasses.replace(good, secret="é" * 22),
        "empty": Subscription("", "", ""),
    }[wrong]
    with pytest.raises(Invalid):
        subscribing.subscribe(ada, 1, given)
    assert devices() == []


def test_subscribing_has_a_pace(service, ada):
    made = Phone(service.address).given
    with pytest.raises(TooMany):
        for _n in range(40):
            subscribing.subscribe(ada, 1, made)


# --- pages and keys -----------------------------------------------------------------------------------------------


def test_the_page_takes_tries_and_removes_a_device(service, client, sign_in, ada, ben, drain, app):
    sign_in(ada)
    made = Phone(service.address)
    form = dataclasses.asdict(made.given)
    assert (
        client.post("/en/settings/push", data=form, headers={"User-Agent": "Firefox Windows"}).status_code
        == 303
    )
    page = client.get("/en/settings/push?done=device").get_data(as_text=True)
    assert (
        "Firefox, Windows" in page and keys.public_key() in page and "This device receives messages." in page
    )
    (device,) = devices()
    assert client.post(f"/en/settings/push/{device}/test").status_code == 303
    drain()
    assert made.read(service.got[0][2])["body"] == "Messages reach this device."
    assert sign_in(ben, app.test_client()).post(f"/en/settings/push/{device}/remove").status_code == 404
    assert client.post(f"/en/settings/push/{device}/remove").status_code == 303
    assert devices() == []


def test_a_strange_browser_gets_a_sentence(client, sign_in, ada):
    sign_in(ada)
    response = client.post("/en/settings/push", data={"endpoint": "https://localhost/x", "secret": "\x00"})
    assert response.status_code == 422 and "cannot use" in response.get_data(as_text=True)


def test_the_choice_of_news_is_a_column_of_the_alerts(client, sign_in, ada):
    sign_in(ada)
    alerts = "/en/settings/alerts"
    page = client.get(alerts).text
    assert 'name="push-answer" value="1" aria-label="On my devices: Answers to my questions" checked' in page
    kept = {"way-push": "1", "push-kudos": "1", "push-nonsense": "1", "mail-answer": "daily"}
    assert client.post(alerts, data=kept | {"mail-answer": "sometimes"}).status_code == 422
    assert "answer" in channels.wishes_of(ada.member_id)["push"]  # a refused form changes nothing
    assert client.post(alerts, data=kept).status_code == 303
    assert client.post(alerts, data={"mail-kudos": "off"}).status_code == 303  # a form without the column
    assert channels.wishes_of(ada.member_id)["push"] == frozenset({"kudos"})
    assert (
        "None of your devices" in client.get(alerts).text
        and "None yet" in client.get("/en/settings/push").text
    )


def test_the_key_is_made_once_and_kept_closed(app, tmp_path, in_threads):
    before = config.current_config()
    config.use_config(dataclasses.replace(before, data_dir=tmp_path))
    made = set(in_threads(8, lambda _n: keys.public_key()))
    assert len(made) == 1 and (tmp_path / keys.FILE).stat().st_mode & 0o077 == 0
    said = app.test_cli_runner().invoke(args=["push", "keys", "--print"]).output
    secret = said.split("FOURMI_PUSH_KEY=")[1].strip()
    config.use_config(dataclasses.replace(before, push_key=secret))
    assert {keys.public_key()} == made
    config.use_config(dataclasses.replace(before, push_key="nonsense"))
    with pytest.raises(config.Misconfigured):
        keys.public_key()
    config.use_config(before)
