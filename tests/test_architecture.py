"""The house rules, checked on the source: who may import whom, where lines live, and what stands nowhere.

A convention worth keeping is a failing test. Each check has a broken twin that it must catch.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAIN = ["common", "accounts", "forum", "rewards", "moderation", "demo", "app"]
COMMON_FILES = {
    "__init__", "ahead", "assets", "audit", "cli", "clock", "config",
    "cookies", "copies", "db", "direct", "errors", "freshness", "headers", "health", "i18n", "jobs", "limits", "lists",
    "mail", "outgoing", "permissions", "quantiles", "rail", "routing", "secrecy", "serving", "settings", "text", "text_addresses", "text_mentions", "text_normal_form", "unit_of_work", "uploads", "web",
}  # fmt: skip
ROOMS_WITH_FLASK = {"routes", "api", "__init__", "commands", "panels"}
COMMON_WITH_FLASK = {
    "ahead",
    "assets",
    "cookies",
    "copies",
    "cli",
    "db",
    "headers",
    "rail",
    "health",
    "jobs",
    "mail",
    "routing",
    "serving",
    "web",
    "uploads",
}
PURE_ROOMS = {"rules", "events"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "misc"}
MAX_LINES = 400
MAX_FILES = 16


def sources() -> list[Path]:
    """Every Python file of the product."""
    found = [ROOT / "app.py"]
    for package in CHAIN[:-1]:
        found += sorted((ROOT / package).rglob("*.py"))
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package_of(path: Path) -> str:
    """The package of the chain a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def upward(path: Path, tree: ast.AST) -> list[str]:
    """Imports of packages that stand higher in the chain."""
    level = CHAIN.index(package_of(path))
    return [name for name in imports(tree) if name.split(".")[0] in CHAIN[level + 1 :]]


def flask_in_the_wrong_room(path: Path, tree: ast.AST) -> list[str]:
    """Imports of Flask where a job or a test could not call."""
    allowed = COMMON_WITH_FLASK if package_of(path) == "common" else ROOMS_WITH_FLASK
    if path.stem in allowed or path.name == "app.py":
        return []
    return [
        name
        for name in imports(tree)
        if name.split(".")[0] in ("flask", "flask_login", "flask_wtf", "werkzeug")
    ]


def impure(path: Path, tree: ast.AST) -> list[str]:
    """What a pure room imports beyond the standard library and other pure rooms."""
    if path.stem not in PURE_ROOMS or package_of(path) == "common":
        return []
    return [
        name
        for name in imports(tree)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(part in PURE_ROOMS or part.endswith("rules") for part in name.split("."))
        and name not in ("__future__",)
    ]


def commits(path: Path, tree: ast.AST) -> list[int]:
    """Lines that commit."""
    if path == ROOT / "common" / "unit_of_work.py":
        return []
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def other_clocks(path: Path, tree: ast.AST) -> list[int]:
    """Lines that read the time elsewhere than in common.clock."""
    if path == ROOT / "common" / "clock.py":
        return []
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
    ]


CHECKS = {
    "imports go down the chain": upward,
    "Flask stays in its rooms": flask_in_the_wrong_room,
    "rules and events are pure": impure,
    "only the unit of work commits": commits,
    "only the clock tells the time": other_clocks,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_the_source_keeps(check):
    found = {}
    for path in sources():
        wrong = check(path, ast.parse(path.read_text()))
        if wrong:
            found[str(path.relative_to(ROOT))] = wrong
    assert not found


BROKEN = {
    upward: ("forum/questions/asking.py", "from rewards.ledger import booking"),
    flask_in_the_wrong_room: ("forum/questions/asking.py", "from flask import g"),
    impure: ("forum/questions/rules.py", "from common.db import db"),
    commits: ("forum/questions/asking.py", "db.session.commit()"),
    other_clocks: ("forum/questions/asking.py", "datetime.now()"),
}


@pytest.mark.parametrize("check", BROKEN)
def test_a_broken_twin_is_caught(check):
    place, source = BROKEN[check]
    assert check(ROOT / place, ast.parse(source))


def test_the_ground_has_exactly_these_files():
    assert {path.stem for path in (ROOT / "common").glob("*.py")} == COMMON_FILES


def test_no_file_is_a_drawer():
    assert not [str(p) for p in sources() if p.stem in FORBIDDEN_NAMES or p.parent.name in FORBIDDEN_NAMES]


def test_files_stay_short_or_say_why():
    long = []
    for path in sources():
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES and "long because" not in lines[0].lower():
            long.append((str(path.relative_to(ROOT)), len(lines)))
    assert not long


def test_folders_stay_small():
    crowded = {}
    for folder in {path.parent for path in sources()} - {ROOT, ROOT / "common"}:
        count = len([p for p in folder.glob("*.py") if p.stem != "__init__"])
        if count > MAX_FILES:
            crowded[str(folder.relative_to(ROOT))] = count
    assert not crowded


def test_the_queue_knows_nothing_of_what_stands_on_it():
    """`moderation/handing` calls the verbs of the queue; the other way there is no import."""
    for path in (ROOT / "moderation" / "review").glob("*.py"):
        found = [
            name for name in imports(ast.parse(path.read_text())) if name.startswith("moderation.handing")
        ]
        assert not found, path.name


def test_routes_are_short():
    """A route reads like a sentence: load, one verb or query, answer."""
    long = []
    for path in sources():
        if path.stem not in ("routes", "api"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 40:
                long.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert not long


def test_pages_have_no_inline_script_style_or_handler():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style[ >]|\sstyle=|\son(click|change|submit|load|input|error|focus)=",
        re.I,
    )
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        if "email" in path.parts:
            continue
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
        if match := inline.search(text):
            found[str(path.relative_to(ROOT))] = match.group(0)
    assert not found


def test_templates_never_query_and_never_compare_roles():
    wrong = re.compile(r"\.query\b|session\.|\.role\s*(==|in)|\|\s*safe\b")
    allowed_safe: set[str] = set()
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        name = str(path.relative_to(ROOT))
        if (match := wrong.search(path.read_text())) and name not in allowed_safe:
            found[name] = match.group(0)
    assert not found


def test_the_repository_names_no_place():
    here = re.compile(
        r"(?<![\w.])/(work|root|home)/\w|https?://[^\s\"]*(pypi|pythonhosted|npmjs|debian)\.org"
    )
    found = []
    for path in [
        *sources(),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
    ]:
        if path != Path(__file__) and here.search(path.read_text()):
            found.append(str(path.relative_to(ROOT)))
    assert not found


def test_public_modules_say_what_they_are_for():
    silent = [str(p.relative_to(ROOT)) for p in sources() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert not [p for p in silent if not p.endswith("__init__.py")]


# --- what becomes of people who leave ----------------------------------------------------------------------------

NAMES_A_MEMBER = re.compile(
    r"(^|_)(member|author|actor|editor|owner|voter|reporter|flagger|helper|inviter)(_ids?)?$|_by_id$"
)
OF_SOMETHING_ELSE = {
    "ask_visit.settled_by_id": "the question that settled it",
    "job.lease_owner": "a worker",
    "post.verified_owner": "a yes or no",
    "product.replaced_by_id": "a product",
    "search_document.author_ids": "follows the texts",
    "guide_verdict.voter": "its remark goes with forum.leaving.forget",
}


def test_every_column_that_names_a_member_has_a_plan(app):
    from accounts.closing.erasing import registered
    from common.db import Base

    planned = {name: fate for plan in registered().values() for name, fate in plan.columns().items()}
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "member.id" for key in column.foreign_keys)
        or NAMES_A_MEMBER.search(column.name)
    }
    assert naming - planned.keys() - OF_SOMETHING_ELSE.keys() == set(), (
        "say in a leaving.py what becomes of it"
    )
    assert planned.keys() <= naming and all(planned.values())
    assert sum(len(plan.columns()) for plan in registered().values()) == len(planned)


def test_every_column_that_names_a_member_is_in_their_archive_or_has_a_reason(app):
    from accounts.archives.parts import registered
    from accounts.closing.erasing import registered as plans

    said = {name: where for one in registered().values() for name, where in one.columns().items()}
    naming = {name for plan in plans().values() for name in plan.columns()}
    assert naming - said.keys() - {"ask_visit.member_id"} == set(), (
        "say in a takeaway.py what of it goes into the archive, or why it does not"
    )
    assert said.keys() <= naming and all(said.values())
    assert sum(len(one.columns()) for one in registered().values()) == len(said)
