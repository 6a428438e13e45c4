"""The savefiles of tcpdump's and libpcap's suites: read as tcpdump reads them, copied equal."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fyke.anonymous.anonymizer import Anonymizer, Anonymous
from fyke.dump.pour import pour
from fyke.errors import FykeError, SavefileError
from fyke.files.copying import create_like
from fyke.files.reader import open_capture
from fyke.wire import Record


def whole(path: Path) -> list[tuple[int, bytes, int]]:
    """The packets of a file, up to where it is damaged."""
    packet, out = Record(), []
    source = None
    try:
        source = open_capture(path)
        while source.next(packet):
            out.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen))
    except SavefileError:
        pass
    finally:
        if source is not None:
            source.close()
    return out


def inputs(peers: Path) -> list[Path]:
    return sorted(path for folder in ("tcpdump", "libpcap")
                  for path in (peers / folder / "inputs").iterdir() if path.is_file())


def test_as_many_packets_as_tcpdump_sees(peers: Path) -> None:
    if not shutil.which("tcpdump"):
        pytest.skip("no tcpdump")
    wrong = []
    for path in inputs(peers):
        done = subprocess.run(["tcpdump", "-r", path, "--count"], capture_output=True, text=True,
                              check=False)
        if done.stdout and int(done.stdout.split()[0]) != len(whole(path)):
            wrong.append(path.name)
    assert not wrong


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_copies_are_equal_and_anonymous_ones_as_long(format: str, peers: Path,
                                                     tmp_path: Path) -> None:
    out = tmp_path / "out"
    for path in inputs(peers):
        packets = whole(path)
        if not packets:
            continue
        for hide in (False, True):
            source: Any = open_capture(path)
            if hide:
                source = Anonymous(source, Anonymizer(b"sixteen octets!!"))
            try:
                count, _ = pour(source, create_like(out, source, format=format))
            except FykeError as error:
                assert "pcap cannot hold the time" in str(error), path.name
                continue
            assert count == len(packets), path.name
            copy = whole(out)
            assert copy == packets or hide, path.name
            assert [size for _, _, size in copy] == [size for _, _, size in packets], path.name
