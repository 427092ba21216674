"""Six digits beside independent libraries, on random ratings with and without gaps."""

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from irrCAC.raw import CAC
from statsmodels.stats import inter_rater

from stats.agreement import pairwise, report
from stats.agreement.report import Report
from stats.agreement.resampling import Bootstrap
from stats.estimate import Estimate
from tests.ratings import LEVELS, Floats, draw_values, to_ratings, to_rows

# irrCAC and pingouin call pandas in ways that its next version forbids.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
SEEDS = range(4)


def measure(values_gi: Floats, levels: tuple[int, ...] = LEVELS) -> Report:
    return report.measure(to_rows(values_gi), levels, bootstrap=Bootstrap(num_resamples=20))


def find(values_gi: Floats, name: str, levels: tuple[int, ...] = LEVELS) -> Estimate:
    return measure(values_gi, levels).overall.estimates[name]


def chance_corrected(values_gi: Floats, weights: str = "identity") -> CAC:
    frame = pd.DataFrame(values_gi.T)
    return CAC(frame, weights=weights, categories=[float(level) for level in LEVELS], digits=9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("gaps", [0.0, 0.6])
def test_alpha_is_that_of_krippendorff(seed: int, metric: str, gaps: float) -> None:
    values = draw_values(seed, gaps=gaps)
    theirs = krippendorff.alpha(values, level_of_measurement=metric, value_domain=LEVELS)
    assert find(values, f"alpha.{metric}").value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "method", "weights"),
    [
        ("gwet_ac1", "gwet", "identity"),
        ("gwet_ac2_quadratic", "gwet", "quadratic"),
        ("fleiss_kappa", "fleiss", "identity"),
        ("conger_kappa", "conger", "identity"),
        ("brennan_prediger", "bp", "identity"),
    ],
)
def test_chance_corrected_agreement_is_that_of_irrcac(
    seed: int, name: str, method: str, weights: str
) -> None:
    values = draw_values(seed, gaps=0.5)
    theirs = getattr(chance_corrected(values, weights), method)()["est"]
    assert find(values, name).value == pytest.approx(theirs["coefficient_value"], abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_congers_interval_is_that_of_irrcac_where_every_item_has_two_ratings(seed: int) -> None:
    """Where some have one, irrCAC takes the number of pairable items for fixed; we do not."""
    values = draw_values(seed, gaps=0.4)
    values = values[:, (~np.isnan(values)).sum(axis=0) > 1]
    found = find(values, "conger_kappa")
    theirs = chance_corrected(values).conger()["est"]["confidence_interval"]
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-6)


def test_congers_interval_is_that_of_the_jackknife_where_some_items_have_one_rating() -> None:
    values = draw_values(9, num_items=300, gaps=0.6)
    values = values[:, (~np.isnan(values)).any(axis=0)]
    num_items = values.shape[1]
    without = [
        find(np.delete(values, item, axis=1), "conger_kappa").value for item in range(num_items)
    ]
    error = np.std(np.array(without, dtype=float)) * (num_items - 1) / np.sqrt(num_items)
    found = find(values, "conger_kappa")
    half = ((found.high or 0) - (found.low or 0)) / 2
    assert half == pytest.approx(1.968 * error, rel=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_intraclass_correlations_are_those_of_pingouin(seed: int) -> None:
    values = draw_values(seed, gaps=0)
    raters, items = np.indices(values.shape)
    frame = pd.DataFrame({"item": items.ravel(), "rater": raters.ravel(), "value": values.ravel()})
    theirs = pingouin.intraclass_corr(frame, "item", "rater", "value")
    for name, icc in zip(theirs["Type"], theirs["ICC"], strict=True):
        ours = find(values, f"icc.{name}").value
        assert ours == pytest.approx(icc, abs=1e-9), name


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_kappa_is_that_of_statsmodels(seed: int) -> None:
    values = draw_values(seed, gaps=0)
    counts, _ = inter_rater.aggregate_raters(values.T.astype(int))
    theirs = inter_rater.fleiss_kappa(counts)
    assert find(values, "fleiss_kappa").value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_pairwise_kappa_is_that_of_statsmodels(seed: int) -> None:
    values = draw_values(seed, num_items=80, gaps=0.3)
    found = pairwise.measure(to_ratings(values))
    for one in range(len(values)):
        for other in range(one):
            both = ~np.isnan(values[one]) & ~np.isnan(values[other])
            places = values[np.ix_([one, other], np.flatnonzero(both))].astype(int) - 1
            table = np.zeros((5, 5))
            np.add.at(table, tuple(places), 1)
            theirs = inter_rater.cohens_kappa(table, wt="quadratic", return_results=False)
            assert found.kappa_gg[one, other] == pytest.approx(theirs, abs=1e-9)
            assert found.num_common_gg[one, other] == both.sum()


def test_two_levels_are_a_scale_too() -> None:
    values = draw_values(5, num_levels=2, gaps=0.3)
    theirs = krippendorff.alpha(values, level_of_measurement="nominal")
    found = measure(values, (1, 2)).overall.estimates
    for metric in ("nominal", "ordinal", "interval"):  # of two levels, all three are one
        assert found[f"alpha.{metric}"].value == pytest.approx(theirs, abs=1e-9)
    assert found["gwet_ac1"].value == pytest.approx(found["gwet_ac2_quadratic"].value or 0)
