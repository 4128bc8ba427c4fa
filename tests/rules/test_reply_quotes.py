"""What members write in replies, by the programs they use in France and elsewhere: their words stay, all else goes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.letterbox import rules
from forum.letterbox.quotes import reply_of
from forum.letterbox.rules import Ticket, address_for, is_automatic, message_key, ticket_of

MARK = "##- Écrivez votre réponse au-dessus de cette ligne -##"
LETTER = f"""{MARK}

Ben a répondu à votre question

Bonjour Ada,

Ben a répondu à votre question « Le tambour reste plein d’eau ».

-- 
Vous recevez ce message parce que vos réglages le demandent."""
QUOTED = "\n".join(f"> {line}" for line in LETTER.split("\n"))
FROM = "Le Sentier <reply+1-22-abcdefghijklmnop@forum.example.com>"
CLIENTS = {
    "gmail fr": f"J’ai nettoyé le filtre, merci.\n\nLe lun. 2 mars 2026 à 10:00, {FROM} a\nécrit :\n\n{QUOTED}\n",
    "gmail fr, broken in three": f"J’ai nettoyé le filtre, merci.\n\nLe lun. 2 mars 2026 à 10:00, Le Sentier <\nreply+1-22-abcdefghijklmnop@forum.example.com>\na écrit :\n\n{QUOTED}\n",
    "gmail en": f"J’ai nettoyé le filtre, merci.\n\nOn Mon, Mar 2, 2026 at 10:00 AM {FROM}\nwrote:\n\n{QUOTED}\n",
    "outlook fr": f"J’ai nettoyé le filtre, merci.\n\nDe : {FROM}\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Ada <ada@example.com>\nObjet : Ben a répondu\n\n{LETTER}\n",
    "outlook web fr": f"J’ai nettoyé le filtre, merci.\n\n________________________________\nDe : {FROM}\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Ada <ada@example.com>\nObjet : Ben a répondu\n\n{LETTER}\n",
    "outlook en": f"J’ai nettoyé le filtre, merci.\n\nFrom: {FROM}\nSent: Monday, March 2, 2026 10:00\nTo: Ada <ada@example.com>\nSubject: Ben\n\n{LETTER}\n",
    "outlook old": f"J’ai nettoyé le filtre, merci.\n\n-----Original Message-----\nFrom: {FROM}\nSent: Monday\nTo: Ada\nSubject: Ben\n\n{LETTER}",
    "apple fr": f"J’ai nettoyé le filtre, merci.\n\nEnvoyé de mon iPhone\n\n> Le 2 mars 2026 à 10:00, {FROM} a écrit :\n> \n{QUOTED}\n",
    "apple en": f"J’ai nettoyé le filtre, merci.\n\nSent from my iPhone\n\n> On 2 Mar 2026, at 10:00, {FROM} wrote:\n> \n{QUOTED}\n",
    "thunderbird fr": f"J’ai nettoyé le filtre, merci.\n\nLe 02/03/2026 à 10:00, Le Sentier a écrit :\n{QUOTED}\n",
    "thunderbird fr, below": f"Le 02/03/2026 à 10:00, Le Sentier a écrit :\n{QUOTED}\n\nJ’ai nettoyé le filtre, merci.\n\n-- \nAda L.\n06 00 00 00 00\n",
    "orange": f"J’ai nettoyé le filtre, merci.\n> Message du 02/03/26 10:00\n> De : {FROM}\n> A : ada@example.com\n> Objet : Ben\n>\n{QUOTED}\n",
    "yahoo fr": f"J’ai nettoyé le filtre, merci.\n\nLe lundi 2 mars 2026 à 10:00:00 UTC+1, {FROM} a écrit :\n\n{LETTER}\n",
    "no mark": "J’ai nettoyé le filtre, merci.\n\nLe lun. 2 mars 2026 à 10:00, Le Sentier <a@b.example> a écrit :\n\n> Bonjour Ada,\n> Ben a répondu.\n",
    "samsung": f"J’ai nettoyé le filtre, merci.\n\nEnvoyé depuis mon appareil Galaxy\n\n-------- Message d'origine --------\nDe : {FROM}\nDate : 02/03/2026 10:00 (GMT+01:00)\nÀ : ada@example.com\nObjet : Ben\n\n{LETTER}",
    "outlook phone": f"J’ai nettoyé le filtre, merci.\n\nTélécharger Outlook pour Android<https://aka.ms/x>\n________________________________\nDe : {FROM}\nEnvoyé : lundi\nÀ : Ada\nObjet : Ben\n\n{LETTER}",
    "nothing quoted": "J’ai nettoyé le filtre, merci.\n\n-- \nAda L.\n",
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_only_the_members_words_stay(client):
    for spaces in (
        CLIENTS[client],
        CLIENTS[client].replace(" :", "\u00a0:"),
        CLIENTS[client].replace("\n", "\r\n"),
    ):
        assert reply_of(spaces) == "J’ai nettoyé le filtre, merci."


def test_a_text_with_lists_thanks_and_dashes_stays_whole():
    text = "Voici ce que j’ai fait :\n\n- un\n- deux\n\nMerci,\nmais on entend encore un bruit. Envoyé de l’eau partout.\n\n    code 12\n\nDe plus : rien."
    assert reply_of(text) == text
    assert reply_of(f"{text}\n\nLe lun. 2 mars 2026 à 10:00, {FROM} a écrit :\n{QUOTED}") == text


def test_dashes_inside_a_text_are_no_signature():
    assert reply_of("La liste :\n--\nA\n--\nB") == "La liste :\n--\nA\n--\nB"
    assert (
        reply_of("Bonjour\n\n--\nMme Dupont\nService clients")
        == "Bonjour"
        == reply_of("Bonjour\n-- \nMme Dupont")
    )


def test_words_between_quoted_lines_stay_with_them():
    text = "Deux choses.\n\n> Est-ce la pompe ?\n\nOui.\n"
    assert "Deux choses." in reply_of(text) and "Oui." in reply_of(text)


def test_a_reply_of_nothing_is_nothing():
    assert reply_of(f"\n\nLe lun. 2 mars 2026 à 10:00, {FROM} a écrit :\n\n{QUOTED}\n") == ""
    assert reply_of("Envoyé de mon iPhone\n") == "" == reply_of("")


@pytest.mark.parametrize(
    "hostile",
    [
        "On " + "a " * 90_000, "\n" * 180_000, "From:\n" * 30_000, "De : x\n\n" * 20_000, "> " * 90_000, ("> " * 100 + "x\n") * 900,
        "##-" * 60_000, "--\n" * 60_000, " " * 190_000, "* " * 90_000 + "##-", "2026/1/1 " + " <@>" * 40_000, "a" * 190_000,
        "Envoyé de \n" * 15_000, ("On " + "a" * 280 + "\n") * 600,
    ],
)  # fmt: skip
def test_no_text_keeps_the_reader_busy(hostile):
    begun = time.process_time()
    reply_of(hostile)
    assert time.process_time() - begun < 3


@given(st.text(max_size=500))
def test_no_text_breaks_it(text):
    assert isinstance(reply_of(text), str)


# --- addresses ----------------------------------------------------------------------------------------------------

BASE, KEY = "reply@forum.example.com", "k" * 40


@given(st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1))
def test_an_address_says_who_and_what_and_survives_capitals(member_id, post_id):
    made = address_for(Ticket(member_id, post_id), BASE, KEY)
    assert len(made.partition("@")[0]) <= 64
    assert ticket_of(made.upper(), BASE, KEY) == Ticket(member_id, post_id)
    assert ticket_of(made, BASE, "another key") is None


def test_an_address_of_others_opens_nothing():
    made = address_for(Ticket(1, 22), BASE, KEY)
    changed = [
        made.replace("+1-", "+2-"), made.replace("-22-", "-23-"), made.replace("forum.", "other."), made.replace("reply", "repl"),
        made[:-30], BASE, "", "@", "reply+1-22-@forum.example.com", made.replace("+1-", "+01-"), f"x{made}", made + "x",
        made.replace("@", "x@"),
    ]  # fmt: skip
    assert [ticket_of(one, BASE, KEY) for one in changed] == [None] * len(changed)


def head(**fields):
    values = {name.replace("_", "-"): value for name, value in fields.items()}
    return lambda name: values.get(name, "")


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        ({"Auto_Submitted": "auto-replied"}, "ada@example.com"), ({"Auto_Submitted": "auto-generated; x"}, "ada@example.com"),
        ({"Precedence": "bulk"}, "ada@example.com"), ({"Precedence": "auto_reply"}, "ada@example.com"), ({"List_Id": "<x>"}, "ada@example.com"),
        ({"X_Autoreply": "yes"}, "ada@example.com"), ({"Return_Path": "<>"}, "ada@example.com"), ({"Content_Type": "multipart/report; x"}, "ada@example.com"),
        ({}, "mailer-daemon@example.com"), ({}, "no-reply@example.com"), ({}, "community@example.com"), ({}, ""),
        ({"Subject": "Réponse automatique : Ben"}, "ada@example.com"), ({"Subject": "Out of office: back Monday"}, "ada@example.com"),
        ({"Subject": "Automatic reply: Ben"}, "ada@example.com"), ({"Subject": "Undeliverable: Ben"}, "ada@example.com"),
    ],
)  # fmt: skip
def test_machines_are_known(fields, sender):
    assert is_automatic(head(**fields), sender, "community@example.com")


def test_people_are_no_machines():
    for subject in ("Re: Ben a répondu", "Mon absence de bruit", "Re: Automatic programme stops", ""):
        assert not is_automatic(
            head(Subject=subject, Auto_Submitted="no"), "ada@example.com", "community@example.com"
        )
    assert not is_automatic(head(), "noreen@example.com", "community@example.com")


def test_the_same_mail_has_one_name():
    ticket = Ticket(1, 2)
    assert (
        message_key("<a@b>", ticket, b"x")
        == message_key(" <a@b> ", ticket, b"y")
        != message_key("<c@b>", ticket, b"x")
    )
    assert message_key("", ticket, b"x") != message_key("", ticket, b"y") == message_key("", ticket, b"y")
    assert message_key("<a@b>", Ticket(2, 2), b"x") != message_key("<a@b>", ticket, b"x")
    assert rules.MOST_BYTES == 10_000_000
