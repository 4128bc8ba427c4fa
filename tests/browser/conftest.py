"""A served community and a real Chromium for the tests of this folder, both once per process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, missing, once_for_all

CHROMIUM = os.environ.get("FOURMI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUILD_SECONDS = 300
START_SECONDS = 60


class Site:
    """The community under test: its address, the cookies of the cast, the pages."""

    def __init__(self, facts: dict[str, Any], folder: Path) -> None:
        self.address: str = facts["address"]
        self.facts, self.folder = facts, folder

    def url(self, path: str, language: str = "en") -> str:
        """The full address of a path, in a language."""
        return self.address + (path.replace("/en/", f"/{language}/", 1) if path.startswith("/en/") else path)

    def later(self, days: int, subject: str) -> list[str]:
        """What the worker does until some days later; receiver, subject and addresses of the last mail of that subject."""
        command = [sys.executable, "-m", "tests.browser.later", str(self.folder), str(days), subject]
        return subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.splitlines()

    def page(self, name: str) -> tuple[str, str]:
        """Path and reader of a page; the test is skipped where no package offers it."""
        if name not in self.facts["pages"]:
            pytest.skip(f"no package offers the page '{name}'")
        return tuple(self.facts["pages"][name])  # type: ignore[return-value]


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the community in it, once for all processes of the suite: to be copied, never changed."""

    def build(folder: Path) -> None:
        command = [sys.executable, "-m", "tests.browser.serve", str(folder), "build"]
        built = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=BUILD_SECONDS,
            text=True,
        )
        assert built.returncode == 0, f"the community was not built:\n{built.stdout[-4000:]}"

    return once_for_all(tmp_path_factory, "site", build)


@pytest.fixture(scope="session")
def site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The community, served by a process of its own."""
    folder = Path(shutil.copytree(built_site, tmp_path_factory.mktemp("served") / "site"))
    said = (folder / "serve.log").open("w+")
    serving = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.serve", str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=said, stderr=said,
    )  # fmt: skip
    facts = folder / "site.json"
    until = time.monotonic() + START_SECONDS
    while not facts.exists() and serving.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    if not facts.exists():
        serving.kill()
        said.seek(0)
        pytest.fail("the community did not start:\n" + said.read()[-4000:])
    yield Site(json.loads(facts.read_text()), folder)
    serving.stdin.close()  # type: ignore[union-attr]
    try:
        serving.wait(10)
    except subprocess.TimeoutExpired:
        serving.kill()
    said.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests; each test opens contexts of its own."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("chromium", "playwright is not installed")
    if CHROMIUM is None:
        missing("chromium", "no Chromium on this machine: set FOURMI_CHROMIUM to its path")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        except Error as error:
            missing("chromium", f"Chromium does not start: {error}")
        yield browser
        browser.close()


class Watch:
    """What a page must never do: complain, break the content policy, ask another host for something."""

    def __init__(self, page: Any, address: str) -> None:
        self.faults: list[str] = []
        page.on(
            "console", lambda told: self._note(told.type in ("error", "warning"), f"console: {told.text}")
        )
        page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        page.on("request", lambda sent: self._note(_elsewhere(sent.url, address), f"elsewhere: {sent.url}"))

    def _note(self, bad: bool, words: str) -> None:
        if bad and "blocked by Playwright" not in words:
            self.faults.append(words)


def _elsewhere(url: str, address: str) -> bool:
    return not url.startswith((address, "data:", "blob:", "about:"))


@pytest.fixture
def visit(site: Site, chromium: Any) -> Iterator[Callable[..., Any]]:
    """``visit(path, who="ada", width=390)`` → a page; ``page.watch`` has its faults. Contexts close after the test."""
    contexts = []

    def go(path: str = "", who: str = "", language: str = "en", width: int = 1280, **options: Any) -> Any:
        options.setdefault("service_workers", "block")  # `test_phone.py` allows them
        page = _opened(site, chromium, who, width, **options)
        contexts.append(page.context)
        if path:
            page.goto(site.url(path, language))
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def seats(site: Site, chromium: Any, axe_source: str) -> Iterator[dict[str, Any]]:
    """One page per reader, kept by the process: who only looks needs no browser of his own, and files stay cached."""
    kept: dict[str, Any] = {}
    yield kept
    for page in kept.values():
        page.context.close()


@pytest.fixture
def seat(seats: dict[str, Any], site: Site, chromium: Any, axe_source: str) -> Callable[[str], Any]:
    """``seat("ada")`` → her page with the accessibility checker, its faults forgotten. For tests that change nothing."""

    def take(who: str) -> Any:
        if who not in seats:
            seats[who] = _opened(site, chromium, who, reduced_motion="reduce", service_workers="block")
            seats[who].add_init_script(axe_source)
        seats[who].watch.faults.clear()
        return seats[who]

    return take


def _opened(site: Site, chromium: Any, who: str, width: int = 1280, **options: Any) -> Any:
    context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
    context.set_default_timeout(30_000)
    if who:
        context.add_cookies([{"name": "session", "value": site.facts["cookies"][who], "url": site.address}])
    page = context.new_page()
    page.watch = Watch(page, site.address)
    return page


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker that is injected into pages (axe-core)."""
    import axe_playwright_python

    found = sorted(Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js"))
    if not found:
        missing("chromium", "axe-core is not where axe-playwright-python puts it")
    return found[0].read_text()
