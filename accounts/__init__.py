"""Accounts: members, signing in, roles, settings of one's own, and what members are told.

Public face: ``accounts.members.queries.cards`` (who is who), ``accounts.members.importing`` and
``accounts.signin.joining.open_account`` (accounts opened by imports and the command line),
``accounts.members.roles.give_role``, ``accounts.signin.sessions.end_all`` (after a suspension),
``accounts.closing.erasing`` (what becomes of a member's rows), ``accounts.notifications.telling`` and ``accounts.notifications.kinds``; the facts are in ``events``.
"""

from __future__ import annotations

from flask import Flask

from accounts import handlers, visits
from accounts import takeaway as _takeaway  # noqa: F401 - its part of archives
from accounts.apikeys import commands as key_commands
from accounts.apikeys import models as _apikeys  # noqa: F401 - tables
from accounts.archives import jobs as _archive_jobs  # noqa: F401 - periodic work
from accounts.archives import kinds as archive_kinds
from accounts.archives import models as _archives  # noqa: F401 - tables
from accounts.archives import routes as _archive_pages  # noqa: F401 - addresses
from accounts.closing import jobs as _closing_jobs  # noqa: F401 - periodic work
from accounts.closing import letters as _closing_letters  # noqa: F401 - renderers
from accounts.closing import routes as _closing  # noqa: F401 - addresses
from accounts.digests import commands as digest_commands
from accounts.digests import jobs as _digest_jobs  # noqa: F401 - periodic work
from accounts.digests import letters as _digest_letters  # noqa: F401 - renderers
from accounts.digests import models as _digests  # noqa: F401 - tables
from accounts.digests import routes as digests
from accounts.identity import retention as _identity_rules  # noqa: F401 - its rules
from accounts.identity import routes as legal_access
from accounts.identity import telling as _legal_access_news
from accounts.letters import models as _letter_texts  # noqa: F401 - tables
from accounts.letters import routes as letters
from accounts.letters.editing import edited
from accounts.masks import models as _masks  # noqa: F401 - tables
from accounts.members import commands
from accounts.members import models as _members  # noqa: F401 - tables
from accounts.messages import kinds as message_kinds
from accounts.messages import models as _messages  # noqa: F401 - tables
from accounts.messages import routes as messages
from accounts.notifications import channels
from accounts.notifications import jobs as _news_jobs  # noqa: F401 - periodic work
from accounts.notifications import letters as _news_letters  # noqa: F401 - renderers
from accounts.notifications import models as _notifications  # noqa: F401 - tables
from accounts.notifications import routes as notifications
from accounts.outbox import routes as outbox
from accounts.passkeys import letters as _passkey_letters  # noqa: F401 - renderers
from accounts.passkeys import models as _passkeys  # noqa: F401 - tables
from accounts.passkeys import routes as passkeys
from accounts.passkeys.panels import way_in
from accounts.push import commands as push_commands
from accounts.push import models as _push  # noqa: F401 - tables
from accounts.push import routes as push
from accounts.push.sending import CHANNEL
from accounts.retention import commands as retention_commands
from accounts.retention import jobs as _retention_jobs  # noqa: F401 - periodic work
from accounts.retention import models as _retention  # noqa: F401 - tables
from accounts.retention import own as _own_retention  # noqa: F401 - its rules
from accounts.retention import routes as retention
from accounts.secondfactor import letters as _factor_letters  # noqa: F401 - renderers
from accounts.secondfactor import models as _factors  # noqa: F401 - tables
from accounts.secondfactor import routes as second_factor
from accounts.settings import routes as settings
from accounts.signin import jobs as _jobs  # noqa: F401 - periodic work
from accounts.signin import letters as _letters  # noqa: F401 - renderers
from accounts.signin import models as _signin  # noqa: F401 - tables
from accounts.signin import routes as signin
from accounts.singlesignon import jobs as _singlesignon_jobs  # noqa: F401 - periodic work
from accounts.singlesignon import models as _singlesignon  # noqa: F401 - tables
from accounts.singlesignon import panels as singlesignon_panels
from accounts.singlesignon import providers
from accounts.singlesignon import routes as singlesignon
from accounts.visits.panels import header_tools
from common import mail, rail
from common.web import register_panel


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    providers.all_providers()  # a mistake in the configuration stops the start and says where
    visits.init_app(app)
    for blueprint in (
        signin.bp,
        settings.bp,
        notifications.bp,
        digests.bp,
        messages.bp,
        outbox.bp,
        letters.bp,
        singlesignon.bp,
        singlesignon.returns,
        second_factor.bp,
        passkeys.bp,
        retention.bp,
        legal_access.bp,
    ):
        app.register_blueprint(blueprint)
    handlers.subscribe_all()
    message_kinds.register_all()
    _legal_access_news.register_kinds()
    archive_kinds.register_all()
    register_panel("header.tools", header_tools)
    register_panel("profile.actions", messages.profile_action)
    rail.add("steering", letters.RAIL, retention.RAIL)
    mail.set_edits(edited)
    rail.add("end", outbox.RAIL)
    register_panel("signin.ways", singlesignon_panels.ways_in)
    register_panel("passkey.way", way_in)
    register_panel("settings.account", singlesignon_panels.own_connections)
    register_panel("desk.member", singlesignon_panels.for_the_team)
    register_panel("alerts.more", digests.link_to_preview)
    commands.init_app(app)
    push_commands.init_app(app)
    channels.register(CHANNEL)
    register_panel("alerts.ways", push.alerts_link)
    register_panel("desk.member.aside", second_factor.in_file)
    app.before_request(second_factor.guard_desk)
    key_commands.init_app(app)
    digest_commands.init_app(app)
    retention_commands.init_app(app)
