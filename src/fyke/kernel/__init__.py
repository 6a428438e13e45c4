"""The kernel side: the receive path as a model, and who listens on this machine. Imports floors 0 to 2."""
