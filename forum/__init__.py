"""The forum: questions and their answers, from the first draft to the solution.

Public face, for the packages above: the verbs of ``questions/`` (asking, answering, commenting, editing, withdrawing),
``reactions/``, ``solutions/``, ``drafts/`` and ``images/``; ``questions.publishing`` (the one writer of post states, and
the screener's port); ``questions.queries.visible_to`` (the read rule); the facts of ``events.py``.
"""

from __future__ import annotations

from flask import Flask

from accounts.messages.queries import has_received
from accounts.notifications.replying import set_way_back
from common import rail
from common.web import register_panel
from forum import handlers, importers, jobs, retention, search, takeaway  # noqa: F401 - registers its work
from forum.also_solved import routes as _also_solved  # noqa: F401 - addresses
from forum.asking import models as _asking  # noqa: F401 - tables
from forum.asking import routes as asking
from forum.catalogue import api as catalogue_api
from forum.catalogue import commands as catalogue_commands
from forum.catalogue import routes as catalogue
from forum.categories import models as _categories  # noqa: F401 - tables
from forum.categories.routes import categories
from forum.claims import models as _claims  # noqa: F401 - tables
from forum.claims import routes as _answering  # noqa: F401 - addresses
from forum.comments import routes as _comments  # noqa: F401 - addresses
from forum.content.bulletins import models as _bulletins  # noqa: F401 - tables
from forum.content.bulletins import routes as bulletins
from forum.content.embed.routes import embed
from forum.content.guides import models as _guides  # noqa: F401 - tables
from forum.content.guides import panels as guide_panels
from forum.content.guides import queries as guide_queries
from forum.content.guides import rechecking as guide_checks
from forum.content.guides.desk.routes import guide_desk
from forum.content.guides.proposals import models as _guide_proposals  # noqa: F401 - tables
from forum.content.guides.proposals import notices as guide_proposal_notices
from forum.content.guides.proposals.routes import blueprint as guide_proposals
from forum.content.guides.routes import guides
from forum.content.helpcentre import api as _articles  # noqa: F401 - addresses
from forum.content.helpcentre import commands as helpcentre_commands
from forum.content.helpcentre import fetching as _fetching  # noqa: F401 - registers its work
from forum.content.helpcentre import models as _help_articles  # noqa: F401 - tables
from forum.content.helpcentre.routes import RAIL as HELP_CENTRE
from forum.content.helpcentre.routes import helpcentre
from forum.content.reviews import jobs as _retiring  # noqa: F401 - registers its work
from forum.content.reviews import models as _reviews  # noqa: F401 - tables
from forum.content.reviews import notices as review_kinds
from forum.content.reviews import panels as review_panels
from forum.content.reviews.brands import routes as review_brands
from forum.content.reviews.routes import reviews
from forum.content.routes import pages, robots
from forum.content.terms import models as _terms  # noqa: F401 - tables
from forum.content.terms import notices as terms_notices
from forum.content.terms import panels as terms_panels
from forum.content.terms.routes import terms
from forum.discovery import queries as discovery
from forum.discovery.routes import feeds, sitemaps
from forum.fields import models as _fields  # noqa: F401 - tables
from forum.fields import routes as fields
from forum.files import jobs as _erasing  # noqa: F401 - registers its work
from forum.files import models as _files  # noqa: F401 - tables
from forum.files import routes as files
from forum.following import models as _following  # noqa: F401 - tables
from forum.following import panels as follow_panels
from forum.following.routes import follows
from forum.helping.routes import helping
from forum.home.routes import home
from forum.housekeeping import models as _housekeeping  # noqa: F401 - tables
from forum.housekeeping import news as housekeeping_news
from forum.housekeeping import routes as _order  # noqa: F401 - addresses
from forum.housekeeping.desk import routes as order_desk
from forum.images import models as _images  # noqa: F401 - tables
from forum.images import routes as images
from forum.images.seeing import also_shown
from forum.invitations import models as _invitations  # noqa: F401 - tables
from forum.invitations import notices as invitation_kinds
from forum.invitations import routes as _inviting  # noqa: F401 - addresses
from forum.letterbox import commands as letterbox_commands
from forum.letterbox import jobs as letterbox_jobs
from forum.letterbox import letters as letterbox_letters
from forum.letterbox import outcomes as _letterbox_outcomes  # noqa: F401 - renderers
from forum.letterbox import panels as letterbox_panels
from forum.letterbox.routes import asking as asking_by_mail
from forum.letterbox.routes import letterbox
from forum.masks import routes as masks
from forum.members.routes import members, named
from forum.mentions import routes as _mentions  # noqa: F401 - addresses
from forum.mine.routes import mine
from forum.notices import kinds
from forum.pointing import models as _pointing  # noqa: F401 - tables
from forum.pointing import notices as pointing_kinds
from forum.pointing import panels as pointing_panels
from forum.pointing import routes as _pointing_out  # noqa: F401 - addresses
from forum.positions import models as _positions  # noqa: F401 - tables
from forum.positions import routes as _reading  # noqa: F401 - addresses
from forum.printing import routes as _printing  # noqa: F401 - addresses
from forum.privacy import routes as _privacy  # noqa: F401 - addresses
from forum.products import jobs as _product_work  # noqa: F401 - registers its work
from forum.products import models as _products  # noqa: F401 - tables
from forum.products import panels as product_panels
from forum.products import routes as products
from forum.products.following import register_products
from forum.questions import api as _api  # noqa: F401 - addresses
from forum.questions import models as _questions  # noqa: F401 - tables
from forum.questions.routes import questions
from forum.reactions import routes as _reactions  # noqa: F401 - addresses
from forum.resurfacing import jobs as _resurfacing  # noqa: F401 - registers its work
from forum.revisions import routes as _revisions  # noqa: F401 - addresses
from forum.solutions import commands
from forum.solutions import models as _solution_models  # noqa: F401 - tables
from forum.solutions import routes as _solutions  # noqa: F401 - addresses
from forum.suggesting import sections as suggestions
from forum.suggestions import models as _suggestions  # noqa: F401 - tables
from forum.suggestions import notices as suggestion_kinds
from forum.suggestions import panels as suggestion_panels
from forum.suggestions import routes as _suggesting  # noqa: F401 - addresses
from forum.suggestions.queries import is_offered
from forum.thread.routes import short
from forum.webapp import routes as webapp


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    kinds.register_all()
    suggestion_kinds.register_all()
    invitation_kinds.register_all()
    pointing_kinds.register_all()
    review_kinds.register_kinds()
    suggestions.register_all()
    also_shown("suggestions", lambda who, key, _by: is_offered(who, key))
    also_shown("messages", lambda who, key, by: has_received(who.person_id or 0, key, by))
    housekeeping_news.register_all()
    handlers.subscribe_all()
    terms_notices.register_all()
    app.before_request(terms_panels.gate)
    register_panel("settings.data", terms_panels.own_consents)
    rail.add("steering", terms_panels.RAIL)
    register_panel("signup.terms", terms_panels.beside_sign_up)
    for blueprint in (
        terms,
        images.bp,
        files.bp,
        home,
        categories,
        members,
        named,
        questions,
        short,
        pages,
        robots,
        follows,
        mine,
        guides,
        embed,
        guide_desk,
        guide_proposals,
        helpcentre,
        letterbox,
        asking_by_mail,
        webapp.bp,
        webapp.root,
        feeds,
        sitemaps,
        helping,
        reviews,
        review_brands.brand_desk,
    ):
        app.register_blueprint(blueprint)
    discovery.offer(guide_queries.places)
    guide_checks.register_kind()
    guide_proposal_notices.register_all()
    app.register_blueprint(order_desk.bp)
    rail.add("community", *order_desk.RAIL, guide_panels.RAIL, HELP_CENTRE, bulletins.RAIL)
    rail.add("work", suggestion_panels.RAIL)
    register_panel("suggestions.link", suggestion_panels.link)
    rail.add("work", pointing_panels.RAIL)
    register_panel("suggestions.link", pointing_panels.link)
    register_panel("list.actions", follow_panels.on_a_list)
    register_panel("follow.button", follow_panels.button)
    for blueprint in (
        products.bp,
        catalogue.bp,
        catalogue_api.bp,
        fields.bp,
        asking.desk,
        masks.bp,
        bulletins.bp,
    ):
        app.register_blueprint(blueprint)
    register_panel("question.aside", product_panels.beside_question)
    register_panel("settings.nav", product_panels.settings_line)
    register_panel("alerts.after", letterbox_panels.below_alerts)
    register_panel("product.actions", product_panels.actions_of)
    register_panel("product.guides", product_panels.guides_of)
    register_panel("product.reviews", review_panels.on_product)
    register_panel("profile.reviews", review_panels.on_profile)
    register_panel("desk.member", review_brands.in_file)
    register_products()
    rail.add("steering", asking.RAIL, product_panels.RAIL, fields.RAIL, masks.RAIL)
    search.init_app(app)
    importers.init_app(app)
    commands.init_app(app)
    letterbox_commands.init_app(app)
    set_way_back(letterbox_letters.way_back)
    letterbox_jobs.look_into_mailbox()
    catalogue_commands.init_app(app)
    helpcentre_commands.init_app(app)
