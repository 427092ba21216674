"""Imports every model, so that Alembic and the tests see all tables."""

from domain.artifacts import models as artifacts
from domain.benchmarks import models as benchmarks
from domain.datasets import models as datasets
from domain.db import Table
from domain.jobs import models as jobs
from domain.knowledge import models as knowledge
from domain.launches import models as launches
from domain.outputs import models as outputs
from domain.prompts import models as prompts
from domain.ratings import models as ratings
from domain.results import models as results
from domain.studies import models as studies
from domain.users import models as users
from domain.variants import models as variants

metadata = Table.metadata

__all__ = [
    "artifacts",
    "benchmarks",
    "datasets",
    "jobs",
    "knowledge",
    "launches",
    "metadata",
    "outputs",
    "prompts",
    "ratings",
    "results",
    "studies",
    "users",
    "variants",
]
