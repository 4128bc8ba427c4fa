"""What letters say: worded by staff for each language, tried, put in force, taken back; never more than words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.letters import editing
from accounts.letters.catalogue import sheet, sheets
from accounts.letters.models import LetterText
from accounts.letters.rules import Fault, Text, faults
from common import mail
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.i18n import LANGUAGES, using_language
from common.mail import Edited, Letter, as_edited
from common.unit_of_work import unit_of_work

NAME = "password-changed"
MINE = Text("{site}: new password", "Dear {name},\n\nYour password changed.", "Not me")


def body_of(letter) -> str:
    return letter.get_body(("plain",)).get_content()


@pytest.fixture
def letter(ada, drain, outbox):
    """The letter about a changed password, as it leaves now."""

    def leave():
        with unit_of_work():
            mail.queue(NAME, member_id=ada.member_id)
        drain()
        return outbox()[-1]

    return leave


def save(actor, text=MINE, name=NAME, language="en", version=None, reason="clearer"):
    return editing.save_text(
        actor,
        name,
        language,
        text,
        editing.last_version(name, language) if version is None else version,
        reason,
    )


def test_every_letter_has_words_in_both_languages(app):
    names = [one.name for one in sheets()]
    assert len(names) == len(set(names)) > 20 and {
        "account-confirm",
        "news-question-answered",
        "reply-refused",
    } <= set(names)
    for one in sheets():
        texts = [one.original(code) for code in LANGUAGES]
        assert texts[0] != texts[1], one.name
        for code, text in zip(LANGUAGES, texts, strict=True):
            assert not faults(text, one.values, (), one.button is not None), (one.name, code, text)
            assert "%(" not in text.subject + text.body + text.button


def test_our_own_words_leave_while_nobody_wrote_others(max_, letter):
    assert str(letter()["Subject"]) == "Your password was changed"


def test_a_text_in_force_leaves_in_its_language_only(max_, letter):
    assert save(max_)
    left = letter()
    assert str(left["Subject"]) == "Le Sentier: new password"
    assert "Dear Ada," in body_of(left) and "Not me" in body_of(left) and "/en/" in body_of(left)
    assert editing.edited(NAME, "fr") is None


def test_the_same_text_again_changes_nothing(max_):
    assert save(max_) and not save(max_)
    assert editing.last_version(NAME, "en") == 1
    assert not save(max_, sheet("account-reset").original("en"), "account-reset")
    check = next(one for one in sheets() if "?" in one.original("fr").subject)
    ours = check.original("fr")
    typed = editing.cleaned(ours.subject, ours.body, ours.button)
    assert "\N{NO-BREAK SPACE}?" in ours.subject and not save(max_, typed, check.name, "fr")


def test_back_to_the_original_and_every_step_in_the_log(max_, letter):
    save(max_)
    assert editing.back_to_original(max_, NAME, "en", 1, "ours was better")
    assert not editing.back_to_original(max_, NAME, "en", 2, "again")
    assert str(letter()["Subject"]) == "Your password was changed"
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "letter.changed").order_by(AuditEntry.id)
    ).all()
    assert [(one.target_id, one.reason) for one in entries] == [
        (f"{NAME}/en", "clearer"),
        (f"{NAME}/en", "ours was better"),
    ]
    assert json.loads(entries[1].before)[0] == MINE.subject
    assert [row.version for row in editing.versions(NAME, "en")] == [2, 1]
    assert editing.changed_letters() == set()


def test_two_managers_at_once_one_is_asked_to_look_again(max_, root, in_threads):
    texts = [Text(f"{number}", "A body.", "Go") for number in range(6)]

    def one(number):
        try:
            return save(max_, texts[number], version=0)
        except Conflict:
            return "conflict"

    results = in_threads(6, one)
    assert results.count(True) == 1 and results.count("conflict") == 5
    with pytest.raises(Conflict):
        save(root, MINE, version=0)


def test_only_managers_and_only_known_letters(max_, mo, ada, sam):
    for who in (mo, ada, sam):
        with pytest.raises(Forbidden):
            save(who)
        with pytest.raises(Forbidden):
            editing.try_text(who, NAME, "en", MINE, 0)
        with pytest.raises(Forbidden):
            editing.back_to_original(who, NAME, "en", 0, "x")
    for name, code in (("no-such-letter", "en"), (NAME, "de")):
        with pytest.raises(NotFound):
            save(max_, name=name, language=code)
    with pytest.raises(Invalid):
        save(max_, reason=" ")
    assert db.session.scalar(select(LetterText.id)) is None


@pytest.mark.parametrize(
    ("text", "field", "fault"),
    [
        (Text("", "b", "c"), "subject", Fault.EMPTY), (Text("a", " \n ", "c"), "body", Fault.EMPTY), (Text("a", "b", ""), "button", Fault.EMPTY),
        (Text("a" * 151, "b", "c"), "subject", Fault.TOO_LONG), (Text("a", "b" * 4001, "c"), "body", Fault.TOO_LONG),
        (Text("{password}", "b", "c"), "subject", Fault.UNKNOWN), (Text("a", "{{ name }}", "c"), "body", Fault.BRACE),
        (Text("a", "{name.__class__}", "c"), "body", Fault.UNKNOWN), (Text("a", "{ name }", "c"), "body", Fault.UNKNOWN),
        (Text("a", "{}", "c"), "body", Fault.UNKNOWN), (Text("a", "b {", "c"), "body", Fault.BRACE), (Text("a", "b", "}"), "button", Fault.BRACE),
        (Text("a", "{name!r}", "c"), "body", Fault.UNKNOWN), (Text("a", "{NAME}", "c"), "body", Fault.UNKNOWN),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said_by_field(text, field, fault):
    assert faults(text, ("name", "site"), (), True)[field][0] is fault


def test_what_a_letter_is_for_cannot_be_left_out():
    assert faults(Text("a", "b", "c"), ("name", "reason"), ("reason",), True)["body"] == (
        Fault.MISSING,
        "reason",
    )
    assert faults(Text("a", "b", "{x}"), ("name",), (), False) == {}


@given(st.text(max_size=200), st.text(max_size=200))
def test_values_are_put_in_once_and_are_only_text(value, text):
    letter = Letter(
        "a@example.com", "s", ["p"], ("b", "https://example.com"), "en", name="x", values={"name": value}
    )
    made = as_edited(letter, Edited("{name}", text.replace("{", "").replace("}", "") or "x", "b"))
    assert made.subject == value and made.button == ("b", "https://example.com")


def test_names_of_members_are_no_patterns_and_no_markup(max_, ada, app):
    letter = Letter(
        "a@example.com", "s", ["p"], None, "en", name="x", values={"name": "{site}<b>%(x)s", "site": "S"}
    )
    message = mail.compose(as_edited(letter, Edited("Hi {name}", "{name}\n\n{site}", "")))
    assert str(message["Subject"]) == "Hi {site}<b>%(x)s"
    assert "{site}&lt;b&gt;%(x)s" in message.get_body(("html",)).get_content()


def test_a_trial_goes_to_oneself_and_changes_nothing(max_, drain, outbox, letter):
    editing.try_text(
        max_, NAME, "fr", Text("{site} : essai", "Bonjour {name},\n\nUn essai.", "Ce n’est pas moi"), 0
    )
    drain()
    tried = outbox()[-1]
    assert tried["To"] == "max@example.com" and str(tried["Subject"]) == "Le Sentier : essai"
    assert "Bonjour Camille," in body_of(tried) and editing.edited(NAME, "fr") is None
    assert [row.in_force for row in editing.versions(NAME, "fr")] == [False]
    with pytest.raises(TooMany):
        for version in range(1, 30):
            editing.try_text(max_, NAME, "fr", MINE, version)


def test_news_leaves_in_other_words_too(max_, ada, ben, make_question, make_answer, drain, outbox):
    name = "news-question-answered"
    assert "{actor}" in sheet(name).original("en").body and "title" in sheet(name).values
    save(max_, Text("News for {name}", "{actor} knows more about “{title}”.", "Look"), name)
    make_answer(ben, make_question(ada, title="Why does the door stay locked?"))
    drain()
    left = next(one for one in outbox() if one["To"] == "ada@example.com")
    assert str(
        left["Subject"]
    ) == "News for Ada" and "Ben knows more about “Why does the door stay locked?”." in body_of(left)
    assert left["List-Unsubscribe"]


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_desk_shows_words_previews_tries_and_puts_in_force(client, sign_in, max_, drain, outbox):
    sign_in(max_)
    assert "A password that was changed" in client.get("/en/desk/letters").get_data(as_text=True)
    page = client.get(f"/en/desk/letters/{NAME}?code=fr").get_data(as_text=True)
    assert "{name}" in page and "Votre mot de passe" in page
    form = {
        "code": "en",
        "version": "0",
        "subject": MINE.subject,
        "body": MINE.body,
        "button": MINE.button,
        "reason": "clearer",
    }
    shown = client.post(f"/en/desk/letters/{NAME}", data={**form, "step": "preview"}).get_data(as_text=True)
    assert "Dear Camille," in shown and editing.last_version(NAME, "en") == 0
    assert client.post(f"/en/desk/letters/{NAME}", data={**form, "step": "try"}).status_code == 200
    drain()
    assert outbox()[-1]["To"] == "max@example.com"
    assert client.post(f"/en/desk/letters/{NAME}", data={**form, "step": "save"}).status_code == 409
    assert client.post(f"/en/desk/letters/{NAME}", data={**form, "version": "1"}).status_code == 303
    assert "changed" in client.get("/en/desk/letters").get_data(as_text=True)
    back = client.post(
        f"/en/desk/letters/{NAME}", data={**form, "version": "2", "step": "original", "reason": "x"}
    )
    assert back.status_code == 303 and editing.in_force(NAME, "en").is_original


def test_a_fault_keeps_what_was_typed(client, sign_in, max_):
    sign_in(max_)
    form = {
        "code": "en",
        "version": "0",
        "subject": "Kept {wrong}",
        "body": "<script>x</script>",
        "button": "b",
        "reason": "r",
    }
    response = client.post(f"/en/desk/letters/{NAME}", data=form)
    page = response.get_data(as_text=True)
    assert (
        response.status_code == 422
        and "Kept {wrong}" in page
        and "{wrong} is not known in this letter" in page
    )
    assert "<script>x" not in page
    for hostile in ({}, {"version": "x" * 50, "subject": "\x00", "step": "nothing"}, {"code": "de"}):
        assert client.post(f"/en/desk/letters/{NAME}", data=hostile).status_code in (404, 409, 422)
    assert client.get("/en/desk/letters/no-such").status_code == 404


def test_others_do_not_see_the_letters(client, sign_in, mo, app):
    assert client.get("/en/desk/letters").status_code == 303
    sign_in(mo)
    assert client.get("/en/desk/letters").status_code == 403
    assert client.get(f"/en/desk/letters/{NAME}").status_code == 403
    with using_language("en"):
        assert "Letters" not in client.get("/en/desk/review").get_data(as_text=True)
