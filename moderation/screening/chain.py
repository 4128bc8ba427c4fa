"""What is looked at in a text before it is stored, as a chain of named reasons. Pure.

Order: personal data (masked), watched words, links, names, pace, copies, what the house has learned, addresses and
accusations, then the category's policy. A filter masks, holds, or gives the text back unsent (a blocked word); none
deletes or bans. What only the database knows comes in as :class:`Known`. Source: domain/moderation.md §B1, §B5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from moderation.screening import people, personal_data
from moderation.screening.editing import is_light
from moderation.screening.links import SHORTENERS, belongs, hosts, links, places
from moderation.screening.policy_rules import PolicyNumbers, Publication, policy_verdict
from moderation.screening.words import View, WatchedRule, WordAction, changed

__all__ = ["SHORTENERS", "Author", "Known", "Lists", "Result", "ScreenNumbers", "Text", "screen", "triggers"]


@dataclass(frozen=True)
class ScreenNumbers:
    """Defaults of §B5. A rank that is not named may post any number of links."""

    links_by_rank: tuple[int, ...] = (2, 5)
    typing_seconds: float = 3.0
    light_edit_share: float = 0.20
    host_times: int = 3
    copy_authors: int = 3
    newcomer_mentions: int = 2
    capitals_share: float = 0.70
    capitals_letters: int = 40


@dataclass(frozen=True)
class Author:
    """What is known of who writes. ``mail_doubt`` names what is unusual about the address, if anything."""

    rank: int = 0
    is_staff: bool = False
    has_published: bool = False
    under_watch: bool = False
    language: str = "fr"
    mail_doubt: str = ""


@dataclass(frozen=True)
class Known:
    """What the community's own texts say about this one.

    ``new_hosts``: nobody has linked to them before; ``busy_hosts``: newcomers have, so often that one more is too many;
    ``copies``: other people who sent the same text within a day; ``learned``: what the house's own model takes it for.
    """

    new_hosts: frozenset[str] = frozenset()
    busy_hosts: frozenset[str] = frozenset()
    copies: int = 0
    incident_open: bool = False
    repeated: bool = False
    named: int = 0
    learned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """What is about to be stored, and what stood there before when it is an edit; ``note``: why it is edited, which everybody
    reads; ``moved``: it comes into a category where nobody has read it."""

    body: str
    title: str | None = None
    previous_body: str | None = None
    previous_title: str | None = None
    composed_seconds: float | None = None
    note: str = ""
    moved: bool = False

    @property
    def is_edit(self) -> bool:
        """A new version of something stored."""
        return self.previous_body is not None

    @property
    def now(self) -> str:
        """Title and text together, and the note."""
        return _all_of(self.title, self.body, self.note)

    @property
    def before(self) -> str:
        """The same of the text it is compared with; empty for a new text."""
        return _all_of(self.previous_title, self.previous_body)


@dataclass(frozen=True)
class Lists:
    """What the brand has configured."""

    watched: tuple[WatchedRule, ...] = ()
    shorteners: frozenset[str] = frozenset()
    own_domains: tuple[str, ...] = ()
    order_patterns: tuple[str, ...] = ()
    known_hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The text to store, why it is held (nothing: it is not), what was masked, and what a moderator should know.

    ``blocked``: the word for which it is given back unsent. ``tags``: topics that a question gets. ``hints``: what its
    author may want to change.
    """

    title: str | None
    body: str
    reasons: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    sample_share: float = 0.0
    queue: bool = False
    blocked: str = ""
    tags: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    note: str = ""


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
    tags: list[str] = field(default_factory=list)
    blocked: str = ""

    def hold(self, reason: str, signal: str | None = None) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        if signal:
            self.note(signal)

    def note(self, signal: str) -> None:
        if signal not in self.signals:
            self.signals.append(signal)


def screen(
    text: Text,
    author: Author,
    policy: str,
    lists: Lists,
    numbers: ScreenNumbers,
    policy_numbers: PolicyNumbers,
    known: Known = Known(),
) -> Result:
    """Look at a text before it is stored. Personal data is masked whoever writes; holds do not concern staff."""
    title, masked_title = (None, ()) if text.title is None else _cleaned(text.title, author, lists, True)
    body, masked_body = _cleaned(text.body, author, lists)
    note, masked_note = _cleaned(text.note, author, lists, True)
    masked = tuple(dict.fromkeys((*masked_title, *masked_body, *masked_note)))
    if author.is_staff:
        return Result(title, body, masked=masked, note=note)
    notes = _Notes()
    _look_at_words(text, lists, notes)
    _look_at_links(text, author, lists, numbers, known, notes)
    _look_at_pace(text, author, numbers, notes)
    if not text.is_edit or text.now != text.before:
        _look_at_company(author, numbers, known, notes)
    _look_at_people(text, notes)
    verdict = policy_verdict(
        policy, author.rank, author.is_staff, author.under_watch, author.has_published, policy_numbers
    )
    untouched = _is_untouched(text, lists, numbers, masked)
    if verdict.publication == Publication.HOLD and not untouched:
        notes.hold(verdict.reason)
    return Result(
        title, body, tuple(notes.reasons), masked, tuple(notes.signals),
        sample_share=0.0 if text.is_edit and untouched else verdict.sample_share,
        queue="flagged_word" in notes.signals, blocked=notes.blocked, tags=tuple(notes.tags),
        hints=("capitals",) if _shouts(body, numbers) else (), note=note,
    )  # fmt: skip


def triggers(body: str, lists: Lists) -> list[Trigger]:
    """The parts of a text that the filters notice, for highlighting; in order, without overlaps."""
    found = [
        Trigger("personal_data", f.start, f.end)
        for f in personal_data.find(body, lists.order_patterns, lists.own_domains)
    ]
    view = View(body)
    for rule in lists.watched:
        found += [Trigger("watched_word", *span) for span in view.spans(rule)]
    found += [
        Trigger("link", start, end)
        for host, start, end in places(body)
        if not belongs(host, lists.own_domains)
    ]
    kept: list[Trigger] = []
    for item in sorted(found, key=lambda t: (t.start, -t.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def new_hosts(text: Text, lists: Lists) -> list[str]:
    """The host of each link that was not there before, the brand's own left out; the same host twice counts twice."""
    known = (
        {address for _host, address in links(text.before)} | set(hosts(text.before))
        if text.is_edit
        else set()
    )
    return [
        host
        for host, address in links(text.now)
        if address not in known and not belongs(host, lists.own_domains)
    ]


def of_words(rules: tuple[WatchedRule, ...], text: str) -> tuple[str, ...]:
    """What watched words tell a moderator of a stored text: ``danger``, ``flagged_word``, ``route:…``, ``priority:…``."""
    notes, view = _Notes(), View(text)
    for rule in rules:
        if view.may_hold(rule) and view.holds(rule):
            _obey(rule, notes)
    return tuple(notes.signals)


def of_profile(text: str, rank: int, lists: Lists, numbers: ScreenNumbers) -> tuple[str, ...]:
    """Why somebody should look at what a profile says of itself, in named reasons: a watched word, a link elsewhere. Only
    those are asked whose links count in a text as well; nothing is held or given back (domain/moderation.md §B5)."""
    if rank >= len(numbers.links_by_rank):
        return ()
    notes, view = _Notes(), View(text)
    for rule in lists.watched:
        if rule.action in _LOOKED_AT and view.may_hold(rule) and view.holds(rule):
            notes.note("watched_word")
            notes.signals += ["danger"] * (rule.action == WordAction.URGENT)
    found = new_hosts(Text(text), lists)
    if any(host in lists.shorteners for host in found):
        notes.note("short_link")
    if any(not belongs(host, (*lists.known_hosts, *lists.shorteners)) for host in found):
        notes.note("links")
    return tuple(dict.fromkeys(notes.signals))


_LOOKED_AT = frozenset(
    {WordAction.HOLD, WordAction.URGENT, WordAction.FLAG, WordAction.ROUTE, WordAction.BLOCK}
)


def _cleaned(text: str, author: Author, lists: Lists, title: bool = False) -> tuple[str, tuple[str, ...]]:
    clean, found = personal_data.without(text, author.language, lists.order_patterns, lists.own_domains)
    kinds = [kind.value for kind in found]
    rules = [rule for rule in lists.watched if not (title and rule.action == WordAction.LINK)]
    clean, touched = changed(clean, rules)
    if touched:
        clean, more = personal_data.without(clean, author.language, lists.order_patterns, lists.own_domains)
        kinds += ["word", *(kind.value for kind in more)]
    return clean, tuple(dict.fromkeys(kinds))


def _look_at_words(text: Text, lists: Lists, notes: _Notes) -> None:
    now = View(text.now)
    hit = [rule for rule in lists.watched if now.may_hold(rule) and now.holds(rule)]
    before = View(text.before) if hit and text.is_edit else None
    for rule in hit:
        if before is None or not before.holds(rule):
            _obey(rule, notes)


def _obey(rule: WatchedRule, notes: _Notes) -> None:
    match rule.action:
        case WordAction.HOLD:
            notes.hold("watched_word")
        case WordAction.URGENT:
            notes.hold("watched_word", "danger")
        case WordAction.FLAG:
            notes.note("flagged_word")
        case WordAction.ROUTE:
            notes.note("flagged_word")
            notes.note(f"route:{rule.value}")
        case WordAction.PRIORITY:
            notes.note(f"priority:{rule.value}")
        case WordAction.TAG:
            notes.tags += [rule.value] * (rule.value not in notes.tags)
        case WordAction.BLOCK:
            notes.blocked = notes.blocked or rule.pattern


def _look_at_links(
    text: Text, author: Author, lists: Lists, numbers: ScreenNumbers, known: Known, notes: _Notes
) -> None:
    if author.rank >= len(numbers.links_by_rank):
        return
    found = new_hosts(text, lists)
    if len(found) > numbers.links_by_rank[author.rank]:
        notes.hold("links")
    if any(host in lists.shorteners for host in found):
        notes.hold("short_link")
    foreign = {host for host in found if not belongs(host, lists.known_hosts)}
    if author.rank == 0 and foreign & known.new_hosts:
        notes.hold("new_domain")
    if foreign & known.busy_hosts:
        notes.hold("busy_domain")


def _look_at_pace(text: Text, author: Author, numbers: ScreenNumbers, notes: _Notes) -> None:
    fast = text.composed_seconds is not None and text.composed_seconds < numbers.typing_seconds
    if fast and not author.has_published and not text.is_edit:
        notes.hold("typed_fast")


def _look_at_company(author: Author, numbers: ScreenNumbers, known: Known, notes: _Notes) -> None:
    """Whom it calls, who sent the same, who sends it, and what the house has learned of such texts."""
    if author.rank == 0 and known.named > numbers.newcomer_mentions:
        notes.hold("mentions")
    if known.copies + 1 >= numbers.copy_authors and not known.incident_open:
        notes.hold("copied_text")
    if known.repeated and author.rank == 0:
        notes.hold("repeated_text")
    if author.mail_doubt and author.rank <= 1:
        notes.hold(author.mail_doubt)
    if author.rank <= 1:
        for kind in known.learned:
            notes.hold(f"learned_{kind}")


def _look_at_people(text: Text, notes: _Notes) -> None:
    for reason, test in (("postal_address", people.has_address), ("accusation", people.accuses_somebody)):
        if test(text.now) and not (text.is_edit and test(text.before)):
            notes.hold(reason)


def _is_untouched(text: Text, lists: Lists, numbers: ScreenNumbers, masked: tuple[str, ...]) -> bool:
    """Whether an edit is so small, in its text and in its title, that the policy does not look again."""
    if not text.is_edit or text.moved or masked or new_hosts(text, lists):
        return False
    texts = ((text.previous_body, text.body), (text.previous_title, text.title))
    return all(is_light(old or "", new or "", numbers.light_edit_share) for old, new in texts)


def _shouts(body: str, numbers: ScreenNumbers) -> bool:
    letters = [c for c in body if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return len(letters) > numbers.capitals_letters and capitals > numbers.capitals_share * len(letters)


def _all_of(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)
