"""After an account was closed nothing names its person, and nothing lists what they wrote."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Enum, String, func, select

from accounts.closing import erasing, pseudonyms, scrubbing
from accounts.closing.closing import close_account
from accounts.closing.models import Erasure
from accounts.closing.rules import BLANK, Marks
from accounts.members.models import Member
from accounts.messages.models import Message
from accounts.messages.writing import write_to
from common import jobs, mail
from common.db import db, update_where
from common.text import slugify
from common.unit_of_work import unit_of_work
from forum.content.guides.models import Guide, GuideVersion
from forum.content.reviews.models import Review
from forum.drafts.drafting import save_draft
from forum.images.keeping import path_of as image_path
from forum.images.models import Image
from forum.images.uploading import upload_image
from forum.products.models import Product
from forum.questions.models import Draft, Kudos, MeToo, Post, Revision
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.accepting import accept_answer
from forum.solutions.drift import drifts
from moderation.escalation.models import Case, CaseNote
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.notes.models import MemberNote
from moderation.review.models import ItemNote, ReviewItem
from rewards.ledger.models import LedgerEntry
from rewards.ledger.verifying import faults
from rewards.lounge.models import LoungeMessage, LoungeTopic
from tests.conftest import START, stored_text
from tests.forum.test_images import png

NAME, MAIL = "Zebulonquix Tarasovian", "zebulonquix.t@example.com"
TRACE = re.compile("zebulonq|tarasov", re.I)


@pytest.fixture
def lived(app, ben, ada, cleo, mo, make_question, make_answer, at, drain):
    """Ben, whose name is his and nobody's, signs what he writes; others name him; his mails were sent."""
    at(START + timedelta(days=1))
    with unit_of_work():
        update_where(
            Member, Member.id == ben.member_id, display_name=NAME, name_key="zebulonquix tarasovian", slug="zebulonquix-tarasovian",
            email=MAIL, email_key=MAIL,
        )  # fmt: skip
        db.session.add(Product(id=7, key="ondea-8", slug="ondea-8", name="Ondea 8", category_id=1))
    question = make_question(ada)
    answer = make_answer(ben, question, body=f"Clean the filter and the hatch behind it.\n\nRegards, {NAME}")
    own = make_question(
        ben,
        title="Zebulonquix has a drum that does not turn",
        body=f"It stops. Write to {MAIL} or call Tarasovian.",
    )
    make_answer(ada, own, body=f"@{NAME} did you look at the belt behind the drum?")
    with unit_of_work():  # as an import brings it: nothing was masked when it was stored
        update_where(
            Post, Post.id == own, body=f"It stops. Write to {MAIL}, I live at 12 rue des Lilas. {NAME}"
        )
        update_where(
            Revision, Revision.post_id == own, body=f"It stops. Write to {MAIL}. ZÉBULONQUIX TARASOVIAN"
        )
    accept_answer(ada, question, answer)
    give_kudos(ben, make_answer(cleo, question))
    give_kudos(ada, answer)
    me_too(ben, question)
    save_draft(ben, f"answer:{question}", title="", body=NAME, fields={})
    flag(ben, question, FlagReason.OFF_TOPIC, f"I, {NAME}, find this off topic")
    write_to(ben, cleo.member_id, f"It is {NAME} here, {MAIL}.", "nonce-of-the-first-message-00001")
    write_to(
        cleo, ben.member_id, "Hello Zebulonquix, Tom sends his best.", "nonce-of-the-second-message-0002"
    )
    write_to(cleo, mo.member_id, f"Is {NAME} Tom’s brother?", "nonce-of-the-third-message-00003")
    with unit_of_work():
        topic = LoungeTopic(author_id=ben.member_id, title="About the belt", nonce="n")
        db.session.add(topic)
        db.session.flush()
        db.session.add(
            LoungeMessage(
                topic_id=topic.id, author_id=ben.member_id, body=NAME, body_html=f"<p>{NAME}</p>", nonce="m"
            )
        )
        review = Review(
            author_id=ben.member_id, product_id=7, category_id=1, title="Good", rating=4, experienced_on=START.date(), body="It turns.",
            body_html="<p>It turns.</p>", state="published", published_at=START, place_key=f"{ben.member_id}:7", language="en",
        )  # fmt: skip
        db.session.add(review)
        others_write(cleo, mo, own)
    at(timedelta(days=1))
    drain()
    return {"question": question, "answer": answer, "own": own}


def others_write(cleo, mo, own):
    """What others wrote and may name ben in: where it is about him his first name is enough, elsewhere his whole name."""
    item = ReviewItem(
        kind="post", target_id=own, post_id=own, klass=3, state="decided", due_at=START, aged_at=START
    )
    case = Case(question_id=own, cycle=9, state="closed", priority="normal", opened_at=START, ended_at=START)
    guide = Guide(
        language="en", title=f"Clean the drum as {NAME} does", slug="clean-the-drum-as-zebulonquix-tarasovian-does", body=f"## Open\nAs {NAME} says.", category_id=1,
        steps=[{"title": f"Ask @{NAME}", "html": f"<p>{NAME}, {MAIL}</p>"}], author_id=mo.member_id,
    )  # fmt: skip
    db.session.add_all((item, case, guide))
    db.session.flush()
    written = {"body": f"As {NAME} says.", "editor_id": mo.member_id, "reason": f"After {MAIL}"}
    db.session.add_all(
        (
            ItemNote(item_id=item.id, author_id=mo.member_id, body="Tarasovian has asked twice."),
            CaseNote(case_id=case.id, author_id=mo.member_id, body=f"Called Zebulonquix, wrote to {MAIL}"),
            MemberNote(
                member_id=cleo.member_id, author_id=mo.member_id, body=f"A friend of {NAME}", nonce="friend"
            ),
            GuideVersion(guide_id=guide.id, version=1, title="Clean the drum", **written),
            Draft(
                member_id=cleo.member_id, place="ask", body=f"I wrote to {MAIL} and Zébulonquix-Tarasovian"
            ),
        )
    )


def leave(ben, at, drain):
    close_account(ben, ben.member_id)
    drain()
    at(timedelta(hours=2))
    drain()
    db.session.expire_all()


def test_nothing_that_is_kept_names_the_person(lived, ben, at, drain, app, caplog):
    assert len(TRACE.findall(stored_text())) > 15 and any(MAIL in p.read_text() for p in mail.kept())
    before = list(drifts()), list(faults())
    leave(ben, at, drain)
    assert not TRACE.findall(stored_text())
    assert (list(drifts()), list(faults())) == before == ([], [])
    folder = app.config["FOURMI"].data_dir
    assert not [str(path) for path in folder.rglob("*") if path.is_file() and _names(path)]
    assert not TRACE.search(caplog.text)
    assert db.session.get_one(Erasure, ben.member_id).cipher is None


def _names(path: Path) -> bool:
    return bool(TRACE.search(path.read_bytes().decode("latin-1")))


def test_the_bytes_of_the_database_do_not_name_the_person_either(lived, ben, at, drain, app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL overwrites what is gone when it vacuums")
    path = Path(db.engine.url.database)
    leave(ben, at, drain)
    db.session.remove()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in path.parent.glob(f"{path.name}*"):
        assert not _names(file), file.name


def test_the_texts_are_nobodys_and_stay_readable(lived, ben, client, at, drain):
    leave(ben, at, drain)
    posts = {post.id: post for post in db.session.scalars(select(Post))}
    assert all(post.author_id != ben.member_id for post in posts.values())
    assert posts[lived["answer"]].body.startswith("Clean the filter") and BLANK in posts[lived["answer"]].body
    assert not db.session.scalars(select(Revision.id).where(Revision.editor_id == ben.member_id)).all()
    assert {row.place_key for row in db.session.scalars(select(Review))} == {None}
    page = client.get(f"/en/questions/{lived['question']}/", follow_redirects=True).text
    assert "Former member" in page and "Clean the filter" in page and f"/members/{ben.member_id}" not in page


def test_the_address_of_a_guide_is_made_from_the_words_that_are_left(lived, ben, client, at, drain):
    guide = db.session.scalars(select(Guide)).one()
    with unit_of_work():
        update_where(Guide, Guide.id == guide.id, state="published", published_at=START)
    leave(ben, at, drain)
    kept = db.session.execute(select(Guide.id, Guide.slug, Guide.title)).one()
    assert BLANK in kept.title and kept.slug == slugify(kept.title) and "zebulonquix" not in kept.slug
    old = client.get(f"/en/guides/{kept.id}/clean-the-drum-as-zebulonquix-tarasovian-does")
    assert (old.status_code, "zebulonquix" in old.headers["Location"]) == (301, False)


def test_two_who_left_are_one_former_member(lived, ben, ada, at, drain):
    leave(ben, at, drain)
    leave(ada, at, drain)
    assert set(db.session.scalars(select(Post.author_id))) <= {None, 3}


def test_what_may_be_an_address_is_looked_at_by_a_moderator(lived, ben, at, drain):
    leave(ben, at, drain)
    waits = db.session.scalars(
        select(ReviewItem.post_id).where(ReviewItem.state == "open", ReviewItem.signals.is_not(None))
    ).all()
    assert lived["own"] in waits


def test_points_of_others_stay_as_they_were(lived, ben, ada, cleo, at, drain):
    def points():
        return dict(
            db.session.execute(
                select(Member.id, Member.points).where(Member.id.in_((ada.member_id, cleo.member_id)))
            ).all()
        )

    before = points()
    lines = db.session.scalar(select(func.count()).select_from(LedgerEntry))
    leave(ben, at, drain)
    at(timedelta(days=31))
    pseudonyms.cut_loose()
    drain()
    db.session.expire_all()
    assert points() == before and db.session.scalar(select(func.count()).select_from(LedgerEntry)) == lines


def test_votes_are_nobodys_after_a_month_and_count_on(lived, ben, at, drain):
    leave(ben, at, drain)
    at(timedelta(days=29))
    assert pseudonyms.cut_loose() == 0
    at(timedelta(days=1))
    counted = dict(db.session.execute(select(Post.id, Post.kudos_count)).all())
    assert pseudonyms.cut_loose() == 1 and pseudonyms.cut_loose() == 0
    db.session.expire_all()
    voters = {*db.session.scalars(select(Kudos.member_id)), *db.session.scalars(select(MeToo.member_id))}
    assert ben.member_id not in voters
    assert dict(db.session.execute(select(Post.id, Post.kudos_count)).all()) == counted and not list(drifts())
    nobody = next(one for one in voters if one > 1000 or one not in range(1, 10))
    assert db.session.get_one(Member, nobody).closed_at


def test_no_page_lists_what_the_person_wrote(lived, ben, root, app, client, sign_in, at, drain):
    leave(ben, at, drain)
    staff = sign_in(root, app.test_client())
    for browser in (client, staff):
        for path in (
            f"/en/members/{ben.member_id}/", f"/en/members/{ben.member_id}/?tab=answers", f"/desk/members/{ben.member_id}",
            f"/en/desk/members/{ben.member_id}", f"/en/search?q=filter&author={NAME}", f"/en/search?q=filter&author={ben.member_id}",
            f"/en/desk/audit?who={ben.member_id}", "/en/search?q=filter&author=Former+member",
        ):  # fmt: skip
            answer = browser.get(path, follow_redirects=True)
            assert "Clean the filter" not in answer.text and f"/a/{lived['answer']}" not in answer.text, path


def test_what_was_being_written_meanwhile_is_nobodys_too(lived, ben, at, drain, make_answer):
    close_account(ben, ben.member_id)
    drain()
    late = make_answer(ben, lived["question"], body=f"Written while it was closed, by {NAME} himself.")
    at(timedelta(hours=2))
    drain()
    db.session.expire_all()
    post = db.session.get_one(Post, late)
    assert post.author_id is None and not TRACE.search(post.body + post.body_html)


def test_a_text_changed_while_it_was_looked_through_keeps_what_was_written(
    lived, ben, cleo, at, drain, monkeypatch
):
    rewrite = scrubbing._rewrite

    def late(model, *found):
        if model is Draft:
            with unit_of_work():
                update_where(Draft, Draft.member_id == cleo.member_id, body=f"Written anew, to {MAIL}")
        rewrite(model, *found)

    monkeypatch.setattr(scrubbing, "_rewrite", late)
    leave(ben, at, drain)
    assert db.session.scalars(select(Draft.body).where(Draft.member_id == cleo.member_id)).all() == [
        f"Written anew, to {BLANK}"
    ]


def test_done_twice_it_changes_nothing(lived, ben, at, drain):
    leave(ben, at, drain)
    before = stored_text()
    from accounts.closing.scrubbing import scrub

    scrub({"member_id": ben.member_id, "last": True})
    jobs.run_due_jobs()
    assert stored_text() == before


def test_private_messages_stay_with_the_other_one_without_the_name(lived, ben, at, drain):
    leave(ben, at, drain)
    kept = db.session.scalars(select(Message.body).where(Message.author_id == ben.member_id)).all()
    assert kept == [f"It is {BLANK} here, {BLANK}."]
    others = db.session.scalars(select(Message.body).where(Message.author_id == 3).order_by(Message.id)).all()
    assert others == [f"Hello {BLANK}, Tom sends his best.", f"Is {BLANK} Tom’s brother?"]


def test_of_others_texts_only_what_can_be_nobody_else_is_masked():
    marks = Marks(("Marie Dupont", "Zoé"), ("marie.dupont@example.com",), by_others=True)
    said = "Marie, ask marie dupont or @Zoe; Zoé is my niece. marie.dupont@example.com, not marie.dupont"
    assert marks.blank(said) == f"Marie, ask {BLANK} or {BLANK}; Zoé is my niece. {BLANK}, not {BLANK}"
    assert Marks((), ()).blank(said) == said


OTHERWISE = {
    "looked through by forum.reattributing": "post.body post.body_html question.title revision.title revision.body "
    "revision.facts question.details question.closed_reason pending_edit.facts",
    "erased with the picture by forum.images.erasing": "image.alt",
    "made again from the texts": "search_document.says search_document.terms search_document.title "
    "search_document.author_ids product.search_text",
    "blanked or erased in the row of who left": "member.bio member.email member.email_key member.name_key "
    "member.imported_key legal_notices.email trial_application.answers parked_draft.title parked_draft.body "
    "parked_draft.fields kept_answer.assertion kept_answer.claims",
    "cannot be changed, and goes in its time": "audit_entry.before audit_entry.after audit_entry.reason "
    "review_decision.message statement.message support_case_event.detail ledger_entry.note trial_move.note "
    "legal_access_entry.note published_report.rows published_report.words incident_update.text_fr incident_update.text_en",
    "versions of words, which cannot be changed": "lexicon_version.reason sla_version.reason",
    "without a name by its form, and logged": "legal_access.reason legal_access.authority",
    "the brand's own words, published or prepared": "bulletin.text_fr bulletin.text_en bulletin.url badge_campaign.about_fr "
    "badge_campaign.about_en category_field.hint_fr category_field.hint_en category_field.choices gift.text_fr gift.text_en "
    "guide.models guide_version.models help_article.body help_article.key help_article.product_marks help_article.title "
    "help_article.url help_feed.address outside_receiver.address letter_text.subject letter_text.body letter_text.reason product.manual_url "
    "product.picture product.warranty_fr product.warranty_en promotion.terms_fr promotion.terms_en rank_charter.text_fr "
    "rank_charter.text_en rule_edition.reason rule_edition.rules sla_policy.content synonym_entry.key terms_version.text_fr "
    "terms_version.text_en terms_version.changes_fr terms_version.changes_en trial.summary_fr trial.summary_en "
    "trial.equipment_fr trial.equipment_en trial.countries trial.questions trial.steps trial.legal_fr trial.legal_en "
    "trial.frozen trial.reason trusted_flagger.email trusted_flagger.active_key watched_word.value watched_word.must_match "
    "watched_word.must_not_match site_setting.value",
}
"""Texts of 160 signs and more that no plan names, with the reason."""


def test_no_text_is_forgotten_when_somebody_leaves(app):
    """A new column for a text people write stands in a plan (scanned, named, erased), or above with the reason."""
    plans = erasing.registered().values()
    seen = {one for plan in plans for texts in plan.scanned.values() for one in texts}
    seen |= {one for plan in plans for named in plan.named for one in named.texts}
    looked_at = {f"{one.class_.__tablename__}.{one.key}" for one in seen}
    erased = {column.class_.__tablename__ for plan in plans for column in plan.erased}
    texts = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        if table.name not in erased
        for column in table.columns
        if isinstance(column.type, String)
        and not isinstance(column.type, Enum)
        and (column.type.length or 999) >= 160
    }
    known = {name for names in OTHERWISE.values() for name in names.split()}
    assert texts - looked_at - known - MACHINES == set()


MACHINES = frozenset(
    "api_key.scopes brief_ballot.sources help_feed.etag help_feed.error help_feed.result import_run.folder import_run.report "
    "legal_notices.address job.last_error job.unique_key kept_answer.request model_stage.why retention_run.error abuse_case.open_key "
    "catalogue_import.content catalogue_import.result ladder.last_error posted_host.host review_bulk.value tag_merge.detail tidy_act.detail "
    "trial_application.failing trial_application.merit".split()
)
"""Written by the program."""


def test_the_pictures_of_who_left_are_erased_with_their_files_and_leave_their_texts(
    app, ben, cleo, ada, make_question, make_answer, at, drain, client
):
    shown, drafted, shared = (
        upload_image(ben, png("blue")),
        upload_image(ben, png("green")),
        upload_image(ben, png()),
    )
    upload_image(cleo, png())
    question = make_question(ada)
    answer = make_answer(ben, question, body=f"Like this: {shown.markdown} and not like {shared.markdown}")
    quoted = make_answer(
        cleo, question, body=f"As he shows: {shown.markdown} and I as well: {shared.markdown}"
    )
    save_draft(ben, f"answer:{question}", title="", body=drafted.markdown, fields={})
    leave(ben, at, drain)
    assert db.session.get(Post, answer).body == "Like this: […] and not like […]"
    assert "<img" not in db.session.get(Post, answer).body_html
    old = db.session.scalars(select(Revision.body).where(Revision.post_id == answer)).all()
    assert not any("/images/" in body for body in old)
    assert shown.markdown in db.session.get(Post, quoted).body, "what somebody else wrote is theirs"
    for gone in (shown, drafted):
        assert not image_path(gone.file_key).exists() and client.get(gone.address).status_code == 404
    assert client.get(shared.address).status_code == 200, "somebody else has brought the same picture"
    assert db.session.scalars(select(Image.member_id)).all() == [cleo.member_id]
    drain()
    assert client.get(shared.address).status_code == 200
