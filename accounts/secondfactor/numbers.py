"""What staff may change about the second factor."""

from __future__ import annotations

from accounts.members.rules import STAFF, Role
from common import settings
from common.i18n import _
from common.permissions import LIMITED

settings.define(
    "accounts.second_factor_roles", [], unit=_("one role a line: moderator, agent, manager, admin"),
    choices=tuple(sorted(role.value for role in STAFF)),
    help=_("Roles that reach the desk only with a second factor for signing in, or a passkey."),
)  # fmt: skip
settings.define(
    "accounts.second_factor_tries", 6, unit=_("codes"), low=3, high=50,
    help=_("Codes of a second factor that one member may type from one network address in 15 minutes."),
)  # fmt: skip
settings.define(
    "accounts.second_factor_minutes", 10, unit=_("minutes"), low=2, high=120,
    help=_("How long the page that asks for the code of a second factor waits."),
)  # fmt: skip
settings.define(
    "accounts.second_factor_after_single_sign_on", True,
    help=_("Whether our own second factor is asked for after the brand’s accounts too; if not, theirs is enough, at the desk as well."),
)  # fmt: skip


def tries() -> int:
    """Codes of one member from one address in a quarter of an hour."""
    return settings.get("accounts.second_factor_tries")


def minutes() -> int:
    """How long an entry waits for its code."""
    return settings.get("accounts.second_factor_minutes")


def asked_after_provider() -> bool:
    """Whether the word of a provider is one factor of two."""
    return settings.get("accounts.second_factor_after_single_sign_on")


def roles() -> frozenset[str]:
    """Roles that must have a second factor."""
    asked = frozenset(settings.get("accounts.second_factor_roles"))
    return asked | {LIMITED} if Role.MODERATOR in asked else asked
