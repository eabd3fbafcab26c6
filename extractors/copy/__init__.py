"""The copy people use: a two-layer PDF/A-2b of every paper."""
