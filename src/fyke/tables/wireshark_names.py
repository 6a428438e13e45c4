"""Room tables/: what Wireshark and tshark call a field, and what it is called here.

Data. SAME holds what means the same: such a name is taken as a column, and ours is told. A name of
NEAR means something else in part, or is here of another unit: it is refused, and ours is suggested.
Names are those of ``tshark -G fields`` (4.0); a test asks it for each of them.
"""

from __future__ import annotations


def pairs(text: str) -> dict[str, str]:
    """Two columns of text: their name, ours."""
    return dict(line.split() for line in text.strip().splitlines())


SAME = pairs("""
frame.number                         number
frame.len                            wire_length
frame.cap_len                        captured_length
frame.interface_id                   interface_number
frame.interface_name                 interface
frame.comment                        comments
eth.dst                              ether.dst
eth.src                              ether.src
eth.type                             ether.type
vlan.id                              vlan.id
vlan.priority                        vlan.priority
vlan.dei                             vlan.dei
vlan.etype                           vlan.type
llc.dsap                             llc.dsap
llc.ssap                             llc.ssap
llc.control                          llc.control
llc.oui                              snap.oui
llc.pid                              snap.pid
sll.pkttype                          sll.packet_type
sll.hatype                           sll.hardware
sll.halen                            sll.address_length
sll.etype                            sll.protocol
sll.ifindex                          sll2.interface
null.family                          null.family
ppp.address                          ppp.address
ppp.direction                        ppp.direction
ppp.protocol                         ppp.proto
pppoe.version                        pppoe.version
pppoe.type                           pppoe.type
pppoe.code                           pppoe.code
pppoe.session_id                     pppoe.session
pppoe.payload_length                 pppoe.length
mpls.label                           mpls.label
mpls.exp                             mpls.traffic_class
mpls.bottom                          mpls.bottom
mpls.ttl                             mpls.ttl
arp.hw.type                          arp.hardware
arp.proto.type                       arp.protocol
arp.hw.size                          arp.hardware_length
arp.proto.size                       arp.protocol_length
arp.opcode                           arp.operation
arp.src.hw_mac                       arp.sender_mac
arp.src.proto_ipv4                   arp.sender_ip
arp.dst.hw_mac                       arp.target_mac
arp.dst.proto_ipv4                   arp.target_ip
ip.hdr_len                           ip.header_length
ip.dsfield                           ip.tos
ip.dsfield.dscp                      ip.dscp
ip.dsfield.ecn                       ip.ecn
ip.len                               ip.length
ip.flags.rb                          ip.flags.rb
ip.flags.df                          ip.flags.df
ip.flags.mf                          ip.flags.mf
ipv6.version                         ip6.version
ipv6.tclass                          ip6.traffic_class
ipv6.tclass.dscp                     ip6.dscp
ipv6.tclass.ecn                      ip6.ecn
ipv6.flow                            ip6.flow_label
ipv6.plen                            ip6.stated_length
ipv6.nxt                             ip6.next_header
ipv6.hlim                            ip6.hop_limit
ipv6.src                             ip6.src
ipv6.dst                             ip6.dst
icmp.type                            icmp.type
icmp.code                            icmp.code
icmp.checksum                        icmp.checksum
icmp.ident                           icmp.id
icmp.seq                             icmp.seq
icmp.mtu                             icmp.mtu
icmp.pointer                         icmp.pointer
icmp.lifetime                        icmp.lifetime
icmp.redir_gw                        icmp.gateway
icmp.originate_timestamp             icmp.originate
icmp.receive_timestamp               icmp.receive
icmp.transmit_timestamp              icmp.transmit
icmp.address_mask                    icmp.mask
icmpv6.type                          icmp6.type
icmpv6.code                          icmp6.code
icmpv6.checksum                      icmp6.checksum
icmpv6.mtu                           icmp6.mtu
icmpv6.echo.identifier               icmp6.id
icmpv6.echo.sequence_number          icmp6.seq
icmpv6.nd.ra.cur_hop_limit           icmp6.hop_limit
icmpv6.nd.ra.router_lifetime         icmp6.lifetime
icmpv6.nd.ra.reachable_time          icmp6.reachable_time
icmpv6.nd.ra.retrans_timer           icmp6.retransmit_time
icmpv6.nd.ns.target_address          icmp6.target
icmpv6.nd.na.target_address          icmp6.target
igmp.type                            igmp.type
igmp.version                         igmp.version
igmp.checksum                        igmp.checksum
igmp.maddr                           igmp.group
igmp.s                               igmp.suppress
igmp.qrv                             igmp.robustness
udp.srcport                          udp.src_port
udp.dstport                          udp.dst_port
udp.length                           udp.length
udp.checksum                         udp.checksum
udp.payload                          udp.payload
tcp.srcport                          tcp.src_port
tcp.dstport                          tcp.dst_port
tcp.seq_raw                          tcp.seq
tcp.ack_raw                          tcp.ack
tcp.hdr_len                          tcp.header_length
tcp.flags.ae                         tcp.flags.ae
tcp.flags.cwr                        tcp.flags.cwr
tcp.flags.ece                        tcp.flags.ece
tcp.flags.urg                        tcp.flags.urg
tcp.flags.ack                        tcp.flags.ack
tcp.flags.push                       tcp.flags.psh
tcp.flags.reset                      tcp.flags.rst
tcp.flags.syn                        tcp.flags.syn
tcp.flags.fin                        tcp.flags.fin
tcp.window_size_value                tcp.window
tcp.urgent_pointer                   tcp.urgent
tcp.len                              tcp.payload_length
tcp.payload                          tcp.payload
tcp.options.mss_val                  tcp.options.mss
tcp.options.wscale.shift             tcp.options.wscale
tcp.options.timestamp.tsval          tcp.options.timestamps.value
tcp.options.timestamp.tsecr          tcp.options.timestamps.echo_reply
tcp.options.sack_le                  tcp.options.sack.left
tcp.options.sack_re                  tcp.options.sack.right
sctp.srcport                         sctp.src_port
sctp.dstport                         sctp.dst_port
sctp.verification_tag                sctp.verification_tag
gre.proto                            gre.proto
gre.checksum                         gre.checksum
gre.offset                           gre.offset
gre.key.call_id                      gre.call_id
gre.sequence_number                  gre.sequence
gre.ack_number                       gre.ack
vxlan.vni                            vxlan.vni
geneve.version                       geneve.version
geneve.proto_type                    geneve.proto
geneve.vni                           geneve.vni
dns.id                               dns.id
dns.flags.response                   dns.is_response
dns.flags.opcode                     dns.opcode
dns.flags.authoritative              dns.authoritative
dns.flags.truncated                  dns.truncated
dns.flags.recdesired                 dns.recursion_desired
dns.flags.recavail                   dns.recursion_available
dns.flags.authenticated              dns.authentic
dns.flags.checkdisable               dns.checking_disabled
dns.count.queries                    dns.question_count
dns.count.answers                    dns.answer_count
dns.count.auth_rr                    dns.authority_count
dns.count.add_rr                     dns.additional_count
dns.qry.name                         dns.questions.name
dns.qry.type                         dns.questions.type
dns.qry.class                        dns.questions.dns_class
dhcp.type                            dhcp.op
dhcp.hw.type                         dhcp.hardware_type
dhcp.hw.len                          dhcp.hardware_length
dhcp.id                              dhcp.xid
dhcp.ip.client                       dhcp.client_ip
dhcp.ip.your                         dhcp.your_ip
dhcp.ip.server                       dhcp.server_ip
dhcp.ip.relay                        dhcp.gateway_ip
dhcp.hw.mac_addr                     dhcp.client_mac
dhcp.server                          dhcp.server_name
dhcp.file                            dhcp.boot_file
dhcp.option.dhcp                     dhcp.message_type
dhcp.option.subnet_mask              dhcp.options.subnet_mask
dhcp.option.time_offset              dhcp.options.time_offset
dhcp.option.router                   dhcp.options.router
dhcp.option.time_server              dhcp.options.time_server
dhcp.option.domain_name_server       dhcp.options.domain_name_server
dhcp.option.log_server               dhcp.options.log_server
dhcp.option.hostname                 dhcp.options.host_name
dhcp.option.domain_name              dhcp.options.domain_name
dhcp.option.root_path                dhcp.options.root_path
dhcp.option.default_ip_ttl           dhcp.options.default_ip_ttl
dhcp.option.interface_mtu            dhcp.options.interface_mtu
dhcp.option.broadcast_address        dhcp.options.broadcast_address
dhcp.option.arp_cache_timeout        dhcp.options.arp_cache_timeout
dhcp.option.nis_domain               dhcp.options.nis_domain
dhcp.option.nis_server               dhcp.options.nis_server
dhcp.option.ntp_server               dhcp.options.ntp_server
dhcp.option.requested_ip_address     dhcp.options.requested_ip
dhcp.option.ip_address_lease_time    dhcp.options.lease_time
dhcp.option.option_overload          dhcp.options.overload
dhcp.option.dhcp_server_id           dhcp.options.server_id
dhcp.option.request_list_item        dhcp.options.parameter_request_list
dhcp.option.message                  dhcp.options.message
dhcp.option.dhcp_max_message_size    dhcp.options.max_message_size
dhcp.option.renewal_time_value       dhcp.options.renewal_time
dhcp.option.rebinding_time_value     dhcp.options.rebinding_time
dhcp.option.vendor_class_id          dhcp.options.vendor_class
dhcp.option.tftp_server_name         dhcp.options.tftp_server_name
dhcp.option.bootfile_name            dhcp.options.boot_file_name
dhcp.option.subnet_selection_option  dhcp.options.subnet_selection
http.request                         http.is_request
http.request.method                  http.method
http.request.uri                     http.target
http.request.full_uri                http.uri
http.response.code                   http.status
http.response.phrase                 http.reason
http.host                            http.host
http.user_agent                      http.user_agent
http.accept                          http.headers.accept
http.accept_encoding                 http.headers.accept_encoding
http.accept_language                 http.headers.accept_language
http.authorization                   http.headers.authorization
http.cache_control                   http.headers.cache_control
http.connection                      http.headers.connection
http.content_encoding                http.headers.content_encoding
http.content_type                    http.content_type
http.cookie                          http.headers.cookie
http.date                            http.headers.date
http.last_modified                   http.headers.last_modified
http.location                        http.headers.location
http.referer                         http.headers.referer
http.server                          http.headers.server
http.set_cookie                      http.headers.set_cookie
http.transfer_encoding               http.headers.transfer_encoding
http.upgrade                         http.headers.upgrade
http.x_forwarded_for                 http.headers.x_forwarded_for
ntp.flags.li                         ntp.leap
ntp.flags.vn                         ntp.version
ntp.flags.mode                       ntp.mode
ntp.stratum                          ntp.stratum
ntp.rootdelay                        ntp.root_delay
ntp.rootdispersion                   ntp.root_dispersion
ntp.reftime                          ntp.reference_time
ntp.org                              ntp.origin_time
ntp.rec                              ntp.receive_time
ntp.xmt                              ntp.transmit_time
ntp.keyid                            ntp.key_id
quic.version                         quic.version
quic.dcid                            quic.dcid
quic.scid                            quic.scid
syslog.facility                      syslog.facility
syslog.level                         syslog.severity
syslog.msg                           syslog.message
bfd.version                          bfd.version
bfd.diag                             bfd.diagnostic
bfd.sta                              bfd.state
bfd.detect_time_multiplier           bfd.detect_multiplier
bfd.message_length                   bfd.length
bfd.my_discriminator                 bfd.my_discriminator
bfd.your_discriminator               bfd.your_discriminator
bfd.desired_min_tx_interval          bfd.desired_min_tx
bfd.required_min_rx_interval         bfd.required_min_rx
bfd.required_min_echo_interval       bfd.required_min_echo
stp.version                          stp.version
stp.type                             stp.bpdu_type
stp.flags                            stp.flags
stp.root.cost                        stp.root_cost
stp.port                             stp.port
radius.code                          radius.code
radius.id                            radius.id
radius.length                        radius.packet_length
radius.authenticator                 radius.authenticator
""")

#: What to take instead, and what differs.
NEAR = {
    "frame.time": ("date", "in UTC, ISO 8601"),
    "frame.time_epoch": ("time", "in nanoseconds"),
    "frame.time_relative": ("time_relative", "in nanoseconds"),
    "frame.time_delta": ("time_delta", "in nanoseconds"),
    "frame.p2p_dir": ("direction", "in words"),
    "frame.packet_flags_direction": ("direction", "in words"),
    "frame.protocols": ("layers", "a list, of our names"),
    "eth.addr": ("ether.src and ether.dst", "one at a time"),
    "eth.len": ("ether.type", "the same 16 bits: a length up to 1500"),
    "ip.addr": ("ip.src and ip.dst", "one at a time"),
    "ip.host": ("ip.src and ip.dst", "as numbers"),
    "ip.src_host": ("ip.src", "as a number"),
    "ip.dst_host": ("ip.dst", "as a number"),
    "ip.frag_offset": ("ip.offset", "in bytes"),
    "ipv6.addr": ("ip6.src and ip6.dst", "one at a time"),
    "tcp.port": ("tcp.src_port and tcp.dst_port", "one at a time"),
    "udp.port": ("udp.src_port and udp.dst_port", "one at a time"),
    "sctp.port": ("sctp.src_port and sctp.dst_port", "one at a time"),
    "tcp.window_size": ("tcp.window", "as in the header, before scaling"),
    "tcp.nxtseq": ("tcp.seq and tcp.payload_length", "their sum"),
    "dns.resp.name": ("dns.answers.name", "of one section at a time"),
    "dns.resp.type": ("dns.answers.type", "of one section at a time"),
    "dns.resp.class": ("dns.answers.dns_class", "of one section at a time"),
    "dns.resp.ttl": ("dns.answers.ttl", "of one section at a time"),
    "dns.a": ("dns.answers.data", "of every type"),
    "dns.aaaa": ("dns.answers.data", "of every type"),
    "dns.cname": ("dns.answers.data", "of every type"),
    "dns.flags.rcode": ("dns.rcode", "with EDNS's upper bits"),
    "http.request.version": ("http.version", "of requests and responses"),
    "http.response.version": ("http.version", "of requests and responses"),
    "icmpv6.opt.linkaddr": ("icmp6.options", "a list of records"),
    "_ws.col.Info": ("text", "tcpdump's line"),
    "_ws.col.Protocol": ("layers", "a list"),
}
