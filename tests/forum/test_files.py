"""Files of posts: taken when harmless, given out as downloads to whoever may read the post, erased with it."""

from __future__ import annotations

import io
import zlib
from datetime import timedelta

import pytest

from common.config import current_config
from common.db import db, update_where
from common.errors import Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.files import attaching
from forum.files.keeping import path_of
from forum.files.models import Attachment, AttachmentPost
from forum.files.rules import BadFile, FileFault, checked, file_keys
from forum.files.uploading import upload_file
from forum.questions import publishing
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Post
from tests.conftest import START

LOG = b"12:00 pump on\n12:01 error E18\n"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
ALL = frozenset({"pdf", "txt", "log", "csv"})


@pytest.fixture(autouse=True)
def _in_the_morning(app, at):
    at(START + timedelta(hours=1))


def packed(text: bytes, says: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    return b"%PDF-1.7\n<< " + says + b" >>\nstream\r\n" + zlib.compress(text) + b"\nendstream\n%%EOF"


def may_have(actor, key) -> bool:
    try:
        return attaching.find_file(actor, key).key == key
    except NotFound:
        return False
    finally:
        db.session.rollback()


# --- what a file may be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [
        ("pump.log", LOG, "pump.log"),
        ("C:\\Users\\me\\Journal du 3.TXT", "\ufeffcafé\x1b[31m".encode(), "Journal du 3.txt"),
        ("../../etc/passwd.txt", "café".encode("cp1252"), "passwd.txt"),
        ('a"b\r\nX: 1<script>.pdf', PDF, "a b X 1 script.pdf"),
        (".log", LOG, "file.log"),
        ("wide.csv", "a;b".encode("utf-16"), "wide.csv"),
        ("x" * 500 + ".txt", b"a", "x" * 80 + ".txt"),
        ("manual.pdf", packed(b"/JS", says=b"/Filter /FlateDecode"), "manual.pdf"),
    ],
)
def test_harmless_files_are_taken_under_harmless_names(name, data, kept):
    clean = checked(name, data, ALL, 10_000)
    assert clean.name == kept
    if not kept.endswith(".pdf"):
        assert not any(byte in clean.data for byte in b"\x00\x1b\xff") and clean.data.decode()


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.log", b"", FileFault.EMPTY),
        ("a.log", b"a" * 10_001, FileFault.TOO_HEAVY),
        ("a.exe", b"MZ", FileFault.UNKNOWN_KIND),
        ("a", b"words", FileFault.UNKNOWN_KIND),
        ("page.html", b"<script>alert(1)</script>", FileFault.UNKNOWN_KIND),
        ("a.pdf", b"<html>", FileFault.NOT_WHAT_IT_SAYS),
        ("a.pdf", b"%PDF-1.7 and no end", FileFault.NOT_WHAT_IT_SAYS),
        ("a.txt", b"PK\x03\x04\x00\x00", FileFault.NOT_WHAT_IT_SAYS),
        ("a.txt", bytes(range(1, 32)) * 9, FileFault.NOT_WHAT_IT_SAYS),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>"), FileFault.ACTIVE),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /#4aS (x)"), FileFault.ACTIVE),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /EmbeddedFiles 3 0 R"), FileFault.ACTIVE),
        ("a.pdf", packed(b"<< /S /Launch >>"), FileFault.ACTIVE),
        ("a.pdf", b"%PDF-1\nstream << /JS (x) >>\n%%EOF", FileFault.ACTIVE),
    ],
)
def test_what_is_not_harmless_is_refused(name, data, fault):
    with pytest.raises(BadFile) as refusal:
        checked(name, data, ALL, 10_000)
    assert refusal.value.fault == fault


def test_a_hostile_pdf_is_looked_through_in_a_moment():
    for part in (b"stream", b"<< /ObjStm >> stream endstream ", b"#4a", b"/"):
        data = b"%PDF-1.7" + part * (2_000_000 // len(part)) + b"%%EOF"
        checked("a.pdf", data, ALL, 10_000_000)


def test_a_bomb_is_unpacked_to_a_bound():
    checked("a.pdf", packed(bytes(200_000_000)), ALL, 10_000_000)


# --- taking them ------------------------------------------------------------------------------------------------


def test_who_may_not_write_uploads_nothing(zed, leaves_no_trace):
    for who in (zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            upload_file(who, "a.log", LOG)
    assert not current_config().uploads_dir.exists()


def test_a_refusal_is_kind_and_files_have_a_pace_and_kinds(ada, settings_override, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        upload_file(ada, "a.exe", b"MZ")
    assert ".pdf, .txt, .log" in str(refusal.value.fields["file"])
    with settings_override(forum__file_kinds=["pdf"]), leaves_no_trace(Invalid):
        upload_file(ada, "a.log", LOG)
    stream = io.BytesIO(bytes(20_000_000))
    with leaves_no_trace(Invalid):
        upload_file(ada, "a.log", stream)
    assert stream.tell() == 5_000_001
    with settings_override(forum__uploads_a_day=1):
        upload_file(ada, "a.log", LOG)
        with leaves_no_trace(TooMany):
            upload_file(ada, "b.log", LOG)


def test_a_text_carries_so_many_files_and_a_comment_none(
    ada, make_question, settings_override, leaves_no_trace
):
    files = [upload_file(ada, f"{n}.log", LOG) for n in range(2)]
    body = "What the machine wrote: " + " ".join(one.markdown for one in files)
    with settings_override(forum__files_per_post=1), leaves_no_trace(Invalid) as refusal:
        ask_question(ada, title="The pump is loud", body=body, category_id=1)
    assert "1 files" in str(refusal.value.fields["body"])
    comment_on(ada, make_question(ada), body=body)
    assert db.session.query(AttachmentPost).count() == 0


# --- who gets them ----------------------------------------------------------------------------------------------


def test_a_file_is_its_members_until_a_post_shows_it_and_goes_and_returns_with_it(
    ada, ben, mo, make_question
):
    file = upload_file(ada, "pump.log", LOG)
    assert may_have(ada, file.key) and may_have(mo, file.key)
    assert not may_have(ben, file.key) and not may_have(ANONYMOUS, file.key)
    question_id = make_question(ada, body=f"It stops every morning. {file.markdown}")
    assert may_have(ben, file.key) and may_have(ANONYMOUS, file.key)
    publishing.hide(mo, question_id)
    assert not may_have(ben, file.key) and not may_have(ANONYMOUS, file.key) and may_have(ada, file.key)
    publishing.restore(mo, question_id)
    assert may_have(ben, file.key)


def test_a_file_of_an_answer_goes_with_its_question(ada, ben, cleo, mo, make_question, make_answer):
    question_id = make_question(ada)
    file = upload_file(ben, "fix.pdf", PDF)
    make_answer(ben, question_id, body=f"The whole procedure is in here: {file.markdown}")
    assert may_have(cleo, file.key)
    publishing.hide(mo, question_id)
    assert not may_have(cleo, file.key) and not may_have(ANONYMOUS, file.key)


def test_an_edit_takes_a_file_away_and_brings_another(ada, ben, mo, make_question):
    first, second = upload_file(ada, "1.log", LOG), upload_file(mo, "2.log", LOG)
    question_id = make_question(ada, body=f"It stops every morning. {first.markdown}")
    version = db.session.get(Post, question_id).version
    edit_post(
        mo, question_id, version=version, body=f"It stops. And this: {second.markdown}", reason="Clearer"
    )
    assert not may_have(ben, first.key) and may_have(ben, second.key)
    edit_post(ada, question_id, version=version + 1, body=f"Every morning: {second.markdown}")
    assert may_have(ben, second.key), "what the team brought stays when the author edits"


def test_nobody_shows_a_file_of_somebody_else_by_its_address(ada, ben, cleo, make_question):
    file = upload_file(ada, "private.log", LOG)
    make_question(ben, body=f"Look what I know: {file.markdown} is hers.")
    assert not may_have(cleo, file.key) and not may_have(ben, file.key)


def test_a_file_under_a_mask_names_nobody(ada, ben, client):
    file = upload_file(ada, "pump.log", LOG)
    body = f"It stops every morning. {file.markdown}"
    ask_question(ada, title="The pump is loud", body=body, category_id=1, unnamed=True)
    assert may_have(ben, file.key)
    answer = client.get(f"/files/{file.key}")
    assert answer.status_code == 200 and "ada" not in str(answer.headers).lower()


def test_a_file_is_a_download_and_nothing_else(ada, client, make_question):
    file = upload_file(ada, "Été «1».log", LOG)
    make_question(ada, body=f"It stops every morning. {file.markdown}")
    answer = client.get(f"/files/{file.key}")
    assert answer.data == LOG and answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert (
        answer.headers["Cache-Control"] == "private, no-store" and answer.headers["X-Robots-Tag"] == "noindex"
    )
    for key in ("", "0" * 24, "../" * 4, file.key.upper() + "x", file.key[:-1]):
        assert client.get(f"/files/{key}").status_code == 404
    path_of(file.key).unlink()
    assert client.get(f"/files/{file.key}").status_code == 404


def test_forms_bring_files_without_scripts_and_keep_the_text_when_one_is_refused(
    client, sign_in, ada, ben, make_question
):
    question_id = make_question(ada)
    page = sign_in(ben).get(f"/en/questions/{question_id}/", follow_redirects=True).text
    assert 'type="file" id="file" name="file" accept=".pdf,.txt,.log"' in page

    def send(name, data):
        form = {"body": "Here is the log of mine, compare it.", "file": (io.BytesIO(data), name)}
        path = f"/en/questions/{question_id}/answers"
        return client.post(path, data=form, content_type="multipart/form-data", follow_redirects=True)

    refused = send("virus.exe", b"MZ")
    assert refused.status_code == 422 and "compare it." in refused.text and 'id="file-error"' in refused.text
    shown = send("pump.log", LOG)
    assert shown.status_code == 200 and ">pump.log</a>" in shown.text
    key = db.session.query(Attachment).one().key
    assert file_keys(shown.text) == (key,) and client.get(f"/files/{key}").data == LOG


# --- the end of a file ------------------------------------------------------------------------------------------


def test_files_go_with_their_posts_after_the_time_for_appeals_and_unused_ones_like_drafts(
    ada, mo, make_question, at
):
    kept, removed, unused = (upload_file(ada, f"{n}.log", LOG) for n in ("kept", "removed", "unused"))
    make_question(ada, body=f"It stops every morning. {kept.markdown}")
    question_id = make_question(
        ada, title="Another one that is removed", body=f"It is loud. {removed.markdown}"
    )
    publishing.remove(mo, question_id)
    assert attaching.erase_unused() == 0
    at(timedelta(days=91))
    assert attaching.erase_unused() == 1 and not path_of(unused.key).exists()
    assert path_of(removed.key).exists()
    at(timedelta(days=110))
    assert attaching.erase_unused() == 1 and attaching.erase_unused() == 0
    assert not path_of(removed.key).exists() and path_of(kept.key).exists()
    assert [one.key for one in db.session.query(Attachment)] == [kept.key]


def test_a_file_that_another_standing_post_carries_stays(ada, mo, make_question, make_answer, at):
    file = upload_file(ada, "a.log", LOG)
    question_id = make_question(ada, body=f"It stops every morning. {file.markdown}")
    publishing.remove(mo, make_answer(ada, question_id, body=f"The same once more: {file.markdown}"))
    with unit_of_work():
        update_where(Attachment, Attachment.key == file.key, created_at=START - timedelta(days=900))
    at(timedelta(days=300))
    assert attaching.erase_unused() == 0
