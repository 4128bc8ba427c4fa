"""Replies by mail: from the letter back into the thread, by every inlet, with the rights of the page and no others."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import parseaddr
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import select

from accounts.members.models import Member
from common import config, settings
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import load_draft
from forum.letterbox import envelope, fetching, rules
from forum.letterbox.commands import Inlet, serve
from forum.letterbox.models import IncomingMail
from forum.letterbox.receiving import receive
from forum.letterbox.rules import Outcome, Ticket, address_for
from forum.questions import publishing
from forum.questions.models import Comment, Post
from forum.questions.rules import CloseReason, PostKind, PostState
from forum.solutions.closing import close_question

pytestmark = pytest.mark.usefixtures("morning")
BASE, SECRET = "reply@forum.example.com", "a-secret-of-the-mail-server"


@pytest.fixture(autouse=True)
def _inlet(app):
    before = config.current_config()
    config.use_config(dataclasses.replace(before, reply_address=BASE, mail_inlet_secret=SECRET))
    yield
    config.use_config(before)


@pytest.fixture
def thread(make_question, make_answer, ada, ben):
    """Ada's question and Ben's answer."""
    question = make_question(ada)
    return question, make_answer(ben, question)


def address(who, post_id: int) -> str:
    return address_for(Ticket(who.member_id, post_id), BASE, config.current_config().secret_key)


def written(who, post_id: int, text: str = "It runs again, thank you.", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = headers.pop("From", f"{who.display_name} <{who.display_name.lower()}@example.com>")
    mail["To"] = headers.pop("To", address(who, post_id))
    mail["Subject"] = headers.pop("Subject", "Re: An answer")
    mail["Message-ID"] = headers.pop("Message_ID", f"<{abs(hash((text, post_id)))}@mail.example.com>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def take(mail: EmailMessage | bytes, **more):
    return receive(mail if isinstance(mail, bytes) else mail.as_bytes(), **more)


def picture(side: int = 400) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(out, "PNG")
    return out.getvalue()


def posts(kind=PostKind.COMMENT) -> list[Post]:
    db.session.rollback()
    return list(db.session.scalars(select(Post).where(Post.kind == kind).order_by(Post.id)))


# --- from the letter and back -------------------------------------------------------------------------------------


def test_a_letter_says_how_to_reply_and_the_reply_stands_below_the_answer(thread, outbox, drain):
    drain()
    (letter,) = [mail for mail in outbox() if mail["To"] == "ada@example.com"]
    _name, back = parseaddr(letter["Reply-To"])
    text = letter.get_body(("plain",)).get_content()
    assert (
        back == address_of_row(1, thread[1])
        and text.lstrip().startswith("##-")
        and "Reply to this message" in text
    )
    assert "Please do not reply" not in text
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Message-ID"] = "ADA@example.com", back, "<1@mail.example.com>"
    reply.set_content(
        f"It runs again, thank you.\n\nOn Mon, Mar 2, 2026 at 10:00 AM Le Sentier <{back}>\nwrote:\n\n{quoted}"
    )
    receipt = take(reply)
    (comment,) = posts()
    assert (receipt.outcome, receipt.made_id) == (Outcome.POSTED, comment.id)
    assert (
        isinstance(comment, Comment)
        and comment.parent_id == thread[1]
        and comment.body == "It runs again, thank you."
    )


def address_of_row(member_id: int, post_id: int) -> str:
    return address_for(Ticket(member_id, post_id), BASE, config.current_config().secret_key)


def test_without_an_address_letters_ask_not_to_reply(thread, outbox, drain):
    config.use_config(dataclasses.replace(config.current_config(), reply_address=""))
    drain()
    letter = next(mail for mail in outbox() if mail["To"] == "ada@example.com")
    assert letter["Reply-To"] is None and "Please do not reply" in letter.get_body(("plain",)).get_content()
    assert take(written_to("reply+1-1-x@forum.example.com")).outcome is Outcome.IGNORED


def written_to(to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "ada@example.com", to
    mail.set_content("It runs again, thank you.")
    return mail


def test_a_reply_to_somebodys_question_is_an_answer(thread, cleo):
    receipt = take(written(cleo, thread[0], "Unscrew the filter and look for a coin."))
    answer = db.session.get(Post, receipt.made_id)
    assert (answer.kind, answer.question_id, answer.author_id) == (PostKind.ANSWER, thread[0], cleo.member_id)


def test_a_long_reply_of_a_helper_is_an_answer(thread, cleo):
    receipt = take(written(cleo, thread[1], "Unscrew the filter and look for a coin. " * 40))
    assert db.session.get(Post, receipt.made_id).kind == PostKind.ANSWER


def test_the_same_mail_twice_is_one_comment(thread, ada, in_threads):
    raw = written(ada, thread[1]).as_bytes()
    first = receive(raw)
    again = receive(raw)
    assert (again.outcome, again.made_id) == (Outcome.REPEATED, first.made_id)
    raw = written(ada, thread[1], "Another one, sent by many servers at once.").as_bytes()
    with settings.override(forum__reply_gap=0):
        results = in_threads(8, lambda _n: receive(raw))
    assert [r.outcome for r in results].count(Outcome.POSTED) == 1
    assert len(posts()) == 2


def test_the_recipient_of_the_envelope_counts_too(thread, ada):
    mail = written(ada, thread[1], To="Le Sentier <hidden@forum.example.com>")
    assert take(mail).outcome is Outcome.IGNORED
    assert take(mail, recipients=[address(ada, thread[1]).upper()]).outcome is Outcome.POSTED


def test_what_the_screener_holds_is_held(thread, ada):
    publishing.set_screener(
        lambda given: dataclasses.replace(publishing.publish_everything(given), reasons=("newcomer",))
    )
    receipt = take(written(ada, thread[1]))
    assert receipt.outcome is Outcome.HELD and db.session.get(Post, receipt.made_id).state == PostState.HELD


# --- refused, with a sentence -------------------------------------------------------------------------------------


def refused(mail, drain, outbox, to="ada@example.com") -> str:
    """The text of the letter about a refusal; nothing was published."""
    before = len(posts()), len(posts(PostKind.ANSWER))
    assert take(mail).outcome is Outcome.REFUSED
    assert (len(posts()), len(posts(PostKind.ANSWER))) == before
    drain()
    letter = outbox()[-1]
    assert letter["To"] == to and letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Subject"]) == "Your reply was not published"
    return letter.get_body(("plain",)).get_content()


def test_a_silenced_and_a_suspended_member_hear_why(thread, zed, drain, outbox):
    drain()
    assert "cannot post for the moment" in refused(written(zed, thread[1]), drain, outbox, "zed@example.com")


def test_a_mail_from_another_address_is_told_to_the_member_only(thread, ada, drain, outbox):
    drain()
    text = refused(written(ada, thread[1], From="eve@evil.example"), drain, outbox)
    assert "another address" in text
    assert not [mail for mail in outbox() if "evil" in str(mail["To"])]
    assert load_draft(ada, f"comment:{thread[1]}") is None


def test_a_closed_thread_keeps_the_text_as_a_draft(thread, ada, mo, drain, outbox):
    close_question(
        mo,
        thread[0],
        reason=next(one for one in CloseReason if one != CloseReason.DUPLICATE),
    )
    drain()
    assert "closed" in refused(written(ada, thread[1]), drain, outbox)
    assert load_draft(ada, f"comment:{thread[1]}").body == "It runs again, thank you."


def test_a_removed_answer_and_a_thread_of_others_say_nothing_more(thread, ada, mo, drain, outbox):
    publishing.hide(mo, thread[1])
    drain()
    assert "no longer there" in refused(written(ada, thread[1]), drain, outbox)
    assert "no longer there" in refused(written(ada, 999_999), drain, outbox)


def test_no_words_and_too_many_mails(thread, ada, drain, outbox):
    drain()
    assert "no words of yours" in refused(
        written(ada, thread[1], "> only quoted\n> lines\n> here\n"), drain, outbox
    )
    assert take(written(ada, thread[1], "One that is published.")).outcome is Outcome.POSTED
    assert "wait" in refused(written(ada, thread[1], "One that comes too fast."), drain, outbox)


def test_one_member_is_told_five_times_a_day_at_most(thread, zed, drain, outbox, at):
    drain()
    before = len(outbox())
    for number in range(9):
        take(written(zed, thread[1], f"Reply number {number} of many."))
    drain()
    assert len(outbox()) - before == rules.REFUSALS_A_DAY


def test_who_left_and_who_was_never_there_hear_nothing(thread, ada, drain, outbox):
    drain()
    before = len(outbox())
    mail = written(ada, thread[1])
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=db.session.get(Member, 1).joined_at)
    assert take(mail).outcome is Outcome.IGNORED
    assert take(written_to(address_of_row(77_777, thread[1]))).outcome is Outcome.IGNORED
    drain()
    assert len(outbox()) == before and db.session.scalar(select(IncomingMail.id)) is None


def said_by(coroutine):
    """What a coroutine returns, in a thread of its own: a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_forged_signatures_are_refused_to_the_mail_server_and_nothing_happens(thread, ada, drain, outbox):
    drain()
    before, true = len(outbox()), address(ada, thread[1])
    key, base = config.current_config().secret_key, config.current_config().reply_address
    local, _, domain = true.partition("@")
    forged = (
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        true.replace(f"-{thread[1]}-", f"-{thread[0]}-"),
        true.replace(f"+{ada.member_id}-", "+2-"),
        base.replace("@", "+anything@"),
        base.replace("@", f"+ask-{ada.member_id}-1-{'a' * 16}@"),
    )
    inlet = Inlet(None)  # no mail comes as far as the application
    for one in forged:
        assert rules.is_forged(one, base, key) and take(written_to(one)).outcome is Outcome.IGNORED
        said = said_by(inlet.handle_RCPT(None, None, SimpleNamespace(rcpt_tos=[]), one, None))
        assert said.startswith("550 5.1.1 This reply address is not one of ours: answer on the site")
    drain()
    assert len(outbox()) == before and not posts() and db.session.scalar(select(IncomingMail.id)) is None
    assert not any(rules.is_forged(one, base, key) for one in (true, base, "somebody@example.org"))


@pytest.mark.parametrize(
    "header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}]
)
def test_machines_get_no_answer(thread, zed, drain, outbox, header):
    drain()
    before = len(outbox())
    assert take(written(zed, thread[1], **header)).outcome is Outcome.IGNORED
    drain()
    assert len(outbox()) == before


def test_our_own_letters_never_loop(thread, zed, drain, outbox):
    drain()
    take(written(zed, thread[1]))
    drain()
    letter = outbox()[-1]
    del letter["To"]
    letter["To"] = address(zed, thread[1])
    assert take(letter.as_bytes()).outcome is Outcome.IGNORED


# --- attachments --------------------------------------------------------------------------------------------------


def test_pictures_are_cleaned_and_shown_and_the_rest_is_told(thread, ada, drain, outbox):
    mail = written(ada, thread[1])
    mail.add_attachment(picture(), maintype="image", subtype="png", filename="display.png")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="invoice.pdf")
    mail.add_attachment(b"MZ not a picture" * 900, maintype="image", subtype="png", filename="virus.png")
    receipt = take(mail)
    body = db.session.get(Post, receipt.made_id).body
    assert body.startswith("It runs again, thank you.\n\n![](/images/") and body.count("/images/") == 1
    drain()
    letters = [
        mail.get_body(("plain",)).get_content() for mail in outbox() if mail["To"] == "ada@example.com"
    ]
    assert "Attachments left out: 2" in letters[-1]


def test_logos_of_signatures_are_no_pictures(thread, ada):
    mail = written(ada, thread[1])
    mail.add_related(picture(30), maintype="image", subtype="png", cid="<logo@x>")
    assert "/images/" not in db.session.get(Post, take(mail).made_id).body


def test_a_mail_of_html_alone_becomes_text(thread, ada):
    mail = written(ada, thread[1])
    mail.set_content(
        "<html><body><p>It runs <b>again</b>.</p><script>alert(1)</script><div class=gmail_quote>On Mon, Mar 2, 2026, Le Sentier"
        " &lt;a@b.example&gt; wrote:<blockquote><p>Hello</p></blockquote></div></body></html>",
        subtype="html",
    )
    assert db.session.get(Post, take(mail).made_id).body == "It runs **again**."


# --- hostile mails ------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )
    return b"From: ada@example.com\r\n" + head + b"x"


HOSTILE = {
    "nothing": b"", "spaces": b" \r\n" * 1000, "noise": bytes(range(256)) * 40, "no head end": b"From: ada@example.com",
    "nested 50": nested(50), "nested 5000": nested(5000), "a head of a megabyte": b"X: y\r\n" * 150_000 + b"\r\nx",
    "charset of the devil": b"From: ada@example.com\r\nContent-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 200_000,
    "charset unknown": b"From: =?x-klingon?Q?=FF?= <ada@example.com>\r\nSubject: =?utf-8?B?!!!?=\r\nContent-Type: text/plain; charset=\"\x00\"\r\n\r\n\xff\xfe",
    "broken base64": b"From: ada@example.com\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff==!!a",
    "addresses": b"From: " + b"a@b.c," * 30_000 + b"\r\nTo: " + b"<" * 30_000 + b"\r\n\r\nx",
    "parts": b"From: ada@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    "header injection": b"From: ada@example.com\r\n\tBcc: all@example.com\r\nSubject: a\x00b\r\n\r\nx",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_are_passed_over(app, client, name):
    assert take(HOSTILE[name]).outcome is Outcome.IGNORED
    response = client.post(
        "/api/v1/mail-inlet", data=HOSTILE[name], headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert response.status_code == 200 and response.get_json()["outcome"] == "ignored"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_to_a_true_address_end_well(thread, ada, name):
    head = f"To: {address(ada, thread[1])}\r\nMessage-ID: <{name}>\r\n".encode()
    assert take(head + HOSTILE[name]).outcome in set(Outcome)


def test_a_mail_that_is_too_large_is_refused_by_its_head(thread, ada, drain, outbox):
    drain()
    raw = written(ada, thread[1]).as_bytes() + b"x" * rules.MOST_BYTES
    assert "too large" in refused(raw, drain, outbox)


def test_reading_is_total_for_cut_mails(thread, ada):
    whole = written(ada, thread[1])
    whole.add_attachment(picture(60), maintype="image", subtype="png", filename="é\u202e.png")
    raw = whole.as_bytes()
    for end in range(0, len(raw), max(1, len(raw) // 60)):
        with contextlib.suppress(envelope.Unreadable):
            envelope.read(raw[:end])


# --- the inlets ---------------------------------------------------------------------------------------------------


def test_the_http_inlet_wants_its_secret(app, client, thread, ada):
    raw = written(ada, thread[1]).as_bytes()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}):
        refused = client.post("/api/v1/mail-inlet", data=raw, headers=headers)
        assert refused.status_code == 403, "and in English, to a program that names no language"
        assert refused.get_json()["error"]["message"] == "The secret of the mail inlet is not the right one."
    response = client.post("/api/v1/mail-inlet", data=raw, headers={"Authorization": f"Bearer {SECRET}"})
    assert response.get_json() == {"outcome": "posted", "id": posts()[0].id, "reason": ""}
    config.use_config(dataclasses.replace(config.current_config(), mail_inlet_secret=""))
    assert (
        client.post("/api/v1/mail-inlet", data=raw, headers={"Authorization": "Bearer "}).status_code == 404
    )


def test_a_mail_server_delivers_by_lmtp(app, thread, ada):
    loop, ready = asyncio.new_event_loop(), threading.Event()
    task = []

    def run():
        asyncio.set_event_loop(loop)
        opened = asyncio.Event()

        async def main():
            task.append(asyncio.current_task())
            listening = asyncio.create_task(serve(app, "127.0.0.1", 0, opened))
            await opened.wait()
            task.append(opened.port)
            ready.set()
            await listening

        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(main())

    thread_ = threading.Thread(target=run)
    thread_.start()
    assert ready.wait(10)
    with smtplib.LMTP("127.0.0.1", task[1]) as server:
        assert (
            server.sendmail("ada@example.com", [address(ada, thread[1])], written(ada, thread[1]).as_bytes())
            == {}
        )
        server.mail("ada@example.com")
        assert server.rcpt(address(ada, thread[1]))[0] == 250
        assert server.rcpt("second@forum.example.com")[0] == 452
    loop.call_soon_threadsafe(task[0].cancel)
    thread_.join(10)
    loop.close()
    assert len(posts()) == 1


class Mailbox(threading.Thread):
    """The little of an IMAP server that the inlet speaks to: mails by number, and which were seen."""

    def __init__(self, mails: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.mails, self.seen, self.socket = mails, set(), socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self) -> None:
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rwb") as wire:
            self.say(wire, b"* OK ready")
            for line in wire:
                tag, command, *rest = line.decode().split()
                {
                    "CAPABILITY": lambda: self.say(wire, b"* CAPABILITY IMAP4rev1"),
                    "SELECT": lambda: self.say(wire, b"* %d EXISTS" % len(self.mails)),
                }.get(command, lambda: None)()
                if command == "SEARCH":
                    self.say(
                        wire,
                        b"* SEARCH "
                        + b" ".join(b"%d" % n for n in range(1, len(self.mails) + 1) if n not in self.seen),
                    )
                if command == "STORE":
                    self.seen.add(int(rest[0]))
                if command == "FETCH":
                    self.fetch(wire, int(rest[0]), rest[1])
                if command == "LOGOUT":
                    self.say(wire, b"* BYE")
                self.say(wire, tag.encode() + b" OK done")

    def fetch(self, wire, number: int, what: str) -> None:
        mail = self.mails[number - 1]
        if "SIZE" in what:
            return self.say(wire, b"* %d FETCH (RFC822.SIZE %d)" % (number, len(mail)))
        part = mail.partition(b"\n\n")[0] + b"\n\n" if "HEADER" in what else mail
        self.say(wire, b"* %d FETCH (BODY[] {%d}\r\n%s)" % (number, len(part), part))

    @staticmethod
    def say(wire, words: bytes) -> None:
        wire.write(words + b"\r\n")
        wire.flush()


def test_a_mailbox_is_read_once(app, thread, ada, drain, outbox):
    large = written(ada, thread[1], "Large.").as_bytes() + b"x" * rules.MOST_BYTES
    box = Mailbox([written(ada, thread[1]).as_bytes(), b"nonsense", large])
    box.start()
    config.use_config(
        dataclasses.replace(config.current_config(), imap_url=f"imap://me:s%40crt@127.0.0.1:{box.port}/INBOX")
    )
    drain()
    assert fetching.fetch() == 3 and box.seen == {1, 2, 3}
    box.join(10)
    box.socket.close()
    assert len(posts()) == 1
    drain()
    assert "too large" in outbox()[-1].get_body(("plain",)).get_content()


def test_one_mail_from_standard_input(app, thread, ada):
    said = app.test_cli_runner().invoke(args=["mail-inlet", "take"], input=written(ada, thread[1]).as_bytes())
    assert said.output.strip() == "posted" and len(posts()) == 1


def test_no_word_of_a_mail_is_kept_beside_the_post(thread, ada, zed, drain):
    take(written(zed, thread[1], "A secret nobody should keep."))
    rows = db.session.execute(select(IncomingMail)).all()
    assert rows and "secret nobody" not in repr([vars(row[0]) for row in rows])
