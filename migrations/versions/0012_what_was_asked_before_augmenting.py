"""the words of a prompt before retrieved facts were put behind it"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("prompts", sa.Column("asked", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_prompts_asked"), "prompts", "asked <> ''")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_prompts_asked"), "prompts", type_="check")
    op.drop_column("prompts", "asked")
