"""How long filters take to compile, beside tcpdump: within fyke, and as commands.

    python -m benchmarks.filters [--rounds 20]

``compile`` is fyke's compiler within a running program, warm; the commands print the program (-d)
and contain their start. Processor seconds, medians, programs in turn.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time

from benchmarks.programs import FYKE, processor_seconds

EXPRESSIONS = (
    "ip",
    "host 1.2.3.4",
    "tcp port 443 and host 10.0.0.1",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not src and dst net 10.0.0.0/8",
    "portrange 1000-2000 and (ip6 or vlan 5)",
    " or ".join(f"host 10.0.{n // 256}.{n % 256}" for n in range(50)),
    " or ".join(f"port {n}" for n in range(1, 101)),
)


def within(expression: str, rounds: int) -> float:
    """Median processor seconds of one compilation in this process."""
    from fyke.filter.compile import compile
    took = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        compile(expression)
        took.append(time.process_time() - begin)
    return statistics.median(took[1:])


def command(words: list[str], rounds: int) -> float:
    return statistics.median(processor_seconds(words) for _ in range(rounds))


def main(arguments: list[str] | None = None) -> int:
    made = argparse.ArgumentParser(prog="python -m benchmarks.filters")
    made.add_argument("--rounds", type=int, default=20)
    rounds = made.parse_args(arguments).rounds
    has_tcpdump = shutil.which("tcpdump") is not None
    print(f"{'expression':42} {'compile':>9} {'fyke -d':>9} {'tcpdump -d':>10}   milliseconds")
    for expression in EXPRESSIONS:
        shown = expression if len(expression) <= 40 else expression[:37] + "..."
        theirs = "-"
        if has_tcpdump:
            theirs = f"{1e3 * command(['tcpdump', '-y', 'EN10MB', '-d', expression], rounds):.1f}"
        print(f"{shown:42} {1e3 * within(expression, rounds):9.2f} "
              f"{1e3 * command([*FYKE, '-d', expression], rounds):9.1f} {theirs:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
