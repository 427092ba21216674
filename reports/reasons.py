"""Why statistics are undefined: what stats gives as a reason, known to the catalogues. A reason
that is not among these is shown as it comes, in English.
"""

from reports.language import word

# Why ratings are left out, by the rule's key in the report.
RULES = {
    "practice": word("practice before the first real item"),
    "changed": word("changed later by the same person: the newest counts"),
    "other_raters": word("of simulated raters, whom people are kept apart from; or the other way"),
    "repeat": word("shown a second time on purpose, for the rater's agreement with themselves"),
    "control": word("controls, for what is known of the rater"),
    "cannot_judge": word("'cannot judge' is no score"),
    "failed_controls": word("of raters who failed more controls than this analysis allows"),
    "surplus": word("more than the item wanted: their place was taken meanwhile"),
    "no_value": word("no value: the rater could not judge, or left it blank"),
}
REASONS = (
    word("no variation"),
    word("no ratings"),
    word("no item has two ratings"),
    word("no complete block"),
    word("1 item has no spread"),
    word("1 prompt has no spread"),
    word("1 rater has no spread"),
    word("no rater can be left out"),
    word("no prompt has ratings of both arms"),
    word("no ratings of both arms"),
    word("several criteria"),
    word("no question has all four cells"),
    word("1 cluster of questions has no spread"),
    word("not computed"),
)
