"""The pages of listening that no other subject has: messages by weight, and tone over time."""

from __future__ import annotations

from flask import render_template, request

from common.i18n import LANGUAGES, NAMES, language
from common.web import actor, localized
from forum.browsing.queries import categories
from moderation.hearing import queries
from moderation.hearing.rules import PERIODS, SPANS
from moderation.hearing.weighing import KINDS
from moderation.themes.wording import SOURCES
from moderation.watches.wording import KINDS as KIND_NAMES
from moderation.watches.wording import TONES
from rewards.economics.rules import BASE, HEIGHT, WIDTH, bars

blueprint = localized("hearing", __name__)
_LANGUAGES = [(code, NAMES[code]) for code in LANGUAGES]


@blueprint.get("/desk/listening/messages")
def index() -> str:
    """What to read first."""
    asked, after = queries.asked(request.args), request.args.get("after", "")[:40]
    return render_template(
        "moderation/hearing/messages.html", asked=asked, page=queries.messages(actor(), asked, after), after=after, periods=PERIODS,
        kinds=[(one.value, KIND_NAMES[one]) for one in KINDS], tones=TONES.items(), codes=_LANGUAGES, names=KIND_NAMES,
        categories=[(str(one.id), one.name) for one in categories()],
    )  # fmt: skip


@blueprint.get("/desk/listening/tone")
def tone() -> str:
    """How it is said, week by week."""
    weeks = request.args.get("weeks", "")
    wanted = int(weeks) if weeks in {str(one) for one in SPANS} else SPANS[0]
    shown = queries.tones(
        actor(), wanted, request.args.get("of", "") or language(), request.args.get("topic", "")[:100]
    )
    charts = {
        key: bars([[one.texts for one in weeks], [one.unhappy for one in weeks]])
        for key, weeks in (("every", shown.every), ("topic", shown.topic[1] if shown.topic else []))
        if weeks
    }
    return render_template(
        "moderation/hearing/tone.html", shown=shown, charts=charts, box=(WIDTH, HEIGHT, BASE), spans=SPANS, codes=_LANGUAGES,
        sources=SOURCES, topic=request.args.get("topic", "")[:100] if shown.topic else "",
    )  # fmt: skip
