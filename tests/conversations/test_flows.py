"""Flows: who opened, counts each way, TCP's troubles, time-outs, bounds, groups."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from made_packets import (
    ACK,
    CLIENT,
    FIN,
    PSH,
    RST,
    SECOND,
    SERVER,
    START,
    SYN,
    capture,
    ethernet,
    fragments,
    ip,
    segment,
    tcp,
    udp,
)

import fyke
from fyke.conversations.flow_table import FlowTable
from fyke.wire import Record

MSS, SCALE = b"\x02\x04\x05\xb4", b"\x01\x03\x03\x07"


def only(path: str, **how: object) -> fyke.Flow:
    flows = list(fyke.flows(path, **how))  # type: ignore[arg-type]
    assert len(flows) == 1
    return flows[0]


def test_a_whole_connection(tmp_path: Path) -> None:
    flow = only(capture(tmp_path / "a.pcap", [
        (0, segment(True, 100, 0, SYN, options=MSS + SCALE)),
        (30, segment(False, 900, 101, SYN | ACK, options=MSS)),
        (50, segment(True, 101, 901, ACK)),
        (60, segment(True, 101, 901, PSH | ACK, b"GET / HTTP/1.1\r\n")),
        (70, segment(False, 901, 117, ACK, b"x" * 100)),
        (80, segment(True, 117, 1001, FIN | ACK)),
        (90, segment(False, 1001, 118, FIN | ACK)),
        (99, segment(True, 118, 1002, ACK))]))
    assert (flow.protocol, flow.client, flow.client_port, flow.server, flow.server_port) == (
        "tcp", CLIENT, 40000, SERVER, 80)
    assert (flow.opened_by, flow.state, flow.application) == ("syn", "closed", "http")
    assert (flow.packets, flow.sent.packets, flow.received.packets) == (8, 5, 3)
    assert (flow.sent.payload, flow.received.payload) == (16, 100)
    assert flow.bytes == 8 * 54 + 16 + 100 + len(MSS + SCALE) + len(MSS)
    assert (flow.start, flow.end, flow.duration) == (START, START + 99, 99)
    assert flow.handshake == 50
    assert (flow.sent.mss, flow.sent.window_scale, flow.received.window_scale) == (1460, 7, None)
    assert flow.to_dict()["client_payload"] == 16


@pytest.mark.parametrize(("last", "state"), [
    ([], "opening"), ([segment(False, 9, 2, SYN | ACK)], "answered"),
    ([segment(False, 9, 2, SYN | ACK), segment(True, 2, 10, ACK)], "open"),
    ([segment(False, 0, 2, RST | ACK)], "reset")])
def test_states(tmp_path: Path, last: list[bytes], state: str) -> None:
    assert only(capture(tmp_path / "a.pcap", [segment(True, 1, 0, SYN), *last])).state == state


def test_who_opened_when_the_beginning_is_missing(tmp_path: Path) -> None:
    flow = only(capture(tmp_path / "a.pcap", [segment(False, 9, 2, ACK, b"x")]))
    assert (flow.client, flow.opened_by) == (CLIENT, "port")
    flow = only(capture(tmp_path / "a.pcap", [segment(False, 9, 2, SYN | ACK)]))
    assert (flow.client, flow.opened_by) == (CLIENT, "syn-ack")
    flow = only(capture(tmp_path / "a.pcap", [ip(SERVER, CLIENT, 17, udp(5000, 6000, b"x"))]))
    assert (flow.client, flow.opened_by, flow.state) == (SERVER, "first", "one-way")


def test_troubles(tmp_path: Path) -> None:
    flow = only(capture(tmp_path / "a.pcap", [
        (0, segment(True, 100, 1, ACK, b"a" * 10)),
        (SECOND, segment(True, 100, 1, ACK, b"a" * 10)),  # again
        (2 * SECOND, segment(True, 130, 1, ACK, b"a" * 10)),  # 20 octets are missing
        (2 * SECOND + 1000, segment(True, 110, 1, ACK, b"a" * 10)),  # at once: another order
        (3 * SECOND, segment(False, 1, 110, ACK)),
        (3 * SECOND + 1, segment(False, 1, 110, ACK)),  # duplicate
        (4 * SECOND, segment(False, 1, 110, ACK, window=0))]))
    assert (flow.sent.retransmissions, flow.sent.lost_segments, flow.sent.out_of_order) == (1, 1, 1)
    assert (flow.received.duplicate_acks, flow.received.zero_windows) == (1, 1)


def test_sequence_numbers_wrap(tmp_path: Path) -> None:
    flow = only(capture(tmp_path / "a.pcap", [
        (number * SECOND, segment(True, 0xFFFFFFF0 + 10 * number, 1, ACK, b"a" * 10))
        for number in range(5)]))
    assert (flow.sent.retransmissions, flow.sent.lost_segments, flow.sent.out_of_order) == (0, 0, 0)


def test_ports_used_again_are_another_flow(tmp_path: Path) -> None:
    flows = list(fyke.flows(capture(tmp_path / "a.pcap", [
        segment(True, 100, 0, SYN), segment(True, 100, 0, SYN), segment(True, 7777, 0, SYN)])))
    assert [(flow.packets, flow.ended_by) for flow in flows] == [(2, "reused"), (1, "end")]


def test_idle_and_active(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [
        (second * SECOND, ip(CLIENT, SERVER, 17, udp(5, 6, b"x"))) for second in (0, 1, 2, 30, 31)])
    assert [flow.packets for flow in fyke.flows(path)] == [5]
    assert [(flow.packets, flow.ended_by) for flow in fyke.flows(path, idle=15)] == [
        (3, "idle"), (2, "end")]
    assert [(flow.packets, flow.ended_by, flow.continued)
            for flow in fyke.flows(path, active=1.5)] == [
        (2, "active", False), (1, "active", True), (2, "end", True)]


def test_the_least_recently_seen_leaves() -> None:
    table = FlowTable(capacity=2)

    def see(port: int) -> None:
        table.add(Record(ip(CLIENT, SERVER, 17, udp(port, 53, b"x"))))

    for port in (1, 2, 1, 3, 1, 4):
        see(port)
    assert [flow.client_port for flow in table.ended] == [2, 3]
    assert (table.evicted, table.count, table.flows) == (2, 2, 4)
    assert [flow.ended_by for flow in table.ended] == ["memory", "memory"]


def test_half_open_connections_are_bounded() -> None:
    """More SYNs than there is room for: memory stays, each is told, nothing is lost."""
    table = FlowTable(capacity=1000)
    for number in range(20_000):
        frame = ip(f"10.{number >> 8 & 255}.{number & 255}.9", SERVER, 6,
                   tcp(1024 + number % 60000, 80, number, 0, SYN))
        table.add(Record(frame))
    table.finish()
    assert table.evicted == 19_000
    assert sum(flow.packets for flow in table.ended) == 20_000


def test_by(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [
        ip("10.0.0.1", "10.0.9.1", 17, udp(5000, 53, b"x")),
        ip("10.0.9.1", "10.0.0.1", 17, udp(53, 5001, b"xx")),
        ip("10.0.0.2", "10.0.9.1", 17, udp(5000, 53, b"x")),
        ip("10.0.0.2", "10.0.9.1", 6, tcp(5000, 80, 1, 1, ACK))])
    hosts = {(one.client, one.server): (one.flows, one.packets, one.protocol)
             for one in fyke.flows(path, by="hosts")}
    assert hosts == {("10.0.0.1", "10.0.9.1"): (2, 2, "udp"),
                     ("10.0.0.2", "10.0.9.1"): (2, 2, None)}
    ports = {(one.protocol, one.server_port): one.packets for one in fyke.flows(path, by="ports")}
    assert ports == {("udp", 53): 3, ("tcp", 80): 1}
    (net,) = fyke.flows(path, by="subnet/24")
    assert (net.client, net.server, net.sent.packets, net.received.packets) == (
        "10.0.0.0/24", "10.0.9.0/24", 3, 1)
    for wrong in ("subnet", "subnet/33", "people"):
        with pytest.raises(fyke.UsageError, match="by takes"):
            fyke.flows(path, by=wrong)


def test_names_of_dns_and_tls(tmp_path: Path) -> None:
    question = b"\x03www\x07example\x03com\x00\x00\x01\x00\x01"
    answer = (struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + question
              + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + bytes([192, 0, 2, 80]))
    name = b"sni.example"
    sni = struct.pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    body = b"\x03\x03" + bytes(32) + b"\x00\x00\x02\x13\x01\x01\x00" + struct.pack(
        ">H", len(sni)) + sni
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    record = b"\x16\x03\x01" + struct.pack(">H", len(hello)) + hello
    frames = [ip("10.0.0.53", CLIENT, 17, udp(53, 5000, answer)),
              segment(True, 1, 0, SYN)]
    by_dns = list(fyke.flows(capture(tmp_path / "a.pcap", frames)))[1]
    assert by_dns.name == "www.example.com"
    for cut in (len(record), 50, len(record) - 3):  # in one segment, or in two
        whole = [*frames, segment(True, 2, 1, ACK, record[:cut]),
                 segment(True, 2 + cut, 1, ACK, record[cut:] or b"x")]
        flow = list(fyke.flows(capture(tmp_path / "b.pcap", whole)))[1]
        assert (flow.name, flow.application) == ("sni.example", "tls")
    assert list(fyke.flows(capture(tmp_path / "b.pcap", whole), names=False))[1].name is None


@pytest.mark.parametrize(("labels", "name"), [
    ([b"www", b"example"], "www.example"), ([b"*", b"a.b"], "*.a\\046b"),
    ([b"x" * 50, b"com"], "x" * 50 + ".com"), ([b"a b", b"\x1b[2J"], "a\\032b.\\027[2J"),
    ([b"_dmarc", b"a-b", b"9"], "_dmarc.a-b.9")])
def test_names_are_escaped(labels: list[bytes], name: str) -> None:
    question = b"".join(bytes([len(one)]) + one for one in labels) + b"\0\0\x01\0\x01"
    answer = (struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + question
              + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + bytes(4))
    table = FlowTable()
    table.add(Record(ip("10.0.0.53", CLIENT, 17, udp(53, 5000, answer))))
    assert table.names.of(0, 0) == name


def test_tunnels_count_outside_and_inside(tmp_path: Path) -> None:
    inner = ethernet(ip(CLIENT, SERVER, 6, tcp(1, 80, 1, 1, SYN))[14:])
    frame = ip("172.16.0.1", "172.16.0.2", 17, udp(5000, 4789, b"\x08" + bytes(7) + inner))
    flows = {flow.protocol: flow for flow in fyke.flows(capture(tmp_path / "a.pcap", [frame]))}
    assert (flows["udp"].tunnel, flows["tcp"].tunnel) == (None, "vxlan")
    assert flows["tcp"].bytes == flows["udp"].bytes == len(frame)


def test_fragments_are_one_packet(tmp_path: Path) -> None:
    pieces = fragments(CLIENT, SERVER, 17, udp(5000, 6000, bytes(2000)), [800, 800])
    flow = only(capture(tmp_path / "a.pcap", pieces))
    assert (flow.packets, flow.bytes, flow.sent.payload) == (1, len(pieces[-1]), 2000)
    assert (flow.fragments, flow.fragment_bytes) == (2, sum(map(len, pieces[:2])))


def test_packets_of_a_program_and_a_filter(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [segment(True, 1, 0, SYN),
                                         ip(CLIENT, SERVER, 17, udp(1, 2, b"x"))])
    assert [flow.protocol for flow in fyke.flows(path, "udp")] == ["udp"]
    with fyke.read(path, filter="tcp") as reader:
        assert [flow.protocol for flow in fyke.flows(reader)] == ["tcp"]
    with pytest.raises(fyke.UsageError, match="filter"):
        fyke.flows([], "udp")
    with pytest.raises(TypeError):
        list(fyke.flows([1]))  # type: ignore[list-item]


def test_a_torn_file_gives_what_is_whole(tmp_path: Path) -> None:
    path = Path(capture(tmp_path / "a.pcap", [segment(True, 1, 0, SYN)] * 3))
    path.write_bytes(path.read_bytes()[:-5])
    flows = fyke.flows(path)
    assert next(flows).packets == 2
    with pytest.raises(fyke.SavefileError):
        next(flows)


def test_every_prefix_of_packets() -> None:
    """Cut anywhere, no packet raises; what is cut in the transport header counts nowhere."""
    for frame in (segment(True, 1, 0, SYN, options=MSS), ip("::1", "::2", 17, udp(53, 1, bytes(9))),
                  ip("172.16.0.1", "172.16.0.2", 17,
                     udp(5000, 4789, b"\x08" + bytes(7) + segment(True, 1, 0, SYN)))):
        for size in range(len(frame)):
            table = FlowTable()
            record = Record(frame[:size])
            record.wirelen = len(frame)
            table.add(record)
            table.finish()
            assert table.packets == 1


def test_names_in_quic(tmp_path: Path) -> None:
    """A ClientHello in one Initial, in two, and one behind a name that DNS told already."""
    pytest.importorskip("cryptography")
    sys.path.append(str(Path(__file__).parents[1] / "layers"))
    from test_quic_initial import HELLO, crypto, initial
    both = [initial(crypto(HELLO[100:], 100)), initial(crypto(HELLO[:100]), number=3)]
    frames = [ip(CLIENT, SERVER, 17, udp(port, 443, data)) for port, data in (
        (4000, initial(crypto(HELLO))), (4001, both[0]), (4001, both[1]), (4002, bytes(1200)),
        (4003, b"\xc0\0\0\0\1" + bytes(1200)))]
    path = capture(tmp_path / "a.pcap", frames)
    named = {flow.client_port: flow.name for flow in fyke.flows(path, quic=True)}
    assert named[4000] and named[4000] == named[4001]
    assert (named[4002], named[4003]) == (None, None)
    assert {flow.name for flow in fyke.flows(path)} == {None}
