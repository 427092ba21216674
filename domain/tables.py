"""Imports every model, so that Alembic and the tests see all tables."""

from domain.artifacts import models as artifacts
from domain.datasets import models as datasets
from domain.db import Table
from domain.jobs import models as jobs
from domain.users import models as users

metadata = Table.metadata

__all__ = ["artifacts", "datasets", "jobs", "metadata", "users"]
