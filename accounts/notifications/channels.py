"""Ways by which news leaves the house besides page and mail (a phone's own messages). Each is registered once.

A channel is one more column of the preferences: a row of :class:`ChannelWish` says what a member chose, no row means the
channel's default. What the channel writes in :attr:`Channel.queue` is a job; it looks again when it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.permissions import own_id
from accounts.notifications.models import ChannelWish
from accounts.notifications.rules import EVENT_KEYS
from common.db import db, insert_once, update_where
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out. ``on``: the lines of the preferences it carries until the member says otherwise. ``reaches(member_id)``:
    whether there is anything to send to; ``reached(member_ids)``, where the channel has it, says so of many in one
    statement. ``queue(notification_id, member_id, due)`` writes the jobs."""

    key: str
    label: Sentence
    on: frozenset[str]
    reaches: Callable[[int], bool]
    queue: Callable[[int, int, datetime], None]
    reached: Callable[[Collection[int]], Collection[int]] | None = None

    def among(self, member_ids: Collection[int]) -> set[int]:
        """Those of these members whom the channel reaches."""
        if self.reached is not None:
            return set(self.reached(member_ids))
        return {member_id for member_id in member_ids if self.reaches(member_id)}


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known. The same key registered again replaces the former."""
    _channels[channel.key] = channel


def registered() -> tuple[Channel, ...]:
    """All channels, in order of registration: the columns of the preferences page."""
    return tuple(_channels.values())


def wanted(member_id: int, event: str) -> list[Channel]:
    """The channels that reach a member and that they want for an event."""
    return wanted_by([member_id], event).get(member_id, [])


def wanted_by(member_ids: Collection[int], event: str) -> dict[int, list[Channel]]:
    """The same for many members, without those who want none: a statement for the wishes, one for each channel."""
    if not _channels or not member_ids:
        return {}
    rows = db.session.execute(
        select(ChannelWish.member_id, ChannelWish.channel, ChannelWish.wanted).where(
            ChannelWish.member_id.in_(list(member_ids)), ChannelWish.event == event
        )
    )
    chosen = {(row.member_id, row.channel): row.wanted for row in rows}
    found: dict[int, list[Channel]] = {}
    for channel in _channels.values():
        wishing = [one for one in member_ids if chosen.get((one, channel.key), event in channel.on)]
        for member_id in channel.among(wishing) if wishing else ():
            found.setdefault(member_id, []).append(channel)
    return found


def is_wanted(member_id: int, event: str, channel: Channel) -> bool:
    """What the member chose for this event and channel, or the channel's default."""
    chosen = db.session.scalar(
        select(ChannelWish.wanted).where(
            ChannelWish.member_id == member_id,
            ChannelWish.event == event,
            ChannelWish.channel == channel.key,
        )
    )
    return event in channel.on if chosen is None else chosen


def wishes_of(member_id: int) -> Mapping[str, frozenset[str]]:
    """For each channel the events it brings to a member; one query."""
    rows = db.session.execute(
        select(ChannelWish.channel, ChannelWish.event, ChannelWish.wanted).where(
            ChannelWish.member_id == member_id
        )
    ).all()
    wishes = {key: set(channel.on) for key, channel in _channels.items()}
    for row in rows:
        if row.channel in wishes:
            (wishes[row.channel].add if row.wanted else wishes[row.channel].discard)(row.event)
    return {key: frozenset(events) for key, events in wishes.items()}


def choose(actor: Actor, channel_key: str, events: Iterable[str]) -> None:
    """Let a channel bring these events to a member and no others. Repeating it changes nothing."""
    chosen = set(events)
    if channel_key not in _channels or chosen - set(EVENT_KEYS):
        raise Invalid(_("This choice does not exist."))
    member_id = own_id(actor)
    with unit_of_work():
        for event in EVENT_KEYS:
            _set(member_id, event, channel_key, event in chosen)


def _set(member_id: int, event: str, channel: str, is_chosen: bool) -> None:
    key = {"member_id": member_id, "event": event, "channel": channel}
    if insert_once(ChannelWish, **key, wanted=is_chosen) is None:
        mine = (getattr(ChannelWish, name) == value for name, value in key.items())
        update_where(ChannelWish, *mine, wanted=is_chosen)
