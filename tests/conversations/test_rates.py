"""Rates: intervals, what a packet counts for, bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_packets import ACK, CLIENT, SECOND, SERVER, START, capture, fragments, ip, tcp, udp

import fyke
from fyke.conversations.rates import Rates, tree
from fyke.files.reader import open_capture
from fyke.wire import Record


def counted(path: str, interval: int = SECOND, by: str | None = None) -> Rates:
    rates = Rates(interval, by)
    source = open_capture(path)
    while rates.drain(source, 10):
        pass
    source.close()
    return rates


def test_intervals_begin_with_the_first_packet(tmp_path: Path) -> None:
    frame = ip(CLIENT, SERVER, 17, udp(1, 2, b"x"))
    rates = counted(capture(tmp_path / "a.pcap", [
        (SECOND // 2, frame), (SECOND, frame), (SECOND + SECOND // 2, frame), (9 * SECOND, frame),
        (0, frame)]))
    assert [((one.start - START) / SECOND, one.packets, one.bytes) for one in rates.rest()] == [
        (0.5, 3, 3 * len(frame)), (1.5, 1, len(frame)), (8.5, 1, len(frame))]
    assert rates.early == 1
    assert [one.packets for one in rates.finished(START + 2 * SECOND)] == [3]
    assert [one.packets for one in rates.rest()] == [1, 1]


def test_by(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [
        ip(CLIENT, SERVER, 6, tcp(40000, 80, 1, 1, ACK)),
        ip(CLIENT, SERVER, 17, udp(53, 53, b"")),
        *fragments(CLIENT, "192.0.2.9", 17, udp(4000, 5000, bytes(100)), [48])])
    told = {key: one.packets for key, one in counted(path, by="host").totals.items()}
    assert told == {CLIENT: 4, SERVER: 2, "192.0.2.9": 2}
    told = {key: one.packets for key, one in counted(path, by="port").totals.items()}
    assert told == {"tcp 40000": 1, "tcp 80": 1, "udp 53": 1, "udp 4000": 1, "udp 5000": 1}
    rates = counted(path, by="protocol")
    assert [(depth, name, one.packets) for depth, name, one in tree(rates.totals)][:2] == [
        (0, "ether", 4), (1, "ip", 4)]
    assert rates.totals["ether:ip:udp"].packets == 2  # the last fragment makes the datagram
    with pytest.raises(fyke.UsageError, match="by takes"):
        Rates(1, "colour")


def test_times_and_names_are_bounded() -> None:
    rates = Rates(1, "host")
    record = Record()
    for number in range(300_000):
        if number % 60 == 0:
            record = Record(ip(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", SERVER, 17,
                               udp(1, 2, b"")))
        record.time = START + number * 10**12
        if number > 270_000 or number < 10_000:
            rates.add(record)
        else:
            rates.at(record.time)
    assert len(rates.intervals) == 1 << 18
    assert rates.crowded > 0
    assert rates.total.packets == 39_999


def test_a_protocol_counts_once_whatever_carries_it(tmp_path: Path,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    from fyke.cli.main import main
    path = capture(tmp_path / "a.pcap", [
        ip(CLIENT, SERVER, 17, udp(4000, 53, bytes(12))),
        ip("2001:db8::1", "2001:db8::2", 17, udp(4000, 53, bytes(12)))])
    assert main(["rates", path, "--by", "protocol"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("dns 128")
