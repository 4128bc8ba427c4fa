"""alerts as each member likes: the digest beside the mails, the hours of the night, the time zone

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 13:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PACES = ("now", "hourly", "daily", "off")
PACES_BEFORE = ("now", "hourly", "digest", "weekly", "off")


def upgrade():
    _rebuild(
        PACES,
        [sa.Column("digest", sa.Boolean(), nullable=False)],
        "member_id, event, on_site, CASE mail WHEN 'digest' THEN 'daily' WHEN 'weekly' THEN 'off' ELSE mail END, "
        "mail <> 'off'",
    )
    op.create_table(
        "alert_choice",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("digest", _known("rhythm_known", "daily", "weekly", "never"), nullable=False),
        sa.CheckConstraint(
            "quiet_from between 12 and 21 and quiet_to between 8 and 12",
            name=op.f("ck_alert_choice_night_long_enough"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_alert_choice_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_alert_choice")),
    )


def downgrade():
    op.drop_table("alert_choice")
    _rebuild(
        PACES_BEFORE, [], "member_id, event, on_site, CASE mail WHEN 'daily' THEN 'digest' ELSE mail END"
    )


def _rebuild(paces, more, columns):
    """Write the table of preferences anew: its list of paces is a check that cannot be changed in place."""
    op.execute(f"CREATE TABLE kept_preference AS SELECT {columns} FROM notification_preference")
    op.drop_table("notification_preference")
    op.create_table(
        "notification_preference",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("mail", _known("mail_known", *paces), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_notification_preference_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "event", name=op.f("pk_notification_preference")),
    )
    op.execute("INSERT INTO notification_preference SELECT * FROM kept_preference")
    op.drop_table("kept_preference")


def _known(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
