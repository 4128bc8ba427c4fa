"""Rewards: points in a ledger, ranks, badges, and discounts that points are exchanged for.

Public face: ``rewards.ledger.booking`` (earn, undo, spend, give back), ``rewards.ledger.settling`` (make the
ledger agree with the forum), ``rewards.ledger.importing.book_imported``, ``rewards.ranks.appointing``,
``rewards.promotions.offering``, ``pooling`` and ``claiming``; the facts are in ``events``.
"""

from __future__ import annotations

from flask import Flask

from common import rail
from common.web import register_panel
from forum.content.reviews.incentives import set_incentive_source
from forum.images.seeing import also_shown
from forum.importers.booking import set_booker
from rewards import arriving, handlers
from rewards import jobs as _jobs  # noqa: F401 - kinds of jobs and periodic work
from rewards import leaving as _leaving  # noqa: F401 - what stays of closed accounts
from rewards import retention as _retention  # noqa: F401 - what it clears away
from rewards import takeaway as _takeaway  # noqa: F401 - its part of archives
from rewards.abuse import jobs as _abuse_jobs  # noqa: F401 - periodic work
from rewards.abuse import models as _abuse  # noqa: F401 - tables
from rewards.abuse import panels as abuse_panels
from rewards.abuse import routes as abuse_routes
from rewards.addresses import models as _addresses  # noqa: F401 - tables
from rewards.adjustments import models as _adjustments  # noqa: F401 - tables
from rewards.badges import jobs as _badge_jobs  # noqa: F401 - periodic work
from rewards.badges.counts import deeds
from rewards.badges.counts.sources import count_by
from rewards.badges.desk import routes as badge_routes
from rewards.badges.desk.panels import RAIL as BADGES
from rewards.badges.desk.panels import in_file as badges_in_file
from rewards.badges.rules import BadgeKey
from rewards.centre import kinds, panels, routes
from rewards.economics import health, reviewing
from rewards.economics import routes as economics_routes
from rewards.gifts import figures as gift_figures
from rewards.gifts import models as _gifts  # noqa: F401 - tables
from rewards.gifts import panels as gift_panels
from rewards.gifts import routes as gift_routes
from rewards.gifts import valuing as gift_values
from rewards.leaderboards import building as _leaderboards  # noqa: F401 - periodic work
from rewards.leaderboards import panels as leaderboard_panels
from rewards.leaderboards import routes as leaderboard_routes
from rewards.ledger import commands as _ledger_commands
from rewards.ledger import models as _ledger  # noqa: F401 - tables
from rewards.ledger import verifying as _verifying  # noqa: F401 - health check
from rewards.lounge import models as _lounge  # noqa: F401 - tables
from rewards.lounge import numbers as _lounge_numbers  # noqa: F401 - settings
from rewards.lounge import panels as lounge_panels
from rewards.lounge import routes as lounge_routes
from rewards.lounge.queries import is_said
from rewards.mentoring import jobs as _mentoring_jobs  # noqa: F401 - periodic work
from rewards.mentoring import kinds as mentoring_kinds
from rewards.mentoring import models as _mentoring  # noqa: F401 - tables
from rewards.mentoring import numbers as _mentoring_numbers  # noqa: F401 - settings
from rewards.mentoring import panels as mentoring_panels
from rewards.mentoring import routes as mentoring_routes
from rewards.missions import panels as mission_panels
from rewards.missions import routes as mission_routes
from rewards.promotions import commands as _promotion_commands
from rewards.promotions import models as _promotions  # noqa: F401 - tables
from rewards.promotions import panels as promotion_panels
from rewards.promotions import routes as promotion_routes
from rewards.ranks import models as _ranks  # noqa: F401 - tables
from rewards.ranks import numbers as _rank_numbers  # noqa: F401 - settings
from rewards.ranks import panels as rank_panels
from rewards.ranks import routes as rank_routes
from rewards.shop import api as shop_api
from rewards.shop import commands as _shop_commands
from rewards.shop import models as _shop  # noqa: F401 - tables
from rewards.shop import panels as shop_panels
from rewards.shop import routes as shop_routes
from rewards.shop import valuing
from rewards.tables import commands as _table_commands
from rewards.tables import models as _tables  # noqa: F401 - tables
from rewards.tables import panels as table_panels
from rewards.tables import routes as table_routes
from rewards.toasts import models as _toasts  # noqa: F401 - tables
from rewards.toasts import routes as toasts
from rewards.trials import jobs as _trial_jobs  # noqa: F401 - periodic work
from rewards.trials import models as _trials  # noqa: F401 - tables
from rewards.trials import queries as trial_queries
from rewards.trials.desk import api as trial_api
from rewards.trials.desk import panels as trial_desk_panels
from rewards.trials.desk import routes as trial_desk
from rewards.trials.measuring import figures as trial_figures
from rewards.trials.measuring import usefulness
from rewards.trials.numbers import set_usefulness
from rewards.trials.pages import kinds as trial_kinds
from rewards.trials.pages import panels as trial_panels
from rewards.trials.pages import routes as trial_pages
from rewards.trials.queries import reports_on_time
from rewards.trials.sending import valuing as trial_values
from rewards.votes import models as _votes  # noqa: F401 - tables
from rewards.votes import panels as vote_panels
from rewards.votes import routes as vote_routes
from rewards.votes import words as vote_words
from rewards.worth import panels as worth_panels
from rewards.worth import routes as worth_routes


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    set_incentive_source(trial_queries.incentive_of)
    set_usefulness(usefulness.of)
    handlers.register()
    set_booker(arriving.book)
    deeds.register()
    kinds.register_all()
    trial_kinds.register_all()
    vote_words.register_all()
    mentoring_kinds.register_all()
    count_by(BadgeKey.TESTER, reports_on_time)
    register_panel("home.aside", trial_panels.open_trial)
    rail.add("work", trial_desk_panels.RAIL)
    for blueprint in (trial_pages.bp, trial_desk.bp, trial_api.api):
        app.register_blueprint(blueprint)
    panels.register()
    rail.add("work", abuse_panels.RAIL)
    app.register_blueprint(routes.rewards)
    app.register_blueprint(abuse_routes.blueprint)
    rail.add("community", BADGES)
    register_panel("desk.member", badges_in_file)
    app.register_blueprint(badge_routes.blueprint)
    app.register_blueprint(promotion_routes.blueprint)
    rail.add("steering", promotion_panels.RAIL)
    register_panel("discounts.aside", shop_panels.exports)
    app.register_blueprint(shop_api.bp)
    app.register_blueprint(shop_routes.blueprint)
    _shop_commands.init_app(app)
    rail.add("steering", table_panels.RAIL, rank_panels.RAIL)
    app.register_blueprint(rank_routes.blueprint)
    app.register_blueprint(table_routes.blueprint)
    valuing.register()
    gift_values.register()
    trial_values.register()
    for subject in (health, trial_figures, reviewing, gift_figures):
        subject.register()
    app.register_blueprint(gift_routes.blueprint)
    rail.add("community", *gift_panels.RAIL)
    register_panel("rewards.centre", gift_panels.in_centre)
    app.register_blueprint(worth_routes.blueprint)
    rail.add("steering", worth_panels.RAIL)
    rail.add("community", mission_panels.RAIL)
    rail.add("steering", economics_routes.RAIL)
    register_panel("rewards.first", mission_panels.in_centre)
    register_panel("rewards.first", trial_panels.in_centre)
    register_panel("home.strip", mission_panels.on_home)
    register_panel("settings.profile", leaderboard_panels.in_settings)
    register_panel("settings.profile", toasts.in_settings)
    app.register_blueprint(toasts.blueprint)
    toasts.init_app(app)
    also_shown("lounge", lambda who, key, _by: is_said(who, key))
    register_panel("rewards.centre", lounge_panels.in_centre)
    rail.add("community", lounge_panels.RAIL)
    app.register_blueprint(lounge_routes.blueprint)
    register_panel("terms.draft", vote_panels.beside_draft)
    register_panel("terms.versions", vote_panels.beside_versions)
    register_panel("rewards.mandate", vote_panels.own)
    app.register_blueprint(vote_routes.blueprint)
    register_panel("rewards.centre", mentoring_panels.in_centre)
    app.register_blueprint(mentoring_routes.blueprint)
    for made in (leaderboard_routes, mission_routes, economics_routes):
        app.register_blueprint(made.blueprint)
    _ledger_commands.init_app(app)
    _table_commands.init_app(app)
    _promotion_commands.init_app(app)
