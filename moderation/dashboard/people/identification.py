"""Who knows what: of each category, the members with the most solutions and how well and how soon they answer there
(domain/escalation.md §C6, expert identification)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, Select, cast, extract, func, select

from accounts.members.queries import MASKED, cards
from common.db import db, not_by_index, on_postgresql
from common.i18n import _
from common.quantiles import quantile
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import OUTCOME, Dates, Scope, numbers_of, read_numbers
from moderation.dashboard.rules import share
from moderation.dashboard.wording import Table, Unit
from moderation.experts.rules import wilson

NAMED = 3
"""Members of each category."""
_post, _question, _c = Post.__table__, Question.__table__, OUTCOME.c


def answers(query: Any, scope: Scope, dates: Dates, *criteria: Any) -> Select[Any]:
    """From the answers published in a period to questions of others that count; of the member of the scope, where it names one."""
    p = _post.c
    source = _post.join(OUTCOME, _c.question_id == p.question_id).join(
        _question, _question.c.id == p.question_id
    )
    one = () if scope.member_id is None else (p.author_id == scope.member_id,)
    return query.select_from(source).where(
        p.kind == PostKind.ANSWER, not_by_index(p.state) == PostState.PUBLISHED, p.published_at >= dates.since, p.published_at < dates.until,
        _c.asker_id.is_distinct_from(p.author_id), *scope.criteria(), *one, *criteria,
    )  # fmt: skip


def table(scope: Scope, dates: Dates, wrote: Mapping[int, Counter[int]]) -> Table:
    """``wrote``: by category, how many solutions each member wrote. Two statements."""
    known = categories_by_id()
    most = [
        (place, member_id, count)
        for place, counts in sorted(wrote.items())
        if place in known
        for member_id, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:NAMED]
    ]
    people, did = (
        cards(member_id for _place, member_id, _count in most),
        _did(scope, dates, {one[1] for one in most}),
    )
    rows, cells = [], []
    for place, member_id, count in most:
        if people[member_id] is MASKED:
            continue
        written, good, times = did.get((place, member_id), (0, 0, []))
        here = {"category": place, "member": member_id}
        rows.append((
            f"{known[place].name} · {people[member_id].name}", count, share(count, sum(wrote[place].values())), written,
            wilson(good, written) if written else None, quantile(times, 50),
        ))  # fmt: skip
        cells.append((("solutions", here), None, ("answers-of", here), None, None))
    return Table(
        "identification", _("Who knows what"),
        _("Of each category, the three members with the most answers accepted in the period and their share of its solutions; how many answers they published there in the period, the share of these that is accepted at the least (95 % certain, after Wilson: few answers prove little), and the time within which half of them came."),
        (_("Category and member"), _("Solutions"), _("Share of the solutions"), _("Answers"), _("Accepted, at the least"), _("Half within")),
        (Unit.COUNT, Unit.SHARE, Unit.COUNT, Unit.SHARE, Unit.SECONDS), rows, cells=tuple(cells),
    )  # fmt: skip


def _did(scope: Scope, dates: Dates, members: set[int]) -> dict[tuple[int, int], tuple[int, int, list[int]]]:
    """By category and member: answers, those accepted, and their seconds. One statement."""
    p, accepted = _post.c, func.count().filter(_question.c.accepted_answer_id == _post.c.id)
    query = select(_c.category_id, p.author_id, func.count(), accepted, numbers_of(_seconds()))
    found = answers(query, scope, dates, p.author_id.in_(sorted(members))).group_by(
        _c.category_id, p.author_id
    )
    return {(row[0], row[1]): (row[2], row[3], [max(0, one) for one in read_numbers(row[4])]) for row in db.session.execute(found)}  # fmt: skip


def _seconds() -> Any:
    """From the question to the answer."""
    at = _post.c.published_at
    moment = extract("epoch", at) if on_postgresql() else func.strftime("%s", at)
    return cast(moment, Integer) - _c.asked_epoch
