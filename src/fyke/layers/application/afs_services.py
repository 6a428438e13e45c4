"""The services of AFS: what their calls are named, what these carry and give back.

OpenAFS: fsint/afsint.xg, fsint/afscbint.xg, ptserver/ptint.xg, vlserver/vldbint.xg,
kauth/kauth.rg, volser/volint.xg, bozo/bosint.xg, ubik/ubik_int.xg; tcpdump: print-rx.c, of whose
calls those that it shows under the number of another have their own here.
"""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.application.afs_values import (
    OLD_SERVERS,
    SERVERS,
    Parts,
    access_list,
    callbacks,
    date,
    fid,
    many,
    opaque,
    server,
    sint,
    skip,
    store_status,
    string,
    sync_site,
    uint,
    uint64,
    unshown,
    uuid,
    vector,
    version,
    volume_entry,
    volume_type,
)

FILES, CALLBACKS, PROTECTION, LOCATIONS, TICKETS, VOLUMES, OVERSEER = (
    7000, 7001, 7002, 7003, 7004, 7005, 7007)  # ports

NAME = string(256)
#: Longest name in the protection, location and authentication services.
PRINCIPAL, VOLUME, KERBEROS = string(64), string(65), string(64)
PRINCIPAL_VECTOR, VOLUME_VECTOR = vector(64), vector(65)


class Service(NamedTuple):
    """One service: its name in the text, and its calls by number."""

    tag: bytes
    names: dict[int, bytes]
    arguments: dict[int, Parts]
    results: dict[int, Parts]
    replicated: bool = False  #: the database behind it is kept in step with ubik's calls
    empty_reply: bool = False  #: a reply of a header only is told too


def numbered(first: int, names: str) -> dict[int, bytes]:
    """Number to name, counted from ``first``."""
    return {first + i: name.encode() for i, name in enumerate(names.split())}


def same(numbers: tuple[int, ...], parts: Parts) -> dict[int, Parts]:
    """Calls that carry the same."""
    return dict.fromkeys(numbers, parts)


FILE_NAMES = numbered(130, """fetch-data fetch-acl fetch-status store-data store-acl store-status
    remove-file create-file rename symlink link makedir rmdir oldsetlock oldextlock oldrellock
    get-stats give-cbs get-vlinfo get-vlstats set-vlstats get-rootvl check-token get-time
    nget-vlinfo bulk-stat setlock extlock rellock xstat-ver get-xstat dfs-lookup dfs-flushcps
    dfs-symlink""") | {220: b"residency"} | numbered(65536, """inline-bulk-status fetch-data-64
    store-data-64 give-up-all-cbs get-caps cb-rx-conn-addr""")
FILE_ARGUMENTS: dict[int, Parts] = {
    130: (fid, b" offset", uint, b" length", uint),
    **same((131, 132, 143, 144, 145, 156, 157, 158), (fid,)),
    133: (fid, store_status, b" offset", uint, b" length", uint, b" flen", uint),
    134: (fid, access_list), 135: (fid, store_status), **same((136, 142), (fid, NAME)),
    **same((137, 141), (fid, NAME, store_status)),
    138: (b" old", fid, NAME, b" new", fid, NAME), 139: (fid, NAME, b" link to", NAME),
    140: (fid, NAME, b" link to", fid), 148: (NAME,), **same((149, 150), (b" volid", uint)),
    154: (b" volname", NAME), **same((155, 65536), (many((fid,), b","),)),
    65537: (fid, b" offset", uint64, b" length", uint64),
    65538: (fid, store_status, b" offset", uint64, b" length", uint64, b" flen", uint64),
    65541: (b" addr", uint),
}
FILE_RESULTS: dict[int, Parts] = {
    131: (access_list,), **same((137, 141), (b" new", fid)), 151: (b" root volume", NAME),
    153: (date,),
}
FILE_ERRORS = {
    101: b"salvage volume", 102: b"no such vnode", 103: b"no such volume", 104: b"volume exist",
    105: b"no service", 106: b"volume offline", 107: b"voline online", 108: b"diskfull",
    109: b"diskquota exceeded", 110: b"volume busy", 111: b"volume moved", 112: b"AFS IO error",
    -100: b"restarting fileserver",
}

CALLBACK_NAMES = numbered(204, """callback initcb probe getlock getce xstatver getxstat initcb2
    whoareyou initcb3 probeuuid getsrvprefs getcellservdb getlocalcell getcacheconf""") | numbered(
    65536, "getce64 getcellbynum tellmeaboutyourself")
CALLBACK_ARGUMENTS: dict[int, Parts] = {
    204: (many((fid,), b","), callbacks), 214: (b" afsuuid", uuid)}
CALLBACK_RESULTS: dict[int, Parts] = {213: (uuid,)}

PROTECTION_NAMES = numbered(500, """new-user where-is-it dump-entry add-to-group name-to-id
    id-to-name delete remove-from-group get-cps new-entry list-max set-max list-entry change-entry
    list-elements same-mbr-of set-fld-sentry list-owned get-cps2 get-host-cps update-entry
    list-entries""") | {530: b"list-super-groups"}
PROTECTION_ARGUMENTS: dict[int, Parts] = {
    500: (PRINCIPAL, b" id", sint, b" oldid", sint),
    **same((501, 506, 508, 512, 514, 517, 518, 519, 530), (b" id", sint)), 502: (b" pos", sint),
    **same((503, 507, 515), (b" uid", sint, b" gid", sint)), 504: (many((PRINCIPAL_VECTOR,)),),
    505: (b" ids:", many((sint,))), 509: (PRINCIPAL, b" flag", sint, b" oid", sint),
    511: (b" id", sint, b" gflag", sint),
    513: (b" id", sint, PRINCIPAL, b" oldid", sint, b" newid", sint),
    520: (b" id", sint, PRINCIPAL),
}
PROTECTION_RESULTS: dict[int, Parts] = {
    504: (b" ids:", many((sint,))), 505: (many((PRINCIPAL_VECTOR,)),),
    **same((508, 514, 517, 518, 519), (many((sint,)),)), 510: (b" maxuid", sint, b" maxgid", sint),
}

LOCATION_NAMES = numbered(501, """create-entry delete-entry get-entry-by-id get-entry-by-name
    get-new-volume-id replace-entry update-entry setlock releaselock list-entry list-attrib
    linked-list get-stats probe get-addrs change-addr create-entry-n get-entry-by-id-n
    get-entry-by-name-n replace-entry-n list-entry-n list-attrib-n linked-list-n
    update-entry-by-name create-entry-u get-entry-by-id-u get-entry-by-name-u replace-entry-u
    list-entry-u list-attrib-u linked-list-u regaddr get-addrs-u list-attrib-n2""")
LOCATION_ARGUMENTS: dict[int, Parts] = {
    **same((501, 517), (VOLUME_VECTOR,)),
    **same((502, 503, 507, 508, 509, 518), (b" volid", sint, volume_type)),
    **same((504, 519, 524, 527), (VOLUME,)), 505: (b" bump", sint),
    **same((506, 520), (b" volid", sint, volume_type, VOLUME_VECTOR)),
    **same((510, 521), (b" index", sint)),
}
COUNTED: Parts = (b" count", sint, b" nextindex", sint)
OLD_ENTRY: Parts = (volume_entry(OLD_SERVERS, with_type=True),)
ENTRY: Parts = (volume_entry(SERVERS),)
UUID_ENTRY: Parts = (volume_entry(SERVERS, with_uuids=True),)
LOCATION_RESULTS: dict[int, Parts] = {
    **same((503, 504), OLD_ENTRY), 505: (b" newvol", uint), 510: COUNTED + OLD_ENTRY,
    **same((518, 519), ENTRY), 521: COUNTED + ENTRY, **same((526, 527), UUID_ENTRY),
    529: COUNTED + UUID_ENTRY,
}

TICKET_NAMES = numbered(1, """auth-old change-pw get-ticket-old set-pw set-fields create-user
    delete-user get-entry list-entry get-stats debug get-pw get-random-key unlock
    lock-status""") | numbered(21, "authenticate authenticate-v2 get-ticket")
WHO: Parts = (b" principal", KERBEROS, KERBEROS)
TICKET_ARGUMENTS: dict[int, Parts] = {
    **same((1, 2, 5, 6, 7, 8, 14, 15, 21, 22), WHO),
    **same((3, 23), (b" kvno", sint, b" domain", KERBEROS, opaque, *WHO)),
    4: (*WHO, b" kvno", sint), 12: (b" name", KERBEROS),
}

VOLUME_NAMES = numbered(100, """create-volume delete-volume restore forward end-trans clone
    set-flags get-flags trans-create dump get-nth-volume set-forwarding get-name get-status
    sig-restore list-partitions list-volumes set-id-types monitor partition-info reclone
    list-one-volume nuke set-date x-list-volumes x-list-one-volume set-info x-list-partitions
    forward-multiple""") | numbered(65536, "convert-ro get-size dump-v2")
FROM: Parts = (b" fromtrans", uint, b" fromdate", date)
VOLUME_ARGUMENTS: dict[int, Parts] = {
    100: (b" partition", uint, b" name", NAME, b" type", uint, b" parent", uint),
    **same((101, 104, 107), (b" trans", uint)), 102: (b" totrans", uint, b" flags", uint),
    103: (*FROM, server, b" desttrans", sint),
    105: (b" trans", uint, b" purgevol", uint, b" newtype", uint, b" newname", NAME),
    106: (b" trans", uint, b" flags", uint),
    108: (b" vol", uint, b" partition", uint, b" flags", uint), **same((109, 65537), FROM),
    110: (b" index", uint), 111: (b" tid", uint, b" newsite", uint),
    **same((112, 113), (b" tid",)),
    114: (b" name", NAME, b" type", uint, b" pid", uint, b" cloneid", uint),
    116: (b" partition", uint, b" flags", uint),
    117: (b" tid", uint, b" name", NAME, b" type", uint, b" pid", uint, b" clone", uint,
          b" backup", uint),
    119: (b" name", NAME), **same((120, 126), (b" tid", uint)),
    **same((121, 122, 124, 125, 65536), (b" partid", uint, b" volid", uint)),
    123: (b" tid", uint, b" date", date), 128: (*FROM, many((server,), b",")),
    65538: (*FROM, b" flags", uint),
}
STATUS: Parts = tuple(
    part for label, kind in (
        ("volid", uint), ("nextuniq", uint), ("type", uint), ("parentid", uint), ("clone", uint),
        ("backup", uint), ("restore", uint), ("maxquota", uint), ("minquota", uint),
        ("owner", uint), ("create", date), ("access", date), ("update", date), ("expire", date),
        ("backup", date), ("copy", date))
    for part in (f" {label}".encode(), kind))
VOLUME_RESULTS: dict[int, Parts] = {
    100: (b" volid", uint, b" trans", uint), **same((104, 107), (uint,)), 105: (b" newvol", uint),
    108: (b" trans", uint), 110: (b" volume", uint, b" partition", uint), 112: (NAME,),
    113: STATUS,
    **same((116, 121), (many((b" name", vector(32), b" volid", uint, b" type", skip(21)), b","),)),
}

OVERSEER_NAMES = numbered(80, """create-bnode delete-bnode set-status get-status enumerate-instance
    get-instance-info get-instance-parm add-superuser delete-superuser list-superusers list-keys
    add-key delete-key set-cell-name get-cell-name get-cell-host add-cell-host delete-cell-host
    set-t-status shutdown-all restart-all startup-all set-noauth-flag re-bozo restart
    start-bozo-install uninstall get-dates exec prune set-restart-time get-restart-time
    start-bozo-log wait-all get-instance-strings get-restricted set-restricted""")
OVERSEER_ARGUMENTS: dict[int, Parts] = {
    80: (b" type", NAME, b" instance", NAME),
    **same((81, 83, 85, 87, 88, 93, 96, 97, 104, 106, 108, 112, 114), (NAME,)),
    **same((82, 98), (NAME, b" status", sint)), 86: (NAME, b" num", sint),
    **same((84, 89, 90, 91, 92, 95), (sint,)),
    105: (NAME, b" size", sint, b" flags", sint, b" date", sint),
}

UBIK_NAMES = numbered(10000, """vote-beacon vote-debug-old vote-sdebug-old vote-getsyncsite
    vote-debug vote-sdebug vote-xdebug vote-xsdebug""") | numbered(20000, """disk-begin
    disk-commit disk-lock disk-write disk-getversion disk-getfile disk-sendfile disk-abort
    disk-releaselocks disk-truncate disk-probe disk-writev disk-interfaceaddr disk-setversion""")
TRANSACTION: Parts = (b" tid", version)
UBIK_ARGUMENTS: dict[int, Parts] = {
    10000: (sync_site, b" votestart", date, b" dbversion", version, *TRANSACTION),
    10003: (b" site", uint), **same((20000, 20001, 20007, 20008, 20011), TRANSACTION),
    20002: (*TRANSACTION, b" file", sint, b" pos", sint, b" length", sint, unshown),
    20003: (*TRANSACTION, b" file", sint, b" pos", sint), 20005: (b" file", sint),
    20006: (b" file", sint, b" length", sint, b" dbversion", version),
    20009: (*TRANSACTION, b" file", sint, b" length", sint),
    20013: (*TRANSACTION, b" oldversion", version, b" newversion", version),
}
UBIK_RESULTS: dict[int, Parts] = {10000: (b" vote no",), 20004: (b" dbversion", version)}

#: Port: what is served there.
SERVICES = {
    FILES: Service(b"fs", FILE_NAMES, FILE_ARGUMENTS, FILE_RESULTS),
    CALLBACKS: Service(b"cb", CALLBACK_NAMES, CALLBACK_ARGUMENTS, CALLBACK_RESULTS),
    PROTECTION: Service(b"pt", PROTECTION_NAMES, PROTECTION_ARGUMENTS, PROTECTION_RESULTS,
                        replicated=True, empty_reply=True),
    LOCATIONS: Service(b"vldb", LOCATION_NAMES, LOCATION_ARGUMENTS, LOCATION_RESULTS,
                       replicated=True, empty_reply=True),
    TICKETS: Service(b"kauth", TICKET_NAMES, TICKET_ARGUMENTS, {}, replicated=True),
    VOLUMES: Service(b"vol", VOLUME_NAMES, VOLUME_ARGUMENTS, VOLUME_RESULTS),
    OVERSEER: Service(b"bos", OVERSEER_NAMES, OVERSEER_ARGUMENTS, {}),
}
UBIK = Service(b"ubik", UBIK_NAMES, UBIK_ARGUMENTS, UBIK_RESULTS)
VOTE = 10000  # answered by an error number that is a time: yes until then
