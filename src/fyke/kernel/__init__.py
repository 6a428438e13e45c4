"""The kernel side: the receive path as a model, and who listens here. Imports floors 0 to 2."""
