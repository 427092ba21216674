"""Raters, outputs, and how many there are of everything."""

from reports.language import word
from reports.measures.measure import Measure

RATERS = (
    Measure(
        path="severity",
        label=word("severity"),
        definition=word(
            "By how many levels the rater stays below the others on the same items, on average. "
            "Above 0: stricter."
        ),
    ),
    Measure(
        path="commonest_share",
        label=word("commonest level"),
        definition=word("Share of the rater's ratings that have the level they use most."),
    ),
    Measure(
        path="longest_run",
        label=word("longest run"),
        definition=word("Most equal ratings one after another."),
    ),
    Measure(
        path="alpha_without",
        label=word("alpha without"),
        definition=word("Ordinal alpha of the others, when this rater is left out."),
    ),
    Measure(
        path="median_active_s",
        label=word("median time"),
        definition=word("Seconds that the rater was active on an item, the median."),
    ),
    Measure(
        path="repeat_agreement",
        label=word("repeat agreement"),
        definition=word("Share of items shown twice that the rater gave the same level again."),
    ),
    Measure(
        path="gold_accuracy",
        label=word("control accuracy"),
        definition=word("Share of control items that the rater gave the level known to be right."),
    ),
)

ITEMS = (
    Measure(path="mean", label=word("mean"), definition=word("Mean of the ratings, in levels.")),
    Measure(
        path="entropy",
        label=word("entropy"),
        definition=word(
            "0 when all ratings of the output are equal, 1 when every level is given equally often."
        ),
    ),
    Measure(
        path="range",
        label=word("range"),
        definition=word("Highest minus lowest rating of the output."),
    ),
)

COUNTS = (
    Measure(path="num", label=word("people"), definition=word("How many raters.")),
    Measure(
        path="num_withdrawn",
        label=word("withdrawn"),
        definition=word("Raters who withdrew; their ratings are erased."),
    ),
    Measure(
        path="num_items",
        label=word("outputs"),
        definition=word("Outputs in this part of the study."),
    ),
    Measure(
        path="num_wanted",
        label=word("wanted ratings"),
        definition=word("Ratings that were wanted in this part of the study."),
    ),
    Measure(
        path="num_primary",
        label=word("ratings that count"),
        definition=word("Ratings that came in and count toward those wanted."),
    ),
    Measure(path="num_ratings", label=word("ratings"), definition=word("How many ratings.")),
    Measure(path="num_raters", label=word("raters"), definition=word("How many raters.")),
    Measure(
        path="n_items",
        label=word("outputs that count"),
        definition=word("Outputs with at least 1 rating."),
    ),
    Measure(
        path="n_raters",
        label=word("raters that count"),
        definition=word("Raters with at least 1 rating."),
    ),
    Measure(
        path="n_ratings", label=word("ratings that count"), definition=word("Ratings with a value.")
    ),
    Measure(
        path="n_prompts",
        label=word("prompts that count"),
        definition=word("Prompts with ratings of both arms."),
    ),
)
