"""Addresses are replaced, prefixes kept, payloads gone, checksums as right as before."""

from __future__ import annotations

import shutil
import struct
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from capture_samples import opened, pcap
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.anonymous import gathered as fragments_module
from fyke.anonymous.anonymizer import Anonymizer
from fyke.anonymous.gathered import Gathered
from fyke.anonymous.prefixes import Addresses, PrefixMap
from fyke.cli.main import main
from fyke.conversations.belonging import connection
from fyke.errors import SavefileError, UsageError
from fyke.files.checksums import total
from fyke.wire import Record

KEY = b"sixteen octets!!"
A, B = bytes([10, 1, 2, 3]), bytes([192, 0, 2, 7])
A6, B6 = ip_address("2001:db8::1").packed, ip_address("2001:db8::2:3").packed
MACS = bytes.fromhex("0200000000010200000000aa")


def shared(one: bytes, two: bytes) -> int:
    """How many bits two addresses have in common at the front."""
    bits = 8 * len(one)
    return bits - (int.from_bytes(one, "big") ^ int.from_bytes(two, "big")).bit_length()


def mended(head: bytes, at: int, pseudo: bytes = b"") -> bytes:
    value = 0xFFFF - total(pseudo + head[:at] + b"\0\0" + head[at + 2:])
    return head[:at] + struct.pack("!H", value) + head[at + 2:]


def ipv4(proto: int, payload: bytes, source: bytes = A, target: bytes = B,
         options: bytes = b"") -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload),
                       1, 0, 64, proto, 0) + source + target + options
    return mended(head, 10) + payload


def ipv6(proto: int, payload: bytes) -> bytes:
    return struct.pack("!IHBB", 6 << 28, len(payload), proto, 64) + A6 + B6 + payload


def segment(proto: int, payload: bytes, ends: bytes = A + B) -> bytes:
    """UDP, TCP or ICMP with a right checksum."""
    head, at = {17: (struct.pack("!HHHH", 1234, 53, 8 + len(payload), 0), 6),
                6: (struct.pack("!HHIIBBHHH", 1234, 80, 1, 2, 0x50, 16, 100, 0, 0), 16),
                1: (b"\x08\0\0\0\0\1\0\1", 2), 58: (b"\x80\0\0\0\0\1\0\1", 2)}[proto]
    length = len(head) + len(payload)
    pseudo = b"" if proto == 1 else ends + struct.pack("!HH", length, proto)
    return mended(head + payload, at, pseudo)


def check(frame: bytes, offset: int) -> tuple[int, int]:
    """The header's and the transport's checksum, 0xffff each where they are right."""
    data = frame[offset:]
    if data[0] >> 4 == 4:
        size = 4 * (data[0] & 15)
        header, proto, ends, body = total(data[:size]), data[9], data[12:20], data[size:]
    else:
        header, proto, ends, body = 0xFFFF, data[6], data[8:40], data[40:]
    pseudo = b"" if proto == 1 else ends + struct.pack("!HH", len(body), proto)
    return header, total(pseudo + body)


def changed(frame: bytes, link_type: int = 1, payload: str = "zero") -> bytes:
    packet = Record(frame, link_type, 77)
    packet.wirelen = len(frame) + 5
    Anonymizer(KEY, payload).change(packet)
    assert (packet.time, packet.wirelen) == (77, len(frame) + 5)
    return packet.raw(0, packet.caplen)


@settings(max_examples=80)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_common_prefixes_stay_common(one: int, two: int) -> None:
    addresses = Addresses(KEY)
    first, second = one.to_bytes(4, "big"), two.to_bytes(4, "big")
    assert shared(first, second) == shared(addresses.ip(first), addresses.ip(second))


def test_the_map_is_one_to_one_and_keeps_what_is_kept() -> None:
    small = PrefixMap(KEY, 8, ("1110", "11111111", "00000000"))
    mapped = {bytes([n]): small.map(bytes([n])) for n in range(256)}
    assert len(set(mapped.values())) == 256
    for n in [0, 255, *range(0xE0, 0xF0)]:
        assert mapped[bytes([n])] == bytes([n])
    assert sum(a != b for a, b in mapped.items()) > 100


@pytest.mark.parametrize("address", ["224.0.0.251", "255.255.255.255", "0.0.0.0", "127.0.0.1",
                                     "ff02::fb", "::", "::1"])
def test_addresses_of_nobody_stay(address: str) -> None:
    packed = ip_address(address).packed
    assert Addresses(KEY).ip(packed) == packed


def test_keys_differ_and_repeat() -> None:
    assert Addresses(KEY).ip(B) == Addresses(KEY).ip(B) != Addresses(KEY + b"x").ip(B)
    local = ip_address("fe80::200:ff:fe00:1").packed
    assert Addresses(KEY).ip(local)[:8] == local[:8]
    assert Addresses(KEY).ip(local) != local


@pytest.mark.parametrize("payload", ["zero", "keep"])
@pytest.mark.parametrize("proto", [17, 6, 1])
def test_ipv4_checksums_are_mended(proto: int, payload: str) -> None:
    frame = MACS + b"\x08\0" + ipv4(proto, segment(proto, b"secret data"))
    assert check(frame, 14) == (0xFFFF, 0xFFFF)
    got = changed(frame, payload=payload)
    assert check(got, 14) == (0xFFFF, 0xFFFF)
    assert got[26:34] != frame[26:34]
    assert got[:12] != frame[:12]
    assert (b"secret" in got) is (payload == "keep")
    assert len(got) == len(frame)


@pytest.mark.parametrize("proto", [17, 6, 58])
def test_ipv6_checksums_are_mended(proto: int) -> None:
    frame = MACS + b"\x86\xdd" + ipv6(proto, segment(proto, b"odd", A6 + B6))
    assert check(frame, 14) == (0xFFFF, 0xFFFF)
    assert check(changed(frame), 14) == (0xFFFF, 0xFFFF)


def test_a_wrong_checksum_stays_wrong() -> None:
    frame = bytearray(MACS + b"\x08\0" + ipv4(17, segment(17, b"data")))
    frame[41] ^= 1
    wrong = check(bytes(frame), 14)[1]
    assert wrong != 0xFFFF
    assert check(changed(bytes(frame)), 14) == (0xFFFF, wrong)


def test_what_is_quoted_and_tunnelled_is_replaced() -> None:
    inner = ipv4(17, segment(17, b"hidden"))
    quote = mended(b"\x03\x03\0\0\0\0\0\0" + inner, 2)
    for frame in (MACS + b"\x08\0" + ipv4(1, quote), MACS + b"\x08\0" + ipv4(4, inner),
                  MACS + b"\x08\0" + ipv4(47, b"\0\0\x08\0" + inner),
                  MACS + b"\x81\0\0\5\x08\0" + ipv4(17, segment(17, b"hidden"))):
        got = changed(frame, payload="keep")
        assert A not in got
        assert B not in got
    assert check(changed(MACS + b"\x08\0" + ipv4(1, quote)), 14) == (0xFFFF, 0xFFFF)


def gre(flags: int, kind: int, payload: bytes) -> bytes:
    """A GRE header; with a right checksum if the flags say that there is one."""
    head = struct.pack("!HH", flags, kind) + (bytes(4) if flags & 0x8000 else b"")
    return mended(head + payload, 4) if flags & 0x8000 else head + payload


def test_gre_with_a_checksum_and_with_labels() -> None:
    inner = ipv4(6, segment(6, b"hidden"))
    got = changed(MACS + b"\x08\0" + ipv4(47, gre(0x8000, 0x800, inner)))
    assert total(got[34:]) == 0xFFFF
    assert check(got, 14 + 20 + 8) == (0xFFFF, 0xFFFF)
    wrong = bytearray(MACS + b"\x08\0" + ipv4(47, gre(0x8000, 0x800, inner)))
    wrong[38] ^= 1
    assert total(changed(bytes(wrong))[34:]) == total(wrong[34:]) != 0xFFFF
    got = changed(MACS + b"\x08\0" + ipv4(47, gre(0, 0x8847, b"\0\1\x01\x40" + inner)))
    assert A not in got and B not in got
    assert check(got, 14 + 20 + 4 + 4) == (0xFFFF, 0xFFFF)


def crc32c(data: bytes) -> int:
    """The checksum of SCTP, bit by bit (RFC 9260, appendix A)."""
    value = 0xFFFFFFFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


@pytest.mark.parametrize("wrong", [0, 5])
def test_sctp_keeps_its_ports_and_its_checksum(wrong: int) -> None:
    assert crc32c(b"123456789") == 0xE3069283
    head, chunk = struct.pack("!HHI", 2905, 2906, 7), b"\0\3\0\x10" + b"secrets" * 3
    stored = crc32c(head + bytes(4) + chunk) ^ wrong
    frame = MACS + b"\x08\0" + ipv4(132, head + struct.pack("<I", stored) + chunk)
    got = changed(frame)[34:]
    assert got[:8] == head and got[12:] == bytes(len(chunk))
    assert struct.unpack("<I", got[8:12])[0] == crc32c(head + bytes(4) + got[12:]) ^ wrong
    assert changed(frame, payload="keep")[34:] == frame[34:]


def test_tcp_options_tell_no_addresses() -> None:
    kept = b"\2\4\5\xb4\1\1\x08\x0aABCDEFGH"
    mptcp = b"\x1e\x08\x30\x01" + B  # RFC 8684: ADD_ADDR
    hidden = b"\0\2\5\x06" + A  # behind the end of the options
    head = struct.pack("!HHIIBBHHH", 1234, 80, 1, 2, 0xD0, 16, 100, 0, 0) + kept + mptcp + hidden
    pseudo = A + B + struct.pack("!HH", len(head), 6)
    for payload in ("zero", "keep"):
        got = changed(MACS + b"\x08\0" + ipv4(6, mended(head, 16, pseudo)), payload=payload)
        assert got[54:] == kept + b"\1" * 16
        assert check(got, 14) == (0xFFFF, 0xFFFF)


@pytest.mark.parametrize("head", [b"", b"\xff\x03"])
def test_ppp_is_understood(head: bytes) -> None:
    frame = head + b"\0\x21" + ipv4(17, segment(17, b"hidden"))
    got = changed(frame, 9)
    assert got[:len(head) + 2] == frame[:len(head) + 2]
    assert A not in got and check(got, len(head) + 2) == (0xFFFF, 0xFFFF)


@pytest.mark.parametrize(("link_type", "template"), [
    (113, "0000 0300 {length:04x} {address} 0800"),
    (276, "0800 0000 00000002 0300 00 {length:02x} {address}")])
@pytest.mark.parametrize(("address", "length"), [(A + bytes(4), 4), (MACS[6:] + bytes(2), 6),
                                                 (b"sevensX\0", 7)])
def test_cooked_headers_tell_no_addresses(link_type: int, template: str, address: bytes,
                                          length: int) -> None:
    head = bytes.fromhex(template.format(length=length, address=address.hex()))
    got = changed(head + ipv4(17, segment(17, b"")), link_type)
    assert address[:length] not in got and A not in got
    if length == 4:
        assert Addresses(KEY).ip(A) in got[:len(head)]
    assert check(got, len(head)) == (0xFFFF, 0xFFFF)


def test_solicited_nodes_are_no_addresses() -> None:
    """RFC 4291, section 2.7.1: the end of an address stands in the group's."""
    addresses = Addresses(KEY)
    groups = [ip_address(f"ff02::1:ff{n:02x}:3456").packed for n in range(64)]
    changed = [addresses.ip(group) for group in groups]
    assert all(one[:13] == groups[0][:13] for one in changed)
    assert len(set(changed)) == 64
    assert sum(one == two for one, two in zip(groups, changed, strict=True)) < 8


def test_arp_and_neighbour_discovery() -> None:
    arp = (b"\xff" * 6 + MACS[6:] + b"\x08\x06" + bytes.fromhex("0001080006040001")
           + MACS[6:] + A + bytes(6) + B)
    got = changed(arp)
    assert got[:6] == b"\xff" * 6
    assert A not in got and B not in got and MACS[6:] not in got
    assert got[32:38] == bytes(6)
    solicit = b"\x87\0\0\0" + bytes(4) + B6 + b"\1\1" + MACS[6:]
    body = mended(solicit, 2, A6 + B6 + struct.pack("!HH", len(solicit), 58))
    frame = MACS + b"\x86\xdd" + ipv6(58, body)
    got = changed(frame)
    assert A6 not in got and B6 not in got and MACS[6:] not in got
    assert check(got, 14) == (0xFFFF, 0xFFFF)


def test_header_options_do_not_tell_routes() -> None:
    route = b"\x07\x07\x04" + B + b"\0"
    got = changed(MACS + b"\x08\0" + ipv4(17, segment(17, b"x"), options=route))
    assert B not in got
    assert total(got[14:42]) == 0xFFFF


def test_payload_can_be_cut_and_unknown_things_are_payload() -> None:
    frame = MACS + b"\x08\0" + ipv4(17, segment(17, b"secret"))
    assert len(changed(frame, payload="cut")) == 14 + 20 + 8
    unknown = MACS + b"\x12\x34secret"
    anonymizer = Anonymizer(KEY)
    packet = Record(unknown)
    anonymizer.change(packet)
    assert packet.raw(12, 8) == b"\x12\x34" + bytes(6)
    assert anonymizer.not_understood == 1
    with pytest.raises(UsageError, match="unknown payload"):
        Anonymizer(KEY, "some")


FRAMES = [MACS + b"\x08\0" + ipv4(17, segment(17, b"data")),
          MACS + b"\x86\xdd" + ipv6(58, segment(58, b"odd", A6 + B6)),
          MACS + b"\x08\0" + ipv4(1, b"\x03\x03\0\0\0\0\0\0" + ipv4(6, segment(6, b"")))]


@settings(max_examples=150)
@given(st.sampled_from(FRAMES), st.sampled_from([1, 113, 276, 101, 0, 147]), st.integers(0, 90),
       st.binary(max_size=40))
def test_any_octets_are_survived(frame: bytes, link_type: int, cut: int, noise: bytes) -> None:
    for data in (frame[:cut], frame[:cut] + noise, noise):
        assert len(changed(data, link_type)) == len(data)
        connection(Record(data, link_type))


def test_connections_are_the_same_both_ways() -> None:
    there = MACS + b"\x08\0" + ipv4(6, segment(6, b""))
    back = MACS + b"\x08\0" + ipv4(6, struct.pack("!HH", 80, 1234) + bytes(16), B, A)
    assert connection(Record(there)) == connection(Record(back)) == "tcp-10.1.2.3.1234-192.0.2.7.80"
    assert connection(Record(MACS + b"\x86\xdd" + ipv6(17, segment(17, b"", A6 + B6)))) == (
        "udp-2001_db8__1.1234-2001_db8__2_3.53")
    assert connection(Record(MACS + b"\x08\x06")) == "arp"
    assert connection(Record(b"abc", 147)) == "other"


def fragments(proto: int, size: int = 200, ident: int = 1, version: int = 4,
              step: int = 64) -> list[bytes]:
    """A datagram with a right checksum, in frames of ``step`` octets of it each."""
    ends = A + B if version == 4 else A6 + B6
    whole = segment(proto, bytes(n * ident % 251 for n in range(size)), ends)
    frames = []
    for begin in range(0, len(whole), step):
        part, more = whole[begin:begin + step], begin + step < len(whole)
        if version == 4:
            head = bytearray(ipv4(proto, part)[:20])
            head[4:8] = struct.pack("!HH", ident, begin // 8 | 0x2000 * more)
            frames.append(MACS + b"\x08\0" + mended(bytes(head), 10) + part)
        else:
            fragment = struct.pack("!BBHI", proto, 0, begin | more, ident)
            frames.append(MACS + b"\x86\xdd" + ipv6(44, fragment + part))
    return frames


def anonymous(frames: list[bytes], payload: str = "zero") -> tuple[list[bytes], Anonymizer]:
    source = opened(pcap([(n, frame, len(frame)) for n, frame in enumerate(frames)]))
    gathered, anonymizer, packet, out = Gathered(source), Anonymizer(KEY, payload), Record(), []
    while gathered.next(packet):
        anonymizer.change(packet, gathered.later_sum)
        out.append(packet.raw(0, packet.caplen))
    return out, anonymizer


def sum_of(frames: list[bytes], proto: int) -> int:
    """The checksum of the datagram that frames carry, 0xffff where it is right."""
    version = frames[0][14] >> 4
    at, ends = (34, slice(26, 34)) if version == 4 else (62, slice(22, 54))
    body = b"".join(frame[at:] for frame in frames)
    pseudo = b"" if proto == 1 else frames[0][ends] + struct.pack("!HH", len(body), proto)
    return total(pseudo + body)


@pytest.mark.parametrize("payload", ["zero", "keep"])
@pytest.mark.parametrize(("proto", "version"), [(6, 4), (17, 4), (1, 4), (6, 6), (17, 6), (58, 6)])
def test_the_checksums_of_fragments_are_mended(proto: int, version: int, payload: str) -> None:
    frames = fragments(proto, version=version)
    assert sum_of(frames, proto) == 0xFFFF
    got, anonymizer = anonymous(frames, payload)
    assert sum_of(got, proto) == 0xFFFF
    assert anonymizer.not_mended == 0
    assert (got[1][-20:] == frames[1][-20:]) is (payload == "keep")
    assert got[0][22:34] != frames[0][22:34]
    assert not any(A in frame or B6 in frame for frame in got)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [0, 0, 1, 2, 3, 3]])
def test_fragments_in_any_order_among_others(order: list[int]) -> None:
    one, two, other = fragments(6), fragments(6, ident=2), MACS + b"\x08\0" + ipv4(
        17, segment(17, b"between"))
    assert len(one) == len(two) == 4
    frames = [frame for n in order for frame in (one[n], other, two[n])]
    got, anonymizer = anonymous(frames)
    assert len(got) == len(frames)
    assert [frame[18:22] for frame in got] == [frame[18:22] for frame in frames]  # the same order
    for start in (0, 2):
        by_place = {n: got[3 * at + start] for at, n in enumerate(order)}
        assert sum_of([by_place[n] for n in range(4)], 6) == 0xFFFF
    assert all(got[3 * at] == got[3 * order.index(n)] for at, n in enumerate(order))
    assert anonymizer.not_mended == 0


def test_a_wrong_checksum_of_fragments_stays_wrong() -> None:
    frames = fragments(6)
    frames[2] = frames[2][:-1] + bytes([frames[2][-1] ^ 1])
    wrong = sum_of(frames, 6)
    assert wrong != 0xFFFF
    assert sum_of(anonymous(frames)[0], 6) == wrong


@pytest.mark.parametrize(("proto", "version", "told"), [(6, 4, 1), (17, 4, 0), (17, 6, 1)])
def test_fragments_that_are_missing(proto: int, version: int, told: int,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """The checksum cannot be mended: that is told; UDP over IPv4 can do without one."""
    monkeypatch.setattr(fragments_module, "MAX_WAITING", 10)
    frames = fragments(proto, version=version)
    other = MACS + b"\x08\0" + ipv4(17, segment(17, b"another"))
    got, anonymizer = anonymous([*frames[:2], *[other] * 30, *frames[2:]])
    assert len(got) == len(frames) + 30
    assert anonymizer.not_mended == told
    if proto == 17 and version == 4:
        assert got[0][40:42] == bytes(2)
    _, anonymizer = anonymous(frames[:-1])
    assert anonymizer.not_mended == told


def test_a_damaged_file_gives_what_waits() -> None:
    data = pcap([(n, frame, len(frame)) for n, frame in enumerate(fragments(6))])
    gathered, packet = Gathered(opened(data[:-1])), Record()
    for _ in range(3):
        assert gathered.next(packet)
    with pytest.raises(SavefileError, match="truncated"):
        gathered.next(packet)
    assert not gathered.next(packet)


def test_extension_headers_tell_no_addresses() -> None:
    """Routes are replaced, options emptied; the checksum is about the last address of the route."""
    final = ip_address("2001:db8::77").packed
    udp = segment(17, b"data", A6 + final)
    options = bytes([43, 1]) + b"\xc9\x0c" + B6[:12]  # a home address option, or so
    for kind, route in ((0, B6 + final), (4, final + B6)):
        routing = bytes([17, len(route) // 8, kind, 1, len(route) // 16 - 1, 0, 0, 0]) + route
        frame = MACS + b"\x86\xdd" + ipv6(60, options + routing + udp)
        got = changed(frame)
        assert len(got) == len(frame)
        assert not any(address in got for address in (A6, B6, final, B6[:12]))
        ends = got[22:38] + got[-len(udp) - 16:-len(udp)]
        if kind == 4:
            ends = got[22:38] + got[-len(udp) - 32:-len(udp) - 16]
        assert total(ends + struct.pack("!HH", len(udp), 17) + got[-len(udp):]) == 0xFFFF
    unknown = MACS + b"\x86\xdd" + ipv6(43, bytes([17, 2, 3, 1]) + bytes(4) + B6 + udp)
    assert B6[8:] not in changed(unknown)[54:]


def test_the_command_mends_fragments_as_tshark_sees_it(tmp_path: Path) -> None:
    if not shutil.which("tshark"):
        pytest.skip("no tshark")
    frames = [*fragments(6), *fragments(17, version=6, ident=9)]
    source, out = tmp_path / "in.pcap", tmp_path / "out.pcap"
    source.write_bytes(pcap([(n, frame, len(frame)) for n, frame in enumerate(frames)]))
    assert main(["anonymize", str(source), "-w", str(out)]) == 0
    said = subprocess.run(
        ["tshark", "-r", str(out), "-o", "tcp.check_checksum:TRUE", "-o",
         "udp.check_checksum:TRUE", "-T", "fields", "-e", "tcp.checksum.status", "-e",
         "udp.checksum.status"], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["1", "1"]  # both were put together, and are good
