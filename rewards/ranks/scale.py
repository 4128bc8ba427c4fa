"""The scale in force: formulas and names from the settings, falling back to the defaults when they are broken."""

from __future__ import annotations

from common import health, i18n, settings
from common.i18n import _
from rewards.ranks.rules import DEFAULT_FORMULAS, PACKS, BadFormula, Formula, RankName, name_of, parse_all

settings.define(
    "ranks.formulas", DEFAULT_FORMULAS, help=_("What each rank asks for, as a tree over named metrics.")
)
settings.define("ranks.pack", "ants", choices=tuple(PACKS), help=_("Which names the ranks have."))

_DEFAULTS = parse_all(DEFAULT_FORMULAS)


def formulas() -> dict[int, Formula]:
    """The formulas of R1 to R6 in force."""
    try:
        return parse_all(settings.get("ranks.formulas"))
    except BadFormula:
        return _DEFAULTS


def rank_name(rank: int, language: str | None = None) -> RankName:
    """A rank's names in the brand's pack."""
    return name_of(settings.get("ranks.pack"), language or i18n.language(), rank)


@health.check("rank formulas")
def _formulas() -> health.Finding:
    try:
        parse_all(settings.get("ranks.formulas"))
    except BadFormula as error:
        return health.Finding(
            "rank formulas",
            False,
            str(error),
            "Correct the setting ranks.formulas; the defaults apply meanwhile.",
        )
    return health.Finding("rank formulas", True, "readable")
