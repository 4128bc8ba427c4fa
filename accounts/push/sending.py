"""Messages to devices: a job for each device, decided when it is sent.

What was read, withdrawn or unwanted meanwhile is not sent; nor is anything to a device that was signed out. A message
holds one sentence of the news page, nothing of the text it is about.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.members.queries import cards
from accounts.notifications import channels
from accounts.notifications.channels import Channel
from accounts.notifications.kinds import Kind, kind_of
from accounts.notifications.letters import absolute, is_suspended
from accounts.notifications.listening import hours_of
from accounts.notifications.models import Notification
from accounts.notifications.queries import line_of
from accounts.notifications.rules import is_quiet, out_of_the_night
from accounts.push import keys, rules, sealing
from accounts.push.models import Device
from accounts.push.rules import Outcome
from accounts.push.subscribing import forget
from accounts.retention.sweeping import known_by, sweep
from accounts.signin.models import MemberSession
from common import clock, jobs, limits, outgoing, settings
from common.config import current_config
from common.db import db, update_where
from common.errors import NotFound
from common.i18n import _, using_language
from common.mail import link
from common.permissions import Actor
from common.unit_of_work import unit_of_work

log = logging.getLogger("fourmi.push")

CARRIED = frozenset(
    ("answer", "followed", "mention", "message", "solution", "resolved_check", "expertise", "account")
)
"""The lines of the preferences that come to devices unless the member says otherwise."""


class Later(Exception):
    """The push service asked to come again; the job does."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a device is told."""

    title: str
    body: str
    url: str
    tag: str
    language: str


def reached(member_ids: Collection[int]) -> set[int]:
    """Those of these members who have a device."""
    found = select(Device.member_id).where(Device.member_id.in_(list(member_ids))).distinct()
    return set(db.session.scalars(found))


def queue(notification_id: int, member_id: int, due: datetime) -> None:
    """A job for every device of a member, inside the open unit of work."""
    for device_id in db.session.scalars(select(Device.id).where(Device.member_id == member_id)):
        _queue(notification_id, device_id, due)


def _queue(notification_id: int, device_id: int, due: datetime) -> None:
    payload = {"notification_id": notification_id, "device_id": device_id}
    jobs.enqueue("push.send", payload, f"push:{notification_id}:{device_id}:{due:%Y%m%d}", due)


CHANNEL = Channel(
    "push",
    _("On my devices"),
    CARRIED,
    reaches=lambda member_id: bool(reached([member_id])),
    queue=queue,
    reached=reached,
)


@jobs.job("push.send")
def send(payload: dict[str, Any]) -> None:
    """One piece of news to one device, if it is still true and wanted. Raises where it may be tried again."""
    with unit_of_work():
        row = db.session.get(Notification, payload["notification_id"])
        device = _living(payload["device_id"])
        kind = kind_of(row.kind) if row is not None else None
        if row is None or device is None or kind is None or not _is_due(row, kind, device):
            return
        told, target = _message(row), _Target.of(device)
    _deliver(target, told, kind.urgent)


@jobs.job("push.test")
def send_test(payload: dict[str, Any]) -> None:
    """A word to one device, asked for by its member."""
    with unit_of_work():
        device = _living(payload["device_id"])
        if device is None:
            return
        language = db.session.scalars(select(Member.language).where(Member.id == device.member_id)).one()
        target = _Target.of(device)
        with using_language(language):
            site, said = str(settings.get("brand.community")), str(_("Messages reach this device."))
            told = Message(site, said, link("settings.push", language), "test", language)
    _deliver(target, told, urgent=True)


def ask_for_test(actor: Actor, device_id: int) -> None:
    """Have a word sent to an own device. Raises :class:`NotFound`, TooMany."""
    member_id = own_id(actor)
    limits.hit("devices.test", member_id, "10/hour")
    with unit_of_work():
        if db.session.scalar(select(Device.member_id).where(Device.id == device_id)) != member_id:
            raise NotFound
        jobs.enqueue("push.test", {"device_id": device_id})


known_by("push.forget", ("push-devices", _("Devices for messages, once signed out"), timedelta()))


@jobs.periodic("push.forget", every=timedelta(days=1))
def forget_signed_out() -> None:
    """Devices whose session is over hear nothing more; their addresses go too."""
    still = exists().where(MemberSession.id == Device.session_id, MemberSession.member_id == Device.member_id)
    with unit_of_work():
        sweep("push-devices", Device, ~still)


def _living(device_id: int) -> Device | None:
    """The device, unless it was signed out: then it goes."""
    device = db.session.get(Device, device_id)
    if device is None:
        return None
    still = select(MemberSession.id).where(
        MemberSession.id == device.session_id, MemberSession.member_id == device.member_id
    )
    if db.session.scalar(still) is None:
        forget(device.id)
        return None
    return device


def _is_due(row: Notification, kind: Kind, device: Device) -> bool:
    member = db.session.get(Member, row.member_id)
    if member is None or member.closed_at is not None or device.member_id != row.member_id:
        return False
    if row.withdrawn_at is not None or row.read_at is not None:
        return False
    if is_suspended(member) and not kind.always:
        return False
    if not channels.is_wanted(row.member_id, kind.line, CHANNEL):
        return False
    hours = hours_of(row.member_id)
    if not kind.urgent and is_quiet(clock.now(), hours.zone, hours.night):
        _queue(row.id, device.id, out_of_the_night(clock.now(), hours.zone, hours.night))
        return False
    return True


def _message(row: Notification) -> Message:
    language = db.session.scalars(select(Member.language).where(Member.id == row.member_id)).one()
    with using_language(language):
        line = line_of([row], cards([row.params.get("actor_id")]))
        return Message(
            title=str(settings.get("brand.community")),
            body=str(line.sentence),
            url=absolute(line.place, language),
            tag=f"{row.kind}-{row.question_id or row.id}",
            language=language,
        )


@dataclass(frozen=True, slots=True)
class _Target:
    """A device without the database."""

    id: int
    endpoint: str
    public_key: bytes
    secret: bytes

    @classmethod
    def of(cls, device: Device) -> _Target:
        key, secret = rules.decoded(device.public_key, 65), rules.decoded(device.secret, 16)
        return cls(device.id, device.endpoint, key or b"", secret or b"")


def _deliver(target: _Target, told: Message, urgent: bool) -> None:
    """Send; what is gone or not allowed any more is forgotten."""
    try:
        status = outgoing.post(target.endpoint, *_request(target, told, urgent)).status
    except outgoing.NotAllowed:
        status = 410
    result = rules.outcome(status)
    if result is Outcome.LATER:
        raise Later(f"the push service answered {status}")
    with unit_of_work():
        if result is Outcome.GONE:
            forget(target.id)
        elif result is Outcome.TAKEN:
            update_where(Device, Device.id == target.id, reached_at=clock.now())
        else:
            log.warning("a push service refused a message with %s", status)


def _request(target: _Target, told: Message, urgent: bool) -> tuple[bytes, dict[str, str]]:
    message = rules.packed(told.title, told.body, told.url, told.tag, told.language)
    subject = f"mailto:{current_config().mail_from}"
    topic = base64.urlsafe_b64encode(hashlib.sha256(told.tag.encode()).digest()[:18]).decode()
    audience = rules.origin(target.endpoint)
    return sealing.sealed(message, target.public_key, target.secret), {
        "Authorization": sealing.authorization(keys.private_key(), audience, subject, clock.now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(rules.KEEP_SECONDS),
        "Topic": topic,
        "Urgency": "high" if urgent else "normal",
    }
