"""Who acts, and the answer to "may they?"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from common.errors import Forbidden
from common.i18n import Sentence, _

MODERATION_ROLES = frozenset({"moderator", "manager", "admin"})
OFFICIAL_ROLES = frozenset({"agent", "manager", "admin"})
LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a member as known at the start of the act, a visitor, or the system itself.

    ``masks`` are the masks the member asked under (accounts.masks). Where one is worn, ``member_id`` is the mask and
    ``behind_id`` the person: what is written, voted and told names the mask, and limits look at the person.

    The role ``limited`` is a moderator's of some categories only. By itself it opens nothing: what it may do is granted
    one right and one category at a time (moderation.delegation), and whatever asks for the team's roles gets a no.
    """

    member_id: int | None = None
    role: str = "visitor"
    rank: int = 0
    language: str = "fr"
    email_verified: bool = False
    silenced: bool = False
    suspended: bool = False
    joined_at: datetime | None = None
    display_name: str = ""
    is_system: bool = False
    masks: frozenset[int] = frozenset()
    behind_id: int | None = None
    warned: bool = False

    @property
    def person_id(self) -> int | None:
        """The member themselves, under a mask or not: for limits, drafts and what nobody else sees."""
        return self.member_id if self.behind_id is None else self.behind_id

    @property
    def ids(self) -> frozenset[int]:
        """Every id under which the member wrote something: what carries one of them is their own."""
        return self.masks | {one for one in (self.member_id, self.behind_id) if one is not None}

    def under(self, mask_id: int) -> Actor:
        """The same person under one of their masks: a customer, whatever their work."""
        return replace(self, member_id=mask_id, behind_id=self.person_id, role="member", display_name="")

    @property
    def signed_in(self) -> bool:
        """A member, as opposed to a visitor or the system."""
        return self.member_id is not None

    @property
    def is_limited(self) -> bool:
        """A moderator of what is granted and nothing else."""
        return self.role == LIMITED

    @property
    def works_here(self) -> bool:
        """Paid to be here, with the rights of the team or with few: never a customer who earns, tests or reviews."""
        return self.is_staff or self.is_limited

    @property
    def is_staff(self) -> bool:
        """An employee of the brand, whatever the work."""
        return self.is_system or self.role in ("moderator", "agent", "manager", "admin")

    @property
    def can_moderate(self) -> bool:
        """May decide about posts and members."""
        return self.is_system or self.role in MODERATION_ROLES

    @property
    def can_answer_officially(self) -> bool:
        """May speak for the brand."""
        return self.is_system or self.role in OFFICIAL_ROLES

    @property
    def is_manager(self) -> bool:
        """May change rules and settings."""
        return self.is_system or self.role in ("manager", "admin")

    @property
    def is_admin(self) -> bool:
        """May give roles and see technical pages."""
        return self.is_system or self.role == "admin"


ANONYMOUS = Actor()
SYSTEM = Actor(role="system", email_verified=True, is_system=True, display_name="Fourmi")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with the sentence the member reads."""

    allowed: bool
    sentence: Sentence | str | None = None

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


def refuse(sentence: Sentence | str) -> Verdict:
    """A verdict that says no, and why."""
    return Verdict(False, sentence)


def require(verdict: Verdict) -> None:
    """Raise :class:`Forbidden` with the verdict's sentence unless it says yes."""
    if not verdict:
        raise Forbidden(verdict.sentence)


def may_write(actor: Actor) -> Verdict:
    """What every act in public needs first (`domain/moderation.md §B4`)."""
    if actor.is_system:
        return ALLOWED
    if not actor.signed_in:
        return refuse(_("Sign in first: your text is kept meanwhile."))
    if actor.suspended:
        return refuse(_("Your account is suspended. You can still read, appeal, and download your data."))
    if actor.silenced:
        return refuse(_("You cannot post for the moment. You can still read, and appeal the decision."))
    if actor.warned:
        return refuse(_("The team has written to you. Read it first: it stands at the top of this page."))
    if not actor.email_verified:
        return refuse(_("Confirm your e-mail address first: we sent you a message with a link."))
    return ALLOWED
