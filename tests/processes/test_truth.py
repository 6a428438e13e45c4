"""Whose packet it is, beside what the processes themselves wrote down."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from truth import Truth
from watching import addresses, capturing, program, work

from fyke.processes.watch import Watch

pytestmark = pytest.mark.live

ROUNDS = 10
KINDS = {"client", "tcp server", "udp server", "refused", "passed"}


def check(score: dict[str, Counter[str]], least: int) -> None:
    every = score["all"]
    told = {kind: dict(counts) for kind, counts in score.items()}
    assert every["wrong"] == 0, told
    assert every["no truth"] == 0, told
    total = sum(every.values())
    assert total >= least, told
    assert every["exact"] >= 0.995 * total, told


def test_every_kind_of_user(veth: tuple[str, str], watch: Watch, tmp_path: Path) -> None:
    near, far = veth
    host4, host6 = addresses(near, far)
    log = tmp_path / "truth"
    with (program(far, "peer"), program(near, "servers", str(log), "7200"),
          capturing(near, watch) as capture, program(near, "servers", str(log), "7100")):
        work(near, "clients", str(log), host4, host6, str(ROUNDS), "7100", "7200")
    assert capture.dropped == 0
    score = Truth(log).score(capture.packets)
    print({kind: dict(counts) for kind, counts in score.items()})
    check(score, 60 * ROUNDS)
    assert set(score) >= KINDS
    assert watch.lost == 0


def test_a_burst_of_short_lives(veth: tuple[str, str], watch: Watch, tmp_path: Path) -> None:
    near, far = veth
    host4, _ = addresses(near, far)
    log = tmp_path / "truth"
    with program(far, "peer"), capturing(near, watch) as capture:
        work(near, "burst", str(log), host4, "400")
    assert capture.dropped == 0
    score = Truth(log).score(capture.packets)
    print({kind: dict(counts) for kind, counts in score.items()})
    check(score, 1000)
    assert watch.lost == 0
