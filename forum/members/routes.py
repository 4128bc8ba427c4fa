"""A member's public profile, and the directory of experts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from accounts.members.queries import card
from common.errors import NotFound
from common.freshness import LISTS
from common.i18n import LANGUAGES, _
from common.web import actor, cached_page, came_from, localized, preferred_language
from forum.browsing.queries import questions_page
from forum.browsing.rules import Filters, ListSort
from forum.members import queries
from forum.members.directory import directory as directory_of
from forum.positions.queries import new_answers
from forum.questions.models import Post
from forum.questions.routes import ANY_ID

members = localized("members", __name__)
named = Blueprint("named", __name__)
TABS = (
    ("", _("Best solutions")),
    ("answers", _("Answers")),
    ("questions", _("Questions")),
    ("thanks", _("Thanks")),
)
THANKS_SHOWN = 3
PERIODS = (("7", _("Last 7 days")), ("30", _("Last 30 days")))


@members.get(f"/members/<{ANY_ID}:id>/")
@members.get(f"/members/<{ANY_ID}:id>/<slug>")
@cached_page(LISTS, lambda id, slug="": f"member:{id}")
def show(id: int, slug: str = "") -> Any:
    """Who somebody is here, and how they help."""
    profile = queries.find_profile(id)
    if profile is None:
        raise NotFound()
    if slug != profile.card.slug:
        asked: dict[str, Any] = {
            name: request.args[name] for name in ("tab", "after") if name in request.args
        }
        right = url_for("members.show", id=id, slug=profile.card.slug, **asked)
        return redirect(right, 302 if slug == "me" else 301)
    figures = queries.figures_of(id)
    hidden = profile.is_private and actor().member_id != id and not actor().is_staff
    tab = "" if hidden else _tab(request.args.get("tab"), figures)
    return render_template(
        "forum/members/show.html", here="me" if actor().member_id == id else "experts", reader=actor(),
        profile=profile, figures=figures, chosen=tab, tabs=_tabs(figures)[:1] if hidden else _tabs(figures), rhythm=queries.rhythm_of(id),
        knowledge=queries.knowledge_of(id), thanks=queries.thanks_page(id, size=THANKS_SHOWN).items if figures.thanks and not hidden and tab != "thanks" else (), hidden=hidden,
        after=request.args.get("after", "")[:40], **_contributions(id, tab, request.args.get("after", "")[:40]),
    )  # fmt: skip


@named.get(f"/members/<{ANY_ID}:id>")
def by_name(id: int) -> Any:
    """Where a name in a text leads: texts are the same in every language, so the page it stands on says which."""
    member = card(id)
    if member.is_former:
        raise NotFound()
    first = (came_from() or "").split("/")[1:2]
    language = first[0] if first and first[0] in LANGUAGES else preferred_language()
    return redirect(url_for("members.show", lang=language, id=id, slug=member.slug), 302)


def _tab(wanted: str | None, figures: queries.Figures) -> str:
    """The tab asked for, or the first that has something in it."""
    full = [key for key, _label, count in _tabs(figures) if count]
    if wanted in [key for key, _label in TABS] and wanted in full:
        return str(wanted)
    return full[0] if full else ""


def _tabs(figures: queries.Figures) -> list[tuple[str, Any, int]]:
    counts = {
        "": figures.solutions,
        "answers": figures.answers,
        "questions": figures.questions,
        "thanks": figures.thanks,
    }
    return [(key, label, counts[key]) for key, label in TABS]


def _contributions(member_id: int, tab: str, after: str) -> dict[str, Any]:
    if tab == "questions":
        own = (Post.author_id == member_id,)
        page = questions_page(Filters(sort=ListSort.NEW), after, queries.PAGE_SIZE, own)
        return {"questions": page, "new": new_answers(actor(), [row.id for row in page.items])}
    if tab == "thanks":
        return {"wall": queries.thanks_page(member_id, after)}
    if tab == "answers":
        return {"answers": queries.answers_page(member_id, after)}
    return {"best": queries.best_solutions(member_id)}


@members.get("/members/")
@cached_page(LISTS)
def directory() -> Any:
    """Who takes part here."""
    name, after = request.args.get("q", "")[:40], request.args.get("after", "")[:40]
    return render_template(
        "forum/members/directory.html", here="experts", page=directory_of(name, after), name=name, after=after
    )


@members.get("/experts")
@cached_page(LISTS)
def experts() -> Any:
    """Who helps most, in the last week or month; never of all time."""
    period = "7" if request.args.get("period") == "7" else "30"
    return render_template(
        "forum/members/experts.html", here="experts", reader=actor(), period=period, periods=PERIODS,
        experts=queries.experts(int(period)), by_category=queries.experts_by_category(int(period)),
    )  # fmt: skip
