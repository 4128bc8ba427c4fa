"""A formula in the reader's words: each line with its value now, what is asked and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor

from common.i18n import Sentence, _, number
from rewards.ranks.explaining.rules import SHARES, Explained, Line, metrics_of
from rewards.ranks.rules import Operand

WORDS: dict[str, Sentence] = {
    "rep_total": _("Reputation points"),
    "rep_365d": _("Reputation points in twelve months"),
    "age_days": _("Days since you joined"),
    "active_days_60d": _("Active days in the last 60"),
    "posts_published": _("Messages published"),
    "answers_published": _("Answers published"),
    "answers_accepted": _("Solutions"),
    "acceptance_ratio": _("Share of your answers that became solutions"),
    "useful_votes_received": _("Thumbs-up received"),
    "flags_reviewed": _("Reports reviewed"),
    "flag_accuracy": _("Reports that were right"),
    "strikes_active": _("Warnings in force"),
    "email_verified": _("E-mail address confirmed"),
    "charter_signed": _("Charter signed"),
    "nominated": _("Invitation by the team"),
    "topics_with_expertise": _("Topics of expertise"),
    "months_at_r5": _("Months at the rank before"),
}
_YES = frozenset({"email_verified", "charter_signed", "nominated"})
_BOUNDS: dict[str, Sentence] = {
    ">": _("more than %(value)s"), "<=": _("at most %(value)s"),
    "<": _("less than %(value)s"), "==": _("exactly %(value)s"), "!=": _("anything but %(value)s"),
}  # fmt: skip
_SIGNS = {"+": "+", "-": "\N{MINUS SIGN}", "*": "\N{MULTIPLICATION SIGN}", "/": "\N{DIVISION SIGN}"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, or with ``parts`` several of which all or one is needed, as a member reads it."""

    words: Sentence | str
    met: bool
    value: str = ""
    wanted: Sentence | str = ""
    missing: Sentence | str = ""
    share: int = 0
    parts: tuple[Shown, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether there is a value to show; what is only yes or no has none."""
        return bool(self.value)


def in_words(one: Explained) -> Shown:
    """A line or a group in words."""
    share = 100 if one.met else int(99 * one.share)
    if not isinstance(one, Line):
        words = _("All of the following") if one.together else _("One of these ways")
        closed = _("Open to nobody at present") if not one.parts else words
        return Shown(closed, one.met, share=share, parts=tuple(in_words(part) for part in one.parts))
    plain = _plain(one)
    if plain:
        return Shown(plain, one.met, share=share)
    return Shown(
        words=spoken(one.subject), met=one.met, value=_value(one), wanted=_wanted(one), missing=_missing(one), share=share,
    )  # fmt: skip


def criterion(one: Explained) -> str:
    """A condition without anybody's values, for the table of ranks."""
    if isinstance(one, Line):
        what = str(_plain(one) or spoken(one.subject))
        return what if _plain(one) else str(_("%(what)s: %(value)s", what=what, value=_bound(one)))
    joined = str(_(" and ") if one.together else _(", or "))
    return joined.join(criterion(part) for part in one.parts) or str(_("Open to nobody at present"))


def spoken(operand: Operand, inner: bool = False) -> str:
    """One side of a comparison: « Solutions + answers published »."""
    if operand.number is not None:
        return _shown(operand.number)
    if operand.metric is not None:
        words = str(WORDS[operand.metric])
        return words[:1].lower() + words[1:] if inner else words
    left, right = operand.parts
    sign = operand.operation or "+"
    first = spoken(left, inner)
    second = spoken(right, True)
    if left.operation and sign in "*/" and left.operation in "+-":
        first = f"({first})"
    if right.operation and (sign in "*/" or (sign == "-" and right.operation in "+-")):
        second = f"({second})"
    return f"{first} {_SIGNS[sign]} {second}"


def _plain(one: Line) -> Sentence | str | None:
    """What is only yes or no, when that is what is asked."""
    if one.metric is None or one.wanted is None or metrics_of(one.against):
        return None
    if one.metric == "strikes_active" and (one.comparison, one.wanted) in (("==", 0), ("<=", 0), ("<", 1)):
        return _("No warning in force")
    if one.metric in _YES:
        if (one.comparison, one.wanted) in ((">=", 1), (">", 0), ("!=", 0), (">=", 2), ("==", 1), ("==", 2)):
            return WORDS[one.metric]
        if (one.comparison, one.wanted) in (("<", 1), ("<=", 0), ("==", 0)):
            return _("not: %(what)s", what=spoken(Operand(metric=one.metric), True))
    return None


def _bound(one: Line) -> str:
    shares = one.metric in SHARES
    value = _shown(one.wanted, shares) if one.wanted is not None else "–"
    if metrics_of(one.against):
        value = spoken(one.against, True)
    if one.comparison == ">=":
        return value
    return str(_BOUNDS[one.comparison].filled({"value": value}))


def _value(one: Line) -> str:
    if one.value is None:
        return "–"
    return _shown(
        one.value, one.metric in SHARES, ceil if one.comparison in ("<", "<=") else floor, one.metric
    )


def _wanted(one: Line) -> Sentence:
    value = _shown(one.wanted, one.metric in SHARES) if one.wanted is not None else "–"
    if metrics_of(one.against):
        value = f"{value} ({spoken(one.against, True)})"
    return (
        _("of %(wanted)s", wanted=value)
        if one.comparison == ">="
        else _BOUNDS[one.comparison].filled({"value": value})
    )


def _missing(one: Line) -> Sentence | str:
    if one.met:
        return ""
    if one.value is None or one.wanted is None:
        return _("cannot be counted yet")
    if not one.missing or one.enough is None:
        return ""
    amount = _shown(one.missing, one.metric in SHARES, ceil, one.metric)
    if one.enough > one.value:
        return _("%(amount)s more needed", amount=amount)
    return _("%(amount)s too many", amount=amount)


def _shown(
    value: float, share: bool = False, rounded: Callable[[float], int] = floor, metric: str | None = None
) -> str:
    """A share in percent, a figure of its own in whole (half a day is none yet), anything else with two decimals."""
    if not abs(value) < 1e13:
        return "∞"
    scaled = round(value * 100, 6)
    if share:
        return f"{number(rounded(scaled))}\N{NO-BREAK SPACE}%"
    if metric is not None or float(value).is_integer():
        return number(rounded(value))
    return number(rounded(scaled) / 100)
