"""ClientHello and ServerHello of TLS and DTLS (RFC 8446 §4.1, RFC 5246 §7.4.1, RFC 6347 §4.2.2).

Read from the octets of a handshake message, wherever those came from: a record, several, QUIC.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.tls_names import EXTENSIONS, is_grease
from fyke.layers.cursor import MOST, Cursor, Form, Malformed, Option, nothing, option, tlvs
from fyke.layers.cursor import number as number_at
from fyke.layers.fields import Options
from fyke.wire import Record, Truncated

CLIENT_HELLO, SERVER_HELLO, VERIFY_REQUEST = 1, 2, 3
#: The random number of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3).
RETRY_RANDOM = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
SERVER_NAME, GROUPS, POINT_FORMATS, SIGNATURES, ALPN = 0, 10, 11, 13, 16
VERSIONS, KEY_SHARE = 43, 51
HOST_NAME = 0  # type of a server name (RFC 6066 §3)
GREASE = "grease"  #: what an extension of a number that means nothing is called


class Parameter(NamedTuple):
    """A transport parameter of QUIC (RFC 9000 §18)."""

    id: int
    value: str  #: hexadecimal


class Hello:
    """A hello as far as it is here; None or empty for what is behind the cut."""

    __slots__ = ("cipher_suites", "compression_methods", "cookie", "cut", "extensions",
                 "first_protocol", "random", "session_id", "type", "version")

    def __init__(self, type: int) -> None:
        self.type = type  #: CLIENT_HELLO, SERVER_HELLO or VERIFY_REQUEST
        self.version: int | None = None  #: the old field for it; 0x0303 since TLS 1.3
        self.random: bytes | None = None
        self.session_id: bytes | None = None
        self.cookie: bytes | None = None  #: DTLS
        self.cipher_suites: list[int] | None = None  #: offered; one, the choice, of a server
        self.compression_methods: list[int] | None = None
        self.extensions = Options()
        self.first_protocol = b""  #: of ALPN, as it was sent
        self.cut = False  #: it is not whole

    def extension(self, kind: int) -> Any:
        """The value of an extension; None if there is none."""
        for one in self.extensions:
            if one.kind == kind:
                return one.value
        return None

    def numbers(self, kind: int) -> list[int] | None:
        """The value of an extension that is a list of numbers, or one; None for no such."""
        value = self.extension(kind)
        if isinstance(value, int):
            return [value]
        return value if isinstance(value, list) else None

    def protocols(self) -> list[str] | None:
        """What ALPN offers, or the choice."""
        value = self.extension(ALPN)
        return value if isinstance(value, list) else None

    def best_version(self) -> int | None:
        """The highest version offered, the one chosen of a server."""
        offered = [one for one in self.numbers(VERSIONS) or () if not is_grease(one)]
        if not offered:
            return self.version
        return min(offered) if offered[0] >> 8 == 0xFE else max(offered)  # DTLS counts down


def read_hello(pkt: Record, at: int, length: int, kind: int, datagram: bool = False) -> Hello:
    """The hello whose body of ``length`` octets is at ``at``. Never raises: ``cut`` says so."""
    hello = Hello(kind)
    cursor = Cursor(pkt, at, at + length)
    try:
        read_body(hello, cursor, datagram)
        if cursor.left and kind != VERIFY_REQUEST:
            read_extensions(hello, cursor)
        hello.cut = hello.cut or not pkt.has(at, length)
    except (Malformed, Truncated):
        hello.cut = True
    return hello


def read_body(hello: Hello, cursor: Cursor, datagram: bool) -> None:
    """What stands before the extensions."""
    hello.version = cursor.u16()
    if hello.type == VERIFY_REQUEST:
        hello.cookie = cursor.raw(cursor.u8())
        return
    hello.random = cursor.raw(32)
    hello.session_id = cursor.raw(cursor.u8())
    if hello.type == SERVER_HELLO:
        hello.cipher_suites = [cursor.u16()]
        hello.compression_methods = [cursor.u8()]
        return
    if datagram:
        hello.cookie = cursor.raw(cursor.u8())
    octets = cursor.raw(cursor.u16())
    hello.cipher_suites = pairs(octets)
    hello.compression_methods = list(cursor.raw(cursor.u8()))


def read_extensions(hello: Hello, cursor: Cursor) -> None:
    stop = cursor.u16() + cursor.at
    if stop > cursor.stop:
        raise Malformed("extensions past the message's end")
    forms = FORMS if hello.type == CLIENT_HELLO else SERVER_FORMS
    pkt = cursor.pkt
    for one in tlvs(pkt, cursor.at, stop, type_size=2, length_size=2):
        if one.type in forms or one.type in EXTENSIONS or not is_grease(one.type):
            found = option(pkt, one, forms.get(one.type))
            name = EXTENSIONS.get(one.type, found.name)
        else:
            found, name = Option(one.type, GREASE, pkt.raw(one.at, one.size)), GREASE
        hello.extensions.append(Option(one.type, name, found.value))
        if one.type == ALPN and one.size > 3:
            hello.first_protocol = pkt.raw(one.at + 3, min(pkt.u8(one.at + 2), one.size - 3))


def pairs(octets: bytes) -> list[int]:
    """Numbers of 16 bits."""
    return [octets[i] << 8 | octets[i + 1] for i in range(0, len(octets) - 1, 2)]


def vector(pkt: Record, at: int, size: int, head: int) -> bytes:
    """The octets behind a length of ``head`` octets (RFC 8446 §3.4); they fill the extension."""
    if size < head or number_at(pkt, at, head) != size - head:
        raise Malformed("a vector of another length than its extension")
    return pkt.raw(at + head, size - head)


def numbers(head: int) -> Callable[[Record, int, int], list[int]]:
    """Reads a vector of numbers of 16 bits."""
    return lambda pkt, at, size: pairs(vector(pkt, at, size, head))


def small_numbers(pkt: Record, at: int, size: int) -> list[int]:
    """A vector of octets."""
    return list(vector(pkt, at, size, 1))


def server_name(pkt: Record, at: int, size: int) -> str:
    """The first host name (RFC 6066 §3); a server's answer is empty."""
    if size == 0:
        return ""
    cursor = Cursor(pkt, at, at + size)
    cursor.u16()
    while cursor.left:
        kind = cursor.u8()
        name = cursor.raw(cursor.u16())
        if kind == HOST_NAME:
            return words(name)
    raise Malformed("no host name")


def protocols(pkt: Record, at: int, size: int) -> list[str]:
    """Names of application protocols (RFC 7301 §3.1)."""
    cursor = Cursor(pkt, at, at + size)
    cursor.u16()
    found: list[Any] = []
    while cursor.left and len(found) < MOST:
        found.append(words(cursor.raw(cursor.u8())))
    return found


def words(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


def key_shares(pkt: Record, at: int, size: int) -> list[int]:
    """The groups of a client's keys (RFC 8446 §4.2.8)."""
    cursor = Cursor(pkt, at, at + size)
    cursor.u16()
    found: list[Any] = []
    while cursor.left and len(found) < MOST:
        found.append(cursor.u16())
        cursor.step(cursor.u16())
    return found


def first_number(pkt: Record, at: int, size: int) -> int:
    """16 bits: the version chosen, the group of a server's key."""
    if size < 2:
        raise Malformed("less than 16 bits")
    return pkt.u16(at)


def parameters(pkt: Record, at: int, size: int) -> list[Parameter]:
    """QUIC's transport parameters (RFC 9000 §18)."""
    cursor = Cursor(pkt, at, at + size)
    found: list[Parameter] = []
    while cursor.left and len(found) < MOST:
        found.append(Parameter(variable(cursor), cursor.raw(variable(cursor)).hex()))
    return found


def variable(cursor: Cursor) -> int:
    """A number of one, two, four or eight octets (RFC 9000 §16)."""
    first = cursor.u8()
    size = 1 << (first >> 6)
    return (first & 0x3F) << 8 * (size - 1) | int.from_bytes(cursor.raw(size - 1), "big")


#: Extensions of a ClientHello whose value is more than octets.
FORMS = {
    SERVER_NAME: Form("server_name", server_name),
    GROUPS: Form("supported_groups", numbers(2)),
    POINT_FORMATS: Form("ec_point_formats", small_numbers),
    SIGNATURES: Form("signature_algorithms", numbers(2)),
    ALPN: Form("alpn", protocols),
    22: Form("encrypt_then_mac", nothing, most=0),
    23: Form("extended_master_secret", nothing, most=0),
    27: Form("compress_certificate", numbers(1)),
    28: Form("record_size_limit", first_number, 2, 2),
    34: Form("delegated_credential", numbers(2)),
    42: Form("early_data", nothing, most=0),
    VERSIONS: Form("supported_versions", numbers(1)),
    45: Form("psk_key_exchange_modes", small_numbers),
    49: Form("post_handshake_auth", nothing, most=0),
    50: Form("signature_algorithms_cert", numbers(2)),
    KEY_SHARE: Form("key_share", key_shares),
    57: Form("quic_transport_parameters", parameters),
    17513: Form("application_settings_old", protocols),
    17613: Form("application_settings", protocols),
    0xFFA5: Form("quic_transport_parameters_draft", parameters),
}
#: Of a ServerHello, where they differ.
SERVER_FORMS = {**FORMS, VERSIONS: Form("supported_versions", first_number, 2, 2),
                KEY_SHARE: Form("key_share", first_number, 2)}
