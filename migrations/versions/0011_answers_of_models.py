"""quizzes, and models that were helped by retrieval"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
_BEFORE = {
    "role": "role IN ('base', 'tuned', 'merge', 'external')",
    "merges_are_whole": (
        "CASE WHEN role = 'merge' THEN num_nonnulls(tuned_id, beta, method, method_digest) = 4 "
        "ELSE num_nonnulls(tuned_id, beta, method_digest) = 0 END"
    ),
    "only_merges_are_bare": "role IN ('merge', 'external') OR artifact_id IS NOT NULL",
}
_AFTER = {
    "role": "role IN ('base', 'tuned', 'merge', 'external', 'retrieved')",
    "merges_are_whole": (
        "CASE role "
        "WHEN 'merge' THEN num_nonnulls(tuned_id, beta, method, method_digest) = 4 "
        "WHEN 'retrieved' THEN num_nonnulls(method, method_digest) = 2 AND tuned_id IS NULL "
        "ELSE num_nonnulls(tuned_id, beta, method_digest) = 0 END"
    ),
    "only_merges_are_bare": (
        "CASE role WHEN 'merge' THEN true "
        "WHEN 'external' THEN true "
        "WHEN 'retrieved' THEN artifact_id IS NULL "
        "ELSE artifact_id IS NOT NULL END"
    ),
}


def upgrade() -> None:
    _replace_checks(_AFTER)
    op.create_index(
        "uq_variants_retrieved",
        "variants",
        ["base_id", "method_digest"],
        unique=True,
        postgresql_where=sa.text("role = 'retrieved'"),
    )
    op.add_column(
        "benchmarks", sa.Column("format", sa.String(), server_default="dsg", nullable=False)
    )
    op.add_column(
        "benchmarks",
        sa.Column("summary", _JSON, server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.add_column("benchmarks", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_benchmarks_format"), "benchmarks", "format IN ('dsg', 'quiz')"
    )
    op.create_foreign_key(
        op.f("fk_benchmarks_job_id_jobs"),
        "benchmarks",
        "jobs",
        ["job_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index(op.f("ix_benchmarks_job_id"), "benchmarks", ["job_id"])
    op.add_column(
        "scores",
        sa.Column("facts", _JSON, server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    _create_questions()


def _create_questions() -> None:
    op.create_table(
        "quiz_questions",
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column("benchmark_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("options", _JSON, nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("answers", _JSON, nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["benchmarks.id"],
            name=op.f("fk_quiz_questions_benchmark_id_benchmarks"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"],
            ["prompts.id"],
            name=op.f("fk_quiz_questions_prompt_id_prompts"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_quiz_questions")),
    )
    op.create_index(op.f("ix_quiz_questions_benchmark_id"), "quiz_questions", ["benchmark_id"])


def downgrade() -> None:
    op.drop_table("quiz_questions")
    op.drop_column("scores", "facts")
    op.drop_index(op.f("ix_benchmarks_job_id"), table_name="benchmarks")
    op.drop_constraint(op.f("fk_benchmarks_job_id_jobs"), "benchmarks", type_="foreignkey")
    op.drop_constraint(op.f("ck_benchmarks_format"), "benchmarks", type_="check")
    for name in ("job_id", "summary", "format"):
        op.drop_column("benchmarks", name)
    op.drop_index("uq_variants_retrieved", table_name="variants")
    _replace_checks(_BEFORE)


def _replace_checks(conditions: dict[str, str]) -> None:
    for name, condition in conditions.items():
        op.drop_constraint(op.f(f"ck_variants_{name}"), "variants", type_="check")
        op.create_check_constraint(op.f(f"ck_variants_{name}"), "variants", condition)
