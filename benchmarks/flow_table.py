"""Why conversations/flow_table.py is compiled, and how it stands beside tshark.

    python -m benchmarks.flow_table [PACKETS]

Counts the flows of ``few`` and ``many``: compiled, as plain Python (a copy of the sources without
extensions, fewer packets), and ``tshark -q -z conv,tcp``, in turns; seconds of processor time.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.captures import write

SOURCES = Path(__file__).parents[1] / "src"
COMMAND = "import sys; from fyke.cli.main import main; sys.exit(main(['flows', *sys.argv[1:]]))"
TURNS = 3


def seconds(command: list[str], **environment: str) -> float:
    """Processor time of a command, its children's included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                   env=os.environ | environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        pure = shutil.copytree(SOURCES, f"{place}/src",
                               ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        for name in ("few", "many"):
            trace, short = f"{place}/{name}.pcap", f"{place}/{name}-short.pcap"
            write(trace, name, count)
            write(short, name, count // 20)
            best = [float("inf")] * 3
            for _ in range(TURNS):
                tries = (seconds([sys.executable, "-c", COMMAND, trace]),
                         20 * seconds([sys.executable, "-c", COMMAND, short], PYTHONPATH=pure),
                         seconds(["tshark", "-n", "-q", "-z", "conv,tcp", "-r", trace])
                         if shutil.which("tshark") else float("nan"))
                best = list(map(min, best, tries))
            print(f"{name:6} {count:9,} packets: compiled {best[0]:.2f} s, plain Python about "
                  f"{best[1]:.0f} s ({best[1] / best[0]:.0f} x), tshark {best[2]:.1f} s "
                  f"({best[2] / best[0]:.1f} x)", flush=True)


if __name__ == "__main__":
    main()
