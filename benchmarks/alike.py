"""Whether two programs wrote the same: what is not alike is not timed."""

from __future__ import annotations

import re

#: How Debian's tcpdump 4.99 words something, and version 5, whose text is fyke's.
WORDINGS = (
    (rb"\) payload length: (\d+)\)", rb"), payload length \1)"),
    (rb"next-header Options \(0\)", rb"next-header HBH (0)"),
    (rb"next-header unknown \(59\)", rb"next-header No Next Header (59)"),
    (rb"next-header unknown \(60\)", rb"next-header DSTOPT (60)"),
    (rb"proto Options \(0\)", rb"proto HBH (0)"),
    (rb"\t  Originator Timestamp: ", rb"\t  Origin Timestamp:     "),
    (rb"\(opt_type (0x\w\w): len=(\d+)\)", rb"(unknown opt-type \1 len=\2)"),
    (rb"(RADIUS, .* id: 0x\w\w) length:", rb"\1, length:"),
)
#: What version 5 says and 4.99 does not: the interfaces of an expanded flow sample (sFlow 5 §5.3).
MORE = re.compile(rb"(?<=\d), input \d+ \(\d+\), output \d+ \(\d+\)(?=, records \d)")
#: Version 4.99 knows no QUIC: fyke does more on these lines, and they stay in what is timed.
QUIC = re.compile(rb"(\.443(?: > \S+)?: (?:\[[^\]]*\] )?)(?:UDP, length \d+|quic, .*)$",
                  re.MULTILINE)


def as_version_5(text: bytes) -> bytes:
    for old, new in WORDINGS:
        text = re.sub(old, new, text)
    return text


def different(theirs: bytes, ours: bytes) -> str:
    """The first line that differs, or nothing."""
    if theirs == ours:
        return ""
    one = QUIC.sub(rb"\1quic", as_version_5(theirs)).splitlines()
    two = QUIC.sub(rb"\1quic", MORE.sub(b"", ours)).splitlines()
    for number, (a, b) in enumerate(zip(one, two, strict=False), 1):
        if a != b:
            return f"line {number}: {a!r} is not {b!r}"
    return "" if len(one) == len(two) else f"{len(one)} lines are not {len(two)}"


def different_packets(theirs: bytes, ours: bytes) -> str:
    """Where the records of two files begin to differ, or nothing."""
    if theirs == ours:
        return ""
    at = next((at for at, (a, b) in enumerate(zip(theirs, ours, strict=False)) if a != b),
              min(len(theirs), len(ours)))
    return f"packets differ from byte {at} on, of {len(theirs)} and {len(ours)}"
