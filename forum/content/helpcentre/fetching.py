"""Reading the help centre's feed: seldom, only when it changed, never far. What fails leaves everything as it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from common import clock, jobs, outgoing
from common.config import current_config
from common.db import db, insert_once, update_where
from common.health import Finding, check
from common.unit_of_work import unit_of_work
from forum.content.helpcentre import numbers
from forum.content.helpcentre.feeds import BadFeed, FeedPage, read_feed
from forum.content.helpcentre.filling import Vanishing, take_in
from forum.content.helpcentre.models import HelpFeed
from forum.content.helpcentre.rules import MOST_ARTICLES, Source, one_line

log = logging.getLogger("fourmi.helpcentre")
MOST_BYTES = 8_000_000
"""Of one page of the feed."""
MOST_PAGES = 20
LONGEST_SECONDS = 60.0
"""All pages together."""
_AGENT = "Fourmi (help centre)"


@jobs.periodic("helpcentre.fetch", every=timedelta(minutes=10))
def fetch_when_due() -> None:
    """Read the feed, if one is named and its time has come."""
    address = current_config().help_feed
    if not address:
        return
    known = state(address)
    if known is None or known.asked_at <= clock.now() - numbers.every():
        fetch(address)


def fetch(address: str) -> None:
    """Read the feed now, and note what became of it. Raises nothing that the far end can cause."""
    known = state(address)
    before = (known.etag, known.modified) if known else ("", "")
    db.session.rollback()
    try:
        pages, kept = _read(address, before)
        result: dict[str, Any] | None = None
        if pages is not None:
            articles = [one for page in pages for one in page.articles][:MOST_ARTICLES]
            report = take_in(articles, Source.FEED, whole=numbers.feed_is_whole(), lenient=True)
            result = report.as_dict()
    except (BadFeed, outgoing.NotAllowed, outgoing.Unreachable) as error:
        _failed(address, str(error))
    except Vanishing as vanishing:
        gone, total = vanishing.args
        _failed(address, f"by this feed {gone} of {total} articles would vanish: nothing was changed")
    else:
        now = clock.now()
        values: dict[str, Any] = {
            "taken_at": now,
            "failed_at": None,
            "error": "",
            "etag": kept[0],
            "modified": kept[1],
        }
        if result is not None:
            values["result"] = result
        _note(address, values)


def state(address: str) -> HelpFeed | None:
    """What became of reading this feed last."""
    return db.session.scalar(select(HelpFeed).where(HelpFeed.address == address[:2_000]))


def _read(address: str, before: tuple[str, str]) -> tuple[list[FeedPage] | None, tuple[str, str]]:
    """The pages of the feed, None where nothing changed; and what the far end says of its state. A feed of several
    pages is read whole each time: that its first page is as before says nothing of the others."""
    end, pages, where = time.monotonic() + LONGEST_SECONDS, list[FeedPage](), address
    kept = ("", "")
    while where and len(pages) < MOST_PAGES:
        asked = {
            "User-Agent": _AGENT,
            "Accept": "application/feed+json, application/atom+xml, application/json",
        }
        if not pages and before[0]:
            asked["If-None-Match"] = before[0]
        if not pages and before[1]:
            asked["If-Modified-Since"] = before[1]
        left = end - time.monotonic()
        if left < 1:
            raise outgoing.Unreachable("it takes too long")
        reply = outgoing.get(where, asked, most=MOST_BYTES + 1, longest=min(left, outgoing.LONGEST_WAIT))
        if reply.status == 304 and not pages and any(before):
            return None, before
        if reply.status != 200:
            raise outgoing.Unreachable(f"it answers {reply.status}")
        if len(reply.body) > MOST_BYTES:
            raise BadFeed("it is too large")
        pages.append(read_feed(reply.body, where))
        following = pages[-1].next
        if len(pages) == 1 and not following:
            kept = _validators(reply.headers)
        if following and urlsplit(following)[:2] != urlsplit(address)[:2]:
            raise BadFeed("its next page is on another site")
        where = following if following != where else ""
    return pages, kept


def _validators(headers: Mapping[str, str]) -> tuple[str, str]:
    said = {name.lower(): value for name, value in headers.items()}
    etag, modified = one_line(said.get("etag", "")), one_line(said.get("last-modified", ""))
    return etag if len(etag) <= 300 else "", modified if len(modified) <= 100 else ""


def _failed(address: str, why: str) -> None:
    log.warning("the help centre's feed could not be read: %s", why)
    _note(address, {"failed_at": clock.now(), "error": one_line(why)[:300]})


def _note(address: str, values: dict[str, Any]) -> None:
    """The row of this feed; of addresses that are no longer named nothing is kept."""
    db.session.rollback()
    values |= {"asked_at": clock.now()}
    with unit_of_work():
        db.session.execute(delete(HelpFeed).where(HelpFeed.address != address))
        if not update_where(HelpFeed, HelpFeed.address == address, **values):
            insert_once(HelpFeed, address=address, **values)


@check("help centre")
def _help_centre() -> Finding:
    address = current_config().help_feed
    advice = "Is FOURMI_HELP_FEED right, and does it answer? What was read before is kept."
    if not address:
        return Finding("help centre", True, "no feed")
    known = state(address)
    if known is None:
        return Finding("help centre", True, "the feed was not read yet")
    since = known.taken_at
    told = f"read {since:%Y-%m-%d %H:%M}" if since else "never read"
    return Finding("help centre", not known.error, f"{told}; {known.error}" if known.error else told, advice)
