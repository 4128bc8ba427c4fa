"""What members can be told about. Upper packages register their kinds; sentences are made when read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.notifications.rules import EVENT_KEYS, EVENTS, Event, Mail
from common.i18n import Sentence, _

SentenceOf = Callable[[dict[str, Any]], Sentence | str]
PlaceOf = Callable[[dict[str, Any]], tuple[str, dict[str, Any]] | str]
HoldsOf = Callable[[int, dict[str, Any]], bool]
CountedOf = Callable[[int], Sentence]
LinksOf = Callable[[Any, dict[str, Any]], list[tuple[Sentence | str, str]]]


@dataclass(frozen=True)
class Kind:
    """One kind of news.

    ``sentence(params)`` is what the member reads; ``params`` holds what :func:`telling.tell` was given plus
    ``question_id``, ``post_id``, ``title`` (of the thread, or of the post's), ``actor`` (the name of ``actor_id``, when that was given) and ``count`` (how
    many of this kind are grouped in the line). ``url(params)`` is the endpoint with its values, or a path.
    ``event``: the line of the preferences page this kind belongs to (default: its own key when that is a
    line, else by ``always``). ``mail``: "now", "hourly", "daily", "weekly" or "off". ``always``: cannot be
    turned off; it is mailed as ``mail`` says and waits for no digest. ``urgent``: security, goes out at night too. ``digest``: what was not
    mailed on its own is summed up there, where its line says so too. ``by_topic``: its params name a ``topic``
    (``category:3``); news of one topic is one line, and ``topic`` is then the topic's name for the sentence. ``holds(member_id, params)``
    is asked again when a letter is written: what is no longer so is not mailed. ``links(member, params)``: further
    addresses under the letter's button, made only then, in the member's language. ``counted(count)``: what it is called
    where several kinds on one thread are one line ("3 answers"); kinds that share it are counted together, and one
    without it always has a line of its own. ``summed`` names a param that adds up: in a gathered letter all news of
    this kind is one line with the sum.
    """

    key: str
    sentence: SentenceOf
    url: PlaceOf
    site: bool = True
    mail: str = Mail.NOW
    always: bool = False
    event: str = ""
    subject: SentenceOf | None = None
    button: Sentence | str | None = None
    urgent: bool = False
    is_content: bool = True
    digest: bool = True
    by_topic: bool = False
    holds: HoldsOf | None = None
    links: LinksOf | None = None
    counted: CountedOf | None = None
    summed: str = ""

    @property
    def line(self) -> str:
        """The key of the preferences line that rules this kind."""
        if self.event in EVENT_KEYS:
            return self.event
        if self.key in EVENT_KEYS:
            return self.key
        return "account" if self.always else _HOME.get(self.key, "followed")


# Where well-known kinds belong when they do not say it themselves.
_HOME = {
    "question-answered": "answer",
    "answer-to-my-question": "answer",
    "official-answer": "followed",
    "question-solved": "followed",
    "comment": "mention",
    "reply": "mention",
    "answer-accepted": "solution",
    "accepted": "solution",
    "endorsed": "solution",
    "kudos-given": "kudos",
    "invitation": "expertise",
    "new-question": "expertise",
    "rank": "reward",
    "rank-changed": "reward",
    "badge": "reward",
    "badge-awarded": "reward",
    "points": "reward",
    "coupon": "account",
    "decision": "account",
    "held": "account",
}

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. The same key registered again replaces the former (a reloaded application)."""
    Mail(kind.mail)
    _kinds[kind.key] = kind
    return kind


def kind_of(key: str) -> Kind | None:
    """A registered kind, or None (its package is not installed any more)."""
    return _kinds.get(key)


def registered() -> list[Kind]:
    """All kinds, in order of registration."""
    return list(_kinds.values())


def together_with(key: str) -> list[str]:
    """The kinds that are told in one line, and in one letter, with this one when they are of one thread."""
    known = _kinds.get(key)
    if known is None or known.counted is None:
        return [key]
    return [kind.key for kind in _kinds.values() if kind.counted is not None]


TitlesOf = Callable[[set[int]], dict[int, str]]
"""Ids of threads, or of posts in them, to the titles of the threads."""
_titles: list[TitlesOf] = []


def set_titles(titles: TitlesOf) -> None:
    """Fill the port that knows what threads are called: many ids in one query. Unknown threads are left out."""
    _titles[:] = [titles]


def titles_of(ids: set[int]) -> dict[int, str]:
    """The titles of threads, by their own ids or by those of posts in them; empty when nothing above knows any."""
    return _titles[0](ids) if _titles and ids else {}


@dataclass(frozen=True)
class Topic:
    """What a topic of ``by_topic`` kinds is called, and where its questions are. ``person``: it is a member."""

    name: Sentence | str
    place: tuple[str, dict[str, Any]] | str
    person: bool = False


TopicsOf = Callable[[set[str]], dict[str, Topic]]
_topics: list[TopicsOf] = []


def set_topics(topics: TopicsOf) -> None:
    """Fill the port that knows topics by their words, many at once. Unknown ones are left out."""
    _topics[:] = [topics]


def topics_of(words: set[str]) -> dict[str, Topic]:
    """The topics of these words; empty when nothing above knows any."""
    return _topics[0](words) if _topics and words else {}


def default_of(kind: Kind) -> Event:
    """How a kind is told when the member chose nothing: as its line says, or calmer when the kind is."""
    line = next(event for event in EVENTS if event.key == kind.line)
    if kind.always or line.always:
        mail = Mail(kind.mail) if kind.always else Mail.NOW
        return Event(line.key, True, mail, digest=False, always=True)
    calmer = max(line.mail, Mail(kind.mail), key=list(Mail).index)
    return Event(line.key, line.site and kind.site, calmer, line.digest and kind.digest)


EVENT_LABELS: dict[str, tuple[Sentence, Sentence]] = {
    "answer": (_("Answers to my questions"), _("Somebody answered, or commented on, what I asked.")),
    "followed": (_("Questions I follow"), _("An official answer, or a solution, on a question I follow.")),
    "topics": (
        _("New in what I follow"),
        _("A question in a category, a topic or about a product I follow; what members I follow write."),
    ),
    "resolved_check": (_("Is it solved?"), _("A reminder after two and seven days, then never again.")),
    "mention": (_("Mentions and replies"), _("Somebody named me, or replied to my answer.")),
    "message": (_("Private messages"), _("A member or the team wrote to me. The mail says who, not what.")),
    "solution": (
        _("My answer became the solution"),
        _("Accepted by the person who asked, or endorsed by the team."),
    ),
    "kudos": (_("Thumbs-up"), _("Grouped by day.")),
    "expertise": (_("New questions in my field"), _("Questions I could answer, and invitations to help.")),
    "asked": (_("Asked to help"), _("A question I know about, when I said that I may be asked.")),
    "reward": (_("Points, ranks and badges"), _("What helping others brings me.")),
    "points_expiring": (_("Points about to expire"), _("Thirty and seven days before.")),
    "account": (
        _("Decisions, coupons and security"),
        _(
            "A post held or decided, an appeal, a coupon, a sign-in matter. Always on: it concerns your rights."
        ),
    ),
}
