"""Names of IEEE 802.11 frames, statuses and reasons (IEEE 802.11-2016 §9), in tcpdump's words."""

from __future__ import annotations

SUBTYPE_NAMES = {
    0: b"Assoc Request", 1: b"Assoc Response", 2: b"ReAssoc Request", 3: b"ReAssoc Response",
    4: b"Probe Request", 5: b"Probe Response", 8: b"Beacon", 9: b"ATIM", 10: b"Disassociation",
    11: b"Authentication", 12: b"DeAuthentication", 13: b"Action",
}
CONTROL_NAMES = {
    7: b"Control Wrapper", 8: b"BAR", 9: b"BA", 10: b"Power Save-Poll", 11: b"Request-To-Send",
    12: b"Clear-To-Send", 13: b"Acknowledgment", 14: b"CF-End", 15: b"CF-End+CF-Ack",
}
ALGORITHM_NAMES = {0: b"Open System", 1: b"Shared Key", 2: b"EAP"}

#: Category of an Action frame: its name, and the names of its actions.
CATEGORIES: dict[int, tuple[bytes, dict[int, bytes]]] = {
    0: (b"Spectrum Management", {}), 1: (b"QoS", {}), 2: (b"DLS", {}),
    3: (b"BA", {0: b"ADDBA Request", 1: b"ADDBA Response", 2: b"DELBA"}),
    7: (b"HT", {0: b"TxChWidth", 1: b"MIMOPwrSave"}),
    13: (b"MeshAction", {
        0: b"MeshLink", 1: b"HWMP", 2: b"Gate Announcement", 3: b"Congestion Control",
        4: b"MCCA Setup Request", 5: b"MCCA Setup Reply", 6: b"MCCA Advertisement Request",
        7: b"MCCA Advertisement", 8: b"MCCA Teardown", 9: b"TBTT Adjustment Request",
        10: b"TBTT Adjustment Response"}),
    14: (b"MultihopAction", {0: b"Proxy Update", 1: b"Proxy Update Confirmation"}),
    15: (b"SelfprotectAction", {
        1: b"Peering Open", 2: b"Peering Confirm", 3: b"Peering Close", 4: b"Group Key Inform",
        5: b"Group Key Acknowledge"}),
    127: (b"Vendor", {}),
}

STATUS_NAMES = (
    b"Successful",
    b"Unspecified failure",
    b"TDLS wakeup schedule rejected but alternative schedule provided",
    b"TDLS wakeup schedule rejected",
    b"Reserved",
    b"Security disabled",
    b"Unacceptable lifetime",
    b"Not in same BSS",
    b"Reserved",
    b"Reserved",
    b"Cannot Support all requested capabilities in the Capability Information field",  # 10
    b"Reassociation denied due to inability to confirm that association exists",
    b"Association denied due to reason outside the scope of this standard",
    b"Responding STA does not support the specified authentication algorithm",
    b"Received an Authentication frame with authentication transaction sequence number out of "
    b"expected sequence",
    b"Authentication rejected because of challenge failure",
    b"Authentication rejected due to timeout waiting for next frame in sequence",
    b"Association denied because AP is unable to handle additional associated STAs",
    b"Association denied due to requesting STA not supporting all of the data rates in the "
    b"BSSBasicRateSet parameter, the Basic HT-MCS Set field of the HT Operation parameter, or the "
    b"Basic VHT-MCS and NSS Set field in the VHT Operation parameter",
    b"Association denied due to requesting STA not supporting the short preamble option",
    b"Reserved",  # 20
    b"Reserved",
    b"Association request rejected because Spectrum Management capability is required",
    b"Association request rejected because the information in the Power Capability element is "
    b"unacceptable",
    b"Association request rejected because the information in the Supported Channels element is "
    b"unacceptable",
    b"Association denied due to requesting STA not supporting the Short Slot Time option",
    b"Reserved",
    b"Association denied because the requested STA does not support HT features",
    b"R0KH unreachable",
    b"Association denied because the requesting STA does not support the phased coexistence "
    b"operation (PCO) transition time required by the AP",
    b"Association request rejected temporarily; try again later",  # 30
    b"Robust management frame policy violation",
    b"Unspecified, QoS-related failure",
    b"Association denied because QoS AP or PCP has insufficient bandwidth to handle another QoS "
    b"STA",
    b"Association denied due to excessive frame loss rates and/or poor conditions on current "
    b"operating channel",
    b"Association (with QoS BSS) denied because the requesting STA does not support the QoS "
    b"facility",
    b"Reserved",
    b"The request has been declined",
    b"The request has not been successful as one or more parameters have invalid values",
    b"The allocation or TS has not been created because the request cannot be honored; however, "
    b"a suggested TSPEC/DMG TSPEC is provided so that the initiating STA can attempt to set "
    b"another allocation or TS with the suggested changes to the TSPEC/DMG TSPEC",
    b"Invalid element, i.e., an element defined in this standard for which the content does not "
    b"meet the specifications in Clause 9",  # 40
    b"Invalid group cipher",
    b"Invalid pairwise cipher",
    b"Invalid AKMP",
    b"Unsupported RSNE version",
    b"Invalid RSNE capabilities",
    b"Cipher suite rejected because of security policy",
    b"The TS or allocation has not been created; however, the HC or PCP might be capable of "
    b"creating a TS or allocation, in response to a request, after the time indicated in the TS "
    b"Delay element",
    b"Direct Link is not allowed in the BSS by policy",
    b"The Destination STA is not present within this BSS",
    b"The Destination STA is not a QoS STA",  # 50
    b"Association denied because the listen interval is too large",
    b"Invalid FT Action frame count",
    b"Invalid pairwise master key identifier (PMKID)",
    b"Invalid MDE",
    b"Invalid FTE",
    b"Requested TCLAS processing is not supported by the AP or PCP",
    b"The AP or PCP has insufficient TCLAS processing resources to satisfy the request",
    b"The TS has not been created because the request cannot be honored; however, the HC or PCP "
    b"suggests that the STA transition to a different BSS to set up the TS",
    b"GAS Advertisement Protocol not supported",
    b"No outstanding GAS request",  # 60
    b"GAS Response not received from the Advertisement Server",
    b"STA timed out waiting for GAS Query Response",
    b"LARGE GAS Response is larger than query response length limit",
    b"Request refused because home network does not support request",
    b"Advertisement Server in the network is not currently reachable",
    b"Reserved",
    b"Request refused due to permissions received via SSPN interface",
    b"Request refused because the AP or PCP does not support unauthenticated access",
    b"Reserved",
    b"Reserved",  # 70
    b"Reserved",
    b"Invalid contents of RSNE",
    b"U-APSD coexistence is not supported",
    b"Requested U-APSD coexistence mode is not supported",
    b"Requested Interval/Duration value cannot be supported with U-APSD coexistence",
    b"Authentication is rejected because an Anti-Clogging Token is required",
    b"Authentication is rejected because the offered finite cyclic group is not supported",
    b"The TBTT adjustment request has not been successful because the STA could not find an "
    b"alternative TBTT",
    b"Transmission failure",
    b"Requested TCLAS Not Supported",  # 80
    b"TCLAS Resources Exhausted",
    b"Rejected with Suggested BSS transition",
    b"Reject with recommended schedule",
    b"Reject because no wakeup schedule specified",
    b"Success, the destination STA is in power save mode",
    b"FST pending, in process of admitting FST session",
    b"Performing FST now",
    b"FST pending, gap(s) in block ack window",
    b"Reject because of U-PID setting",
    b"Reserved",  # 90
    b"Reserved",
    b"(Re)Association refused for some external reason",
    b"(Re)Association refused because of memory limits at the AP",
    b"(Re)Association refused because emergency services are not supported at the AP",
    b"GAS query response not yet received",
    b"Reject since the request is for transition to a frequency band subject to DSE procedures "
    b"and FST Initiator is a dependent STA",
    b"Requested TCLAS processing has been terminated by the AP",
    b"The TS schedule conflicts with an existing schedule; an alternative schedule is provided",
    b"The association has been denied; however, one or more Multi-band elements are included "
    b"that can be used by the receiving STA to join the BSS",
    b"The request failed due to a reservation conflict",  # 100
    b"The request failed due to exceeded MAF limit",
    b"The request failed due to exceeded MCCA track limit",
    b"Association denied because the information in theSpectrum Management field is unacceptable",
    b"Association denied because the requesting STA does not support VHT features",
    b"Enablement denied",
    b"Enablement denied due to restriction from an authorized GDB",
    b"Authorization deenabled",
)

REASON_NAMES = (
    b"Reserved",
    b"Unspecified reason",
    b"Previous authentication no longer valid",
    b"Deauthenticated because sending STA is leaving (or has left) IBSS or ESS",
    b"Disassociated due to inactivity",
    b"Disassociated because AP is unable to handle all currently  associated STAs",
    b"Class 2 frame received from nonauthenticated STA",
    b"Class 3 frame received from nonassociated STA",
    b"Disassociated because sending STA is leaving (or has left) BSS",
    b"STA requesting (re)association is not authenticated with responding STA",
    b"Disassociated because the information in the Power Capability element is unacceptable",
    b"Disassociated because the information in the Supported Channels element is unacceptable",
    b"Disassociated due to BSS transition management",
    b"Invalid element, i.e., an element defined in this standard for which the content does not "
    b"meet the specifications in Clause 9",
    b"Message integrity code (MIC) failure",
    b"4-Way Handshake timeout",
    b"Group key handshake timeout",
    b"Information element in 4-Way Handshake different from (Re)AssociationRequest/Probe "
    b"Response/Beacon frame",
    b"Invalid group cipher",
    b"Invalid pairwise cipher",
    b"Invalid AKMP",  # 20
    b"Unsupported RSNE version",
    b"Invalid RSNE capabilities",
    b"IEEE 802.1X authentication failed",
    b"Cipher suite rejected because of the security policy",
    b"TDLS direct-link teardown due to TDLS peer STA unreachable via the TDLS direct link",
    b"TDLS direct-link teardown for unspecified reason",
    b"Disassociated because session terminated by SSP request",
    b"Disassociated because of lack of SSP roaming agreement",
    b"Requested service rejected because of SSP cipher suite or AKM requirement",
    b"Requested service not authorized in this location",  # 30
    b"TS deleted because QoS AP lacks sufficient bandwidth for this QoS STA due to a change in "
    b"BSS service characteristics or operational mode (e.g. an HT BSS change from 40 MHz channel "
    b"to 20 MHz channel)",
    b"Disassociated for unspecified, QoS-related reason",
    b"Disassociated because QoS AP lacks sufficient bandwidth for this QoS STA",
    b"Disassociated because of excessive number of frames that need to be acknowledged, but are "
    b"not acknowledged due to AP transmissions and/or poor channel conditions",
    b"Disassociated because STA is transmitting outside the limits of its TXOPs",
    b"Requested from peer STA as the STA is leaving the BSS (or resetting)",
    b"Requested from peer STA as it does not want to use the mechanism",
    b"Requested from peer STA as the STA received frames using the mechanism for which a set up "
    b"is required",
    b"Requested from peer STA due to time out",
    b"Reserved",  # 40
    b"Reserved",
    b"Reserved",
    b"Reserved",
    b"Reserved",
    b"Peer STA does not support the requested cipher suite",
    b"In a DLS Teardown frame: The teardown was initiated by the DLS peer. In a Disassociation "
    b"frame: Disassociated because authorized access limit reached",
    b"In a DLS Teardown frame: The teardown was initiated by the AP. In a Disassociation frame: "
    b"Disassociated due to external service requirements",
    b"Invalid FT Action frame count",
    b"Invalid pairwise master key identifier (PMKID)",
    b"Invalid MDE",  # 50
    b"Invalid FTE",
    b"Mesh peering canceled for unknown reasons",
    b"The mesh STA has reached the supported maximum number of peer mesh STAs",
    b"The received information violates the Mesh Configuration policy configured in the mesh STA "
    b"profile",
    b"The mesh STA has received a Mesh Peering Close frame requesting to close the mesh peering",
    b"The mesh STA has resent dot11MeshMaxRetries Mesh Peering Open frames, without receiving a "
    b"Mesh Peering Confirm frame",
    b"The confirmTimer for the mesh peering instance times out",
    b"The mesh STA fails to unwrap the GTK or the values in the wrapped contents do not match",
    b"The mesh STA receives inconsistent information about the mesh parameters between mesh "
    b"peering Management frames",
    b"The mesh STA fails the authenticated mesh peering exchange because due to failure in "
    b"selecting either the pairwise ciphersuite or group ciphersuite",  # 60
    b"The mesh STA does not have proxy information for this external destination",
    b"The mesh STA does not have forwarding information for this destination",
    b"The mesh STA determines that the link to the next hop of an active path in its forwarding "
    b"information is no longer usable",
    b"The Deauthentication frame was sent because the MAC address of the STA already exists in "
    b"the mesh BSS",
    b"The mesh STA performs channel switch to meet regulatory requirements",
    b"The mesh STA performs channel switching with unspecified reason",
)
