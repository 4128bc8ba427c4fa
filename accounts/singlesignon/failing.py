"""Why nobody came in: a kind sentence for the visitor, the reason for the log."""

from __future__ import annotations

from enum import StrEnum

from common.errors import Refusal
from common.i18n import Sentence, _


class Why(StrEnum):
    """What a visitor is told; it may stand in an address."""

    STALE = "stale"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"
    NO_ADDRESS = "no-address"
    TAKEN = "taken"
    MANY = "many"


_STATUS = {Why.UNREACHABLE: 503, Why.TAKEN: 409, Why.MANY: 429}


def status_of(why: Why) -> int:
    """The status of the page that says so."""
    return _STATUS.get(why, 400)


def sentence_of(why: Why, label: str) -> Sentence:
    """What is said."""
    said = {
        Why.STALE: _(
            "This sign-in was begun too long ago, in another browser, or is finished already. Please start again."
        ),
        Why.REFUSED: _(
            "We could not recognise you through %(label)s. Start again, or come in another way.", label=label
        ),
        Why.UNREACHABLE: _(
            "%(label)s does not answer at the moment. Try again in a few minutes, or come in another way.",
            label=label,
        ),
        Why.DECLINED: _(
            "You did not come in through %(label)s. You can start again, or come in another way.", label=label
        ),
        Why.NO_ADDRESS: _(
            "%(label)s has not confirmed your e-mail address. Confirm it there and come back, or open an account here and connect the two in your settings.",
            label=label,
        ),
        Why.TAKEN: _("This account of %(label)s is already connected to another member.", label=label),
        Why.MANY: _("Too many attempts from here. Wait a quarter of an hour, or come in another way."),
    }
    return said[why]


class Failed(Refusal):
    """A sign-in that leads nowhere. ``reason`` is for the log and never shown."""

    code = "sign_in_failed"

    def __init__(self, why: Why, label: str, reason: str) -> None:
        super().__init__(sentence_of(why, label))
        self.why, self.reason, self.status = why, reason, status_of(why)


def stale(reason: str) -> Failed:
    """Begun elsewhere, long ago, or finished already."""
    return Failed(Why.STALE, "", reason)


def refused(label: str, reason: str) -> Failed:
    """What the provider said cannot be believed."""
    return Failed(Why.REFUSED, label, reason)


def unreachable(label: str, reason: str) -> Failed:
    """The provider does not answer, or not sensibly."""
    return Failed(Why.UNREACHABLE, label, reason)


def declined(label: str) -> Failed:
    """The visitor said no over there."""
    return Failed(Why.DECLINED, label, "declined at the provider")


def without_address(label: str) -> Failed:
    """Nobody is let in for the first time without a confirmed address."""
    return Failed(Why.NO_ADDRESS, label, "no confirmed address")


def taken(label: str) -> Failed:
    """The identity belongs to another member."""
    return Failed(Why.TAKEN, label, "connected to another member")
