"""Runs the random tests with new examples, round after round, and keeps what fails.

    python tests/explore.py [MINUTES]

pytest's words about each failure go to explored.log, with the line that tries the example again.
hypothesis keeps it in .hypothesis/examples, too, and begins the next round with it: a round is
green only when all that was found is mended. What is found becomes a case of its own in a test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = ROOT / "explored.log"


def random_tests() -> list[str]:
    """The files that have any."""
    return sorted(str(path) for path in (ROOT / "tests").rglob("test_*.py")
                  if re.search(r"^\s*@given\(", path.read_text(), re.MULTILINE))


def main() -> int:
    minutes = float(sys.argv[1]) if sys.argv[1:] else 10
    end = time.monotonic() + 60 * minutes
    rounds = failed = 0
    while not rounds or time.monotonic() < end:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--no-header",
             "--hypothesis-seed", str(time.time_ns()), *random_tests()],
            cwd=ROOT, env=os.environ | {"FYKE_EXPLORE": "1"}, capture_output=True, text=True,
            check=False)
        rounds += 1
        if done.returncode:
            failed += 1
            with LOG.open("a") as log:
                log.write(done.stdout + done.stderr)
        print(f"round {rounds}: {done.stdout.splitlines()[-1]}", flush=True)
    print(f"{rounds} rounds, {failed} with failures" + (f": see {LOG}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
