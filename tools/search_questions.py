"""The fixed questions for measuring search: 200 of all kinds, drawn from the made records themselves."""

from __future__ import annotations

import random
from collections.abc import Callable

from tools.search_records import Made, Maker

Question = tuple[str, str]  # (kind, text)


def questions(maker: Maker, *, seed: int = 7) -> list[Question]:
    """200 questions, the same for the same records."""
    rng = random.Random(seed)
    made = [maker.make(rng.randrange(10_000)) for _ in range(200)]
    found: list[Question] = []
    for kind, count, ask in _KINDS:
        for _ in range(count):
            one = made.pop() if made else maker.make(rng.randrange(10_000))
            found.append((kind, ask(rng, one)))
    return found


def _bare(text: str) -> str:
    from storage.folding import fold_key

    return fold_key(text)


def _value(made: Made, name: str) -> str:
    value = made.record.fields.get(name).value
    assert isinstance(value, str)
    return value


def _count(made: Made) -> str:
    return _value(made, "doc_number").split("/")[0]


def _words(rng: random.Random, made: Made, count: int) -> str:
    line = rng.choice([line for line in made.text.split("\n") if len(line.split()) > count])
    words = line.rstrip(".").split()
    at = rng.randrange(len(words) - count + 1)
    return " ".join(words[at : at + count])


def _common(rng: random.Random, _made: Made) -> str:
    return rng.choice(("quyet dinh", "quyết định", "ho so", "uy ban nhan dan", "dat", "theo quy dinh", "tinh", "2020",
                       "cong an tinh", "to chuc thuc hien"))  # fmt: skip


def _typo(text: str, rng: random.Random) -> str:
    words = text.split()
    n = max(range(len(words)), key=lambda i: len(words[i]))
    word = words[n]
    at = rng.randrange(1, len(word))
    words[n] = word[: at - 1] + rng.choice("bcdhklmnpqrtvx") + word[at:]
    return " ".join(words)


_KINDS: tuple[tuple[str, int, Callable[[random.Random, Made], str]], ...] = (
    ("common words", 20, _common),
    ("two words", 20, lambda rng, made: _bare(_words(rng, made, 2))),
    ("four words", 20, lambda rng, made: _bare(_words(rng, made, 4))),
    ("accents", 15, lambda rng, made: _words(rng, made, 3)),
    ("phrase", 20, lambda rng, made: f'"{_words(rng, made, 3)}"'),
    ("name", 25, lambda _rng, made: _bare(_value(made, "owner_name"))),
    ("number", 20, lambda _rng, made: _value(made, "doc_number")),
    ("number, year", 5, lambda _rng, made: f"so {_count(made)} {_value(made, 'issued_date')[:4]}"),
    ("date", 8, lambda _rng, made: "/".join(reversed(_value(made, "issued_date").split("-")))),
    ("month", 4, lambda _rng, made: "tháng {1} năm {0}".format(*_value(made, "issued_date").split("-"))),
    ("subject and name", 15, lambda _rng, made: _bare(_value(made, "summary"))),
    ("agency filter", 8, lambda _rng, made: f"coquan:{_value(made, 'issuing_agency_name')} loai:qd"),
    ("filters", 6, lambda rng, made: f"{_bare(_words(rng, made, 2))} loai:quyet dinh ngay:2015..2018"),
    ("old name", 6, lambda rng, _made: f"ubnd tinh {rng.choice(('quang binh', 'ha giang', 'binh duong'))} giao dat"),
    ("misspelt name", 6, lambda rng, made: _typo(_bare(_value(made, "owner_name")), rng)),
    ("exclusion", 2, lambda rng, made: f"{_bare(_words(rng, made, 2))} -quyet"),
)  # fmt: skip
