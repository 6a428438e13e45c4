"""The kernel's verdict on a translated filter is that of the filter on the finished packet."""

from __future__ import annotations

import pytest
from network import frame, sender
from test_tap import rest

from fyke.bpf.instructions import ABS, JEQ, JMP, LD, RET, B, Instruction, K
from fyke.filter.compile import compile
from fyke.linktypes import by_number
from fyke.live.cooked import LINUX_SLL, LINUX_SLL2
from fyke.live.tap import open_tap

pytestmark = pytest.mark.live

IPV4 = bytes.fromhex("4500003c000100004011b6ccc0000201c0000202")
IPV6 = bytes.fromhex("6000000000201140") + bytes.fromhex("20010db8" + "00" * 11 + "01") * 2
PORTS = [bytes.fromhex("00351234") + bytes(40), bytes.fromhex("04d2162e") + bytes(40)]
FRAMES = [
    *(frame(IPV4 + ports, ethertype=0x0800) for ports in PORTS),
    *(frame(IPV4 + ports + bytes(200), ethertype=0x0800) for ports in PORTS),
    frame(IPV4[:9] + b"\x06" + IPV4[10:] + PORTS[0], ethertype=0x0800),
    frame(IPV4[:6] + b"\x20\x05" + IPV4[8:] + PORTS[0], ethertype=0x0800),
    frame(b"\x46" + IPV4[1:] + b"\1\1\1\1" + PORTS[0], ethertype=0x0800),
    *(frame(IPV6 + ports, ethertype=0x86DD) for ports in PORTS),
    frame(bytes.fromhex("0001080006040001020000000001c0000201000000000000c0000202"),
          ethertype=0x0806),
    frame(bytes(46), ethertype=0x88B5),
    frame(bytes.fromhex("424203") + bytes(43), ethertype=46),
]
EXPRESSIONS = [
    "ip", "ip6", "arp", "udp", "tcp", "port 53", "src port 53", "not port 53", "udp port 5678",
    "host 192.0.2.1", "dst host 192.0.2.2 and udp", "net 192.0.2.0/24", "ip6 host 2001:db8::1",
    "len > 100", "less 66", "greater 262", "len = 66 or arp", "ip[6:2] & 0x1fff != 0",
    "ether proto 0x88b5", "ip proto 6 or ip6 proto 17", "arp host 192.0.2.2", "ip[0] & 15 > 5",
    "udp[2:2] = 0x1234", "portrange 50-60", "ip and not udp and len < 300",
]


@pytest.mark.parametrize("name,link_type", [("near", LINUX_SLL), ("any", LINUX_SLL2)])
def test_kernel_and_machine_agree(veth: tuple[str, str], name: str, link_type: int) -> None:
    programs = {text: compile(text, link_type=by_number(link_type).name)
                for text in EXPRESSIONS}
    taps = {}
    everything = open_tap(name, namespace=veth[0], link_type=link_type)
    try:
        for text, program in programs.items():
            taps[text] = open_tap(name, program, namespace=veth[0], link_type=link_type,
                                  buffer_size=0)
        with sender(veth[1], "far") as out:
            for data in FRAMES:
                out.send(data)
        packets = rest(everything)
        assert len(packets) == len(FRAMES)
        verdicts = set()
        for text, tap in taps.items():
            machine = programs[text].machine()
            wanted = [p.raw(0, p.caplen) for p in packets if machine.run(p)]
            assert [p.raw(0, p.caplen) for p in rest(tap)] == wanted, text
            assert tap.notes == [], text  # the kernel did it
            verdicts.add(len(wanted))
        assert len(verdicts) > 5  # the expressions do tell packets apart
    finally:
        for tap in (everything, *taps.values()):
            tap.close()


def test_what_only_the_header_has_is_judged_here(veth: tuple[str, str]) -> None:
    program = [Instruction(LD | B | ABS, 0, 0, 17), Instruction(JMP | JEQ | K, 0, 1, 7),
               Instruction(RET | K, 0, 0, 262144), Instruction(RET | K, 0, 0, 0)]
    with open_tap("any", program, namespace=veth[0]) as tap, sender(veth[1], "far") as out:
        for last in (6, 7, 8):
            out.send(frame(b"x", sent_by=b"\x02\0\0\0\0" + bytes([last])))
        (packet,) = rest(tap)
        assert packet.raw(12, 6) == b"\x02\0\0\0\0\x07"
        assert tap.notes == ["the kernel cannot run this filter (it reads what only the cooked "
                             "header has): it runs here"]
        assert tap.statistics().refused == 2
