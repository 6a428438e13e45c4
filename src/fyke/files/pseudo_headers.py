"""Room files/: pseudo headers that a capturing kernel wrote in its own byte order.

The file's byte order is that of the host that captured. In fyke a packet has these fields in the
order of this host, as a live packet has them, and as filters and layers expect them; readers turn
them where the file is of the other order, writers turn them back (libpcap: pcap-util.c).
"""

from __future__ import annotations

import sys

from fyke.wire import Record

LINUX_SLL, LINUX_SLL2, PFLOG, NFLOG = 113, 276, 117, 239
USB_LINUX, USB_LINUX_MMAPPED = 189, 220

#: Link types with such fields.
TURNED = frozenset({LINUX_SLL, LINUX_SLL2, PFLOG, NFLOG, USB_LINUX, USB_LINUX_MMAPPED})

Fields = tuple[tuple[int, int], ...]  # (offset, octets)

# Where cooked headers have the protocol, and where they end (linux/if_ether.h: ETH_P_CAN …).
SLL_SHAPES = {LINUX_SLL: (14, 16), LINUX_SLL2: (0, 20)}
CAN_FIELDS: dict[int, Fields] = {
    0x000C: ((0, 4),),  # CAN: the identifier
    0x000D: ((0, 4),),  # CAN FD
    0x000E: ((0, 4), (6, 2), (8, 4)),  # CAN XL: priority, payload length, acceptance
}

PFLOG_FIELDS: Fields = ((44, 4), (48, 4), (52, 4), (56, 4))  # uid, pid, rule's uid and pid

# Documentation/usb/usbmon.rst: id, bus, seconds, microseconds, status, lengths
USB_FIELDS: Fields = ((0, 8), (12, 2), (16, 8), (24, 4), (28, 4), (32, 4), (36, 4))
USB_ISOCHRONOUS_FIELDS: Fields = ((40, 4), (44, 4))  # errors, descriptors of the request
USB_LONG_FIELDS: Fields = ((48, 4), (52, 4), (56, 4), (60, 4))  # the last: descriptors here
USB_EVENT, USB_TRANSFER_TYPE, USB_ENDPOINT, USB_NO_DATA = 8, 9, 10, 15
USB_REQUEST_LENGTH, USB_DESCRIPTORS = 32, 60
USB_HEADER, USB_DESCRIPTOR = 64, 16
USB_MAX_DESCRIPTORS = 128
USB_INCOMING = 0x80

NFLOG_HEADER = 4


def has_any(link_type: int, swapped: bool) -> bool:
    """Whether packets read from a file have to go through ``settle``."""
    return link_type == USB_LINUX_MMAPPED or (swapped and link_type in TURNED)


def settle(packet: Record, swapped: bool) -> None:
    """Give a packet that was just read the host's byte order, and its right length on the wire.

    A packet that has to be changed is then on octets of its own.
    """
    if swapped:
        turn(packet, back=False)
    if packet.link_type == USB_LINUX_MMAPPED:
        mend_length(packet)


def turned_back(packet: Record) -> Record:
    """The packet as a file of the other byte order has it."""
    copy = packet.copy()
    turn(copy, back=True)
    return copy


def turn(packet: Record, *, back: bool) -> None:
    """Turn every field; ``back`` is from the host's order, so that counts are read before."""
    data = bytearray(packet.raw(0, packet.caplen))
    length = min(packet.caplen, packet.wirelen)
    if packet.link_type in SLL_SHAPES:
        protocol_at, header = SLL_SHAPES[packet.link_type]
        if length >= header:
            protocol = int.from_bytes(data[protocol_at:protocol_at + 2], "big")
            reverse(data, CAN_FIELDS.get(protocol, ()), length, header)
    elif packet.link_type == PFLOG:
        reverse(data, PFLOG_FIELDS, min(length, data[0] if data else 0))
    elif packet.link_type == NFLOG:
        turn_nflog(data, length, back)
    else:
        turn_usb(data, packet.link_type == USB_LINUX_MMAPPED, back)
    wirelen = packet.wirelen
    packet.hold(bytes(data))
    packet.wirelen = wirelen


def reverse(data: bytearray, fields: Fields, end: int, base: int = 0) -> None:
    """Reverse the octets of each field that is all in front of ``end``."""
    for offset, size in fields:
        at = base + offset
        if at + size <= end:
            data[at:at + size] = data[at:at + size][::-1]


def number(data: bytes | bytearray, at: int, size: int = 4) -> int:
    """A number in the host's order."""
    return int.from_bytes(data[at:at + size], sys.byteorder)


def turn_nflog(data: bytearray, length: int, back: bool) -> None:
    """Types and lengths of the TLVs; the values are big endian everywhere."""
    if length < NFLOG_HEADER or data[1] != 0:  # another version
        return
    at = NFLOG_HEADER
    while at + 4 <= length:
        size = number(data, at + 2, 2)
        reverse(data, ((0, 2), (2, 2)), len(data), at)
        if not back:
            size = number(data, at + 2, 2)
        if size == 0:
            return
        at += (size + 3) // 4 * 4


def turn_usb(data: bytearray, long: bool, back: bool) -> None:
    """The header of usbmon; the ``long`` one has descriptors of isochronous transfers behind."""
    end = len(data)
    isochronous = end > USB_TRANSFER_TYPE and data[USB_TRANSFER_TYPE] == 0
    reverse(data, USB_FIELDS, end)
    if isochronous:
        reverse(data, USB_ISOCHRONOUS_FIELDS, end)
    if not long:
        return
    count = number(data, USB_DESCRIPTORS)
    reverse(data, USB_LONG_FIELDS, end)
    if not back:
        count = number(data, USB_DESCRIPTORS)
    if isochronous and end > USB_HEADER:
        for index in range(min(count, (end - USB_HEADER) // USB_DESCRIPTOR + 1)):
            reverse(data, ((0, 4), (4, 4), (8, 4)), end, USB_HEADER + USB_DESCRIPTOR * index)


def mend_length(packet: Record) -> None:
    """The length on the wire of what came in isochronously, which old libpcaps got wrong.

    They took the request's length; the data ends where its last descriptor says.
    """
    if packet.caplen < USB_HEADER:
        return
    data = packet.raw(0, min(packet.caplen, USB_HEADER + USB_DESCRIPTOR * USB_MAX_DESCRIPTORS))
    count = number(data, USB_DESCRIPTORS)
    headers = USB_HEADER + USB_DESCRIPTOR * count
    if (count > USB_MAX_DESCRIPTORS or data[USB_NO_DATA] != 0 or data[USB_TRANSFER_TYPE] != 0
            or data[USB_EVENT] != ord("C") or not data[USB_ENDPOINT] & USB_INCOMING
            or packet.wirelen != (headers + number(data, USB_REQUEST_LENGTH)) & 0xFFFFFFFF
            or packet.caplen < headers):
        return
    ends = [number(data, at + 4) + number(data, at + 8)
            for at in range(USB_HEADER, headers, USB_DESCRIPTOR) if number(data, at + 8)]
    length = min(headers + min(max(ends, default=0), 0xFFFFFFFF), 0xFFFFFFFF)
    packet.wirelen = max(length if length >= packet.caplen else packet.wirelen, packet.caplen)
