"""The history of an item: every edit with its words before and after, beside what was decided (design/UX.md, page 36)."""

from datetime import timedelta

import pytest

from common import clock
from common.db import db
from forum.questions.editing import edit_post
from forum.questions.models import Post, Revision
from forum.revisions.differences import Change, Segment, shortened
from forum.revisions.withholding import withhold_version
from moderation.delegation.rules import Right
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.review import history, undoing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, ItemType, Reason
from tests.delegation.conftest import limited, now, person  # noqa: F401 - moderators of a part

FIRST = "The drum stays full of water after the wash, whatever I do with the small hatch below."
SECOND = "The drum stays full of water after the rinse, whatever I do with the small hatch below."
SHOPS = f"{SECOND} See www.one.example and www.two.example and www.three.example, please."
TITLE = "The drum stays full of water and of foam"


@pytest.fixture
def edited(policy, newcomer, mo, make_question, decide):
    """A question that was edited once, whose next edit was refused, while the one after waits."""
    policy("trust")
    post_id = make_question(newcomer, body=FIRST)
    decide(mo, post_id, Decision.APPROVE)
    edit_post(newcomer, post_id, version=1, body=SECOND)
    edit_post(newcomer, post_id, version=2, body=SHOPS, title=TITLE)
    decide(mo, post_id, Decision.REJECT, Reason.ADVERTISING)
    edit_post(newcomer, post_id, version=2, body=SHOPS.replace("please", "thank you"), reason="Politer")
    return post_id


def texts(reader, item, post_id):
    return history.texts_of(reader, item, db.session.get(Post, post_id, populate_existing=True))


def words(segments, change):
    return "".join(piece.text for piece in segments if piece.change == change)


def test_every_edit_has_its_words_before_and_after(edited, mo, item_of):
    found = texts(mo, item_of(edited, kind=ItemType.EDIT), edited).by_event
    refused = next(key for key in found if key.startswith("decision:"))
    assert set(found) == {"version:2", refused, history.WAITS}
    assert words(found["version:2"].body, Change.REMOVED) == "wash"
    assert words(found["version:2"].body, Change.ADDED) == "rinse" and found["version:2"].title == ()
    assert "www.one.example" in words(found[refused].body, Change.ADDED)
    assert "and of foam" in words(found[refused].title, Change.ADDED)
    assert "thank you" in words(found[history.WAITS].body, Change.ADDED)
    assert found[history.WAITS].reason == "Politer" and found[history.WAITS].title == ()


def test_each_text_stands_under_its_event_on_the_page(edited, mo, item_of, sign_in):
    item_id, browser = item_of(edited, kind=ItemType.EDIT).id, sign_in(mo)
    page = browser.get(f"/en/desk/review/{item_id}/history").text
    assert (
        '<ins><span class="sr"> [added: </span>rinse' in page
        and '<del><span class="sr"> [removed: </span>wash' in page
    )
    assert "sent a change, which waits" in page and "Politer" in page and "underlined" in page
    assert "and of foam" in page, "the title that was refused"
    french = browser.get(f"/fr/desk/review/{item_id}/history").text
    assert "a envoyé une modification, qui attend" in french


def test_the_statements_of_the_page_do_not_grow_with_the_edits(policy, ada, mo, make_question, count_queries):
    policy("reactive")
    post_id = make_question(ada, body=FIRST)
    item = ReviewItem(kind=ItemType.SAMPLE, post_id=post_id)

    def count():
        post = db.session.get(Post, post_id, populate_existing=True)
        with count_queries() as seen:
            history.texts_of(mo, item, post)
        return len(seen)

    edit_post(ada, post_id, version=1, body=SECOND)
    few = count()
    for version in range(2, 6):
        edit_post(ada, post_id, version=version, body=f"{SECOND} And again, number {version}.")
    assert count() == few


def test_a_long_edit_is_cut_and_a_long_history_says_so(policy, ada, mo, make_question):
    policy("reactive")
    post_id = make_question(ada, body=FIRST)
    edit_post(ada, post_id, version=1, body=f"{FIRST} {'long words ' * 1_500}")
    item = ReviewItem(kind=ItemType.SAMPLE, post_id=post_id)
    (one,) = texts(mo, item, post_id).by_event.values()
    assert sum(len(piece.text) for piece in one.body) <= history.TEXT_MOST + 1 and one.body[-1].text.endswith(
        "…"
    )
    for version in range(3, 40):
        db.session.add(
            Revision(
                post_id=post_id, version=version, body=SECOND, editor_id=ada.member_id, created_at=clock.now()
            )
        )
    found = texts(mo, item, post_id)
    assert found.more and len(found.by_event) == 30
    assert shortened((Segment(Change.SAME, "abc"), Segment(Change.ADDED, "defg")), 3) == (
        Segment(Change.SAME, "abc"), Segment(Change.ADDED, "…"),
    )  # fmt: skip


def test_who_moderates_a_part_reads_no_version_that_was_withheld(edited, mo, item_of, limited):  # noqa: F811
    edit_post(mo, edited, version=2, body=f"{SECOND} It is the blue one.", reason="Clearer")
    withhold_version(mo, edited, 2)
    item, some = item_of(edited, kind=ItemType.EDIT), limited(Right.DECIDE)
    assert {"version:2", "version:3"} <= set(texts(mo, item, edited).by_event)
    found = texts(some, item, edited).by_event
    assert "version:2" not in found and words(found["version:3"].body, Change.REMOVED).strip() == "wash"


def test_an_item_whose_answer_is_known_shows_no_edits(edited, mo):
    assert texts(mo, ReviewItem(kind=ItemType.AUDIT, post_id=edited), edited).by_event == {}


def test_the_texts_of_a_refused_edit_go_when_its_time_is_over(edited, mo, item_of, at):
    at(timedelta(days=400))
    found = texts(mo, item_of(edited, kind=ItemType.EDIT), edited).by_event
    assert not any(key.startswith("decision:") for key in found)


def test_the_history_says_who_hid_a_text(ben, ada, cleo, mo, members, make_question, item_of, decide):
    post_id = make_question(ada)
    for who in members(3, rank=4):
        flag(who, post_id, FlagReason.INSULT)
    made = decide(mo, post_id, Decision.RESTORE)
    undoing.undo(mo, made.item_id)
    decide(mo, post_id, Decision.SEND_BACK, Reason.INSULT)
    events = history.events_of(item_of(post_id), db.session.get(Post, post_id, populate_existing=True))
    assert [one.detail for one in events if one.kind == "hidden"] == ["hidden", "hidden-again"]
