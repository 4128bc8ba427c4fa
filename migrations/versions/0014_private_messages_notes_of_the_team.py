"""private messages, notes of the team

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-22 14:15:08.001622

"""
from alembic import op
import sqlalchemy as sa
from common.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('conversation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('low_id', sa.Integer(), nullable=False),
    sa.Column('high_id', sa.Integer(), nullable=False),
    sa.Column('begun_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('low_id < high_id', name=op.f('ck_conversation_in_order')),
    sa.ForeignKeyConstraint(['high_id'], ['member.id'], name=op.f('fk_conversation_high_id_member')),
    sa.ForeignKeyConstraint(['low_id'], ['member.id'], name=op.f('fk_conversation_low_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation')),
    sa.UniqueConstraint('low_id', 'high_id', name=op.f('uq_conversation_low_id_high_id'))
    )
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conversation_high_id'), ['high_id'], unique=False)

    op.create_table('member_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.String(length=1000), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('withdrawn_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_member_note_author_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_note_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_note')),
    sa.UniqueConstraint('nonce', name=op.f('uq_member_note_nonce'))
    )
    with op.batch_alter_table('member_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_note_member_id'), ['member_id'], unique=False)

    op.create_table('message_block',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('blocked_id', sa.Integer(), nullable=False),
    sa.Column('since', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['blocked_id'], ['member.id'], name=op.f('fk_message_block_blocked_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_message_block_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', 'blocked_id', name=op.f('pk_message_block'))
    )
    op.create_table('message_choice',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_message_choice_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_message_choice'))
    )
    op.create_table('conversation_side',
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('last_at', UTCDateTime(), nullable=False),
    sa.Column('read_id', sa.Integer(), nullable=False),
    sa.Column('cleared_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_conversation_side_conversation_id_conversation')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_conversation_side_member_id_member')),
    sa.ForeignKeyConstraint(['other_id'], ['member.id'], name=op.f('fk_conversation_side_other_id_member')),
    sa.PrimaryKeyConstraint('conversation_id', 'member_id', name=op.f('pk_conversation_side'))
    )
    with op.batch_alter_table('conversation_side', schema=None) as batch_op:
        batch_op.create_index('ix_conversation_side_member', ['member_id', 'last_at', 'conversation_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('sent_at', UTCDateTime(), nullable=False),
    sa.Column('removed_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_message_author_id_member')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('author_id', 'nonce', name=op.f('uq_message_author_id_nonce'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_conversation', ['conversation_id', 'id'], unique=False)

    op.create_table('message_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('insult', 'advertising', 'fraud', 'harassment', 'other', name='reportreason_known', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('outcome', sa.Enum('removed', 'kept', name='outcome_known', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('decided_at', UTCDateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['member.id'], name=op.f('fk_message_report_decided_by_id_member')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_report_message_id_message')),
    sa.ForeignKeyConstraint(['reporter_id'], ['member.id'], name=op.f('fk_message_report_reporter_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_report')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_report_message_id'))
    )
    with op.batch_alter_table('message_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_report_decided_at'), ['decided_at'], unique=False)



def downgrade():
    with op.batch_alter_table('message_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_report_decided_at'))

    op.drop_table('message_report')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_conversation')

    op.drop_table('message')
    with op.batch_alter_table('conversation_side', schema=None) as batch_op:
        batch_op.drop_index('ix_conversation_side_member')

    op.drop_table('conversation_side')
    op.drop_table('message_choice')
    op.drop_table('message_block')
    with op.batch_alter_table('member_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_member_note_member_id'))

    op.drop_table('member_note')
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conversation_high_id'))

    op.drop_table('conversation')
