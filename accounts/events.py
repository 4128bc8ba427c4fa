"""What happens to members, told to the packages above. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MemberJoined:
    """Somebody opened an account (not told for imported members)."""

    member_id: int


@dataclass(frozen=True)
class ProfileChanged:
    """A member changed what their profile says; ``parts`` names the texts that are new ("bio", "city")."""

    member_id: int
    parts: tuple[str, ...]


@dataclass(frozen=True)
class MemberRenamed:
    """A member has another public name, by choice or because moderators took the old one away."""

    member_id: int


@dataclass(frozen=True)
class MessageReported:
    """A member showed a private message to the moderators."""

    report_id: int
    author_id: int
    reporter_id: int


@dataclass(frozen=True)
class EmailConfirmed:
    """A member proved to read the mails of their address."""

    member_id: int


@dataclass(frozen=True)
class PasswordChanged:
    """A member's password was set, changed or reset; every session has ended."""

    member_id: int


@dataclass(frozen=True)
class RoleChanged:
    """Staff gave or took a role; ``old`` and ``new`` are role keys."""

    member_id: int
    old: str
    new: str


@dataclass(frozen=True)
class EmailChanged:
    """A member proved to read another address, which is theirs from now on."""

    member_id: int


@dataclass(frozen=True)
class MemberClosed:
    """An account was closed for good: whatever is that person's alone goes, in the same transaction. Told again an hour
    later, for what was being written meanwhile: who reacts does so harmlessly a second time."""

    member_id: int
