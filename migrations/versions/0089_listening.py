"""saved watches and rising topics

Revision ID: 0089
Revises: 0088
Create Date: 2026-11-23 12:35:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('rising_topic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('term', sa.String(length=100), nullable=False),
    sa.Column('shown', sa.String(length=100), nullable=False),
    sa.Column('texts', sa.Integer(), nullable=False),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('authors', sa.Integer(), nullable=False),
    sa.Column('z', sa.Double(), nullable=False),
    sa.Column('tone', sa.Double(), nullable=False),
    sa.Column('unhappy', sa.Integer(), nullable=False),
    sa.Column('weeks', sa.JSON(), nullable=False),
    sa.Column('examples', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rising_topic')),
    sa.UniqueConstraint('day', 'language', 'term', name=op.f('uq_rising_topic_day_language_term'))
    )
    with op.batch_alter_table('rising_topic', schema=None) as batch_op:
        batch_op.create_index('ix_rising_topic_z', ['day', 'language', 'z'], unique=False)

    op.create_table('topic_follow',
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('term', sa.String(length=100), nullable=False),
    sa.Column('state', sa.Enum('new', 'seen', 'looking', 'done', name='follow_known', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_topic_follow_by_id_member')),
    sa.PrimaryKeyConstraint('language', 'term', name=op.f('pk_topic_follow'))
    )
    op.create_table('saved_watch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('all_of', sa.JSON(), nullable=False),
    sa.Column('any_of', sa.JSON(), nullable=False),
    sa.Column('none_of', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('tone_least', sa.Integer(), nullable=False),
    sa.Column('for_team', sa.Boolean(), nullable=False),
    sa.Column('mail', sa.Enum('off', 'now', 'daily', name='watchmail_known', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('paused_at', UTCDateTime(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_saved_watch_category_id_category')),
    sa.ForeignKeyConstraint(['owner_id'], ['member.id'], name=op.f('fk_saved_watch_owner_id_member')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_saved_watch_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_watch')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_saved_watch_owner_id_name'))
    )
    op.create_table('watch_match',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('watch_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('tone', sa.Integer(), nullable=False),
    sa.Column('found_at', UTCDateTime(), nullable=False),
    sa.Column('state', sa.Enum('new', 'seen', 'case', 'incident', 'handled', name='matchstate_known', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('handled_by_id', sa.Integer(), nullable=True),
    sa.Column('handled_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['handled_by_id'], ['member.id'], name=op.f('fk_watch_match_handled_by_id_member')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_watch_match_post_id_post'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['watch_id'], ['saved_watch.id'], name=op.f('fk_watch_match_watch_id_saved_watch'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watch_match')),
    sa.UniqueConstraint('watch_id', 'post_id', name=op.f('uq_watch_match_watch_id_post_id'))
    )
    with op.batch_alter_table('watch_match', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watch_match_found_at'), ['found_at'], unique=False)
        batch_op.create_index('ix_watch_match_list', ['watch_id', 'found_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_watch_match_post_id'), ['post_id'], unique=False)



def downgrade():
    with op.batch_alter_table('watch_match', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_watch_match_post_id'))
        batch_op.drop_index('ix_watch_match_list')
        batch_op.drop_index(batch_op.f('ix_watch_match_found_at'))

    op.drop_table('watch_match')
    op.drop_table('saved_watch')
    op.drop_table('topic_follow')
    with op.batch_alter_table('rising_topic', schema=None) as batch_op:
        batch_op.drop_index('ix_rising_topic_z')

    op.drop_table('rising_topic')
