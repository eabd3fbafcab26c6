"""Lines of running text that name the paper's owner: two readers have to agree on a name or an identity number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.reference.owner_labels import ARTICLE, FIRST_ARTICLE, id_labels, owner_labels

MOST = 6  # lines a page: an owner takes one to four, a list of owners takes none to itself
_CALLED = re.compile(r"\b(?:[Ôô]ng|[Bb]à)\b\W{0,3}(?:\([^)]*\)\W{0,3})?[A-ZĐÀ-Ỹ]")
_ENDED = re.compile(r"[.;,:]\s*$")


def owner_lines(texts: Sequence[str]) -> frozenset[int]:
    """Which of these lines, in reading order, name an owner under a label or in Điều 1, or hold an identity number.

    The line after goes with a label that ends its line, and with an organisation's name that may go on.
    """
    found: list[int] = []
    article = False
    for k, text in enumerate(texts):
        article = bool(FIRST_ARTICLE.match(text)) or (article and not ARTICLE.match(text))
        label = next(((q, m) for q in owner_labels() if (m := q.pattern.search(text))), None)
        if label is not None:
            found.append(k)
            kind, name = label[0].kind, label[1]["name"].strip()
            if not name or (kind != "ca_nhan" and not _ENDED.search(text)):
                found.append(k + 1)
        elif (article and _CALLED.search(text)) or any(q.pattern.search(text) for q in id_labels()):
            found.append(k)
    kept = [k for k in dict.fromkeys(found) if k < len(texts)]
    return frozenset(kept[:MOST])
