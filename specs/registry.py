"""All job kinds. What a new one consists of is listed in CONTRIBUTING.md; tests hold the parts
together.
"""

import importlib
from collections.abc import Iterable

from specs.job import JobSpec
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.distillation.distillation_check import DistillationCheck
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.distillation.distillation_prepare import DistillationPrepare
from specs.kinds.distillation.distillation_run import DistillationRun
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_import import ModelImport
from specs.kinds.model.model_instruct import ModelInstruct
from specs.kinds.model.model_merge import ModelMerge
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.kinds.prompts.prompts_augment import PromptsAugment
from specs.kinds.questions.questions_embed import QuestionsEmbed
from specs.kinds.quiz.quiz_import import QuizImport
from specs.kinds.sandbox.sandbox_ask import SandboxAsk
from specs.kinds.sandbox.sandbox_caption import SandboxCaption
from specs.kinds.sandbox.sandbox_draw import SandboxDraw
from specs.kinds.study.study_analyse import StudyAnalyse
from specs.kinds.study.study_open import StudyOpen
from specs.kinds.system.system_check import SystemCheck

_KINDS: dict[str, type[JobSpec]] = {
    spec.kind: spec
    for spec in (
        AnswersAblate,
        AnswersCompare,
        AnswersGenerate,
        AnswersScore,
        BenchmarkRun,
        DatasetFilter,
        DatasetImport,
        DistillationCheck,
        DistillationMeasure,
        DistillationPrepare,
        DistillationRun,
        EmbeddingsScore,
        ImagesGenerate,
        KnowledgeImport,
        KnowledgeIndex,
        KnowledgeRetrieve,
        ModelAlign,
        ModelDistill,
        ModelFinetune,
        ModelImport,
        ModelInstruct,
        ModelMerge,
        OutputsImport,
        PromptsAugment,
        QuestionsEmbed,
        QuizImport,
        SandboxAsk,
        SandboxCaption,
        SandboxDraw,
        StudyAnalyse,
        StudyOpen,
        SystemCheck,
    )
}


class UnknownKind(ValueError):
    def __init__(self, kind: str) -> None:
        known = ", ".join(sorted(_KINDS))
        super().__init__(f"There is no job kind '{kind}'. The kinds are: {known}.")


def register(spec: type[JobSpec]) -> type[JobSpec]:
    """Add a kind from outside the product (setting GGEZ_KIND_MODULES)."""
    _KINDS[spec.kind] = spec
    return spec


def load_modules(modules: Iterable[str]) -> None:
    """Import the modules that register further kinds."""
    for module in modules:
        importlib.import_module(module)


def find_spec(kind: str) -> type[JobSpec]:
    try:
        return _KINDS[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def list_specs() -> list[type[JobSpec]]:
    return [_KINDS[kind] for kind in sorted(_KINDS)]
