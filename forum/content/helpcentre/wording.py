"""What is said of articles that are not taken."""

from __future__ import annotations

from common.i18n import _
from forum.catalogue.wording import BAD_FILES, FAULTS
from forum.content.helpcentre.rules import ArticleFault, Source

ARTICLE_FAULTS = {
    ArticleFault.ID: _("The id is missing or longer than 200 characters."),
    ArticleFault.TITLE: _("The title is missing or longer than 200 characters."),
    ArticleFault.TEXT: _("The text is missing."),
    ArticleFault.ADDRESS: _("The address must begin with https:// and have 500 characters at most."),
    ArticleFault.LANGUAGE: _("The language must be written like en or fr."),
    ArticleFault.TWICE: _("This id stands in the list twice: the first one counts."),
    ArticleFault.UNKNOWN: _("There is no article with this id to withdraw."),
    ArticleFault.FULL: _("There are 5,000 articles already: withdraw some first."),
    **{ArticleFault(one): words for one, words in FAULTS.items() if one.value in list(ArticleFault)},
}
SOURCES = {Source.FILE: _("file"), Source.API: _("API"), Source.FEED: _("feed")}
FILES = {name: BAD_FILES[name] for name in ("binary", "columns", "csv", "too_many", "too_large", "empty")}
