"""A picture is as public as the text that shows it, at its own address and wherever else it might come out
(domain/moderation.md §B1: held content reaches nothing)."""

import pytest

from accounts.messages.writing import write_to
from common.db import db
from forum.images.models import ImagePost
from forum.images.uploading import upload_image
from forum.questions import publishing
from forum.questions.editing import edit_post
from forum.questions.withdrawing import withdraw_post
from moderation.review import undoing
from moderation.review.rules import Decision
from tests.forum.test_images import png

PUBLIC = "public, max-age=600"


@pytest.fixture
def label(ada):
    return upload_image(ada, png("white"), "The parcel").file_key


@pytest.fixture
def visit(app):
    """What a visitor is answered."""
    return lambda key: app.test_client().get(f"/images/{key}")


@pytest.fixture
def answers(visit, sign_in, ada, ben, mo, sam):
    """What a visitor, another member, its author, an agent and a moderator are answered."""

    def ask(key):
        yield visit(key).status_code
        for one in (ben, ada, sam, mo):
            yield sign_in(one).get(f"/images/{key}").status_code

    return lambda key: list(ask(key))


def shows(key):
    return f"It came like this, what is to be done now?\n\n![The parcel](/images/{key})"


@pytest.fixture
def read(decide, mo):
    """A picture of a newcomer is read first: it was, and is published."""

    def approve(post_id):
        decide(mo, post_id, Decision.APPROVE)
        return post_id

    return approve


@pytest.fixture
def shown(ada, label, make_question, read):
    return read(make_question(ada, body=shows(label)))


def test_a_public_picture_is_asked_for_again_after_some_minutes(
    client, shown, label, count_queries, ada, drain
):
    first = client.get(f"/images/{label}")
    assert first.status_code == 200 and first.headers["Cache-Control"] == PUBLIC
    with count_queries() as made:
        again = client.get(f"/images/{label}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and len(made) <= 4


@pytest.mark.parametrize(
    "away, answer",
    [(publishing.hide, 404), (publishing.remove, 410), (publishing.reject, 410)],
)
@pytest.mark.parametrize("at_a_question", [True, False])
def test_taken_away_with_its_text_or_with_its_thread(
    shown, label, ben, mo, ada, make_answer, answers, away, answer, at_a_question, visit, read
):
    """The picture of a question goes with it; that of an answer with its thread."""
    if not at_a_question:
        label = upload_image(ada, png("green")).file_key
        read(make_answer(ada, shown, body=shows(label)))
    assert answers(label) == [200] * 5
    away(mo, shown)
    assert answers(label) == [answer, answer, 200, 200, 200]
    assert "public" not in visit(label).headers.get("Cache-Control", "")
    publishing.restore(mo, shown)
    assert answers(label) == [200] * 5


def test_withdrawn_it_is_its_author_s_again(shown, label, ada, answers):
    withdraw_post(ada, shown)
    assert answers(label)[:3] == [410, 410, 200]


def test_held_it_waits_with_its_text_and_shows_with_it(
    newcomer, policy, make_question, decide, mo, visit, sign_in, ben
):
    policy("trust")
    key = upload_image(newcomer, png("blue")).file_key
    held = make_question(newcomer, body=shows(key))
    for reader, answer in ((None, 404), (ben, 404), (newcomer, 200), (mo, 200)):
        found = sign_in(reader).get(f"/images/{key}") if reader else visit(key)
        assert found.status_code == answer
    made = decide(mo, held, Decision.APPROVE)
    assert visit(key).status_code == 200
    undoing.undo(mo, made.item_id)
    assert visit(key).status_code == 404


def test_of_an_edit_that_waits_it_is_shown_with_the_edit(
    ada, label, policy, make_question, decide, mo, answers
):
    post_id = make_question(ada)
    policy("trust")
    other = f"Everything is different now, I have found another machine in the cellar of the house. {shows(label)}"
    assert edit_post(ada, post_id, version=1, body=other).held
    assert answers(label) == [404, 404, 200, 200, 200]
    made = decide(mo, post_id, Decision.APPROVE)
    assert answers(label) == [200] * 5
    undoing.undo(mo, made.item_id)
    assert answers(label) == [404, 404, 200, 200, 200]
    assert db.session.query(ImagePost).count() == 0


def test_nobody_keeps_a_picture_of_somebody_else_in_the_open(shown, label, ben, mo, make_answer, answers):
    make_answer(ben, shown, body=shows(label))
    other = db.session.query(ImagePost).filter_by(file_key=label).all()
    assert [one.post_id for one in other] == [shown]
    publishing.remove(mo, shown)
    assert answers(label)[:2] == [410, 410]


def test_one_that_stands_in_two_texts_is_shown_while_one_is(
    shown, label, ada, mo, make_question, answers, read
):
    more = {"title": "The other question about the parcel", "body": f"Once more, please. {shows(label)}"}
    read(make_question(ada, **more))
    publishing.remove(mo, shown)
    assert answers(label) == [200] * 5


def test_a_draft_s_picture_is_its_author_s_and_a_message_s_is_the_two_s(cleo, ben, newcomer, visit, sign_in):
    label = upload_image(cleo, png("white")).file_key
    assert [sign_in(one).get(f"/images/{label}").status_code for one in (cleo, ben)] == [200, 404]
    write_to(cleo, ben.member_id, shows(label), nonce="a")
    assert [sign_in(one).get(f"/images/{label}").status_code for one in (cleo, ben, newcomer)] == [
        200,
        200,
        404,
    ]
    assert visit(label).status_code == 404


def test_what_the_team_brought_for_its_pages_is_public_until_a_text_with_it_is_away(
    mo, max_, make_question, visit
):
    key = upload_image(max_, png("black")).file_key
    assert visit(key).status_code == 200
    post_id = make_question(max_, body=shows(key))
    publishing.remove(mo, post_id)
    assert visit(key).status_code == 410


def test_a_picture_that_is_away_is_on_no_page_feed_or_card(shown, label, mo, app, sign_in, ben, drain):
    publishing.hide(mo, shown)
    drain()
    for who in (app.test_client(), sign_in(ben)):
        for address in (
            f"/en/questions/{shown}/x", f"/en/posts/{shown}/history", "/en/questions", "/en/questions/feed.atom", f"/api/v1/questions/{shown}",
            "/en/search?q=parcel", "/sitemap.xml", f"/en/questions/{shown}/feed.atom",
        ):  # fmt: skip
            assert label not in who.get(address, follow_redirects=True).get_data(as_text=True), address
