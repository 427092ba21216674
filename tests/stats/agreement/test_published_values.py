"""Every coefficient gives the published value of its published examples, to the printed digit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stats.agreement import pairwise, report
from stats.agreement.report import Report
from stats.agreement.resampling import Bootstrap
from tests.ratings import Floats, to_ratings, to_rows

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
FEW = Bootstrap(num_resamples=20)


def read(name: str) -> Floats:
    return np.array(VECTORS[name]["raters_by_unit"], dtype=np.float64)


def measure(values_gi: Floats) -> Report:
    levels = np.arange(np.nanmin(values_gi), np.nanmax(values_gi) + 1)
    return report.measure(to_rows(values_gi), levels.tolist(), bootstrap=FEW)


def value(found: Report, name: str) -> float:
    estimate = found.overall.estimates[name]
    assert estimate.value is not None, estimate.reason
    return estimate.value


def spread_counts(counts_iq: list[list[int]]) -> Floats:
    """Raters by items, in any order of raters."""
    return np.array([np.repeat(np.arange(len(row)), row) + 1.0 for row in counts_iq]).T


@pytest.mark.parametrize(
    ("name", "metric", "digits"),
    [
        ("krippendorff_4x12", "nominal", 6),
        ("krippendorff_4x12", "ordinal", 6),
        ("krippendorff_4x12", "interval", 6),
        ("gwet_4x12", "nominal", 6),
        ("krippendorff_2011_binary", "nominal", 3),
        ("krippendorff_2011_nominal", "nominal", 3),
        ("wikipedia_alpha", "nominal", 3),
        ("wikipedia_alpha", "interval", 3),
    ],
)
def test_alpha_is_the_published_one(name: str, metric: str, digits: int) -> None:
    found = value(measure(read(name)), f"alpha.{metric}")
    assert round(found, digits) == VECTORS[name]["alpha"][metric]


@pytest.mark.parametrize(
    ("name", "published", "digits"),
    [
        ("percent_agreement", "percent_agreement", 7),
        ("gwet_ac1", "gwet_ac1", 5),
        ("fleiss_kappa", "fleiss_kappa", 5),
        ("conger_kappa", "conger_kappa", 5),
        ("brennan_prediger", "brennan_prediger", 5),
    ],
)
def test_gwets_example_has_his_values(name: str, published: str, digits: int) -> None:
    found = value(measure(read("gwet_4x12")), name)
    assert round(found, digits) == VECTORS["gwet_4x12"][published]


def test_gwets_quadratic_weights_are_meant_by_ac2() -> None:
    found = value(measure(read("gwet_4x12")), "gwet_ac2_quadratic")
    assert round(found, 5) == VECTORS["gwet_4x12"]["gwet_ac2"]["quadratic"]


def test_fleiss_kappa_of_his_psychiatrists() -> None:
    rows = VECTORS["fleiss_1971"]["rows"]
    values = np.array([[float(digit) for digit in row] for row in rows]).T
    found = value(measure(values), "fleiss_kappa")
    assert round(found, 7) == VECTORS["fleiss_1971"]["fleiss_kappa"]


def test_fleiss_kappa_from_counts() -> None:
    example = VECTORS["wikipedia_fleiss"]
    found = value(measure(spread_counts(example["counts"])), "fleiss_kappa")
    assert round(found, 3) == example["fleiss_kappa"]


@pytest.mark.parametrize("name", VECTORS["shrout_fleiss_1979"]["icc"])
def test_intraclass_correlations_of_shrout_and_fleiss(name: str) -> None:
    values = np.array(VECTORS["shrout_fleiss_1979"]["targets_by_judge"], dtype=np.float64).T
    found = value(measure(values), f"icc.{name}")
    assert round(found, 4) == VECTORS["shrout_fleiss_1979"]["icc"][name]


def spread_table(table: list[list[int]]) -> Floats:
    """Two raters' values from their cross table."""
    first, second = np.indices(np.shape(table))
    times = np.ravel(table)
    return np.array([np.repeat(first, times), np.repeat(second, times)]) + 1.0


def test_congers_kappa_of_two_raters_is_cohens() -> None:
    found = value(measure(spread_table(VECTORS["cohen_sas"]["table"])), "conger_kappa")
    assert round(found, 4) == VECTORS["cohen_sas"]["kappa"]


def test_the_paradox_of_kappa_is_there_and_ac1_does_not_share_it() -> None:
    example: dict[str, Any] = VECTORS["kappa_paradox"]
    values = spread_table(example["table"])
    found = measure(values)
    assert round(value(found, "percent_agreement"), 3) == example["percent_agreement"]
    assert round(value(found, "conger_kappa"), 4) == example["kappa"]
    assert round(value(found, "gwet_ac1"), 5) == example["gwet_ac1"]
    # With two levels quadratic weights are no other than equal or not.
    kappa = pairwise.measure(to_ratings(values, [1, 2])).kappa_gg[0, 1]
    assert round(kappa, 4) == example["kappa"]


def test_ordinal_alpha_is_krippendorffs_not_gwets() -> None:
    ordinal = value(measure(read("krippendorff_4x12")), "alpha.ordinal")
    assert round(ordinal, 4) == 0.8154
    assert (
        "Gwet's ordinal weights"
        in measure(read("gwet_4x12")).to_json()["definitions"]["alpha.ordinal"]
    )
