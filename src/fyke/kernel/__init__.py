"""The kernel's side of capture: who is listening, and a model of the path of a packet."""
