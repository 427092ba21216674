"""Coefficients of agreement, and what they rest on."""

from reports.language import word
from reports.measures.measure import Measure

AGREEMENT = (
    Measure(
        path="percent_agreement",
        label=word("exact agreement"),
        definition=word(
            "Share of pairs of ratings of one item that are equal; the mean over items with at "
            "least 2 ratings. It does not take away what chance alone would give."
        ),
    ),
    Measure(
        path="percent_within_one",
        label=word("agreement within one level"),
        definition=word(
            "Share of pairs of ratings of one item that are at most one level apart; the mean "
            "over items with at least 2 ratings."
        ),
    ),
    Measure(
        path="alpha.ordinal",
        label=word("alpha, ordinal"),
        definition=word(
            "Krippendorff's alpha: 1 minus observed over expected disagreement, where disagreement "
            "grows with the ranks between two ratings. 1 is perfect, 0 what chance gives. The "
            "headline for worded levels."
        ),
    ),
    Measure(
        path="alpha.nominal",
        label=word("alpha, nominal"),
        definition=word("The same, where two ratings agree or do not."),
    ),
    Measure(
        path="alpha.interval",
        label=word("alpha, interval"),
        definition=word("The same, where levels are taken as equally far apart."),
    ),
    Measure(
        path="gwet_ac1",
        label=word("Gwet's AC1"),
        definition=word(
            "Agreement above chance, where chance is small when one level is used most; stable "
            "when nearly everybody says the same."
        ),
    ),
    Measure(
        path="gwet_ac2_quadratic",
        label=word("Gwet's AC2, quadratic"),
        definition=word("AC1 with partial credit: the further apart, the less, by squares."),
    ),
    Measure(
        path="fleiss_kappa",
        label=word("Fleiss' kappa"),
        definition=word("Agreement above chance, where chance is the use of levels by all raters."),
    ),
    Measure(
        path="conger_kappa",
        label=word("Conger's kappa"),
        definition=word("Agreement above chance, where every rater has an own use of levels."),
    ),
    Measure(
        path="brennan_prediger",
        label=word("Brennan-Prediger"),
        definition=word("Agreement above chance, where chance uses every level alike."),
    ),
    Measure(
        path="ICC(1,1)",
        label=word("ICC(1,1)"),
        definition=word(
            "Share of the variance of one rating that lies between items; any raters. On items "
            "with the usual number of ratings."
        ),
    ),
    Measure(
        path="ICC(A,1)",
        label=word("ICC(A,1)"),
        definition=word(
            "The same, absolute agreement of these raters; on items that every rater rated."
        ),
    ),
    Measure(
        path="ICC(C,1)",
        label=word("ICC(C,1)"),
        definition=word("The same, consistency: a rater who is always stricter does not count."),
    ),
    Measure(
        path="ICC(1,k)",
        label=word("ICC(1,k)"),
        definition=word("ICC(1,1) of the mean of all ratings of an item."),
    ),
    Measure(
        path="ICC(A,k)",
        label=word("ICC(A,k)"),
        definition=word("ICC(A,1) of the mean of all ratings of an item."),
    ),
    Measure(
        path="ICC(C,k)",
        label=word("ICC(C,k)"),
        definition=word("ICC(C,1) of the mean of all ratings of an item."),
    ),
)

LEFT_OUT = (
    Measure(
        path="leave_one_rater_out.low",
        label=word("lowest alpha without one rater"),
        definition=word("Ordinal alpha, when the rater is left out who raises it most."),
    ),
    Measure(
        path="leave_one_rater_out.high",
        label=word("highest alpha without one rater"),
        definition=word("Ordinal alpha, when the rater is left out who lowers it most."),
    ),
)

USED = (
    Measure(
        path="n_blank",
        label=word("blank rows"),
        definition=word("Rows without a value: the rater could not judge."),
    ),
    Measure(
        path="n_used.pairable_items",
        label=word("pairable outputs"),
        definition=word(
            "Outputs with at least 2 ratings: alpha and observed agreement rest on them."
        ),
    ),
    Measure(
        path="n_used.pairable_ratings",
        label=word("pairable ratings"),
        definition=word("Ratings of outputs with at least 2 of them."),
    ),
    Measure(
        path="n_used.modal_items",
        label=word("outputs with the usual count"),
        definition=word(
            "Outputs with the commonest number of ratings: ICC(1,1) and ICC(1,k) rest on them."
        ),
    ),
    Measure(
        path="n_used.modal_ratings_per_item",
        label=word("the usual count"),
        definition=word("That commonest number of ratings."),
    ),
    Measure(
        path="n_used.block_items",
        label=word("outputs rated by all"),
        definition=word("Outputs that every rater rated: the other ICCs rest on them."),
    ),
    Measure(
        path="n_used.block_raters",
        label=word("raters of the block"),
        definition=word("Raters of those outputs."),
    ),
)
