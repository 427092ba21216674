"""Fine-tune a vision-language model on questions with their answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from specs.inputs import Input, Readable
from specs.job import JobSpec, Queue
from specs.kinds.model import training
from specs.lines import strip_line

Trained = Literal["all", "language", "language+projector"]
Scope = Literal["all", "regional", "global"]
Form = Literal["all", "choice", "open"]

_PROJECTIONS = (
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    "qkv_proj", "gate_up_proj",
)  # fmt: skip


class ModelInstruct(JobSpec):
    """A batch is what one optimiser step sees. How it is cut up (`accumulation`, `num_processes`,
    `packing`) changes memory and speed and no more than last bits of what is computed, but for the
    masks of `lora_dropout`.
    """

    kind: ClassVar[str] = "model.instruct"
    label: ClassVar[str] = "Teach a model to answer"
    summary: ClassVar[str] = (
        "Trains a vision-language model on the answers of a quiz, whole or as LoRA, and before "
        "that on the captions of a data set if there is one."
    )
    paper: ClassVar[str | None] = "arXiv:2604.11490"
    queue: ClassVar[Queue] = "gpu"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model", use="answers"),
        Input(name="quiz", what="quiz"),
        Input(name="dataset", what="dataset", required=False),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"model": "model"})
    essentials: ClassVar[tuple[str, ...]] = (
        "name",
        "base",
        "quiz",
        "dataset",
        "method",
        "trained",
        "scope",
        "epochs",
        "batch_size",
        "learning_rate",
    )

    name: str = Field(
        default="",
        max_length=120,
        title="Name",
        description="How people will find the tuned model. Empty: made from base and quiz.",
    )
    base: str = Field(
        default="",
        max_length=2000,
        title="Base model",
        description="The vision-language model to start from.",
    )
    quiz: str = Field(
        default="",
        max_length=2000,
        title="Quiz",
        description="Questions with answers that are learnt, and some that are held out.",
    )
    dataset: str = Field(
        default="",
        max_length=2000,
        title="Data set",
        description="Pictures whose captions are learnt first. Empty: only questions are learnt.",
    )
    method: training.Method = Field(
        default="full",
        title="How it is trained",
        description="The weights themselves, or a low-rank adapter (LoRA) beside them.",
    )
    trained: Trained = Field(
        default="language+projector",
        title="What is trained",
        description=(
            "Everything, or the language model without the part that sees; the projector stands "
            "between the two."
        ),
    )
    max_steps: training.MaxSteps = None
    epochs: int = Field(
        default=3,
        ge=0,
        le=10_000,
        title="Epochs",
        description="How often every question is seen, when no number of steps is given.",
    )
    caption_steps: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        title="Steps on captions",
        description="Before the questions. Empty: as many as the epochs on captions take.",
    )
    caption_epochs: int = Field(
        default=1,
        ge=0,
        le=10_000,
        title="Epochs on captions",
        description="How often every caption of the data set is seen.",
    )
    caption_prompt: str = Field(
        default="Describe the picture.",
        min_length=1,
        max_length=2000,
        title="Question for a caption",
        description="What the model is asked when it learns captions.",
    )
    caption_column: str = Field(
        default="caption",
        min_length=1,
        max_length=120,
        title="Caption column",
        description="Column of the data set that holds the text.",
    )
    batch_size: int = Field(
        default=64,
        ge=1,
        le=65_536,
        title="Batch size",
        description="Questions per optimiser step, over all parts and processes.",
    )
    accumulation: training.Accumulation = 1
    learning_rate: training.LearningRate = 2e-5
    schedule: training.ScheduleName = "linear"
    warmup_steps: training.WarmupSteps = 0
    weight_decay: training.WeightDecay = 0.01
    adam_beta1: training.AdamBeta1 = 0.9
    adam_beta2: training.AdamBeta2 = 0.999
    adam_epsilon: training.AdamEpsilon = 1e-8
    max_grad_norm: training.MaxGradNorm = 1.0
    ema_decay: training.EmaDecay = None
    precision: training.PrecisionName = "fp32"
    gradient_checkpointing: training.GradientCheckpointing = False
    lora_rank: training.LoraRank = 16
    lora_alpha: training.LoraAlpha = 16.0
    lora_dropout: training.LoraDropout = 0.0
    lora_targets: training.LoraTargets = _PROJECTIONS
    fuse_lora: training.FuseLora = True
    packing: bool = Field(
        default=False,
        title="Packing",
        description=(
            "Questions in a row instead of side by side, so that nothing is filled up, where the "
            "model's class can keep them apart."
        ),
    )
    max_length: int | None = Field(
        default=None,
        ge=16,
        le=10_000_000,
        title="Longest question",
        description="In tokens, answer included. Passages that are too much are left out from the "
        "last one up. Empty: as long as the model can take.",
    )
    scope: Scope = Field(
        default="all",
        title="Questions about",
        description="Which questions are learnt: all, those about the region, or the others.",
    )
    form: Form = Field(
        default="all",
        title="Form of the questions",
        description="Which questions are learnt: all, those with options, or open ones.",
    )
    split: str = Field(
        default="",
        max_length=200,
        title="Split",
        description="Only questions of this part of the quiz are learnt. Empty: all.",
    )
    max_questions: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        title="At most",
        description="So many questions, drawn by the seed. Empty: all.",
    )
    shuffle_options: bool = Field(
        default=True,
        title="Shuffle options",
        description="Options stand in another order in every epoch.",
    )
    context_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        title="Share with context",
        description="How often a question that has passages of its own is asked with them, so that "
        "the model learns to read.",
    )
    num_distractors: int = Field(
        default=2,
        ge=0,
        le=20,
        title="Passages of others",
        description="So many passages of other questions are mixed in with a question's own.",
    )
    system: str = Field(
        default="",
        max_length=8000,
        title="System prompt",
        description="Stands before every question, as when answers are asked for.",
    )
    held_out: float = Field(
        default=0.05,
        ge=0,
        le=0.9,
        title="Held out",
        description="Share of the questions that is not learnt but asked to see how it goes.",
    )
    evaluate_every: int = Field(
        default=100,
        ge=0,
        le=1_000_000,
        title="Evaluate every",
        description="Ask what is held out after this many steps, and at the end. 0: never.",
    )
    max_evaluated: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        title="Evaluate at most",
        description="No more questions than this are held out, however many their share would be.",
    )
    checkpoint_every: training.CheckpointEvery = 500
    num_processes: training.NumProcesses = 1
    seed: int = Field(
        default=0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Decides order, options, context and what is held out.",
    )

    _strip = field_validator("name", "base", "quiz", "dataset")(strip_line)

    @property
    def micro_batch(self) -> int:
        """Questions that go through one device at once."""
        return self.batch_size // (self.accumulation * self.num_processes)

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        training.check_parts(self.batch_size, self.accumulation, self.num_processes)
        return self

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        if self.max_steps is None and self.epochs == 0 and not self._learns_captions:
            message = "Without epochs on questions or on captions there is nothing to learn."
            raise ValueError(message)
        return self

    @property
    def _learns_captions(self) -> bool:
        return self.caption_steps is not None or self.caption_epochs > 0
