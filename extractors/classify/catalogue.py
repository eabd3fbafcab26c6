"""Danh mục TTHC: finds the procedures a document may be the result of (BM25 over syllables and pairs of syllables)."""

from __future__ import annotations

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from extractors.reference.data import tsv_rows
from extractors.reference.spelling import bare

_WORD = re.compile(r"[a-z0-9]+")
_K1, _B = 1.2, 0.6
_PAIR_WEIGHT = 1.5
_UNHEARD = 6.0  # weight of a word that no procedure has
# Words that nearly every procedure has; they say nothing.
_STOP_WORDS = """thu tuc cap doi voi cac va cua cho theo quy dinh truong hop de nghi giay viec ve thuc hien co quan tai
    trong la khong so trich luc"""
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Procedure:
    """One row of the catalogue. ``levels``: letters B (bộ), T (tỉnh), X (xã), K (other); results: (code, name)."""

    code: str
    name: str
    field: str
    ministry: str
    levels: str
    body: str
    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure and how well it matches (0..1), by its own name and by the name of what it yields.

    ``result`` is the code of the result that fits best ("" when none has one); ``score`` is what ranks.
    """

    procedure: Procedure
    score: float
    by_name: float
    by_result: float
    result: str


# What a procedure does to a result that was there before. A paper that says nothing of the kind is a first issue.
_ACTION = re.compile(
    r"cap lai|dang ky lai|cap doi|gia han|thay doi|dieu chinh|sua doi|bo sung|thu hoi|tra lai|cham dut|tam ngung"
    r"|luu dong|ban sao"
)
_OTHER_ACTION = 0.8


def _actions(text: str) -> frozenset[str]:
    return frozenset(_ACTION.findall(bare(text)))


def terms(text: str) -> list[str]:
    """Folded syllables and adjacent pairs without the words that say nothing."""
    words = _WORD.findall(bare(text))
    single = [w for w in words if w not in _STOP and (len(w) > 1 or w.isdigit())]
    pairs = [f"{a} {b}" for a, b in pairwise(words) if not (a in _STOP and b in _STOP)]
    return single + pairs


class Catalogue:
    """The committed catalogue with its inverted index. It covers eight bodies only (schemas/data/SOURCES.md)."""

    def __init__(self) -> None:
        self.procedures = tuple(
            Procedure(
                code, name, field, ministry, levels, body,
                tuple((c, n) for part in results.split("|") if part for c, _, n in (part.partition("="),)),
            )
            for code, name, field, ministry, levels, body, results in tsv_rows("procedures.tsv.gz")
        )  # fmt: skip
        self.by_code = {p.code: i for i, p in enumerate(self.procedures)}
        # Terms are numbered, and all that belongs to them lies in flat arrays: strings and lists of a quarter of a
        # million pairs would be thirty megabytes in every reading process.
        self._numbers: dict[str, int] = {}
        self._names: list[array[int]] = []
        self._results: list[tuple[array[int], ...]] = []
        lengths = np.zeros(len(self.procedures), dtype=np.float32)
        rows, columns, counted = array("i"), array("i"), array("f")
        for i, p in enumerate(self.procedures):
            name, results = self._number(p.name), [self._number(n) for _, n in p.results[:4]]
            self._names.append(_distinct(name))
            self._results.append(tuple(map(_distinct, results)))
            counts: dict[int, float] = defaultdict(float)
            for weight, numbers in ((1.0, name), *((0.5, r) for r in results), (0.3, self._number(p.field))):
                for number in numbers:
                    counts[number] += weight
            lengths[i] = sum(counts.values())
            rows.extend([i] * len(counts))
            columns.extend(counts)
            counted.extend(counts.values())
        self._norm = _K1 * (1 - _B + _B * lengths / float(lengths.mean()))
        by_term = np.argsort(np.frombuffer(columns, dtype=np.intc), kind="stable")
        self._rows = np.frombuffer(rows, dtype=np.intc)[by_term]
        self._counts = np.frombuffer(counted, dtype=np.float32)[by_term]
        sizes = np.bincount(np.frombuffer(columns, dtype=np.intc), minlength=len(self._numbers))
        self._starts = np.concatenate(([0], np.cumsum(sizes)))
        total = len(self.procedures)
        self._idfs = array(
            "d",
            (
                math.log(1 + (total - n + 0.5) / (n + 0.5)) * (_PAIR_WEIGHT if " " in term else 1.0)
                for term, n in zip(self._numbers, sizes.tolist(), strict=True)
            ),
        )

    def _number(self, text: str) -> list[int]:
        return [self._numbers.setdefault(term, len(self._numbers)) for term in terms(text)]

    def search(self, texts: tuple[tuple[str, float], ...], *, limit: int = 10) -> tuple[Hit, ...]:
        """Best procedures for weighted texts (title and trích yếu first, body words lighter), best first."""
        asked: dict[str, float] = {}
        for text, weight in texts:
            for term in terms(text):
                asked[term] = max(asked.get(term, 0.0), weight)
        weights = {self._numbers[term]: weight for term, weight in asked.items() if term in self._numbers}
        scores = np.zeros(len(self.procedures), dtype=np.float32)
        for number, weight in weights.items():
            here = slice(self._starts[number], self._starts[number + 1])
            rows, tf = self._rows[here], self._counts[here]
            scores[rows] += weight * self._idfs[number] * tf * (_K1 + 1) / (tf + self._norm[rows])
        unheard = [term for term, weight in asked.items() if weight >= 1.0 and term not in self._numbers]
        mass = sum(self._idfs[n] for n, w in weights.items() if w >= 1.0)
        mass += sum(_UNHEARD * (_PAIR_WEIGHT if " " in term else 1.0) for term in unheard)
        actions = _actions(" . ".join(text for text, _ in texts))
        hits = []
        for i in map(int, np.argsort(-scores, kind="stable")[: limit * 3]):
            if scores[i] <= 0:
                break
            procedure = self.procedures[i]
            name = self._agreement(self._names[i], weights, mass)
            fits = [(self._agreement(r, weights, mass), k) for k, r in enumerate(self._results[i])]
            result, at = max(fits, default=(0.0, 0))
            score = max(name, 0.35 * name + 0.6 * result)
            if not _actions(procedure.name) <= actions:
                score *= _OTHER_ACTION
            code = procedure.results[at][0] if fits and result >= 0.3 else ""
            hits.append(Hit(procedure, round(score, 4), round(name, 4), round(result, 4), code))
        hits.sort(key=lambda h: (-h.score, h.procedure.code))
        return tuple(hits[:limit])

    def _agreement(self, own: Sequence[int], weights: Mapping[int, float], mass: float) -> float:
        """Harmonic mean of the share of ``own`` that the query has and the share of the query that ``own`` has."""
        total = sum(self._idfs[t] for t in own)
        recall = sum(self._idfs[t] * min(1.0, weights[t]) for t in own if t in weights) / total if total else 0.0
        precision = sum(self._idfs[t] for t in own if weights.get(t, 0.0) >= 1.0) / mass if mass else 0.0
        return 2 * recall * precision / (recall + precision) if recall and precision else 0.0


def _distinct(numbers: Iterable[int]) -> array[int]:
    return array("i", dict.fromkeys(numbers))


@cache
def catalogue() -> Catalogue:
    """The catalogue, built at the first call."""
    return Catalogue()
