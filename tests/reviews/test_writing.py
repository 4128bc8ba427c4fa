"""Reviews by those who had the product, read by the same rules whatever the rating, changed by nobody but their author."""

from __future__ import annotations

import ast
import dataclasses
import threading
from collections import Counter
from datetime import timedelta
from itertools import product as pairs

import pytest
from sqlalchemy import select

from accounts.closing.closing import close_account
from common import clock
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.content.reviews import jobs as retiring
from forum.content.reviews import queries, replying, voting, writing
from forum.content.reviews.brands.registering import register
from forum.content.reviews.forms import read_draft
from forum.content.reviews.models import RatingCount, Review
from forum.content.reviews.rules import Checked, Incentive, ReviewSort
from forum.drafts.drafting import load_draft
from forum.products.models import Device
from forum.products.owning import remove_device
from forum.questions import editing, publishing
from forum.questions.models import PendingEdit, Revision
from forum.questions.rules import PostState
from forum.screening import Submission
from moderation.flags import flagging
from moderation.flags.rules import FlagReason
from moderation.review import deciding, leasing
from moderation.review import queries as review_queue
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement
from moderation.sanctions.statements import token_of
from rewards.abuse import sources
from rewards.abuse.rules import Sign
from rewards.badges.counts.deeds import useful_reviews
from rewards.badges.counts.sources import Who
from tests.conftest import ROOT, all_rows
from tests.reviews.conftest import BODY


def stored(review_id: int) -> Review:
    db.session.rollback()
    return db.session.get_one(Review, review_id)


def decide(mo, decision, reason=None, **more):
    lease = leasing.take_next(mo)
    item = db.session.get_one(ReviewItem, lease.item_id)
    verdict = deciding.Verdict(decision, reason, **more)
    return deciding.decide(mo, item.id, lease.token, shown(item).stamp, verdict)


# --- who writes one -----------------------------------------------------------------------------------------------


def test_a_verified_owner_writes_one_review_of_a_product(review, product, ben):
    posted = review(ben)
    one = stored(posted.id)
    assert posted.state == PostState.PUBLISHED and one.shown_at == one.published_at == clock.now()
    assert (one.rating, one.checked, one.incentive) == (4, Checked.PURCHASE, Incentive.NONE)
    assert queries.figures_of(product).average == 4.0
    with pytest.raises(Forbidden):
        review(ben, title="Another one of the same")


def test_the_same_form_sent_twice_is_one_review(review, ben):
    first = review(ben)
    again = review(ben)
    assert again.repeated and again.id == first.id


def test_who_never_had_the_product_writes_none(review, mo, sam, max_, zed):
    before = all_rows()
    for who in (mo, sam, max_, zed):
        with pytest.raises(Forbidden):
            review(who)
    db.session.rollback()
    assert all_rows()["post"] == before["post"]


def test_staff_write_none_even_where_they_own_it(review, product, sam):
    with unit_of_work():
        db.session.add(Device(member_id=sam.member_id, product_id=product, verified_at=clock.now()))
    with pytest.raises(Forbidden, match="team writes none"):
        review(sam)


def test_a_tester_writes_one_that_is_labelled_and_never_a_verified_purchase(review, product, tested, cleo):
    tested(cleo)
    one = stored(review(cleo).id)
    assert (one.incentive, one.checked) == (Incentive.FREE_PRODUCT_TRIAL, Checked.TRIAL)
    found = queries.figures_of(product)
    assert found.average is None and found.average_all == 4.0


def test_the_label_stays_when_the_trial_is_forgotten_and_comes_when_it_is_given_later(
    review, tested, typed, cleo, ben
):
    tested(cleo)
    label, none = review(cleo).id, review(ben).id
    tested(ben)
    for who, number in ((cleo, label), (ben, none)):
        writing.edit_review(who, number, 1, read_draft(who, typed(title="Still quiet and dry")))
        assert stored(number).incentive == Incentive.FREE_PRODUCT_TRIAL
        assert stored(number).checked == Checked.TRIAL


def test_a_purchase_that_is_no_longer_confirmed_is_said_no_more(review, product, ben):
    number = review(ben).id
    device = db.session.scalar(select(Device.id).where(Device.member_id == ben.member_id))
    remove_device(ben, device)
    assert stored(number).checked == Checked.NOT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", "0"), ("rating", "six"), ("title", "no"), ("text", "short"), ("text", "x" * 5_001),
        ("experienced_on", "2999-01-01"), ("experienced_on", "yesterday"), ("pros", "x" * 121), ("cons", "\n".join("abcdefg")),
    ],
)  # fmt: skip
def test_what_cannot_be_a_review_is_refused_with_a_sentence_at_its_field(typed, ben, product, field, value):
    with pytest.raises(Invalid) as refused:
        read_draft(ben, typed(**{field: value}))
    assert list(refused.value.fields) == ["body" if field == "text" else field]


# --- the same for any rating --------------------------------------------------------------------------------------


def test_what_decides_never_sees_the_rating():
    assert "rating" not in {field.name for field in dataclasses.fields(Submission)}
    assert "rating" not in ReviewItem.__table__.c
    judges = list((ROOT / "moderation").rglob("*.py"))
    judges += [ROOT / "forum/content/reviews/permissions.py", ROOT / "forum/questions/publishing.py"]
    for path in judges:
        names = {
            node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
        }
        assert "rating" not in names, path
    desk = "".join(path.read_text() for path in (ROOT / "templates/moderation").rglob("*.html"))
    assert "rating" not in desk


def test_delays_and_reasons_do_not_depend_on_the_rating(review, product, newcomer, ada, mo, at):
    """Every rating by a newcomer and by a member, with words of every sort: state, reasons, class and due time agree."""
    words = {"plain": BODY, "links": BODY + " https://one.example https://two.example https://three.example"}
    found: dict = {}
    for (kind, text), who in pairs(words.items(), (newcomer, ada)):
        for rating in range(1, 6):
            posted = review(who, rating, text=text, title=f"About it {kind}")
            item = db.session.scalars(select(ReviewItem).where(ReviewItem.post_id == posted.id)).one()
            outcome = (
                posted.state,
                posted.reasons,
                item.klass,
                item.due_at - item.created_at,
                tuple(item.signals),
            )
            found.setdefault((kind, who.member_id), Counter())[outcome] += 1
            writing.withdraw(who, posted.id)
    assert len(found) == 4
    assert all(len(outcomes) == 1 for outcomes in found.values())


def test_the_queue_orders_reviews_by_time_alone(review, newcomer, ada, mo, at):
    later = clock.now()
    numbers = {}
    for minutes, (who, rating) in enumerate(((newcomer, 1), (ada, 5))):
        at(later + timedelta(minutes=minutes))
        numbers[review(who, rating).id] = minutes
    rows = review_queue.queue(mo, "all").rows
    posts = [db.session.get_one(ReviewItem, row.id).post_id for row in rows]
    assert [numbers[post] for post in posts] == [0, 1]


def test_who_is_known_is_read_afterwards_and_everybody_else_first(review, ada, ben, app):
    first, after = review(ada), review(ben)
    assert (first.state, after.state) == (PostState.HELD, PostState.PUBLISHED)
    kinds = {item.post_id: str(item.kind) for item in db.session.scalars(select(ReviewItem))}
    assert kinds == {first.id: "review", after.id: "sample"}


# --- refused, and contested ---------------------------------------------------------------------------------------


def test_a_refusal_states_its_reasons_and_the_author_may_write_anew(review, product, ada, mo, drain):
    held = review(ada)
    assert queries.figures_of(product).count_all == 0
    decide(mo, Decision.REJECT, Reason.NOT_AN_EXPERIENCE)
    statement = db.session.scalars(select(Statement)).one()
    assert (statement.post_id, statement.reason, statement.member_id) == (
        held.id,
        Reason.NOT_AN_EXPERIENCE,
        ada.member_id,
    )
    anew = review(ada, title="What I lived through myself")
    assert anew.id != held.id and anew.state == PostState.HELD
    appealing.appeal(ada, statement.id, "I have had this machine for four months and wrote what I saw.")
    item = db.session.scalars(select(ReviewItem).where(ReviewItem.kind == "appeal")).one()
    assert item.post_id == held.id


def test_a_refused_review_is_mended_by_its_author_and_read_anew(
    review, typed, ada, ben, mo, client, sign_in, at, settings_override
):
    refused = review(ada).id
    decide(mo, Decision.REJECT, Reason.INSULT)
    at(timedelta(hours=1))
    sign_in(ada, client)
    form = "/en/products/ondea-8/reviews/write"
    assert "Mend it and send it again" in client.get(f"/en/reviews/{refused}").text
    page = client.get(form).text
    assert "Your review was not published" in page and BODY[:40] in page and "Heavy door" in page
    now = clock.now()
    at(timedelta(days=30))
    over = client.get(form).text + client.get(f"/en/reviews/{refused}").text
    assert "Your review was not published" not in over and "Mend it and send it again" not in over
    with pytest.raises(Invalid), settings_override(reviews__trusted_rank=0):
        review(ada)
    at(now)
    token = token_of(db.session.scalars(select(Statement.id).where(Statement.post_id == refused)).one())
    sign_in(ada, client)
    assert "Take my text up again" in client.get(f"/en/decisions/{token}").text
    taken = client.post(f"/en/decisions/{token}/mend")
    assert (taken.status_code, taken.headers["Location"]) == (303, form)
    kept = load_draft(ada, f"review:{stored(refused).product_id}")
    assert (kept.body, kept.fields["rating"], kept.fields["cons"]) == (BODY, "4", "Heavy door")
    answer = client.post(form, data={**dataclasses.asdict(typed()), "body": BODY})
    assert (
        answer.status_code == 422
        and "This is the text that was refused" in answer.text
        and BODY[:40] in answer.text
    )
    with settings_override(reviews__trusted_rank=0):
        mended = review(
            ada, text="I have used it every day for a month, and it is quieter than the one before."
        )
    assert (mended.state, mended.id != refused) == (PostState.HELD, True)
    assert db.session.scalar(select(ReviewItem.open_key).where(ReviewItem.post_id == mended.id)) is not None
    assert stored(refused).body and "Mend it" not in client.get(f"/en/reviews/{refused}").text
    sign_in(ben, client)
    assert "Your review was not published" not in client.get(form).text


def test_an_overturned_refusal_brings_the_review_back_unless_there_is_a_newer_one(
    review, product, ada, ben, mo
):
    held = review(ada)
    decide(mo, Decision.REJECT, Reason.JUNK)
    publishing.restore(SYSTEM, held.id)
    assert stored(held.id).shown_at is not None and stored(held.id).place_key
    publishing.remove(SYSTEM, held.id)
    newer = review(ada, title="My second thoughts on it")
    publishing.restore(SYSTEM, held.id)
    assert stored(held.id).state == PostState.WITHDRAWN
    assert stored(newer.id).state == PostState.HELD
    assert queries.figures_of(product).count_all == 0


def test_an_approval_publishes_it_and_tells_its_author(review, product, ada, mo, drain, at):
    held = review(ada, rating=1)
    decide(mo, Decision.APPROVE)
    one = stored(held.id)
    assert one.state == PostState.PUBLISHED and one.shown_at == one.published_at
    assert queries.figures_of(product).all[1] == 1
    at(clock.now() + timedelta(minutes=2))
    drain()
    told = [row for row in all_rows()["notification"] if "approved" in row]
    assert len(told) == 1 and "'review'" in told[0]


# --- changes ------------------------------------------------------------------------------------------------------


def test_nobody_but_the_author_changes_the_words(review, ben, ada, mo, max_, root, typed):
    number = review(ben).id
    for who in (ada, mo, max_, root):
        with pytest.raises(Forbidden, match="nobody but its author"):
            writing.edit_review(who, number, 1, read_draft(who, typed(title="Something else entirely")))
        with pytest.raises(NotFound):
            editing.edit_post(who, number, version=1, body=BODY + " More.", reason="better so")
    db.session.rollback()
    assert stored(number).title == "Quiet and dry"


def test_masking_is_the_only_other_change_and_is_shown_as_such(review, ada, mo):
    held = review(ada, text=BODY + " Ask Madame Martin next door.")
    decide(mo, Decision.APPROVE_AND_MASK, excerpts=("Madame Martin",))
    one = stored(held.id)
    assert "Martin" not in one.body and "•••" in one.body and one.masked_at is not None
    kept = db.session.scalars(select(Revision).where(Revision.post_id == held.id)).all()
    assert all("Martin" not in version.body for version in kept)


def test_private_details_are_masked_before_they_are_stored_and_that_is_shown_too(review, ben):
    number = review(ben, text=BODY + " Write to me: somebody@example.org.").id
    assert "somebody@example.org" not in stored(number).body and stored(number).masked_at is not None


def test_an_edit_is_screened_anew_and_keeps_the_version_before(review, product, ada, typed, at, mo):
    number = review(ada, rating=5).id
    publishing.release(mo, number)
    at(clock.now() + timedelta(days=90))
    changed = typed(
        rating="1", text="It broke in the fifth month and nobody could say why it had.", title="It broke"
    )
    waiting = writing.edit_review(ada, number, 1, read_draft(ada, changed))
    assert waiting.held and stored(number).rating == 5 and queries.figures_of(product).average == 5.0
    pending = db.session.get_one(PendingEdit, number)
    assert pending.facts["rating"] == 1
    publishing.release_edit(mo, number)
    one = stored(number)
    assert (one.rating, one.title, one.version) == (1, "It broke", 2)
    assert queries.figures_of(product).average == 1.0
    versions = db.session.scalars(
        select(Revision).where(Revision.post_id == number).order_by(Revision.version)
    ).all()
    assert [version.facts["rating"] for version in versions] == [5, 1]


def test_an_edit_of_an_older_version_is_refused_and_one_of_nothing_does_nothing(review, ben, typed):
    number = review(ben).id
    assert writing.edit_review(ben, number, 1, read_draft(ben, typed())).state == PostState.PUBLISHED
    assert stored(number).version == 1
    with pytest.raises(Conflict):
        writing.edit_review(ben, number, 7, read_draft(ben, typed(title="Another title here")))


def test_a_withdrawn_review_leaves_lists_and_figures_and_makes_room(review, product, ben):
    number = review(ben).id
    assert writing.withdraw(ben, number) and not writing.withdraw(ben, number)
    assert queries.figures_of(product).count_all == 0 and queries.reviews_page(product).items == []
    assert review(ben, title="A second try of mine").id != number


def test_a_review_leaves_when_its_time_is_over(review, product, ben, cleo, at):
    old = review(ben).id
    at(clock.now() + timedelta(days=31 * 40))
    new = review(cleo).id
    at(clock.now() + timedelta(days=31 * 21))
    retiring.retire_old()
    assert [one.id for one in queries.reviews_page(product).items] == [new]
    assert stored(old).state == PostState.WITHDRAWN
    retiring.retire_old()


# --- useful, replies, doubts --------------------------------------------------------------------------------------


def test_useful_counts_once_and_pays_nobody(review, ben, cleo, ada, drain):
    number = review(ben).id
    ledger = all_rows()["ledger_entry"]
    assert voting.find_useful(cleo, number) and not voting.find_useful(cleo, number)
    assert voting.find_useful(ada, number)
    with pytest.raises(Forbidden):
        voting.find_useful(ben, number)
    assert stored(number).useful_count == 2
    assert voting.find_useful_no_more(ada, number) and not voting.find_useful_no_more(ada, number)
    assert stored(number).useful_count == 1
    drain()
    assert all_rows()["ledger_entry"] == ledger


def test_who_may_give_no_thumbs_up_finds_no_review_useful(review, ben, newcomer, zed):
    number = review(ben).id
    for who in (newcomer, zed):
        with pytest.raises(Forbidden):
            voting.find_useful(who, number)
    assert stored(number).useful_count == 0


def test_an_annulled_vote_is_not_given_again_and_can_be_put_back(review, ben, cleo):
    number = review(ben).id
    voting.find_useful(cleo, number)
    vote = db.session.scalar(select(voting.ReviewVote.id))
    with unit_of_work():
        assert voting.annul_vote(vote) and not voting.annul_vote(vote)
    with pytest.raises(Conflict):
        voting.find_useful(cleo, number)
    with unit_of_work():
        assert voting.restore_vote(vote) and not voting.restore_vote(vote)
    assert stored(number).useful_count == 1


def test_the_team_replies_once_and_the_author_is_told(review, ben, sam, ada, drain, outbox):
    number = review(ben).id
    with pytest.raises(Forbidden):
        replying.reply_to(ada, number, "Thank you for these words about it.")
    posted = replying.reply_to(sam, number, "Thank you. The door gets lighter with a drop of oil.")
    assert posted.state == PostState.PUBLISHED
    assert queries.one_review(ada, number).reply.official
    with pytest.raises(Forbidden, match="already has a reply"):
        replying.reply_to(sam, number, "One more word from us about it.")
    assert [row for row in all_rows()["notification"] if "review-replied" in row]
    writing.withdraw(sam, posted.id)
    assert queries.one_review(ada, number).reply is None
    assert replying.reply_to(sam, number, "Another reply in its place, then.").id != posted.id


def test_a_registered_maker_replies_after_a_review_and_writes_none_of_its_own(
    review, product, ben, ada, cleo, max_, mo
):
    number = review(ben).id
    with pytest.raises(Forbidden):
        register(mo, ada.member_id, "Brévane")
    with pytest.raises(Invalid):
        register(max_, ada.member_id, "Nobody")
    assert register(max_, ada.member_id, "Brévane") and not register(max_, ada.member_id, "Brévane")
    with pytest.raises(Forbidden, match="maker"):
        review(ada)
    posted = replying.reply_to(ada, number, "Thank you for these words about our machine.")
    assert posted.state == PostState.HELD and queries.one_review(cleo, number).reply is None
    publishing.release(mo, posted.id)
    assert not queries.one_review(cleo, number).reply.official


def test_a_doubt_is_for_the_maker_needs_reasons_and_hides_nothing(
    review, make_question, ben, ada, cleo, max_
):
    number, why = review(ben).id, "This serial number was never sold; our records have no such machine."
    register(max_, ada.member_id, "Brévane")
    with pytest.raises(Forbidden):
        flagging.flag(cleo, number, FlagReason.AUTHENTICITY, why)
    with pytest.raises(Invalid):
        flagging.flag(ada, number, FlagReason.AUTHENTICITY, "not true")
    with pytest.raises(Invalid):
        flagging.flag(ada, make_question(ben), FlagReason.AUTHENTICITY, why)
    assert flagging.flag(ada, number, FlagReason.AUTHENTICITY, why)
    assert flagging.verdict_on(number).score == 0 and stored(number).state == PostState.PUBLISHED
    assert (
        db.session.scalars(select(ReviewItem).where(ReviewItem.kind == "flag_case")).one().post_id == number
    )


# --- lists, figures, what it never earns --------------------------------------------------------------------------


def test_lists_show_the_most_recent_first_or_the_most_useful_or_one_rating(
    review, product, ben, cleo, ada, at
):
    first = review(ben, 5).id
    at(clock.now() + timedelta(hours=1))
    second = review(cleo, 2).id
    voting.find_useful(ada, first)
    ids = lambda **how: [one.id for one in queries.reviews_page(product, **how).items]  # noqa: E731
    assert ids() == [second, first]
    assert ids(sort=ReviewSort.USEFUL) == [first, second]
    assert ids(rating=2) == [second]
    page = queries.reviews_page(product, size=1)
    assert [one.id for one in queries.reviews_page(product, after=page.next, size=1).items] == [first]


def test_a_list_asks_the_same_number_of_statements_however_long(review, product, ben, cleo, count_queries):
    review(ben)
    with count_queries() as few:
        queries.reviews_page(product)
    db.session.rollback()
    review(cleo)
    with count_queries() as more:
        queries.reviews_page(product)
    assert len(few) == len(more) <= 3


def test_the_figures_are_the_published_reviews_after_anything(review, product, ben, cleo, ada, mo, typed):
    numbers = [review(ben, 5).id, review(cleo, 1).id, review(ada, 3).id]
    publishing.release(mo, numbers[2])
    publishing.hide(SYSTEM, numbers[1])
    publishing.restore(mo, numbers[1])
    writing.edit_review(cleo, numbers[1], 1, read_draft(cleo, typed(rating="2")))
    publishing.remove(mo, numbers[0])
    rows = db.session.execute(select(RatingCount.rating, RatingCount.review_count)).all()
    assert sorted(tuple(row) for row in rows) == [(2, 1), (3, 1)]


def test_a_review_earns_no_points_and_no_discount(review, ada, ben, mo, drain):
    before = {table: all_rows()[table] for table in ("ledger_entry", "coupon", "promotion_use")}
    held = review(ada, 5)
    decide(mo, Decision.APPROVE)
    publishing.remove(mo, review(ben, 1).id)
    drain()
    assert stored(held.id).state == PostState.PUBLISHED
    assert {table: all_rows()[table] for table in before} == before


def test_no_rule_of_points_or_discounts_can_ask_for_reviews_or_ratings():
    """Invariant 35, on the source: neither names them nor imports from where they are."""
    for folder in ("rewards/ledger", "rewards/promotions", "rewards/ranks"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            assert not [name for name in modules if "reviews" in name], path
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not names & {"Review", "rating", "ReviewVote", "RatingCount"}, path


def test_the_badge_counts_useful_reviews_that_nothing_was_given_for(review, tested, ben, cleo, ada):
    owner = review(ben).id
    tested(cleo)
    tester = review(cleo).id
    with unit_of_work():
        for number, voters in ((owner, (1, 3, 901)), (tester, (1, 2, 901))):
            db.session.add_all(voting.ReviewVote(review_id=number, member_id=one) for one in voters)
            db.session.get_one(Review, number).useful_count = len(voters)
    assert useful_reviews(Who()) == {(ben.member_id, ""): (1, None)} == useful_reviews(Who((ben.member_id,)))
    assert useful_reviews(Who((cleo.member_id,))) == {}


def test_votes_on_reviews_are_a_source_of_v8_alone(review, ben, cleo, ada):
    number = review(ben).id
    for who in (cleo, ada):
        voting.find_useful(who, number)
    found = sources.votes(Sign.REVIEW_RING, clock.now() - timedelta(days=1))
    rows = db.session.execute(select(found.c.kind, found.c.voter_id, found.c.author_id)).all()
    assert sorted(tuple(row) for row in rows) == [("useful", 1, 2), ("useful", 3, 2)]
    others = sources.votes(Sign.BURST, clock.now() - timedelta(days=1))
    assert db.session.execute(select(others.c.id)).all() == []


def test_two_forms_of_one_member_at_once_are_one_review(app, product, typed, ben):
    """A race on the real database: the place of author and product is taken once."""
    draft, ends = read_draft(ben, typed()), []
    gate = threading.Barrier(2)

    def send(words):
        with app.app_context():
            gate.wait()
            try:
                ends.append(writing.write_review(ben, product, words).id)
            except Refusal as refusal:
                ends.append(refusal)
            finally:
                db.session.remove()

    others = dataclasses.replace(draft, title="The other form of it")
    threads = [threading.Thread(target=send, args=(words,)) for words in (draft, others)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(isinstance(end, int) for end in ends) == 1, ends
    assert len(all_rows()["product_review"]) == 1


def test_a_closed_account_leaves_the_review_without_a_name(review, ben, cleo, max_):
    number = review(ben).id
    voting.find_useful(cleo, number)
    register(max_, ben.member_id, "Brévane")
    close_account(ben, ben.member_id)
    one = queries.one_review(cleo, number)
    assert one.author.is_former and one.title == "Quiet and dry"
    assert all_rows()["brand_account"] == [] and stored(number).useful_count == 1
