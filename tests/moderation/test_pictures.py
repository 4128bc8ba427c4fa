"""One picture is hidden while its text stays: kept for an appeal, shown to nobody, with one statement of its own
(domain/moderation.md §B5, §B6)."""

import pytest
from sqlalchemy import func, select

from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from forum.images.hiding import is_hidden
from forum.images.keeping import path_of
from forum.images.uploading import upload_image
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.pictures.hiding import hide_picture, show_picture
from moderation.review import deciding, leasing
from moderation.review.rules import Decision, FoundBy, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import Measure, missing_parts
from moderation.sanctions.statements import finders_of, picture_of, token_of
from moderation.sanctions.wording import parts_of
from moderation.transparency import filing
from moderation.transparency.rules import fault_of, record_of
from tests.forum.test_images import png


@pytest.fixture
def label(newcomer):
    return upload_image(newcomer, png("white"), "The parcel").file_key


@pytest.fixture
def shows(policy, newcomer, make_question, label):
    """A newcomer's question with a picture: it waits, because of the picture as well."""
    policy("trust")
    return make_question(newcomer, body=f"It came like this, what now?\n\n![The parcel](/images/{label})")


def statement():
    return db.session.scalars(select(Statement).order_by(Statement.id.desc())).first()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_newcomers_picture_waits_for_a_person_and_one_is_hidden_alone(
    shows, label, mo, newcomer, item_of, decide, state_of, client, sign_in, drain
):
    item = item_of(shows)
    assert item.kind == "image" and "images" in item.signals
    hide_picture(mo, item.id, label, Reason.PERSONAL_DATA, "Your address can be read on it.")
    assert state_of(shows) == "held" and item_of(shows).open_key, "the text still waits"
    made = statement()
    assert (made.measure, made.member_id, made.post_id) == (Measure.PICTURE_HIDDEN, newcomer.member_id, shows)
    assert picture_of(made) == label and finders_of(made) == (FoundBy.RULE,)
    parts = {name: [str(one) for one in said] for name, said in parts_of(made).items()}
    assert missing_parts(parts) == [] and "The text around it is not touched." in parts["scope"][0]
    record = record_of(filing._facts(made, None, "en"))
    assert fault_of(record) == "" and record["content_type"] == ["CONTENT_TYPE_IMAGE"]
    decide(mo, shows, Decision.APPROVE)
    answer = client.get(f"/images/{label}")
    assert (answer.status_code, answer.mimetype) == (410, "image/svg+xml")
    assert "no-store" in answer.headers["Cache-Control"] and path_of(label).exists()
    assert sign_in(mo).get(f"/images/{label}").mimetype == "image/png", "who decides sees it"
    assert count(Statement) == 1
    drain()
    page = sign_in(newcomer).get(f"/en/decisions/{token_of(made.id)}").text
    assert "A picture of yours was hidden" in page and "Your address can be read on it." in page


def test_shown_again_its_statement_is_over_and_it_can_be_hidden_anew(
    shows, label, mo, item_of, newcomer, sign_in
):
    item_id = item_of(shows).id
    hide_picture(mo, item_id, label, Reason.PERSONAL_DATA)
    with pytest.raises(Conflict):
        hide_picture(mo, item_id, label, Reason.PERSONAL_DATA)
    for _twice in range(2):
        show_picture(mo, item_id, label)
    assert sign_in(newcomer).get(f"/images/{label}").status_code == 200
    assert db.session.scalars(select(StatementEnd.how)).all() == ["restored"]
    hide_picture(mo, item_id, label, Reason.PERSONAL_DATA)
    assert count(Statement) == 2 and is_hidden(label)


def test_overturned_on_appeal_it_is_back(shows, label, mo, max_, newcomer, item_of):
    hide_picture(mo, item_of(shows).id, label, Reason.PERSONAL_DATA)
    appealing.appeal(newcomer, statement().id, "It is the label of the machine, no address at all.")
    item = item_of(shows, kind="appeal")
    lease = leasing.claim(max_, item.id)
    verdict = deciding.Verdict(Decision.OVERTURN, message="You are right, it shows the type plate only.")
    deciding.decide(max_, item.id, lease.token, shown(item).stamp, verdict)
    assert not is_hidden(label) and db.session.scalars(select(StatementEnd.how)).all() == ["overturned"]


def test_what_is_refused_leaves_no_trace(shows, label, mo, ben, newcomer, item_of):
    item_id = item_of(shows).id
    for who, key, reason, message, refusal in (
        (ben, label, Reason.PERSONAL_DATA, "", Forbidden),
        (newcomer, label, Reason.PERSONAL_DATA, "", Forbidden),
        (mo, "0" * 40 + ".png", Reason.PERSONAL_DATA, "", Conflict),
        (mo, label, Reason.OTHER, "too short", Invalid),
        (mo, label, Reason.PERSONAL_DATA, "x" * 1_001, Invalid),
    ):
        with pytest.raises(refusal):
            hide_picture(who, item_id, key, reason, message)
    assert not is_hidden(label) and count(Statement) == 0


def test_a_reported_picture_with_private_details_calls_a_person_at_once(
    policy, cleo, ben, mo, make_question, item_of, sign_in
):
    policy("reactive")
    key = upload_image(cleo, png("blue"), "The card").file_key
    post_id = make_question(cleo, body=f"Here it is, as you asked me.\n\n![The card](/images/{key})")
    flag(ben, post_id, FlagReason.PERSONAL_DATA, picture=key)
    item = item_of(post_id)
    assert item.klass == 0
    browser = sign_in(mo)
    page = browser.get(f"/en/desk/review/{item.id}").text
    assert "Hide picture 1 alone" in page and f"/images/{key}" in page
    sent = browser.post(
        f"/en/desk/review/{item.id}/pictures/{key}/hide",
        data={"reason": "personal_data", "picture_message": "A card."},
    )
    assert sent.status_code == 303 and is_hidden(key)
    assert finders_of(statement()) == (FoundBy.REPORT,)
    assert "Show picture 1 again" in browser.get(f"/en/desk/review/{item.id}").text
    bad = browser.post(f"/en/desk/review/{item.id}/pictures/{key}/hide", data={"reason": "none of them"})
    assert bad.status_code == 422
    assert browser.post(
        f"/en/desk/review/{item.id}/pictures/{key}/show"
    ).status_code == 303 and not is_hidden(key)


@pytest.mark.parametrize(("language", "words"), [("en", "parcel label"), ("fr", "étiquette de colis")])
def test_whoever_sends_a_picture_reads_what_must_not_be_on_it(language, words, ben, sign_in):
    assert words in sign_in(ben).get(f"/{language}/questions/ask").text
