"""The page of `make look`: worst papers first, what papers say is never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runtime.open import open_workshop
from runtime.settings import load_settings
from schemas.extraction import Fields, FieldValue
from schemas.record import Process, Record, Source
from tools.look import compare, write_report


def truth(name: str, number: str) -> dict[str, Any]:
    return {"file": name, "sha256": "00", "fields": {"doc_number": number, "place": None}}


def record(number: str, *, sure: bool) -> Record:
    return Record(
        record_id="r",
        status="accepted",
        source=Source(name="a.pdf", sha256="00", size=1, media_type="application/pdf", page_count=1),
        fields=Fields(doc_number=FieldValue(value=number, needs_review=not sure)),
        process=Process(engine="e", rule_version="1", seconds=0),
    )


def test_worst_first_and_wrong_though_sure_before_all(tmp_path: Path) -> None:
    papers = [
        compare(truth("dung.pdf", "1/QĐ"), record("1/QĐ", sure=True)),
        compare(truth("sai.pdf", "1/QĐ"), record("2/QĐ", sure=False)),
        compare(truth("sai-ma-chac.pdf", "1/QĐ"), record("<b>2</b>/QĐ", sure=True)),
    ]
    with open_workshop(load_settings({}, home=tmp_path / "home")) as workshop:
        text = write_report(papers, workshop, tmp_path / "look").read_text(encoding="utf-8")
    places = [text.index(name) for name in ("sai-ma-chac.pdf", ">sai.pdf", ">dung.pdf")]
    assert places == sorted(places)
    assert "<b>2" not in text
    assert "6 trường: 4 đúng, 2 sai, 1 sai mà chắc" in text


def test_a_paper_without_record_is_named(tmp_path: Path) -> None:
    paper = compare(truth("mat.pdf", "1/QĐ"), None)
    with open_workshop(load_settings({}, home=tmp_path / "home")) as workshop:
        assert "KHÔNG CÓ TRONG KHO" in write_report([paper], workshop, tmp_path).read_text(encoding="utf-8")
