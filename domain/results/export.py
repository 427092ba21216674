"""The ratings that count, as a table to compute with elsewhere. Neither names nor comments."""

from sqlalchemy.orm import Session

from domain.ratings import export
from domain.results import fetching
from domain.results.computing import columns
from domain.results.computing.columns import Columns
from domain.results.rules import Options
from domain.studies import service as studies
from domain.studies.models import Study


def make(session: Session, study: Study, options: Options) -> Columns:
    """Without what is sealed, as long as it is."""
    is_sealed = export.is_sealed(session, study)
    given = fetching.list_counting(session, study, options, is_sealed=is_sealed)
    return columns.make(studies.read_design(study).form, given, is_sealed=is_sealed)
