"""Packets of interfaces with different link types in one file are printed and filtered right."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from fyke.cli.main import main
from fyke.files.pcapng_options import Interface, Section
from fyke.files.writer import create
from fyke.wire import Record

UDP = bytes.fromhex("4500002100010000401100000a010203c0000207" "04d20045000d0000") + b"hello"
TCP = bytes.fromhex("4500002800010000400600000a010203c0000207"
                    "04d2005000000001000000025010006400000000")
HEADS = {1: bytes.fromhex("0200000000010200000000aa0800"), 101: b"",
         113: struct.pack("!HHH8sH", 0, 1, 6, b"abcdef", 0x800),
         276: struct.pack("!HHIHBB8s", 0x800, 0, 0, 1, 0, 6, b"abcdef"),
         0: struct.pack("=I", 2), 108: struct.pack("!I", 2), 228: b""}
EXPRESSIONS = ["", "udp", "tcp port 80", "host 10.1.2.3 and not tcp", "ip[8] = 64 and dst port 69"]


def lines(path: Path, expression: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["dump", "-nn", "-e", "-S", "-r", str(path), *expression.split()]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_one_file_is_as_one_file_each(expression: str, tmp_path: Path,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    kinds = list(HEADS)
    mixed = create(tmp_path / "mixed.pcapng", interfaces=[Interface(kind) for kind in kinds])
    single = {kind: create(tmp_path / f"{kind}.pcap", link_type=kind, nanoseconds=True)
              for kind in kinds}
    for number in range(4 * len(kinds)):
        kind = kinds[number % len(kinds)]
        packet = Record(HEADS[kind] + (UDP if number % 3 else TCP), kind, number * 1000)
        single[kind].add(packet)
        packet.interface = number % len(kinds)
        mixed.add(packet)
    for sink in (mixed, *single.values()):
        sink.close()
    expected = sorted(line for kind in kinds
                      for line in lines(tmp_path / f"{kind}.pcap", expression, capsys))
    assert len(expected) > 5
    assert lines(tmp_path / "mixed.pcapng", expression, capsys) == expected


@pytest.mark.parametrize("expression", EXPRESSIONS[1:])
def test_sections_of_both_byte_orders(expression: str, tmp_path: Path,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    """A header in the byte order of the host that captured is right in either section."""
    path = tmp_path / "orders.pcapng"
    swapped = sys.byteorder == "little"
    sink = create(path, interfaces=[Interface(0)], section=Section())
    sink.add(Record(HEADS[0] + UDP, 0, 1000))
    sink.add(Record(HEADS[0] + TCP, 0, 2000))
    sink.carry(Section(big=swapped))
    for number, octets in enumerate((UDP, TCP)):
        sink.add(Record(HEADS[0][::-1] + octets, 0, 3000 + number))
    sink.close()
    assert len(lines(path, expression, capsys)) == 2
