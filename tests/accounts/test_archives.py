"""The archive of one's own data: everything of the member, nothing of anybody else, one at a time, gone in time."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.archives import asking, building
from accounts.archives.keeping import folder, path_of
from accounts.archives.labels import LABELS
from accounts.archives.models import DataArchive
from accounts.archives.parts import BATCH, Owner, registered
from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.messages.writing import write_to
from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Forbidden, NotFound, TooMany
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.drafts.drafting import save_draft
from forum.notices.kinds import titles_of
from forum.questions.models import Post
from forum.questions.publishing import reject, submit_edit
from forum.reactions.voting import give_kudos
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.notes.noting import note
from moderation.review.rules import Reason
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.sanctioning import silence
from tests.conftest import IDS, START


@pytest.fixture
def lived(app, ada, ben, cleo, mo, make_question, make_answer, at):
    """Ben has lived here, and others had to do with him."""
    at(START + timedelta(days=1))
    question = make_question(ada, title="A question of ada about the drum")
    answer = make_answer(ben, question, body="Ben’s first words about the filter of the machine.")
    own = make_question(ben, title="Ben’s own question about the door")
    save_draft(ben, f"answer:{question}", title="", body="Ben’s draft that nobody saw", fields={})
    give_kudos(ben, make_answer(cleo, question, body="Cleo’s answer that is hers alone, and long enough."))
    write_to(ben, cleo.member_id, "Ben wrote to Cleo.", "nonce-of-the-first-message-00001")
    write_to(cleo, ben.member_id, "Cleo wrote to Ben.", "nonce-of-the-second-message-0002")
    write_to(cleo, ada.member_id, "Cleo wrote to Ada only.", "nonce-of-the-third-message-00003")
    note(mo, ben.member_id, "The team thinks Ben is difficult.", "a-note-about-ben")
    flag(ada, answer, FlagReason.OFF_TOPIC, "Ada finds Ben off topic")
    flag(ben, question, FlagReason.OFF_TOPIC, "Ben finds Ada off topic")
    return {"question": question, "answer": answer, "own": own}


def contents(member_id: int) -> tuple[zipfile.ZipFile, str]:
    """The archive of a member, opened, and all that is in it as one text."""
    key = db.session.get_one(DataArchive, member_id).file_key
    archive = zipfile.ZipFile(io.BytesIO(path_of(key).read_bytes()))
    return archive, "\n".join(
        archive.read(name).decode() for name in archive.namelist() if name.endswith(("json", "html"))
    )


def made(who, drain) -> tuple[zipfile.ZipFile, str]:
    asking.ask_for_archive(who)
    drain()
    return contents(who.member_id)


def test_all_of_the_member_is_in_it_and_nothing_of_anybody_else(lived, ben, drain):
    archive, everything = made(ben, drain)
    for his in (
        "first words about the filter", "own question about the door", "draft that nobody saw", "Ben wrote to Cleo.",
        "Cleo wrote to Ben.", "ben@example.com", "Ben finds Ada off topic", "A question of ada about the drum",
    ):  # fmt: skip
        assert everything.count(his) >= 2, f"{his}: for programs and for people"
    for theirs in (
        "Cleo’s answer that is hers alone", "Cleo wrote to Ada only.", "is difficult", "Ada finds Ben", "ada@example.com",
        "cleo@example.com", "password_hash", "token_hash",
    ):  # fmt: skip
        assert theirs not in everything
    about = json.loads(archive.read("archive.json"))
    assert about["format"] == 1 and about["member_id"] == ben.member_id
    for part in about["parts"]:
        assert len(json.loads(archive.read(part["file"]))) == part["rows"]
        pages = [name for name in archive.namelist() if name.startswith(f"pages/{part['key']}-0")]
        assert len(pages) == part["pages"] == (1 if part["rows"] else 0)


def test_it_is_told_on_the_site_and_by_mail_and_speaks_the_members_language(lived, ben, at, drain, outbox):
    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, language="fr")
    _archive, everything = made(ben, drain)
    at(timedelta(hours=1))
    drain()
    assert '<html lang="fr">' in everything and "Messages privés" in everything
    told = db.session.scalars(select(Notification).where(Notification.kind == "archive-ready")).all()
    assert [one.member_id for one in told] == [ben.member_id]
    letter = next(mail for mail in outbox() if "archive" in str(mail["Subject"]).lower())
    assert "ben@example.com" in letter["To"] and "/fr/settings/data" in letter.as_string()


def test_a_text_that_was_refused_is_its_authors_still(lived, ben, mo, drain):
    reject(mo, lived["answer"])
    _archive, everything = made(ben, drain)
    assert "first words about the filter" in everything


def test_the_title_of_a_question_that_was_removed_is_its_authors_alone(lived, ben, mo, drain):
    for name in ("question", "own"):
        with unit_of_work():
            reject(mo, lived[name])
    own, others = "Ben’s own question about the door", "A question of ada about the drum"
    posts = json.loads(made(ben, drain)[0].read("data/posts.json"))
    told = json.dumps(posts, ensure_ascii=False)
    assert others not in told and own in told and "Ben’s first words" in told
    for title in (own, others):
        assert title not in " ".join(titles_of(set(lived.values())).values())


def test_versions_are_in_it_and_so_are_decisions_and_the_answer_to_an_appeal(lived, ben, mo, drain):
    with unit_of_work():
        post = db.session.get_one(Post, lived["answer"])
        submit_edit(
            ben,
            post,
            None,
            "Ben’s second words about the pump of the machine.",
            db.session.get_one(Category, 1),
            "",
            1,
        )
    silence(mo, ben.member_id, 24, Reason.INSULT, "Please stay polite with the others here.")
    with unit_of_work():
        statement = db.session.scalars(
            select(Statement.id).where(Statement.member_id == ben.member_id)
        ).first()
        db.session.add(
            Appeal(
                statement_id=statement,
                member_id=ben.member_id,
                text="I was polite.",
                answer="We looked again.",
            )
        )
    archive, everything = made(ben, drain)
    versions = json.loads(archive.read("data/versions.json"))
    assert {"first" in one["body"] for one in versions if one["post_id"] == lived["answer"]} == {True, False}
    for words in ("Please stay polite", "I was polite.", "We looked again."):
        assert words in everything


def test_more_rows_than_are_read_at_once_are_all_there_and_on_several_pages(app, ben, drain):
    with unit_of_work():
        db.session.add_all(
            Notification(member_id=ben.member_id, kind="archive-ready", cause=f"n{n}", params={}, created_at=clock.now())
            for n in range(2 * BATCH)
        )  # fmt: skip
    archive, _everything = made(ben, drain)
    rows = json.loads(archive.read("data/notifications.json"))
    assert len(rows) == 2 * BATCH and "pages/notifications-0005.html" in archive.namelist()


def test_one_at_a_time_and_not_again_on_the_same_day(app, ben, at, drain, settings_override):
    at(START)
    assert asking.ask_for_archive(ben)
    assert not asking.ask_for_archive(ben)
    drain()
    with pytest.raises(TooMany):
        asking.ask_for_archive(ben)
    first = db.session.get_one(DataArchive, ben.member_id).file_key
    at(timedelta(hours=25))
    assert asking.ask_for_archive(ben)
    drain()
    assert not path_of(first).exists()
    assert len(list(folder().iterdir())) == 1


def test_of_many_who_ask_at_once_one_begins(ben, in_threads):
    results = in_threads(6, lambda _n: asking.ask_for_archive(ben))
    assert sorted(results) == [False] * 5 + [True]


def test_the_file_goes_after_some_days_and_what_belongs_to_nobody_too(app, ben, at, drain):
    at(START)
    asking.ask_for_archive(ben)
    drain()
    key = db.session.get_one(DataArchive, ben.member_id).file_key
    assert path_of(key).stat().st_mode & 0o077 == 0
    at(timedelta(days=6, hours=23))
    assert asking.finished_archive(ben).file_key == key
    at(timedelta(hours=2))
    with pytest.raises(NotFound):
        asking.finished_archive(ben)
    asking.forget_ended()
    assert not path_of(key).exists() and db.session.get(DataArchive, ben.member_id) is None


def test_closing_the_account_takes_the_file_along(app, ben, drain):
    asking.ask_for_archive(ben)
    drain()
    key = db.session.get_one(DataArchive, ben.member_id).file_key
    close_account(ben, ben.member_id)
    assert not path_of(key).exists()


def test_who_leaves_while_it_is_made_gets_none(app, ben, drain):
    asking.ask_for_archive(ben)
    close_account(ben, ben.member_id)
    drain()
    assert not building.build(ben.member_id) and not list(folder().iterdir())


def test_a_build_that_fails_leaves_nothing_behind(app, ben, monkeypatch):
    asking.ask_for_archive(ben)
    monkeypatch.setattr(building, "_write_files", lambda *_a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        building.build(ben.member_id)
    assert not list(folder().iterdir())
    assert db.session.get_one(DataArchive, ben.member_id).ready_at is None


def test_a_visitor_has_none(app):
    with pytest.raises(Forbidden):
        asking.ask_for_archive(ANONYMOUS)


def test_the_page_asks_who_it_is_and_gives_the_file_to_its_member_alone(
    app, client, sign_in, ben, ada, zed, drain
):
    page = "/en/settings/data"
    assert "sign-in" in client.get(page).location
    sign_in(ben)
    assert "Make my archive" in client.get(page).text
    assert client.post(f"{page}/archive", data={"email": "ada@example.com"}).status_code == 422
    assert client.get(f"{page}/archive").status_code == 404
    assert client.post(f"{page}/archive", data={"email": "ben@example.com"}).status_code == 303
    assert "is being made" in client.get(page).text
    drain()
    assert "Fetch the file" in client.get(page).text
    answer = client.get(f"{page}/archive")
    assert (
        answer.headers["Cache-Control"] == "private, no-store"
        and "attachment" in answer.headers["Content-Disposition"]
    )
    assert "index.html" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    answer.close()
    assert client.post(f"{page}/archive", data={"email": "ben@example.com"}).status_code == 429
    for other in (ada, zed):
        assert sign_in(other, app.test_client()).get(f"{page}/archive").status_code == 404
    silenced = sign_in(zed, app.test_client())
    assert silenced.post(f"{page}/archive", data={"email": "zed@example.com"}).status_code == 303


def test_every_field_has_a_name_people_understand(lived, ben, drain):
    archive, _everything = made(ben, drain)
    names = {
        key for name in archive.namelist() if name.startswith("data/") for row in json.loads(archive.read(name)) for key in row
    }  # fmt: skip
    assert names <= set(LABELS)


def test_every_part_can_be_read_by_somebody_with_nothing(app):
    owner = Owner(IDS["new"], frozenset({IDS["new"]}), "fr")
    parts = [part for one in registered().values() for part in one.parts]
    assert len({part.key for part in parts}) == len(parts)
    assert sum(len(list(part.rows(owner))) for part in parts) == 1
