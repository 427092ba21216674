"""A model that was made elsewhere has outputs here, and nothing that could be merged or tuned."""

import re
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.launches import finding
from domain.launches import queries as launches
from domain.variants import errors, merges, queries, service
from domain.variants.merges import Merge
from domain.variants.models import Variant
from specs.inputs import Input
from tests.factories import make_artifact, make_job, make_variant

SENTENCE = re.escape("'Theirs' was made elsewhere: its outputs are here, its weights are not.")


@pytest.fixture
def theirs(session: Session) -> Variant:
    return service.record_external(session, "Theirs", job=make_job(session))


def test_it_cannot_be_merged_on_either_side(session: Session, theirs: Variant) -> None:
    other = service.record_external(session, "Others", job=make_job(session))
    for pair in ((theirs, make_variant(session)), (make_variant(session), theirs), (theirs, other)):
        with pytest.raises(errors.MadeElsewhere, match=SENTENCE):
            service.check_merge(*pair)
    merge = Merge(base=theirs, tuned=other, beta=0.5)
    with pytest.raises(errors.MadeElsewhere, match=SENTENCE):
        merges.find_or_make(session, merge, job=make_job(session))


def test_whatever_reads_a_model_refuses_it_and_no_form_offers_it(
    session: Session, theirs: Variant
) -> None:
    with pytest.raises(errors.MadeElsewhere, match=SENTENCE):
        finding.find(session, Input(name="base", what="model"), "Theirs")
    assert launches.list_choices(session, "model") == []


def test_it_is_a_family_of_its_own_in_lists_and_has_no_relatives(
    session: Session, theirs: Variant
) -> None:
    make_variant(session)
    assert list(queries.list_variants(session, role="external")) == [theirs]
    assert queries.count_by_family(session) == {"external": 1, "sdxl": 1}
    assert list(queries.list_ancestors(session, theirs)) == []
    assert list(queries.list_descendants(session, theirs)) == []


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"family": "sdxl"}, "external_is_bare"),
        ({"method": "linear"}, "external_is_bare"),
        ({"files": True}, "external_is_bare"),
        ({"base": True}, "base_has_no_base"),
        ({"role": "base", "family": "sdxl"}, "only_merges_are_bare"),
    ],
)
def test_the_database_holds_it_to_that(
    session: Session, changes: dict[str, Any], constraint: str
) -> None:
    base_id = make_variant(session).id if changes.pop("base", False) else None
    files: dict[str, Any] = {"artifact_id": None}
    if changes.pop("files", False):
        files = {"artifact_id": make_artifact(session).id}
    given = {"role": "external", "family": "external", "base_id": base_id, **files}
    with pytest.raises(IntegrityError, match=constraint):
        make_variant(session, **given | changes)
