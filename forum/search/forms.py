"""The search page's address: what was typed, the tab, the filters. A value that is no choice is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from forum.browsing.queries import category_by_slug
from forum.questions.rules import tag_keys
from forum.search.rules import LONGEST_QUERY, Filters, SearchState

PERIODS = {"7": 7, "30": 30, "365": 365}
"""Choices of the period: what stands in the address → days."""
NAMES = (
    "q", "tab", "state", "accepted", "category", "product", "tag", "author", "language", "period", "since", "until",
)  # fmt: skip
"""What an address of the search page may carry, besides the page."""


class Tab(StrEnum):
    """The kinds of results; the first is the default."""

    QUESTIONS = "questions"
    GUIDES = "guides"
    HELP = "help"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Search:
    """What an address asks for. ``author_typed`` is the name as typed; ``author_unknown`` when nobody is called so."""

    typed: str
    tab: Tab
    page: int
    filters: Filters
    period: str = ""
    author_typed: str = ""
    author_unknown: bool = False


def read_search(
    args: Mapping[str, str], languages: tuple[str, ...], today: date, named: Callable[[str], int | None],
    product: Callable[[str], int | None],
) -> Search:  # fmt: skip
    """The search of an address; ``named`` finds a member by name, ``product`` a product by its slug."""
    tab, author = args.get("tab", ""), _text(args, "author", LONGEST_QUERY)
    period = args.get("period", "") if args.get("period") in PERIODS else ""
    since, until = read_day(args.get("since")), read_day(args.get("until"))
    if since and until and since > until:
        since, until = until, since
    if period and not since and not until:
        since = today - timedelta(days=PERIODS[period] - 1)
    elif since or until:
        period = ""
    author_id = named(author) if author else None
    category = category_by_slug(_text(args, "category", 80)) if args.get("category") else None
    state, language, wanted = args.get("state", ""), args.get("language", ""), _text(args, "product", 100)
    filters = Filters(
        state=SearchState(state) if state in list(SearchState) else None,
        category_id=category.id if category else None,
        tag=next(iter(tag_keys([_text(args, "tag", 60)])), None),
        author_id=author_id,
        language=language if language in languages else None,
        product_id=product(wanted) if wanted else None,
        accepted=args.get("accepted") == "1",
        since=since,
        until=until,
    )
    return Search(
        read_query(args), Tab(tab) if tab in list(Tab) else Tab.QUESTIONS, read_page(args), filters, period, author,
        bool(author) and author_id is None,
    )  # fmt: skip


def read_day(written: str | None) -> date | None:
    """A day of a date field, None for anything that is none."""
    try:
        found = date.fromisoformat((written or "").strip()[:10])
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2099 else None


def read_page(args: Mapping[str, str]) -> int:
    """The number of the page, 1 for anything that is none."""
    written = args.get("page", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 1


def read_query(args: Mapping[str, str]) -> str:
    """What was typed."""
    return _text(args, "q", LONGEST_QUERY)


def _text(args: Mapping[str, str], name: str, most: int) -> str:
    return args.get(name, "").replace("\0", "").strip()[:most]
