"""Where a packet stands: its number in its file, times around it, interface and direction."""

from __future__ import annotations

import io
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import fyke
from fyke.files.pcapng_options import Interface
from fyke.files.writer import create
from fyke.wire import Record

START = 1_700_000_000_000_000_000
UDP = bytes.fromhex("020000000002 020000000001 0800 4500 001c 0001 0000 4011 0000"
                    "0a000001 0a000002 1234 0035 0008 0000")
TCP = UDP[:23] + b"\6" + UDP[24:34] + bytes(12) + b"\x50" + bytes(7)
TIMES = (0, 5, 1005, 900)  # the last one came late


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two interfaces, UDP and TCP in turn."""
    made = tmp_path / "two.pcapng"
    sink = create(str(made), link_type=1, format="pcapng", interfaces=[
        Interface(1, 65535, name="wan0"), Interface(1, 65535)])
    for number, time in enumerate(TIMES):
        record = Record(TCP if number % 2 else UDP, 1, START + time)
        record.interface = number % 2
        sink.add(record)
    sink.close()
    return made


def test_the_number_is_the_files_also_under_a_filter(path: Path) -> None:
    assert [packet.number for packet in fyke.read(path)] == [1, 2, 3, 4]
    assert [packet.number for packet in fyke.read(path, filter="tcp")] == [2, 4]
    assert fyke.Packet(UDP).number is None


def test_times_around_it(path: Path) -> None:
    packets = list(fyke.read(path, filter="tcp"))
    assert [packet.time_relative for packet in packets] == [5, 900]
    assert [packet.time_delta for packet in packets] == [5, -105]
    first = next(iter(fyke.read(path)))
    assert (first.time_relative, first.time_delta) == (0, 0)
    assert first.datetime == datetime.fromtimestamp(START // 10**9, UTC)
    assert fyke.Packet(UDP, time=-1500).datetime < datetime(1970, 1, 1, tzinfo=UTC)


def test_the_interface_by_name(path: Path) -> None:
    assert [packet.interface_name for packet in fyke.read(path)] == ["wan0", None] * 2
    assert fyke.Packet(UDP).interface_name is None


def test_rows_and_tables_agree(path: Path) -> None:
    names = ["number", "time_relative", "time_delta", "interface", "interface_number", "direction"]
    rows = list(fyke.rows(path, names, filter="tcp"))
    assert rows == [(2, 5, 5, None, 1, None), (4, 900, -105, None, 1, None)]
    assert next(iter(fyke.rows(path, names))) == (1, 0, 0, "wan0", 0, None)


@pytest.mark.parametrize(("head", "link_type", "expected"), [
    (b"\0\0", "LINUX_SLL", "in"), (b"\0\4", "LINUX_SLL", "out"), (b"\0\1", "LINUX_SLL", "in"),
    (b"", "LINUX_SLL", None), (b"\0", "EN10MB", None)])
def test_direction_of_cooked_packets(head: bytes, link_type: str, expected: Any) -> None:
    octets = head + bytes(14) if head else b""
    assert fyke.Packet(octets, link_type=link_type).direction == expected


@pytest.mark.parametrize(("flags", "expected"), [(1, "in"), (2, "out"), (0, None), (3, None)])
def test_direction_of_pcapng_flags(flags: int, expected: Any) -> None:
    from fyke.files import pcapng_blocks as blocks
    from fyke.files.pcapng_options import PacketOptions
    record = Record(UDP, 1, START)
    record.meta = PacketOptions()
    record.meta.set(blocks.EPB_FLAGS, flags, size=4)
    assert fyke.Packet.from_record(record).direction == expected


def test_a_pickled_packet_keeps_its_place(path: Path) -> None:
    packet = list(fyke.read(path))[2]
    again = pickle.loads(pickle.dumps(packet))
    assert (again.number, again.time_relative) == (3, 1005)


def test_layers_are_decoded_as_deep_as_asked() -> None:
    """The same layers in whichever order they are asked for; padding is found out first."""
    padded = UDP + bytes(18)
    for names in (["ether", "ip", "udp"], ["udp", "ether", "ip"], ["ip", "nothing", "ether"]):
        packet = fyke.Packet(padded)
        for name in names:
            assert (packet.get(name) is None) is (name == "nothing")
        assert packet["ether"].payload == UDP[14:]
        assert packet["ip"] is packet.layers[1]
        assert [layer.name for layer in packet.layers] == ["ether", "ip", "udp", "dns"]
    one = fyke.Packet(padded)
    assert one["ether"].payload == UDP[14:]
    assert one["ip"].payload == UDP[34:]
    str(one)  # prints on a window of its own
    assert one["udp"].payload == b""


def test_an_inner_packet_does_not_cut_what_carries_it() -> None:
    inner = UDP[14:]
    outer = UDP[:16] + (20 + len(inner) + 3).to_bytes(2, "big") + UDP[18:23] + b"\4" + UDP[24:34]
    packet = fyke.Packet(outer + inner + b"abc")
    assert [layer.name for layer in packet.layers][:3] == ["ether", "ip", "ip"]
    assert packet["ip"].payload == inner + b"abc"


def test_numbers_of_a_stream(path: Path) -> None:
    packets = fyke.read(io.BytesIO(path.read_bytes()))
    for packet in packets:
        if packet.number == 2:
            break
    assert next(packets).number == 3
