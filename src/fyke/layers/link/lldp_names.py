"""Names in LLDP's TLVs and organisations' extensions, in tcpdump's words (print-lldp.c)."""

from __future__ import annotations

TLV_NAMES = {
    0: b"End", 1: b"Chassis ID", 2: b"Port ID", 3: b"Time to Live", 4: b"Port Description",
    5: b"System Name", 6: b"System Description", 7: b"System Capabilities",
    8: b"Management Address", 127: b"Organization specific",
}
CHASSIS_NAMES = {
    1: b"Chassis component", 2: b"Interface alias", 3: b"Port component", 4: b"MAC address",
    5: b"Network address", 6: b"Interface name", 7: b"Local",
}
PORT_NAMES = {
    1: b"Interface alias", 2: b"Port component", 3: b"MAC address", 4: b"Network Address",
    5: b"Interface Name", 6: b"Agent circuit ID", 7: b"Local",
}
CAPABILITIES = (
    (0x01, b"Other"), (0x02, b"Repeater"), (0x04, b"Bridge"), (0x08, b"WLAN AP"),
    (0x10, b"Router"), (0x20, b"Telephone"), (0x40, b"Docsis"), (0x80, b"Station Only"),
)
NUMBERING_NAMES = {2: b"Interface Index", 3: b"System Port Number"}
DOT1_NAMES = {
    1: b"Port VLAN Id", 2: b"Port and Protocol VLAN ID", 3: b"VLAN name",
    4: b"Protocol Identity", 7: b"Link aggregation", 8: b"Congestion Notification",
    9: b"ETS Configuration",
    10: b"ETS Recommendation", 11: b"Priority Flow Control Configuration",
    12: b"Application Priority", 13: b"EVB", 14: b"CDCP",
}
PROTOCOL_VLAN_FLAGS = ((0x02, b"supported"), (0x04, b"enabled"))
EVB_MODES = (b"Not Supported", b"EVB Bridge", b"EVB Station",
             b"Reserved for future Standardization")
DOT3_NAMES = {1: b"MAC/PHY configuration/status", 2: b"Power via MDI", 3: b"Link aggregation",
              4: b"Max frame size"}
ENABLED_FLAGS = ((0x01, b"supported"), (0x02, b"enabled"))
PMD_FLAGS = (
    (0x4000, b"10BASE-T hdx"), (0x2000, b"10BASE-T fdx"), (0x1000, b"100BASE-T4"),
    (0x0800, b"100BASE-TX hdx"), (0x0400, b"100BASE-TX fdx"), (0x0200, b"100BASE-T2 hdx"),
    (0x0100, b"100BASE-T2 fdx"), (0x0080, b"Pause for fdx links"),
    (0x0040, b"Asym PAUSE for fdx"), (0x0020, b"Sym PAUSE for fdx"),
    (0x0010, b"Asym and Sym PAUSE for fdx"), (0x0008, b"1000BASE-{X LX SX CX} hdx"),
    (0x0004, b"1000BASE-{X LX SX CX} fdx"), (0x0002, b"1000BASE-T hdx"),
    (0x0001, b"1000BASE-T fdx"),
)
#: RFC 3636's dot3MauType, by number.
MAU_NAMES = (
    b"Unknown", b"AUI", b"10BASE_5", b"FOIRL", b"10BASE2", b"10BASET duplex mode unknown",
    b"10BASEFP", b"10BASEFB", b"10BASEFL duplex mode unknown", b"10BROAD36", b"10BASET hdx",
    b"10BASET fdx", b"10BASEFL hdx", b"10BASEFL fdx", b"100BASET4", b"100BASETX hdx",
    b"100BASETX fdx", b"100BASEFX hdx", b"100BASEFX fdx", b"100BASET2 hdx", b"100BASET2 fdx",
    b"1000BASEX hdx", b"1000BASEX fdx", b"1000BASELX hdx", b"1000BASELX fdx",
    b"1000BASESX hdx", b"1000BASESX fdx", b"1000BASECX hdx", b"1000BASECX fdx",
    b"1000BASET hdx", b"1000BASET fdx", b"10GBASEX", b"10GBASELX4", b"10GBASER", b"10GBASEER",
    b"10GBASELR", b"10GBASESR", b"10GBASEW", b"10GBASEEW", b"10GBASELW", b"10GBASESW",
)
MDI_FLAGS = ((0x01, b"PSE"), (0x02, b"supported"), (0x04, b"enabled"),
             (0x08, b"can be controlled"))
POWER_PAIRS = {1: b"signal", 2: b"spare"}
POWER_CLASSES = {1: b"class0", 2: b"class1", 3: b"class2", 4: b"class3", 5: b"class4"}
MED_NAMES = {
    1: b"LLDP-MED Capabilities", 2: b"Network policy", 3: b"Location identification",
    4: b"Extended power-via-MDI", 5: b"Inventory - hardware revision",
    6: b"Inventory - firmware revision", 7: b"Inventory - software revision",
    8: b"Inventory - serial number", 9: b"Inventory - manufacturer name",
    10: b"Inventory - model name", 11: b"Inventory - asset ID",
}
MED_FLAGS = (
    (0x01, b"LLDP-MED capabilities"), (0x02, b"network policy"),
    (0x04, b"location identification"), (0x08, b"extended power via MDI-PSE"),
    (0x10, b"extended power via MDI-PD"), (0x20, b"Inventory"),
)
MED_DEVICES = {1: b"endpoint class 1", 2: b"endpoint class 2", 3: b"endpoint class 3",
               4: b"network connectivity"}
MED_APPLICATIONS = {
    1: b"voice", 2: b"voice signaling", 3: b"guest voice", 4: b"guest voice signaling",
    5: b"softphone voice", 6: b"video conferencing", 7: b"streaming video",
    8: b"video signaling",
}
POLICY_FLAGS = ((0x80, b"Unknown"), (0x40, b"Tagged"), (0x20, b"reserved"))
LOCATION_FORMATS = {1: b"coordinate-based LCI", 2: b"civic address LCI", 3: b"ECS ELIN"}
ALTITUDES = {1: b"meters", 2: b"floors"}
DATUMS = {1: b"World Geodesic System 1984", 2: b"North American Datum 1983 (NAVD88)",
          3: b"North American Datum 1983 (MLLW)"}
CIVIC_WHATS = {
    0: b"location of DHCP server",
    1: b"location of the network element believed to be closest to the client",
    2: b"location of the client",
}
CIVIC_TYPES = {
    1: b"national subdivisions (state,canton,region,province,prefecture)",
    2: b"county, parish, gun, district", 3: b"city, township, shi",
    4: b"city division, borough, city district, ward chou", 5: b"neighborhood, block",
    6: b"street",
}
POWER_SOURCES = {1: b"PSE - primary power source", 2: b"local - backup power source",
                 3: b"PSE+local - reserved"}
POWER_PRIORITIES = {1: b"critical", 2: b"high", 3: b"low"}
INVENTORY_NAMES = {
    5: b"Hardware revision", 6: b"Firmware revision", 7: b"Software revision",
    8: b"Serial number", 9: b"Manufacturer name", 10: b"Model name", 11: b"Asset ID",
}
DCBX_NAMES = {1: b"DCB Capability Exchange Protocol Rev 1",
              2: b"DCB Capability Exchange Protocol Rev 1.01"}
