"""One packet for each branch of tcpdump's printers: texts that were right must stay right.

``branches-left.txt`` names every text that differs, one a line: input, packet, level of detail,
and why, where tcpdump is wrong or its text cannot be known. Other texts are equal byte for byte.
``python tests/peers/test_branches_peers.py`` takes out of the file what is right by now.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_tcpdump_peers import run

LEFT = Path(__file__).with_name("branches-left.txt")
START = 1_700_000_000
MARK = re.compile(rb"^17000\d{5}\.000000(?: |$)", re.M)
#: What is expected of the texts that call nothing damaged, and of all (parts of a thousand).
UNDAMAGED, ALL = 980, 920


def texts(output: bytes) -> dict[int, bytes]:
    """The text of each packet: they are one second apart."""
    marks = [mark.start() for mark in MARK.finditer(output)] + [len(output)]
    return {int(output[a:a + 10]) - START: output[a:b]
            for a, b in itertools.pairwise(marks)}


def judged(folder: Path) -> Iterator[tuple[str, bool, bool]]:
    """Every text: its name, whether nothing of its packet is damaged, whether it is right."""
    for case in json.loads((folder / "cases.json").read_text()):
        level = case["args"][2] if len(case["args"]) > 2 else "-"
        expected = texts((folder / "expected" / case["expected"]).read_bytes())
        status, output = run(["-tt", *case["args"], "-r", case["input"]], folder / "inputs")
        assert status == 0, f"{case['input']} {level}: status {status}"
        ours = texts(output)
        for number, text in expected.items():
            yield (f"{case['input']} {number + 1} {level}", case["clean"][number],
                   ours.get(number) == text)


def read_left() -> dict[str, str]:
    """Names of the texts that differ, and the reason, "" where none is given."""
    left = {}
    for line in LEFT.read_text().splitlines():
        name, _, reason = line.partition(" # ")
        left[name] = reason
    return left


@pytest.fixture(scope="module")
def results(peers: Path) -> list[tuple[str, bool, bool]]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "GMT0"
    time.tzset()
    try:
        return list(judged(peers / "branches"))
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def test_right_texts_stay_right(results: list[tuple[str, bool, bool]]) -> None:
    left = read_left()
    assert [name for name, _, right in results if not right and name not in left] == []


def test_what_is_left_is_told(results: list[tuple[str, bool, bool]],
                              capsys: pytest.CaptureFixture[str]) -> None:
    """The file names texts that there are; what is right by now is said, so that it can go."""
    left = read_left()
    assert set(left) <= {name for name, _, _ in results}
    risen = [name for name, _, right in results if right and name in left]
    if risen:
        with capsys.disabled():
            print(f"\n{len(risen)} more texts of branches are right: {' · '.join(risen[:20])}")


def test_undamaged_packets_are_right_or_explained(results: list[tuple[str, bool, bool]]) -> None:
    clean = [right for _, undamaged, right in results if undamaged]
    assert sum(clean) * 1000 >= len(clean) * UNDAMAGED
    assert sum(right for _, _, right in results) * 1000 >= len(results) * ALL


def rewrite(folder: Path) -> None:
    """Keep what differs still; what newly differs is told, never entered."""
    left = read_left() if LEFT.exists() else {}
    found = list(judged(folder))
    wrong = [(name, undamaged) for name, undamaged, right in found if not right]
    if LEFT.exists():
        print("newly wrong:", " · ".join(name for name, _ in wrong if name not in left) or "none")
        wrong = [one for one in wrong if one[0] in left]
    lines = []
    for name, undamaged in wrong:
        reason = left.get(name, "") or ("undamaged" if undamaged else "")
        lines.append(f"{name} # {reason}" if reason else name)
    LEFT.write_text("".join(f"{line}\n" for line in lines))
    print(f"{sum(right for _, _, right in found)} of {len(found)} right, {len(lines)} left")


if __name__ == "__main__":
    os.environ["TZ"] = "GMT0"
    time.tzset()
    default = Path(__file__).parents[3] / "shared" / "peers"
    rewrite(Path(os.environ.get("FYKE_PEERS", default)) / "branches")
