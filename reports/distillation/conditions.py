"""What is the same for every student of a study, and what was asked of them."""

from reports.distillation import names
from reports.speech import Speech
from stats.distillation.study import Material, Study


def list_conditions(study: Study, _: Speech) -> list[tuple[str, str]]:
    """What is the same for every student: names, and what they are."""
    same = study.conditions
    return [
        (_("Teachers"), ", ".join(f"{each.name} ({each.architecture})" for each in study.teachers)),
        (_("Methods"), ", ".join(each.label for each in study.methods)),
        (_("Seeds"), ", ".join(str(seed) for seed in study.seeds)),
        (_("Taught on"), _name(same.dataset)),
        (_("Measured on"), _name(same.test)),
        (_("Questions of"), _name(same.quiz)),
        (_("Languages"), ", ".join(_.language(each) for each in study.languages)),
        (_("Start"), same.start),
        (_("Steps"), _.whole(same.steps)),
        (_("Batch size"), _.whole(same.batch_size)),
        (_("Learning rate"), _.given(same.learning_rate)),
    ]


def _name(material: Material | None) -> str:
    return "" if material is None else f"{material.name} ({material.digest[:12]})"


def explain_tasks(study: Study, _: Speech) -> list[str]:
    """Those of which there is a number."""
    there = dict.fromkeys(row.task for row in study.rows)
    return [
        f"{names.say_task(task, _)}: {said}"
        for task in there
        if (said := names.explain_task(task, _))
    ]
