"""What a merge costs: memory that does not grow."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

GROW = """
import sys
from pathlib import Path
from ml.merging.run import merge
from ml.progress import Silent
from specs.kinds.model.model_merge import ModelMerge

for number, num_values in enumerate((4_000_000, 4_000_000, 40_000_000)):
    folder = Path(sys.argv[1]) / str(num_values)
    for name in ("base", "tuned"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        file = folder / name / "w.safetensors"
        header = b'{"a":{"dtype":"F16","shape":[%d],"data_offsets":[0,%d]}}' % (
            num_values, 2 * num_values)
        with file.open("wb") as out:
            out.write(len(header).to_bytes(8, "little") + header)
            for _ in range(num_values // 1_000_000):
                out.write(bytes(2_000_000))
    merge(ModelMerge(betas=(0.25, 0.3)), base=folder / "base", tuned=folder / "tuned",
          out_dir=folder / f"out-{number}",
          state_dir=folder, progress=Silent())
    # Not ru_maxrss: that begins with what the process had which started this one.
    status = Path("/proc/self/status").read_text().splitlines()
    print(next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
"""


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_memory_does_not_grow_with_the_models(tmp_path: Path) -> None:
    """Ten times the size: 72 MB more of each model, and twice that much written."""
    _, small, large = map(int, run("-c", GROW, str(tmp_path)).split())
    assert large - small < 24  # of buffers that an allocator keeps; a model held would be 72 more
    assert large < 1536
