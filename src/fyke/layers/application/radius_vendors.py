"""Attributes of RADIUS that vendors have (RFC 2865 §5.26): names and kinds, as data.

RFC 2548 (Microsoft), RFC 4679 (Broadband Forum), 3GPP TS 29.061 §16.4.7; the others' own
dictionaries. A kind is text, number, address, address6; without one it is octets.
"""

from __future__ import annotations

CISCO, MICROSOFT, JUNIPER, BROADBAND, GPP, WIFI, ARUBA, MIKROTIK = (
    9, 311, 2636, 3561, 10415, 14122, 14823, 14988)
US_ROBOTICS, LUCENT, STARENT = 429, 4846, 8164

#: Vendors whose types and lengths are not of one octet each: how many those are, and whether the
#: length counts both.
SIZES = {US_ROBOTICS: (4, 0), LUCENT: (2, 1), STARENT: (2, 2)}


def kinds(kind: str, names: str, first: int = 1) -> dict[int, tuple[str, str]]:
    """Names in a row, from a number on; "-" is none."""
    return {first + place: (name, kind) for place, name in enumerate(names.split()) if name != "-"}


VENDORS: dict[int, dict[int, tuple[str, str]]] = {
    CISCO: {
        **kinds("text", "avpair nas_port fax_account_id_origin fax_msg_id fax_pages"),
        **kinds("text", "h323_remote_address h323_conf_id h323_setup_time h323_call_origin "
                "h323_call_type h323_connect_time h323_disconnect_time h323_disconnect_cause "
                "h323_voice_quality - h323_gw_id - - - policy_up policy_down", 23),
        **kinds("text", "account_info service_info command_code control_info", 250)},
    MICROSOFT: {
        **kinds("", "chap_response - chap_cpw_1 chap_cpw_2 chap_lm_enc_pw chap_nt_enc_pw"),
        **kinds("text", "chap_error", 2),
        **kinds("number", "mppe_encryption_policy mppe_encryption_types ras_vendor", 7),
        **kinds("text", "chap_domain", 10), **kinds("", "chap_challenge chap_mppe_keys", 11),
        **kinds("number", "bap_usage link_utilization_threshold link_drop_time_limit", 13),
        **kinds("", "mppe_send_key mppe_recv_key", 16), **kinds("text", "ras_version", 18),
        **kinds("", "old_arap_password new_arap_password", 19),
        **kinds("number", "arap_pw_change_reason - acct_auth_type acct_eap_type", 21),
        **kinds("", "filter - - chap2_response - chap2_cpw", 22),
        **kinds("text", "chap2_success", 26),
        **kinds("address", "primary_dns secondary_dns primary_nbns secondary_nbns", 28),
        **kinds("", "arap_challenge", 33)},
    JUNIPER: {
        **kinds("text", "local_user_name allow_commands deny_commands allow_configuration "
                "deny_configuration - - interactive_command configuration_change "
                "user_permissions")},
    BROADBAND: {
        **kinds("text", "agent_circuit_id agent_remote_id"),
        **kinds("number", "actual_upstream actual_downstream minimum_upstream minimum_downstream "
                "attainable_upstream attainable_downstream maximum_upstream maximum_downstream "
                "minimum_upstream_low_power minimum_downstream_low_power "
                "maximum_interleaving_delay_upstream actual_interleaving_delay_upstream "
                "maximum_interleaving_delay_downstream actual_interleaving_delay_downstream", 129),
        **kinds("", "access_loop_encapsulation", 144), **kinds("", "iwf_session", 252)},
    GPP: {
        **kinds("text", "imsi"), **kinds("number", "charging_id pdp_type", 2),
        **kinds("address", "cg_address", 4), **kinds("text", "negotiated_qos", 5),
        **kinds("address", "sgsn_address ggsn_address", 6),
        **kinds("text", "imsi_mcc_mnc ggsn_mcc_mnc nsapi - selection_mode "
                "charging_characteristics", 8),
        **kinds("", "session_stop_indicator", 11),
        **kinds("address6", "cg_ipv6_address sgsn_ipv6_address ggsn_ipv6_address", 14),
        **kinds("", "ipv6_dns_servers", 17), **kinds("text", "sgsn_mcc_mnc - imeisv", 18),
        **kinds("", "teardown_indicator", 19),
        **kinds("number", "rat_type", 21),
        **kinds("", "user_location ms_time_zone camel_charging packet_filter negotiated_dscp",
                22)},
    WIFI: {
        **kinds("text", "location_id location_name logoff_url redirection_url"),
        **kinds("number", "bandwidth_min_up bandwidth_min_down bandwidth_max_up "
                "bandwidth_max_down", 5),
        **kinds("text", "session_terminate_time session_terminate_end_of_day "
                "billing_class_of_service", 9)},
    ARUBA: {
        **kinds("text", "user_role - - admin_role essid_name location_id port_id template_user "
                "named_user_vlan ap_group"),
        **kinds("number", "user_vlan priv_admin_user", 2)},
    MIKROTIK: {
        **kinds("number", "recv_limit xmit_limit - wireless_forward wireless_skip_dot1x "
                "wireless_enc_algo"),
        **kinds("text", "group - - - wireless_enc_key rate_limit realm - mark_id advertise_url "
                "advertise_interval - - wireless_psk", 3),
        **kinds("address", "host_ip", 10),
        **kinds("number", "recv_limit_gigawords xmit_limit_gigawords - total_limit "
                "total_limit_gigawords", 14),
        **kinds("text", "address_list wireless_mpkey wireless_comment delegated_ipv6_pool", 19)},
}
