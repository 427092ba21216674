"""data sets over which encoders were scored stand among the benchmarks"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FORMATS = "format IN ('dsg', 'quiz', 'dataset')"
_FORMATS_BEFORE = "format IN ('dsg', 'quiz')"


def upgrade() -> None:
    op.add_column("benchmarks", sa.Column("dataset_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_benchmarks_dataset_id_datasets"),
        "benchmarks",
        "datasets",
        ["dataset_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_unique_constraint(op.f("uq_benchmarks_dataset_id"), "benchmarks", ["dataset_id"])
    op.alter_column("benchmarks", "prompt_set_id", existing_type=sa.Uuid(), nullable=True)
    _replace_formats(_FORMATS)
    op.create_check_constraint(
        op.f("ck_benchmarks_dataset"),
        "benchmarks",
        "num_nonnulls(dataset_id) = CASE format WHEN 'dataset' THEN 1 ELSE 0 END",
    )
    op.create_check_constraint(
        op.f("ck_benchmarks_prompts"),
        "benchmarks",
        "(format = 'dataset') = (prompt_set_id IS NULL)",
    )


def downgrade() -> None:
    for name in ("prompts", "dataset"):
        op.drop_constraint(op.f(f"ck_benchmarks_{name}"), "benchmarks", type_="check")
    _replace_formats(_FORMATS_BEFORE)
    op.alter_column("benchmarks", "prompt_set_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_constraint(op.f("uq_benchmarks_dataset_id"), "benchmarks", type_="unique")
    op.drop_constraint(op.f("fk_benchmarks_dataset_id_datasets"), "benchmarks", type_="foreignkey")
    op.drop_column("benchmarks", "dataset_id")


def _replace_formats(condition: str) -> None:
    op.drop_constraint(op.f("ck_benchmarks_format"), "benchmarks", type_="check")
    op.create_check_constraint(op.f("ck_benchmarks_format"), "benchmarks", condition)
