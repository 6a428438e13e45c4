"""What the events add up to: pid and port reuse, exec, clocks, bounded memory."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from fyke.owner import EBPF, LISTENER, SHARED, Process
from fyke.processes import event_layout as layout
from fyke.processes import registry
from fyke.processes.registry import Registry

HERE, THERE = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
NETNS = (7).to_bytes(4, "little")
MS = 1_000_000


def event(kind: int, time: int, *, pid: int = 100, name: bytes = b"curl", start: int = 1,
          cookie: int = 5, protocol: int = 6, port: int = 4000, remote_port: int = 80,
          local: bytes = HERE, remote: bytes = THERE, state: int = 0, uid: int = 1000) -> bytes:
    head = struct.pack("<QIIIIQ16sII16sQ", time, kind, pid, pid + 1, uid, 9, name, 1, 7, b"init",
                       start)
    return head + struct.pack("<QHBBH2s16s16s", cookie, 2, protocol, state, port,
                              remote_port.to_bytes(2, "big"), local, remote)


def task_event(kind: int, time: int, *, pid: int = 100, child: int = 0, start: int = 1,
               name: bytes = b"curl") -> bytes:
    return struct.pack("<QIIIIQ16sII16sQ", time, kind, pid, pid, 1000, 9, name, 1, 7, b"init",
                       start) + struct.pack("<II", child, 0)


def key(protocol: int = 6, port: int = 4000, remote_port: int = 80) -> bytes:
    return (NETNS + bytes((protocol,)) + HERE + port.to_bytes(2, "big") + THERE
            + remote_port.to_bytes(2, "big"))


def unconnected(protocol: int, port: int) -> list[bytes]:
    front = NETNS + bytes((protocol,))
    return [front + address + port.to_bytes(2, "big")
            for address in (HERE, bytes(4), bytes(16))]


def find(known: Registry, time: int, *, protocol: int = 6, opening: bool = False,
         resets: bool = False, final: bool = False) -> Process | None:
    return known.find(key(protocol), time, protocol=protocol, opening=opening, resets=resets,
                      final=final, others=unconnected(protocol, 4000))


def test_before_at_and_after_the_claim() -> None:
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS))
    for time in (9 * MS, 10 * MS, 99 * MS):  # soon before, too: servers read what has come
        found = find(known, time)
        assert found is not None and (found.pid, found.tid, found.name) == (100, 101, "curl")
        assert found.source == EBPF and found.sure


def test_a_port_that_is_used_again() -> None:
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS))
    known.take(event(layout.CLOSED, 20 * MS))
    assert find(known, 21 * MS) is not None  # the last acknowledgements
    assert find(known, 30 * MS, opening=True) is None  # a SYN begins something else
    assert find(known, 31 * MS) is None
    known.take(event(layout.OWNER, 32 * MS, pid=200, start=2, cookie=6))
    found = [find(known, time) for time in (15 * MS, 30 * MS, 33 * MS)]
    assert [one.pid if one else 0 for one in found] == [100, 200, 200]


def test_a_refusal_within_the_clocks_difference() -> None:
    """The SYN's stamp seems to be behind the end of its socket, which a RST brought at once."""
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS))
    known.take(event(layout.CLOSED, 10 * MS + 2_000))
    for time in (10 * MS - 4_000, 10 * MS + 1_000, 10 * MS + 6_000):
        found = find(known, time, opening=True)
        assert found is not None and found.pid == 100
    assert find(known, 10 * MS + 8_000, opening=True) is None


def test_who_connects_is_known_when_the_port_comes() -> None:
    """The SYN waited for ARP: its socket has a port, and current is somebody else."""
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS, port=0))
    assert find(known, 11 * MS) is None
    known.take(event(layout.MOVED, 12 * MS, pid=200))
    found = find(known, 13 * MS, opening=True)
    assert found is not None and found.pid == 100
    known.take(event(layout.CLOSED, 14 * MS))
    assert find(known, 15 * MS, opening=True) is None
    assert not known.by_cookie


def test_a_pid_that_is_used_again() -> None:
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS, name=b"first"))
    known.take(task_event(layout.EXIT, 20 * MS))
    known.take(event(layout.OWNER, 30 * MS, name=b"second", start=25 * MS, cookie=8, port=4001))
    first = find(known, 11 * MS)
    second = known.find(key(port=4001), 31 * MS, protocol=6, opening=False, resets=False,
                        final=False, others=[])
    assert first is not None and second is not None
    assert (first.name, second.name) == ("first", "second")
    assert first.start != second.start


def test_followed_is_the_process_and_not_its_number() -> None:
    known = Registry(0, 0)
    known.follow(100)
    known.take(task_event(layout.FORK, 5 * MS, child=101))
    known.take(event(layout.OWNER, 10 * MS, pid=101, start=5 * MS))
    child = find(known, 10 * MS)
    assert child is not None and known.is_followed(child)
    known.take(task_event(layout.EXIT, 20 * MS, pid=101))
    assert known.is_followed(child)  # its last packets
    known.take(event(layout.OWNER, 40 * MS, pid=101, start=30 * MS, cookie=9))
    other = find(known, 41 * MS)
    assert other is not None and not known.is_followed(other)


def test_exec_renames_from_then_on() -> None:
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS, name=b"sh"))
    known.take(task_event(layout.EXEC, 20 * MS, name=b"nc"))
    names = [found.name for time in (15 * MS, 25 * MS) if (found := find(known, time))]
    assert names == ["sh", "nc"]


def test_a_listener_only_at_the_end_and_not_sure() -> None:
    known = Registry(0, 0)
    known.take(event(layout.OWNER, 10 * MS, remote=bytes(16), remote_port=0, state=10))
    assert find(known, 20 * MS) is None
    found = find(known, 20 * MS, final=True)
    assert found is not None and found.source == LISTENER and found.label() == "curl.100?"
    assert find(known, 20 * MS, final=True, resets=True) is None  # the kernel's own


def test_two_processes_with_one_port() -> None:
    known = Registry(0, 0)
    for pid, cookie in ((100, 5), (200, 6)):
        known.take(event(layout.OWNER, pid * MS, pid=pid, cookie=cookie, protocol=17,
                         remote=bytes(16), remote_port=0))
    sources = [found.source for time in (150 * MS, 250 * MS)
               if (found := find(known, time, protocol=17))]
    assert sources == [EBPF, SHARED]
    known.take(event(layout.CLOSED, 300 * MS, cookie=6))
    found = find(known, 310 * MS, protocol=17)
    assert found is not None and (found.pid, found.source) == (100, EBPF)


def test_a_new_connection_waits_for_who_takes_it() -> None:
    known = Registry(0, 0)
    known.take(event(layout.FRESH, 10 * MS, pid=0))
    assert find(known, 11 * MS, final=True) is None
    known.take(event(layout.OWNER, 12 * MS, pid=300))
    for time in (9 * MS, 11 * MS, 13 * MS):
        found = find(known, time)
        assert found is not None and found.pid == 300


def test_memory_is_bounded() -> None:
    known = Registry(0, 0)
    limit, registry.MAX_FLOWS = registry.MAX_FLOWS, 64
    try:
        for number in range(1000):
            known.take(event(layout.OWNER, number * MS, port=1 + number, cookie=1 + number))
        assert len(known.flows) <= 64 and known.forgotten > 0
        assert len(known.by_cookie) <= 200
        for number in range(5000):  # one pair of ends that never rests
            known.take(event(layout.OWNER, number, pid=100 + number % 2, cookie=1 + number % 2))
        assert max(len(flow.claims) for flow in known.flows.values()) <= 1025
    finally:
        registry.MAX_FLOWS = limit


def test_what_a_call_sent_has_the_name_of_its_end() -> None:
    """The end of a call tells of UDP: by then the packet has gone."""
    known = Registry(0, 0)
    known.take(task_event(layout.EXEC, 10 * MS))
    known.take(event(layout.OWNER, 30 * MS, name=b"renamed", protocol=17))
    found = find(known, 29 * MS, protocol=17)
    assert found is not None and found.name == "renamed"
    known.take(task_event(layout.EXEC, 40 * MS, name=b"other"))
    found = [find(known, time, protocol=17) for time in (35 * MS, 45 * MS)]
    assert [one.name if one else None for one in found] == ["renamed", "other"]


def packet(protocol: int = 6, flags: int = 2) -> bytes:
    """What a SENT tells of a packet from HERE:4000 to THERE:80."""
    ports = (4000).to_bytes(2, "big") + (80).to_bytes(2, "big")
    return (b"\x45" + bytes(8) + bytes((protocol,)) + bytes(2) + HERE + THERE + ports + bytes(8)
            + bytes((0x50, flags)) + bytes(64))[:layout.PACKET]


def sent(time: int, protocol: int = 6, of_socket: int = 0, pid: int = 200) -> bytes:
    return event(layout.SENT, time, pid=pid, cookie=9, protocol=of_socket) + packet(protocol)


def test_a_packet_made_by_hand_is_its_makers_but_not_the_kernels_reset() -> None:
    known = Registry(0, 0)
    known.take(sent(10 * MS))
    found = find(known, 10 * MS, opening=True)
    assert found is not None and found.pid == 200 and found.sure
    assert find(known, 11 * MS, resets=True, final=True) is None


def test_a_packet_made_by_hand_into_a_connection_is_not_sure() -> None:
    for protocol in (6, 17):
        known = Registry(0, 0)
        known.take(event(layout.OWNER, 10 * MS, protocol=protocol))
        known.take(sent(20 * MS, protocol))
        before, after = (find(known, time, protocol=protocol) for time in (15 * MS, 25 * MS))
        assert before is not None and before.sure
        assert after is not None and not after.sure


def test_who_sent_elsewhere_is_the_sockets_user_if_current_is_not() -> None:
    """What waited for a neighbour is sent by whoever is at work: the event names nobody."""
    known = Registry(0, 0)
    known.take(sent(5 * MS, 17, of_socket=17, pid=0))
    assert find(known, 5 * MS, protocol=17, final=True) is None
    known.take(event(layout.OWNER, 10 * MS, protocol=17, cookie=9, remote_port=81))
    known.take(sent(20 * MS, 17, of_socket=17, pid=0))
    found = find(known, 20 * MS, protocol=17)
    assert found is not None and found.pid == 100 and not found.sure


@given(st.binary(min_size=layout.PACKET, max_size=layout.PACKET))
def test_a_packet_of_anything(data: bytes) -> None:
    known = Registry(0, 0)
    known.take(event(layout.SENT, MS, pid=200, protocol=0) + data)
    assert len(known.flows) <= 1
