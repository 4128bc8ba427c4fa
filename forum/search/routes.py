"""The search page: one address over questions, guides, the help centre and members. A plain form; every filter stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import render_template, request, url_for

from accounts.members.queries import MemberCard, cards
from common import clock, i18n
from common.i18n import LANGUAGES, NAMES, _
from common.web import actor, client_key, localized
from forum.browsing.queries import categories, common_tags
from forum.search import forms
from forum.search.beside import (
    ArticleResult,
    GuideResult,
    count_members,
    find_articles,
    find_guides,
    find_members,
    member_named,
)
from forum.search.briefs.picking import Brief, brief
from forum.search.finding import Found, count, find, wanted_of
from forum.search.forms import Search, Tab, read_search
from forum.search.log import noting
from forum.search.log.queries import top_queries
from forum.search.products import product_choice, product_choices, product_named
from forum.search.rules import LAST_PAGE, PAGE_SIZE, SearchState

bp = localized("search", __name__)

STATES = (
    ("", _("All questions")),
    (SearchState.SOLVED.value, _("Solved")),
    (SearchState.ANSWERED.value, _("Answered")),
    (SearchState.OPEN.value, _("Waiting for an answer")),
    (SearchState.CLOSED.value, _("Closed")),
)
SPANS = (
    ("", _("Any time")), ("7", _("Last 7 days")), ("30", _("Last 30 days")), ("365", _("Last 12 months")),
)  # fmt: skip
BESIDE = 2
"""Guides shown above the questions, and as many articles of the help centre below them."""


@dataclass(frozen=True, slots=True)
class Results:
    """What the page shows: the chosen tab whole, the others as counts."""

    found: Found | None = None
    guides: tuple[GuideResult, ...] = ()
    articles: tuple[ArticleResult, ...] = ()
    members: tuple[MemberCard, ...] = ()
    question_count: int | None = None
    guide_count: int = 0
    article_count: int = 0
    member_count: int = 0
    token: str = ""
    brief: Brief | None = None

    def has_next(self, tab: Tab, page: int) -> bool:
        """Whether another page follows in a tab."""
        totals = {
            Tab.QUESTIONS: self.question_count or 0,
            Tab.GUIDES: self.guide_count,
            Tab.HELP: self.article_count,
            Tab.MEMBERS: self.member_count,
        }
        return page < LAST_PAGE and page * PAGE_SIZE < totals[tab]


@bp.get("/search")
def show() -> Any:
    """Results for ``q``: questions, guides with ``tab=guides``, the help centre with ``tab=help``, members with ``tab=members``."""
    today = i18n.local(clock.now()).date()
    search = read_search(request.args, LANGUAGES, today, partial(member_named, actor()), product_named)
    results = _results(search)
    if results.brief and results.token:
        noting.count("brief:shown")
    noting.write_down_if_due()
    return render_template(
        "search/show.html", search=search, typed=search.typed, tab=search.tab, filters=search.filters, results=results,
        found=results.found, address=address, kept=_kept(), **_choices(search), **_ways_on(search, results),
    )  # fmt: skip


def _results(search: Search) -> Results:
    who, typed, filters, page = actor(), search.typed, search.filters, search.page
    on_questions, wanted = search.tab == Tab.QUESTIONS, wanted_of(typed)
    beside = (1, BESIDE) if on_questions else (page, PAGE_SIZE)
    guides, guide_count = find_guides(who, wanted, filters, *beside)
    articles, article_count = find_articles(wanted, filters, *beside)
    named = count_members(typed)
    found, token, told = None, "", None
    if on_questions:
        found = find(who, typed, filters, page, wanted)
        total = None if found.resting else found.total
        if page == 1 and total is not None:
            told = brief(
                typed,
                wanted,
                [one.row.id for one in found.results],
                [one.row.id for one in guides],
                [one.row for one in articles],
            )
            token = noting.note_search(
                who, client_key(), typed, total + guide_count + article_count, named.is_name
            )
    else:
        total = count(wanted, filters)
    return Results(
        found=found,
        guides=guides if not on_questions or page == 1 else (),
        articles=articles if not on_questions or page == 1 else (),
        members=find_members(typed, page) if search.tab == Tab.MEMBERS else (),
        question_count=total,
        guide_count=guide_count,
        article_count=article_count,
        member_count=named.total,
        token=token,
        brief=told,
    )


def address(**changes: Any) -> str:
    """This search with other choices; an empty value takes a choice away."""
    return url_for("search.show", **{name: value for name, value in (_kept() | changes).items() if value})


def _kept() -> dict[str, str]:
    return {name: value[:200] for name in forms.NAMES if (value := request.args.get(name))}


def _choices(search: Search) -> dict[str, Any]:
    filters, known = search.filters, categories()
    author = cards({filters.author_id})[filters.author_id].name if filters.author_id is not None else ""
    product = product_choice(filters.product_id)
    chosen: list[tuple[str, Any]] = []
    if filters.state:
        chosen.append(("state", dict(STATES)[filters.state.value]))
    if filters.accepted:
        chosen.append(("accepted", _("Solution chosen")))
    if filters.category_id is not None:
        chosen.append(("category", next(one.name for one in known if one.id == filters.category_id)))
    if product:
        chosen.append(("product", product.name))
    if filters.tag:
        chosen.append(("tag", filters.tag))
    if filters.author_id is not None:
        chosen.append(("author", author))
    if filters.language:
        chosen.append(("language", NAMES[filters.language]))
    if search.period:
        chosen.append(("period", dict(SPANS)[search.period]))
    else:
        if filters.since:
            chosen.append(("since", _("from %(day)s", day=i18n.date_in_words(filters.since))))
        if filters.until:
            chosen.append(("until", _("until %(day)s", day=i18n.date_in_words(filters.until))))
    return {
        "states": STATES, "spans": SPANS, "categories": known, "chosen": chosen, "topics": common_tags(30),
        "category_slug": next((one.slug for one in known if one.id == filters.category_id), ""),
        "author": search.author_typed if search.author_unknown else author, "product": product,
        "products": product_choices(product),
        "bare": url_for("search.show", q=search.typed or None, tab=None if search.tab == Tab.QUESTIONS else search.tab),
    }  # fmt: skip


def _ways_on(search: Search, results: Results) -> dict[str, Any]:
    """Where to go when nothing was found: what others search for, the other kinds of results."""
    lost = not search.typed or (results.found is not None and not results.found.results)
    return {"frequent": top_queries(i18n.language(), 6) if lost else ()}
