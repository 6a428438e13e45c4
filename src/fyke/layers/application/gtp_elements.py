"""Message types and information elements of GTP-C (3GPP TS 29.060, TS 29.274) and GTP-U."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, Malformed, fixed, raw, text, whole_number
from fyke.layers.plain import address
from fyke.wire import Record

MESSAGES_1 = {
    1: "echo_request", 2: "echo_response", 3: "version_not_supported", 4: "node_alive_request",
    5: "node_alive_response", 6: "redirection_request", 7: "redirection_response",
    16: "create_pdp_context_request", 17: "create_pdp_context_response",
    18: "update_pdp_context_request", 19: "update_pdp_context_response",
    20: "delete_pdp_context_request", 21: "delete_pdp_context_response",
    22: "initiate_pdp_context_activation_request", 23: "initiate_pdp_context_activation_response",
    26: "error_indication", 27: "pdu_notification_request", 28: "pdu_notification_response",
    29: "pdu_notification_reject_request", 30: "pdu_notification_reject_response",
    31: "supported_extension_headers_notification", 32: "send_routeing_information_request",
    33: "send_routeing_information_response", 34: "failure_report_request",
    35: "failure_report_response", 36: "note_ms_gprs_present_request",
    37: "note_ms_gprs_present_response", 48: "identification_request",
    49: "identification_response", 50: "sgsn_context_request", 51: "sgsn_context_response",
    52: "sgsn_context_acknowledge", 53: "forward_relocation_request",
    54: "forward_relocation_response", 55: "forward_relocation_complete",
    56: "relocation_cancel_request", 57: "relocation_cancel_response",
    58: "forward_srns_context", 59: "forward_relocation_complete_acknowledge",
    60: "forward_srns_context_acknowledge", 70: "ran_information_relay",
    96: "mbms_notification_request", 97: "mbms_notification_response",
    128: "ms_info_change_notification_request", 129: "ms_info_change_notification_response",
    240: "data_record_transfer_request", 241: "data_record_transfer_response",
    253: "tunnel_status", 254: "end_marker", 255: "g_pdu",
}
MESSAGES_2 = {
    1: "echo_request", 2: "echo_response", 3: "version_not_supported",
    32: "create_session_request", 33: "create_session_response", 34: "modify_bearer_request",
    35: "modify_bearer_response", 36: "delete_session_request", 37: "delete_session_response",
    38: "change_notification_request", 39: "change_notification_response",
    40: "remote_ue_report_notification", 41: "remote_ue_report_acknowledge",
    64: "modify_bearer_command", 65: "modify_bearer_failure_indication",
    66: "delete_bearer_command", 67: "delete_bearer_failure_indication",
    68: "bearer_resource_command", 69: "bearer_resource_failure_indication",
    70: "downlink_data_notification_failure_indication", 71: "trace_session_activation",
    72: "trace_session_deactivation", 73: "stop_paging_indication",
    95: "create_bearer_request", 96: "create_bearer_response", 97: "update_bearer_request",
    98: "update_bearer_response", 99: "delete_bearer_request", 100: "delete_bearer_response",
    101: "delete_pdn_connection_set_request", 102: "delete_pdn_connection_set_response",
    103: "pgw_downlink_triggering_notification", 104: "pgw_downlink_triggering_acknowledge",
    128: "identification_request", 129: "identification_response", 130: "context_request",
    131: "context_response", 132: "context_acknowledge", 133: "forward_relocation_request",
    134: "forward_relocation_response", 135: "forward_relocation_complete_notification",
    136: "forward_relocation_complete_acknowledge", 137: "forward_access_context_notification",
    138: "forward_access_context_acknowledge", 139: "relocation_cancel_request",
    140: "relocation_cancel_response", 141: "configuration_transfer_tunnel",
    149: "detach_notification", 150: "detach_acknowledge", 151: "cs_paging_indication",
    152: "ran_information_relay", 153: "alert_mme_notification", 154: "alert_mme_acknowledge",
    155: "ue_activity_notification", 156: "ue_activity_acknowledge", 157: "isr_status_indication",
    160: "create_forwarding_tunnel_request", 161: "create_forwarding_tunnel_response",
    162: "suspend_notification", 163: "suspend_acknowledge", 164: "resume_notification",
    165: "resume_acknowledge", 166: "create_indirect_data_forwarding_tunnel_request",
    167: "create_indirect_data_forwarding_tunnel_response",
    168: "delete_indirect_data_forwarding_tunnel_request",
    169: "delete_indirect_data_forwarding_tunnel_response",
    170: "release_access_bearers_request", 171: "release_access_bearers_response",
    176: "downlink_data_notification", 177: "downlink_data_notification_acknowledge",
    179: "pgw_restart_notification", 180: "pgw_restart_notification_acknowledge",
    200: "update_pdn_connection_set_request", 201: "update_pdn_connection_set_response",
    211: "modify_access_bearers_request", 212: "modify_access_bearers_response",
    231: "mbms_session_start_request", 232: "mbms_session_start_response",
    233: "mbms_session_update_request", 234: "mbms_session_update_response",
    235: "mbms_session_stop_request", 236: "mbms_session_stop_response",
}
#: Octets of version 1's elements of fixed size (TS 29.060 §7.7.0).
FIXED = {1: 1, 2: 8, 3: 6, 4: 4, 5: 4, 8: 1, 9: 3, 11: 1, 12: 3, 13: 1, 14: 1, 15: 1, 16: 4, 17: 4,
         18: 5, 19: 1, 20: 1, 21: 1, 22: 1, 23: 1, 24: 1, 25: 2, 26: 2, 27: 2, 28: 2, 29: 1,
         127: 4}
IPV4_TUNNEL, IPV6_TUNNEL = 0x80, 0x40  # an F-TEID's addresses
PAA_IPV4, PAA_IPV6, PAA_BOTH = 1, 2, 3
DIGITS = "0123456789*#abc"


class Tunnel(NamedTuple):
    """A fully qualified tunnel endpoint identifier (TS 29.274 §8.22)."""

    interface: int
    teid: int
    ipv4: str | None
    ipv6: str | None


class Paa(NamedTuple):
    """A PDN address allocation (TS 29.274 §8.14)."""

    type: int
    ipv4: str | None
    ipv6: str | None
    prefix: int | None


class Network(NamedTuple):
    """A mobile country and network code."""

    mcc: str
    mnc: str


def digits(pkt: Record, at: int, size: int) -> str:
    """Telephony digits, two an octet, the low half first; 15 fills up."""
    found = ""
    for octet in pkt.raw(at, size):
        for half in (octet & 15, octet >> 4):
            if half == 15:
                return found
            found += DIGITS[half]
    return found


def msisdn_1(pkt: Record, at: int, size: int) -> str:
    """Behind an octet that says the kind of number (TS 29.002)."""
    return digits(pkt, at + 1, size - 1)


def domain(pkt: Record, at: int, size: int) -> str:
    """Labels with their lengths, without an end (TS 23.003 §9.1)."""
    labels, stop = [], at + size
    while at < stop:
        count = pkt.u8(at)
        if at + 1 + count > stop:
            raise Malformed("a label past the name's end")
        labels.append(text(pkt, at + 1, count))
        at += 1 + count
    return ".".join(labels)


def network(pkt: Record, at: int, size: int) -> Network:
    a, b, c = pkt.raw(at, 3)
    mnc = f"{c & 15:x}{c >> 4:x}" + (f"{b >> 4:x}" if b >> 4 != 15 else "")
    return Network(f"{a & 15:x}{a >> 4:x}{b & 15:x}", mnc)


def tunnel(pkt: Record, at: int, size: int) -> Tunnel:
    flags, four, six = pkt.u8(at), None, None
    place = at + 5
    if flags & IPV4_TUNNEL:
        four = address(pkt.raw(place, 4))
        place += 4
    if flags & IPV6_TUNNEL:
        six = address(pkt.raw(place, 16))
        place += 16
    if place > at + size:
        raise Malformed("addresses past the element's end")
    return Tunnel(flags & 0x3F, pkt.u32(at + 1), four, six)


def allocation(pkt: Record, at: int, size: int) -> Paa:
    kind = pkt.u8(at) & 7
    if kind == PAA_IPV4 and size >= 5:
        return Paa(kind, address(pkt.raw(at + 1, 4)), None, None)
    if kind == PAA_IPV6 and size >= 18:
        return Paa(kind, None, address(pkt.raw(at + 2, 16)), pkt.u8(at + 1))
    if kind == PAA_BOTH and size >= 22:
        return Paa(kind, address(pkt.raw(at + 18, 4)), address(pkt.raw(at + 2, 16)),
                   pkt.u8(at + 1))
    raise Malformed("an address of another size than its type")


def an_address(pkt: Record, at: int, size: int) -> str:
    if size not in (4, 16):
        raise Malformed("no address")
    return address(pkt.raw(at, size))


def low_half(pkt: Record, at: int, size: int) -> int:
    return pkt.u8(at) & 15


def first_octet(pkt: Record, at: int, size: int) -> int:
    return pkt.u8(at)


FORMS_1 = {
    1: fixed("cause", 1), 2: fixed("imsi", 8, digits), 3: fixed("rai", 6, raw),
    4: fixed("tlli", 4), 5: fixed("p_tmsi", 4), 8: fixed("reordering_required", 1),
    14: fixed("recovery", 1), 15: fixed("selection_mode", 1, low_half),
    16: fixed("teid_data", 4), 17: fixed("teid_control", 4), 18: fixed("teid_data_2", 5, raw),
    19: fixed("teardown", 1, lambda pkt, at, size: pkt.u8(at) & 1), 20: fixed("nsapi", 1, low_half),
    24: fixed("rab_context", 1), 26: fixed("charging_characteristics", 2), 27: fixed(
        "trace_reference", 2), 28: fixed("trace_type", 2), 127: fixed("charging_id", 4),
    128: Form("end_user_address", raw), 131: Form("apn", domain),
    132: Form("protocol_configuration", raw), 133: Form("gsn_address", an_address),
    134: Form("msisdn", msisdn_1, 1), 135: Form("qos", raw), 141: Form("extension_headers", raw),
    148: Form("common_flags", whole_number, 1, 8), 149: Form("apn_restriction", whole_number, 1, 1),
    151: Form("rat_type", whole_number, 1, 1), 152: Form("user_location", raw),
    153: Form("ms_time_zone", raw), 154: Form("imei", digits), 255: Form("private", raw),
}
FORMS_2 = {
    1: Form("imsi", digits), 2: Form("cause", first_octet, 2), 3: Form("recovery", first_octet, 1),
    71: Form("apn", domain), 72: Form("ambr", raw), 73: Form("eps_bearer_id", low_half, 1),
    74: Form("ip_address", an_address), 75: Form("mei", digits), 76: Form("msisdn", digits),
    77: Form("indication", raw), 78: Form("protocol_configuration", raw),
    79: Form("pdn_address", allocation, 1), 80: Form("bearer_qos", raw), 81: Form("flow_qos", raw),
    82: Form("rat_type", first_octet, 1), 83: Form("serving_network", network, 3),
    84: Form("bearer_tft", raw), 86: Form("user_location", raw), 87: Form("f_teid", tunnel, 5),
    93: Form("bearer_context", raw), 94: Form("charging_id", whole_number, 4, 4),
    95: Form("charging_characteristics", whole_number, 2, 2),
    97: Form("bearer_flags", first_octet, 1),
    99: Form("pdn_type", lambda pkt, at, size: pkt.u8(at) & 7, 1),
    100: Form("procedure_transaction_id", first_octet, 1), 114: Form("ue_time_zone", raw),
    127: Form("apn_restriction", first_octet, 1),
    128: Form("selection_mode", lambda pkt, at, size: pkt.u8(at) & 3, 1),
    132: Form("fq_csid", raw), 136: Form("fqdn", domain), 255: Form("private", raw),
}
