"""A draft that is taken up again holds every field of its form, and the version it was begun on."""

from __future__ import annotations

import re

import pytest

from forum.drafts.drafting import save_draft
from tests.conftest import START


@pytest.fixture
def thread(ada, ben, make_question, make_answer, at):
    at(START)
    question = make_question(ada)
    return question, make_answer(ben, question)


def ticked(page: str, name: str) -> list[str]:
    """The values of the boxes of a name that are ticked."""
    boxes = re.findall(rf'<input type="(?:radio|checkbox)" name="{name}"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', box)[1] for box in boxes if "checked" in box]


def test_an_answers_draft_keeps_what_it_is_and_whether_one_follows(client, sign_in, cleo, thread):
    address = f"/en/questions/{thread[0]}/"
    page = sign_in(cleo, client).get(address, follow_redirects=True).text
    assert ticked(page, "kind") == ["answer"] and ticked(page, "follow") == ["1"]
    save_draft(cleo, f"answer:{thread[0]}", body="A tip of mine, long enough.", fields={"kind": "tip"})
    page = client.get(address, follow_redirects=True).text
    assert "A tip of mine" in page and ticked(page, "kind") == ["tip"] and ticked(page, "follow") == []


def test_a_refused_answer_keeps_its_boxes(client, sign_in, cleo, sam, thread):
    address = f"/en/questions/{thread[0]}/answers"
    page = sign_in(cleo, client).post(address, data={"body": "", "kind": "tip"})
    assert page.status_code == 422
    assert ticked(page.text, "kind") == ["tip"] and ticked(page.text, "follow") == []
    own = sign_in(sam, client.application.test_client())
    assert ticked(own.post(address, data={"body": "", "official": "1"}).text, "official") == ["1"]


def test_an_edits_draft_keeps_reason_topics_and_category(client, sign_in, ada, thread):
    kept = {"version": "1", "reason": "My words why.", "tags": "pump", "category_id": "2"}
    save_draft(ada, f"edit:{thread[0]}", title="Another title of mine", body="Another text.", fields=kept)
    page = sign_in(ada, client).get(f"/en/posts/{thread[0]}/edit").text
    for typed in ("My words why.", 'value="pump"', "Another title of mine", "Another text."):
        assert typed in page
    assert re.search(r'<option value="2" selected', page)


def test_a_suggestion_is_made_on_the_version_it_was_begun_on(client, sign_in, ben, cleo, thread):
    kept = {"version": "1", "reason": "Clearer words."}
    save_draft(cleo, f"suggest:{thread[1]}", body="Unplug it first, then open the hatch.", fields=kept)
    sign_in(ben, client.application.test_client()).post(
        f"/en/posts/{thread[1]}/edit", data={"version": "1", "body": "Unplug it. NEVER do it when it is hot."}
    )
    page = sign_in(cleo, client).get(f"/en/posts/{thread[1]}/suggest").text
    assert "Clearer words." in page and 'name="version" value="1"' in page
