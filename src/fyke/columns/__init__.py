"""Packets as columns: typed batches that every data tool scans, through Arrow's C interfaces."""
