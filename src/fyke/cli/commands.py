"""The commands there are, each in a file of its name, what they are for, and how they end."""

from __future__ import annotations

COMMANDS = {
    "dump": "capture, print and save packets (tcpdump's options)",
    "run": "run a command and show what it does on the network",
    "filter": "show what a filter expression compiles to, and what a program means",
    "why": "say for each packet which test of a filter decided",
    "same": "decide whether two filters accept the same packets",
    "table": "print chosen fields of each packet as columns (TSV, CSV, JSON)",
    "flows": "list who talked to whom, how much, how long (TSV, JSON, Parquet)",
    "rates": "count packets and bytes by time, protocol, host or port",
    "stream": "list conversations, and show what was said in one",
    "extract": "take the files out of conversations: HTTP, mail, FTP, TFTP",
    "sql": "ask captures in SQL (DuckDB)",
    "info": "describe capture files",
    "merge": "merge capture files by time",
    "sort": "put the packets of a capture file in order of time",
    "slice": "cut capture files by time, number, filter, size or connection",
    "anonymize": "replace addresses in a capture file, keeping prefixes",
    "taps": "show who is listening on this machine",
    "plan": "run a trace through a model of the kernel and size its buffers",
    "path": "tell one packet's way through the kernel, step by step",
    "manual": "print the manual page",
    "completion": "print a script with which a shell completes fyke's options",
}

#: Exit statuses, and what each means.
STATUSES = {
    "0": "All went well: a capture that a signal, -c, --duration or --stop-size ended, too.",
    "1": "Something failed: options that do not fit together, a filter that cannot be compiled, a "
         "file that is none or is damaged (its whole packets came out before), an interface that "
         "is gone, packets that could not be written. Or the answer is no: why: no packet "
         "matches; same: the filters differ; plan: a tap loses packets; taps --expect-none: "
         "somebody listens.",
    "2": "There is no such command or option, or an argument is missing (of dump: 1).",
    "3": "same: not decided in the time that there was.",
    "130": "Interrupted twice: what was not yet written is lost.",
    "SIGPIPE (a shell says 141)": "The reader of standard output has left (| head).",
}
