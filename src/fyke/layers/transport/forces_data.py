"""What a ForCES message does with a logical functional block (RFC 5810 §7.1): paths and data."""

from __future__ import annotations

from fyke.layers.transport import forces_names as names
from fyke.layers.transport.forces_tlv import (
    DETAILED,
    TLV_HEADER,
    Invalid,
    Tlv,
    excess,
    indent,
    new_line,
    read_ilv,
    read_tlv,
    write_rows,
)
from fyke.layers.words import named
from fyke.wire import Line, Record

BLOCK_HEADER = 8  # class and instance
LEAST_SELECT, LEAST_OPERATION = 12, 8
PATH_HEADER, IDENTIFIER, RANGE_LENGTH = 4, 4, 12
KEY_FLAG, RANGE_FLAG, APPEND_FLAG = 1, 2, 4
RESULT_LENGTH = 4
FIRST_RESERVED, LAST_RESERVED = 0x18, 0xFE  # result codes
DEEPEST = 64  # paths within paths; tcpdump follows them until its stack ends


def write_select(line: Line, pkt: Record, tlv: Tlv, operations: frozenset[int],
                 columns: int) -> None:
    """Which block, and the operations on it."""
    length = tlv.body_length
    if length <= LEAST_SELECT:
        line.put(b"\n\t\tundersized lfb selector: %d bytes missing! " % (
            LEAST_SELECT - length & 0xFFFFFFFF))
        raise Invalid
    at, left = tlv.body, length - BLOCK_HEADER
    block, instance = pkt.u32(at), pkt.u32(at + 4)
    if line.style.verbose >= DETAILED:
        line.put(b"\n%s%s(Classid %x) instance %x\n" % (
            indent(columns), named(names.BLOCK_NAMES, block, b"#%d"), block, instance))
    at += BLOCK_HEADER
    while left:
        inner = read_tlv(pkt, at)
        if inner.fault(left):
            line.put(excess(pkt, at, left, b"oper"))
            raise Invalid
        try:
            if inner.type in operations or inner.type >= names.FIRST_PRIVATE:
                write_operation(line, pkt, inner, columns + 1)
            else:
                write_misplaced(line, pkt, inner, left, columns + 1)
        except Invalid:
            pass  # the next operation is shown all the same
        at += inner.size
        left -= inner.size


def write_misplaced(line: Line, pkt: Record, tlv: Tlv, left: int, columns: int) -> None:
    """An operation that this type of message cannot ask for."""
    if line.style.verbose < DETAILED:
        line.put(b"\n")
    line.put(b"\t\tINValid oper-TLV type 0x%x length %d for this ForCES message\n" % (
        tlv.type, tlv.length))
    write_octets(line, pkt, tlv.at, left, columns)


def write_octets(line: Line, pkt: Record, at: int, count: int, columns: int) -> None:
    """Data that is not understood; what holds it is not either."""
    if line.style.verbose >= DETAILED:
        start = new_line(columns)
        line.put(start[1:] + b"Data[")
        write_rows(line, pkt, at, count, start)
        line.put(start + b"]\n")
    raise Invalid


def write_operation(line: Line, pkt: Record, tlv: Tlv, columns: int) -> None:
    name, allowed = names.OPERATIONS.get(tlv.type, names.NO_OPERATION)
    said = b"Oper TLV %s(0x%x) length %d\n" % (name, tlv.type, tlv.length)
    if line.style.verbose >= DETAILED:
        line.put(indent(columns) + said)
    length = tlv.body_length
    if length < LEAST_OPERATION:
        line.put(b"\t\t%s\t\tTruncated data size %d minimum required %d\n" % (
            said, length, LEAST_OPERATION))
        write_octets(line, pkt, tlv.body, length, columns)
    if tlv.type == names.COMMIT_RESPONSE:
        write_outcome(line, pkt, tlv.body, length, allowed, columns + 1)
    elif tlv.type not in names.OPERATIONS:
        write_octets(line, pkt, tlv.body, length, columns + 1)
    elif tlv.type not in names.EMPTY:
        write_paths(line, pkt, tlv.body, length, allowed, columns + 1, 0)


def write_outcome(line: Line, pkt: Record, at: int, left: int, allowed: int,
                  columns: int) -> None:
    """What came of a commit: one TLV with a path."""
    tlv = read_tlv(pkt, at)
    name = named(names.TLV_NAMES, tlv.type, b"#%d")
    line.put(b"genoptlvprint - %s TLV type 0x%x len %d\n" % (name, tlv.type, tlv.length))
    if tlv.fault(left):
        line.put(b"\t\t\tInvalid ForCES TLV type=%x" % tlv.type)
        raise Invalid
    if tlv.type not in names.TLV_NAMES or not tlv.type:
        line.put(b"#0 TLV type 0x%x len %d\n" % (tlv.type, tlv.length))
        raise Invalid
    if line.style.verbose >= DETAILED:
        line.put(b"%s%s, length %d (data length %d Bytes)" % (
            indent(columns), name, tlv.length, tlv.body_length))
    write_path(line, pkt, tlv.body, tlv.body_length, allowed, columns + 1, 0)


def write_paths(line: Line, pkt: Record, at: int, left: int, allowed: int, columns: int,
                depth: int) -> None:
    """PATH-DATA TLVs, one after the other; ``depth`` of them hold these."""
    if depth > DEEPEST:
        line.put(b" [too many levels]")
        raise Invalid
    while left:
        tlv = read_tlv(pkt, at)
        if tlv.fault(left):
            line.put(excess(pkt, at, left, b"PATHDATA"))
            raise Invalid
        if line.style.verbose >= DETAILED:
            line.put(b"%s%s, length %d (data encapsulated %d Bytes)" % (
                indent(columns), named(names.TLV_NAMES, tlv.type, b"#%d"), tlv.length,
                tlv.body_length))
        write_path(line, pkt, tlv.body, tlv.body_length, allowed, columns + 1, depth)
        at += tlv.size
        left -= tlv.size


def write_path(line: Line, pkt: Record, at: int, left: int, allowed: int, columns: int,
               depth: int) -> None:
    """Flags, identifiers that lead to a component, then its data or further paths (§7.1.7)."""
    pkt.u32(at)
    if left < PATH_HEADER:
        line.put(b" [len %d < %d]" % (left, PATH_HEADER))
        raise Invalid
    flags, count = pkt.u16(at), pkt.u16(at + 2)
    if line.style.verbose >= DETAILED:
        line.put(b"\n%sPathdata: Flags 0x%x ID count %d\n" % (indent(columns), flags, count))
    for flag, kind in ((KEY_FLAG, names.KEYED), (RANGE_FLAG, names.RANGED),
                       (APPEND_FLAG, names.APPENDED)):
        if flags & flag:
            allowed |= kind
    at += PATH_HEADER
    left -= PATH_HEADER
    if left < IDENTIFIER * count:
        line.put(b"\t\t\ttruncated IDs expected %dB got %dB\n" % (IDENTIFIER * count, left))
        write_rows(line, pkt, at, left, b"\t\t\tID Data[")
        line.put(b"]\n")
        raise Invalid
    if allowed & names.RANGED and allowed & names.KEYED:
        line.put(b"\t\t\tIllegal to have both Table ranges and keys\n")
        raise Invalid
    write_identifiers(line, pkt, at, count, allowed, columns)
    at += IDENTIFIER * count
    left -= IDENTIFIER * count
    if allowed & (names.RANGED | names.KEYED):
        used = write_selector(line, pkt, at, left, allowed, columns)
        at += used
        left -= used
    if left:
        used = write_content(line, pkt, at, left, allowed, columns, depth)
        if left > used:
            write_paths(line, pkt, at + used, left - used, allowed, columns + 1, depth + 1)


def write_identifiers(line: Line, pkt: Record, at: int, count: int, allowed: int,
                      columns: int) -> None:
    if allowed & names.APPENDED and line.style.verbose >= DETAILED:
        line.put(indent(columns) + b"TABLE APPEND\n")
    for number in range(count):
        identifier = pkt.u32(at + IDENTIFIER * number)
        if line.style.verbose >= DETAILED:
            line.put(b"%sID#%02d: %d\n" % (indent(columns), number + 1, identifier))


def write_selector(line: Line, pkt: Record, at: int, left: int, allowed: int,
                   columns: int) -> int:
    """Which rows of a table, by number or by key; how many octets say so."""
    if left < RANGE_LENGTH:
        line.put(b"pathlength %d with key/range too short %d\n" % (left, RANGE_LENGTH))
        raise Invalid
    if allowed & names.RANGED:
        first, last = pkt.u32(at + 4), pkt.u32(at + 8)
        if line.style.verbose >= DETAILED:
            line.put(b"%sTable range: [%d,%d]\n" % (indent(columns), first, last))
        return RANGE_LENGTH
    key = read_tlv(pkt, at + IDENTIFIER)
    if key.length < TLV_HEADER:
        line.put(b"key content length %d < %d\n" % (key.length, TLV_HEADER))
        raise Invalid
    if left - IDENTIFIER < key.length:
        line.put(b"key content too short\n")
        raise Invalid
    return IDENTIFIER + key.length


def write_content(line: Line, pkt: Record, at: int, left: int, allowed: int, columns: int,
                  depth: int) -> int:
    """The data at the end of a path; how many octets it takes, 0 for an empty length."""
    tlv = read_tlv(pkt, at)
    fault = tlv.fault(left)
    if fault:
        line.put(b"%s Outstanding bytes %d for TLV type 0x%x TLV len %d\n" % (
            fault, left, tlv.type, tlv.length))
    elif tlv.type not in names.DATA_NAMES:
        line.put(b"Invalid path data content type 0x%x len %d\n" % (tlv.type, tlv.length))
    if fault or tlv.type not in names.DATA_NAMES:
        if tlv.length:
            write_rows(line, pkt, at, left, b"Bad Data val\n\t  [")
            line.put(b"]\n")
            raise Invalid
        return 0
    name, kind = names.DATA_NAMES[tlv.type]
    if tlv.type != names.PATH_DATA:
        write_data_head(line, tlv, name, columns)
        if allowed & names.KEYED:
            if tlv.type != names.KEY_INFO:
                line.put(b"Based on flags expected KEYINFO TLV!\n")
        elif not allowed & kind:
            line.put(b"Illegal DATA encoding for type 0x%x programmed %x got %x\n" % (
                tlv.type, kind, allowed))
    columns += 2
    if tlv.type == names.PATH_DATA:
        write_paths(line, pkt, at, tlv.size, allowed, columns, depth + 1)
    elif tlv.type == names.KEY_INFO:
        write_key(line, pkt, at, tlv.size, columns)
    elif tlv.type == names.FULL_DATA:
        write_full(line, pkt, at, tlv.size, columns)
    elif tlv.type == names.SPARSE_DATA:
        write_sparse(line, pkt, tlv.body, tlv.size - TLV_HEADER, columns)
    else:
        write_result(line, pkt, tlv, columns)
    return tlv.size


def write_data_head(line: Line, tlv: Tlv, name: bytes, columns: int) -> None:
    if line.style.verbose >= DETAILED:
        pad = tlv.size - tlv.length
        line.put(b"%s  %s (Length %d DataLen %d %sBytes)\n" % (
            indent(columns), name, tlv.length, tlv.body_length,
            b"pad %d " % pad if pad else b""))


def write_key(line: Line, pkt: Record, at: int, size: int, columns: int) -> None:
    """A key's number and, in a TLV of its own, its value (§7.1.9)."""
    line.put(b"%sKeyinfo: Key 0x%x\n" % (indent(columns), pkt.u32(at + TLV_HEADER)))
    inner = read_tlv(pkt, at + TLV_HEADER + IDENTIFIER)
    fault = inner.fault(size)
    if fault:
        line.put(b"%s TLV type 0x%x len %d\n" % (fault, inner.type, inner.length))
        raise Invalid
    write_full(line, pkt, inner.body, inner.length, columns)


def write_full(line: Line, pkt: Record, at: int, size: int, columns: int) -> None:
    """A whole component, in octets."""
    if pkt.u16(at) != names.FULL_DATA:
        line.put(b"Error: expecting FULLDATA!\n")
        raise Invalid
    if line.style.verbose >= DETAILED:
        start = new_line(columns + 2)
        line.put(start[1:] + b"[")
        write_rows(line, pkt, at + TLV_HEADER, size - TLV_HEADER, start)
        line.put(start + b"]")


def write_sparse(line: Line, pkt: Record, at: int, left: int, columns: int) -> None:
    """Parts of a component, each with its identifier."""
    if left < 2 * TLV_HEADER:
        line.put(b"Error: BAD SPARSEDATA-TLV!\n")
        raise Invalid
    while left:
        fault, ilv = b"Invalid total length", None
        if left >= 2 * TLV_HEADER:
            ilv = read_ilv(pkt, at)
            fault = ilv.fault(left)
        if ilv is None or fault:
            line.put(b"Error: %s, rlen %d\n" % (fault, left))
            raise Invalid
        if line.style.verbose >= DETAILED:
            line.put(new_line(columns + 1) + b" ILV: type %x length %d\n" % (
                ilv.type, ilv.length))
            write_rows(line, pkt, ilv.body, ilv.body_length, b"\t\t[")
        at += ilv.size
        left -= ilv.size


def write_result(line: Line, pkt: Record, tlv: Tlv, columns: int) -> None:
    """How an operation went (§7.1.7)."""
    size = tlv.size - TLV_HEADER
    if size != RESULT_LENGTH:
        line.put(b"illegal RESULT-TLV: %d bytes!\n" % size)
        raise Invalid
    pkt.u32(tlv.body)
    result = pkt.u8(tlv.body)
    if FIRST_RESERVED <= result <= LAST_RESERVED:
        line.put(b"illegal reserved result code: 0x%x!\n" % result)
        raise Invalid
    if line.style.verbose >= DETAILED:
        line.put(b"%s  Result: %s (code 0x%x)\n" % (
            indent(columns), names.RESULT_NAMES[result], result))
