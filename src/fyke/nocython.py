"""What the hot modules ask of ``cython`` when Cython is not installed."""

compiled = False
