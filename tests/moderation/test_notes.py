"""Notes on members: the team's only, never about oneself, taken back but not forgotten by the log."""

from __future__ import annotations

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Forbidden, Invalid, NotFound
from moderation.notes.models import BODY_MAX, MemberNote
from moderation.notes.noting import note, withdraw_note
from moderation.notes.queries import notes_on
from tests.conftest import IDS, START, all_rows

SECRET = "kumquat"


@pytest.fixture(autouse=True)
def morning(app, at):
    """The cast is as it is described at this moment."""
    at(START)


def refused(expected, act, *args):
    before = all_rows()
    with pytest.raises(expected):
        act(*args)
    assert all_rows() == before


def test_the_team_reads_a_note_and_nobody_else_does(client, sign_in, mo, sam, ben, ada):
    assert note(mo, IDS["ben"], f"Promised a {SECRET} twice.", "form")
    assert not note(mo, IDS["ben"], f"Promised a {SECRET} twice.", "form")
    assert db.session.query(AuditEntry).filter_by(act="member_note.written").count() == 1
    assert [one.body for one in notes_on(sam, IDS["ben"])] == [f"Promised a {SECRET} twice."]
    assert notes_on(ben, IDS["ben"]) == notes_on(ada, IDS["ben"]) == []
    for who, sees in ((mo, True), (ben, False), (ada, False)):
        sign_in(who, client)
        for path in (f"/en/desk/members/{IDS['ben']}", f"/en/members/{IDS['ben']}/ben"):
            assert (SECRET in client.get(path).text) == (sees and "desk" in path), (who.display_name, path)


def test_who_may_not_note(ada, mo, sam):
    refused(Forbidden, note, ada, IDS["ben"], "A word")
    refused(Forbidden, note, mo, IDS["mo"], "A word")
    refused(NotFound, note, mo, 4_000, "A word")
    for body in ("", "  ", "x" * (BODY_MAX + 1)):
        refused(Invalid, note, mo, IDS["ben"], body)


def test_a_note_is_taken_back_by_its_author_or_a_manager_once(mo, sam, max_):
    note(mo, IDS["ben"], "One", "1")
    note(sam, IDS["ben"], "Two", "2")
    one, two = (row.id for row in db.session.query(MemberNote).order_by(MemberNote.id))
    refused(Forbidden, withdraw_note, mo, two)
    for _twice in range(2):
        withdraw_note(mo, one)
    withdraw_note(max_, two)
    assert notes_on(mo, IDS["ben"]) == []
    assert db.session.query(AuditEntry).filter_by(act="member_note.withdrawn").count() == 2


def test_the_file_has_the_form(client, sign_in, mo):
    sign_in(mo, client)
    path = f"/en/desk/members/{IDS['ben']}"
    assert (
        "New note" in client.get(path).text
        and "New note" not in client.get(f"/en/desk/members/{IDS['mo']}").text
    )
    assert (
        client.post(f"{path}/notes", data={"body": "Be patient with ben.", "nonce": "x"}).status_code == 303
    )
    assert client.post(f"{path}/notes", data={"body": "", "nonce": "y"}).status_code == 422
    assert "Be patient with ben." in client.get(path).text
    assert client.post(f"{path}/notes/1/withdraw").status_code == 303
    assert "Be patient with ben." not in client.get(path).text


def test_a_note_that_is_refused_is_given_back(client, sign_in, mo):
    sign_in(mo, client)
    long = "Be patient. " * 100
    answer = client.post(f"/en/desk/members/{IDS['ben']}/notes", data={"body": long, "nonce": "y"})
    assert answer.status_code == 422 and long.strip() in answer.text and "keep to" in answer.text
    assert notes_on(mo, IDS["ben"]) == []
