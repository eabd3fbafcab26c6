"""Imported by the process that workers fork from: what every paper is looked up in is read once, and shared.

A worker that read its own tables would need some 70 MB more and a second before its first paper.
"""

from __future__ import annotations

import gc

import runtime.worker  # noqa: F401 - the readers, imported before anything forks
from extractors.classify.catalogue import catalogue
from extractors.reference.phrase_index import citation_phrases, field_phrases
from extractors.reference.units import find_unit
from extractors.scan.language import accent_doubts

catalogue()
citation_phrases()
field_phrases()
find_unit("Hà Nội")
accent_doubts("Uy ban nhan dan")
gc.collect()
gc.freeze()  # a collection in a worker would write into every shared page
