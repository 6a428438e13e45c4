"""A pcap file holds one link type: packets of two are refused before the file is touched."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fyke.cli.main import main
from fyke.files.pcapng_options import Interface
from fyke.files.reader import open_capture
from fyke.files.writer import create
from fyke.wire import Record

IP = bytes.fromhex("4500001400010000400100000a0000010a000002")


def pcap(path: Path, link_type: int, count: int = 2) -> str:
    sink = create(path, link_type=link_type)
    for number in range(count):
        data = IP if link_type == 101 else bytes(12) + b"\x08\0" + IP
        sink.add(Record(data, link_type, 10**18 + number))
    sink.close()
    return str(path)


def mixed(path: Path, *kinds: int, described: tuple[int, ...] = (1, 101)) -> str:
    """A pcapng file of packets of these link types, one each; the second interface comes late."""
    interfaces = [Interface(described[0])]
    sink = create(path, interfaces=interfaces)
    for kind in kinds:
        if kind not in (one.link_type for one in interfaces):
            interfaces.append(Interface(kind))
        packet = Record(IP if kind == 101 else bytes(12) + b"\x08\0" + IP, kind, 10**18)
        packet.interface = [one.link_type for one in interfaces].index(kind)
        sink.add(packet)
    interfaces += [Interface(kind) for kind in described[len(interfaces):]]
    sink.close()
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return {"ETH": pcap(tmp_path / "eth.pcap", 1), "RAW": pcap(tmp_path / "raw.pcap", 101),
            "MIX": mixed(tmp_path / "mix.pcapng", 1, 1, 101),
            "ONE": mixed(tmp_path / "one.pcapng", 1, 1), "OUT": str(tmp_path / "out.pcap")}


def run(words: str, files: dict[str, Any]) -> int:
    return main([files.get(word, word) for word in words.split()])


@pytest.mark.parametrize("words", [
    "merge ETH RAW -w OUT", "merge -a ETH RAW -w OUT", "merge MIX -w OUT",
    "dump -r ETH -r RAW -w OUT", "dump --merge -r ETH -r RAW -w OUT", "dump -r MIX -w OUT",
    "dump -r MIX -w OUT ip", "dump -r MIX -w OUT -C 1k", "slice MIX -w OUT", "sort MIX -w OUT",
    "slice MIX --numbers 2- -w OUT", "anonymize MIX -w OUT", "merge ETH MIX --format pcap -w OUT"])
@pytest.mark.parametrize("old", [None, b"what was there"])
def test_refused(words: str, old: bytes | None, files: dict[str, str],
                 capsys: pytest.CaptureFixture[str]) -> None:
    out = Path(files["OUT"])
    if old is not None:
        out.write_bytes(old)
    assert run(words, files) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "a pcap file holds one link type" in told and "write pcapng" in told
    assert "EN10MB" in told and "RAW" in told
    assert out.read_bytes() == old if old is not None else not out.exists()


@pytest.mark.parametrize(("words", "count"), [
    ("merge ETH ETH -w OUT", 4), ("dump -r ONE -w OUT", 2), ("slice ONE -w OUT", 2),
    ("dump -r MIX -w OUT ether[12:2]=0x800", 2), ("dump -r MIX -w OUT -c 2", 2),
    ("dump -r ETH -r RAW -w OUT -c 2", 2), ("slice MIX --numbers 1-2 -w OUT", 2),
    ("anonymize ONE -w OUT", 2), ("sort ONE -w OUT", 2)])
def test_written(words: str, count: int, files: dict[str, str]) -> None:
    """What is described and does not come, or is not wanted, is no reason to refuse."""
    assert run(words, files) == 0
    packet, found = Record(), 0
    with closing(open_capture(files["OUT"])) as reader:
        while reader.next(packet):
            found += 1
            assert packet.link_type == 1
    assert found == count


def test_pcapng_takes_both(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert run(f"merge ETH RAW -w {out}", files) == 0
    packet, found = Record(), set()
    with closing(open_capture(out)) as reader:
        while reader.next(packet):
            found.add(packet.link_type)
    assert found == {1, 101}
