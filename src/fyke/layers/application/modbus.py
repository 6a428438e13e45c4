"""Modbus over TCP (Modbus Messaging on TCP/IP 1.0b; Modbus Application Protocol 1.1b3).

tcpdump has no text for it: found where values are asked, printed with -T modbus.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import U8, U16, Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

PORT = 502
HEADER_LENGTH = 7
EXCEPTION = 0x80  # in the function code
FUNCTIONS = {
    1: "read_coils", 2: "read_discrete_inputs", 3: "read_holding_registers",
    4: "read_input_registers", 5: "write_single_coil", 6: "write_single_register",
    7: "read_exception_status", 8: "diagnostics", 11: "get_comm_event_counter",
    12: "get_comm_event_log", 15: "write_multiple_coils", 16: "write_multiple_registers",
    17: "report_server_id", 20: "read_file_record", 21: "write_file_record",
    22: "mask_write_register", 23: "read_write_multiple_registers", 24: "read_fifo_queue",
    43: "encapsulated_interface_transport",
}
EXCEPTIONS = {
    1: "illegal_function", 2: "illegal_data_address", 3: "illegal_data_value",
    4: "server_device_failure", 5: "acknowledge", 6: "server_device_busy",
    8: "memory_parity_error", 10: "gateway_path_unavailable",
    11: "gateway_target_failed_to_respond",
}
READS, BITS, WORDS = (1, 2, 3, 4), (1, 2), (3, 4, 23)  # functions


class Unit(NamedTuple):
    """An application data unit of the segment."""

    transaction: int
    unit: int
    function: int
    length: int


def units_of(modbus: Modbus) -> Options:
    """Every unit of the segment; ``cut`` if the last goes on behind it."""
    found = Options()
    try:
        cursor = Cursor(modbus.pkt, modbus.off, modbus.off + modbus.size)
        while cursor.left and len(found) < MOST:
            transaction, protocol, length = cursor.u16(), cursor.u16(), cursor.u16()
            if protocol or length < 2:
                raise Malformed("no unit")
            found.append(Unit(transaction, cursor.u8(), cursor.u8(), length))
            cursor.step(length - 2)
    except (Malformed, Truncated):
        found.cut = True
    return found


def is_request(modbus: Modbus) -> bool | None:
    """By the server's port; None if neither end has it."""
    tcp = modbus.below
    if tcp is None or tcp.name != "tcp":
        return None
    if tcp.dst_port == PORT:
        return True
    return False if tcp.src_port == PORT else None


def data_of(modbus: Modbus) -> bytes:
    """What follows the function, as far as the unit says and the capture has."""
    return modbus.pkt.raw(modbus.off + 8, min(max(modbus.length - 2, 0),
                                              max(modbus.pkt.end - modbus.off - 8, 0)))


def word(at: int, *functions: int) -> Any:
    """Reads 16 bits of a request's data, or of an answer's that repeats it."""
    def read(modbus: Modbus) -> int | None:
        repeats = modbus.function in (5, 6, 15, 16, 22)
        if modbus.function not in functions or not (is_request(modbus) or repeats):
            return None
        octets = data_of(modbus)
        return int.from_bytes(octets[at:at + 2], "big") if len(octets) >= at + 2 else None
    return read


def registers(modbus: Modbus) -> list[int] | None:
    """Registers that an answer tells or a request writes."""
    octets, asks = data_of(modbus), is_request(modbus)
    if modbus.function_code in WORDS and asks is False:
        octets = octets[1:]
    elif modbus.function == 16 and asks:
        octets = octets[5:]
    elif modbus.function == 23 and asks:
        octets = octets[9:]
    else:
        return None
    return [int.from_bytes(octets[i:i + 2], "big") for i in range(0, len(octets) - 1, 2)]


def coils(modbus: Modbus) -> list[bool] | None:
    """Bits that an answer tells, with those that fill up its last octet, or a request writes."""
    octets, asks = data_of(modbus), is_request(modbus)
    if modbus.function_code in BITS and asks is False:
        octets, count = octets[1:], None
    elif modbus.function == 15 and asks:
        count, octets = int.from_bytes(octets[2:4], "big"), octets[5:]
    else:
        return None
    return [bool(octet >> bit & 1) for octet in octets for bit in range(8)][:count]


def exception(modbus: Modbus) -> int | None:
    octets = data_of(modbus)
    return octets[0] if modbus.function_code & EXCEPTION and octets else None


class Modbus(Summarised):
    """The first unit of the segment: transaction, unit, function, data."""

    __slots__ = ()

    name = "modbus"
    tag = b"modbus"
    title = b"Modbus"
    told = ("transaction", "unit", "function", "exception", "address", "quantity")

    transaction = U16(0, "the same in request and answer")
    protocol = U16(2, "0")
    length = U16(4, "unit and what follows", unit="bytes")
    unit = U8(6, "which device behind a gateway")
    function_code = U8(7, "with 0x80 in an exception")
    function = Made("u8", lambda modbus: modbus.function_code & ~EXCEPTION, names=FUNCTIONS)
    exception = Made("u8", exception, "why it was refused", names=EXCEPTIONS)
    is_request = Made("bool", is_request, "by the port")
    address = Made("u16", word(0, 1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 24),
                   "of the first item, of a queue")
    quantity = Made("u16", word(2, 1, 2, 3, 4, 15, 16, 23), "items")
    value = Made("u16", word(2, 5, 6), "written to one coil or register")
    registers = Made("list", registers, "told or written")
    coils = Made("list", coils, "told or written")
    data = Made("bytes", data_of, "what follows the function")
    units = Listed(units_of, "every unit of the segment")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return (size >= 8 and pkt.u16(at + 2) == 0 and 2 <= pkt.u16(at + 4) <= 254
                and pkt.u8(at + 7) & ~EXCEPTION != 0)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u8(off + 7)
        if self.length + 6 > self.size:
            raise Truncated
        pkt.raw(off + 8, self.length - 2)
