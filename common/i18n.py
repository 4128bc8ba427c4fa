"""Languages: sentences that are translated when they are read, and the formats of French and English.

A verb has no reader, so it makes a :class:`Sentence` (the English text and its values); ``str()`` of it
speaks the language in force where it is shown: the request's, or the recipient's for a mail.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations, Translations

from common import clock

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"
NAMES = {"fr": "Français", "en": "English"}
FOLDER = Path(__file__).parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_zone: ContextVar[str] = ContextVar("zone", default="Europe/Paris")


def language() -> str:
    """The language in force."""
    return _language.get()


def set_language(code: str) -> None:
    """Put a language in force for this context (a request). Unknown codes fall back to the default."""
    _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)


@contextmanager
def using_language(code: str) -> Iterator[None]:
    """Speak a language for the length of a block, e.g. while a mail is written."""
    token = _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def catalogue(code: str) -> NullTranslations:
    """All translations of a language, one PO file per package merged into one catalogue."""
    merged: Translations | None = None
    for path in sorted((FOLDER / code).glob("*.po")):
        with path.open("rb") as source:
            read = read_po(source, locale=code)
        if code == "fr":
            for message in read:
                message.string = _unbroken(message.string)
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        part = Translations(compiled)
        merged = part if merged is None else merged.merge(part)
    return merged or NullTranslations()


_BREAKABLE = re.compile(r"(?<=«) (?=\S)|(?<=\S) (?=[»;:!?](?:\W|$))|(?<=\d) (?=%)")


def _unbroken(said: str | Sequence[str] | None) -> str | tuple[str, ...]:
    """French sets a space before ``; : ! ? »`` and after ``«`` at which no line may end (design/UX.md §7)."""
    if said is None or isinstance(said, str):
        return _BREAKABLE.sub("\N{NO-BREAK SPACE}", said or "")
    return tuple(_BREAKABLE.sub("\N{NO-BREAK SPACE}", form) for form in said)


def gettext(msgid: str) -> str:
    """Translate an English text into the language in force."""
    return catalogue(_language.get()).gettext(msgid) if msgid else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that depends on a count."""
    return catalogue(_language.get()).ngettext(one, many, count)


_VALUES = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text in English with its values, translated at the moment it is read."""

    msgid: str
    plural: str | None = None
    count: int = 0
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        if self.plural is None:
            text = gettext(self.msgid)
        else:
            text = ngettext(self.msgid, self.plural, self.count)
        return text % {k: str(v) for k, v in self.values.items()} if self.values else text

    def filled(self, values: Mapping[str, Any]) -> Sentence:
        """The same sentence with those of these values that it speaks of."""
        wanted = _VALUES.findall(self.plural or self.msgid)
        return Sentence(
            self.msgid, self.plural, self.count, {key: values[key] for key in wanted if key in values}
        )

    def pattern(self) -> str:
        """The sentence in the language in force with ``{name}`` in the place of its values, for people to edit."""
        text = gettext(self.msgid) if self.plural is None else ngettext(self.msgid, self.plural, 2)
        return _VALUES.sub(r"{\1}", text).replace("%%", "%")

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


def _(msgid: str, **values: Any) -> Sentence:
    """A sentence: ``_("You have %(count)s points.", count=3)``. Translated when read, not when made."""
    return Sentence(msgid, values=values)


def n_(one: str, many: str, count: int, **values: Any) -> Sentence:
    """A sentence with a plural: ``n_("%(count)s answer", "%(count)s answers", 3)``."""
    return Sentence(one, many, count, {"count": number(count), **values})


def local(moment: datetime) -> datetime:
    """A moment on the community's own clock (default Europe/Paris, `domain/README.md`)."""
    return moment.astimezone(ZoneInfo(_zone.get()))


def day_begins(day: date) -> datetime:
    """The moment at which a day begins on the community's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(_zone.get()))


_LOCALES = {"en": Locale("en", "GB"), "fr": Locale("fr", "FR")}


def _locale() -> Locale:
    return _LOCALES[_language.get()]


def day(moment: datetime | None) -> str:
    """« 19 novembre 2026 »."""
    return format_date(local(moment).date(), format="long", locale=_locale()) if moment else ""


def weekday(moment: datetime) -> str:
    """« jeudi 19 novembre », for plans of a week."""
    skeleton = "EEEE d MMMM" if _language.get() == "fr" else "EEEE, d MMMM"
    return format_date(local(moment).date(), format=skeleton, locale=_locale())


def day_of_week(number: int) -> str:
    """« lundi » for 0, in a table of the week."""
    return get_day_names("wide", context="stand-alone", locale=_locale())[number]


def date_in_words(value: date) -> str:
    """A day without a time: « 19 novembre 2026 »."""
    return format_date(value, format="long", locale=_locale())


def short_date(value: date) -> str:
    """« 19 nov. », for the axis of a chart."""
    return format_date(value, format="d MMM", locale=_locale())


def moment(value: datetime | None) -> str:
    """« 19 novembre 2026 à 20:14 », for titles and staff."""
    return (
        format_datetime(local(value), format="d MMMM y, HH:mm", tzinfo=local(value).tzinfo, locale=_locale())
        if value
        else ""
    )


def ago(value: datetime | None) -> str:
    """Relative under 24 hours (« il y a 12 minutes »), a full date afterwards (`design/UX.md §7`)."""
    if value is None:
        return ""
    elapsed = clock.now() - value
    if abs(elapsed.total_seconds()) < 30:
        return gettext("just now")
    if abs(elapsed.total_seconds()) < 24 * 3600:
        return format_timedelta(-elapsed, add_direction=True, locale=_locale(), threshold=0.95)
    return day(value)


def number(value: float | int | None) -> str:
    """« 12 480 » or "12,480". Whole numbers, which stand on every page, are grouped without Babel's machinery."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", _group(_language.get()))
    return format_decimal(value or 0, locale=_locale())


@cache
def _group(code: str) -> str:
    return str(Locale(code).number_symbols["latn"]["group"])


def money(minor: int | None, currency: str = "EUR") -> str:
    """Integer minor units as money: 1250 → « 12,50 € »."""
    return format_currency((minor or 0) / 100, currency, locale=_locale())


def duration(minutes: float | int | None) -> str:
    """A number of minutes as « 1 h 50 », « 38 min », « 3 j »."""
    total = int(minutes or 0)
    if total < 60:
        return f"{total} min"
    if total < 48 * 60:
        return f"{total // 60} h {total % 60:02d}" if total % 60 else f"{total // 60} h"
    return gettext("%(days)s d") % {"days": total // 1440}


FILTERS = {
    "day": day,
    "date": date_in_words,
    "short_date": short_date,
    "weekday": weekday,
    "moment": moment,
    "ago": ago,
    "number": number,
    "money": money,
    "duration": duration,
}
