"""Several readings of one line: which text stands on the paper?

On real papers the line reader makes half the errors of the page reader (READING section 7), so it leads; the
page reader is heard where the line reader is unsure of a word or writes something that is no Vietnamese syllable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from extractors.reference.names import valid_syllable
from extractors.scan.language import likelihood
from schemas.reading import LineReading
from schemas.text import bare

PAGE_GAIN = 2.0  # log likelihood by which the page reader's accents must fit better to be taken
LEADER_MIN = 0.90  # below this the page reader is heard when its line makes more sense


def best_text(readings: Sequence[LineReading]) -> tuple[str, float]:
    """The text to show for a line and its score (0..1)."""
    pages = [r for r in readings if r.reader.startswith("tesseract")]
    page = max(pages, key=lambda r: r.score * (0.5 + 0.5 * _sense(r.text)), default=None)
    others = [r for r in readings if not r.reader.startswith("tesseract")]
    if not others:
        return (page.text, page.score) if page else ("", 0.0)
    lead = max(others, key=lambda r: r.score + (0.02 if r.reader.endswith("@main") else 0.0) + 0.1 * _sense(r.text))
    if page is None:
        return lead.text, lead.score
    if lead.score < LEADER_MIN and page.score * (0.5 + 0.5 * _sense(page.text)) > lead.score * (
        0.5 + 0.5 * _sense(lead.text)
    ):
        return page.text, page.score
    return _mend(_spaced(_cased(lead, page), page), page), max(lead.score, 0.0)


def _spaced(lead: LineReading, page: LineReading) -> LineReading:
    """The same letters with more words in them: the page reader keeps spaces the line reader loses."""
    more = len(page.text.split()) > len(lead.text.split())
    if more and page.text.replace(" ", "") == lead.text.replace(" ", ""):
        return LineReading(lead.reader, page.text, lead.score)
    if not more:
        return lead
    tokens = []
    pieces = [re.sub(r"[\W_]", "", t) for t in page.text.split()]
    for token in lead.text.split():
        cut = _unglue(token, pieces)
        tokens.append(cut or token)
    return LineReading(lead.reader, " ".join(tokens), lead.score)


def _unglue(token: str, pieces: Sequence[str]) -> str | None:
    """A token that is two of the page reader's neighbouring words written together."""
    core = bare(token)
    for a, b in pairwise(pieces):
        if len(a) > 1 and len(b) > 1 and bare(a + b) == re.sub(r"[\W_]", "", core):
            at = core.find(bare(b), len(a) - 1)
            if at > 0:
                return f"{token[:at]} {token[at:]}"
    return None


def _cased(lead: LineReading, page: LineReading) -> LineReading:
    """The line reader sometimes writes capitals small (bilevel scans); the page reader knows the height of letters."""
    mine, theirs = _capital_share(lead.text), _capital_share(page.text)
    if theirs > 0.8 and mine < 0.75 and SequenceMatcher(None, bare(lead.text), bare(page.text)).ratio() > 0.6:
        return LineReading(lead.reader, lead.text.upper(), lead.score)
    return lead


def _capital_share(text: str) -> float:
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / len(letters) if len(letters) >= 4 else 0.0


def _sense(text: str) -> float:
    """Share of letter tokens that are valid syllables or plain abbreviations (0..1)."""
    tokens = [t for t in re.findall(r"[^\W\d_]+", text) if len(t) > 1]
    if not tokens:
        return 0.0
    good: int = sum(bool(valid_syllable(t) or t.isupper()) for t in tokens)
    return good / len(tokens)


def _mend(lead: LineReading, page: LineReading) -> str:
    """The leader's text, with the page reader's word where the leader's is no syllable and the other's is."""
    a, b = lead.text.split(), page.text.split()
    matcher = SequenceMatcher(None, [bare(t) for t in a], [bare(t) for t in b], autojunk=False)
    out: list[str] = []
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag != "insert" and i1 - i0 == j1 - j0:
            for i, y in zip(range(i0, i1), b[j0:j1], strict=True):
                out.append(_choose(a[i], y, out[-1] if out else None, a[i + 1] if i + 1 < len(a) else None))
        else:
            out.extend(a[i0:i1])
    return " ".join(out)


def _choose(lead: str, page: str, before: str | None, after: str | None) -> str:
    if lead == page:
        return lead
    x, y = re.sub(r"[\W\d_]", "", lead), re.sub(r"[\W\d_]", "", page)
    if not x or not y or len(x) < 2 or bare(x) != bare(y):
        return lead
    if not valid_syllable(x) and valid_syllable(y):
        return page
    if x.islower() and valid_syllable(y):
        left, right = (re.sub(r"[\W\d_]", "", w or "") or None for w in (before, after))
        if likelihood(left, y, right) - likelihood(left, x, right) > PAGE_GAIN:
            return page
    return lead
