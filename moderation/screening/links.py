"""Where a text leads: hosts it links to or names, however they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moderation.screening.folded import folded

SHORTENERS = frozenset(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at rb.gy t.ly tiny.cc lc.chat urlz.fr "
    "lstu.fr frama.link v.gd s.id soo.gd bl.ink shorte.st adf.ly".split()
)
_LINK = re.compile(r"(?:https?://|www\.)([\w.-]+(?::\d{2,5})?)[^\s<>()\]\"']*", re.I)
_PATH = re.compile(r"[/?#][^\s<>()\]\"']*")
_BARE_HOST = re.compile(
    r"(?<![\w@./-])((?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,3}(?:com|fr|net|org|eu|io|shop|store|info|biz|online|example|top|xyz|"
    r"club|site|be|ch|de|uk|ly|me))(?![\w-])(?!\.\w)",
    re.I,
)


def hosts(text: str) -> list[str]:
    """Hosts that a text links to or names, each once, in order."""
    view = folded(text)
    seen = [match.group(1) for match, _ in view.find(_LINK)] + [
        match.group(1) for match, _ in view.find(_BARE_HOST)
    ]
    return list(dict.fromkeys(tidy(host).rstrip(".-") for host in seen))


def linked(text: str) -> list[str]:
    """The host of each link, as often as it stands there, then what is named without a scheme."""
    return [host for host, _address in links(text)]


def links(text: str) -> list[tuple[str, str]]:
    """Host and whole address of each link, as often as it stands there, then of what is named without a scheme."""
    view = folded(text)
    found = [(tidy(match.group(1)), _address(match)) for match, _ in view.find(_LINK)]
    seen = {host for host, _ in found} | {address for _, address in found}
    named = [(tidy(match.group(1)).rstrip(".-"), _address(match)) for match, _ in view.find(_BARE_HOST)]
    return found + [pair for pair in dict.fromkeys(named) if pair[1] not in seen]


def _address(match: re.Match[str]) -> str:
    """Host and path of a link, without what ends the sentence; a path may follow what is named without a scheme."""
    end = match.end(1)
    path = _PATH.match(match.string, end)
    return tidy(match.group(1)) + (path.group() if path else "").rstrip(".,;:!?…»/")


def places(text: str) -> Iterator[tuple[str, int, int]]:
    """Host and place of every link and host in the original text."""
    for pattern in (_LINK, _BARE_HOST):
        for match, span in folded(text).find(pattern):
            yield match.group(1), span[0], span[0] + len(text[slice(*span)].rstrip(".,;:!?…»"))


def belongs(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of these domains or under one."""
    host = tidy(host)
    return any(host == own or host.endswith(f".{own}") for own in domains)


def tidy(host: str) -> str:
    """A host without its port, capitals and ``www.``"""
    return host.lower().partition(":")[0].removeprefix("www.")
