"""Watched words and category policies: added, removed and changed by managers, proven by test sentences."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from common import audit, clock, freshness, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import after_commit, unit_of_work
from forum.categories.models import Category
from forum.questions.rules import TAG, CategoryPolicy, tag_keys
from moderation.review.models import WatchedWord
from moderation.review.permissions import can_rule
from moderation.screening import screener
from moderation.screening.words import WITH_VALUE, WatchedRule, WordAction, failed_sentences, is_stable

MOST_WORDS = 2000
MOST_STEPS = 4


def watch_word(
    actor: Actor,
    pattern: str,
    action: WordAction,
    whole_word: bool,
    must_match: list[str],
    must_not_match: list[str],
    case_matters: bool = False,
    value: str = "",
) -> int:
    """Add a watched word. Its sentences must prove it: :class:`Invalid` names the first that does not.

    ``value``: what it is replaced by, where it leads, which topic it gives, which team looks, how many classes sooner.
    """
    require(can_rule(actor))
    words = " ".join(text.normalise(pattern).split())
    rule = WatchedRule(words, action, whole_word, case_matters, checked_value(action, value))
    _check(rule, must_match, must_not_match)
    with unit_of_work():
        count = db.session.scalar(
            select(func.count()).select_from(WatchedWord).where(WatchedWord.action == action)
        )
        if (count or 0) >= MOST_WORDS:
            raise Invalid(
                _("There are %(count)s words with this action already: remove some first.", count=MOST_WORDS)
            )
        word_id = insert_once(
            WatchedWord, pattern=words, action=action, whole_word=whole_word, case_matters=case_matters, value=rule.value,
            must_match=must_match, must_not_match=must_not_match, created_at=clock.now(), created_by_id=actor.member_id,
        )  # fmt: skip
        if word_id is None:
            raise Conflict(_("This word is already watched in this way."))
        audit.write(
            actor, "word.watched", "watched_word", word_id, None, {"pattern": words, "action": action.value}
        )
        after_commit(screener.forget)
    return word_id


def unwatch_word(actor: Actor, word_id: int) -> None:
    """Remove a watched word. Harmless when it is gone."""
    require(can_rule(actor))
    with unit_of_work():
        word = db.session.get(WatchedWord, word_id)
        if word is None:
            return
        before = {"pattern": word.pattern, "action": WordAction(word.action).value}
        db.session.execute(delete(WatchedWord).where(WatchedWord.id == word_id))
        audit.write(actor, "word.unwatched", "watched_word", word_id, before, None)
        after_commit(screener.forget)


def set_policy(actor: Actor, category_id: int, policy: str, reason: str) -> None:
    """Change how a category is published, with a reason."""
    require(can_rule(actor))
    if policy not in {known.value for known in CategoryPolicy}:
        raise Invalid(fields={"policy": _("Choose one of the four policies.")})
    if len(reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    with unit_of_work():
        category = db.session.get(Category, category_id)
        if category is None:
            raise NotFound()
        before = category.policy
        if before == policy:
            return
        update_where(Category, Category.id == category_id, policy=policy)
        audit.write(actor, "category.policy", "category", category_id, before, policy, reason)
        freshness.touch(freshness.SITE)


def words() -> list[WatchedWord]:
    """All watched words, by action and alphabet."""
    return list(db.session.scalars(select(WatchedWord).order_by(WatchedWord.action, WatchedWord.pattern)))


def checked_value(action: WordAction, value: str) -> str:
    """What goes with an action, in order. Raises :class:`Invalid`; empty for actions that need none."""
    words = " ".join(text.normalise(value).split())
    if action not in WITH_VALUE:
        return ""
    fault = None
    if action == WordAction.LINK:
        is_address = (
            words.startswith(("https://", "/"))
            and not set(words) & set(" <>()[]\"'\\")
            and not words.startswith("//")
        )
        fault = None if is_address else _("An address that begins with https:// or with /.")
    elif action == WordAction.PRIORITY:
        fault = (
            None
            if words in map(str, range(1, MOST_STEPS + 1))
            else _("A number from 1 to %(most)s.", most=MOST_STEPS)
        )
    elif action == WordAction.TAG:
        keys = tag_keys([words])
        words = keys[0] if len(keys) == 1 else words
        fault = None if len(keys) == 1 and TAG.low <= len(words) <= TAG.high else _("One topic.")
    elif not 1 <= len(words) <= 60:
        fault = _("Between 1 and %(most)s characters.", most=60)
    if fault is None and len(words) > 200:
        fault = _("Please keep to %(high)s characters.", high=200)
    if fault is not None:
        raise Invalid(fields={"value": fault})
    return words


def _check(rule: WatchedRule, must: list[str], must_not: list[str]) -> None:
    letters = rule.pattern.replace("*", "").strip()
    if not 2 <= len(letters) <= 100 or rule.pattern.count("*") > 3:
        raise Invalid(fields={"pattern": _("A word or phrase of 2 to 100 characters, with at most three *.")})
    if not must or not must_not:
        raise Invalid(
            fields={"must_match": _("Give at least one sentence that must match and one that must not.")}
        )
    if not is_stable(rule):
        raise Invalid(
            fields={"value": _("The new words hold the watched one: it would be replaced for ever.")}
        )
    missed, caught = failed_sentences(rule, must, must_not)
    if missed:
        raise Invalid(
            fields={
                "must_match": _("“%(sentence)s” does not match, although it should.", sentence=missed[0][:80])
            }
        )
    if caught:
        raise Invalid(
            fields={
                "must_not_match": _(
                    "“%(sentence)s” matches, although it should not.", sentence=caught[0][:80]
                )
            }
        )
