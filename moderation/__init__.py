"""The staff desk: what is read before or after publication, reports, sanctions and appeals, and the ladder.

Public face: ``review.queueing`` (open an item), ``review.deciding``, ``flags.flagging``, ``sanctions.sanctioning``,
``sanctions.statements``; facts in ``events``. ``screening.screener.screen_submission`` fills the forum's port.
"""

from __future__ import annotations

from flask import Flask

from accounts.signin.joining import set_kept_out
from accounts.visits import keep_open
from common import rail
from common.web import register_panel
from forum.content.terms.rules import set_clauses
from moderation import (  # noqa: F401 - registers its work
    badges,
    bulk,
    crm,
    dashboard,
    entrusted,
    escalation,
    forecast,
    handing,
    handlers,
    hearing,
    incidents,
    jobs,
    listening,
    outbreaks,
    outdesk,
    outside,
    pictures,
    private,
    replay,
    standing,
    themes,
    watches,
)
from moderation import duty as _duty
from moderation import policies as _policies
from moderation import retention as _retention  # noqa: F401 - its rules
from moderation import takeaway as _takeaway  # noqa: F401 - its part of archives
from moderation import transparency as _transparency
from moderation.alarms import raising as _alarms
from moderation.appeals.routes import appeals
from moderation.audits.routes import audits
from moderation.calendars.desk import routes as calendars
from moderation.calling import routes as calling
from moderation.conduct import routes as conduct
from moderation.delegation import panels as delegation_lines
from moderation.delegation.routes import blueprint as delegation
from moderation.desk import panels
from moderation.desk.routes import desk, keep_out
from moderation.escalation import models as _escalation  # noqa: F401 - tables
from moderation.figures import routes as figures
from moderation.flags import misuse
from moderation.flags import models as _flags  # noqa: F401 - tables
from moderation.flags import panels as flag_panels
from moderation.flags.routes import flags, note_arrival
from moderation.incidents import models as _incidents  # noqa: F401 - tables
from moderation.legal_notices.panels import guide_of
from moderation.legal_notices.panels import of_item as notices_of_item
from moderation.legal_notices.routes import legal_notices
from moderation.looks import panels as looks_lines
from moderation.looks.routes import blueprint as looks
from moderation.measures.routes import measures
from moderation.messages import routes as messages
from moderation.notes import models as _notes  # noqa: F401 - tables
from moderation.notes import routes as notes
from moderation.outbreaks import models as _outbreaks  # noqa: F401 - tables
from moderation.pauses.routes import pauses
from moderation.private import models as _private  # noqa: F401 - tables
from moderation.profile_reports import models as _profile_reports  # noqa: F401 - tables
from moderation.profile_reports import reporting as profiles
from moderation.profile_reports import routes as profile_reports
from moderation.review import models as _review  # noqa: F401 - tables
from moderation.review import telling as _telling
from moderation.review.routes import review
from moderation.review.rules import CLAUSES
from moderation.sanctions import banning
from moderation.sanctions import models as _sanctions  # noqa: F401 - tables
from moderation.sanctions.routes import decisions
from moderation.screening import models as _screening  # noqa: F401 - tables
from moderation.screening.learning import models as _learning  # noqa: F401 - tables
from moderation.screening.learning import routes as filters
from moderation.screening.learning import staging as _staging  # noqa: F401 - its periodic work
from moderation.screening.learning import telling as _models_telling
from moderation.targets import commands as _clock_commands
from moderation.targets.desk import routes as targets
from moderation.workbench import opening as workbench
from rewards.ranks.metrics import add_source
from rewards.trials.numbers import set_conduct


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    _telling.register_kinds()
    _alarms.register_kinds()
    _models_telling.register_kinds()
    handlers.subscribe_all()
    badges.register()
    set_clauses(set(CLAUSES.values()))
    add_source(standing.measure)
    set_conduct(standing.counting_until)
    misuse.register_kinds()
    profiles.register_kinds()
    app.before_request(note_arrival)
    set_kept_out(banning.is_kept_out)
    keep_open("decisions.appeal", "private.answer", "conduct.read")
    keep_open(
        "legal_notices.send", "legal_notices.confirm_now", "legal_notices.contest"
    )  # open to everybody by law
    for blueprint in (
        desk,
        review,
        flags,
        decisions,
        measures,
        appeals,
        conduct.conduct,
        notes.notes,
        messages.reported,
        profile_reports.profile_reports,
        delegation,
        looks,
        figures.blueprint,
        calendars.blueprint,
        audits,
        pauses,
        calling.blueprint,
        targets.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.before_request(keep_out)
    register_panel("desk.nav", panels.nav)
    register_panel("post.actions", panels.post_actions)
    register_panel("comment.actions", panels.comment_actions)
    register_panel("post.held", panels.held_note)
    register_panel("desk.member", notes.in_file)
    rail.add("work", flag_panels.RAIL)
    register_panel("profile.actions", profile_reports.action)
    register_panel("desk.member", flag_panels.in_file)
    register_panel("member.notice", conduct.notice)
    register_panel("settings.nav", conduct.settings_nav)
    rail.add("steering", figures.RAIL)
    app.register_blueprint(filters.filters)
    register_panel("review.detail", filters.explained)
    rail.add("steering", filters.RAIL)
    app.cli.add_command(_clock_commands.group)
    rail.add("steering", targets.RAIL, calendars.RAIL)
    forecast.init_app(app)
    escalation.init_app(app)
    workbench.init_app(app)
    app.register_blueprint(legal_notices)
    register_panel("review.case", notices_of_item)
    register_panel("review.detail", guide_of)
    outside.init_app(app)
    outdesk.init_app(app)
    crm.init_app(app)
    _policies.init_app(app)
    incidents.init_app(app)
    outbreaks.init_app(app)
    pictures.init_app(app)
    private.init_app(app)
    entrusted.init_app(app)
    _duty.init_app(app)
    rail.add("steering", delegation_lines.RAIL)
    rail.add("community", delegation_lines.TEAM_RAIL)
    register_panel("suggestions.link", looks_lines.link)
    bulk.init_app(app)
    dashboard.init_app(app)
    handing.init_app(app)
    replay.init_app(app)
    _transparency.init_app(app)
    listening.init_app(app)
    themes.init_app(app)
    watches.init_app(app)
    hearing.init_app(app)
