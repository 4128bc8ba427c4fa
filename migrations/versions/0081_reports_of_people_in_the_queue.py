"""reported profiles and private messages wait in the review queue; held reviews and pictures have types of their own

Revision ID: 0081
Revises: 0080
Create Date: 2026-11-23 09:50:00

"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

HOURS = {"profile": (5, 24), "message": (3, 4)}
PROFILES = (
    "SELECT member_id, member_id, NULL, MIN(created_at) FROM profile_report WHERE active_key IS NOT NULL GROUP BY member_id"
)
MESSAGES = (
    "SELECT r.id, m.author_id, r.reporter_id, r.created_at FROM message_report r JOIN message m ON m.id = r.message_id "
    "WHERE r.decided_at IS NULL"
)
WAITS = "open_key IS NOT NULL AND kind = 'post'"
NEW = "kind IN ('profile', 'message')"


def upgrade():
    with op.batch_alter_table("profile_report") as batch:
        batch.add_column(sa.Column("item_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_profile_report_item_id_review_item"), "review_item", ["item_id"], ["id"]
        )
    op.create_index(op.f("ix_profile_report_item_id"), "profile_report", ["item_id"])
    reviews = "SELECT id FROM post WHERE kind IN ('review', 'review_reply')"
    op.execute(f"UPDATE review_item SET kind = 'review' WHERE {WAITS} AND post_id IN ({reviews})")
    op.execute(
        f"UPDATE review_item SET kind = 'image' WHERE {WAITS} AND CAST(signals AS TEXT) LIKE '%\"images\"%'"
    )
    _open("profile", PROFILES)
    _open("message", MESSAGES)


def downgrade():
    """What was decided keeps its item, as one of the types that were known before."""
    waiting = f"SELECT id FROM review_item WHERE {NEW} AND open_key IS NOT NULL"
    for table in ("review_note", "review_skip"):
        op.execute(f"DELETE FROM {table} WHERE item_id IN ({waiting})")
    op.execute(f"DELETE FROM review_item WHERE {NEW} AND open_key IS NOT NULL")
    op.execute("UPDATE review_item SET kind = 'post' WHERE kind IN ('review', 'image')")
    op.execute(f"UPDATE review_item SET kind = 'flag_case' WHERE {NEW}")
    op.drop_index(op.f("ix_profile_report_item_id"), "profile_report")
    with op.batch_alter_table("profile_report") as batch:
        batch.drop_constraint(op.f("fk_profile_report_item_id_review_item"), type_="foreignkey")
        batch.drop_column("item_id")


def _open(kind, waiting):
    """What waits on the pages of before is an item, as old as its first report."""
    klass, hours = HOURS[kind]
    moments = ("created_at", "due_at", "aged_at")
    others = (
        "kind", "target_id", "target_version", "open_key", "author_id", "excluded_id", "class", "state", "score", "language",
        "skip_count", "needs_senior",
    )  # fmt: skip
    columns = [sa.column(name, UTCDateTime()) for name in moments] + [sa.column(name) for name in others]
    items = sa.table("review_item", sa.column("signals", sa.JSON()), *columns)
    for target_id, author_id, excluded_id, found in op.get_bind().execute(sa.text(waiting)).fetchall():
        since = datetime.fromisoformat(found) if isinstance(found, str) else found
        since = since if since.tzinfo else since.replace(tzinfo=UTC)
        time = timedelta(hours=hours)
        op.get_bind().execute(
            items.insert().values(
                {
                    "kind": kind, "target_id": target_id, "target_version": 1, "open_key": f"{kind}:{target_id}",
                    "author_id": author_id, "excluded_id": excluded_id, "class": klass, "state": "open", "score": 0.0,
                    "language": "fr", "created_at": since, "due_at": since + time, "aged_at": since + time * 0.75,
                    "skip_count": 0, "needs_senior": False, "signals": ["flagged"],
                }
            )
        )  # fmt: skip
