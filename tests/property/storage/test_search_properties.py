"""Folding keeps every place; queries never raise; hidden digits stay hidden."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.search.finder import clauses_of
from runtime.search.language import understand
from schemas.text import bare
from storage.date_tags import date_tags, tags_between
from storage.folding import (
    fold_bare,
    fold_text,
    fold_words,
    hide_identity,
    number_key,
    read_words,
    visible_text,
)
from storage.snippets import make_excerpt

VIETNAMESE = st.text(
    st.sampled_from(
        "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵbcdđghklmnpqrstvx"
        "AÀẢĂẮÂĐEÊIOÔƠUƯYQ 0123456789/-.,:;()\n\f"
    ),
    max_size=200,
)
MARKED = st.text(
    st.sampled_from("aoueiyđĐÐ\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b\u200d\u00adİß ﬁ"), max_size=60
)


@given(st.text() | MARKED)
def test_every_view_has_the_length_of_the_visible_text(text: str) -> None:
    view = fold_text(text)
    assert len(view.exact) == len(view.folded) == len(view.visible)
    assert visible_text(view.visible) == view.visible


@settings(deadline=None)  # tables are made with the first text
@given(VIETNAMESE | st.text(st.characters(exclude_categories=["Cs"])))
def test_the_fast_splitting_is_the_careful_one(text: str) -> None:
    for repeated in (text, f"{text} " * 200):  # long texts go another way
        visible = visible_text(repeated)
        exact, folded = fold_words(visible)
        words = read_words(visible)
        assert words.folded == tuple(folded)
        assert words.accented == set(exact) - set(folded)
        assert words.pairs == " ".join(map("_".join, pairwise(folded)))


@settings(deadline=None)  # tables are made with the first text
@given(VIETNAMESE)
def test_long_text_is_folded_as_short_text_is(text: str) -> None:
    assert fold_bare(text * 100) == fold_bare(text) * 100


@given(VIETNAMESE)
def test_the_fast_folding_is_the_one_of_schemas(text: str) -> None:
    assert fold_text(text).folded == bare(text)


@settings(deadline=None)  # tables are read with the first question
@given(st.text(max_size=300) | VIETNAMESE | MARKED, st.text(max_size=300) | VIETNAMESE)
def test_no_query_and_no_text_raises(query: str, text: str) -> None:
    clauses = clauses_of(understand(query, salt=b""))
    found = make_excerpt(visible_text(text), clauses, header=visible_text(query))
    assert found.snippet.count("«") == found.snippet.count("»")


@settings(deadline=None)
@given(VIETNAMESE.filter(lambda t: t.split() != []))
def test_a_word_of_the_text_is_found_on_its_page(text: str) -> None:
    pages = visible_text(text).split("\f")
    for number, page in enumerate(pages, 1):
        words = [word for _, word in fold_text(page).words()]
        if not words:
            continue
        found = make_excerpt(visible_text(text), clauses_of(understand(f'"{words[0]}"', salt=b"")))
        assert found.page is not None
        assert found.page <= number
        assert words[0] in [w for _, w in fold_text(pages[found.page - 1]).words()]


@settings(deadline=None)  # tables are made with the first text
@given(st.text(st.sampled_from("0123456789"), min_size=12, max_size=12), VIETNAMESE)
def test_twelve_digits_never_survive(number: str, around: str) -> None:
    around = around.replace("/", " ")
    hidden = hide_identity(f"{around} {number} {around}", also=number)
    assert number not in hidden
    assert hide_identity(hidden) == hidden


@given(st.integers(1, 99999), st.sampled_from(["QĐ-UBND", "TTr-STNMT", "NQ/TU", "GP-SXD"]))
def test_a_number_key_forgets_marks_accents_and_leading_zeros(number: int, notation: str) -> None:
    key = number_key(f"{number}/{notation}")
    assert key == number_key(f"{number:05d} {bare(notation).replace('-', ' ')}")
    assert key.isalnum()


DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_the_terms_of_a_range_of_days_are_those_of_its_days_only(one: date, other: date, day: date) -> None:
    first, last = sorted((one, other))
    tags = tags_between(*(int(f"{d:%Y%m%d}") for d in (first, last)))
    if tags is not None:
        for shown in (first, last, day):
            meets = bool(set(tags) & set(date_tags(int(f"{shown:%Y%m%d}"))))
            assert meets == (first <= shown <= last)
