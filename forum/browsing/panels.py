"""One list page for all: every question, or one category's."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from common import settings
from common.errors import NotFound
from common.freshness import LISTS, versions
from common.i18n import LANGUAGES, NAMES, Sentence, _, n_
from common.web import actor
from forum.browsing import queries
from forum.browsing.queries import CategoryCard
from forum.browsing.rules import Filters, ListSort, ListState
from forum.content.bulletins.queries import of_category
from forum.discovery import numbers as _numbers  # noqa: F401 - settings
from forum.discovery.rules import list_is_worth_finding
from forum.members.knowing import who_knows
from forum.positions.queries import new_answers
from forum.products.queries import by_slug, in_category
from forum.resurfacing.choosing import shown_again

STATES = (
    ("", _("All questions")),
    (ListState.SOLVED.value, _("Solved questions")),
    (ListState.PRESUMED.value, _("Questions presumed solved")),
    (ListState.ANSWERED.value, _("Answered, not solved")),
    (ListState.UNANSWERED.value, _("Unanswered")),
    (ListState.WAITING.value, _("Waiting for a detail")),
    (ListState.ATTENTION.value, _("Needs attention")),
    (ListState.OFFICIAL.value, _("Official answer")),
    (ListState.ENDED.value, _("Closed or settled elsewhere")),
)
PERIODS = (
    ("", _("All the time")),
    ("7", _("Last 7 days")),
    ("30", _("Last 30 days")),
    ("365", _("Last 12 months")),
)
SORTS = (
    (ListSort.ACTIVE.value, _("Recent activity")),
    (ListSort.NEW.value, _("Newest")),
    (ListSort.WANTED.value, _("Most awaited")),
    (ListSort.VIEWED.value, _("Most viewed")),
)


def list_page(category: CategoryCard | None = None) -> Any:
    """The page of the list that the present address describes."""
    filters = Filters.read(request.args, LANGUAGES)
    if category is not None:
        filters = filters.with_(category=category.slug)
    if filters.tag and (named := queries.tag_in_force(filters.tag)) != filters.tag:
        return redirect(_Address(category)(filters.with_(tag=named)), 301)
    after = request.args.get("after", "")[:40]
    counted = queries.category_by_slug(filters.category)
    if filters.category and counted is None:
        raise NotFound()
    counts = queries.state_counts(counted.id if counted else None)
    page = queries.questions_page(filters, after)
    return render_template(
        "forum/list.html", here="categories" if category else "questions", category=category, filters=filters,
        page=page, new=new_answers(actor(), [row.id for row in page.items]), after=after, counts=counts,
        topic=queries.tag_label(filters.tag) if filters.tag and category is None else "",
        heading=_heading(filters, counts), active=_active(filters, category is not None), states=STATES,
        periods=PERIODS, sorts=SORTS, topics=queries.common_tags(8) if category is None else (),
        again=shown_again(category.id if category else None) if filters.plain and not after else (),
        products=in_category(category.id) if category else (),
        bulletins=of_category(actor(), category.id) if category else (),
        knowing=who_knows(category.id, versions(LISTS)[0]) if category else (),
        categories=queries.categories(), address=_Address(category), **_offered(filters, category, counts[""], after),
    )  # fmt: skip


def _offered(filters: Filters, category: CategoryCard | None, count: int, after: str) -> dict[str, Any]:
    """What search engines and feed readers are told of the list."""
    args: dict[str, Any] = dict(filters.args())
    if category is None:
        feed = url_for("feeds.of_list", **args)
        description = _("Questions of customers, and the answers that helped.")
        return {"feed": feed, "description": description, "worth_finding": not (args or after)}
    args.pop("category", None)
    enough = list_is_worth_finding(count, settings.get("discovery.thin_list"))
    return {
        "feed": url_for("feeds.of_category", slug=category.slug, **args),
        "description": _(
            "%(category)s: questions of customers, and the answers that helped.", category=category.name
        ),
        "worth_finding": enough and not (args or after),
    }


class _Address:
    """Makes the address of a list like this one with other filters."""

    def __init__(self, category: CategoryCard | None) -> None:
        self.category = category

    def __call__(self, filters: Filters | None, after: str | None = None) -> str:
        args: dict[str, Any] = dict((filters or Filters()).args())
        if after:
            args["after"] = after
        if self.category is None:
            return url_for("questions.index", **args)
        args.pop("category", None)
        return url_for("categories.show", slug=self.category.slug, **args)


def _heading(filters: Filters, counts: dict[str, int]) -> Sentence:
    if not filters.plain:
        return _("Questions that fit")
    count = counts[filters.state]
    return {
        "": n_("%(count)s question", "%(count)s questions", count),
        ListState.SOLVED: n_("%(count)s solved question", "%(count)s solved questions", count),
        ListState.ANSWERED: n_("%(count)s question with answers, to be solved", "%(count)s questions with answers, to be solved", count),
        ListState.UNANSWERED: n_("%(count)s unanswered question", "%(count)s unanswered questions", count),
        ListState.PRESUMED: n_("%(count)s question presumed solved", "%(count)s questions presumed solved", count),
        ListState.WAITING: n_("%(count)s question that waits for a detail", "%(count)s questions that wait for a detail", count),
        ListState.ENDED: n_("%(count)s question closed or settled elsewhere", "%(count)s questions closed or settled elsewhere", count),
        ListState.ATTENTION: n_("%(count)s question that needs attention", "%(count)s questions that need attention", count),
        ListState.OFFICIAL: n_("%(count)s question with an official answer", "%(count)s questions with an official answer", count),
    }[filters.state]  # fmt: skip


def _active(filters: Filters, inside_category: bool) -> list[tuple[str, Sentence | str]]:
    """The filters in force as removable labels."""
    found: list[tuple[str, Sentence | str]] = []
    if filters.state:
        found.append(("state", dict(STATES)[filters.state]))
    if filters.category and not inside_category:
        category = queries.category_by_slug(filters.category)
        found.append(("category", category.name if category else filters.category))
    if filters.tag:
        found.append(("tag", queries.tag_label(filters.tag) or filters.tag))
    if filters.product:
        product = by_slug(filters.product)
        found.append(("product", product.name if product else filters.product))
    if filters.language:
        found.append(("language", NAMES[filters.language]))
    if filters.period:
        found.append(("period", dict(PERIODS)[filters.period]))
    return found
