"""Why statistics are undefined: what stats gives as a reason, known to the catalogues. A reason
that is not among these is shown as it comes, in English.
"""

from reports.language import word

# Why ratings are left out, by the rule's key in the report.
RULES = {
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
    word("not computed"),
)
