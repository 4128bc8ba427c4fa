"""The words of the models' page."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.screening.learning.rules import Kind, Stage

KINDS: dict[str, tuple[Sentence, Sentence]] = {
    Kind.JUNK: (
        _("Advertising and mass texts"),
        _("Learned from texts refused as advertising or as mass messages."),
    ),
    Kind.TONE: (_("Attacks on people"), _("Learned from texts refused as insults, discrimination or hate.")),
}

STAGES: dict[str, tuple[Sentence, str, Sentence]] = {
    Stage.WAITING: (
        _("Learning"),
        "",
        _("It says nothing before it has seen enough decisions on both sides."),
    ),
    Stage.SHADOW: (_("In shadow"), "info", _("It notes what it would have held, and holds nothing.")),
    Stage.ACTIVE: (
        _("At work"),
        "ok",
        _("Texts of newcomers that it is sure about are read first. It decides nothing."),
    ),
    Stage.OFF: (_("Switched off"), "bad", _("It says nothing until a manager starts it again.")),
}

LANGUAGES: dict[str, Sentence] = {"fr": _("French"), "en": _("English")}
