"""The form of a legal notice, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from accounts.members.rules import is_email, tidy_email
from common import settings, text
from common.config import current_config
from common.errors import Invalid
from common.i18n import Sentence, _
from common.secrecy import without_cards
from moderation.legal_notices.rules import (
    ADDRESS_LENGTH,
    EXPLANATION,
    NAME,
    NAMELESS,
    LegalGround,
    Place,
    is_by_the_house,
    place_of_address,
)


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice as it was sent, with what its address leads to."""

    about: Place
    address: str
    ground: LegalGround
    explanation: str
    name: str
    email: str
    challenge: str = ""
    answer: str = ""
    language: str = "fr"


def read_notice(form: Mapping[str, str], language: str, host: str = "") -> NoticeDraft:
    """The notice of a form; ``host`` is another name under which this site was reached. Raises :class:`Invalid` with a sentence for each field that is missing or wrong."""
    faults: dict[str, Sentence | str] = {}
    address = text.normalise(form.get("address", "")).strip()
    names = [name for name in (own_host(), host) if name] if len(address) <= ADDRESS_LENGTH else []
    about = next((found for name in names if (found := place_of_address(address, name)) is not None), None)
    if about is None:
        ours = any(is_by_the_house(address, name) for name in names)
        faults["address"] = _by_the_house() if ours else WRONG_ADDRESS
    written = form.get("ground", "")
    ground = LegalGround(written) if written in {one.value for one in LegalGround} else None
    if ground is None:
        faults["ground"] = _("Choose what comes closest.")
    explanation = without_cards(text.normalise(form.get("explanation", ""))).strip()
    low, high = EXPLANATION
    if not low <= len(explanation) <= high:
        faults["explanation"] = _(
            "Explain in %(low)s to %(high)s characters what is illegal, and why.", low=low, high=high
        )
    name, email = _sender(form, ground, faults)
    if form.get("good_faith") != "1":
        faults["good_faith"] = _(
            "Please confirm that what you write is accurate and complete, to your knowledge."
        )
    if faults or about is None or ground is None:
        raise Invalid(fields=faults)
    return NoticeDraft(
        about, address, ground, explanation, name, email, form.get("challenge", "")[:100],
        form.get("answer", "")[:20], language,
    )  # fmt: skip


WRONG_ADDRESS = _(
    "Copy the address of the text itself, as your browser shows it when you read it: it begins with this site’s name."
)


def _by_the_house() -> Sentence:
    return _(
        "We wrote this page ourselves: tell us what is wrong with it at %(address)s, and a person answers you.",
        address=settings.get("moderation.contact_e_mail"),
    )


def _sender(
    form: Mapping[str, str], ground: LegalGround | None, faults: dict[str, Sentence | str]
) -> tuple[str, str]:
    """Name and mailbox; both may be left out where a child is abused, and only there."""
    name = " ".join(text.normalise(form.get("name", "")).split())
    email = tidy_email(text.normalise(form.get("email", "")))
    if ground in NAMELESS and not name and not email:
        return "", ""
    if not NAME[0] <= len(name) <= NAME[1] and (name or ground not in NAMELESS):
        faults["name"] = _("Your name, in %(low)s to %(high)s characters.", low=NAME[0], high=NAME[1])
    if not is_email(email) and (email or ground not in NAMELESS):
        faults["email"] = _("An address to which we can write, like name@example.com.")
    return name, email


def own_host() -> str:
    """The name under which this site is reached, with its port where it has one."""
    return urlsplit(current_config().base_url).netloc
