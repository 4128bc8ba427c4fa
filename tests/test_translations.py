"""Every text that the product shows exists in French; what was taken away is not kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["common", "accounts", "forum", "rewards", "moderation", "demo"]
KEYWORDS = {"_": None, "n_": (1, 2), "gettext": None, "ngettext": (1, 2)}
FOLDER = ROOT / "common" / "translations"


def texts() -> dict[str, set[str]]:
    """Every msgid in the source, with the files it stands in."""
    found: dict[str, set[str]] = {}

    def note(message, file):
        key = message[0] if isinstance(message, tuple) else message
        if key:
            found.setdefault(key, set()).add(file)

    for package in PACKAGES:
        for file, _line, message, _comments, _context in extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            note(message, f"{package}/{file}")
    options = {
        "trimmed": "true",
        "silent": "false",
        "newstyle_gettext": "true",
        "extensions": "jinja2.ext.do",
    }
    for file, _line, message, _comments, _context in extract_from_dir(
        ROOT / "templates",
        method_map=[("**", "jinja2.ext:babel_extract")],
        options_map={"**": options},
        keywords=KEYWORDS,
    ):
        note(message, f"templates/{file}")
    return found


def entries() -> list[tuple[str, object]]:
    """Every finished French entry with the name of its file."""
    found: list[tuple[str, object]] = []
    for path in sorted((FOLDER / "fr").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale="fr"):
                filled = all(message.string) if isinstance(message.string, tuple) else bool(message.string)
                if message.id and filled and not message.fuzzy:
                    found.append((path.name, message))
    return found


def key_of(message) -> str:
    """A text in English, the singular where there are two forms."""
    return message.id[0] if isinstance(message.id, tuple) else message.id


def french() -> dict[str, object]:
    """Every French entry by its text in English."""
    return {key_of(message): message for _file, message in entries()}


def twice(found) -> dict[str, list[str]]:
    """Texts that stand in several places, where the last file read would win."""
    places: dict[str, list[str]] = {}
    for file, message in found:
        places.setdefault(key_of(message), []).append(file)
    return {key: files for key, files in places.items() if len(files) > 1}


def test_every_text_has_one_place():
    assert not twice(entries())
    first = entries()[0]
    assert twice([first, ("later.po", first[1])]), "a second place is seen"


def test_every_text_exists_in_french():
    known = french()
    missing = {text: sorted(files)[0] for text, files in texts().items() if text not in known}
    assert not missing, f"{len(missing)} texts have no French: {missing}"


def test_translations_keep_the_values_of_the_original():
    values = re.compile(r"%\((\w+)\)s")
    wrong = []
    for key, message in french().items():
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(values.findall(originals[-1]))
        for string in message.string if isinstance(message.string, tuple) else (message.string,):
            if not set(values.findall(string)) <= wanted or (
                set(values.findall(string)) != wanted and not isinstance(message.id, tuple)
            ):
                wrong.append(key)
    assert not wrong


FORBIDDEN = re.compile(r"\b(Oups|ticket|thread|spam)\b|!(?!\[)", re.I)


def test_french_keeps_the_tone_of_the_house():
    """`design/UX.md §7`: no exclamation mark, no "Oups", none of the jargon."""
    wrong = {}
    for key, message in french().items():
        for string in message.string if isinstance(message.string, tuple) else (message.string,):
            if FORBIDDEN.search(string):
                wrong[key] = string
    assert not wrong


def test_the_extractor_would_notice_a_missing_text(tmp_path):
    (tmp_path / "x.py").write_text('_("A text nobody translated")')
    found = list(extract_from_file("python", tmp_path / "x.py", keywords=KEYWORDS))
    assert found and found[0][1] not in french()


@pytest.mark.parametrize("package", PACKAGES)
def test_po_files_can_be_read(package):
    path = FOLDER / "fr" / f"{package}.po"
    if path.exists():
        with path.open("rb") as source:
            assert read_po(source, locale="fr", abort_invalid=True) is not None
