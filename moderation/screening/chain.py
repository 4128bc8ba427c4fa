"""What is looked at in a text before it is stored, as a chain of named reasons. Pure.

Order: personal data (masked), watched words, links, pace, postal addresses, then the category's policy. A filter
holds or masks; none deletes or bans. Source: domain/moderation.md §B1, §B5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from moderation.review.rules import PolicyNumbers, Publication, policy_verdict
from moderation.screening import personal_data
from moderation.screening.folded import folded, plain, unleet


class WordAction(StrEnum):
    """What a watched word does."""

    HOLD = "hold"
    URGENT = "urgent"
    FLAG = "flag"
    MASK = "mask"


@dataclass(frozen=True)
class WatchedRule:
    """A word or phrase; ``*`` stands for any letters. Whole words unless said otherwise."""

    pattern: str
    action: WordAction = WordAction.HOLD
    whole_word: bool = True


@dataclass(frozen=True)
class ScreenNumbers:
    """Defaults of §B5. A rank that is not named may post any number of links."""

    links_by_rank: tuple[int, ...] = (2, 5)
    typing_seconds: float = 3.0
    light_edit_share: float = 0.20


@dataclass(frozen=True)
class Author:
    """What is known of who writes."""

    rank: int = 0
    is_staff: bool = False
    has_published: bool = False
    under_watch: bool = False
    language: str = "fr"


@dataclass(frozen=True)
class Text:
    """What is about to be stored, and what stood there before when it is an edit."""

    body: str
    title: str | None = None
    previous_body: str | None = None
    previous_title: str | None = None
    composed_seconds: float | None = None

    @property
    def is_edit(self) -> bool:
        """A new version of something stored."""
        return self.previous_body is not None


@dataclass(frozen=True)
class Lists:
    """What the brand has configured."""

    watched: tuple[WatchedRule, ...] = ()
    shorteners: frozenset[str] = frozenset()
    own_domains: tuple[str, ...] = ()
    order_patterns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The text to store, why it is held (nothing: it is not), what was masked, and what a moderator should know."""

    title: str | None
    body: str
    reasons: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    sample_share: float = 0.0
    queue: bool = False


@dataclass(frozen=True)
class Trigger:
    """A part of a text that a filter noticed: what it was, for the moderator's eye."""

    kind: str
    start: int
    end: int


@dataclass
class _Notes:
    reasons: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)

    def hold(self, reason: str, signal: str | None = None) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        if signal and signal not in self.signals:
            self.signals.append(signal)


SHORTENERS = frozenset(
    [
        "bit.ly",
        "tinyurl.com",
        "t.co",
        "goo.gl",
        "ow.ly",
        "is.gd",
        "buff.ly",
        "rebrand.ly",
        "cutt.ly",
        "shorturl.at",
        "rb.gy",
        "t.ly",
        "tiny.cc",
        "lc.chat",
        "urlz.fr",
        "lstu.fr",
        "frama.link",
        "v.gd",
        "s.id",
        "soo.gd",
        "bl.ink",
        "shorte.st",
        "adf.ly",
    ]
)
_LINK = re.compile(r"(?:https?://|www\.)([\w.-]+(?::\d{2,5})?)[^\s<>()\]\"']*", re.I)
_BARE_HOST = re.compile(
    r"(?<![\w@./-])((?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,3}(?:com|fr|net|org|eu|io|shop|store|info|biz|online|example|top|xyz|"
    r"club|site|be|ch|de|uk|ly|me))(?![\w-])(?!\.\w)",
    re.I,
)
_STREET = re.compile(
    r"\b\d{1,4}\s?(?:bis|ter)?,?\s(?:rue|avenue|av\.|boulevard|bd|chemin|impasse|all[ée]e|place|route|quai|cours|"
    r"square|street|road|lane)\s[^\n]{2,60}?\b\d{5}\b",
    re.I,
)


def screen(
    text: Text,
    author: Author,
    policy: str,
    lists: Lists,
    numbers: ScreenNumbers,
    policy_numbers: PolicyNumbers,
) -> Result:
    """Look at a text before it is stored. Personal data is masked whoever writes; holds do not concern staff."""
    title, masked_title = (None, ()) if text.title is None else _masked(text.title, author, lists)
    body, masked_body = _masked(text.body, author, lists)
    masked = tuple(dict.fromkeys((*masked_title, *masked_body)))
    if author.is_staff:
        return Result(title, body, masked=masked)
    notes = _Notes()
    _look_at_words(text, lists, notes)
    _look_at_links(text, author, lists, numbers, notes)
    _look_at_pace(text, author, numbers, notes)
    if _STREET.search(folded(_new_part(text)).text):
        notes.hold("postal_address")
    verdict = policy_verdict(
        policy, author.rank, author.is_staff, author.under_watch, author.has_published, policy_numbers
    )
    untouched = text.is_edit and _is_light(text, numbers) and not _new_links(text, lists) and not masked
    if verdict.publication == Publication.HOLD and not untouched:
        notes.hold(verdict.reason)
    return Result(
        title, body, tuple(notes.reasons), masked, tuple(notes.signals),
        sample_share=0.0 if text.is_edit and untouched else verdict.sample_share,
        queue="flagged_word" in notes.signals,
    )  # fmt: skip


def triggers(body: str, lists: Lists) -> list[Trigger]:
    """The parts of a text that the filters notice, for highlighting; in order, without overlaps."""
    found = [
        Trigger("personal_data", f.start, f.end)
        for f in personal_data.find(body, lists.order_patterns, lists.own_domains)
    ]
    view = plain(body)
    loose = unleet(view)
    for rule in lists.watched:
        pattern = word_pattern(rule.pattern, rule.whole_word)
        for seen in (view, loose):
            found += [Trigger("watched_word", *span) for _, span in seen.find(pattern)]
    for pattern in (_LINK, _BARE_HOST):
        for match, span in folded(body).find(pattern):
            if not _is_own(match.group(1), lists):
                found.append(Trigger("link", span[0], span[0] + len(body[slice(*span)].rstrip(".,;:!?…»"))))
    kept: list[Trigger] = []
    for item in sorted(found, key=lambda t: (t.start, -t.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def hosts(text: str) -> list[str]:
    """Hosts that a text links to or names, each once, in order."""
    view = folded(text)
    seen = [match.group(1) for match, _ in view.find(_LINK)] + [
        match.group(1) for match, _ in view.find(_BARE_HOST)
    ]
    return list(
        dict.fromkeys(host.lower().partition(":")[0].removeprefix("www.").rstrip(".-") for host in seen)
    )


@lru_cache(maxsize=4096)
def word_pattern(written: str, whole_word: bool = True) -> re.Pattern[str]:
    """A watched word as a pattern over plain text: blanks stand for any run of blanks, ``*`` for letters."""
    words = plain(written.strip()).text
    parts = [r"\w{0,30}" if part == "*" else re.escape(part) for part in re.split(r"(\*)", words) if part]
    pattern = re.sub(r"(?:\\?\s)+", r"[\\s_.-]{1,3}", "".join(parts))
    return re.compile(rf"(?<!\w){pattern}(?!\w)" if whole_word else pattern)


def matches(rule: WatchedRule, text: str) -> bool:
    """Whether a watched word is in a text, leet spellings included."""
    pattern = word_pattern(rule.pattern, rule.whole_word)
    view = plain(text)
    return bool(pattern.search(view.text) or pattern.search(unleet(view).text))


def failed_sentences(
    rule: WatchedRule, must: Iterable[str], must_not: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Test sentences that a rule gets wrong: (missed although it should match, matched although it should not)."""
    return [s for s in must if not matches(rule, s)], [s for s in must_not if matches(rule, s)]


def _masked(text: str, author: Author, lists: Lists) -> tuple[str, tuple[str, ...]]:
    masked, found = personal_data.without(text, author.language, lists.order_patterns, lists.own_domains)
    kinds = [kind.value for kind in found]
    for rule in lists.watched:
        if rule.action == WordAction.MASK:
            masked, hit = _starred(masked, rule)
            kinds += ["word"] * hit
    return masked, tuple(dict.fromkeys(kinds))


def _starred(text: str, rule: WatchedRule) -> tuple[str, bool]:
    view = plain(text)
    spans = [span for _, span in view.find(word_pattern(rule.pattern, rule.whole_word))]
    for start, end in reversed(spans):
        text = text[:start] + "•" * min(end - start, 12) + text[end:]
    return text, bool(spans)


def _look_at_words(text: Text, lists: Lists, notes: _Notes) -> None:
    now, before = _all_of(text.title, text.body), _all_of(text.previous_title, text.previous_body)
    for rule in lists.watched:
        if rule.action == WordAction.MASK or not matches(rule, now):
            continue
        if text.is_edit and matches(rule, before):
            continue
        if rule.action == WordAction.FLAG:
            notes.signals.append("flagged_word")
        else:
            notes.hold("watched_word", "danger" if rule.action == WordAction.URGENT else None)


def _look_at_links(text: Text, author: Author, lists: Lists, numbers: ScreenNumbers, notes: _Notes) -> None:
    linked = _new_links(text, lists)
    if author.rank < len(numbers.links_by_rank) and len(linked) > numbers.links_by_rank[author.rank]:
        notes.hold("links")
    if author.rank < len(numbers.links_by_rank) and any(host in lists.shorteners for host in linked):
        notes.hold("short_link")


def _look_at_pace(text: Text, author: Author, numbers: ScreenNumbers, notes: _Notes) -> None:
    fast = text.composed_seconds is not None and text.composed_seconds < numbers.typing_seconds
    if fast and not author.has_published and not text.is_edit:
        notes.hold("typed_fast")


def _new_links(text: Text, lists: Lists) -> list[str]:
    """Hosts linked to now and not before; the same host twice counts twice in a new text."""
    view = folded(_all_of(text.title, text.body))
    found = [match.group(1).lower().partition(":")[0].removeprefix("www.") for match, _ in view.find(_LINK)]
    found += [host for host in hosts(view.text) if host not in found]
    known = set(hosts(_all_of(text.previous_title, text.previous_body))) if text.is_edit else set()
    return [host for host in found if host not in known and not _is_own(host, lists)]


def _is_own(host: str, lists: Lists) -> bool:
    host = host.lower().partition(":")[0].removeprefix("www.")
    return any(host == own or host.endswith(f".{own}") for own in lists.own_domains)


def _is_light(text: Text, numbers: ScreenNumbers) -> bool:
    before, after = text.previous_body or "", text.body
    if before == after:
        return True
    matcher = SequenceMatcher(None, before.split(), after.split(), autojunk=False)
    wanted = 1 - numbers.light_edit_share
    return matcher.real_quick_ratio() >= wanted and matcher.ratio() >= wanted


def _new_part(text: Text) -> str:
    now = _all_of(text.title, text.body)
    return "" if text.is_edit and _STREET.search(_all_of(text.previous_title, text.previous_body)) else now


def _all_of(title: str | None, body: str | None) -> str:
    return "\n".join(part for part in (title, body) if part)


def watched(rows: Sequence[tuple[str, str, bool]]) -> tuple[WatchedRule, ...]:
    """Rows of (pattern, action, whole word) as rules."""
    return tuple(WatchedRule(pattern, WordAction(action), whole) for pattern, action, whole in rows)
