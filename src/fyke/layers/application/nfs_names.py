"""Names of NFS versions 2 and 3 and of RPC errors (RFC 1094, 1813, 5531), in tcpdump's words."""

from __future__ import annotations

(NULL, GETATTR, SETATTR, LOOKUP, ACCESS, READLINK, READ, WRITE, CREATE, MKDIR, SYMLINK, MKNOD,
 REMOVE, RMDIR, RENAME, LINK, READDIR, READDIRPLUS, FSSTAT, FSINFO, PATHCONF, COMMIT) = range(22)
NOOP = 25
PROCEDURE_NAMES = {
    NULL: b"null", GETATTR: b"getattr", SETATTR: b"setattr", LOOKUP: b"lookup",
    ACCESS: b"access", READLINK: b"readlink", READ: b"read", WRITE: b"write", CREATE: b"create",
    MKDIR: b"mkdir", SYMLINK: b"symlink", MKNOD: b"mknod", REMOVE: b"remove", RMDIR: b"rmdir",
    RENAME: b"rename", LINK: b"link", READDIR: b"readdir", READDIRPLUS: b"readdirplus",
    FSSTAT: b"fsstat", FSINFO: b"fsinfo", PATHCONF: b"pathconf", COMMIT: b"commit",
    NOOP: b"nop",
}
#: The procedures of version 2 as those of version 3.
VERSION_2 = (NULL, GETATTR, SETATTR, NOOP, LOOKUP, READLINK, READ, NOOP, WRITE, CREATE, REMOVE,
             RENAME, LINK, SYMLINK, MKDIR, RMDIR, READDIR, FSSTAT, *(NOOP,) * 8)

STATUS_NAMES = {
    1: b"Operation not permitted", 2: b"No such file or directory", 5: b"Input/output error",
    6: b"Device not configured", 11: b"Resource deadlock avoided",
    12: b"Cannot allocate memory", 13: b"Permission denied", 17: b"File exists",
    18: b"Cross-device link", 19: b"Operation not supported by device", 20: b"Not a directory",
    21: b"Is a directory", 22: b"Invalid argument", 26: b"Text file busy", 27: b"File too large",
    28: b"No space left on device", 30: b"Read-only file system", 31: b"Too many links",
    45: b"Operation not supported", 62: b"Too many levels of symbolic links",
    63: b"File name too long", 66: b"Directory not empty", 69: b"Disc quota exceeded",
    70: b"Stale NFS file handle", 71: b"Too many levels of remote in path",
    99: b"Write cache flushed to disk", 10001: b"Illegal NFS file handle",
    10002: b"Update synchronization mismatch", 10003: b"READDIR/READDIRPLUS cookie is stale",
    10004: b"Operation not supported", 10005: b"Buffer or request is too small",
    10006: b"Unspecified error on server", 10007: b"Object of that type not supported",
    10008: b"Request couldn't be completed in time",
}
WRITE_MODES = {0: b"unstable", 1: b"datasync", 2: b"filesync"}
BLOCK_DEVICE, CHARACTER_DEVICE = 3, 4
TYPE_NAMES = {0: b"NON", 1: b"REG", 2: b"DIR", 3: b"BLK", 4: b"CHR", 5: b"LNK", 7: b"FIFO"}
ACCESS_BITS = ((0x01, b"NFS_ACCESS_READ"), (0x02, b"NFS_ACCESS_LOOKUP"),
               (0x04, b"NFS_ACCESS_MODIFY"), (0x08, b"NFS_ACCESS_EXTEND"),
               (0x10, b"NFS_ACCESS_DELETE"), (0x20, b"NFS_ACCESS_EXECUTE"))
ACCESS_FULL = 0x3F

AUTH_NAMES = {
    0: b"OK", 1: b"Bogus Credentials (seal broken)",
    2: b"Rejected Credentials (client should begin new session)",
    3: b"Bogus Verifier (seal broken)", 4: b"Verifier expired or was replayed",
    5: b"Credentials are too weak", 6: b"Bogus response verifier", 7: b"Unknown failure",
}
ACCEPT_NAMES = {1: b"PROG_UNAVAIL", 2: b"PROG_MISMATCH", 3: b"PROC_UNAVAIL", 4: b"GARBAGE_ARGS",
                5: b"SYSTEM_ERR"}
PORTMAP_NAMES = {0: b"null", 1: b"set", 2: b"unset", 3: b"getport", 4: b"dump", 5: b"call"}
