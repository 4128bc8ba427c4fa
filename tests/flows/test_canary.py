"""One canary through every second path: words that somebody may not read reach them by no page, search, feed, map, export,
mail, digest, message to a device, archive or counter (invariants 42 and 64; domain/moderation.md §B2).

Each hidden place has a word of its own. The walk is done twice: with everything hidden, and, as its own proof, with the
same words published, when every path must carry them.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.archives import asking, keeping
from accounts.archives.models import DataArchive
from accounts.digests import building
from accounts.members.models import Member
from accounts.messages import writing
from accounts.notifications import preferences, telling
from accounts.notifications.listening import Hours
from accounts.notifications.rules import EVENTS, NIGHT, Mail, Rhythm
from accounts.push.sending import CARRIED
from common.clock import now
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import save_draft
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Tag
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too
from forum.screening import Screening
from forum.search import index
from forum.solutions.accepting import accept_answer
from forum.solutions.drift import drifts
from forum.solutions.thanking import thank
from moderation.escalation import cases, casework, laddering
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.notes.noting import note as note_on_member
from moderation.private import talking
from tests.accounts.test_push import phone, service  # noqa: F401 - fixtures
from tests.web.test_every_route import address, rules

PARIS = ZoneInfo("Europe/Paris")
HELP = "Unplug it, open the small hatch and clean the filter."
HELD = ("kumquat", "rambutan", "physalis", "pitahaya")
"""In a question, an answer, a comment and an edit that wait for a review, in this order."""
GONE = {"tamarillo": "hidden at once", "cherimoya": "removed at once", "sapodilla": "an answer removed at once",
        "mangosteen": "hidden after it was told on the site", "salak": "rejected"}  # fmt: skip
APART = ("carambola", "jaboticaba", "feijoa", "lucuma", "marula", "pequi", "bilimbi")
"""A draft, a private message, a report, a note on a member, a note in a case, an offer to talk, words of a talk."""
LIVED = {"durian": publishing.remove, "langsat": publishing.hide}
"""Threads with everything in them, told, and gone later: what stays of others beneath them is silent too."""
SECRETS = (*HELD, *GONE, *LIVED, *APART)
OF_BEN = {"rambutan", "tamarillo", "cherimoya", "jaboticaba", "feijoa"}
"""Words that Ben wrote himself."""


@pytest.fixture
def reader(app, at, ada, ben, cleo, phone, make_question):  # noqa: F811
    """Cleo follows all there is, wants every mail at once, every digest, and everything on her telephone."""
    at(datetime(2026, 3, 9, 10, 0, tzinfo=PARIS))
    index.rebuild()
    with unit_of_work():
        update_where(Member, Member.id < 900, last_seen_at=now())
        db.session.add(Tag(id=1, key="filter", label="Filter"))
    everything = {event.key: (True, Mail.NOW, True) for event in EVENTS if not event.always}
    preferences.choose(cleo, everything, Hours("Europe/Paris", NIGHT, Rhythm.DAILY))
    for kind, target in ((TargetKind.CATEGORY, 1), (TargetKind.TAG, 1), (TargetKind.MEMBER, ada.member_id)):
        follow(cleo, kind, target)
    cleo_phone = phone(cleo)
    assert CARRIED
    yield cleo_phone
    index.forget()


def hold(submission) -> Screening:
    """What speaks of a word of HELD waits for a review."""
    held = any(word in f"{submission.title} {submission.body}" for word in HELD)
    return Screening(submission.title, submission.body, ("first_post",) if held else ())


class World:
    """What was written, with the words hidden or (`public`) published."""

    def __init__(self, public, at, drain, ada, ben, mo, sam, new):
        publishing.set_screener(publishing.publish_everything if public else hold)
        self.at, self.ada, self.ben, self.mo, self.sam, self.new = at, ada, ben, mo, sam, new
        self.asked = self.ask("A question that everybody may read", ada)
        self.drain, self.public = drain, public

    def ask(self, title, who, body=HELP):
        self.at(timedelta(minutes=20))
        return ask_question(who, title=title, body=body, category_id=1, tags=("filter",)).id

    def live(self, word, cleo):
        """A thread in which everybody had a part; returns its id."""
        ada, ben = self.ada, self.ben
        asked = self.ask(f"The {word} does not turn", ada, f"My {word} stands still.")
        self.at(timedelta(minutes=10))
        answer = answer_question(ben, asked, body=f"{HELP} Wait a minute.").id
        follow_question(cleo, asked)
        comment_on(self.new, answer, body=f"It worked for my {word} as well.")
        give_kudos(cleo, answer)
        me_too(cleo, asked)
        accept_answer(ada, asked, answer)
        thank(ada, answer, f"Thank you: the {word} turns again.")
        return asked

    def write(self, cleo, before_it_goes=lambda: None):
        """What is written in public places; what was told of it by mail meanwhile is true until it goes."""
        ada, ben, mo = self.ada, self.ben, self.mo
        lived = {word: self.live(word, cleo) for word in LIVED}
        self.drain()
        ids = [self.ask(f"The {HELD[0]} leaks", ada, f"{HELP} @cleo")]
        self.at(timedelta(minutes=10))
        answer_question(ben, self.asked, body=f"{HELP} It was a {HELD[1]}. @cleo")
        comment_on(ada, self.asked, body=f"A {HELD[2]}, @cleo")
        edit_post(ada, self.asked, version=1, title=f"A {HELD[3]} that everybody may read", body=HELP)
        hidden, removed = (self.ask(f"My {word} stands still", ben) for word in ("tamarillo", "cherimoya"))
        told = self.ask("The mangosteen hums", ada)
        answer = answer_question(
            ada, hidden if self.public else self.asked, body=f"{HELP} Buy a sapodilla. @cleo"
        ).id
        late = self.ask("A salak that whistles", ada)
        if not self.public:
            publishing.hide(mo, hidden)
            publishing.remove(mo, removed)
            publishing.remove(mo, answer)
            publishing.hide(mo, late)
            self.drain()
            before_it_goes()
            publishing.hide(mo, told)
            publishing.reject(mo, ids[0])
            for word, asked in lived.items():
                LIVED[word](mo, asked)
        self.ids = [*ids, hidden, removed, told, late, *lived.values()]

    def write_apart(self, cleo):
        """What is said where the reader has no place."""
        ada, ben, mo, sam = self.ada, self.ben, self.mo, self.sam
        save_draft(ada, "ask", title=f"My {APART[0]}", body=f"A {APART[0]} fell into it.")
        writing.write_to(ben, ada.member_id, f"Between us: a {APART[1]}.")
        flag(ben, self.asked, FlagReason.OTHER, f"I think of a {APART[2]} here.")
        note_on_member(mo, ada.member_id, f"Asked for a {APART[3]} by telephone.")
        private = self.ask("Another one that the team takes up", ada)
        self.at(timedelta(hours=5))
        laddering.sweep()
        case_id = casework.case_of(private, 1).id
        cases.note(sam, case_id, f"Parts list: {APART[4]}.")
        talking.offer(sam, case_id, f"Could you send me the {APART[5]} number?")
        talking.accept(ada, private)
        writing.write_to(ada, sam.member_id, f"It is the {APART[6]} of my sister.")
        self.ids.append(private)


@pytest.fixture
def world(at, drain, ada, ben, mo, sam, newcomer):
    """``world(public)`` → what was written."""
    return lambda public: World(public, at, drain, ada, ben, mo, sam, newcomer)


def later(at, drain):
    """Two days go by, with all that is sent in them."""
    for day in (10, 11):
        for hour in (8, 9):
            at(datetime(2026, 3, day, hour, 5, tzinfo=PARIS))
            building.begin_due()
            drain()


def pages(app, world):
    """Every address that can be read, with the ids of what is public and of what is not."""
    found = {"/sitemaps/questions-1.xml", "/sitemaps/pages.xml", "/en/questions/feed.atom", "/en/?sort=hot"}
    for number in (world.asked, *world.ids):
        place = {
            "id": number,
            "question_id": number,
            "post_id": number,
            "answer_id": number + 1,
            "lang": "en",
        }
        found |= {address(app, rule, place | {"member_id": 1}) for rule in rules(app, "GET")}
    for member in ("1/ada", "2/ben"):
        found |= {f"/en/members/{member}?tab={tab}" for tab in ("answers", "questions", "thanks")}
    return sorted(found - {"/en/account/archive/file"})


def read(browser, path):
    """What an address says, whatever it is made of."""
    response = browser.get(path)
    said_there = response.get_data().decode("utf-8", "replace").lower()
    response.close()
    return response.status_code, said_there


def heard(app, world, browser):
    """(word, address) wherever a page, a map, a feed or a file says a word."""
    texts = {path: read(browser, path)[1] for path in pages(app, world)}
    return {(word, path) for path, text in texts.items() for word in said(text)}


FINDERS = (
    "/en/search?q={}",
    "/en/search?q={}&type=guides",
    "/en/questions/similar?title=My+{}+leaks",
)
NOBODYS = "zzyzxq"


def answered(browser):
    """(word, address) wherever looking for a word is answered in another way than looking for one that nobody wrote."""
    answers = {}
    for where in FINDERS:
        for word in (*SECRETS, NOBODYS):
            status, text = read(browser, where.format(word))
            assert status in (200, 404), (where, status)
            answers[word, where] = re.sub(r"\d+", "", text.replace(word, NOBODYS))
    return {key for key, text in answers.items() if text != answers[NOBODYS, key[1]]}


def archive_of(who, app, drain):
    """Everything in the archive of somebody's own data."""
    asking.ask_for_archive(who)
    drain()
    key = db.session.get(DataArchive, who.member_id, populate_existing=True).file_key
    with zipfile.ZipFile(io.BytesIO(keeping.path_of(key).read_bytes())) as files:
        return "\n".join(files.read(name).decode("utf-8", "replace") for name in files.namelist()).lower()


def letters_to(who, outbox):
    """What was mailed to somebody: subject and both bodies."""
    mine = [mail for mail in outbox() if mail["To"] == f"{who.display_name.lower()}@example.com"]
    return "\n".join(
        f"{mail['Subject']} {mail.get_body(('plain',)).get_content()} {mail.get_body(('html',)).get_content()}"
        for mail in mine
    ).lower()


def pushed(service, device):  # noqa: F811
    """What the telephone was told."""
    return "\n".join(str(device.read(body)) for _path, _headers, body in service.got).lower()


def said(text):
    """Which of the words are in a text."""
    return {word for word in SECRETS if word in text}


def test_what_is_hidden_is_heard_nowhere(
    app, client, sign_in, reader, service, world, cleo, at, drain, outbox  # noqa: F811
):  # fmt: skip
    here = world(False)
    follow_question(cleo, here.asked)
    drain()
    telling.mark_read(cleo, up_to_id=10**9)
    told = []
    here.write(cleo, lambda: told.append((letters_to(cleo, outbox), pushed(service, reader))))
    here.write_apart(cleo)
    later(at, drain)
    letters, pushes = told[0]
    assert letters_to(cleo, outbox).startswith(letters) and pushed(service, reader).startswith(pushes)
    assert said(letters) == said(letters) & {"mangosteen", *LIVED} != set()
    assert not said(letters_to(cleo, outbox)[len(letters) :])
    assert not said(pushed(service, reader)[len(pushes) :])
    assert not said(archive_of(cleo, app, drain))
    for who, own in ((None, set()), (cleo, set()), (here.ben, OF_BEN)):
        browser = sign_in(who, app.test_client()) if who else app.test_client()
        assert not {(word, path) for word, path in heard(app, here, browser) if word not in own}
        assert not answered(browser)
    assert not list(drifts()), "counters know what is public"


def test_the_same_words_are_heard_everywhere_once_they_are_public(
    app, client, sign_in, reader, service, world, cleo, at, drain, outbox  # noqa: F811
):  # fmt: skip
    here = world(True)
    follow_question(cleo, here.asked)
    here.write(cleo)
    later(at, drain)
    assert said(letters_to(cleo, outbox)) >= {"kumquat", "tamarillo", "cherimoya", "mangosteen", "salak"}
    assert said(pushed(service, reader))
    browser = sign_in(cleo, app.test_client())
    told = heard(app, here, browser)
    assert {word for word, _path in told} >= {*HELD, *GONE, *LIVED}
    for path in (
        "/sitemaps/questions-1.xml",
        "/en/questions/feed.atom",
        "/en/notifications",
        "/en/members/1/ada?tab=answers",
    ):
        assert path in {where for _word, where in told}, path
    for where in FINDERS:
        assert ("kumquat", where) in answered(browser), where
