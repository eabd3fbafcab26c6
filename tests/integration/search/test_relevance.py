"""Hand-written questions find their papers; the same set is measured by `make relevance`."""

from __future__ import annotations

from pathlib import Path

from storage.index import SearchIndex
from tools.relevance import judge, papers, questions, recall


def test_the_set_is_large_and_every_question_has_its_paper() -> None:
    keys = {key for key, _, _ in papers()}
    asked = questions()
    assert len(asked) >= 150
    assert {key for _, _, key in asked} <= keys
    assert len({question for _, question, _ in asked}) == len(asked)


def test_questions_find_their_paper_among_the_first_five(tmp_path: Path) -> None:
    with SearchIndex(tmp_path / "index") as engine:
        judged = judge(engine, background=1000)
    misses = [f"{one.question} -> {one.key}" for one in judged if not one.place]
    assert recall(judged) >= 0.98, misses
