"""What the address of a list asks for; what it does not understand is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.lists import LARGEST
from moderation.figures.rules import PERIODS, Narrow
from moderation.review.wording import SIGNALS


def days_of(args: Mapping[str, str]) -> int:
    """The days of the page."""
    asked = args.get("days", "")
    return int(asked) if asked in {str(one) for one in PERIODS} else PERIODS[1]


def narrow_of(args: Mapping[str, str]) -> Narrow:
    """The part of a list."""
    hour, reason = _number(args, "hour"), args.get("reason", "")
    return Narrow(
        days_of(args), _number(args, "class"), _number(args, "who"), reason if reason in SIGNALS else "",
        hour if hour is not None and hour < 24 else None, _day(args, "day"), _day(args, "week"),
    )  # fmt: skip


def _number(args: Mapping[str, str], name: str) -> int | None:
    asked = args.get(name, "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 11 and int(asked) <= LARGEST
    return int(asked) if known else None


def _day(args: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(args.get(name, ""))
    except ValueError:
        return None


def address_of(asked: Narrow) -> dict[str, Any]:
    """The same as parts of an address."""
    return {
        "days": asked.days, "class": asked.klass, "who": asked.who, "reason": asked.reason or None, "hour": asked.hour,
        "day": asked.day and asked.day.isoformat(), "week": asked.week and asked.week.isoformat(),
    }  # fmt: skip
