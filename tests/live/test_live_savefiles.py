"""Captures into savefiles, on the real kernel: what pcapng says of them, and dumpcap beside us."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from network import Network, frame, sender

from file_rows import in_order
from fyke.files.reader import open_capture
from fyke.wire import Record

SENT = [frame(bytes([number]) * (10 * number % 900)) for number in range(40)]
FILTER = ["ether", "proto", "0x88b5"]


def captured(namespace: str, words: Sequence[str], sends: Sequence[tuple[str, str]],
             ready: str) -> str:
    """What a capturing command says while the frames are sent; it ends by itself."""
    environment = {**os.environ, "TZ": "UTC"}
    with subprocess.Popen(["nsenter", "-t", namespace, "-n", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            told = ""
            while ready not in told:
                line = process.stderr.readline()
                assert line, told
                told += line
            for where, name in sends:
                with sender(where, name) as out:
                    for data in SENT:
                        out.send(data)
            told += process.communicate(timeout=30)[1]
        finally:
            process.kill()
    assert process.returncode == 0, told
    return told


def fyke(*words: str) -> list[str]:
    return [sys.executable, "-m", "fyke", "dump", *words]


def contents(path: Path) -> tuple[Any, list[tuple[int, bytes, int, str]]]:
    """The reader at its end, and every packet: time, octets, length, interface."""
    reader, packet, found = open_capture(path), Record(), []
    while reader.next(packet):
        found.append((packet.time, packet.raw(0, packet.caplen), packet.wirelen,
                      reader.interfaces[packet.interface].name))
    reader.close()
    return reader, found


def test_a_capture_says_where_it_is_from(veth: tuple[str, str], tmp_path: Path) -> None:
    near, far = veth
    out = tmp_path / "x.pcapng"
    captured(near, fyke("-i", "near", "-w", str(out), "-c", "40", *FILTER), [(far, "far")],
             "listening")
    reader, found = contents(out)
    assert [data for _, data, _, _ in found] == SENT
    one = reader.interfaces[0]
    assert (one.name, one.filter) == ("near", " ".join(FILTER))
    assert reader.section.application.startswith("fyke ") and "Linux" in reader.section.os
    counters = reader.statistics[0]
    assert (counters.accepted, counters.os_dropped, counters.delivered) == (40, 0, 40)
    assert counters.received is None  # the kernel counts behind the filter


def test_every_file_of_a_row_has_counters(veth: tuple[str, str], tmp_path: Path) -> None:
    near, far = veth
    captured(near, fyke("-i", "near", "-w", str(tmp_path / "x"), "--format", "pcapng", "-c", "40",
                        "-C", "1k"), [(far, "far")], "listening")
    paths = in_order(tmp_path)
    assert len(paths) > 2
    delivered = []
    packets: list[bytes] = []
    for path in paths:
        reader, found = contents(path)
        packets += [data for _, data, _, _ in found]
        delivered.append(reader.statistics[0].delivered)
        assert delivered[-1] == len(packets)  # since the capture began
        assert reader.statistics[0].accepted >= len(packets)
    assert packets == SENT


def test_all_interfaces_have_counters(network: Network, tmp_path: Path) -> None:
    near, far = network.namespace(), network.namespace()
    network.pair(near, far, ("one", "far1"))
    network.pair(near, far, ("two", "far2"))
    out = tmp_path / "x.pcapng"
    captured(near, fyke("-i", "any", "-w", str(out), "-c", "80"), [(far, "far1"), (far, "far2")],
             "listening")
    reader, found = contents(out)
    assert len(found) == 80
    by_name = {reader.interfaces[number].name: counters
               for number, counters in reader.statistics.items()}
    assert {name: counters.delivered for name, counters in by_name.items()} == {
        "one": 40, "two": 40}
    first, second = reader.statistics[0], reader.statistics[1]
    assert first.accepted == 80 and "all interfaces together" in first.comments[0]
    assert second.accepted is None and not second.comments


@pytest.mark.parametrize("form", [["-n"], ["-P"]])
def test_what_dumpcap_captures_is_read(veth: tuple[str, str], tmp_path: Path,
                                       form: list[str]) -> None:
    """The packets as sent, and all that tshark reads of the file."""
    dumpcap, tshark = shutil.which("dumpcap"), shutil.which("tshark")
    if dumpcap is None or tshark is None:
        pytest.skip("dumpcap and tshark are not installed")
    near, far = veth
    out = tmp_path / "x"
    captured(near, [dumpcap, *form, "-i", "near", "-w", str(out), "-c", "40", "-f",
                    " ".join(FILTER)], [(far, "far")], "File:")
    reader, found = contents(out)
    assert [data for _, data, _, _ in found] == SENT
    theirs = subprocess.run(
        [tshark, "-r", str(out), "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len",
         "-e", "frame.cap_len"], capture_output=True, text=True, timeout=60, check=True).stdout
    ours = [[f"{time // 10**9}.{time % 10**9:09d}", str(wirelen), str(len(data))]
            for time, data, wirelen, _ in found]
    assert [row.split("\t") for row in theirs.splitlines()] == ours
    if form == ["-n"]:
        assert (reader.format, reader.interfaces[0].name) == ("pcapng", "near")
        assert reader.interfaces[0].filter == " ".join(FILTER)
        assert reader.section.application.startswith("Dumpcap")
        assert reader.statistics[0].received is not None
    else:
        assert reader.format == "pcap"
