"""Notices of illegal content about profiles: an item of the same queue, with receipt, answer, contest and a way back."""

from datetime import timedelta

import pytest

from accounts.members import profiles
from accounts.members.models import Member
from accounts.members.profiles import Profile
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from common.unit_of_work import record, unit_of_work
from moderation.flags import of_people
from moderation.legal_notices import queries, submitting
from moderation.legal_notices.forms import WRONG_ADDRESS, NoticeDraft
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import LegalGround, Place, Subject
from moderation.profile_reports import reporting
from moderation.profile_reports.models import ProfileTaking
from moderation.review import deciding, leasing, undoing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement
from tests.moderation.test_legal_notices import WHY, proven
from tests.moderation.test_reports_ladder import judge, profile_item, rude  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def easy(settings_override):
    with settings_override(moderation__notice_proof_bits=6):
        yield


def send(member_id, who=ANONYMOUS, ground=LegalGround.HATE, email="lea@example.net", why=WHY):
    place = Place(Subject.PROFILE, member_id)
    draft = NoticeDraft(place, f"/en/members/{member_id}", ground, why, "Léa Martin", email, *proven(), "en")
    return submitting.submit(who, draft, "203.0.113.7").notice_id


def notice(notice_id):
    return db.session.get(LegalNotice, notice_id, populate_existing=True)


def letters(drain, outbox, at):
    at(timedelta(seconds=31))
    drain()
    return [one["Subject"] for one in outbox() if one["To"] == "lea@example.net"]


def bio_of(who):
    return db.session.get(Member, who.member_id, populate_existing=True).bio


def test_a_visitor_s_notice_about_a_profile_waits_with_its_class_and_its_words(rude, mo, drain, outbox):  # noqa: F811
    first = send(rude.member_id)
    assert send(rude.member_id) == first, "the same twice is one"
    item = profile_item(rude.member_id)
    assert (item.klass, item.signals, item.found_by, item.author_id) == (
        1,
        ["legal_notice"],
        ["notice"],
        rude.member_id,
    )
    send(rude.member_id, ground=LegalGround.THREAT)
    assert profile_item(rude.member_id).klass == 0 and "danger" in profile_item(rude.member_id).signals
    assert [one.name for one in queries.about_item(mo, item)] == ["Léa Martin"] * 2
    assert queries.about_item(rude, item) == [], "whose profile it is never learns who sent it"
    assert queries.listed(rude, "", None).items == [] and len(queries.listed(mo, "", None).items) == 2
    drain()
    assert [one["To"] for one in outbox()].count("lea@example.net") == 2, "a receipt for each"


def test_what_is_no_public_profile_is_refused_in_the_same_words(app, ada):
    for member_id in (999_999, ada.member_id):
        update_closed(ada)
        with pytest.raises(Invalid) as refusal:
            send(member_id)
        assert refusal.value.fields == {"address": WRONG_ADDRESS}
    assert db.session.query(LegalNotice).count() == 0 and db.session.query(ReviewItem).count() == 0


def update_closed(who):
    from common import clock

    with unit_of_work():
        update_where(Member, Member.id == who.member_id, closed_at=clock.now())


def test_the_answer_says_what_was_taken_and_the_author_is_owed_reasons(rude, mo, drain, outbox, at):  # noqa: F811
    notice_id = send(rude.member_id)
    judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.HATE)
    statement = db.session.scalars(db.select(Statement)).one()
    assert bio_of(rude) == "" and statement.found_by == ["notice"] and statement.from_notice
    assert notice(notice_id).outcome == "restricted"
    assert letters(drain, outbox, at)[-1].startswith("The decision about your notice")
    with pytest.raises(Forbidden):
        submitting.contest(ANONYMOUS, notice_id, "Please take the rest of it away as well.")


def test_an_undo_leaves_no_trace_and_the_notice_waits_again(rude, mo, drain, outbox, at):  # noqa: F811
    notice_id = send(rude.member_id)
    made = judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.HATE)
    undoing.undo(mo, made.item_id)
    assert bio_of(rude) == "You are all fools." and db.session.query(ProfileTaking).count() == 0
    assert notice(notice_id).state == "received" and notice(notice_id).outcome is None
    assert not any("decision" in one for one in letters(drain, outbox, at))
    judge(mo, rude.member_id, Decision.APPROVE)
    assert notice(notice_id).outcome == "kept"


def test_an_overturned_decision_gives_it_back_and_turns_the_notice(rude, mo, second_moderator):  # noqa: F811
    notice_id = send(rude.member_id)
    judge(mo, rude.member_id, Decision.REMOVE, ["bio"], Reason.HATE)
    statement = db.session.scalars(db.select(Statement.id)).one()
    appealing.appeal(rude, statement, "It was said among friends, and as a joke.")
    item = db.session.scalars(db.select(ReviewItem).where(ReviewItem.kind == "appeal")).one()
    lease = leasing.claim(second_moderator, item.id)
    verdict = deciding.Verdict(Decision.OVERTURN, None, "You are right: nobody is meant by it.")
    deciding.decide(second_moderator, item.id, lease.token, shown(item).stamp, verdict)
    assert bio_of(rude) == "You are all fools."
    assert (notice(notice_id).outcome, notice(notice_id).flipped_at is not None) == ("kept", True)
    with unit_of_work():
        of_people.overturn(0, statement)
    assert bio_of(rude) == "You are all fools."


def test_who_sent_it_asks_once_for_another_look_by_somebody_else(rude, mo, second_moderator):  # noqa: F811
    notice_id = send(rude.member_id)
    judge(mo, rude.member_id, Decision.APPROVE)
    submitting.contest(ANONYMOUS, notice_id, "The words are an insult to a whole village.")
    item = profile_item(rude.member_id)
    assert (item.klass, item.excluded_id, "contested_notice" in item.signals) == (1, mo.member_id, True)
    with pytest.raises(Forbidden):
        submitting.contest(ANONYMOUS, notice_id, "The words are an insult to a whole village.")
    with pytest.raises((Forbidden, Conflict)):
        judge(mo, rude.member_id, Decision.APPROVE)
    judge(second_moderator, rude.member_id, Decision.REMOVE, ["bio"], Reason.INSULT)
    assert notice(notice_id).outcome == "restricted"


def test_a_moderator_does_not_decide_about_a_notice_of_their_own(rude, mo, second_moderator):  # noqa: F811
    send(rude.member_id, who=mo)
    with pytest.raises((Forbidden, Conflict)):
        judge(mo, rude.member_id, Decision.APPROVE)
    judge(second_moderator, rude.member_id, Decision.APPROVE)


def test_a_report_taken_back_leaves_the_notice_in_the_queue(rude, ben):  # noqa: F811
    reporting.report(ben, rude.member_id, "insult")
    send(rude.member_id)
    reporting.withdraw(ben, rude.member_id)
    assert profile_item(rude.member_id).state == "open"


def test_somebody_who_leaves_settles_what_waited_about_them(rude, mo):  # noqa: F811
    from accounts.events import MemberClosed

    notice_id = send(rude.member_id)
    item = profile_item(rude.member_id)
    with unit_of_work():
        update_where(Member, Member.id == rude.member_id, display_name="-", bio="")
        record(MemberClosed(rude.member_id))
    assert notice(notice_id).outcome == "gone"
    assert db.session.get(ReviewItem, item.id, populate_existing=True).state == "cancelled"


def test_the_form_takes_the_address_of_a_profile(client, rude, ben):  # noqa: F811
    challenge, answer = proven()
    form = {
        "address": f"http://localhost/en/members/{rude.member_id}/x", "ground": "hate", "explanation": WHY, "name": "Léa",
        "email": "lea@example.net", "good_faith": "1", "challenge": challenge, "answer": answer,
    }  # fmt: skip
    page = client.post("/en/legal-notices/new", data=form)
    assert page.status_code == 303 and profile_item(rude.member_id).klass == 1
    assert "You are all fools." in client.get(page.headers["Location"]).get_data(as_text=True)
    refused = client.post("/en/legal-notices/new", data=form | {"address": "http://localhost/en/guides/1"})
    assert refused.status_code == 422 and WHY in refused.get_data(as_text=True)


# --- what filters notice in a profile -------------------------------------------------------------------------------


def edit(who, bio="", city=""):
    name = db.session.get(Member, who.member_id, populate_existing=True).display_name
    return profiles.edit_profile(who, Profile(name, bio, city))


def waiting_profiles():
    return (
        db.session.query(ReviewItem)
        .filter(ReviewItem.kind == "profile", ReviewItem.open_key.is_not(None))
        .count()
    )


def test_a_link_in_a_newcomers_profile_is_shown_and_looked_at(app, newcomer, mo, client, sign_in):
    edit(newcomer, "All about filters: https://cheap-filters.example/now", "Lyon")
    item = profile_item(newcomer.member_id)
    assert (item.klass, item.signals, item.found_by) == (5, ["links"], ["machine"])
    assert "cheap-filters" in bio_of(newcomer), "nothing is taken away by itself"
    sign_in(mo)
    page = client.get(f"/en/desk/review/{item.id}").get_data(as_text=True)
    assert "A newcomer’s profile leads to another site." in page
    judge(mo, newcomer.member_id, Decision.REMOVE, ["bio"], Reason.ADVERTISING)
    statement = db.session.scalars(db.select(Statement)).one()
    assert statement.automated_detection and not statement.from_notice and bio_of(newcomer) == ""
    undoing.undo(mo, item.id)
    assert "cheap-filters" in bio_of(newcomer) and waiting_profiles() == 1


def test_only_what_is_new_in_a_profile_is_looked_at(app, newcomer, mo):
    edit(newcomer, "See cheap-filters.example", "Lyon")
    judge(mo, newcomer.member_id, Decision.APPROVE)
    edit(newcomer, "See cheap-filters.example", "Lyon")
    edit(newcomer, "See cheap-filters.example", "Nantes")
    assert waiting_profiles() == 0
    edit(newcomer, "See cheap-filters.example, or bit.ly/3x", "Nantes")
    assert set(profile_item(newcomer.member_id).signals) == {"links", "short_link"}


def test_watched_words_count_and_experienced_members_and_the_team_are_not_asked(newcomer, cleo, mo, max_):
    from moderation.screening.watching import watch_word
    from moderation.screening.words import WordAction

    watch_word(max_, "mycasino", WordAction.HOLD, True, ["go to mycasino"], ["nothing"])
    for who in (cleo, mo):
        edit(who, "Play at mycasino on https://mycasino.example")
    assert waiting_profiles() == 0
    edit(newcomer, "", "mycasino")
    assert profile_item(newcomer.member_id).signals == ["watched_word"]


def test_plain_words_of_a_newcomer_wait_for_nobody(app, newcomer):
    assert edit(newcomer, "I repair radios, 20.5 V and more.", "Lyon") is False
    assert waiting_profiles() == 0


def test_who_loses_words_to_the_mask_is_told_at_once(client, sign_in, ada):
    sign_in(ada)
    said = "We blacked out private details"
    form = {"display_name": "Ada", "bio": "Call 06 12 34 56 78", "city": "Lyon"}
    client.post("/en/settings/profile", data=form)
    page = client.get("/en/settings/profile").get_data(as_text=True)
    assert said in page and "06 12" not in page
    client.post("/en/settings/profile", data=form | {"bio": "I repair radios."})
    assert said not in client.get("/en/settings/profile").get_data(as_text=True)


def test_the_page_of_rules_knows_what_happens_to_a_profile(app, newcomer, cleo):
    from forum.categories.models import Category
    from moderation.policies.explaining import explain
    from moderation.policies.rules import Act, Effect

    category = db.session.get(Category, 1)
    for who, effect in ((newcomer, Effect.LOOKS), (cleo, Effect.ALLOWS)):
        assert explain(db.session.get(Member, who.member_id), category, Act.PROFILE).effect == effect
