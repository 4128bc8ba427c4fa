"""The news page, and the way out of mails."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.notifications import queries, telling, unsubscribing
from accounts.notifications.kinds import EVENT_LABELS
from accounts.settings.routes import members_only
from common.web import actor, csrf, localized

bp = localized("notifications", __name__)
MOST_ROWS = 2**31 - 1


@bp.app_template_global("news_url")
def news_url(place: Any) -> str:
    """The address of a piece of news: a path as it is, an endpoint with its values built."""
    return place if isinstance(place, str) else url_for(place[0], **place[1])


def _row_id(typed: str) -> int:
    """A number that can be a row's; ValueError for any other."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10) or int(typed) > MOST_ROWS:
        raise ValueError(typed)
    return int(typed)


@bp.get("/notifications")
@members_only
def index() -> Any:
    """What happened."""
    page = queries.page_of_news(actor().member_id or 0, request.args.get("after"))
    newest = max((max(line.ids) for line in page.items), default=0)
    return render_template("accounts/notifications.html", page=page, newest=newest)


@bp.post("/notifications/read")
@members_only
def mark_read() -> Response:
    """Mark as read: all up to the newest one that was shown, or those of one line."""
    up_to, ids = request.form.get("up_to", type=_row_id), request.form.getlist("id", type=_row_id)[:500]
    telling.mark_read(
        actor(), up_to_id=up_to if up_to is not None else None if ids else 0, notification_ids=ids or None
    )
    return redirect(url_for("notifications.index"), 303)


@bp.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> Any:
    """Asks; looking at the page changes nothing (mail programs look at every link)."""
    wish = unsubscribing.read(token)
    return _unsubscribe_page(wish, token, done=False)


@csrf.exempt
@bp.post("/unsubscribe/<token>")
def unsubscribe_now(token: str) -> Any:
    """One click, from the page or from the mail program (RFC 8058): the signed address is the proof."""
    wish = unsubscribing.unsubscribe(token)
    return _unsubscribe_page(wish, token, done=True)


def _unsubscribe_page(wish: unsubscribing.Wish, token: str, done: bool) -> Any:
    label = EVENT_LABELS[wish.event][0] if wish.event in EVENT_LABELS else None
    everything = unsubscribing.token(wish.member_id, None) if wish.event else None
    body = render_template(
        "accounts/unsubscribe.html", label=label, token=token, done=done, everything=everything,
        gathered=wish.event == unsubscribing.GATHERED,
    )  # fmt: skip
    return body, 200, {"Referrer-Policy": "no-referrer"}
