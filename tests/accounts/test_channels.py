"""A channel beside page and mail: told what its member wants, at day, once, and never in vain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.notifications import channels, kinds, preferences, telling
from accounts.notifications.channels import Channel
from accounts.notifications.kinds import Kind
from accounts.notifications.rules import Mail
from common.errors import Forbidden, Invalid
from common.i18n import _
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work

NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


@pytest.fixture
def pigeon(app):
    """A channel that reaches everybody and notes what it is given."""
    known, kept = dict(channels._channels), dict(kinds._kinds)
    given = []
    channels._channels.clear()
    channels.register(
        Channel(
            "pigeon",
            _("Profile"),
            frozenset({"answer", "account"}),
            lambda _id: True,
            lambda *a: given.append(a),
        )
    )
    for key, more in {"t-answer": {"event": "answer"}, "t-kudos": {"event": "kudos", "mail": "off"}}.items():
        kinds.register(Kind(key, lambda _p: _("Profile"), lambda _p: "/en/", **more))
    kinds.register(
        Kind("t-alarm", lambda _p: _("Profile"), lambda _p: "/en/", event="account", always=True, urgent=True)
    )
    yield given
    for registry, before in ((channels._channels, known), (kinds._kinds, kept)):
        registry.clear()
        registry.update(before)


def tell(who, kind, cause="c:1"):
    with unit_of_work():
        return telling.tell(who.member_id, kind, cause)


def test_a_channel_gets_what_it_carries_by_itself(pigeon, ada):
    told = tell(ada, "t-answer")
    tell(ada, "t-kudos")
    assert [given[:2] for given in pigeon] == [(told, ada.member_id)]


def test_a_cause_told_twice_goes_once(pigeon, ada):
    assert tell(ada, "t-answer") and tell(ada, "t-answer") is None
    assert len(pigeon) == 1


def test_what_a_member_chose_counts(pigeon, ada, ben):
    channels.choose(ada, "pigeon", ["kudos"])
    channels.choose(ada, "pigeon", ["kudos"])
    for who in (ada, ben):
        tell(who, "t-answer")
        tell(who, "t-kudos")
    assert [given[1] for given in pigeon] == [ada.member_id, ben.member_id]
    assert channels.wishes_of(ada.member_id) == {"pigeon": frozenset({"kudos"})}
    assert channels.wishes_of(ben.member_id) == {"pigeon": frozenset({"answer", "account"})}


def test_who_wants_neither_page_nor_mail_may_still_want_the_channel(pigeon, ada):
    preferences.choose(ada, {"answer": (False, Mail.OFF, False)})
    assert tell(ada, "t-answer") is not None
    channels.choose(ada, "pigeon", [])
    assert tell(ada, "t-answer", "c:2") is None
    assert len(pigeon) == 1


def test_nights_are_quiet_except_for_security(pigeon, ada, at):
    at(NIGHT)
    tell(ada, "t-answer")
    tell(ada, "t-alarm")
    assert [given[2] - NIGHT for given in pigeon] == [timedelta(hours=8), timedelta(0)]


def test_an_unknown_choice_and_a_visitor_are_refused(pigeon, ada):
    for channel, events in (("raven", []), ("pigeon", ["weather"])):
        with pytest.raises(Invalid):
            channels.choose(ada, channel, events)
    with pytest.raises(Forbidden):
        channels.choose(ANONYMOUS, "pigeon", [])
