"""Questions by mail: an address of one's own, the rights and limits of the ask page, and a letter that says what became."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from sqlalchemy import select

from common import clock, config, settings
from common.db import db
from forum.browsing import queries as browsing
from forum.drafts.drafting import load_draft, save_draft
from forum.fields.keeping import FieldDraft, add_field
from forum.letterbox import jobs, rules
from forum.letterbox.addresses import own_address, renew, still_counts
from forum.letterbox.models import AskAddress, IncomingMail
from forum.letterbox.receiving import receive
from forum.letterbox.rules import AskTicket, Outcome, ask_ticket_of
from forum.questions import publishing
from forum.questions.models import Question
from forum.questions.rules import PostState
from forum.screening import Screening
from forum.search import index
from forum.solutions.accepting import accept_answer
from tests.forum.test_letterbox import BASE, _inlet, picture  # noqa: F401 - the inlet is on
from tests.search.conftest import fresh_index  # noqa: F401 - no words of other tests in the index

pytestmark = pytest.mark.usefixtures("morning", "fresh_index")
TITLE = "The coffee machine leaks under the tank"
WORDS = "Since this morning water runs out below the tank.\n\nWhat can I do?"


@pytest.fixture(autouse=True)
def _categories():
    browsing.forget()
    yield
    browsing.forget()


def mail_of(who, text: str = WORDS, subject: str = TITLE, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = headers.pop("From", f"{who.display_name} <{who.display_name.upper()}@example.com>")
    mail["To"] = headers.pop("To", own_address(who).address)
    mail["Subject"] = subject
    mail["Message-ID"] = headers.pop("Message_ID", make_msgid(domain="mail.example.com"))
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def take(mail: EmailMessage):
    return receive(mail.as_bytes())


def questions() -> list[Question]:
    db.session.rollback()
    return list(db.session.scalars(select(Question).order_by(Question.id)))


@pytest.fixture
def answered(drain, outbox):
    """Take a mail, deliver the letters; the receipt and the newest letter's text."""

    def run(mail: EmailMessage):
        receipt = take(mail)
        drain()
        letter = outbox()[-1]
        return receipt, letter, letter.get_body(("plain",)).get_content()

    return run


# --- published ----------------------------------------------------------------------------------------------------


def test_a_mail_becomes_a_question_and_its_writer_hears_where(ada, answered):
    signed = f"{WORDS}\n\n-- \nAda\nSent by a train\n"
    receipt, letter, said = answered(mail_of(ada, signed, subject=f"Fwd: TR :  {TITLE}"))
    (question,) = questions()
    assert (receipt.outcome, receipt.made_id) == (Outcome.POSTED, question.id)
    assert (question.title, question.body, question.author_id) == (TITLE, WORDS, ada.member_id)
    assert (question.language, question.state) == ("en", PostState.PUBLISHED)
    assert letter["To"] == "ada@example.com" and letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Subject"]) == f"Your question is published: {TITLE}"
    assert f"http://localhost/en/questions/{question.id}" in said


def test_the_category_is_guessed_from_similar_questions_else_it_is_the_one_staff_chose(
    ada, ben, cleo, make_question
):
    for number in range(3):
        make_question(ben, f"The coffee machine leaks below its tank, number {number}", category_id=3)
    index.rebuild()
    take(mail_of(ada))
    assert questions()[-1].category_id == 3
    with settings.override(forum__mail_question_category="coffee"):
        take(
            mail_of(
                cleo, "Nobody here ever wrote of anything resembling this.", "Zeppelins over Friedrichshafen"
            )
        )
    assert questions()[-1].category_id == 2


def test_the_letter_names_solved_questions_like_it_and_not_itself(
    ada, ben, cleo, make_question, make_answer, answered
):
    solved = [
        make_question(ben, f"Coffee machine leaks under the tank again, {word}")
        for word in ("a", "b", "c", "d")
    ]
    open_one = make_question(ben, "Coffee machine leaks under the tank too, still open")
    for question in solved:
        accept_answer(ben, question, make_answer(cleo, question))
    index.rebuild()
    _receipt, _letter, said = answered(mail_of(ada))
    assert "Solved questions like yours" in said
    assert sum(f"/en/questions/{question}/" in said for question in solved) == 3
    assert f"/questions/{open_one}/" not in said and said.count(f"/questions/{questions()[-1].id}") == 1


def test_pictures_come_along_and_the_rest_is_told(ada, answered):
    mail = mail_of(ada)
    mail.add_attachment(picture(), maintype="image", subtype="png", filename="leak.png")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice.pdf")
    _receipt, _letter, said = answered(mail)
    assert questions()[0].body.count("/images/") == 1 and "Attachments left out: 1" in said


def test_the_same_mail_asks_once_whoever_delivers_it(ada, in_threads):
    raw = mail_of(ada).as_bytes()
    outcomes = [given.outcome for given in in_threads(6, lambda _n: receive(raw))]
    assert outcomes.count(Outcome.POSTED) == 1 and outcomes.count(Outcome.REPEATED) == 5
    assert receive(raw).made_id == questions()[0].id and len(questions()) == 1


def test_a_question_that_is_being_written_on_the_page_stays_there(ada):
    save_draft(ada, "ask", title="Half a question", body="It began yesterday, when")
    take(mail_of(ada))
    assert len(questions()) == 1 and load_draft(ada, "ask").title == "Half a question"


# --- held and refused ---------------------------------------------------------------------------------------------


def test_what_the_screener_holds_and_masks_is_held_masked_and_told(ada, answered):
    publishing.set_screener(
        lambda s: Screening(s.title, s.body.replace("06 12 34 56 78", "▮▮▮"), ("new",), ("phone",))
    )
    receipt, letter, said = answered(mail_of(ada, f"{WORDS} Call me: 06 12 34 56 78."))
    assert receipt.outcome is Outcome.HELD and "▮▮▮" in questions()[0].body
    assert (
        "is being read" in str(letter["Subject"])
        and "A person reads it" in said
        and "private details" in said
    )


def test_a_refused_question_is_given_back_with_the_reason(ada, answered, at):
    short = mail_of(ada, "Help me please, it leaks everywhere here.", subject="Leak")
    receipt, letter, said = answered(short)
    assert receipt.outcome is Outcome.REFUSED and not questions()
    assert str(letter["Subject"]) == "Your question was not published"
    assert (
        "Title: A few more words" in said
        and "it leaks everywhere here" in said
        and "/en/questions/ask" in said
    )
    draft = load_draft(ada, "ask")
    assert (draft.title, draft.body) == ("Leak", "Help me please, it leaks everywhere here.")


def test_the_limits_of_the_page_are_those_of_mail(ada, zed, answered):
    assert take(mail_of(ada)).outcome is Outcome.POSTED
    _receipt, _letter, said = answered(
        mail_of(ada, "Another one, far too soon after the first.", "The next question of mine")
    )
    assert "wait" in said and "far too soon" in said
    receipt, letter, said = answered(mail_of(zed))
    assert receipt.outcome is Outcome.REFUSED and letter["To"] == "zed@example.com"
    assert "cannot post for the moment" in said and len(questions()) == 1


def test_what_a_category_must_know_is_asked_on_the_page(ada, max_, answered):
    add_field(max_, 2, FieldDraft("Modèle exact", "Exact model", required=True))
    browsing.forget()
    receipt, letter, said = answered(mail_of(ada))
    assert receipt.outcome is Outcome.REFUSED and "Exact model: We need this" in said
    assert letter["Subject"] == "One more detail, and your question is published"
    assert "not published" not in said and "/en/questions/ask" in said and not questions()
    assert load_draft(ada, "ask").fields["category_id"] == "2"


def test_a_mail_of_somebody_else_is_told_to_the_member_and_gives_no_text_back(ada, answered):
    receipt, letter, said = answered(mail_of(ada, From="eve@evil.example"))
    assert receipt.outcome is Outcome.REFUSED and letter["To"] == "ada@example.com"
    assert "another address" in said and "below the tank" not in said
    assert not questions() and load_draft(ada, "ask") is None


@pytest.mark.parametrize(
    "header",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}, {"List_Id": "<a.b>"}],
)
def test_machines_ask_nothing_and_hear_nothing(ada, drain, outbox, header):
    assert take(mail_of(ada, **header)).outcome is Outcome.IGNORED
    drain()
    assert not questions() and not outbox()


def test_refusals_are_told_five_times_a_day_and_no_word_is_kept_for_long(zed, drain, outbox, at):
    for number in range(rules.REFUSALS_A_DAY + 2):
        take(mail_of(zed, f"{WORDS} Number {number}."))
    drain()
    rows = list(db.session.scalars(select(IncomingMail).order_by(IncomingMail.id)))
    assert len(outbox()) == rules.REFUSALS_A_DAY and [bool(row.returned) for row in rows][-2:] == [
        False,
        False,
    ]
    at(clock.now() + jobs.RETURNED * 2)
    jobs.forget()
    db.session.rollback()
    assert not any(row.returned for row in db.session.scalars(select(IncomingMail)))


@pytest.mark.parametrize(
    "subject",
    [
        b"a\x00b",
        b"\xff\xfe\xed\xa0\x80",
        b"=?utf-8?B?7aCA?=",
        b"=?x-klingon?Q?=FF?=",
        "a\u202eb".encode(),
        b"Re: " * 400,
        b"",
    ],
)
def test_hostile_subjects_end_with_a_letter(ada, drain, outbox, subject):
    raw = b"From: ada@example.com\r\nTo: %s\r\nSubject: %s\r\n\r\n%s" % (
        own_address(ada).address.encode(), subject, b"<b>\x00</b> It leaks " * 9,
    )  # fmt: skip
    assert receive(raw).outcome in (Outcome.POSTED, Outcome.REFUSED)
    drain()
    assert len(outbox()) == 1


# --- the address --------------------------------------------------------------------------------------------------


def test_a_new_address_makes_the_old_one_dead_and_a_second_click_changes_nothing(ada, ben, drain, outbox):
    old = own_address(ada)
    mail = mail_of(ada)
    assert renew(ada, old.number) and not renew(ada, old.number)
    new = own_address(ada)
    assert new.address != old.address and new.number == old.number + 1
    assert take(mail).outcome is Outcome.IGNORED
    drain()
    assert not outbox() and own_address(ben).number == 1
    assert take(mail_of(ada)).outcome is Outcome.POSTED
    assert renew(ada, new.number) and own_address(ada).number == 3


def test_two_windows_make_one_new_address(ada, in_threads):
    for shown in (1, 2):
        assert sorted(in_threads(6, lambda _n, shown=shown: renew(ada, shown))) == [False] * 5 + [True]
    assert db.session.scalar(select(AskAddress.number)) == 3
    assert not renew(ada, 0) and not renew(ada, 2**31 - 1)


def test_nobody_makes_an_address_up(ada):
    key = config.current_config().secret_key
    own = own_address(ada).address
    assert ask_ticket_of(own.upper(), BASE, key) == AskTicket(ada.member_id, 1)
    assert still_counts(AskTicket(ada.member_id, 1)) and not still_counts(AskTicket(ada.member_id, 2))
    local, _at, domain = own.partition("@")
    for forged in (
        own.replace("ask-1-", "ask-2-"), own.replace("-1-", "-2-"), f"{local[:-1]}@{domain}", f"{local}@evil.example",
        own.replace("reply+ask-", "reply+"), f"x{own}", BASE,
    ):  # fmt: skip
        assert ask_ticket_of(forged, BASE, key) is None and rules.ticket_of(forged, BASE, key) is None
    assert rules.ticket_of(own, BASE, key) is None


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("RE: TR : Fwd:  It leaks", "It leaks"),
        ("Report: it leaks", "Report: it leaks"),
        ("re:", ""),
        ("  ", ""),
    ],
)
def test_what_programs_put_before_a_subject_is_no_title(subject, title):
    assert rules.title_of(subject) == title


def test_the_settings_show_the_address_and_make_a_new_one(client, sign_in, ada):
    sign_in(ada)
    own = own_address(ada)
    page = client.get("/en/settings/alerts").get_data(as_text=True)
    assert own.address in page and "Ask by mail" in page
    for _click in range(2):
        response = client.post("/en/settings/ask-address", data={"number": own.number})
        assert response.status_code == 303
    page = client.get("/en/settings/alerts").get_data(as_text=True)
    assert own.address not in page and own_address(ada).address in page
    assert client.post("/en/settings/ask-address", data={"number": "x" * 400}).status_code == 303


def test_without_an_inlet_there_is_no_address(client, sign_in, ada):

    config.use_config(dataclasses.replace(config.current_config(), reply_address=""))
    sign_in(ada)
    assert own_address(ada) is None
    assert "Ask by mail" not in client.get("/en/settings/alerts").get_data(as_text=True)
    assert client.post("/en/settings/ask-address", data={"number": "1"}).status_code == 404
