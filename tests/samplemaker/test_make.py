"""The sample maker keeps its word: same seed same bytes, truth in the scorer's shape, boxes on the right words."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from samplemaker import KINDS, LAYOUTS, QUALITIES, MadeDocument, make_documents
from samplemaker.cli import main

FIELDS = {
    "doc_type", "doc_number", "issued_date", "place", "issuing_agency", "summary", "signing_capacity", "signer_title",
    "signer_name", "recipients", "owner_name", "valid_to",
}  # fmt: skip
MORE = {
    "code_number", "code_notation", "owner_id", "owner_id_type", "owner_kind", "valid_from", "is_perpetual",
    "issuing_agency_name", "parent_agency_name", "procedure", "secrecy", "urgency", "level",
}  # fmt: skip
DOC_TYPES = {
    "quyet_dinh", "cong_van", "ke_hoach", "thong_bao", "to_trinh", "giay_phep", "giay_chung_nhan", "chung_chi",
    "giay_xac_nhan", "trich_luc", "bien_ban", "giay_moi", "bao_cao",
}  # fmt: skip


def flat(text: str) -> str:
    """White space folded, lower case."""
    return re.sub(r"\s+", " ", text).strip().lower()


def images(path: Path) -> list[Image.Image]:
    """Every page of a made file as a picture."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            return [document[i].render(scale=1.5).to_pil().convert("L") for i in range(len(document))]
        finally:
            document.close()
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        return [frame.convert("L") for frame in ImageSequence.Iterator(image)]


@pytest.fixture(scope="module")
def digital(tmp_path_factory: pytest.TempPathFactory) -> list[MadeDocument]:
    """One born-digital paper of every kind."""
    out = tmp_path_factory.mktemp("digital")
    return make_documents(out, count=len(KINDS), seed=11, kinds=list(KINDS), qualities=["digital"])


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> list[MadeDocument]:
    """Every kind at every scanned quality would take long: every kind once, the qualities in turn."""
    out = tmp_path_factory.mktemp("scanned")
    return make_documents(out, count=2 * len(KINDS), seed=12, kinds=list(KINDS), qualities=["clean", "office", "poor"])


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_documents(tmp_path / name, count=len(QUALITIES), seed=5, qualities=list(QUALITIES))
    first = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert first == sorted(p.name for p in (tmp_path / "b").iterdir())
    for name in first:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_a_document_does_not_depend_on_the_count(tmp_path: Path) -> None:
    few = make_documents(tmp_path / "few", count=3, seed=8, qualities=["digital"])
    more = make_documents(tmp_path / "more", count=5, seed=8, qualities=["digital"])
    assert [d.truth for d in few] == [d.truth for d in more[:3]]


def test_truth_has_the_shape_of_the_scorer(digital: list[MadeDocument], scanned: list[MadeDocument]) -> None:
    for made in [*digital, *scanned]:
        truth = made.truth
        assert set(truth["fields"]) == FIELDS
        assert set(truth["more"]) >= MORE
        assert truth["fields"]["doc_type"] in DOC_TYPES
        assert truth["set"] == "made"
        assert truth["level"] == truth["quality"] == made.quality
        assert len(truth["text"]) == len(truth["rotation"]) == truth["pages"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", truth["fields"]["issued_date"])
        for box in truth["boxes"].values():
            x0, y0, x1, y1 = box["bbox"]
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1


def test_truth_file_holds_one_line_a_document(digital: list[MadeDocument]) -> None:
    lines = (digital[0].path.parent / "truth.jsonl").read_text("utf8").splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(made.truth)) for made in digital]


def test_every_page_of_a_scan_is_in_the_file(scanned: list[MadeDocument]) -> None:
    for made in scanned:
        assert len(images(made.path)) == made.truth["pages"], made.path.name


def test_boxes_hold_ink_on_scans(scanned: list[MadeDocument]) -> None:
    for made in scanned:
        pages = images(made.path)
        for name, box in made.truth["boxes"].items():
            turn = made.truth["rotation"][box["page"] - 1]
            page = pages[box["page"] - 1].rotate(turn, expand=True)  # PIL turns counter-clockwise: upright again
            x0, y0, x1, y1 = box["bbox"]
            area = (x0 * page.width, y0 * page.height, x1 * page.width, y1 * page.height)
            values = np.asarray(page.crop(tuple(round(v) for v in area)))
            assert np.percentile(values, 98) - values.min() > 40, (made.path.name, name)


def test_photographs_are_made_only_when_asked_for_and_their_boxes_hold_ink(tmp_path: Path) -> None:
    kinds = ["giay_xac_nhan", "cong_van"]
    photos = make_documents(tmp_path / "photo", count=2, seed=14, kinds=kinds, qualities=["photo"])
    test_boxes_hold_ink_on_scans(photos)
    for made in photos:
        pages = images(made.path)
        assert len(pages) == made.truth["pages"]
        for page in pages:
            middle = np.percentile(np.asarray(page)[page.height // 3 : -page.height // 3], 75)
            rim = np.asarray(page)[:, : page.width // 60]
            assert np.median(rim) < 0.9 * middle, made.path.name  # another ground lies around the paper
    usual = make_documents(tmp_path / "usual", count=5, seed=14, kinds=["giay_xac_nhan"])
    assert "photo" not in {made.quality for made in usual}


def test_boxes_point_at_the_right_words_of_digital_papers(digital: list[MadeDocument]) -> None:
    for made in digital:
        document = pypdfium2.PdfDocument(made.path)
        for name in ("doc_number", "signer_name", "owner_name", "summary", "place", "issuing_agency", "owner_id"):
            value = made.truth["fields"].get(name) or (made.truth["more"]["owner_id"] if name == "owner_id" else None)
            if not value:
                continue
            box = made.truth["boxes"][name]
            page = document[box["page"] - 1]
            width, height = page.get_size()
            x0, y0, x1, y1 = box["bbox"]
            bounds = (x0 * width - 2, height - y1 * height - 1, x1 * width + 2, height - y0 * height + 1)
            found = page.get_textpage().get_text_bounded(*bounds)
            found = re.sub(r"\.{4,}| ", "", flat(found))
            assert flat(value).replace(" ", "") in found, (made.path.name, name)
        document.close()


def test_truth_text_is_the_text_layer_of_digital_papers(digital: list[MadeDocument]) -> None:
    for made in digital:
        document = pypdfium2.PdfDocument(made.path)
        for number, text in enumerate(made.truth["text"]):
            got = document[number].get_textpage().get_text_range()
            want, have = sorted(flat(text).split()), sorted(w for w in flat(got).split() if not set(w) <= {".", "*"})
            missing = [w for w in want if w not in have]
            assert len(missing) <= 0.02 * len(want) + 2, (made.path.name, missing[:9])
        document.close()


def test_values_stand_in_the_text(digital: list[MadeDocument], scanned: list[MadeDocument]) -> None:
    for made in [*digital, *scanned]:
        text, fields = flat(" ".join(made.truth["text"])), made.truth["fields"]
        for name in ("doc_number", "place", "issuing_agency", "summary", "signer_title", "signer_name", "owner_name"):
            if fields[name]:
                assert flat(fields[name]) in text, (made.path.name, name)
        for item in fields["recipients"] or ():
            assert flat(item) in text, (made.path.name, item)


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_can_be_asked_for(layout: str, tmp_path: Path) -> None:
    made = make_documents(tmp_path, count=3, seed=3, qualities=["txt"], layouts=[layout])
    assert {m.layout for m in made} == {layout}


def test_secret_papers_only_when_asked(tmp_path: Path) -> None:
    ordinary = make_documents(tmp_path / "a", count=40, seed=3, qualities=["txt"])
    secret = make_documents(tmp_path / "b", count=2, seed=3, kinds=["mat"], qualities=["office"])
    assert all(m.truth["more"]["secrecy"] is None for m in ordinary)
    assert all(m.truth["more"]["secrecy"] and "secrecy" in m.truth["boxes"] for m in secret)


def test_hybrid_text_layer_lacks_the_number(tmp_path: Path) -> None:
    for made in make_documents(tmp_path, count=4, seed=6, kinds=["qd_ca_nhan", "cong_van"], qualities=["hybrid"]):
        document = pypdfium2.PdfDocument(made.path)
        text = flat(document[0].get_textpage().get_text_range())
        document.close()
        assert flat("Số: " + made.truth["fields"]["doc_number"]) not in text
        assert made.truth["more"]["code_notation"].lower() in text


def test_unknown_names_are_refused_in_vietnamese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["make", str(tmp_path), "--count", "1", "--kind", "khong_co"]) == 2
    assert "Không có tên này" in capsys.readouterr().err
    with pytest.raises(ValueError, match="khong_co"):
        make_documents(tmp_path, count=1, seed=1, kinds=["khong_co"])


def test_command_line_makes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["make", str(tmp_path), "--count", "2", "--seed", "4", "--quality", "txt,docx"]) == 0
    assert "Đã tạo 2 văn bản" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 3
