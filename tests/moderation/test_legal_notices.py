"""Notices of illegal content: open to everybody, answered to their sender, and nobody's name to the author."""

import hashlib
from datetime import timedelta

import pytest

from common import clock, limits
from common.config import current_config
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions.withdrawing import withdraw_post
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.legal_notices import proof, queries, settling, submitting, trusting
from moderation.legal_notices.forms import NoticeDraft, read_notice
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import (
    LegalGround,
    Place,
    Subject,
    is_by_the_house,
    leading_zero_bits,
    place_of_address,
    solves,
)
from moderation.review import deciding, leasing, undoing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions.models import Statement
from tests.conftest import stored_text
from tests.moderation.test_retention import gone

WHY = "This names a person and the street where she lives, which is against article 9 of the Civil Code."


@pytest.fixture(autouse=True)
def easy(settings_override):
    with settings_override(moderation__notice_proof_bits=6):
        yield


@pytest.fixture
def question(ada, make_question):
    return make_question(ada)


def proven():
    """A challenge, and the answer a browser finds."""
    given = proof.challenge()
    return given, next(str(n) for n in range(100_000) if solves(given, str(n), 6))


def draft(
    post_id, ground=LegalGround.PRIVACY, email="lea@example.net", name="Léa Martin", why=WHY, work=True
):
    challenge, answer = proven() if work else ("", "")
    return NoticeDraft(
        Place(Subject.POST, post_id),
        f"/en/questions/{post_id}/x",
        ground,
        why,
        name,
        email,
        challenge,
        answer,
        "en",
    )


def send(post_id, who=ANONYMOUS, origin="203.0.113.7", **more):
    return submitting.submit(who, draft(post_id, **more), origin)


def notices():
    return list(db.session.scalars(db.select(LegalNotice).order_by(LegalNotice.id)))


def test_a_visitor_whose_browser_worked_is_received_at_once_with_a_receipt(question, item_of, drain, outbox):
    sent = send(question)
    item = item_of(question)
    assert not sent.waits and (item.kind, item.klass, item.signals) == ("flag_case", 1, ["legal_notice"])
    drain()
    (letter,) = outbox()
    assert letter["To"] == "lea@example.net" and f"N-{sent.notice_id}" in letter["Subject"]
    assert proof.token_of(sent.notice_id) in letter.get_body(("plain",)).get_content()


def test_without_work_a_mail_asks_for_a_click_and_only_then_it_counts(question, item_of, drain, outbox):
    sent = send(question, work=False)
    assert sent.waits and item_of(question) is None
    drain()
    (letter,) = outbox()
    words = letter.get_body(("plain",)).get_content()
    assert proof.token_of(sent.notice_id, "confirm") in words and proof.token_of(sent.notice_id) not in words
    submitting.confirm(sent.notice_id)
    submitting.confirm(sent.notice_id)
    assert item_of(question).klass == 1 and db.session.query(ReviewItem).count() == 1


def test_sexual_abuse_of_children_needs_no_name_and_calls_a_person_at_once(question, item_of):
    sent = send(question, ground=LegalGround.CHILD_ABUSE, email="", name="", work=False)
    assert not sent.waits and item_of(question).klass == 0 and "danger" in item_of(question).signals


def test_the_same_notice_twice_is_one(question):
    first, again = send(question), send(question)
    assert first == again and len(notices()) == 1


def test_one_challenge_counts_once(question):
    one = draft(question)
    submitting.submit(ANONYMOUS, one, "203.0.113.7")
    other = NoticeDraft(
        Place(Subject.POST, question),
        one.address,
        one.ground,
        one.explanation + " More.",
        one.name,
        one.email,
        one.challenge,
        one.answer,
    )
    with pytest.raises(Invalid):
        submitting.submit(ANONYMOUS, other, "203.0.113.7")
    assert len(notices()) == 1


@pytest.mark.parametrize("given", ["", "x", "1.2.3", "99999999999999.a.b", "é.è.à", "1" * 300])
def test_a_challenge_that_is_not_ours_proves_nothing(app, given):
    assert not proof.is_proven(given, "1")


def test_an_old_challenge_proves_nothing(app, at):
    challenge, answer = proven()
    assert proof.is_proven(challenge, answer) and not proof.is_proven(challenge, "-1")
    at(timedelta(days=2))
    assert not proof.is_proven(challenge, answer)


def test_work_is_counted_in_zero_bits():
    assert (
        leading_zero_bits(b"\x00\x80") == 8
        and leading_zero_bits(b"\x01") == 7
        and leading_zero_bits(b"\x00") == 8
    )
    assert not solves("c", "1 ", 0) and not solves("c", "٣", 0) and solves("c", "1", 0)
    found = next(n for n in range(10_000) if solves("c", str(n), 8))
    assert hashlib.sha256(f"c:{found}".encode()).hexdigest().startswith("00")


HOST = "help.example.org"


@pytest.mark.parametrize(
    ("address", "post"),
    [
        ("https://help.example.org/fr/questions/12/le-filtre", 12), ("/en/questions/12/x#a-34", 34),
        ("http://HELP.example.org/en/a/56", 56), ("/fr/reviews/7", 7), ("/fr/questions/12/x?page=2#c-90", 90),
        ("https://other.example.org/fr/questions/12/x", None), ("questions/12", None), ("", None), ("/fr/", None),
        ("javascript:/fr/questions/12/x", None), ("//evil.example/fr/questions/12/x", None), ("/fr/members/x/ada", None),
        ("https://help.example.org@evil.example/fr/questions/1/x", None), ("https://[::1", None),
        ("https://help.example.org:99999/fr/a/1", None), ("/fr/questions/99999999999999/x", None),
        ("https://u:p@help.example.org/fr/a/1", None),
    ],
)  # fmt: skip
def test_an_address_of_this_site_names_a_post(address, post):
    assert place_of_address(address, HOST) == (post and Place(Subject.POST, post))


@pytest.mark.parametrize(
    "path", ["/fr/members/3/ada", "/members/3", "/en/members/3/ada?tab=thanks#x", "/fr/members/3/report"]
)
def test_an_address_of_this_site_names_a_profile(path):
    assert place_of_address("https://help.example.org" + path, HOST) == Place(Subject.PROFILE, 3)


def test_pages_the_brand_writes_itself_have_another_way(app):
    for path in ("/fr/guides/", "/en/status", "/fr/products/ondea-8"):
        assert is_by_the_house(path, HOST) and place_of_address(path, HOST) is None
    assert not is_by_the_house("/fr/guidesx", HOST) and not is_by_the_house(
        "https://evil.example/fr/guides/", HOST
    )
    with pytest.raises(Invalid) as refusal:
        read_notice({"address": "/fr/products/ondea-8"}, "en")
    assert "contact@brevane.example" in str(refusal.value.fields["address"])


def test_each_missing_part_is_said(app):
    with pytest.raises(Invalid) as refusal:
        read_notice({"ground": "nonsense", "email": "no", "explanation": "short"}, "en")
    assert set(refusal.value.fields) == {"address", "ground", "explanation", "name", "email", "good_faith"}
    form = {"ground": "child_abuse", "explanation": WHY, "good_faith": "1", "address": "/en/a/1"}
    assert read_notice(form, "en").email == ""
    with pytest.raises(Invalid):
        read_notice({**form, "email": "half"}, "en")
    assert read_notice({**form, "address": current_config().base_url + "/en/a/1"}, "en").about == Place(
        Subject.POST, 1
    )


def test_what_not_everybody_can_read_is_not_named(held, make_question, ada):
    for post_id in (held, 999_999):
        with pytest.raises(Invalid) as refusal:
            send(post_id)
        assert "address" in refusal.value.fields
    gone = make_question(ada)
    withdraw_post(ada, gone)
    with pytest.raises(Invalid):
        send(gone)
    assert notices() == []


def test_a_silenced_member_may_still_send_one(question, zed):
    assert not send(question, zed, work=False).waits


def test_too_many_from_one_place_leave_no_trace(question, settings_override):
    with settings_override(moderation__notices_an_hour=2):
        for number in range(2):
            send(question, why=f"{WHY} {number}")
        with pytest.raises(TooMany):
            send(question, why=f"{WHY} again")
    assert len(notices()) == 2


def test_the_decision_is_told_with_what_can_be_done(question, decide, mo, at, drain, outbox):
    send(question)
    decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    at(timedelta(minutes=1))
    drain()
    letters = [one for one in outbox() if one["To"] == "lea@example.net"]
    words = letters[-1].get_body(("plain",)).get_content()
    assert (
        len(letters) == 2
        and "took it away" in words
        and "out-of-court" in words
        and "People read and decide" in words
    )
    (notice,) = notices()
    assert (notice.state, notice.outcome) == ("decided", "restricted")


def test_the_author_learns_that_and_never_who(question, decide, mo, at, drain, outbox, client, sign_in, ada):
    from moderation.sanctions.statements import token_of

    send(question)
    decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    at(timedelta(minutes=1))
    drain()
    statement = db.session.scalars(db.select(Statement)).one()
    sign_in(ada)
    pages = [client.get(f"/en/decisions/{token_of(statement.id)}"), client.get("/en/notifications")]
    said = "".join(page.get_data(as_text=True) for page in pages)
    said += "".join(str(one) for one in outbox() if one["To"] == "ada@example.com")
    assert (
        statement.from_notice
        and "Léa" not in said
        and "lea@example.net" not in said
        and "L=C3=A9a" not in said
    )


def test_a_moderator_who_wrote_the_text_does_not_learn_it_either(
    mo, ben, make_question, item_of, client, sign_in, max_
):

    post = make_question(mo)
    send(post)
    flag(ben, post, FlagReason.INSULT, "Ben's own words")
    for who, sees in ((max_, True), (mo, False)):
        sign_in(who)
        for path in (
            f"/en/desk/review/{item_of(post).id}",
            f"/en/desk/review/{item_of(post).id}/history",
            "/en/desk/legal-notices",
        ):
            page = client.get(path).get_data(as_text=True)
            assert "lea@example.net" not in page
            assert sees or ("Léa Martin" not in page and "own words" not in page and WHY not in page)
        page = client.get(f"/en/desk/review/{item_of(post).id}").get_data(as_text=True)
        assert ("Léa Martin" in page) is sees


def test_an_undone_decision_is_never_told(question, decide, mo, at, drain, outbox):
    send(question)
    made = decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    undoing.undo(mo, made.item_id)
    assert notices()[0].state == "received"
    decide(mo, question, Decision.NO_ACTION)
    at(timedelta(minutes=1))
    drain()
    assert [n.outcome for n in notices()] == ["kept"]
    assert sum(one["To"] == "lea@example.net" for one in outbox()) == 2


def test_an_overturned_removal_is_told_too(question, decide, mo, second_moderator, ada, at, drain, outbox):
    from moderation.sanctions.appealing import appeal

    send(question)
    decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    at(timedelta(minutes=1))
    drain()
    appeal(
        ada, db.session.scalars(db.select(Statement.id)).one(), "I named nobody at all in this text of mine."
    )
    decide(
        second_moderator, question, Decision.OVERTURN, message="You named nobody: please excuse us for that."
    )
    drain()
    (notice,) = notices()
    mine = [one for one in outbox() if one["To"] == "lea@example.net"]
    assert notice.outcome == "kept" and notice.flipped_at and len(mine) == 3
    assert "it is back" in mine[-1].get_body(("plain",)).get_content()


def test_another_look_is_taken_once_by_somebody_else(question, decide, mo, second_moderator, item_of, ben):
    sent = send(question)
    with pytest.raises(Forbidden):
        submitting.contest(ANONYMOUS, sent.notice_id, "Nobody has looked at all, it seems to me.")
    decide(mo, question, Decision.NO_ACTION)
    with pytest.raises(Invalid):
        submitting.contest(ANONYMOUS, sent.notice_id, "short")
    submitting.contest(
        ANONYMOUS, sent.notice_id, "Her name and 4111 1111 1111 1111 stand in the second line."
    )
    assert "stand in the second line" in notices()[0].contest and "4111 1111" not in stored_text()
    assert item_of(question).excluded_id == mo.member_id
    with pytest.raises(Forbidden):
        submitting.contest(
            ANONYMOUS, sent.notice_id, "Her name and her street stand there, in the second line."
        )
    with pytest.raises(Forbidden):
        decide(mo, question, Decision.NO_ACTION)
    decide(second_moderator, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    assert notices()[0].outcome == "restricted"


def test_the_history_says_whether_it_follows_an_undo_or_is_a_second_look(
    question, decide, mo, second_moderator, item_of, client, sign_in
):
    sent = send(question)
    first = decide(mo, question, Decision.NO_ACTION)
    submitting.contest(ANONYMOUS, sent.notice_id, "Her name and her street stand there, in the second line.")
    page = sign_in(second_moderator).get(f"/en/desk/review/{item_of(question).id}/history").text
    assert f"Follows #R-{first.item_id}: it is read a second time." in page and "was undone" not in page
    made = decide(second_moderator, question, Decision.NO_ACTION)
    undoing.undo(second_moderator, made.item_id)
    page = client.get(f"/en/desk/review/{item_of(question).id}/history").text
    assert f"Follows #R-{made.item_id}, whose decision was undone." in page


def test_another_look_is_somebody_else_s_also_when_a_report_already_waits(
    question, decide, mo, second_moderator, item_of, ben
):
    sent = send(question)
    decide(mo, question, Decision.NO_ACTION)
    flag(ben, question, FlagReason.INSULT)
    waits = item_of(question).id
    lease = leasing.claim(mo, waits)
    submitting.contest(ANONYMOUS, sent.notice_id, "Her name and her street stand there, in the second line.")
    item = item_of(question)
    assert (item.id, item.excluded_id, item.state, item.lease_owner_id) == (waits, mo.member_id, "open", None)
    with pytest.raises(Forbidden):
        deciding.decide(mo, waits, lease.token, shown(item).stamp, deciding.Verdict(Decision.NO_ACTION))
    decide(second_moderator, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    assert notices()[0].outcome == "restricted"


def test_the_time_to_contest_ends(question, decide, mo, at):
    sent = send(question)
    decide(mo, question, Decision.NO_ACTION)
    at(timedelta(days=200))
    with pytest.raises(Forbidden):
        submitting.contest(
            ANONYMOUS, sent.notice_id, "Her name and her street stand there, in the second line."
        )


def test_a_text_its_author_took_away_answers_the_notice(question, ada, drain, outbox):
    send(question)
    withdraw_post(ada, question)
    drain()
    assert (
        notices()[0].outcome == "gone" and len([1 for one in outbox() if one["To"] == "lea@example.net"]) == 2
    )


def test_a_trusted_flagger_comes_first_once_the_mailbox_is_proven(question, max_, mo, item_of):
    with pytest.raises(Forbidden):
        trusting.trust(mo, "Point de Contact", "alerts@body.example")
    made = trusting.trust(max_, "Point de Contact", "Alerts@Body.example")
    with pytest.raises(Conflict):
        trusting.trust(max_, "Another", "alerts@body.example")
    sent = send(question, email="alerts@body.example")
    assert item_of(question).klass == 1
    submitting.confirm(sent.notice_id)
    assert item_of(question).klass == 0 and "trusted_flagger" in item_of(question).signals
    trusting.distrust(max_, made)
    trusting.distrust(max_, made)
    assert trusting.listed() == [] and trusting.trust(max_, "Again", "alerts@body.example") != made


def test_the_year_is_counted_without_names(question, make_question, ben, decide, mo, at):
    since = clock.now()
    send(question)
    send(
        make_question(ben, title="Another question that stands here"),
        ground=LegalGround.HATE,
        why=WHY + " Again.",
    )
    at(timedelta(hours=2))
    decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    found = queries.counted(since, clock.now() + timedelta(seconds=1))
    assert (found.received, found.by_ground, found.by_outcome) == (
        2,
        {"privacy": 1, "hate": 1},
        {"restricted": 1},
    )
    assert found.median_time == timedelta(hours=2) and found.automatic == 0


def test_names_are_forgotten_a_year_later_and_what_nobody_confirmed_in_a_week(question, decide, mo, at):
    send(question)
    send(question, work=False, why=WHY + " Never confirmed.")
    decide(mo, question, Decision.NO_ACTION)
    at(timedelta(days=300))
    settling.forget_unconfirmed()
    assert gone("notice-senders") == 0
    at(timedelta(days=400))
    assert gone("notice-senders") == 1 and gone("notice-senders") == 0
    (notice,) = notices()
    assert (notice.name, notice.email, notice.origin, notice.outcome) == ("", "", "", "kept")
    at(timedelta(days=5 * 366))
    assert gone("decisions") == 1 and notices() == []


def test_addresses_of_notices_cannot_be_guessed(app):
    for token in ("1-x", "1", "é", "99999999999-x", proof.token_of(1)):
        with pytest.raises(NotFound):
            proof.by_token(token)


def test_sending_fails_wholly_or_not_at_all(question):
    with pytest.raises(RuntimeError), unit_of_work():
        send(question)
        raise RuntimeError
    assert notices() == [] and db.session.query(ReviewItem).count() == 0


def test_a_notice_that_is_answered_by_masking_says_so_and_can_be_contested(
    question, mo, decide, drain, outbox, at
):
    sent = send(question)
    decide(mo, question, Decision.APPROVE_AND_MASK, excerpts=["eight minutes"])
    at(timedelta(minutes=1))
    drain()
    assert [one.outcome for one in notices()] == ["changed"]
    assert "blacked out" in outbox()[-1].get_body(("plain",)).get_content()
    submitting.contest(ANONYMOUS, sent.notice_id, "The name of the street is still there, please look.")


def test_what_was_typed_too_fast_is_still_there(question, decide, mo, client, monkeypatch):
    sent = send(question)
    decide(mo, question, Decision.NO_ACTION)

    def too_fast(*_what):
        raise TooMany

    monkeypatch.setattr(limits, "hit", too_fast)
    words = "Her street stands there, in the second line."
    answer = client.post(f"/en/legal-notices/{proof.token_of(sent.notice_id)}/contest", data={"text": words})
    assert answer.status_code == 429 and words in answer.text
