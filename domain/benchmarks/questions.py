"""What a file of questions holds, for the rows about it. Scoring reads it again, the same way."""

from dataclasses import dataclass

from domain.benchmarks import errors
from stats import tables
from stats.scoring import questions

TEXT = "text"  # the prompt; each row of an item repeats it


@dataclass(frozen=True)
class Summary:
    items: dict[str, str]  # item -> its prompt, in the order of the file
    num_questions: int
    num_malformed: int  # cells that name parents in a way that cannot be right; they do no harm


def read(text: str, name: str) -> Summary:
    """Raises QuestionsUnreadable with the reason."""
    try:
        table = tables.parse(text, name, (*questions.REQUIRED, TEXT))
        found = questions.from_table(table)
    except tables.TableUnreadable as error:
        raise errors.QuestionsUnreadable(str(error)) from error
    prompts: dict[str, str] = {}
    for row in table.rows:
        item, prompt = row.get("item_id"), row.get(TEXT)
        if not prompt:
            raise errors.ItemWithoutText(row.line, item)
        if prompts.setdefault(item, prompt) != prompt:
            raise errors.ItemChanges(row.line, item)
    return Summary(prompts, found.num_questions, found.num_malformed)
