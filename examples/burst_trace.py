"""Make a trace of bursts, the same every time: ``burst_trace.py FILE``.

Four bursts of 400 packets, 5 microseconds apart, with pauses of 20 ms between them: UDP (every
fourth packet, to port 53), TCP, and every hundredth packet an ARP question; every tenth packet
is in VLAN 7.
"""

import sys

import fyke

START = 1_700_000_000_000_000_000
HERE, THERE = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
TAG = bytes.fromhex("81000007")
ARP = bytes.fromhex("0806" "0001080006040001" "020000000001" "0a000001" "000000000000" "0a000002")


def ipv4(protocol: int, payload: bytes) -> bytes:
    header = bytes.fromhex("0800" "4500") + (20 + len(payload)).to_bytes(2, "big") + bytes.fromhex(
        "00000000" "40") + bytes([protocol]) + bytes(2) + bytes.fromhex("0a000001" "0a000002")
    return header + payload


def packet(number: int) -> bytes:
    if number % 100 == 99:
        return b"\xff" * 6 + HERE + ARP
    size = (40, 400, 1400)[number % 3]
    if number % 4 == 0:
        inside = ipv4(17, bytes.fromhex("c0000035") + (8 + size).to_bytes(2, "big")
                      + bytes(2 + size))
    else:
        inside = ipv4(6, bytes.fromhex("c0000050" "00000001" "00000001" "50101000" "00000000")
                      + bytes(size))
    return THERE + HERE + (TAG if number % 10 == 5 else b"") + inside


time = START
with fyke.write(sys.argv[1], link_type="EN10MB") as file:
    for burst in range(4):
        for number in range(400):
            file.add(packet(400 * burst + number), time=time)
            time += 5_000
        time += 20_000_000
