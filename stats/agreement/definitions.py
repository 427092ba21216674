"""What each number of an agreement report is, in a sentence, and the order in which they stand."""

from typing import NamedTuple


class Definition(NamedTuple):
    label: str
    text: str


HEADLINE = "alpha.ordinal"

DEFINITIONS = {
    "percent_agreement": Definition(
        "Percent agreement",
        "Mean over items with two or more ratings of the share of pairs of ratings that are equal.",
    ),
    "percent_within_one": Definition(
        "Percent within one level",
        "Mean over items with two or more ratings of the share of pairs of ratings that are equal "
        "or neighbours on the scale.",
    ),
    "alpha.nominal": Definition(
        "Krippendorff's alpha, nominal",
        "1 - observed / expected disagreement over items with two or more ratings; two levels "
        "either agree or do not.",
    ),
    "alpha.ordinal": Definition(
        "Krippendorff's alpha, ordinal",
        "1 - observed / expected disagreement over items with two or more ratings, with "
        "Krippendorff's ordinal metric: levels are as far apart as the ratings between them. "
        "(Gwet's ordinal weights are another definition.)",
    ),
    "alpha.interval": Definition(
        "Krippendorff's alpha, interval",
        "1 - observed / expected disagreement over items with two or more ratings; disagreement is "
        "the squared difference of values.",
    ),
    "gwet_ac1": Definition(
        "Gwet's AC1",
        "Percent agreement beyond chance; chance is sum p(1 - p) / (q - 1) over the q levels of "
        "the scale, p their mean share over all items.",
    ),
    "gwet_ac2_quadratic": Definition(
        "Gwet's AC2, quadratic weights",
        "Weighted agreement beyond chance, with weights w = 1 - (a - b)^2 / (highest - lowest)^2 "
        "for the values a and b; chance is sum w * sum p(1 - p) / (q (q - 1)) over the q levels of "
        "the scale, p their mean share over all items.",
    ),
    "fleiss_kappa": Definition(
        "Fleiss' kappa",
        "Percent agreement beyond chance; chance is sum p^2, p the levels' mean share over all "
        "items.",
    ),
    "conger_kappa": Definition(
        "Conger's kappa",
        "Percent agreement beyond chance; chance is the mean over pairs of raters of agreement by "
        "their own shares of the levels. Interval: t times a standard error from linearised "
        "influence values of the items, not a bootstrap.",
    ),
    "brennan_prediger": Definition(
        "Brennan-Prediger",
        "Percent agreement beyond chance; chance is 1 / q for q levels of the scale.",
    ),
    "icc.ICC(1,1)": Definition(
        "ICC(1,1)",
        "One-way intraclass correlation of one rating, on items with the commonest count k of "
        "ratings among those with two or more.",
    ),
    "icc.ICC(A,1)": Definition(
        "ICC(A,1)",
        "Two-way, absolute agreement, of one rating, on items rated by every rater.",
    ),
    "icc.ICC(C,1)": Definition(
        "ICC(C,1)",
        "Two-way, consistency (raters' severity aside), of one rating, on items rated by every "
        "rater.",
    ),
    "icc.ICC(1,k)": Definition("ICC(1,k)", "ICC(1,1), of the mean of k ratings."),
    "icc.ICC(A,k)": Definition("ICC(A,k)", "ICC(A,1), of the mean over all k raters."),
    "icc.ICC(C,k)": Definition("ICC(C,k)", "ICC(C,1), of the mean over all k raters."),
}
