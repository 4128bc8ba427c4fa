"""What may be changed about looks and greetings."""

from __future__ import annotations

from accounts.members import rights
from common import settings
from common.i18n import _
from moderation.looks.rules import SUPER_USER

_define = settings.define

_define(
    "looks.rank",
    4,
    unit="rank",
    low=1,
    high=6,
    help=_("Rank from which a member may look at others’ texts for everybody."),
)
_define(
    "looks.a_day", 40, unit="per day", low=1, high=1_000, help=_("Texts one member may look at in 24 hours.")
)
_define("looks.first_texts", 3, low=1, high=20, help=_("So many texts of a newcomer count as first ones."))
_define(
    "looks.days",
    14,
    unit=_("days"),
    low=1,
    high=90,
    help=_("How long a text can be looked at after its publication."),
)
_define(
    "looks.late_days",
    60,
    unit=_("days"),
    low=7,
    high=3_650,
    help=_("An answer that comes so long after the question is looked at."),
)
_define(
    "looks.audit_every",
    10,
    low=0,
    high=100,
    help=_("One text in so many is one whose right answer is known; 0 for none."),
)
_define(
    "looks.least_known",
    10,
    low=3,
    high=1_000,
    help=_("So many looks must be known before their quality counts."),
)
_define(
    "looks.least_right",
    70,
    unit="%",
    low=0,
    high=100,
    help=_("Below this share of right looks a member’s looks pause."),
)
_define(
    "greetings.days",
    7,
    unit=_("days"),
    low=1,
    high=60,
    help=_("How long somebody new is proposed to be greeted."),
)
_define(
    "greetings.a_day",
    20,
    unit="per day",
    low=1,
    high=200,
    help=_("Newcomers one member may greet in 24 hours."),
)
_define(
    "greetings.text_fr",
    "Bienvenue {name} ! Merci d’avoir posé votre question : quelqu’un qui connaît ce produit passe en général dans la journée. "
    "Si un détail vous revient (modèle, ce que vous avez essayé), ajoutez-le, cela aide beaucoup.",
    help=_("Greeting that is proposed to who welcomes newcomers, in French; {name} is the newcomer’s public name."),
)  # fmt: skip
_define(
    "greetings.text_en",
    "Welcome {name}! Thank you for asking here: somebody who knows this product usually comes by within the day. If a detail "
    "comes back to you (the model, what you tried), add it, it helps a lot.",
    help=_("Greeting that is proposed to who welcomes newcomers, in English; {name} is the newcomer’s public name."),
)  # fmt: skip
rights.opens("looks", _("look at texts that await a check"), "looks.rank")
rights.opens("looks.greet", _("welcome newcomers"), "looks.rank")
rights.opens(
    "looks.samples", _("read samples a second time"), lambda: max(SUPER_USER, settings.get("looks.rank"))
)
