"""Any document number in any shape that real texts carry is found with its parts, in any sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.citations import find_citations
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word

DATA = Path(__file__).parent / "data" / "doc_number_shapes.tsv"
SHAPES = [line.split("\t") for line in DATA.read_text("utf-8").splitlines()[1:]]
# A shape is regular when it is digits (and a year), a ký hiệu in capitals, and nothing that is a misprint itself.
REGULAR = re.compile(r"^#(?:/#)?[/-][A-ZĐ][A-Za-zĐđ&#]*(?:[-/][A-ZĐ][A-Za-zĐđ&#]*)*$")
# DOMAIN 1.4, whatever the counts say.
NAMED = [
    "#/#/NĐ-CP",
    "#/QĐ-UBND",
    "#/BNV-CCHC",
    "#/#/QH#",
    "#/NQ-UBTVQH#",
    "#-NQ/TU",
    "#-NQ/TW",
    "#-KH/TU",
    "#/CT-TTg",
    "#/#/TT-VPCP",
]
ALL = sorted({shape for shape, _, _ in SHAPES if REGULAR.match(shape)} | set(NAMED))
SENTENCES = (
    ("Căn cứ văn bản số ", " ngày 08/4/2020 của Chính phủ;"),
    ("- Thực hiện Nghị định số ", " và các văn bản hướng dẫn thi hành."),
    ("tại Kế hoạch số ", ", bảo đảm chất lượng, hiệu quả."),
    ("(ban hành kèm theo Quyết định số ", ")"),
    ("theo đúng quy định của văn bản số\u00a0", " (nếu có)."),
)


def cite(line: str):
    words = tuple(Word(w, Box(0.1, 0.1, 0.9, 0.12), 1.0, "pdf_text") for w in line.split(" "))
    return find_citations(Reading((PageReading(1, 595, 842, (Line(words),), "pdf_text"),), engine="test"))


def fill(shape: str, number: int, year: int) -> str:
    """The shape with digits: the first # is the number, one alone between slashes the year, others a term."""
    parts = shape.split("#")
    out = parts[0]
    for k, rest in enumerate(parts[1:]):
        alone = out.endswith("/") and rest.startswith("/") and k == 1
        out += (str(number) if k == 0 else str(year) if alone else "15") + rest
    return out


def test_most_shapes_of_real_texts_are_regular() -> None:
    assert len(ALL) >= 380


@pytest.mark.parametrize(("shape", "count", "example"), [s for s in SHAPES if REGULAR.match(s[0])])
def test_the_example_of_every_shape_is_found(shape: str, count: str, example: str) -> None:
    found = cite(f"Căn cứ văn bản số {example} về việc triển khai thực hiện;")
    assert [c.number_printed for c in found] == [example], (shape, count)


@settings(max_examples=250, deadline=None)
@given(
    shape=st.sampled_from(ALL),
    number=st.integers(1, 9999),
    year=st.integers(1998, 2026),
    sentence=st.sampled_from(SENTENCES),
)
def test_a_number_is_found_whole_in_any_sentence(shape: str, number: int, year: int, sentence: tuple[str, str]) -> None:
    printed = fill(shape, number, year)
    line = sentence[0] + printed + sentence[1]
    found = [c for c in cite(line) if c.number_printed]
    assert [c.number_printed for c in found] == [printed]
    source = found[0].source
    assert line[source.start : source.end] == printed
    if "date" in line or "08/4/2020" in line:
        assert found[0].date_canonical == "2020-04-08"
        assert found[0].issuer == "Chính phủ"


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.integers(1, 900), min_size=2, max_size=5, unique=True), glue=st.sampled_from([", ", " và "]))
def test_lists_of_short_forms_keep_every_number(numbers: list[int], glue: str) -> None:
    shown = glue.join(str(n) for n in numbers)
    found = cite(f"Thực hiện các Nghị định số {shown}/2020/NĐ-CP của Chính phủ.")
    assert [c.number_canonical for c in found] == [f"{n}/2020/NĐ-CP" for n in numbers]
    assert all("short_form" in c.anomalies for c in found[:-1])
    assert {c.issuer for c in found} == {"Chính phủ"}


def test_ranges_lists_and_unnumbered_laws() -> None:
    ranged = cite("Bãi bỏ các Quyết định từ số 10 đến số 15/QĐ-UBND của UBND tỉnh.")
    assert [(c.number_canonical, "range" in c.anomalies) for c in ranged] == [
        ("10/QĐ-UBND", True),
        ("15/QĐ-UBND", True),
    ]
    law = cite("theo quy định của Luật Đầu tư năm 2020 và Luật Đấu thầu số 22/2023/QH15;")
    assert [(c.kind, c.subject, c.number_canonical, c.date_printed) for c in law] == [
        ("luat", "Luật Đầu tư", None, "năm 2020"),
        ("luat", None, "22/2023/QH15", None),
    ]
