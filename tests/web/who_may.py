"""Who may open which address: every rule of the application stands in one of these lists, by blueprint.

Read them as sentences: *managers open* … A new address that stands in none of them fails the matrix until somebody has said
who may. ``DESK`` is asked for reading and, of everybody who may not, for every act; ``READING`` for reading; ``ACTS`` are acts
outside the desk.
"""

from __future__ import annotations

TEAM = frozenset({"moderator", "agent", "manager", "admin"})
PART = frozenset({"limited", "elsewhere", "agency", "lead"})
"""Moderators of a part: of the category in question, of another, of an outside team, and who leads that team."""

CUSTOMERS = frozenset({"newcomer", "member", "trusted", "super", "mentor", "silenced", "suspended", "banned"})
NOTHING = frozenset({"nothing"})
"""A moderator of a part of whom nothing was granted."""

EVERYBODY = TEAM | PART | CUSTOMERS | NOTHING | {"anonymous"}
ROLES = {
    "ADMINS": frozenset({"admin"}),
    "MANAGERS": frozenset({"manager", "admin"}),
    "LEADS": frozenset({"manager", "admin", "lead"}),
    "OFFICIALS": frozenset({"agent", "manager", "admin"}),
    "MODERATORS": frozenset({"moderator", "manager", "admin"}),
    "REVIEWERS": frozenset({"moderator", "manager", "admin"}) | PART,
    "TEAM": TEAM,
    "DOOR": TEAM | PART,
    "EVERYBODY": EVERYBODY,
    "SIGNED_IN": EVERYBODY - {"anonymous"},
    "AWAY": EVERYBODY - {"anonymous"},
    "FREE": EVERYBODY - {"anonymous", "silenced", "suspended", "banned"},
    "EXPERTS": frozenset({"trusted", "super", "mentor"}),
    "EXPERTS_AND_TEAM": TEAM | {"trusted", "super", "mentor"},
    "LOUNGE": TEAM | {"super", "mentor"},
    "MENTORS": frozenset({"mentor"}),
    "ENTRUSTED": frozenset({"super", "mentor"}),
    "TESTERS": CUSTOMERS - {"suspended", "banned"},
    "PROGRAMS": frozenset(),
}
"""AWAY: visitors are sent elsewhere than to sign in. PROGRAMS: nobody without a key or a signature."""

DESK = {
    "ADMINS": """
  terms: desk_publish
  retention: end place
  legal_access: decide show
  outbox: index show
    """,
    "MANAGERS": """
  terms: desk desk_drop desk_edit desk_save
  filters: show switch try_out
  legal_access: ask fetch index
  retention: holds index
  asking: asks
  forecasts: figures
  audits: person team
  badges: activate campaign change define edit end give_by_name new switch
  brand_desk: register
  catalogue: index show upload
  delegation: change_team choose entrust found_team index member
  desk: add_word audit begin_storm change_setting end_storm policy remove_word rules settings
  discounts: bring create edit end find given index make new open pause revoke save show
  economics: index lines
  figures: index lines list_table table
  forecasts: apply begin index show
  dashboard: data index lines list_data list_table mail table
  calendars: change index new retire show take_in
  targets: change change_category index move new of_categories show switch
  experts: spread
  lexicon: again change index
  routing: add_rule change_rule change_team found new_rule rule team
  fields: add change index retire
  gifts: create decide edit index new orders parcels save turn
  legal_notices: distrust trust trusted
  letters: index save show
  masks: index save
  missions: activate define end index new show
  crm: file
  outside: again all_again change delivery index new remove renew show switch test
  points: adjust approve by_hand change end_trial refuse switch
  rank_desk: change decide_review end index nominate
  charter_votes: ask begin
  review: take_over
  second_factor: reset reset_now
  shop: deactivations export files index make retire
  transparency: desk file make_file publish
  trial_desk: answers change confirm create deliveries edit export hand_over index judge move new
    reports score selection shipping show
  worth: export index show
    """,
    "LEADS": """
  delegation: team
    """,
    "OFFICIALS": """
  entrusted: decide
  escalation: answer ask assign danger hand_back priority reach release resume take take_next wait
  routing: later presence reroute
  macros: change edit index new write
  handing: ask_in_private
  officials: confirm
  workbench: template
  guide_desk: confirm create edit index new pair part publish save versions withdraw
  private: begin end message_template template
    """,
    "MODERATORS": """
  abuse: clear confirm index show
  appeals: answer desk index take
  measures: confirm drop expel propose strike take_back
  desk: lift sanction
  flags: lift
  legal_notices: index
  hearing: index tone
  notes: add
  themes: follow index show table
  watches: change drop edit follow index make new pause show
  policies: why
    """,
    "TEAM": """
  badges: ask_back award honour honour_form index leave revoke take_back
  bulletins: add change edit end index
  escalation: board escalate note show unanswered
  experts: ask_one for_question
  targets: clock
  routing: index
  officials: index
  workbench: here
  gifts: thank thank_now
  helpcentre: index
  incidents: add again announce declare desk drop index monitor news place resolve
  notes: withdraw
  outbreaks: confirm dismiss show watch
  points: index
  searches: export index
  synonyms: add change index remove
  tidy: batch do many merge_topic name preview rename topic topics undo unmerge_topic unname
    """,
    "REVIEWERS": """
  duty: acknowledge change hand_over handover
  desk: member members
  audits: mine
  pauses: go_on put_aside
  bulk: begin cancel confirm decide_ticked index preview show undo
  profile_reports: index
  reported: index
  pictures: hide show
  review: claim decide escalate heartbeat history item later note open_post queue
    release take_next undo
    """,
    "DOOR": """
  duty: new_feed plan
  desk: index
    """,
}

READING = {
    "EVERYBODY": """
  calling: ask
  terms: data terms version
  duty: feed
  : app_css brand_css front_door healthz
  categories: index show
  decisions: show
  embed: product
  experts: slip
  feeds: of_category of_list of_question
  files: download
  flags: flag how
  guides: index show
  home: show
  images: show
  incidents: feed show status
  leaderboards: show
  legal_notices: confirm new sent track
  members: directory experts show
  named: by_name
  notifications: unsubscribe
  pages: accessibility charter help privacy
  products: find index show
  profile_reports: new
  questions: ask comments helped_page history index me_too_page printable sent show similar slip
    suggestion suggestion_of
  rank_desk: mandate
  reviews: about edit feed history index show write
  rewards: badge badges centre guide ranks
  robots: robots_txt
  search: show
  settings: goodbye index
  short: answer
  signin: confirm enter forgot move reset sent sign_in sign_up
  singlesignon: ask begin connect failed
  singlesignon_back: arrive back finish metadata
  sitemaps: index of_questions pages
  transparency: download index show
  trials: draw draw_file index show
  webapp: manifest offline share
  worker: icon script
    """,
    "SIGNED_IN": """
  appeals: mine
  charter_votes: show
  conduct: mine
  terms: change
  digests: show
  experts: wishes
  flags: mine
  follows: show
  guide_proposals: index show
  helping: show
  mentoring: index show
  messages: index show
  mine: show
  notifications: index
  policies: mine
  private: offer
  satisfaction: ask
  products: devices
  questions: follow_page hints invitations kudos_page mask suggestions
  second_factor: code
  settings: account alerts data fetch_archive display leaving passkeys profile push second_factor second_factor_square
    welcome
  singlesignon: begin_connecting
  trials: application
    """,
    "AWAY": """
  gifts: mine show
  rewards: coupons statement statement_file
  worth: mine mine_as_table
    """,
    "FREE": """
  questions: people
    """,
    "EXPERTS": """
  looks: index look newcomers
  guide_proposals: new
  questions: suggest
    """,
    "EXPERTS_AND_TEAM": """
  questions: covered details edit invite_page order
    """,
    "LOUNGE": """
  lounge: index show
    """,
    "MENTORS": """
  looks: waiting
    """,
    "ENTRUSTED": """
  entrusted: show
    """,
    "TESTERS": """
  trials: address report
    """,
    "PROGRAMS": """
  shop_api: code
  outdesk_api: show
  crm_api: activity
    """,
}

ACTS = {
    "PROGRAMS": """
  catalogue_api: put_article put_product retire_product withdraw_article
  outdesk_api: say
    """,
    "WRITERS": """
  calling: call
  looks: decide greet say undo
  catalogue_api: post_articles post_products post_purchases
  entrusted: draft hand_over hide
  gifts: exchange
  guide_proposals: create
  lounge: begin remove reply
  mentoring: accept ask offer take
  questions: answer close comment invite kudos lift_mask link_duplicate lock look_behind me_too
    merge move object point_out publish reopen retitle save_details save_edit save_suggestion solved
    split unaccept unsolved upload withdraw withdraw_suggestion withhold
  rewards: claim replace
  settings: save_profile save_welcome
  shop_api: cancelled redeemed
    """,
    "UNSUSPENDED": """
  incidents: follow reply unfollow
  incidents: follow unfollow
  satisfaction: say
  products: change remove
  trials: decline excuse extend send_report withdraw
    """,
    "OWN": """
  conduct: read
  crm: choose
  terms: accept
  ask_by_mail: new_address
  bulletins: put_away
  experts: decline keep_wishes unmute
  guide_proposals: decide
  leaderboards: choose
  mentoring: decline end
  messages: block choose clear read report write
  mine: discard unfollow
  notifications: mark_read
  private: answer
  products: add
  questions: answering decline_invitation draft follow mark_read want_invitations
  rank_desk: decline hand_back sign
  rewards: finish_guide
  settings: ask_for_archive add_passkey begin_passkey begin_second_factor change_email change_password
    confirm_second_factor end_other_sessions end_session forget_second_factor leave push_off push_on
    push_test remove_passkey renew_recovery_codes save_alerts save_display switch_second_factor_off
  singlesignon: connect_now disconnect
  toasts: choose
  trials: apply give_address
    """,
    "SAY_SO_THEMSELVES": """
  briefs: say
  conduct: mend
  decisions: appeal
  experts: send_slip
  charter_votes: cast
  flags: send_flag withdraw_flag
  follows: change
  gifts: address
  guides: helped
  legal_notices: confirm_now contest send
  letterbox: inlet
  notifications: unsubscribe_now
  passkeys: enter
  profile_reports: send withdraw
  questions: accept also_solved approve confirm_hint decline_hint endorse helped preview private
    propose reject reply_kind revert send_slip suggested undo_order withdraw_hint
  reviews: reply save send useful withdraw
  rewards: reveal
  searches: opened solved
  second_factor: code_now
  singlesignon: use_ticket
  singlesignon_back: acs
  trial_api: deliveries
    """,
}
"""WRITERS: refused to visitors, and while one is silenced or suspended. UNSUSPENDED: to visitors and suspended members. OWN:
to visitors only. SAY_SO_THEMSELVES: the form or the token decides, or the object; the tests of the subject say who."""


def read(lists: dict[str, str]) -> dict[str, str]:
    """The list each endpoint stands in."""
    found: dict[str, str] = {}
    for name, text in lists.items():
        blueprint = ""
        for word in text.split():
            if word.endswith(":"):
                blueprint = word
                continue
            found[f"{blueprint}{word}".replace(":", ".").lstrip(".")] = name
    return found
