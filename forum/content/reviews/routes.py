"""Pages of reviews: the list of a product, one review, writing, the brand's reply, and the notice that the law asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from common import clock, settings
from common.config import current_config
from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refusal
from common.freshness import LISTS, SITE
from common.i18n import _, language
from common.lists import EPOCH
from common.permissions import require
from common.uploads import takes_pictures
from common.web import actor, cached_page, localized, wants_fragment
from forum.content.reviews import permissions, queries, replying, voting, wording, writing
from forum.content.reviews.brands.registering import speaks_for_product
from forum.content.reviews.forms import Typed, fields_of, read_draft, read_typed, typed_before, typed_of
from forum.content.reviews.queries import ReviewView
from forum.content.reviews.rules import (
    POINT_MAX,
    POINTS_MOST,
    RATINGS,
    REPLY_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Incentive,
    ReviewSort,
)
from forum.discovery import reviews as described
from forum.drafts.drafting import discard_draft, load_draft, save_draft
from forum.products.queries import ProductCard, by_slug
from forum.questions.forms import as_id, seconds_since
from forum.questions.queries import has_pending_edit
from forum.questions.routes import ANY_ID, behind
from forum.questions.rules import PostState
from forum.revisions.queries import history_of

reviews = localized("reviews", __name__)
FEED_ENTRIES = 30


def _product(slug: str) -> ProductCard:
    product = by_slug(slug)
    if product is None:
        raise NotFound()
    return product


@reviews.get("/products/<slug>/reviews")
@cached_page(LISTS, voting.VOTES, SITE)
def index(slug: str) -> Any:
    """The reviews of a product, the most recent first unless asked otherwise."""
    product, who = _product(slug), actor()
    wanted, rating = request.args.get("sort", ""), as_id(request.args.get("rating"))
    sort = ReviewSort(wanted) if wanted in list(ReviewSort) else ReviewSort.RECENT
    rating = rating if rating in RATINGS else None
    after = request.args.get("after", "")[:40]
    page = queries.reviews_page(product.id, sort, rating, after)
    figures = queries.figures_of(product.id)
    standing = writing.standing_of(who, product.id, product.brand) if who.signed_in else None
    address = current_config().base_url + url_for("reviews.index", slug=slug)
    return render_template(
        "forum/reviews/index.html", here="categories", product=product, page=page, figures=figures, sort=sort, rating=rating,
        after=after, words=wording, sorts=ReviewSort, ratings=RATINGS, reader=who,
        useful=queries.found_useful(who, [one.id for one in page.items]), waiting=queries.own_waiting(who, product.id),
        may_write=bool(standing and permissions.can_review(who, standing)), verdict=standing and permissions.can_review(who, standing),
        described="" if who.signed_in or request.args else described.product_page(product.name, address, figures, page.items, _profile),
    )  # fmt: skip


def _profile(card: Any) -> str:
    return current_config().base_url + url_for("members.show", id=card.id, slug=card.slug)


@reviews.get("/products/<slug>/reviews.atom")
@cached_page(LISTS, SITE)
def feed(slug: str) -> Response:
    """The newest reviews of a product for feed readers."""
    product = _product(slug)
    items = queries.reviews_page(product.id, size=FEED_ENTRIES).items
    changed = max((one.edited_at or one.published_at or EPOCH for one in items), default=EPOCH)
    body = render_template(
        "forum/reviews/list.atom.xml", product=product, reviews=items, words=wording, base=current_config().base_url,
        path=request.path, changed_at=changed,
    )  # fmt: skip
    response = make_response(body)
    response.content_type = "application/atom+xml; charset=utf-8"
    response.content_language = language()  # type: ignore[assignment]
    return response


@reviews.get("/reviews/about")
@cached_page(SITE)
def about() -> str:
    """How reviews come about, in the words the law wants near them; made from the settings in force."""
    return render_template(
        "forum/reviews/about.html", words=wording, publication=settings.get("reviews.publication_hours"),
        retention=settings.get("reviews.retention_months"), reply=settings.get("reviews.reply_days"),
        trusted=settings.get("reviews.trusted_rank"), appeal=settings.get("moderation.appeal_months"),
    )  # fmt: skip


@reviews.get(f"/reviews/<{ANY_ID}:id>")
def show(id: int) -> Any:
    """One review, with the brand's reply."""
    return _show(id)


def _show(review_id: int, trouble: Refusal | None = None) -> Response:
    who, review = actor(), queries.one_review(actor(), review_id)
    speaks = speaks_for_product(who.member_id, review.product_id)
    body = render_template(
        "forum/reviews/show.html", here="categories", review=review, words=wording, reader=who, trouble=trouble,
        typed=request.form if trouble else {}, reply_max=REPLY_MAX, useful=queries.found_useful(who, [review.id]),
        may_change=bool(permissions.can_change(who, review)), may_reply=bool(permissions.can_reply(who, review, speaks, review.reply is not None)),
        pending=review.author_id in who.ids and has_pending_edit(review.id), may_mend=_may_mend(review),
    )  # fmt: skip
    return make_response(body, trouble.status if trouble else 200)


def _may_mend(review: ReviewView) -> bool:
    if review.state != PostState.REJECTED or review.author_id not in actor().ids:
        return False
    refused = writing.to_mend(actor(), review.product_id)
    return refused is not None and refused.id == review.id


@reviews.get(f"/reviews/<{ANY_ID}:id>/history")
def history(id: int) -> Any:
    """The versions of a review, newest first, with what changed."""
    review, who = queries.one_review(actor(), id), actor()
    steps, more = history_of(who, writing.visible_review(who, review.id))
    return render_template(
        "forum/reviews/history.html", here="categories", review=review, steps=steps, more=more
    )


# --- writing ------------------------------------------------------------------------------------------------------


@reviews.get("/products/<slug>/reviews/write")
def write(slug: str) -> Any:
    """The form of a new review, or why there is none."""
    product, who = _product(slug), actor()
    if not who.signed_in:
        return redirect(url_for("signin.sign_in", next=request.path), 303)
    standing = writing.standing_of(who, product.id, product.brand)
    if standing.own_review_id:
        return redirect(url_for("reviews.edit", id=standing.own_review_id), 303)
    kept, refused = load_draft(who, writing.draft_of(product.id)), writing.to_mend(who, product.id)
    typed = typed_before(kept) if kept else typed_of(refused) if refused else Typed()
    return _form(
        product, typed, incentive=standing.incentive, verdict=permissions.can_review(who, standing),
        restored=kept is not None, refused_id=refused.id if refused else None,
    )  # fmt: skip


@reviews.post("/products/<slug>/reviews/write", endpoint="send")
@takes_pictures
def send(slug: str) -> Any:
    """Publish it, or hold it."""
    product, who, typed = _product(slug), actor(), read_typed(request.form)
    if request.form.get("step") in _ASIDE:
        return _aside(product.id, typed, url_for("reviews.write", slug=slug))
    opened = seconds_since(as_id(request.form.get("opened")), clock.now().timestamp())
    try:
        typed = _with_pictures(typed)
        posted = writing.write_review(who, product.id, read_draft(who, typed), opened)
    except Refusal as refusal:
        if not who.signed_in:
            raise
        refused = writing.to_mend(who, product.id)
        return _form(product, typed, refusal, refused_id=refused.id if refused else None)
    return _after(posted)


def _with_pictures(typed: Typed) -> Typed:
    """With what came along where the editor could not send it by itself (the way without scripts)."""
    return replace(typed, text=behind(typed.text))


_ASIDE = ("keep", "discard")


def _aside(product_id: int, typed: Typed, address: str) -> Any:
    """Keep it for later, on any device; or throw away what was kept."""
    place = writing.draft_of(product_id)
    if request.form["step"] == "discard":
        discard_draft(actor(), place)
        return redirect(address, 303)
    fields = fields_of(typed)
    fields |= {"version": request.form["version"][:10]} if "version" in request.form else {}
    save_draft(actor(), place, title=typed.title, body=typed.text, fields=fields)
    flash(str(_("Your draft is kept.")))
    return redirect(address, 303)


@reviews.get(f"/reviews/<{ANY_ID}:id>/edit")
def edit(id: int) -> Any:
    """The form of one's own review."""
    review = writing.visible_review(actor(), id)
    require(permissions.can_change(actor(), review))
    typed = typed_of(review)
    kept = load_draft(actor(), writing.draft_of(review.product_id))
    if kept is not None:
        begun = as_id(kept.fields.get("version")) or review.version
        return _edit_form(queries.one_review(actor(), id), typed_before(kept), begun, restored=True)
    return _edit_form(queries.one_review(actor(), id), typed, review.version)


@reviews.post(f"/reviews/<{ANY_ID}:id>/edit", endpoint="save")
@takes_pictures
def save(id: int) -> Any:
    """Store the new version, or have it read first."""
    who, typed, version = actor(), read_typed(request.form), as_id(request.form.get("version")) or 0
    try:
        review = writing.visible_review(who, id)
        require(permissions.can_change(who, review))
        if request.form.get("step") in _ASIDE:
            return _aside(review.product_id, typed, url_for("reviews.edit", id=id))
        typed = _with_pictures(typed)
        posted = writing.edit_review(who, id, version, read_draft(who, typed))
    except (NotFound, Gone, Forbidden):
        raise
    except Refusal as refusal:
        now = queries.one_review(who, id)
        return _edit_form(now, typed, now.version if isinstance(refusal, Conflict) else version, refusal)
    return _after(posted)


def _edit_form(
    review: ReviewView, typed: Typed, version: int, refusal: Refusal | None = None, restored: bool = False
) -> Response:
    return _form(
        _product(review.product_slug), typed, refusal, review.incentive, review=review, version=version, restored=restored
    )  # fmt: skip


def _form(
    product: ProductCard,
    typed: Typed,
    refusal: Refusal | None = None,
    incentive: Incentive = Incentive.NONE,
    restored: bool = False,
    **more: Any,
) -> Response:
    body = render_template(
        "forum/reviews/write.html", here="categories", product=product, typed=typed, refusal=refusal, words=wording,
        incentive=incentive, ratings=RATINGS, errors=refusal.fields if isinstance(refusal, Invalid) else {}, title_max=TITLE_MAX,
        text_max=TEXT_MAX, point_max=POINT_MAX, points_most=POINTS_MOST, today=clock.now().date(),
        opened=int(clock.now().timestamp()), place=writing.draft_of(product.id), restored=restored, **more,
    )  # fmt: skip
    return make_response(body, refusal.status if refusal else 200)


def _after(posted: Any) -> Any:
    if posted.masked:
        flash(str(_("Private details in your text were masked before it was stored.")))
    if posted.held:
        flash(
            str(
                _(
                    "Thank you. Reviews are read before they are published, whatever their rating; we tell you."
                )
            )
        )
    else:
        flash(str(_("Thank you: your review is published.")))
    return redirect(url_for("reviews.show", id=posted.id), 303)


@reviews.post(f"/reviews/<{ANY_ID}:id>/withdraw")
def withdraw(id: int) -> Any:
    """Take back one's own review, or one's own reply to one."""
    review = queries.one_review(actor(), id)
    writing.withdraw(actor(), id)
    flash(str(_("It is withdrawn. Nobody sees it any more.")))
    if id != review.id:
        return redirect(url_for("reviews.show", id=review.id), 303)
    return redirect(url_for("reviews.index", slug=review.product_slug), 303)


@reviews.post(f"/reviews/<{ANY_ID}:id>/useful")
def useful(id: int) -> Any:
    """Say that a review is useful, or no more."""
    review = queries.one_review(actor(), id)
    act = voting.find_useful if request.form.get("on") != "0" else voting.find_useful_no_more
    act(actor(), review.id)
    if wants_fragment():
        shown = queries.one_review(actor(), id)
        mine = queries.found_useful(actor(), [shown.id])
        return render_template(
            "forum/reviews/_card.html", review=shown, words=wording, reader=actor(), useful=mine
        )
    return redirect(url_for("reviews.show", id=review.id), 303)


@reviews.post(f"/reviews/<{ANY_ID}:id>/reply")
def reply(id: int) -> Any:
    """The brand answers."""
    review = queries.one_review(actor(), id)
    try:
        posted = replying.reply_to(actor(), review.id, request.form.get("body", "")[: REPLY_MAX + 500])
    except Invalid as invalid:
        return _show(review.id, invalid)
    flash(str(_("Your reply is being read.") if posted.held else _("Your reply is published.")))
    return redirect(url_for("reviews.show", id=review.id), 303)
