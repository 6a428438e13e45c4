"""Who looks up names and runs -z: this process, or helpers where it gives up the right to."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.dump.asked_command import AskedCommand
    from fyke.dump.postrotate import Postrotate

_names: list[Any] = []  # the socket of the helper that looks names up
_commands: list[AskedCommand] = []


def use(*, names: Any = None, command: AskedCommand | None = None) -> None:
    """From here on these are asked."""
    if names is not None:
        _names[:] = [names]
    if command is not None:
        _commands[:] = [command]


def host_names(**patience: Any) -> Any:
    """What gives the names of hosts; ``patience`` is that of HostNames."""
    if _names:
        from fyke.dump.asked_names import AskedNames
        return AskedNames(_names[0], **patience)
    from fyke.dump.names import HostNames
    return HostNames(**patience)


def postrotate(command: str) -> Postrotate | AskedCommand:
    """What runs the command of -z."""
    if _commands:
        return _commands[0]
    from fyke.dump.postrotate import Postrotate
    return Postrotate(command)
