"""From packets to text and files: the printing loop, time stamps, names. Imports floors 0 to 4."""
