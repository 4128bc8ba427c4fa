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
from forum.questions.rules import CategoryPolicy
from moderation.review.models import WatchedWord
from moderation.review.permissions import can_rule
from moderation.screening import screener
from moderation.screening.chain import WatchedRule, WordAction, failed_sentences

MOST_WORDS = 2000


def watch_word(
    actor: Actor,
    pattern: str,
    action: WordAction,
    whole_word: bool,
    must_match: list[str],
    must_not_match: list[str],
) -> int:
    """Add a watched word. Its sentences must prove it: :class:`Invalid` names the first that does not."""
    require(can_rule(actor))
    words = " ".join(text.normalise(pattern).split())
    rule = WatchedRule(words, action, whole_word)
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
            WatchedWord, pattern=words, action=action, whole_word=whole_word, must_match=must_match,
            must_not_match=must_not_match, created_at=clock.now(), created_by_id=actor.member_id,
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


def _check(rule: WatchedRule, must: list[str], must_not: list[str]) -> None:
    letters = rule.pattern.replace("*", "").strip()
    if not 2 <= len(letters) <= 100 or rule.pattern.count("*") > 3:
        raise Invalid(fields={"pattern": _("A word or phrase of 2 to 100 characters, with at most three *.")})
    if not must or not must_not:
        raise Invalid(
            fields={"must_match": _("Give at least one sentence that must match and one that must not.")}
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
