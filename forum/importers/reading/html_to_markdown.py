"""Another forum's HTML as clean Markdown of ours, so that its authors can go on editing it.

Nothing is lost but looks: every word, link and line survives. ``converted`` renders the result and compares the
words with the original's; where they differ it writes more carefully (every mark escaped, no emphasis).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from common import text
from common.text_addresses import trimmed
from forum.importers.reading.html_shapes import (
    classes,
    flattened,
    grouped,
    is_cell,
    is_loose,
    merged,
    rows_of,
)
from forum.importers.reading.html_tree import Node, tree

_SPACE = re.compile(r"[ \t\n\r\f]+")
_ESCAPED = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|$)|[`*]|~~|(?<!\w)_|_(?!\w)|\](?=[(\[:])|&(?=#?\w{1,31};)"
    r"|<(?=[a-zA-Z][a-zA-Z0-9+.-]{1,31}:|[^\s<>@]{1,60}@)"
)
_ALL_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@=])")
_BRACKET = re.compile(r"[\[\]]")
_LINE_START = re.compile(
    r"(?m)^([ \t]*)(?:([-+](?=[ \t]|$)|#(?=#{0,5}(?:[ \t]|$))|>|~(?=~~)|[-=|:](?=[-=|: \t]*$))|(\d{1,9})([.)](?=[ \t]|$)))"
)
_WORD = re.compile(r"\w")
_EMPHASIS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "strike": "~~", "del": "~~"}
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_WEB = re.compile(r"(?i)(?:https?://|mailto:|/(?!/)|#)\S")
_BARE = re.compile(r"https?://[A-Za-z0-9][^\s<>\"'()\[\]{}*~`|\\%]*[A-Za-z0-9/=]\Z")
_ADDRESS = re.compile(r"(?<!\w)https?://[A-Za-z0-9][^\s<>\"]*")


@dataclass(frozen=True, slots=True)
class Converted:
    """A post ready to store. ``faithful`` is false when the rendered words differ from the original's."""

    markdown: str
    html: str
    faithful: bool = True


def converted(html: str) -> Converted:
    """The Markdown of an HTML text and what it renders to."""
    root = tree(html)
    for careful in (False, True):
        writer = _Writer(careful)
        markdown = text.normalise(writer.blocks(root.children)).strip("\n")
        rendered = text.render(markdown)
        if _letters(text.plain_from_html(rendered)) == _letters("".join(writer.words)):
            return Converted(markdown, rendered)
    return Converted(markdown, rendered, faithful=False)


def converted_markdown(markdown: str) -> Converted:
    """Text that was Markdown there already (comments), cleaned and rendered."""
    clean = text.normalise(markdown).strip()
    return Converted(clean, text.render(clean))


def plain(html: str) -> str:
    """The words of an HTML text on one line (a member's presentation)."""
    return text.plain_from_html(html)


def _letters(words: str) -> str:
    return "".join(text.normalise(words).split()).replace("\u200b", "")


class _Writer:
    """Writes one tree. ``words`` collects what a reader of the original sees, in order."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful
        self.words: list[str] = []

    # -- blocks -------------------------------------------------------------------------------------------------

    def blocks(self, children: list[Node | str]) -> str:
        """Block content: paragraphs, lists, quotes … with a blank line between them."""
        parts: list[str] = []
        last = ""
        for kind, content in grouped(children):
            part = self.paragraph(content) if kind == "inline" else self.block(content[0], last, parts)
            if part.strip():
                parts.append(part)
                last = kind
        return "\n\n".join(parts)

    def block(self, node: Node, last: str, before: list[str]) -> str:
        tag = node.tag
        if tag == "pre":
            return self.code_block(node)
        if tag in ("ul", "ol"):
            return self.list(node, marker=_other_marker(tag, last, before))
        if tag == "blockquote":
            return _prefixed(self.blocks(node.children), "> ", "> ").rstrip()
        if tag == "hr":
            return "---"
        if tag == "table":
            return self.table(node)
        if tag[0] == "h" and tag[1:].isdigit():
            return "#" * int(tag[1:]) + " " + self.line(node.children)
        if tag in ("p", "summary", "figcaption", "caption", "dt"):
            return self.blocks(node.children)
        if tag == "dd":
            return _prefixed(self.blocks(node.children), "> ", "> ").rstrip()
        return self.blocks(node.children)

    def paragraph(self, children: list[Node | str]) -> str:
        lines = self.inline(children).split("\n")
        return _guarded("\n".join(line.strip(" \t") for line in lines)).strip("\n")

    def line(self, children: list[Node | str]) -> str:
        """Inline content on one line, for headings and table cells."""
        content = self.inline(flattened(children)).replace("\n", " ").strip()
        return re.sub(r"(#+)$", lambda found: "\\" + found[1], content)

    def code_block(self, node: Node) -> str:
        code = node.text().replace("\r\n", "\n").strip("\n")
        self.words.append(code)
        fence = "`" * max(3, _longest_run(code, "`") + 1)
        language = re.search(r"\blang(?:uage)?-([\w+#.-]{1,30})", classes(node))
        return f"{fence}{language[1] if language else ''}\n{code}\n{fence}"

    def list(self, node: Node, marker: str) -> str:
        ordered = node.tag == "ol"
        number = int(node.attributes.get("start", "")) if node.attributes.get("start", "").isdigit() else 1
        items = [child for child in node.children if isinstance(child, Node) or child.strip()]
        loose = any(isinstance(item, Node) and is_loose(item) for item in items)
        lines = []
        for item in items:
            children = item.children if isinstance(item, Node) and item.tag == "li" else [item]
            head = f"{min(number, 999_999_999)}{marker} " if ordered else f"{marker} "
            content = self.blocks(children) if loose else self._tight(children)
            if content.startswith("---"):  # after a bullet, dashes would be one more rule
                content = "___" + content[3:]
            if content.strip():
                lines.append(_prefixed(content, head, " " * len(head)))
            number += 1
        return ("\n\n" if loose else "\n").join(lines)

    def _tight(self, children: list[Node | str]) -> str:
        parts: list[str] = []
        for kind, content in grouped(children):
            parts.append(self.paragraph(content) if kind == "inline" else self.block(content[0], "", parts))
        return "\n".join(part for part in parts if part.strip())

    def table(self, node: Node) -> str:
        rows = [
            [self.line(cell.children).replace("|", "\\|") for cell in row.children if is_cell(cell)]
            for row in rows_of(node)
        ]
        rows = [row for row in rows if row]
        width = max(map(len, rows), default=0)
        if not width or width > 50:
            return "\n\n".join("\n".join(cell for cell in row if cell) for row in rows)
        rows = [row + [""] * (width - len(row)) for row in rows]
        drawn = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([drawn[0], "|" + " --- |" * width, *drawn[1:]])

    # -- inline -------------------------------------------------------------------------------------------------

    def inline(self, children: list[Node | str], inside_link: bool = False) -> str:
        out = ""
        pieces = list(merged(children))
        for index, piece in enumerate(pieces):
            after = pieces[index + 1] if index + 1 < len(pieces) else ""
            if isinstance(piece, str):
                out += self.plain(piece, out, inside_link)
                if out.endswith("!") and isinstance(after, Node) and after.tag == "a":
                    out = out[:-1] + "\\!"
            else:
                out += self.element(piece, out, after, inside_link)
        return out

    def plain(self, raw: str, before: str, inside_link: bool) -> str:
        words = _SPACE.sub(" ", raw)
        if (not before or before[-1] in " \n") and words.startswith(" "):
            words = words[1:]
        self.words.append(words)
        if self.careful:
            return _ALL_MARKS.sub(r"\\\1", words)
        if inside_link:
            return _BRACKET.sub(r"\\\g<0>", _ESCAPED.sub(_escape, words).replace("\\]", "]"))
        if "://" not in words:
            return _ESCAPED.sub(_escape, words)
        return "".join(_around_addresses(words))

    def element(self, node: Node, before: str, after: Node | str, inside_link: bool) -> str:
        tag = node.tag
        if tag == "br":
            return "\n"
        if tag in ("code", "kbd", "samp", "tt"):
            return self.code(node)
        if tag == "img":
            return self.picture(node, inside_link)
        if tag == "a":
            return self.link(node, before, inside_link)
        if tag in _EMPHASIS:
            return self.emphasis(node, _EMPHASIS[tag], before, after, inside_link)
        if tag in ("sup", "sub"):
            return self.shifted(node, inside_link)
        if tag in ("iframe", "video", "audio", "source", "embed"):
            address = node.attributes.get("src", "")
            return self.address(address) if _WEB.match(address) else self.inline(node.children, inside_link)
        return self.inline(node.children, inside_link)

    def code(self, node: Node) -> str:
        code = _SPACE.sub(" ", node.text())
        self.words.append(code)
        if not code.strip():
            return code
        fence = "`" * (_longest_run(code, "`") + 1)
        pad = " " if code.startswith(("`", " ")) or code.endswith(("`", " ")) else ""
        return f"{fence}{pad}{code}{pad}{fence}"

    def picture(self, node: Node, inside_link: bool) -> str:
        source = _tidy_address(node.attributes.get("src", ""))
        alt = _SPACE.sub(" ", node.attributes.get("alt", "")).strip()
        self.words.append(alt or source)
        label = (
            _ALL_MARKS.sub(r"\\\1", alt)
            if self.careful
            else _BRACKET.sub(r"\\\g<0>", _ESCAPED.sub(_escape, alt))
        )
        if not _WEB.match(source):
            return label or source
        return f"![{label}]({source})"

    def link(self, node: Node, before: str, inside_link: bool) -> str:
        address = _tidy_address(node.attributes.get("href", ""))
        shown = _SPACE.sub(" ", node.text()).strip()
        if inside_link or not _WEB.match(address):
            return self.inline(node.children, inside_link)
        if shown == address and _BARE.match(address) and not (before and before[-1].isalnum()):
            return self.address(address)
        content = self.inline(flattened(node.children), inside_link=True).replace("\n", " ")
        inner = content.strip()
        if not inner:
            return content
        lead, trail = content[: len(content) - len(content.lstrip())], content[len(content.rstrip()) :]
        title = _SPACE.sub(" ", node.attributes.get("title", "")).strip()
        quoted = (
            ' "' + title.replace("\\", "\\\\").replace('"', '\\"') + '"' if title and title != shown else ""
        )
        return f"{lead}[{inner}]({address}{quoted}){trail}"

    def address(self, address: str) -> str:
        self.words.append(address)
        return address

    def emphasis(self, node: Node, mark: str, before: str, after: Node | str, inside_link: bool) -> str:
        content = self.inline(node.children, inside_link)
        inner = content.strip()
        if (
            self.careful
            or not inner
            or "\n\n" in inner
            or mark[0] in (inner[0], inner[-1])
            or before.endswith(mark[0])
        ):
            return content
        lead, trail = content[: len(content) - len(content.lstrip())], content[len(content.rstrip()) :]
        following = after if isinstance(after, str) else after.text()
        glued_before = bool(before and not lead and _WORD.match(before[-1]))
        glued_after = bool(following and not trail and _WORD.match(following[0]))
        if (glued_before and not _WORD.match(inner[0])) or (glued_after and not _WORD.match(inner[-1])):
            return content
        return f"{lead}{mark}{inner}{mark}{trail}"

    def shifted(self, node: Node, inside_link: bool) -> str:
        raw = _SPACE.sub(" ", node.text())
        table = _RAISED if node.tag == "sup" else _LOWERED
        if raw and all(ord(char) in table for char in raw):
            self.words.append(raw.translate(table))
            return raw.translate(table)
        return self.inline(node.children, inside_link)


def _around_addresses(words: str):
    """Text with its marks escaped, except inside web addresses, which our renderer takes as they stand."""
    end = 0
    for found in _ADDRESS.finditer(words):
        address = trimmed(found[0])
        yield _ESCAPED.sub(_escape, words[end : found.start()])
        yield address
        end = found.start() + len(address)
    yield _ESCAPED.sub(_escape, words[end:])


def _escape(found: re.Match[str]) -> str:
    return "".join("\\" + char for char in found[0])


def _guarded(paragraph: str) -> str:
    """Marks that would begin a list, a heading, a quote or a table at a line's start, escaped."""

    def escape(found: re.Match[str]) -> str:
        if found[3]:
            return f"{found[1]}{found[3]}\\{found[4]}"
        return f"{found[1]}\\{found[2]}"

    return _LINE_START.sub(escape, paragraph)


def _prefixed(content: str, first: str, rest: str) -> str:
    head, _, tail = content.partition("\n")
    lines = [rest + line if line or rest.strip() else line for line in tail.split("\n")] if tail else []
    return "\n".join([first + head, *lines])


def _other_marker(tag: str, last: str, before: list[str]) -> str:
    """Two lists in a row stay two: the second takes the other mark."""
    if tag == "ol":
        return ")" if last == "ol" and re.match(r"\d+\.", before[-1]) else "."
    return "*" if last == "ul" and before[-1].startswith("-") else "-"


def _longest_run(code: str, char: str) -> int:
    return max(map(len, re.findall(re.escape(char) + "+", code)), default=0)


def _tidy_address(address: str) -> str:
    """An address that can stand between round brackets."""
    address = re.sub(r"[\s\x00-\x1f\x7f]+", lambda found: "%20" if " " in found[0] else "", address.strip())
    return re.sub(r"[<>()\\]", lambda found: f"%{ord(found[0]):02X}", address)
