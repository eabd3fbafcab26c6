"""Trains spaCy text classifiers and sets them beside the plain rules and the search in the catalogue.

    .venv/bin/python -m tools.compare_classes [--work DIR] [--keep DIR]

Two questions, each asked of both ways on texts that neither has seen:

* lĩnh vực of a procedure, from its name and from the names of its results (a fifth of the catalogue is held out);
* loại văn bản of a paper, from the words of its first page: made papers as read by the product's readers (the sets of
  `make calibrate`, where their readings are at hand), and real ones beside the project.

Writes the table of docs/classification.md. ``--keep`` writes the trained pipelines there; the product ships none
(docs/adr/0010-plain-classification.md). Seeded: the same catalogue and papers give the same pipelines.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import subprocess
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from extractors.classify.catalogue import Catalogue
from extractors.understand import read_fields
from schemas.text import fold
from tools.readings import true_readings
from tools.report import ROOT, machine_line, table, write_section

PAGE = ROOT / "docs" / "classification.md"
SEED = 20
TRAIN_PAPERS, TRAIN_SEED = 640, 7100
LEAST = 8  # procedures a lĩnh vực must have to be asked for
WORDS = 160  # of a first page: letterhead, title, trích yếu and the beginning
EPOCHS = 12
Example = tuple[str, str]


def clean(text: str) -> str:
    """Folded words; numbers count by their length only."""
    return re.sub(r"\d+", lambda m: "0" * len(m[0]), " ".join(fold(text).split()))


def train(examples: Sequence[Example], *, buckets: int) -> Any:
    """A spaCy pipeline with one exclusive bag-of-words classifier (single words and pairs)."""
    spacy: Any = importlib.import_module("spacy")  # Any: it publishes only parts of its types
    pair_of: Any = importlib.import_module("spacy.training").Example
    spacy.util.fix_random_seed(SEED)
    rng = random.Random(SEED)
    nlp = spacy.blank("xx")
    bow = {
        "@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 2, "length": buckets,
        "no_output_layer": False,
    }  # fmt: skip
    sorter = nlp.add_pipe("textcat", config={"model": bow})
    labels = sorted({label for _, label in examples})
    for label in labels:
        sorter.add_label(label)
    pairs = [
        pair_of.from_dict(nlp.make_doc(text), {"cats": {k: float(k == label) for k in labels}})
        for text, label in examples
    ]
    optimizer = nlp.initialize(lambda: pairs)
    for _ in range(EPOCHS):
        rng.shuffle(pairs)
        for batch in spacy.util.minibatch(pairs, 32):
            nlp.update(batch, sgd=optimizer)
    return nlp


def best(nlp: Any, text: str) -> str:
    cats = nlp(text).cats
    return str(max(cats, key=cats.__getitem__))


def share(answer: Callable[[str], str], asked: Iterable[Example]) -> tuple[float, float]:
    """(share right, milliseconds a text)."""
    asked = list(asked)
    begun = time.perf_counter()
    right = sum(answer(text) == label for text, label in asked)
    return right / max(1, len(asked)), 1000 * (time.perf_counter() - begun) / max(1, len(asked))


def compare_fields(keep: Path | None) -> list[tuple[str, ...]]:
    """Lĩnh vực: the search over the remaining catalogue against a pipeline trained on the same rows."""
    whole = Catalogue()
    counts = Counter(p.field for p in whole.procedures)
    asked_for = [p for p in whole.procedures if counts[p.field] >= LEAST]
    held = [p for p in asked_for if zlib.crc32(p.code.encode()) % 5 == 0]
    hidden = {p.code for p in held}
    rest = [p for p in asked_for if p.code not in hidden]
    learned = [(clean(p.name), p.field) for p in rest]
    learned += [(clean(n), p.field) for p in rest for _, n in p.results[:3] if len(n.split()) >= 4]
    nlp = train(learned, buckets=1 << 13)
    size = kept_size(nlp, keep, "field")

    def by_catalogue(text: str) -> str:
        votes: dict[str, float] = defaultdict(float)
        near = [h for h in whole.search(((text, 1.0),), limit=40) if h.procedure.code not in hidden]
        for place, hit in enumerate(near[:5]):
            votes[hit.procedure.field] += hit.score / (1 + place)
        return max(votes, key=votes.__getitem__, default="")

    rows: list[tuple[str, ...]] = []
    for what, asked in (
        ("lĩnh vực by a procedure's name", [(p.name, p.field) for p in held]),
        ("lĩnh vực by a result's name", [(n, p.field) for p in held for _, n in p.results[:1] if len(n.split()) >= 4]),
    ):
        plain, plain_ms = share(by_catalogue, asked)
        spacy_share, spacy_ms = share(lambda text: best(nlp, clean(text)), asked)
        rows.append(
            (what, str(len(asked)), f"{plain:.1%}", f"{plain_ms:.1f}", f"{spacy_share:.1%}", f"{spacy_ms:.1f}", size)
        )
    return rows


def first_words(text: str) -> str:
    return " ".join(clean(text).split()[:WORDS])


def compare_types(work: Path, keep: Path | None) -> list[tuple[str, ...]]:
    """Loại văn bản: the rules on printed title and ký hiệu against a pipeline trained on made papers' text."""
    folder = work / "text"
    if not (folder / "truth.jsonl").exists():
        command = [sys.executable, "-m", "samplemaker", "make", str(folder), "--count", str(TRAIN_PAPERS), "--quiet"]
        subprocess.run([*command, "--seed", str(TRAIN_SEED), "--quality", "txt"], cwd=ROOT, check=True)
    truths = [json.loads(row) for row in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    nlp = train([(first_words(t["text"][0]), t["fields"]["doc_type"]) for t in truths], buckets=1 << 14)
    size = kept_size(nlp, keep, "doc_type")
    rows: list[tuple[str, ...]] = []
    samples = ROOT.parent / "shared" / "samples"
    for what, papers in (("loại of made papers as read", work / "f1"), ("loại of papers beside the project", samples)):
        if not (papers / "truth.jsonl").exists():
            continue
        asked = right = sure = sure_wrong = spacy_right = 0
        plain_s = spacy_s = 0.0
        for known in true_readings(papers, work / "cache", read=False):
            want = known.truth["fields"]["doc_type"]
            begun = time.perf_counter()
            field = read_fields(known.reading)[1].doc_type
            middle = time.perf_counter()
            guess = best(nlp, first_words(known.reading.pages[0].text))
            plain_s, spacy_s = plain_s + middle - begun, spacy_s + time.perf_counter() - middle
            asked, right, spacy_right = asked + 1, right + (field.value == want), spacy_right + (guess == want)
            sure, sure_wrong = (
                sure + (not field.needs_review),
                sure_wrong + (not field.needs_review and field.value != want),
            )
        if asked:
            rows.append(
                (what, str(asked), f"{right / asked:.1%} ({sure_wrong} wrong of {sure} sure)",
                 f"{1000 * plain_s / asked:.1f} (all fields)", f"{spacy_right / asked:.1%}",
                 f"{1000 * spacy_s / asked:.1f}", size)
            )  # fmt: skip
    return rows


def kept_size(nlp: Any, keep: Path | None, name: str) -> str:
    """How large the pipeline is on disk; written to ``keep`` when asked."""
    data: bytes = nlp.to_bytes(exclude=["vocab"])
    if keep is not None:
        nlp.to_disk(keep / name)
    return f"{len(data) / 1e6:.1f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=ROOT / "samples-out" / "calibration", help="papers and readings")
    parser.add_argument("--keep", type=Path, help="where to leave the trained pipelines")
    options = parser.parse_args()
    begun = time.perf_counter()
    spacy: Any = importlib.import_module("spacy")
    loading = time.perf_counter() - begun
    rows = [*compare_fields(options.keep), *compare_types(options.work, options.keep)]
    head = ("question", "texts", "plain", "ms a text", f"spaCy {spacy.__version__} textcat", "ms a text", "pipeline")
    body = f"Measured by `make train`: {machine_line()} Importing spaCy took {loading:.1f} s.\n\n{table(head, rows)}"
    write_section("classes", body, path=PAGE)
    print(body)


if __name__ == "__main__":
    main()
