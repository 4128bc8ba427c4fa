"""notices of illegal content about profiles; what is taken away of one has its own row, whoever drew attention to it

Revision ID: 0108
Revises: 0107

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

ABOUT_ONE = "ck_legal_notices_about_one"
FIRST = "SELECT MIN(r.id) FROM profile_report r WHERE r.item_id = t.item_id"


def upgrade():
    op.create_table(
        "profile_taking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_profile_taking_member_id_member"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_profile_taking_item_id_review_item"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_profile_taking_statement_id_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_profile_taking"),
        sa.UniqueConstraint("item_id", name="uq_profile_taking_item_id"),
    )
    for column in ("member_id", "statement_id"):
        op.create_index(f"ix_profile_taking_{column}", "profile_taking", [column])
    op.execute(
        "INSERT INTO profile_taking (member_id, item_id, statement_id, taken, taken_at) "
        "SELECT member_id, item_id, statement_id, taken, decided_at FROM profile_report "
        "WHERE statement_id IS NOT NULL AND decided_at IS NOT NULL"
    )
    op.drop_index("ix_profile_report_statement_id", "profile_report")
    with op.batch_alter_table("profile_report") as batch:
        batch.drop_constraint("fk_profile_report_statement_id_statement", type_="foreignkey")
        batch.drop_column("statement_id")
        batch.drop_column("taken")
    with op.batch_alter_table("legal_notices") as batch:
        batch.alter_column("post_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("post_version", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("profile_id", sa.Integer()))
        batch.create_foreign_key(op.f("fk_legal_notices_profile_id_member"), "member", ["profile_id"], ["id"])
        batch.create_check_constraint(op.f(ABOUT_ONE), sa.text("(post_id is null) != (profile_id is null)"))
    op.create_index("ix_legal_notices_profile_id", "legal_notices", ["profile_id"])


def downgrade():
    """Notices about profiles go: the former schema cannot say what they are about. What was taken away without a report of a
    member cannot be given back any more."""
    op.execute("DELETE FROM legal_notices WHERE profile_id IS NOT NULL")
    op.drop_index("ix_legal_notices_profile_id", "legal_notices")
    with op.batch_alter_table("legal_notices") as batch:
        batch.drop_constraint(op.f(ABOUT_ONE), type_="check")
        batch.drop_constraint(op.f("fk_legal_notices_profile_id_member"), type_="foreignkey")
        batch.drop_column("profile_id")
        batch.alter_column("post_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("post_version", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("profile_report") as batch:
        batch.add_column(sa.Column("statement_id", sa.Integer()))
        batch.add_column(sa.Column("taken", sa.JSON(), nullable=False, server_default="{}"))
        batch.create_foreign_key("fk_profile_report_statement_id_statement", "statement", ["statement_id"], ["id"])
    with op.batch_alter_table("profile_report") as batch:
        batch.alter_column("taken", existing_type=sa.JSON(), server_default=None)
    op.create_index("ix_profile_report_statement_id", "profile_report", ["statement_id"])
    for column in ("statement_id", "taken"):
        found = f"SELECT t.{column} FROM profile_taking t WHERE profile_report.id = ({FIRST})"
        op.execute(f"UPDATE profile_report SET {column} = ({found}) WHERE id IN (SELECT ({FIRST}) FROM profile_taking t)")
    op.drop_table("profile_taking")
