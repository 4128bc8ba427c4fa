"""A thread that was hidden or removed: its published answers, comments and thanks speak of it nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.db import db
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.questions import publishing
from forum.questions.commenting import comment_on
from forum.questions.models import Post
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.accepting import accept_answer
from forum.solutions.thanking import thank
from tests.web.test_every_route import address, rules

SECRET = "kumquat"
HELP = "Turn the valve by hand, then wait a minute before you switch it on again."


@pytest.fixture
def lived(app, at, ada, ben, cleo, drain, make_question, make_answer, published):
    """A thread with everything in it, the secret in all that others wrote, and nobody told yet."""
    at(timedelta(hours=1))
    for who in (ben, cleo):
        follow(who, TargetKind.CATEGORY, 1)
    asked = make_question(
        ada, title=f"The {SECRET} does not turn any more", body=f"My {SECRET} stands still since Monday."
    )
    at(timedelta(hours=1))
    answer = make_answer(ben, asked, body=HELP)
    follow_question(cleo, asked)
    comment_on(cleo, answer, body=f"It worked for my {SECRET} as well, thank you.")
    give_kudos(cleo, answer)
    me_too(cleo, asked)
    accept_answer(ada, asked, answer)
    thank(ada, answer, f"Thank you: the {SECRET} turns again.")
    return asked


@pytest.fixture
def published():
    """Texts are published at once here."""
    publishing.set_screener(publishing.publish_everything)


def told(app, sign_in, readers, asked):
    """Every address on which somebody reads the secret, as visitor, helper and follower."""
    found = []
    place = {"id": asked, "question_id": asked, "post_id": asked, "answer_id": asked + 1, "lang": "en"}
    paths = {address(app, rule, place | {"member_id": 1}) for rule in rules(app, "GET")}
    slugs = [f"/en/members/{who.member_id}/{who.display_name.lower()}" for who in readers if who]
    paths |= {
        f"{page}{tab}" for page in slugs for tab in ("", "?tab=answers", "?tab=thanks", "?tab=questions")
    }
    paths |= {"/en/search?q=stands+still+since+Monday", "/en/rewards/statement.csv", "/en/mine?tab=follows"}
    for who in readers:
        browser = app.test_client()
        if who:
            sign_in(who, browser)
        for path in sorted(paths):
            response = browser.get(path)
            if SECRET in response.get_data(as_text=True):
                found.append((who and who.display_name, path))
            response.close()
    return found


@pytest.mark.parametrize("how", ["hidden", "removed"])
def test_nobody_reads_of_it_anywhere(app, at, lived, drain, outbox, sign_in, ben, cleo, mo, how):
    drain()
    assert len({path for _who, path in told(app, sign_in, [None], lived)}) >= 3, "it stands in the lists"
    at(timedelta(hours=1))
    sent = len(outbox())
    comment_on(cleo, lived + 1, body=f"One more word about the {SECRET}.")
    (publishing.hide if how == "hidden" else publishing.remove)(mo, lived)
    at(timedelta(days=2))
    drain()
    said = [path for who, path in told(app, sign_in, [None, ben, cleo], lived)]
    assert not said
    assert not [mail for mail in outbox()[sent:] if SECRET in mail.as_string()]
    assert db.session.get(Post, lived + 1).state == "published", "its children keep their own state"
