"""In a real browser: offline, what was being written stays and goes on; nothing private is kept; every page fits 320 px."""

from __future__ import annotations

import os

import pytest

from tests.browser.looking import RULES, RUN, WIDE

READY = "async () => { await navigator.serviceWorker.ready; while (navigator.serviceWorker.controller?.state !== 'activated') await new Promise(r => setTimeout(r, 20)); }"
KEPT = """async () => { const all = []; for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys())
  all.push(new URL(one.url).pathname); return all; }"""
DRAFTS = "() => Object.fromEntries(Object.entries(localStorage).filter(([k]) => k.startsWith('draft:')).map(([k, v]) => [k, JSON.parse(v).body]))"


def until(page, said: str) -> None:
    """Wait until something holds on the page (the content policy forbids the driver's own way)."""
    for _ in range(200):
        if page.evaluate(said):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {said}")


@pytest.fixture
def installed(visit):
    """``installed(path, who)`` → a page that its service worker serves."""

    def go(path: str, who: str = "", language: str = "en", **more):
        page = visit(path, who=who, language=language, width=390, service_workers="allow", **more)
        page.evaluate(READY)
        return page

    return go


def test_without_network_every_page_is_the_offline_page_in_its_language(site, installed, axe_source):
    page = installed("/en/", "ada")
    page.context.set_offline(True)
    page.add_init_script(axe_source)
    for path, words in (("/en/questions/", "No connection"), ("/fr/notifications", "Pas de connexion")):
        page.goto(site.url(path), wait_until="load")
        assert page.inner_text("h1") == words
        assert page.evaluate(WIDE) == [] and page.evaluate(RUN, RULES) == []
    page.context.set_offline(False)
    page.get_by_role("link", name="Réessayer").click()
    page.wait_for_url("**/fr/notifications")
    until(page, "document.querySelector('h1').innerText !== 'Pas de connexion'")


def test_nothing_private_is_kept_on_the_device(site, installed):
    page = installed("/en/", "ada")
    for path in ("/en/notifications", "/en/settings/account", site.page("question of its author")[0]):
        page.goto(site.url(path))
    kept = page.evaluate(KEPT)
    assert kept and all(
        path.startswith("/static/") or path in ("/fr/offline", "/en/offline") for path in kept
    )
    shown = page.evaluate(
        "async () => (await Promise.all((await (await caches.open((await caches.keys())[0])).matchAll()).map(r => r.text()))).join('')"
    )
    assert "ada@example.com" not in shown and 'name="csrf_token"' not in shown and ">Ada<" not in shown


def test_a_text_is_gone_on_with_offline_and_comes_back(site, installed):
    page = installed("/en/questions/ask", "ben")
    page.fill("#body", "The pump hums since")
    until(page, "localStorage.getItem('draft:ask')")
    page.context.set_offline(True)
    page.reload()
    area = page.get_by_role("textbox", name="Text")
    assert area.input_value() == "The pump hums since"
    area.fill("The pump hums since yesterday evening.")
    assert page.evaluate(DRAFTS) == {"draft:ask": "The pump hums since yesterday evening."}
    page.context.set_offline(False)
    page.goto(site.url("/en/questions/ask"))
    page.get_by_role("button", name="Take it back").click()
    assert page.input_value("#body") == "The pump hums since yesterday evening."


def test_a_text_sent_without_network_is_not_lost(site, installed):
    page = installed("/en/questions/ask", "ben")
    page.fill("#title", "The pump hums since yesterday")
    page.fill("#body", "It began after the last descaling.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Publish my question").click()
    page.get_by_role("heading", name="No connection").wait_for()
    assert page.get_by_role("textbox", name="Text").input_value() == "It began after the last descaling."
    page.reload()
    assert page.evaluate(DRAFTS) == {"draft:ask": "It began after the last descaling."}


def test_what_is_shared_without_network_waits_on_the_device(site, installed):
    page = installed("/en/questions/ask")
    page.fill("#body", "Mine.")
    until(page, "localStorage.getItem('draft:ask')")
    page.context.set_offline(True)
    page.goto(site.url("/en/share?text=Theirs&url=https://example.com/x"))
    page.wait_for_selector("textarea")
    page.reload()
    assert page.evaluate(DRAFTS) == {"draft:ask": "Mine.\n\nTheirs\n\nhttps://example.com/x"}


def test_what_is_shared_joins_what_this_device_keeps(site, installed):
    page = installed("/en/questions/ask")
    page.fill("#body", "Mine.")
    until(page, "localStorage.getItem('draft:ask')")
    page.goto(site.url("/en/share?text=Theirs"))
    until(page, "document.querySelector('#body').value === 'Mine.\\n\\nTheirs'")
    until(page, "JSON.parse(localStorage.getItem('draft:ask')).body.endsWith('Theirs')")


def test_every_page_there_is_fits_320_pixels(site, visit):
    """All addresses the application has, as those who may read them; a new page is found by itself. In brief without
    those that the pages' own tests look at in this width, as whomever."""
    looked_at = (
        {path for path, _who in site.facts["pages"].values()} if os.environ.get("FOURMI_BRIEF") else set()
    )
    wide, seen = [], 0
    for who, paths in site.facts["everything"].items():
        page = visit("/fr/", who=who, language="fr", width=320)
        for path in paths:
            if path in looked_at:
                continue
            try:
                response = page.goto(site.url(path, "fr"), wait_until="domcontentloaded")
            except Exception as error:
                assert "Download is starting" in str(error), path
                continue
            if response is None or response.status != 200:
                continue
            seen += 1
            wide += [f"{who} {path}: {what}" for what in page.evaluate(WIDE)]
    assert seen > 30
    assert not wide, "\n".join(wide)


def test_the_browser_is_asked_only_after_a_click(site, installed):
    page = installed("/en/settings/push", "ada")
    page.evaluate(
        "() => { window.asked = 0; Notification.requestPermission = async () => { asked += 1; return 'denied'; }; }"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("asked") == 0
    page.get_by_role("button", name="Send messages here").click()
    page.get_by_text("Your browser refuses messages from this site.").wait_for()
    assert page.evaluate("asked") == 1


def test_a_message_is_shown_in_the_words_it_brings(site, installed):
    page = installed("/en/", permissions=["notifications"])
    devtools, registrations = page.context.new_cdp_session(page), []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        page.wait_for_timeout(50)
    data = (
        '{"title":"Le Sentier","body":"Ben answered.","url":"/en/questions/1","tag":"answer-1","lang":"en"}'
    )
    sent = {"origin": site.address, "registrationId": registrations[0]["registrationId"]}
    for one in (data, data, "no json"):
        devtools.send("ServiceWorker.deliverPushMessage", {**sent, "data": one})
    told = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(n => [n.title, n.body, n.tag, n.data.url])"""
    until(page, f"({told})().then(all => all.length === 2)")
    assert ["Le Sentier", "Ben answered.", "answer-1", "/en/questions/1"] in page.evaluate(told)
