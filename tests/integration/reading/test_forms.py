"""Forms filled in on dotted lines: the words before the dots are read, and whom the paper is for is sure."""

from collections.abc import Callable
from pathlib import Path

from extractors.fields.wording import squeeze
from samplemaker.maker import make_one
from samplemaker.names import LAYOUTS
from schemas.extraction import Extraction
from schemas.reading import Reading


def test_words_typed_before_a_dot_leader_are_read_by_both_readers(
    tmp_path: Path, read_file: Callable[[Path], tuple[Reading, Extraction]]
) -> None:
    made = make_one(tmp_path, 18, 313131, "giay_xac_nhan", "office", list(LAYOUTS))
    reading, extraction = read_file(made.path)
    read = {squeeze(line.text) for page in reading.pages for line in page.lines}
    filled = [row for row in made.truth["text"][0].splitlines() if row.startswith(("Ông/bà:", "Ngày, tháng", "Giới"))]
    assert len(filled) == 3
    assert {squeeze(row) for row in filled} <= read
    owner = extraction.fields.owner_name
    assert owner.value == made.truth["fields"]["owner_name"]
    assert not owner.needs_review
    assert extraction.fields.owner_id.value is not None
