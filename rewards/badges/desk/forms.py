"""What the desk's forms of badges send, read into what the verbs take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from common.errors import Invalid
from common.i18n import Sentence, _, day_begins
from rewards.badges.campaigns import Draft
from rewards.badges.rules import CAMPAIGNS, COUNTING, BadgeKey, Criterion

FIELDS = ("badge_key", "name_fr", "name_en", "about_fr", "about_en", "criterion", "wanted", "starts", "ends")
NAME_MAX, ABOUT_MAX = 60, 300
LONGEST = timedelta(days=5 * 366)


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "")[:400] for name in FIELDS}


def draft(form: Mapping[str, str]) -> Draft:
    """A campaign. Both days are whole days on the community's clock. Raises Invalid."""
    faults: dict[str, Sentence | str] = {}
    key = form.get("badge_key", "")
    if key not in CAMPAIGNS:
        faults["badge_key"] = _("Choose one of the list.")
    criterion = form.get("criterion", "")
    if criterion not in list(Criterion):
        faults["criterion"] = _("Choose one of the list.")
    words = {}
    for name, most in (("name", NAME_MAX), ("about", ABOUT_MAX)):
        for language in ("fr", "en"):
            field = f"{name}_{language}"
            words[field] = " ".join(form.get(field, "").split())
            if len(words[field]) > most:
                faults[field] = _("Please keep to %(high)s characters.", high=most)
            elif name == "name" and len(words[field]) < 2:
                faults[field] = _("Give it a name in both languages.")
    wanted = number(form.get("wanted", ""), 1, 1000) if criterion in COUNTING else 1
    if wanted is None:
        faults["wanted"] = _("Give a number from 1 to 1,000.")
    starts, ends = window(form.get("starts", ""), form.get("ends", ""), faults)
    if faults:
        raise Invalid(fields=faults)
    assert starts and ends and wanted
    return Draft(
        BadgeKey(key), words["name_fr"], words["name_en"], words["about_fr"], words["about_en"], Criterion(criterion),
        wanted, starts, ends,
    )  # fmt: skip


def window(
    first: str, last: str, faults: dict[str, Sentence | str]
) -> tuple[datetime | None, datetime | None]:
    """Two days as moments: the beginning of the first, the end of the last. What is wrong is noted."""
    begins, ends = _day(first), _day(last)
    for name, value in (("starts", begins), ("ends", ends)):
        if value is None:
            faults[name] = _("Give a day, such as 2026-09-01.")
    if begins is None or ends is None:
        return None, None
    if ends < begins:
        faults["ends"] = _("The last day comes after the first.")
    elif ends - begins > LONGEST:
        faults["ends"] = _("At most five years.")
    return day_begins(begins), day_begins(ends + timedelta(days=1))


def number(value: str, low: int, high: int) -> int | None:
    """A whole number within bounds, or None."""
    kept = value.strip()
    if not (kept.isascii() and kept.isdigit()) or len(kept) > 9:
        return None
    return int(kept) if low <= int(kept) <= high else None


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
