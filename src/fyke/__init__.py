"""fyke: the Linux packet-capture stack in Python."""
