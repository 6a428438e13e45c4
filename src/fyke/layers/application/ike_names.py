"""Names of IKE numbers (IANA "ISAKMP" and "IKEv2 Parameters"), in tcpdump's words."""

from __future__ import annotations

PAYLOAD_NAMES: dict[int, bytes] = {
    0: b"none", 1: b"sa", 2: b"p", 3: b"t", 4: b"ke", 5: b"id", 6: b"cert", 7: b"cr", 8: b"hash",
    9: b"sig", 10: b"nonce", 11: b"n", 12: b"d", 13: b"vid",
    **{number: b"pay%d" % number for number in range(14, 33)},
    33: b"v2sa", 34: b"v2ke", 35: b"v2IDi", 36: b"v2IDr", 37: b"v2cert", 38: b"v2cr",
    39: b"v2auth", 40: b"v2nonce", 41: b"v2n", 42: b"v2d", 43: b"v2vid", 44: b"v2TSi",
    45: b"v2TSr", 46: b"v2e", 47: b"v2cp", 48: b"v2eap",
}
EXCHANGE_NAMES = {
    0: b"none", 1: b"base", 2: b"ident", 3: b"auth", 4: b"agg", 5: b"inf", 32: b"oakley-quick",
    33: b"oakley-newgroup", 34: b"ikev2_init", 35: b"ikev2_auth", 36: b"child_sa", 37: b"inf2",
}
PROTOCOL_NAMES = {1: b"isakmp", 2: b"ipsec-ah", 3: b"ipsec-esp", 4: b"ipcomp"}

GROUP_NAMES: dict[int, bytes] = {
    1: b"modp768", 2: b"modp1024", 3: b"EC2N 2^155", 4: b"EC2N 2^185", 5: b"modp1536",
    **{number: b"iana-grp%02d" % number for number in range(6, 14)},
    14: b"modp2048", 15: b"modp3072", 16: b"modp4096", 17: b"modp6144", 18: b"modp8192",
}
IKE_TRANSFORMS = {1: b"ike"}
AH_TRANSFORMS = {1: b"(reserved)", 2: b"md5", 3: b"sha", 4: b"1des", 5: b"sha2-256",
                 6: b"sha2-384", 7: b"sha2-512"}
ESP_TRANSFORMS = {
    1: b"1des-iv64", 2: b"1des", 3: b"3des", 4: b"rc5", 5: b"idea", 6: b"cast", 7: b"blowfish",
    8: b"3idea", 9: b"1des-iv32", 10: b"rc4", 11: b"null", 12: b"aes",
}
IPCOMP_TRANSFORMS = {1: b"oui", 2: b"deflate", 3: b"lzs"}
TRANSFORMS = {1: IKE_TRANSFORMS, 2: AH_TRANSFORMS, 3: ESP_TRANSFORMS, 4: IPCOMP_TRANSFORMS}

#: Attribute number: its name and the names of its values.
LIFE_TYPES = {1: b"sec", 2: b"kb"}
OAKLEY_ATTRIBUTES: dict[int, tuple[bytes, dict[int, bytes]]] = {
    1: (b"enc", {1: b"1des", 2: b"idea", 3: b"blowfish", 4: b"rc5", 5: b"3des", 6: b"cast",
                 7: b"aes"}),
    2: (b"hash", {1: b"md5", 2: b"sha1", 3: b"tiger", 4: b"sha2-256", 5: b"sha2-384",
                  6: b"sha2-512"}),
    3: (b"auth", {1: b"preshared", 2: b"dss", 3: b"rsa sig", 4: b"rsa enc",
                  5: b"rsa enc revised"}),
    4: (b"group desc", {n: name for n, name in GROUP_NAMES.items() if n < 18}),
    5: (b"group type", {1: b"MODP", 2: b"ECP", 3: b"EC2N"}), 6: (b"group prime", {}),
    7: (b"group gen1", {}), 8: (b"group gen2", {}), 9: (b"group curve A", {}),
    10: (b"group curve B", {}), 11: (b"lifetype", LIFE_TYPES), 12: (b"lifeduration", {}),
    13: (b"prf", {}), 14: (b"keylen", {}), 15: (b"field", {}), 16: (b"order", {}),
}
IPSEC_ATTRIBUTES: dict[int, tuple[bytes, dict[int, bytes]]] = {
    1: (b"lifetype", LIFE_TYPES), 2: (b"life", {}), 3: OAKLEY_ATTRIBUTES[4],
    4: (b"enc mode", {1: b"tunnel", 2: b"transport"}),
    5: (b"auth", {1: b"hmac-md5", 2: b"hmac-sha1", 3: b"1des-mac", 4: b"keyed"}),
    6: (b"keylen", {}), 7: (b"rounds", {}), 8: (b"dictsize", {}), 9: (b"privalg", {}),
}
ATTRIBUTES = {1: OAKLEY_ATTRIBUTES, 2: IPSEC_ATTRIBUTES, 3: IPSEC_ATTRIBUTES,
              4: IPSEC_ATTRIBUTES}
ENCRYPTION_ATTRIBUTES: dict[int, tuple[bytes, dict[int, bytes]]] = {14: (b"keylen", {})}

TYPE_NAMES = {1: b"encr", 2: b"prf", 3: b"integ", 4: b"dh", 5: b"esn"}
TYPE_TRANSFORMS: dict[int, dict[int, bytes]] = {
    1: ESP_TRANSFORMS,
    2: {1: b"hmac-md5", 2: b"hmac-sha", 3: b"hmac-tiger", 4: b"aes128_xcbc"},
    3: {1: b"hmac-md5", 2: b"hmac-sha", 3: b"dec-mac", 4: b"kpdk-md5", 5: b"aes-xcbc"},
    4: GROUP_NAMES, 5: {0: b"no-esn", 1: b"esn"},
}

CERTIFICATE_NAMES = {
    0: b"none", 1: b"pkcs7", 2: b"pgp", 3: b"dns", 4: b"x509sign", 5: b"x509ke", 6: b"kerberos",
    7: b"crl", 8: b"arl", 9: b"spki", 10: b"x509attr",
}
IDENTITY_NAMES = {
    1: b"IPv4", 2: b"FQDN", 3: b"user FQDN", 4: b"IPv4net", 5: b"IPv6", 6: b"IPv6net",
    7: b"IPv4range", 8: b"IPv6range", 9: b"ASN1 DN", 10: b"ASN1 GN", 11: b"keyid",
}
IDENTITY2_NAMES = {1: b"ipv4", 2: b"fqdn", 3: b"rfc822", 5: b"ipv6", 9: b"dn", 10: b"gn",
                   11: b"keyid"}
AUTHENTICATION_NAMES = {0: b"invalid", 1: b"rsasig", 2: b"shared-secret", 3: b"dsssig"}

#: IKE version 1's, by number; those of the IPsec domain of interpretation only there.
NOTIFY_NAMES: dict[int, bytes] = {
    1: b"INVALID-PAYLOAD-TYPE", 2: b"DOI-NOT-SUPPORTED", 3: b"SITUATION-NOT-SUPPORTED",
    4: b"INVALID-COOKIE", 5: b"INVALID-MAJOR-VERSION", 6: b"INVALID-MINOR-VERSION",
    7: b"INVALID-EXCHANGE-TYPE", 8: b"INVALID-FLAGS", 9: b"INVALID-MESSAGE-ID",
    10: b"INVALID-PROTOCOL-ID", 11: b"INVALID-SPI", 12: b"INVALID-TRANSFORM-ID",
    13: b"ATTRIBUTES-NOT-SUPPORTED", 14: b"NO-PROPOSAL-CHOSEN", 15: b"BAD-PROPOSAL-SYNTAX",
    16: b"PAYLOAD-MALFORMED", 17: b"INVALID-KEY-INFORMATION", 18: b"INVALID-ID-INFORMATION",
    19: b"INVALID-CERT-ENCODING", 20: b"INVALID-CERTIFICATE", 21: b"CERT-TYPE-UNSUPPORTED",
    22: b"INVALID-CERT-AUTHORITY", 23: b"INVALID-HASH-INFORMATION",
    24: b"AUTHENTICATION-FAILED", 25: b"INVALID-SIGNATURE", 26: b"ADDRESS-NOTIFICATION",
    27: b"NOTIFY-SA-LIFETIME", 28: b"CERTIFICATE-UNAVAILABLE",
    29: b"UNSUPPORTED-EXCHANGE-TYPE", 30: b"UNEQUAL-PAYLOAD-LENGTHS", 16384: b"CONNECTED",
}
IPSEC_NOTIFY_NAMES = {8192: b"RESERVED", 24576: b"RESPONDER-LIFETIME", 24577: b"REPLAY-STATUS",
                      24578: b"INITIAL-CONTACT"}
#: IKE version 2's: the name, and whether the SPI is shown.
NOTIFY2_NAMES: dict[int, tuple[bytes, bool]] = {
    1: (b"unsupported_critical_payload", False), 4: (b"invalid_ike_spi", True),
    5: (b"invalid_major_version", False), 7: (b"invalid_syntax", True),
    9: (b"invalid_message_id", True), 11: (b"invalid_spi", True),
    14: (b"no_protocol_chosen", True), 17: (b"invalid_ke_payload", True),
    24: (b"authentication_failed", True), 34: (b"single_pair_required", True),
    35: (b"no_additional_sas", False), 36: (b"internal_address_failure", False),
    37: (b"failed:cp_required", False), 39: (b"invalid_selectors", False),
    16384: (b"initial_contact", False), 16385: (b"set_window_size", False),
    16386: (b"additional_ts_possible", False), 16387: (b"ipcomp_supported", False),
    16388: (b"nat_detection_source_ip", True), 16389: (b"nat_detection_destination_ip", True),
    16390: (b"cookie", True), 16391: (b"use_transport_mode", False),
    16392: (b"http_cert_lookup_supported", False), 16393: (b"rekey_sa", True),
    16394: (b"tfc_padding_not_supported", False), 16395: (b"non_first_fragment_also", False),
    40: (b"unacceptable_addresses", True), 41: (b"unexpected_nat_detected", True),
    42: (b"use_assigned_HoA", True), 43: (b"temporary_failure", True),
    44: (b"child_sa_not_found", True), 45: (b"invalid_group_id", True),
    46: (b"authorization_failed", True), 47: (b"state_not_found", True),
    48: (b"ts_max_queue", True), 49: (b"registration_failed", True),
    **{number: (name, True) for number, name in enumerate((  # IANA's, from RFC 4555 on
        b"mobike_supported", b"additional_ip4_address", b"additional_ip6_address",
        b"no_additional_addresses", b"update_sa_addresses", b"cookie2", b"no_nats_allowed",
        b"auth_lifetime", b"multiple_auth_supported", b"another_auth_follows",
        b"redirect_supported", b"redirect", b"redirected_from", b"ticket_lt_opaque",
        b"ticket_request", b"ticket_ack", b"ticket_nack", b"ticket_opaque", b"link_id",
        b"use_wesp_mode", b"rohc_supported", b"eap_only_authentication",
        b"childless_ikev2_supported", b"quick_crash_detection",
        b"ikev2_message_id_sync_supported", b"ipsec_replay_counter_sync_supported",
        b"ikev2_message_id_sync", b"ipsec_replay_counter_sync", b"secure_password_methods",
        b"psk_persist", b"psk_confirm", b"erx_supported", b"ifom_capability",
        b"sender_request_id", b"ikev2_fragmentation_supported", b"signature_hash_algorithms",
        b"clone_ike_sa_supported", b"clone_ike_sa", b"puzzle", b"use_ppk", b"ppk_identity",
        b"no_ppk_auth", b"intermediate_exchange_supported", b"ip4_allowed", b"ip6_allowed",
        b"additional_key_exchange", b"use_aggfrag"), 16396)},
}
