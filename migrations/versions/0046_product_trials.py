"""product trials: campaigns, stock, participations, addresses, reports, drafts; a cause of points

Revision ID: 0046
Revises: 0045
Create Date: 2026-11-22 23:30:00

"""
import re

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime, append_only_ddl

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

CAMPAIGN = (
    "draft", "open", "selecting", "shipping", "reporting", "closing", "closed", "cancelled", "suspended",
)  # fmt: skip
PART = (
    "applied", "withdrawn", "rejected", "waitlisted", "selected", "address_pending", "ready", "shipped", "delivered",
    "report_due", "reported", "accepted", "declined", "address_timeout", "undelivered", "defective", "overdue", "excused",
    "defaulted",
)  # fmt: skip
MOVES = (
    "withdraw", "reject", "waitlist", "select", "ask_address", "give_address", "miss_address", "decline", "ship", "lose",
    "deliver", "break", "ask_report", "report", "ask_more", "accept", "fall_due", "excuse", "default",
)  # fmt: skip
CAUSE = "trial-report"


def _known(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade():
    op.create_table('trial',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('state', _known('campaign_known', CAMPAIGN), nullable=False),
    sa.Column('title_fr', sa.String(length=100), nullable=False),
    sa.Column('title_en', sa.String(length=100), nullable=False),
    sa.Column('summary_fr', sa.String(length=600), nullable=False),
    sa.Column('summary_en', sa.String(length=600), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('equipment_id', sa.Integer(), nullable=True),
    sa.Column('equipment_fr', sa.String(length=200), nullable=False),
    sa.Column('equipment_en', sa.String(length=200), nullable=False),
    sa.Column('value_minor', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('is_kept', sa.Boolean(), nullable=False),
    sa.Column('needs_phone', sa.Boolean(), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.Column('min_rank', sa.Integer(), nullable=False),
    sa.Column('countries', sa.JSON(), nullable=False),
    sa.Column('method', _known('method_known', ('merit', 'lottery', 'weighted', 'mixed',)), nullable=False),
    sa.Column('merit_percent', sa.Integer(), nullable=False),
    sa.Column('newcomers_percent', sa.Integer(), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('legal_fr', sa.Text(), nullable=False),
    sa.Column('legal_en', sa.Text(), nullable=False),
    sa.Column('rules_hash', sa.String(length=64), nullable=False),
    sa.Column('budget_owner_id', sa.Integer(), nullable=True),
    sa.Column('question_id', sa.Integer(), nullable=True),
    sa.Column('questions_day_at', UTCDateTime(), nullable=True),
    sa.Column('ends_at', UTCDateTime(), nullable=True),
    sa.Column('answer_at', UTCDateTime(), nullable=True),
    sa.Column('seed_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('list_hash', sa.String(length=64), nullable=False),
    sa.Column('frozen', sa.JSON(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('published_at', UTCDateTime(), nullable=True),
    sa.Column('frozen_at', UTCDateTime(), nullable=True),
    sa.Column('selected_at', UTCDateTime(), nullable=True),
    sa.Column('ended_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint('stock >= 0 AND stock <= 100000', name='ck_trial_stock_range'),
    sa.CheckConstraint('value_minor >= 0', name='ck_trial_value_positive'),
    sa.ForeignKeyConstraint(['budget_owner_id'], ['member.id'], name='fk_trial_budget_owner_id_member'),
    sa.ForeignKeyConstraint(['created_by_id'], ['member.id'], name='fk_trial_created_by_id_member'),
    sa.ForeignKeyConstraint(['equipment_id'], ['product.id'], name='fk_trial_equipment_id_product'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name='fk_trial_product_id_product'),
    sa.ForeignKeyConstraint(['question_id'], ['post.id'], name='fk_trial_question_id_post'),
    sa.PrimaryKeyConstraint('id', name='pk_trial')
    )
    op.create_index('ix_trial_product_id', 'trial', ['product_id'])
    op.create_index('ix_trial_recent', 'trial', ['created_at', 'id'])
    op.create_index('ix_trial_state', 'trial', ['state', 'ends_at'])

    op.create_table('trial_application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('state', _known('part_known', PART), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('adult', sa.Boolean(), nullable=False),
    sa.Column('equipment', sa.Boolean(), nullable=False),
    sa.Column('outside', sa.Boolean(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('postcode_prefix', sa.String(length=2), nullable=False),
    sa.Column('consent_hash', sa.String(length=64), nullable=False),
    sa.Column('answer_score', sa.Integer(), nullable=True),
    sa.Column('merit', sa.JSON(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('lot', _known('lot_known', ('merit', 'lottery', 'newcomer',)), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('failing', sa.JSON(), nullable=False),
    sa.Column('carrier_ref', sa.String(length=80), nullable=False),
    sa.Column('applied_at', UTCDateTime(), nullable=False),
    sa.Column('updated_at', UTCDateTime(), nullable=False),
    sa.Column('selected_at', UTCDateTime(), nullable=True),
    sa.Column('address_due_at', UTCDateTime(), nullable=True),
    sa.Column('shipped_at', UTCDateTime(), nullable=True),
    sa.Column('delivered_at', UTCDateTime(), nullable=True),
    sa.Column('due_at', UTCDateTime(), nullable=True),
    sa.Column('extended_at', UTCDateTime(), nullable=True),
    sa.Column('reported_at', UTCDateTime(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('defaulted_at', UTCDateTime(), nullable=True),
    sa.Column('excuse', _known('excuse_known', ('undelivered', 'defective', 'illness', 'recall',)), nullable=True),
    sa.Column('excuse_text', sa.String(length=500), nullable=False),
    sa.Column('excuse_asked_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint('answer_score IS NULL OR answer_score BETWEEN 0 AND 5', name='ck_trial_application_answer_score_range'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name='fk_trial_application_member_id_member'),
    sa.ForeignKeyConstraint(['trial_id'], ['trial.id'], name='fk_trial_application_trial_id_trial'),
    sa.PrimaryKeyConstraint('id', name='pk_trial_application'),
    sa.UniqueConstraint('trial_id', 'member_id', name='uq_trial_application_trial_id_member_id')
    )
    op.create_index('ix_trial_application_due', 'trial_application', ['state', 'due_at'])
    op.create_index('ix_trial_application_member', 'trial_application', ['member_id', 'state'])
    op.create_index('ix_trial_application_state', 'trial_application', ['trial_id', 'state', 'position'])

    op.create_table('trial_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('updated_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name='fk_trial_draft_member_id_member'),
    sa.ForeignKeyConstraint(['trial_id'], ['trial.id'], name='fk_trial_draft_trial_id_trial'),
    sa.PrimaryKeyConstraint('id', name='pk_trial_draft'),
    sa.UniqueConstraint('member_id', 'trial_id', 'kind', name='uq_trial_draft_member_id_trial_id_kind')
    )
    op.create_table('trial_stock',
    sa.Column('trial_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.CheckConstraint('held >= 0 AND held <= stock', name='ck_trial_stock_held_within_stock'),
    sa.ForeignKeyConstraint(['trial_id'], ['trial.id'], name='fk_trial_stock_trial_id_trial'),
    sa.PrimaryKeyConstraint('trial_id', name='pk_trial_stock')
    )
    op.create_table('trial_address',
    sa.Column('application_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cipher', sa.LargeBinary(), nullable=False),
    sa.Column('given_at', UTCDateTime(), nullable=False),
    sa.Column('delete_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['trial_application.id'], name='fk_trial_address_application_id_trial_application'),
    sa.PrimaryKeyConstraint('application_id', name='pk_trial_address')
    )
    op.create_index('ix_trial_address_delete_at', 'trial_address', ['delete_at'])

    op.create_table('trial_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('move', _known('partmove_known', MOVES), nullable=False),
    sa.Column('state', _known('part_known', PART), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name='fk_trial_move_actor_id_member'),
    sa.ForeignKeyConstraint(['application_id'], ['trial_application.id'], name='fk_trial_move_application_id_trial_application'),
    sa.PrimaryKeyConstraint('id', name='pk_trial_move')
    )
    op.create_index('ix_trial_move_application_id', 'trial_move', ['application_id'])

    op.create_table('trial_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=False),
    sa.Column('first_days', sa.Text(), nullable=False),
    sa.Column('liked', sa.Text(), nullable=False),
    sa.Column('disliked', sa.Text(), nullable=False),
    sa.Column('checklist', sa.JSON(), nullable=False),
    sa.Column('photos', sa.JSON(), nullable=False),
    sa.Column('written_at', UTCDateTime(), nullable=False),
    sa.Column('team_note', sa.String(length=500), nullable=False),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name='ck_trial_report_rating_range'),
    sa.ForeignKeyConstraint(['application_id'], ['trial_application.id'], name='fk_trial_report_application_id_trial_application'),
    sa.PrimaryKeyConstraint('id', name='pk_trial_report'),
    sa.UniqueConstraint('application_id', name='uq_trial_report_application_id')
    )
    for statement in append_only_ddl("trial_move", op.get_bind().dialect.name):
        op.execute(statement)
    _causes(lambda known: (*(one for one in known if one != CAUSE), CAUSE))



def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER ledger_entry_no_update")
    op.execute(
        "UPDATE ledger_entry SET cause_type = 'adjustment', cause_id = 'trial-' || cause_id "
        f"WHERE cause_type = '{CAUSE}'"
    )
    if postgresql:
        op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    _causes(lambda known: tuple(one for one in known if one != CAUSE))
    for table in ("trial_report", "trial_move", "trial_address", "trial_stock", "trial_draft", "trial_application", "trial"):
        op.drop_table(table)
    if postgresql:
        op.execute("DROP FUNCTION trial_move_append_only()")


def _causes(changed):
    """Other causes of points; on SQLite that is a new table, which must be protected like the one before."""
    bind = op.get_bind()
    checks = sa.inspect(bind).get_check_constraints("ledger_entry")
    text = next(one["sqltext"] for one in checks if "cause_type" in one["sqltext"])
    known = re.findall(r"'([^']+)'", text)
    with op.batch_alter_table("ledger_entry") as batch:
        batch.drop_constraint(op.f("ck_ledger_entry_causetype_known"), type_="check")
        batch.create_check_constraint("causetype_known", sa.column("cause_type").in_(changed(known)))
    if bind.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS ledger_entry_no_{verb}")
        for statement in append_only_ddl("ledger_entry", "sqlite"):
            op.execute(statement)
