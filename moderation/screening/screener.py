"""Fills the forum's port: what is known of author, category and lists goes into the pure chain of `screening`.

The text is seen before it is stored; what is masked here is kept nowhere.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from threading import Lock

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import i18n, settings
from common.db import db
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from forum.categories.models import Category
from forum.mentions.linking import named_in
from forum.questions.models import Post, Question
from forum.questions.rules import SENT_BACK
from forum.screening import Screening, Submission
from moderation.policies import applying
from moderation.replies import guarding
from moderation.review import numbers
from moderation.review.models import WatchedWord
from moderation.review.rules import FoundBy
from moderation.screening import newcomers, personal_data, remembering
from moderation.screening.chain import Author, Known, Lists, Result, Text, new_hosts, of_words, screen
from moderation.screening.learning import judging
from moderation.screening.learning.features import Context
from moderation.screening.likeness import digest, simhash
from moderation.screening.links import hosts
from moderation.screening.policy_rules import policy_verdict
from moderation.screening.remembering import Sketch
from moderation.screening.words import WatchedRule, WordAction

FRESH_SECONDS = 5.0
NOTE_LENGTH = 300
_words: tuple[WatchedRule, ...] = ()
_read_at = -FRESH_SECONDS
_lock = Lock()


@dataclass(frozen=True)
class Seen:
    """The result of the chain, what is kept of the text when it is stored, and an own text that is nearly the same."""

    result: Result
    sketch: Sketch
    near_id: int | None = None


def screen_submission(submission: Submission) -> Screening:
    """The answer the forum asks for: the text to store, and why it is held.

    Raises :class:`Invalid` for a word that the brand has blocked, and for what the team may not ask in public: the text goes
    back to its author, as it was typed.
    """
    guarding.check(submission)
    seen = look_at(submission)
    result = seen.result
    if result.blocked:
        raise Invalid(
            fields={
                "body": _("“%(word)s” is not published here: please say it another way.", word=result.blocked)
            }
        )
    return Screening(
        result.title, result.body, applying.reasons_with(submission, result.reasons), result.masked, tags=result.tags,
        hints=_hints(seen), then=partial(remembering.keep, seen.sketch), note=result.note[:NOTE_LENGTH],
    )  # fmt: skip


def look_at(submission: Submission) -> Seen:
    """The whole result of the chain, with what is kept."""
    actor, listed = submission.actor, lists()
    read, title, body = newcomers.known_text(
        submission.post_id, submission.previous_title, submission.previous_body
    )
    as_read = read and (title, body) == (submission.title, submission.body)
    text = Text(
        submission.body, submission.title, body, title, submission.composed_seconds, submission.note,
        submission.moved and not as_read,
    )  # fmt: skip
    author = author_of(actor)
    clean = Text(_masked(text.body, author, listed), _masked(text.title or "", author, listed))
    same, like = digest(clean.now), simhash(clean.now)
    near_id, repeated = (None, False)
    if not author.is_staff:
        near_id, repeated = remembering.own_alike(same, like, actor.ids, submission.post_id)
    judged, kept = _judged(submission, clean, author)
    known = Known() if author.is_staff else _known(submission, text, author, listed, same, judged, repeated)
    result = screen(
        text,
        author,
        applying.policy_in_force(submission),
        listed,
        numbers.screen_numbers(),
        numbers.policy_numbers(),
        known,
    )
    sketch = Sketch(
        actor.member_id, same, like, submission.language or actor.language, tuple(hosts(result.body)), kept, judged,
        result.reasons,
    )  # fmt: skip
    return Seen(result, sketch, near_id)


def _known(
    submission: Submission, text: Text, author: Author, listed: Lists, same: str, judged: judging.Judged, repeated: bool
) -> Known:  # fmt: skip
    """What the community's own texts say about this one; newcomers' links and names are looked up, others' not."""
    young = author.rank <= 1
    foreign = set(new_hosts(text, listed)) if young else set()
    number = numbers.screen_numbers()
    copied = remembering.copies(same, submission.actor.ids)
    broken = copied > 0 and remembering.incident_open(submission.category.id)
    return Known(
        new_hosts=remembering.new_hosts(foreign) if author.rank == 0 else frozenset(),
        busy_hosts=remembering.busy_hosts(foreign, number.host_times, submission.post_id),
        copies=copied, incident_open=broken, repeated=repeated,
        named=len(named_in(text.body)) if author.rank == 0 and text.body.count("@") else 0, learned=judged.holds(),
    )  # fmt: skip


def _judged(submission: Submission, clean: Text, author: Author) -> tuple[judging.Judged, tuple[int, ...]]:
    """What the models say of the masked text. They are asked about newcomers' texts; of others only the features are
    kept."""
    language = submission.language or author.language
    context = newcomers.context_of(submission.actor, submission.kind.value, submission.composed_seconds)
    return judging.judge(
        language, clean.title, clean.body, context, looking=author.rank <= 1 and not author.is_staff
    )


def _masked(words: str, author: Author, listed: Lists) -> str:
    return personal_data.without(words, author.language, listed.order_patterns, listed.own_domains)[0]


def tried(body: str, language: str) -> Result:
    """What the filters say of a text alone, as if a newcomer had sent it; nothing is kept."""
    judged, _kept = judging.judge(language, None, body, Context("question"))
    author = Author(rank=0, has_published=True, language=language)
    listed, text = lists(), Text(body)
    known = Known(
        new_hosts=remembering.new_hosts(set(new_hosts(text, listed))), named=len(named_in(body)) if "@" in body else 0,
        learned=judged.holds(),
    )  # fmt: skip
    return screen(text, author, "reactive", listed, numbers.screen_numbers(), numbers.policy_numbers(), known)


def _hints(seen: Seen) -> tuple[Sentence, ...]:
    """What the author may want to change, in words."""
    said: list[Sentence] = []
    if "capitals" in seen.result.hints:
        said.append(
            _("Your text is nearly all in capitals, which reads like shouting: you can still edit it.")
        )
    if seen.near_id is not None:
        title = _title_of(seen.near_id)
        said.append(
            _("You sent nearly the same a short while ago (“%(title)s”). One conversation gets better answers: you can withdraw one of the two.", title=title)
            if title
            else _("You sent nearly the same a short while ago. One text in one place is enough: you can withdraw one of the two.")
        )  # fmt: skip
    return tuple(said)


def _title_of(post_id: int) -> str:
    row = Question.__table__
    thread = select(Post.question_id).where(Post.id == post_id).scalar_subquery()
    found = select(row.c.title).where((row.c.id == post_id) | (row.c.id == thread)).limit(1)
    return (db.session.scalar(found) or "")[:80]


def without_private(text: str, language: str) -> tuple[str, tuple[str, ...]]:
    """A text without personal data, and which kinds there were: the answer to the forum's other port."""
    own, orders = tuple(settings.get("moderation.own_domains")), numbers.order_patterns()
    clean, kinds = personal_data.without(text, language, orders, own)
    return clean, tuple(kind.value for kind in kinds)


def without_personal_data(text: str) -> str:
    """What everybody may read of any typed text: the answer to the house's other port."""
    return without_private(text, i18n.language())[0]


def without_cards(text: str) -> str:
    """What may be kept of any typed text: the answer to the house's port."""
    return personal_data.without_cards(text, i18n.language())


def author_of(actor: Actor) -> Author:
    """What the chain asks about an author."""
    if actor.is_staff:
        return Author(rank=actor.rank, is_staff=True, has_published=True, language=actor.language)
    return Author(
        rank=actor.rank,
        has_published=newcomers.has_published(actor.ids),
        under_watch=newcomers.is_under_watch(actor.ids),
        language=actor.language,
        mail_doubt=newcomers.mail_doubt(actor) if actor.rank <= 1 else "",
    )


def lists() -> Lists:
    """What the brand has configured, watched words included (read at most every few seconds in each process)."""
    return Lists(
        watched=_watched(),
        shorteners=frozenset(settings.get("moderation.shorteners")),
        own_domains=tuple(settings.get("moderation.own_domains")),
        order_patterns=numbers.order_patterns(),
        known_hosts=tuple(settings.get("moderation.known_hosts")),
    )


def forget() -> None:
    """Read the watched words again at the next text."""
    global _read_at
    _read_at = -FRESH_SECONDS


def sample_share(post: Post, category: Category, rank: int, is_staff: bool) -> float:
    """How likely a published text is looked at afterwards."""
    verdict = policy_verdict(category.policy, rank, is_staff, False, True, numbers.policy_numbers())
    return verdict.sample_share


def is_read_afterwards(author_id: int | None) -> bool:
    """Whether what this author publishes at once under the policy ``post`` is queued for a look."""
    author = db.session.execute(select(Member.rank, Member.role).where(Member.id == author_id)).first()
    if author is None:
        return False
    is_staff = author.role in STAFF
    return (
        policy_verdict("post", author.rank, is_staff, False, True, numbers.policy_numbers()).sample_share > 0
    )


def signals_of(title: str | None, body: str, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """What a moderator should know of a held text: the reasons, and what watched words say of it."""
    told = [signal for signal in of_words(_watched(), _whole(title, body)) if signal != "flagged_word"]
    return tuple(dict.fromkeys((*reasons, *told)))


def finder_of(signals: tuple[str, ...]) -> FoundBy:
    """Whether a filter noticed something in a held text, or a rule alone has it read (domain/moderation.md §B6)."""
    return FoundBy.RULE if BY_RULE.issuperset(signals) else FoundBy.MACHINE


BY_RULE = frozenset(
    {
        "first_post",
        "new_member",
        "author_watched",
        applying.POLICY,
        applying.STORM,
        applying.IMAGES,
        SENT_BACK,
    }
)
"""Reasons to hold a text for which no word of it was looked at."""


def asks_for_a_look(title: str | None, body: str) -> tuple[str, ...]:
    """What watched words say of a published text that somebody should look at afterwards; empty when nobody need."""
    told = of_words(tuple(rule for rule in _watched() if rule.action in _LOOKED), _whole(title, body))
    return tuple(signal for signal in told if signal != "flagged_word") or ("watched_word",) * bool(told)


_LOOKED = (WordAction.FLAG, WordAction.ROUTE)


def _whole(title: str | None, body: str) -> str:
    return f"{title or ''}\n{body}"


def _watched() -> tuple[WatchedRule, ...]:
    global _words, _read_at
    with _lock:
        if time.monotonic() - _read_at > FRESH_SECONDS:
            word = WatchedWord
            rows = db.session.execute(
                select(word.pattern, word.action, word.whole_word, word.case_matters, word.value)
            )
            _words = tuple(WatchedRule(row[0], WordAction(row[1]), *row[2:]) for row in rows)
            _read_at = time.monotonic()
        return _words
