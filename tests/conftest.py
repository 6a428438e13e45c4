"""What every test shares: which build runs, where the peers' cases are, hypothesis' budget,
network namespaces for live tests, which are skipped with the reason where there are none, and the
last lines, which say what was skipped and why.

Random tests take the same examples everywhere. ``make explore`` draws new ones, and tries again
what failed before (it is kept in .hypothesis/examples)."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import fyke.wire

sys.path.append(str(Path(__file__).parent / "live"))

from network import Network, why_not

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("explore" if os.environ.get("FYKE_EXPLORE") else "same")

# make asan: every Python is started with AddressSanitizer in front, and no other program is.
if "FYKE_ASAN" in os.environ:
    sys.executable = os.environ["FYKE_ASAN"]
    os.environ.pop("LD_PRELOAD", None)

COMPILED = fyke.wire.__file__.endswith(".so")


def pytest_report_header() -> str:
    return f"fyke: {'compiled' if COMPILED else 'pure Python'} modules"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Octets are named by their argument and place: what they hold may differ from one worker to
    the next (a compressor writes the time), and workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped, by reason, the most frequent first."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ")
                      for report in terminalreporter.stats.get("skipped", ())
                      if isinstance(report.longrepr, tuple))
    if reasons:
        terminalreporter.section("skipped, and why")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:6}  {reason}")


@pytest.fixture(scope="session")
def peers() -> Path:
    """The folder with tcpdump's and libpcap's own cases; a test that asks for it may skip."""
    default = Path(__file__).parents[2] / "shared" / "peers"
    folder = Path(os.environ.get("FYKE_PEERS", default))
    if not folder.is_dir():
        pytest.skip(f"no peers' cases: {folder} is not there (FYKE_PEERS names the folder)")
    return folder


NO_NETWORK: list[str | None] = []  # why there are no namespaces, once that was tried


@pytest.fixture
def network() -> Iterator[Network]:
    """Network namespaces that the test makes, gone after it."""
    if not NO_NETWORK:
        NO_NETWORK.append(why_not())
    if NO_NETWORK[0] is not None:
        pytest.skip(f"live tests need network namespaces: {NO_NETWORK[0]}")
    made = Network()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def veth(network: Network) -> tuple[str, str]:
    """Two namespaces with a veth pair, ``near`` in the first and ``far`` in the second."""
    one, other = network.namespace(), network.namespace()
    network.pair(one, other)
    return one, other
