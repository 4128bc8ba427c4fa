"""Hostile text through every form: finds the forms by reading the pages, fills every text field, and looks everywhere.

What comes back, as a page, as JSON or as a mail, is parsed by a browser's own rules and must hold nothing active.
"""

from __future__ import annotations

import json
import os
import re
from urllib.parse import urlsplit

import pytest

from common import jobs, limits
from tests.parsed import elements
from tests.web.test_every_route import address, place, rules  # noqa: F401 - the fixture is used by name

VECTORS_IN_SHORT_FIELDS = 6 if os.environ.get("FOURMI_BRIEF") else 12
LEFT_ALONE = {"csrf_token", "next", "token", "lease_token", "stamp", "version", "claim"}
DANGEROUS_PATHS = re.compile(r"/(sign-out|sign-in|sign-up|settings/account|sessions|desk/settings)")
TAGS_NEVER = {
    "iframe",
    "object",
    "embed",
    "applet",
    "base",
    "frame",
    "frameset",
    "math",
    "template",
    "marquee",
    "audio",
    "video",
    "portal",
}
OWN = {"/en/offline": ["<template>"]}
"""What a page of ours has itself: the offline page's script fills a template with drafts of this device."""
SCHEMES = {"", "http", "https", "mailto"}


def vectors(data_dir):
    """Every line of the XSS lists."""
    found = []
    for path in sorted((data_dir / "attack-lists" / "xss").glob("*.txt")):
        found += [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
    assert len(found) > 2500
    return found


def active(html, page=True):
    """What could run in a parsed page or fragment: one line for each."""
    found = []
    for node in elements(html):
        name = node.tag
        if name in TAGS_NEVER or (
            name in ("script", "style") and not (name == "script" and page and own(node))
        ):
            found.append(f"<{name}>")
        for attribute, value in node.attributes.items():
            value = value or ""
            if attribute.startswith("on") or attribute in ("style", "srcdoc", "formtarget"):
                found.append(f"{name} {attribute}={value[:60]}")
            if attribute in ("href", "src", "action", "formaction", "xlink:href", "poster", "data"):
                scheme = urlsplit(re.sub(r"[\x00-\x20]", "", value)).scheme if ":" in value else ""
                if scheme.lower() not in SCHEMES:
                    found.append(f"{name} {attribute}={value[:60]}")
    return found


def own(node):
    """A script of the product: its own file and no content."""
    return (node.attributes.get("src") or "").startswith("/static/") and not node.text().strip()


def forms(html):
    """The forms of a page: address, hidden and chosen values, and names of the text fields with their limits."""
    nodes = elements(html)
    by_id = {}
    made = []
    for form in (node for node in nodes if node.tag == "form"):
        entry = {
            "action": form.attributes.get("action") or "",
            "method": (form.attributes.get("method") or "get").lower(),
            "fields": {},
            "texts": {},
        }
        made.append(entry)
        if "id" in form.attributes:
            by_id[form.attributes["id"]] = entry
        for node in form.css("[name]"):
            take(entry, node)
    for node in nodes:
        if node.attributes.get("form") in by_id:
            if "formaction" in node.attributes:
                made.append({**by_id[node.attributes["form"]], "action": node.attributes["formaction"]})
            take(by_id[node.attributes["form"]], node)
    return [entry for entry in made if entry["method"] == "post"]


def take(entry, node):
    """One control of a form."""
    if "name" not in node.attributes:
        return
    name, kind = node.attributes["name"] or "", node.attributes.get("type") or "text"
    if node.tag == "textarea" or (node.tag == "input" and kind in ("text", "search", "url", "tel")):
        if name not in LEFT_ALONE:
            entry["texts"][name] = int(
                node.attributes.get("maxlength") or (20_000 if node.tag == "textarea" else 150)
            )
    elif node.tag == "select":
        options = [o.attributes.get("value", o.text()) for o in node.css("option")]
        entry["fields"][name] = next((o for o in options if o), "")
    elif node.tag == "input" and (
        kind in ("hidden", "email", "number")
        or (kind in ("radio", "checkbox") and name not in entry["fields"])
    ):
        entry["fields"][name] = node.attributes.get("value", "on")


def fillings(limit, all_vectors):
    """Texts for one field: every vector where there is room, a fair sample where there is not."""
    if limit >= 5_000:
        text, size = [], 0
        for vector in all_vectors:
            if size + len(vector) > limit - 500:
                yield "A remark with strange signs: " + "\n\n".join(text)
                text, size = [], 0
            text.append(vector[: limit - 600])
            size += len(vector) + 2
        yield "A remark with strange signs: " + "\n\n".join(text)
        return
    short = [vector for vector in all_vectors if len(vector) <= limit]
    step = max(1, len(short) // VECTORS_IN_SHORT_FIELDS)
    for vector in short[::step][:VECTORS_IN_SHORT_FIELDS]:
        yield vector + " and more words"[: max(0, limit - len(vector))]


@pytest.fixture
def unhurried(settings_override):
    """No pauses between posts."""
    with settings_override(forum__ask_gap=0, forum__reply_gap=0):
        yield


def test_hostile_text_in_every_field_of_every_form_stays_text(
    app,
    place,  # noqa: F811 - the fixture imported above
    client,
    sign_in,
    outbox,
    data_dir,
    unhurried,
    ada,
    cleo,
    mo,
    root,
    monkeypatch,
):
    monkeypatch.setattr(limits, "hit", lambda *a, **k: None)
    everything = vectors(data_dir)
    survivors, sent, fields, seen = {}, 0, set(), set()
    readers = [app.test_client()]
    for who in (cleo, root) if os.environ.get("FOURMI_BRIEF") else (ada, cleo, mo, root):
        browser = sign_in(who, app.test_client())
        readers.append(browser)
        pages = [address(app, rule, place) for rule in rules(app, "GET")]
        pages = [path for path in pages if path.startswith("/en/") and not DANGEROUS_PATHS.search(path)]
        if not os.environ.get("FOURMI_BRIEF"):
            seen = set()  # in brief a form that two of them have is filled in by the first only
        for path in pages:
            page = browser.get(path)
            if page.status_code != 200 or page.mimetype != "text/html":
                continue
            for form in forms(page.get_data(as_text=True)):
                target = form["action"] or path
                key = (target, tuple(sorted(form["texts"])))
                if not form["texts"] or key in seen or DANGEROUS_PATHS.search(target):
                    continue
                seen.add(key)
                for name, limit in form["texts"].items():
                    fields.add((re.sub(r"\d+", "N", target), name))
                    for text in fillings(limit, everything):
                        values = {
                            **form["fields"],
                            **dict.fromkeys(form["texts"], "Plain words, long enough to be taken."),
                            name: text,
                        }
                        response = browser.post(target, data=values)
                        sent += 1
                        assert response.status_code < 500, (target, name, text[:200])
                        if response.mimetype == "text/html" and (
                            found := active(response.get_data(as_text=True))
                        ):
                            survivors.setdefault((target, name), found[:3])
        jobs.run_due_jobs()
    for reader in readers:
        for path in [*pages, "/en/search?q=alert", "/en/search?q=%3Cscript%3E"]:
            response = reader.get(path)
            assert response.status_code < 500, path
            if response.mimetype != "text/html":
                continue
            found = active(response.get_data(as_text=True))
            if found != OWN.get(path, []):
                survivors.setdefault(("page", path), found[:3])
    for mail in outbox():
        html = mail.get_body(("html",))
        if html and (found := [f for f in active(html.get_content(), page=False) if "style" not in f]):
            survivors.setdefault(("mail", str(mail["Subject"])), found[:3])
    assert not survivors
    assert len(fields) >= 14, sorted(fields)
    assert sent >= 150


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", '<img src=x onerror="alert(1)">', '<a href="java\tscript:alert(1)">x</a>',
        "<svg><script>1</script></svg>", '<iframe src="//x"></iframe>', '<p style="x">', '<form action="javascript:1">',
    ],
)  # fmt: skip
def test_the_detector_sees_what_is_active(hostile):
    assert active(f"<!doctype html><body>{hostile}")


def test_the_preview_answers_with_harmless_html(app, client, sign_in, ada, data_dir):
    sign_in(ada)
    text = "\n\n".join(vectors(data_dir)[:300])[:19_000]
    response = client.post("/en/preview", data={"body": text}, headers={"X-Fragment": "1"})
    assert response.status_code == 200
    body = response.get_data(as_text=True)
    html = json.loads(body)["html"] if response.mimetype == "application/json" else body
    assert not active(html, page=False)
