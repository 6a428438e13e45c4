"""-i and --netns: which tap hears what, and how text and pcapng tell several apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from dump_runs import COMMAND, environment, send_numbered, stop

from fyke.cli import flags
from fyke.cli.interfaces import pairs
from fyke.errors import UsageError
from fyke.files.reader import open_capture
from fyke.wire import Record

sys.path.append(str(Path(__file__).parents[1] / "live"))
from network import frame, sender


@pytest.mark.parametrize(("words", "found"), [
    ("", [(None, None)]),
    ("-i a -i b", [(None, "a"), (None, "b")]),
    ("--netns A", [("A", None)]),
    ("--netns A --netns B", [("A", None), ("B", None)]),
    ("--netns A -i a", [("A", "a")]),
    ("-i a --netns A", [("A", "a")]),
    ("-i a -i b --netns A --netns B", [("A", "a"), ("A", "b"), ("B", "a"), ("B", "b")]),
    ("--netns A -i a --netns B -i b", [("A", "a"), ("B", "b")]),
    ("-i a --netns A -i b --netns B", [("A", "a"), ("B", "b")]),
    ("--netns A -i a -i b --netns B --netns C -i c",
     [("A", "a"), ("A", "b"), ("B", "c"), ("C", "c")]),
])
def test_pairs(words: str, found: list[tuple[str | None, str | None]]) -> None:
    assert pairs(flags.parse(words.split())) == found


@pytest.mark.parametrize("words", ["-i a --netns A -i b", "--netns A -i a --netns B"])
def test_what_does_not_pair(words: str) -> None:
    with pytest.raises(UsageError, match="do not pair"):
        pairs(flags.parse(words.split()))


def captured(words: list[str], act: Callable[[], None], *, ready: int = 1) -> tuple[str, str]:
    """Output and messages of a capture outside the namespaces that it listens in."""
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment())
    assert process.stderr is not None
    said = b""
    while ready:
        row = process.stderr.readline()
        assert row, said.decode()
        said += row
        ready -= row.startswith(b"listening on")
    act()
    out, told, _ = stop(process)
    return out, said.decode() + told


def test_any_has_the_names_of_its_namespace(veth: tuple[str, str]) -> None:
    def act() -> None:
        with sender(veth[1], "far") as out:
            out.send(frame(b"x" * 46))

    out, told = captured(["-nt", "--netns", veth[0], "-i", "any", "ether proto 0x88b5"], act)
    assert out.split()[:2] == ["near", "B"]
    assert "listening on any," in told


def test_text_tells_several_apart(veth: tuple[str, str]) -> None:
    one, other = veth

    def act() -> None:
        send_numbered(one, 1)
        with sender(one, "near") as out:
            out.send(frame(b"x" * 46))

    out, told = captured(["-nt", "--netns", one, "-i", "lo", "--netns", other, "-i", "any",
                          "udp port 9 or ether proto 0x88b5"], act, ready=2)
    rows = sorted((row.split() for row in out.splitlines() if not row.startswith("\t")),
                  key=lambda row: row[0] != f"{one}/lo")
    assert [row[0] for row in rows] == [f"{one}/lo", f"{other}/any"]
    assert rows[0][1] == "IP" and rows[1][1:3] == ["far", "B"]
    assert f"listening on {one}/lo," in told and f"listening on {other}/any," in told


def test_interfaces_of_one_namespace(veth: tuple[str, str]) -> None:
    out, _ = captured(["-nt", "--netns", veth[0], "-i", "lo", "-i", "near", "udp port 9"],
                      lambda: send_numbered(veth[0], 1), ready=2)
    assert out.startswith(f"{veth[0]}/lo IP 127.0.0.1")


@pytest.mark.parametrize("rotated", [[], ["-G", "600"]])
def test_pcapng_counts_interfaces_of_one_name_apart(veth: tuple[str, str], tmp_path: Path,
                                                    rotated: list[str]) -> None:
    path = tmp_path / "out.pcapng"
    captured(["--netns", veth[0], "--netns", veth[1], "-i", "lo", "-w", str(path), *rotated,
              "udp port 9"],
             lambda: (send_numbered(veth[0], 3), send_numbered(veth[1], 1))[0], ready=2)
    packet, seen = Record(), [0, 0]
    with closing(open_capture(path)) as reader:
        while reader.next(packet):
            seen[packet.interface] += 1
    assert seen == [3, 1]
    assert [one.name for one in reader.interfaces] == ["lo", "lo"]
    assert [one.description for one in reader.interfaces] == [
        f"lo in the network namespace {name}" for name in veth]
    told = reader.statistics  # type: ignore[union-attr]
    assert [told[number].delivered for number in (0, 1)] == [3, 1]
    assert [told[number].accepted for number in (0, 1)] == [3, 1]
