"""Makes everything the sandbox ships, from nothing: the pipeline, the judge, and what they measure.

Stage by stage: vocabulary, autoencoder, judge, denoiser, measuring. Each has its own seed, is
budgeted by steps and never by time, and repeats bit for bit at one thread count. With another
number of threads the last bits differ, and after thousands of steps the weights do; the measured
shares stay within their intervals.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from safetensors.torch import save_file

from ml import files
from ml import progress as progressing
from ml.benchmarks.judges import attributes
from ml.benchmarks.judging import Setting
from ml.progress import Progress
from sandbox import figures, publishing
from sandbox.models import correctness, judge, lessons, pipeline, vocabulary
from sandbox.models.autoencoder import AutoencoderSizes, encode, train_autoencoder
from sandbox.models.diffusion import DiffusionSizes, Examples, Watch, train_denoiser
from sandbox.models.judge import JudgeSizes, train_judge
from sandbox.models.pipeline import DenoiserSizes
from sandbox.world.prompts import SEEDS, list_prompts
from sandbox.world.scene import sample
from specs.judges.attributes import AttributesJudge
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

BASE, JUDGE = "base", "judge"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    pool: SandboxDraw = field(default_factory=SandboxDraw)
    merges: int = 2000
    drawings: int = 12_000  # for the autoencoder
    autoencoder: AutoencoderSizes = field(default_factory=AutoencoderSizes)
    judge: JudgeSizes = field(default_factory=JudgeSizes)
    denoiser: DenoiserSizes = field(default_factory=DenoiserSizes)
    diffusion: DiffusionSizes = field(default_factory=DiffusionSizes)
    held_back: int = 3000  # drawings, and as many failed pictures, the judge is measured on
    num_prompts: int | None = None  # of each scope; None for all


FULL = Sizes()
# The same code in a minute: what comes out is no use, but everything has run.
SMALL = Sizes(
    pool=SandboxDraw(num_pictures=200, regional_share=0.1),
    merges=300,
    drawings=200,
    autoencoder=AutoencoderSizes(channels=(8, 8, 8), steps=30, batch=8),
    judge=JudgeSizes(
        pictures=400, decoded=32, garbage=32, steps=60, batch=32, channels=(16, 32, 32), width=32
    ),
    denoiser=DenoiserSizes(channels=(16, 32), text_width=32, heads=2),
    diffusion=DiffusionSizes(steps=30, batch=8),
    held_back=60,
    num_prompts=2,
)


def train(
    folder: Path,
    *,
    sizes: Sizes = FULL,
    seed: int = 1,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Writes base/, judge/ and metrics.json below `folder`; gives the metrics."""
    hears = progress or progressing.Silent()
    return publishing.make_anew(
        folder,
        (BASE, JUDGE),
        lambda part: _make_all(part, sizes, seed=seed, progress=hears, watch=watch),
    )


def _make_all(
    folder: Path, sizes: Sizes, *, seed: int, progress: Progress, watch: Watch | None
) -> dict[str, Any]:
    autoencoder, autoencoder_loss = make_autoencoder(sizes, seed=seed, progress=progress)
    judge_loss = make_judge(folder / JUDGE, autoencoder, sizes, seed=seed, progress=progress)
    denoiser_loss = make_base(
        folder / BASE, autoencoder, sizes, seed=seed, progress=progress, watch=watch
    )
    losses = {"autoencoder": autoencoder_loss, "judge": judge_loss, "denoiser": denoiser_loss}
    return {
        **measure(folder, sizes=sizes, seed=seed, progress=progress),
        "loss": {name: figures.average_end(each) for name, each in losses.items()},
        **figures.describe_run(_describe(sizes), seed=seed),
    }


def make_autoencoder(
    sizes: Sizes, *, seed: int, progress: Progress
) -> tuple[AutoencoderKL, list[float]]:
    """On everything the world holds, evenly: a picture can be kept by who has no name for it."""
    progress.update(0, message="Training the autoencoder")
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    pixels = lessons.draw_all([sample(rng) for _ in range(sizes.drawings)], seed)
    return train_autoencoder(pixels, sizes.autoencoder, seed=seed, progress=progress)


def make_judge(
    folder: Path, autoencoder: AutoencoderKL, sizes: Sizes, *, seed: int, progress: Progress
) -> list[float]:
    progress.update(0, message="Training the judge")
    config, network, losses = train_judge(autoencoder, sizes.judge, seed=seed, progress=progress)
    folder.mkdir()
    attributes.write_config(config, folder)
    halves = {name: weight.half() for name, weight in network.state_dict().items()}
    save_file(halves, folder / attributes.WEIGHTS)
    (folder / attributes.WEIGHTS).chmod(0o644)
    return losses


def make_base(
    folder: Path,
    autoencoder: AutoencoderKL,
    sizes: Sizes,
    *,
    seed: int,
    progress: Progress,
    watch: Watch | None = None,
) -> list[float]:
    progress.update(0, message="Training the base model")
    merges = vocabulary.learn_merges(vocabulary.list_texts(), sizes.merges)
    denoiser = pipeline.build_denoiser(
        vocabulary.make_tokenizers(merges), sizes.denoiser, seed=seed
    )
    pool = lessons.read_pool(sizes.pool)
    latents = encode(autoencoder, pool.pixels)
    examples = Examples.make(denoiser, latents, pool.captions)
    losses = train_denoiser(
        denoiser, examples, sizes.diffusion, seed=seed, progress=progress, watch=watch
    )
    folder.mkdir()
    pipeline.save(pipeline.assemble(denoiser, autoencoder), folder)
    return losses


def measure(
    folder: Path, *, sizes: Sizes = FULL, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Of what lies in the folder, in half precision as it is shipped: the judge on drawings that it
    has not seen, and the base on the prompts of the reporting half.
    """
    progress = progress or progressing.Silent()
    progress.update(0, message="Measuring")
    base = pipeline.load(folder / BASE)
    seeing = load_judge(folder / JUDGE)
    return {
        "judge": _measure_judge(seeing, base.vae, sizes, seed=seed + 1000),
        "base": {
            scope: correctness.measure(
                base,
                seeing,
                list_prompts(scope, "report", num_prompts=sizes.num_prompts),
                SEEDS["report"],
                progress=progress,
            ).to_json()
            for scope in ("global", "regional")
        },
        "size_bytes": {name: files.measure_size(folder / name) for name in (BASE, JUDGE)},
    }


def load_judge(folder: Path) -> attributes.AttributesJudge:
    return attributes.load(AttributesJudge(), folder, Setting())


def _measure_judge(
    seeing: attributes.AttributesJudge, autoencoder: AutoencoderKL, sizes: Sizes, *, seed: int
) -> dict[str, Mapping[str, float]]:
    held_back = sizes.held_back
    few = replace(sizes.judge, pictures=held_back, decoded=0, garbage=0)
    many = replace(sizes.judge, pictures=held_back, decoded=held_back, garbage=0)
    failed = judge.make_garbage(autoencoder, held_back, seed=seed)
    measured = {
        "drawings": judge.measure(seeing.network, judge.make_lessons(autoencoder, few, seed=seed)),
        "decoded": judge.measure(seeing.network, judge.make_lessons(autoencoder, many, seed=seed)),
        "failed": {"concept": judge.measure(seeing.network, failed)["concept"]},
    }
    return {
        name: {head: round(share, 4) for head, share in shares.items()}
        for name, shares in measured.items()
    }


def _describe(sizes: Sizes) -> dict[str, Any]:
    return asdict(replace(sizes, pool=None)) | {"pool": sizes.pool.to_json()}  # type: ignore[arg-type]


def tell(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """For people: what it is, and the share."""
    shares = {f"base, {scope}": share for scope, share in metrics["base"].items()}
    return {"judge, right on drawings": metrics["judge"]["drawings"], **shares}
