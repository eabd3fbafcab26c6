"""Makes invented but true-to-life administrative papers, scans them badly on purpose, and writes down the truth.

A tool of its own: it imports nothing of the product, and the product only calls ``make_documents`` or ``cli.main``.
"""

from samplemaker.maker import MadeDocument, make_documents
from samplemaker.names import KINDS, LAYOUTS, QUALITIES

__all__ = ["KINDS", "LAYOUTS", "QUALITIES", "MadeDocument", "make_documents"]
