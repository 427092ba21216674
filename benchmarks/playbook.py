"""Every command of docs/playbook.md, in order, with the sandbox's small form.

Limit: none fails. The page itself is written by `python -m docs.playbook --run DIR`, which takes
the full form.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).parents[1]
# As docs.playbook says it: how long it took, and the command without its options.
_CALL = re.compile(r"^ *([\d.]+) s  (ggez(?: [a-z]+)+)(?= |$)", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="As it always is.")
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ggez-playbook-") as folder:
        started = time.monotonic()
        command = [sys.executable, "-m", "docs.playbook", "--run", folder, "--small"]
        done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=False)
        minutes = (time.monotonic() - started) / 60
    print("## playbook: from a folder of pictures to a claim\n")
    print(f"Every command of docs/playbook.md, small form, {minutes:.1f} minutes:\n")
    print("| command | s |\n|---|---|")
    for seconds, words in _CALL.findall(done.stdout):
        print(f"| `{words}` | {seconds} |")
    print(f"\nLimit: none fails. {'None did.' if not done.returncode else 'The last one did.'}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
