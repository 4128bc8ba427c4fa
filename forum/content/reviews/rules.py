"""What a review may be, how its lists are written into its text, and what the figures of a product are made of. Pure.

Source: domain/rewards.md §A4.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

RATINGS = (5, 4, 3, 2, 1)
TITLE_MIN, TITLE_MAX = 5, 100
TEXT_MIN, TEXT_MAX = 40, 5_000
POINT_MAX, POINTS_MOST = 120, 6
"""Characters of one good or bad point, and how many of each."""
REPLY_MIN, REPLY_MAX = 20, 2_000
DOUBT_MIN = 30
"""Fewest characters of the reasons for a doubt about authenticity."""
FIRST_YEAR = 1990


class Incentive(StrEnum):
    """What the author was given for it. Everything but ``none`` is labelled wherever the review is shown."""

    NONE = "none"
    FREE_PRODUCT_TRIAL = "free_product_trial"
    DISCOUNT = "discount"
    CONTEST = "contest"
    STAFF = "staff"


class Checked(StrEnum):
    """How it is known that the author had the product: the shop's own proof, a trial of the programme, or not."""

    PURCHASE = "purchase"
    TRIAL = "trial"
    NOT = "not"


class ReviewSort(StrEnum):
    """The order of a list; the first is the default (NF ISO 20488: most recent first)."""

    RECENT = "recent"
    USEFUL = "useful"


def checked_how(incentive: Incentive, bought: bool) -> Checked:
    """A trial is never a verified purchase, whatever else the shop knows of the author (invariant 26)."""
    if incentive is Incentive.FREE_PRODUCT_TRIAL:
        return Checked.TRIAL
    return Checked.PURCHASE if bought and incentive is Incentive.NONE else Checked.NOT


def kept_incentive(before: Incentive, now: Incentive) -> Incentive:
    """A label that was given is never taken off again."""
    return now if before is Incentive.NONE else before


def is_possible_experience(day: date, today: date) -> bool:
    """Whether the product can have been used on this day."""
    return day.year >= FIRST_YEAR and day <= today


# --- good and bad points, as the last lines of the text ---------------------------------------------------------

PLUS, MINUS = "➕", "➖"
_POINT = re.compile(rf"^({PLUS}|{MINUS}) ?(.*)$")


@dataclass(frozen=True, slots=True)
class Words:
    """A review's text with its good and bad points. They are stored as one text, so that what screens, masks, compares
    and keeps versions of texts does so with all of it."""

    text: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()


def points(typed: str) -> tuple[str, ...]:
    """What was typed as a list, one point a line: signs in front of a line and empty lines left out."""
    lines = (" ".join(line.split()).lstrip(f"-*•+{PLUS}{MINUS} ").strip() for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def compose(words: Words) -> str:
    """The text as it is stored."""
    lists = [f"{sign} {one}" for sign, listed in ((PLUS, words.pros), (MINUS, words.cons)) for one in listed]
    return "\n\n".join(part for part in (words.text.strip(), "\n".join(lists)) if part)


def parts_of(body: str) -> Words:
    """The same, taken apart: the lines at the end that are points."""
    lines, found = body.rstrip().splitlines(), []
    while lines and (match := _POINT.match(lines[-1])):
        found.append((match[1], match[2].strip()))
        lines.pop()
    found.reverse()
    listed = {sign: tuple(text for mark, text in found if mark == sign) for sign in (PLUS, MINUS)}
    return Words("\n".join(lines).strip(), listed[PLUS], listed[MINUS])


def html_of_text(body: str, html: str) -> str:
    """The rendered text without its points, which are its last paragraph."""
    words = parts_of(body)
    if not (words.pros or words.cons):
        return html
    at = max(html.rfind(f"<p>{PLUS}"), html.rfind(f"<p>{MINUS}"))
    return html[:at] if at >= 0 else html


# --- figures ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """How many published reviews gave each rating: without any incentive, and all of them."""

    unpaid: Mapping[int, int]
    all: Mapping[int, int]

    @property
    def count(self) -> int:
        """Reviews behind the average that is shown."""
        return sum(self.unpaid.values())

    @property
    def count_all(self) -> int:
        """All reviews."""
        return sum(self.all.values())

    @property
    def average(self) -> float | None:
        """The average that is shown: reviews given for something are not in it."""
        return mean(self.unpaid)

    @property
    def average_all(self) -> float | None:
        """The second figure, with all of them."""
        return mean(self.all)

    @property
    def mixed(self) -> bool:
        """Whether the two figures rest on different reviews."""
        return self.count != self.count_all


def figures(rows: Iterable[tuple[int, str, int]]) -> Figures:
    """From rows of (rating, incentive, how many)."""
    unpaid, every = dict.fromkeys(RATINGS, 0), dict.fromkeys(RATINGS, 0)
    for rating, incentive, count in rows:
        every[rating] += count
        if incentive == Incentive.NONE:
            unpaid[rating] += count
    return Figures(unpaid, every)


def mean(counts: Mapping[int, int]) -> float | None:
    """The average rating, to a tenth; None without any."""
    total = sum(counts.values())
    return round(sum(rating * count for rating, count in counts.items()) / total + 1e-9, 1) if total else None
