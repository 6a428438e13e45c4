"""Compiles every module that has a .pxd beside it; without a compiler installs it as it stands.

FYKE_COMPILE=require   whatever does not compile fails the build
FYKE_COMPILE=no        nothing is compiled
FYKE_CFLAGS=…          in place of WHOLE and BRIEF (make asan)
unset                  compiled where possible, pure with one line that says so where not
"""

import os
import shlex
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

MODE = os.environ.get("FYKE_COMPILE", "")
SOURCE = Path("src")

#: What every packet that is read, printed or put into columns passes through gets all that gcc has.
#: The rest gets -O1 with -O3's inlining, which has most of that: it compiles in 60 % of the time,
#: and were all of fyke compiled so, printing would run 6 % more instructions.
WHOLE = "-O3 -g0"
BRIEF = ("-O1 -g0 -finline-functions --param=max-inline-insns-single=200 "
         "--param=max-inline-insns-auto=30 --param=inline-min-speedup=15 "
         "--param=early-inlining-insns=14")
EVERY_PACKET = frozenset("""
    wire source files.pcap dump.printer dump.timestamps columns.filler columns.vector
    layers.layer layers.tables layers.hexdump layers.link.frame layers.link.ethernet
    layers.network.ip layers.network.ipv4 layers.network.ipv6
    layers.transport.tcp layers.transport.tcp_options layers.transport.udp
    layers.transport.flows layers.transport.ports
    layers.application.text layers.application.dns layers.application.dns_name
    layers.application.dns_records
""".split())

DIRECTIVES = {
    "language_level": 3,
    "annotation_typing": False,  # annotations are for people and mypy; C types are in the .pxd
    # Pointers are wire.py's business, which checks first. Lists, tuples and bytes are checked by
    # Cython, as Python does: they come from whoever calls.
    "boundscheck": True,
    "wraparound": True,
    "cdivision": True,
    "initializedcheck": False,
    "auto_pickle": False,  # nothing here is pickled, and it is much code
    # Python can hand anything to a compiled method: None for an object raises TypeError, and an
    # attribute that holds None is told as in Python, instead of being taken for a pointer.
    "allow_none_for_extension_args": False,
    "nonecheck": True,
}


class OptionalBuild(build_ext):
    """Extension(optional=True) does not survive a missing compiler; this does."""

    def initialize_options(self) -> None:
        super().initialize_options()
        self.parallel = os.cpu_count() or 1

    def build_extensions(self) -> None:
        """All or nothing: compiled modules call each other below Python's level."""
        try:
            super().build_extensions()
        except Exception as error:
            if MODE == "require":
                raise
            say_pure(error)
            for ext in self.extensions:
                Path(self.get_ext_fullpath(ext.name)).unlink(missing_ok=True)
            self.extensions = []


def say_pure(why: object) -> None:
    """One line: the package works without a compiler, only slower."""
    line = str(why).splitlines()[0] if str(why) else "no reason given"
    print(f"fyke: not compiled ({line:.200}); installing the pure Python package", file=sys.stderr)


def hot_modules() -> list[Extension]:
    """An Extension for every .py that has a .pxd beside it."""
    modules = []
    for pxd in sorted(SOURCE.rglob("*.pxd")):
        module = pxd.with_suffix(".py")
        if module.exists():
            name = ".".join(module.relative_to(SOURCE).with_suffix("").parts)
            modules.append(Extension(name, [str(module)], extra_compile_args=flags(name)))
    modules.sort(key=weight, reverse=True)
    if not modules and MODE == "require":
        raise SystemExit("fyke: there is no .pxd file here: nothing says what is to be compiled")
    return modules


def flags(name: str) -> list[str]:
    """How hard the C compiler tries with a module."""
    usual = WHOLE if name.removeprefix("fyke.") in EVERY_PACKET else BRIEF
    return shlex.split(os.environ.get("FYKE_CFLAGS", usual))


def weight(module: Extension) -> int:
    """The longest first, so that at the end no processor waits for another's long one."""
    return Path(module.sources[0]).stat().st_size


def compiled_modules() -> list[Extension]:
    if MODE == "no":
        return []
    try:
        from Cython.Build import cythonize
    except ImportError as error:
        if MODE == "require":
            raise
        say_pure(error)
        return []
    return cythonize(hot_modules(), compiler_directives=DIRECTIVES, include_path=["src"],
                     build_dir="build/cython", nthreads=os.cpu_count() or 1, quiet=True)


setup(ext_modules=compiled_modules(), cmdclass={"build_ext": OptionalBuild})
