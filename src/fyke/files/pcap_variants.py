"""Room files/: pcap files whose record headers are longer than their magic number says.

Red Hat 6.1 wrote Kuznetzov's records under the ordinary magic number, Nokia four octets more than
the ordinary header, SuSE 6.3 four more than Kuznetzov's. Only the records can tell: another size
than the magic number's is believed if that one does not fit them and the other one does.
"""

from __future__ import annotations

import struct

#: Sizes of record headers by the size that the magic number promises, the promised one first.
SIZES = {16: (16, 24, 20), 24: (24, 28)}

#: Records that are looked at, and how far apart in seconds neighbours may be.
RECORDS = 4
FAR = 10 * 365 * 86400

#: The longest packet on a wire that is believed.
MAX_WIRE_LENGTH = 1 << 28


def header_size(data: bytes, promised: int, big: bool, fractions: int, longest: int) -> int:
    """The size of the record headers in ``data``, which begins with the first of them.

    ``fractions`` are those in a second, ``longest`` is the longest captured packet believed.
    """
    for size in SIZES[promised]:
        if fits(data, size, big, fractions, longest, first=size == promised):
            return size
    return promised


def fits(data: bytes, size: int, big: bool, fractions: int, longest: int, first: bool) -> bool:
    """Whether records of this size can be what is there: none says no to the ``first`` guess.

    The others need two whole records that are right, and not far apart in time.
    """
    head = struct.Struct((">" if big else "<") + "IIII")
    at = 0
    last = -1
    count = 0
    while count < RECORDS and at + size <= len(data):
        seconds, fraction, caplen, wirelen = head.unpack_from(data, at)
        # Old versions have the lengths the other way round, so that neither is the larger one.
        if fraction >= fractions or min(caplen, wirelen) > longest or wirelen > MAX_WIRE_LENGTH \
                or caplen > MAX_WIRE_LENGTH \
                or (count and not first and abs(seconds - last) > FAR):
            return False
        last = seconds
        count += 1
        at += size + caplen
    return first or (count >= 2 and at <= len(data)) or (count > 2)
