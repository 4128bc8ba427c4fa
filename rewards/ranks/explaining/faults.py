"""What cannot be read in a formula, in the reader's language."""

from __future__ import annotations

from common.i18n import Sentence, _
from rewards.ranks.rules import BadFormula


def _faults(word: str) -> dict[str, Sentence]:
    return {
        "this formula is too large": _("this formula is too large"),
        "each part is an object with exactly one name": _("each part is an object with exactly one name"),
        "names are texts": _("names are texts"),
        "“%(word)s” takes a list": _("“%(word)s” takes a list", word=word),
        "“%(word)s” is not known": _("“%(word)s” is not known", word=word),
        "“%(word)s” takes two values": _("“%(word)s” takes two values", word=word),
        "write 1 or 0 for yes or no": _("write 1 or 0 for yes or no"),
        "this number is out of range": _("this number is out of range"),
        "“%(word)s” is no metric": _("“%(word)s” is no metric", word=word),
        "“%(word)s” is no rank": _("“%(word)s” is no rank", word=word),
        "“%(word)s” is not understood": _("“%(word)s” is not understood", word=word),
        "“%(word)s” is not expected here": _("“%(word)s” is not expected here", word=word),
        "a comparison such as >= is missing": _("a comparison such as >= is missing"),
        "a bracket is not closed": _("a bracket is not closed"),
        "a value is missing": _("a value is missing"),
    }


def fault_words(error: BadFormula) -> Sentence:
    """The fault, and the line it stands in."""
    fault = _faults(error.word)[error.fault]
    return _("line %(line)s: %(fault)s", line=error.line, fault=fault) if error.line else fault
