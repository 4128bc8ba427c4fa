"""The search page's address as filters."""

from __future__ import annotations

from collections.abc import Mapping

from forum.browsing.queries import category_by_slug
from forum.search.rules import LONGEST_QUERY, Filters, SearchState


def read_filters(args: Mapping[str, str], languages: tuple[str, ...]) -> Filters:
    """Filters of an address; a value that is no choice is left out."""
    state = args.get("state", "")
    category = category_by_slug(args.get("category", "")[:80]) if args.get("category") else None
    author, language = args.get("author", ""), args.get("language", "")
    return Filters(
        state=SearchState(state) if state in list(SearchState) else None,
        category_id=category.id if category else None,
        tag=(args.get("tag", "").strip().lower()[:60] or None),
        author_id=int(author) if author.isascii() and author.isdigit() and len(author) < 10 else None,
        language=language if language in languages else None,
    )


def read_page(args: Mapping[str, str]) -> int:
    """The number of the page, 1 for anything that is none."""
    written = args.get("page", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 1


def read_query(args: Mapping[str, str]) -> str:
    """What was typed."""
    return args.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
