"""What the brand says of itself: contact points, who provides the service, and whether it is too small for some duties."""

from __future__ import annotations

from common import settings
from common.i18n import Sentence, _


def _text(key: str, default: str, help: Sentence) -> None:
    settings.define(f"transparency.{key}", default, help=help)


_text("provider", "Brévane", _("Name of the company that provides the service, for the reports."))
_text("authorities_e_mail", "authorities@brevane.example", _("Contact point for authorities (article 11)."))
_text(
    "users_e_mail",
    "contact@brevane.example",
    _("Contact point for users: people read it, not only machines (article 12)."),
)
_text("users_phone", "", _("Telephone of the contact point for users, if there is one."))
settings.define(
    "transparency.languages", ["fr", "en"],
    help=_("Languages in which the contact points can be written to."),
)  # fmt: skip
settings.define(
    "transparency.small_enterprise", False,
    help=_("The provider is a micro or small enterprise: reports and the file of statements are not owed (articles 15, 19 and 24). The size of the whole group counts."),
    guarded=True,
)  # fmt: skip


def is_small() -> bool:
    """Whether the exemption of micro and small enterprises is claimed."""
    return bool(settings.get("transparency.small_enterprise"))
