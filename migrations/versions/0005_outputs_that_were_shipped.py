"""outputs that were shipped: no job made them here"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("outputs", "job_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Refused by the database while there are outputs that came with the product."""
    op.alter_column("outputs", "job_id", existing_type=sa.Uuid(), nullable=False)
