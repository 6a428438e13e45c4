"""DHCP options as values: every option of a message by name, long and overloaded ones whole.

What an option's number means is IANA's "DHCP and BOOTP Parameters"; how the simple ones are read
follows from the forms in dhcp_options.py.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.application.dhcp_options import OPTIONS
from fyke.layers.application.domain_names import compressed_list, domain_list, domain_name
from fyke.layers.cursor import (
    Cursor,
    Form,
    Malformed,
    Tlv,
    dotted,
    dotted_list,
    nothing,
    option,
    options,
    raw,
    text,
    tlvs,
    whole_number,
)
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.layers.words import signed
from fyke.wire import Record, Truncated

PAD, OVERLOAD, MESSAGE_TYPE, END = 0, 52, 53, 255
PADDING = frozenset((PAD,))
IN_FILE, IN_SERVER_NAME = 1, 2  # bits of the overload option (RFC 2132 §9.3)
FILE, FILE_SIZE, SERVER_NAME, SERVER_NAME_SIZE = 108, 128, 44, 64
COOKIE, FIRST_OPTION = 236, 240
MAGIC = 0x63825363  # RFC 2131 §3
MAC_LENGTH = 6


class ClientId(NamedTuple):
    """A client identifier (RFC 2132 §9.14, RFC 4361 §6.1)."""

    type: int  #: hardware type; 0 for other names, 255 for a DUID
    id: str  #: an Ethernet address as one, text as it is, everything else hexadecimal


class Fqdn(NamedTuple):
    """A client's own name (RFC 4702 §2)."""

    flags: int  #: 1 S, 2 O, 4 E, 8 N
    rcode1: int
    rcode2: int
    name: str


class Route(NamedTuple):
    """A classless static route (RFC 3442)."""

    network: str  #: with its prefix length
    router: str


class AddressPair(NamedTuple):
    """An address and its mask, or a destination and its router (RFC 2132 §4.3, §5.8)."""

    first: str
    second: str


class VendorData(NamedTuple):
    """What one vendor says (RFC 3925)."""

    enterprise: int
    data: str  #: hexadecimal


class SixRd(NamedTuple):
    """IPv6 rapid deployment (RFC 5969 §7.1.1)."""

    ipv4_mask_length: int
    prefix_length: int
    prefix: str
    relays: list[str]


class Status(NamedTuple):
    """A status code (RFC 6926 §6.2.2)."""

    code: int
    message: str


class SubnetRequest(NamedTuple):
    """Subnet allocation (RFC 6656 §3): flags, then suboptions as octets."""

    flags: int
    data: str  #: hexadecimal


def read_client_id(pkt: Record, at: int, size: int) -> ClientId:
    kind = pkt.u8(at)
    octets = pkt.raw(at + 1, size - 1)
    if kind == 1 and size - 1 == MAC_LENGTH:
        return ClientId(kind, address(octets))
    if kind == 0:
        return ClientId(kind, octets.decode("utf-8", "backslashreplace"))
    return ClientId(kind, octets.hex())


def read_fqdn(pkt: Record, at: int, size: int) -> Fqdn:
    flags = pkt.u8(at)
    if flags & 4:
        name = domain_name(pkt, at + 3, at + size)[0]
    else:
        name = text(pkt, at + 3, size - 3)
    return Fqdn(flags, pkt.u8(at + 1), pkt.u8(at + 2), name)


def read_routes(pkt: Record, at: int, size: int) -> list[Route]:
    cursor = Cursor(pkt, at, at + size)
    found: list[Route] = []
    while cursor.left:
        width = cursor.u8()
        if width > 32:
            raise Malformed(f"a prefix of {width} bits")
        network = address(cursor.raw((width + 7) // 8).ljust(4, b"\0"))
        found.append(Route(f"{network}/{width}", address(cursor.raw(4))))
    return found


def read_pairs(pkt: Record, at: int, size: int) -> list[AddressPair]:
    if size % 8:
        raise Malformed("a pair has 8 octets")
    return [AddressPair(dotted(pkt, one, 4), dotted(pkt, one + 4, 4))
            for one in range(at, at + size, 8)]


def read_numbers16(pkt: Record, at: int, size: int) -> Any:
    """One number of 16 bits, or a list of them."""
    if size < 2 or size % 2:
        raise Malformed("a number has 2 octets")
    found = [pkt.u16(one) for one in range(at, at + size, 2)]
    return found[0] if size == 2 else found


def read_list16(pkt: Record, at: int, size: int) -> list[int]:
    if size % 2:
        raise Malformed("a number has 2 octets")
    return [pkt.u16(one) for one in range(at, at + size, 2)]


def read_number32(pkt: Record, at: int, size: int) -> int:
    if size != 4:
        raise Malformed("a number has 4 octets")
    return pkt.u32(at)


def read_signed32(pkt: Record, at: int, size: int) -> int:
    return signed(read_number32(pkt, at, size))


def read_switch(pkt: Record, at: int, size: int) -> Any:
    """True and False; a number that is neither stays one."""
    if size != 1:
        raise Malformed("a switch has one octet")
    value = pkt.u8(at)
    return value == 1 if value < 2 else value


def read_octet_list(pkt: Record, at: int, size: int) -> list[int]:
    return list(pkt.raw(at, size))


def read_classes(pkt: Record, at: int, size: int) -> list[str]:
    """User classes (RFC 3004 §4), each behind its length."""
    cursor = Cursor(pkt, at, at + size)
    found: list[str] = []
    while cursor.left:
        count = cursor.u8()
        if count == 0:
            raise Malformed("a user class of no octets")
        found.append(text(pkt, cursor.step(count), count))
    return found


def read_redirects(pkt: Record, at: int, size: int) -> list[str]:
    """Bootstrap servers (RFC 8572 §8.3)."""
    cursor = Cursor(pkt, at, at + size)
    found: list[str] = []
    while cursor.left:
        count = cursor.u16()
        found.append(text(pkt, cursor.step(count), count))
    return found


def read_vendors(pkt: Record, at: int, size: int) -> list[VendorData]:
    cursor = Cursor(pkt, at, at + size)
    found: list[VendorData] = []
    while cursor.left:
        found.append(VendorData(cursor.u32(), cursor.raw(cursor.u8()).hex()))
    return found


def read_sip_servers(pkt: Record, at: int, size: int) -> list[str]:
    """Names or addresses (RFC 3361 §3)."""
    encoding = pkt.u8(at)
    if encoding == 0:
        return compressed_list(pkt, at + 1, size - 1)
    if encoding == 1 and size % 4 == 1:
        return dotted_list(pkt, at + 1, size - 1)
    raise Malformed(f"SIP servers in encoding {encoding}")


def read_six_rd(pkt: Record, at: int, size: int) -> SixRd:
    return SixRd(pkt.u8(at), pkt.u8(at + 1), address(pkt.raw(at + 2, 16)),
                 dotted_list(pkt, at + 18, size - 18))


def read_status(pkt: Record, at: int, size: int) -> Status:
    return Status(pkt.u8(at), text(pkt, at + 1, size - 1))


def read_subnet_allocation(pkt: Record, at: int, size: int) -> SubnetRequest:
    return SubnetRequest(pkt.u8(at), pkt.raw(at + 1, size - 1).hex())


#: What a relay agent adds (RFC 3046 and IANA's registry of its suboptions).
AGENT_FORMS: dict[int, Form] = {
    1: Form("circuit_id", raw), 2: Form("remote_id", raw), 4: Form("docsis_class", read_number32),
    5: Form("link_selection", dotted), 6: Form("subscriber_id", text),
    7: Form("radius_attributes", raw), 8: Form("authentication", raw),
    9: Form("vendor_specific", raw), 10: Form("flags", whole_number, 1, 1),
    11: Form("server_id_override", dotted), 12: Form("relay_id", raw),
    13: Form("access_technology", whole_number, 2, 2), 14: Form("access_network", text),
    15: Form("access_point", text), 16: Form("access_point_bssid", raw),
    17: Form("operator_id", whole_number, 4, 4), 18: Form("operator_realm", text),
    19: Form("source_port", whole_number, 2, 2), 151: Form("virtual_subnet", raw, 1),
    152: Form("virtual_subnet_control", nothing, 0, 0),
}


def read_agent(pkt: Record, at: int, size: int) -> Options:
    return options(pkt, tlvs(pkt, at, at + size), AGENT_FORMS)


#: How the forms of dhcp_options.py are read.
READERS: dict[str, Callable[[Record, int, int], Any]] = {
    "address": dotted_list, "pair": read_pairs, "number": read_number32,
    "signed": read_signed32, "short": read_numbers16, "octets": raw, "switch": read_switch,
    "text": text,
}
#: Options that have one address, not a list.
ONE_ADDRESS = frozenset((1, 16, 28, 32, 50, 54, 92, 112, 118))

NAMES: dict[int, str] = {
    1: "subnet_mask", 2: "time_offset", 3: "router", 4: "time_server", 5: "name_server",
    6: "domain_name_server", 7: "log_server", 8: "cookie_server", 9: "lpr_server",
    10: "impress_server", 11: "resource_location_server", 12: "host_name", 13: "boot_file_size",
    14: "merit_dump_file", 15: "domain_name", 16: "swap_server", 17: "root_path",
    18: "extensions_path", 19: "ip_forwarding", 20: "source_routing", 21: "policy_filter",
    22: "max_reassembly_size", 23: "default_ip_ttl", 24: "mtu_aging_timeout",
    25: "mtu_plateau_table", 26: "interface_mtu", 27: "all_subnets_local",
    28: "broadcast_address", 29: "mask_discovery", 30: "mask_supplier", 31: "router_discovery",
    32: "router_solicitation_address", 33: "static_route", 34: "trailer_encapsulation",
    35: "arp_cache_timeout", 36: "ethernet_encapsulation", 37: "tcp_default_ttl",
    38: "tcp_keepalive_interval", 39: "tcp_keepalive_garbage", 40: "nis_domain",
    41: "nis_server", 42: "ntp_server", 43: "vendor_specific", 44: "netbios_name_server",
    45: "netbios_dd_server", 46: "netbios_node_type", 47: "netbios_scope",
    48: "x_font_server", 49: "x_display_manager", 50: "requested_ip", 51: "lease_time",
    52: "overload", 53: "message_type", 54: "server_id", 55: "parameter_request_list",
    56: "message", 57: "max_message_size", 58: "renewal_time", 59: "rebinding_time",
    60: "vendor_class", 61: "client_id", 62: "netware_domain", 63: "netware_information",
    64: "nisplus_domain", 65: "nisplus_server", 66: "tftp_server_name", 67: "boot_file_name",
    68: "home_agent", 69: "smtp_server", 70: "pop3_server", 71: "nntp_server",
    72: "www_server", 73: "finger_server", 74: "irc_server", 75: "streettalk_server",
    76: "streettalk_da_server", 77: "user_class", 78: "slp_directory_agent",
    79: "slp_service_scope", 80: "rapid_commit", 81: "fqdn", 82: "relay_agent",
    83: "isns", 85: "nds_server", 86: "nds_tree", 87: "nds_context", 88: "bcmcs_domain",
    89: "bcmcs_server", 90: "authentication", 91: "last_transaction_time",
    92: "associated_ip", 93: "client_architecture", 94: "client_interface", 95: "ldap",
    97: "client_uuid", 98: "user_authentication", 99: "civic_location", 100: "posix_timezone",
    101: "tz_timezone", 108: "ipv6_only_preferred", 109: "dhcp4o6_source", 112: "netinfo_address",
    113: "netinfo_tag", 114: "captive_portal", 116: "auto_configure",
    117: "name_service_search", 118: "subnet_selection", 119: "domain_search",
    120: "sip_servers", 121: "classless_routes", 122: "cablelabs", 123: "geo_location",
    124: "vendor_identifying_class", 125: "vendor_identifying_data", 136: "pana_agent",
    137: "lost_server", 138: "capwap_controller", 139: "mos_address", 140: "mos_domain",
    141: "sip_ua_domains", 142: "andsf_server", 143: "sztp_redirect", 144: "geo_location_uri",
    145: "forcerenew_nonce", 146: "rdnss_selection", 150: "tftp_server_address",
    151: "status_code", 152: "base_time", 153: "start_time_of_state", 154: "query_start_time",
    155: "query_end_time", 156: "dhcp_state", 157: "data_source", 158: "pcp_server",
    159: "port_parameters", 161: "mud_url", 162: "encrypted_dns", 175: "etherboot",
    208: "pxelinux_magic", 209: "pxelinux_configuration", 210: "pxelinux_path_prefix",
    211: "pxelinux_reboot_time", 212: "six_rd", 213: "access_domain", 220: "subnet_allocation",
    221: "virtual_subnet_selection", 249: "microsoft_classless_routes",
    252: "proxy_autodiscovery",
}

SPECIAL: dict[int, tuple[Callable[[Record, int, int], Any], int, int]] = {
    23: (whole_number, 1, 1), 37: (whole_number, 1, 1), 46: (whole_number, 1, 1),
    52: (whole_number, 1, 1), 53: (whole_number, 1, 1), 55: (read_octet_list, 0, -1),
    61: (read_client_id, 2, -1), 77: (read_classes, 2, -1), 80: (nothing, 0, 0),
    81: (read_fqdn, 3, -1), 82: (read_agent, 0, -1), 93: (read_list16, 2, -1),
    25: (read_list16, 2, -1), 117: (read_list16, 2, -1), 62: (text, 0, -1), 86: (text, 0, -1),
    85: (dotted_list, 4, -1), 87: (text, 0, -1), 88: (domain_list, 1, -1),
    89: (dotted_list, 4, -1), 116: (whole_number, 1, 1), 119: (compressed_list, 1, -1),
    120: (read_sip_servers, 1, -1), 121: (read_routes, 5, -1), 249: (read_routes, 5, -1),
    124: (read_vendors, 5, -1), 125: (read_vendors, 5, -1), 136: (dotted_list, 4, -1),
    137: (domain_list, 1, -1), 138: (dotted_list, 4, -1), 141: (compressed_list, 1, -1),
    142: (dotted_list, 4, -1), 143: (read_redirects, 0, -1), 151: (read_status, 1, -1),
    152: (whole_number, 4, 4), 153: (whole_number, 4, 4), 154: (whole_number, 4, 4),
    155: (whole_number, 4, 4), 156: (whole_number, 1, 1), 157: (whole_number, 1, 1),
    209: (text, 0, -1), 210: (text, 0, -1), 211: (whole_number, 4, 4),
    212: (read_six_rd, 22, -1), 213: (compressed_list, 1, -1),
    220: (read_subnet_allocation, 1, -1), 252: (text, 0, -1),
}


def form_of(code: int) -> Form:
    special = SPECIAL.get(code)
    if special is not None:
        return Form(NAMES[code], *special)
    if code in ONE_ADDRESS:
        return Form(NAMES[code], dotted)
    return Form(NAMES[code], READERS.get(OPTIONS.get(code, ("octets", b""))[0], raw))


FORMS: dict[int, Form] = {code: form_of(code) for code in NAMES}


def options_of(pkt: Record, off: int, size: int) -> Options:
    """Every option of the message at ``off``, in the order of their first octets.

    Those in the file and server name fields follow where the overload option says that they are
    used (RFC 2131 §4.1). An option in several pieces is one (RFC 3396 §5). Padding and the end
    are none.
    """
    found = Options()
    try:
        if size < FIRST_OPTION or pkt.u32(off + COOKIE) != MAGIC:
            return found
    except Truncated:
        found.cut = True
        return found
    pieces: dict[int, list[Tlv]] = {}
    found.cut = not collect(pkt, off + FIRST_OPTION, off + size, pieces)
    overload = pieces.get(OVERLOAD)
    if overload and overload[0].size == 1:
        where = pkt.u8(overload[0].at) if pkt.has(overload[0].at, 1) else 0
        if where & IN_FILE:
            found.cut |= not collect(pkt, off + FILE, off + FILE + FILE_SIZE, pieces)
        if where & IN_SERVER_NAME:
            found.cut |= not collect(
                pkt, off + SERVER_NAME, off + SERVER_NAME + SERVER_NAME_SIZE, pieces)
    for code, parts in pieces.items():
        try:
            found.append(value_of(pkt, code, parts))
        except Truncated:
            found.cut = True
    return found


def collect(pkt: Record, at: int, stop: int, pieces: dict[int, list[Tlv]]) -> bool:
    """Add the options between two offsets to ``pieces``; False if they end too early."""
    try:
        for one in tlvs(pkt, at, stop, singles=PADDING, end=END):
            if one.type not in (PAD, END):
                pieces.setdefault(one.type, []).append(one)
    except (Truncated, Malformed):
        return False
    return True


def value_of(pkt: Record, code: int, parts: list[Tlv]) -> Any:
    """One option; several pieces are put together first."""
    if len(parts) == 1:
        return option(pkt, parts[0], FORMS.get(code))
    octets = b"".join(pkt.raw(one.at, one.size) for one in parts)
    return option(Record(octets), Tlv(code, 0, 0, len(octets)), FORMS.get(code))
