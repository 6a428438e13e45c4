"""Python's own files: what is still to be imported must stay readable in the box.

Protocols are imported when first met. Where Python lies in a folder that only root may enter, the
folders are opened before root becomes somebody else, and imports go through what is open.
"""

from __future__ import annotations

import os
import sys

from fyke.errors import CaptureError

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # the package fyke

#: What libraries read that modules need, and what the C library reads of the time zone and of the
#: names of ports and protocols: all of it may be read by anybody.
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
          "/etc/localtime", "/usr/share/zoneinfo", "/etc/services", "/etc/protocols",
          "/etc/networks", "/etc/ethers", "/etc/nsswitch.conf", "/proc/cpuinfo", "/dev/null")

#: What the system's resolver reads besides (nsswitch.conf(5), resolv.conf(5)).
RESOLVER = ("/etc", "/run", "/usr/share", "/var/lib/misc", "/proc/self")


def folders() -> list[str]:
    """fyke, and where Python looks for modules; not where a script, or one who calls it, is."""
    searched = sys.path[0 if sys.flags.safe_path else 1:]
    found = [HOME, os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib"),
             *(path for path in searched if path.startswith("/") and path != "/")]
    return list(dict.fromkeys(found))


def open_to_all(path: str, known: dict[str, bool]) -> bool:
    """Whether anybody may enter a folder, and every folder on the way there; ``known`` so far."""
    if path not in known:
        above = os.path.dirname(path)
        try:
            known[path] = bool(os.stat(path).st_mode & 0o001) and (
                above == path or open_to_all(above, known))
        except OSError:
            known[path] = True  # what is not there needs not to be entered
    return known[path]


def open_before() -> list[str]:
    """Have imports go through open folders where not all may enter them by their names.

    Returns the folders: of these a module must be readable after the change of the user.
    """
    known: dict[str, bool] = {}
    private = [path for path in folders() if os.path.isdir(path) and not (
        open_to_all(path, known) and open_to_all(os.path.realpath(path), known))]
    if not private:
        return []
    instead = {path: f"/proc/self/fd/{os.open(path, os.O_PATH | os.O_DIRECTORY)}"
               for path in private}
    longest = sorted(private, key=len, reverse=True)

    def through(path: str) -> str:
        for folder in longest:
            if path == folder or path.startswith(folder + "/"):
                return instead[folder] + path[len(folder):]
        return path

    for path in sys.path:
        finder = sys.path_importer_cache.get(path)
        if through(path) != path and finder is not None:  # it has read the folder already
            finder.path = through(path)  # type: ignore[attr-defined]
            sys.path_importer_cache[through(path)] = finder
    sys.path[:] = [through(path) for path in sys.path]
    for module in list(sys.modules.values()):
        inside = getattr(module, "__path__", None)
        if isinstance(inside, list):
            inside[:] = [through(path) for path in inside]
    return list(instead.values())


def must_be_readable(opened: list[str], user: str) -> None:
    """After the change: CaptureError if a module cannot be imported now."""
    try:
        for folder in opened:
            os.stat(f"{folder}/.")
        os.close(os.open(f"{sys.modules['fyke'].__path__[0]}/version.py", os.O_RDONLY))
    except OSError as error:
        raise CaptureError(f"user {user} may not read fyke's modules in {HOME} ({error.strerror}); "
                           "make them readable for all, or keep root's rights with -Z root"
                           ) from None
