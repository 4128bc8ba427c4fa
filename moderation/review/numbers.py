"""The numbers of the review queue and its filters as settings, read into the shapes the rules take."""

from __future__ import annotations

from common import settings
from common.errors import Invalid
from common.i18n import _
from moderation.flags.rules import FlagNumbers, MisuseNumbers
from moderation.review.rules import DEFAULT_SLA_MINUTES, ItemType, LeaseNumbers
from moderation.screening.chain import ScreenNumbers
from moderation.screening.links import SHORTENERS
from moderation.screening.patterns import is_bounded
from moderation.screening.policy_rules import PolicyNumbers

_define = settings.define
MOST_PATTERNS = 20

_define(
    "moderation.trusted_rank",
    2,
    low=0,
    high=6,
    help=_("Lowest rank that is published without a review in categories under trust."),
)
_define(
    "moderation.sampled_rank",
    3,
    low=0,
    high=6,
    help=_("From this rank on only the smaller sample is looked at."),
)
_define("moderation.bypass_rank", 4, low=0, high=7, help=_("From this rank on nothing is sampled or queued."))
_define(
    "moderation.sample_new",
    30,
    unit="%",
    low=0,
    high=100,
    help=_("Share of published texts of rank 2 that are looked at afterwards."),
)
_define(
    "moderation.sample_known",
    5,
    unit="%",
    low=0,
    high=100,
    help=_("Share of published texts of rank 3 that are looked at afterwards."),
)
_define(
    "moderation.watch_rejections",
    3,
    low=1,
    high=100,
    help=_("After so many refusals in 30 days everything of an author is read first."),
)
_define(
    "moderation.sla_p0_minutes",
    DEFAULT_SLA_MINUTES[0],
    unit=_("minutes"),
    low=1,
    high=10080,
    help=_("Time to decide on danger and illegal content."),
)
_define(
    "moderation.sla_p1_minutes",
    DEFAULT_SLA_MINUTES[1],
    unit=_("minutes"),
    low=1,
    high=10080,
    help=_("Time to decide on what reports have hidden."),
)
_define(
    "moderation.sla_p2_minutes",
    DEFAULT_SLA_MINUTES[2],
    unit=_("minutes"),
    low=1,
    high=10080,
    help=_("Time to decide on texts held before publication."),
)
_define(
    "moderation.sla_p3_minutes",
    DEFAULT_SLA_MINUTES[3],
    unit=_("minutes"),
    low=1,
    high=10080,
    help=_("Time to decide on reports under the threshold."),
)
_define(
    "moderation.sla_p4_minutes",
    DEFAULT_SLA_MINUTES[4],
    unit=_("minutes"),
    low=1,
    high=40320,
    help=_("Time to answer an appeal."),
)
_define(
    "moderation.sla_p5_minutes",
    DEFAULT_SLA_MINUTES[5],
    unit=_("minutes"),
    low=1,
    high=40320,
    help=_("Time to look at samples."),
)
_define(
    "moderation.lease_seconds",
    180,
    unit=_("seconds"),
    low=30,
    high=3600,
    help=_("How long an item is reserved for the moderator who opened it."),
)
_define(
    "moderation.lease_longest_seconds",
    900,
    unit=_("seconds"),
    low=60,
    high=7200,
    help=_("Longest reservation, however often it is renewed."),
)
_define(
    "moderation.lease_ahead",
    5,
    low=1,
    high=20,
    help=_("How many items a moderator has in hand: the one on screen, and the next ones held ready."),
)
_define(
    "moderation.skip_minutes",
    30,
    unit=_("minutes"),
    low=1,
    high=1440,
    help=_("How long a skipped item is not shown to the same moderator."),
)
_define(
    "moderation.skips_to_senior", 3, low=1, high=20, help=_("After so many skips an item goes to managers.")
)
_define(
    "moderation.undo_seconds",
    15,
    unit=_("seconds"),
    low=0,
    high=300,
    help=_("How long a decision can be undone."),
)
_define(
    "moderation.tell_seconds",
    30,
    unit=_("seconds"),
    low=0,
    high=600,
    help=_("How long the message about a decision waits, so that an undo leaves no trace."),
)
_define(
    "moderation.flag_hide_score",
    8.0,
    low=0.5,
    high=100,
    help=_("Weight of reports from which a post is hidden until somebody decides."),
)
_define(
    "moderation.flag_hide_clusters",
    3,
    low=1,
    high=20,
    help=_("How many independent groups of members must have reported."),
)
_define(
    "moderation.flag_rank",
    1,
    low=0,
    high=6,
    help=_(
        "Rank from which a member may report for any reason; danger, law and personal data are open to all."
    ),
)
_define("moderation.flags_a_day", 20, low=1, high=1000, help=_("Reports a member may send in a day."))
_define(
    "moderation.flag_trusted_factor", 1.5, low=1, high=10,
    help=_("How much more weight hides a text of an author of rank 3 and above."),
)  # fmt: skip
_define(
    "moderation.flag_rest_share", 25, unit="%", low=0, high=100,
    help=_("What further reports of people who belong together add to the heaviest one."),
)  # fmt: skip
_define(
    "moderation.flag_same_targets", 60, unit="%", low=10, high=100,
    help=_("Share of the same reported texts in 90 days from which two reporters belong together."),
)  # fmt: skip
_define(
    "moderation.flag_fast_reviewed", 10, low=1, high=1000,
    help=_("Decided reports from which one experienced member can hide a newcomer’s advertising, private data or illegal text alone."),
)  # fmt: skip
_define(
    "moderation.flag_fast_accuracy", 80, unit="%", low=50, high=100,
    help=_("How often those reports must have been right."),
)  # fmt: skip
_define(
    "moderation.raid_reports",
    5,
    low=2,
    high=100,
    help=_("Reports of a text within minutes that may be a raid."),
)
_define(
    "moderation.raid_minutes", 10, unit=_("minutes"), low=1, high=1440, help=_("Within how many minutes.")
)  # fmt: skip
_define(
    "moderation.raid_strangers", 60, unit="%", low=10, high=100,
    help=_("Share of reporters who are never here, or come from one other site, that makes it a raid."),
)  # fmt: skip
_define(
    "moderation.usual_referrers", ["google.com", "google.fr", "bing.com", "duckduckgo.com", "ecosia.org", "qwant.com", "yahoo.com"],
    help=_("Sites, like search engines, from which reporters may come together without being a raid."),
)  # fmt: skip
_define(
    "moderation.misuse_reviewed", 10, low=1, high=1000,
    help=_("Decided reports of a member from which their accuracy can lead to a warning."),
)  # fmt: skip
_define(
    "moderation.misuse_days", 60, unit=_("days"), low=1, high=365, help=_("How far back those reports are counted.")
)  # fmt: skip
_define(
    "moderation.misuse_share", 30, unit="%", low=0, high=100,
    help=_("A member whose reports are right less often than this is warned."),
)  # fmt: skip
_define(
    "moderation.misuse_again_days", 90, unit=_("days"), low=1, high=730,
    help=_("How long a warning holds: whoever goes on meanwhile is not counted for some time."),
)  # fmt: skip
_define(
    "moderation.misuse_muted_days", 30, unit=_("days"), low=1, high=365,
    help=_("How long the reports of such a member weigh nothing."),
)  # fmt: skip
_define(
    "moderation.images_rank", 1, low=-1, high=6,
    help=_("Up to this rank a text with a new picture is read first; −1: never."),
)  # fmt: skip
_define(
    "moderation.storm_hours", 72, unit=_("hours"), low=1, high=72,
    help=_("Longest time a category can be read first in a busy time."),
)  # fmt: skip
_define(
    "moderation.links_rank_0",
    2,
    low=0,
    high=50,
    help=_("Links a newcomer may post before the text is read first."),
)
_define(
    "moderation.links_rank_1",
    5,
    low=0,
    high=50,
    help=_("Links a member of rank 1 may post before the text is read first."),
)
_define(
    "moderation.typing_seconds",
    3.0,
    unit=_("seconds"),
    low=0,
    high=60,
    help=_("A first text written faster than this is read first."),
)
_define("moderation.shorteners", sorted(SHORTENERS), help=_("Services that hide where a link leads."))
_define(
    "moderation.own_domains",
    ["brevane.example"],
    help=_("The brand’s own domains: their links and addresses are always allowed."),
)
_define(
    "moderation.order_patterns",
    [r"\bBRV-\d{4}-\d{4,6}\b"],
    help=_("Regular expressions of the brand’s order and case numbers, which are masked."),
)
_define(
    "moderation.appeal_months",
    6,
    unit=_("months"),
    low=6,
    high=24,
    help=_("How long a decision can be appealed."),
)
_define(
    "moderation.contact_e_mail",
    "contact@brevane.example",
    help=_("The contact point named in statements of reasons."),
)


_define(
    "moderation.review_hours", 24, unit=_("hours"), low=1, high=24,
    help=_("Longest time a product review waits for its decision, whatever its rating."),
)  # fmt: skip


def policy_numbers() -> PolicyNumbers:
    """Numbers of the publication policies."""
    get = settings.get
    return PolicyNumbers(
        trusted_rank=get("moderation.trusted_rank"),
        sampled_rank=get("moderation.sampled_rank"),
        bypass_rank=get("moderation.bypass_rank"),
        share_new=get("moderation.sample_new") / 100,
        share_known=get("moderation.sample_known") / 100,
    )


def screen_numbers() -> ScreenNumbers:
    """Numbers of the filters."""
    links = (settings.get("moderation.links_rank_0"), settings.get("moderation.links_rank_1"))
    return ScreenNumbers(
        links_by_rank=links,
        typing_seconds=settings.get("moderation.typing_seconds"),
        host_times=settings.get("moderation.host_times"),
        copy_authors=settings.get("moderation.copy_authors"),
        newcomer_mentions=settings.get("forum.mentions_per_post_newcomer"),
    )


def sla_minutes(kind: ItemType | None = None) -> dict[int, int]:
    """Minutes until an item is due, by class; a product review never waits longer than its absolute time."""
    most = 60 * settings.get("moderation.review_hours") if kind == ItemType.REVIEW else None
    minutes = {klass: settings.get(f"moderation.sla_p{klass}_minutes") for klass in DEFAULT_SLA_MINUTES}
    return {klass: min(time, most or time) for klass, time in minutes.items()}


def lease_numbers() -> LeaseNumbers:
    """Numbers of leases, skips and undo."""
    get = settings.get
    return LeaseNumbers(
        seconds=get("moderation.lease_seconds"),
        longest_seconds=get("moderation.lease_longest_seconds"),
        skip_minutes=get("moderation.skip_minutes"),
        skips_to_senior=get("moderation.skips_to_senior"),
        undo_seconds=get("moderation.undo_seconds"),
        tell_seconds=get("moderation.tell_seconds"),
        ahead=get("moderation.lease_ahead"),
    )


def flag_numbers() -> FlagNumbers:
    """Numbers of hiding by reports."""
    return FlagNumbers(
        hide_score=settings.get("moderation.flag_hide_score"),
        hide_clusters=settings.get("moderation.flag_hide_clusters"),
        trusted_author_factor=settings.get("moderation.flag_trusted_factor"),
        rest_share=settings.get("moderation.flag_rest_share") / 100,
        same_targets=settings.get("moderation.flag_same_targets") / 100,
        brigade_count=settings.get("moderation.raid_reports"),
        brigade_minutes=settings.get("moderation.raid_minutes"),
        brigade_strangers=settings.get("moderation.raid_strangers") / 100,
        fast_reviewed=settings.get("moderation.flag_fast_reviewed"),
        fast_accuracy=settings.get("moderation.flag_fast_accuracy") / 100,
    )


def misuse_numbers() -> MisuseNumbers:
    """Numbers of the ladder for reports without reason."""
    return MisuseNumbers(
        reviewed=settings.get("moderation.misuse_reviewed"),
        days=settings.get("moderation.misuse_days"),
        share=settings.get("moderation.misuse_share") / 100,
        again_days=settings.get("moderation.misuse_again_days"),
        muted_days=settings.get("moderation.misuse_muted_days"),
    )


def order_patterns() -> tuple[str, ...]:
    """The brand's patterns that compile and are bounded; another is passed over (the settings page refuses it)."""
    return tuple(pattern for pattern in settings.get("moderation.order_patterns") if is_bounded(pattern))


def checked_patterns(patterns: list[str]) -> list[str]:
    """The patterns, all of which compile and stay cheap on any text. Raises :class:`Invalid`."""
    for pattern in patterns:
        if not is_bounded(pattern):
            said = _(
                "“%(pattern)s” cannot be used: it is no regular expression, or it could match without an end. Write \\d{6,10} rather than \\d+.",
                pattern=pattern[:80],
            )
            raise Invalid(fields={"moderation.order_patterns": said, "value": said})
    if len(patterns) > MOST_PATTERNS:
        raise Invalid(
            fields={"moderation.order_patterns": _("Please keep to %(count)s patterns.", count=MOST_PATTERNS)}
        )
    return patterns
