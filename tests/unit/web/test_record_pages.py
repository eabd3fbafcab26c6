"""Pages over a small archive: masking, downloads, filters, quarantine."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from runtime.indexing import catch_up
from runtime.keeping import keep_package
from runtime.open import open_workshop
from runtime.settings import load_settings
from schemas.extraction import Fields, FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from schemas.record import Objects, Process, Quarantine, Record, Source
from storage.keys import original_key, quarantine_key
from web.app import create_app

NUMBER = "079123456789"
NAME = 'quyết định "số 1".pdf'
ORIGINAL = b"%PDF-1.4 original"


def line(text: str, y: float) -> Line:
    words = text.split(" ")
    step = 0.8 / len(words)
    return Line(
        tuple(
            Word(word, Box(0.1 + i * step, y, 0.1 + (i + 0.9) * step, y + 0.02), 1.0, "ocr")
            for i, word in enumerate(words)
        )
    )


LINES = (line("QUYẾT ĐỊNH", 0.1), line(f"Bà Lò <b>Thị</b> Mây, CCCD {NUMBER}", 0.2))
READING = Reading(pages=(PageReading(1, 595.0, 842.0, LINES, "ocr"),), engine="tesseract")
FIELDS = Fields(
    doc_type=FieldValue(value="quyet_dinh", score=0.9, needs_review=False, page=1, bbox=(0.1, 0.1, 0.5, 0.12)),
    owner_id=FieldValue(value=NUMBER, raw_text=f"CCCD {NUMBER}", page=1, bbox=(0.1, 0.2, 0.9, 0.22)),
    issued_date=FieldValue(value="2021-03-04", score=0.9, needs_review=False),
    summary=FieldValue(value="<script>alert(1)</script> đất đai", score=0.5),
)


@dataclass(frozen=True, slots=True)
class Site:
    client: TestClient
    record_id: str
    secret_id: str
    home: Path


def make_pdf(path: Path) -> Path:
    Image.new("RGB", (595, 842), "white").save(path, "PDF", resolution=72)
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    tmp_path = tmp_path_factory.mktemp("site")
    settings = load_settings({}, home=tmp_path / "home")
    with open_workshop(settings) as workshop:
        sha = hashlib.sha256(ORIGINAL).hexdigest()
        workshop.store.put(original_key(sha), ORIGINAL, media_type="application/pdf", expect=sha)
        record = Record(
            record_id=sha[:20],
            status="needs_review",
            source=Source(name=NAME, sha256=sha, size=len(ORIGINAL), media_type="application/pdf", page_count=1),
            fields=FIELDS,
            objects=Objects(original=original_key(sha)),
            review_reasons=("unsure:summary",),
            process=Process(engine="tesseract", rule_version="1", seconds=1.0),
        )
        record = keep_package(workshop.store, record, reading=READING, copy=make_pdf(tmp_path / "c.pdf"))
        secret_bytes = b"secret"
        secret_sha = hashlib.sha256(secret_bytes).hexdigest()
        workshop.store.put(quarantine_key(secret_sha), secret_bytes, media_type="application/pdf", expect=secret_sha)
        secret = Record(
            record_id=secret_sha[:20],
            status="quarantined",
            source=Source(name="m.pdf", sha256=secret_sha, size=6, media_type="application/pdf", page_count=1),
            objects=Objects(original=quarantine_key(secret_sha)),
            quarantine=Quarantine(code="E111", message="Tài liệu có dấu mật.", retry="Chuyển người có thẩm quyền."),
            process=Process(engine="none", rule_version="none", seconds=0.1),
        )
        workshop.catalogue.records.save_many((record, secret))
        catch_up(workshop)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield Site(client, record.record_id, secret.record_id, settings.home)


@pytest.mark.parametrize("path", ["", "?tab=text", "?tab=classes", "?tab=files"])
def test_no_page_shows_an_identity_number_or_runs_what_a_paper_says(site: Site, path: str) -> None:
    text = site.client.get(f"/records/{site.record_id}{path}").text
    assert NUMBER not in text
    assert "<script>alert" not in text
    assert "<b>Thị" not in text


def test_neither_do_lists_search_api_and_text(site: Site) -> None:
    paths = ("/", "/records", "/search?q=cccd", "/api/search?q=lo+thi+may", f"/api/records/{site.record_id}")
    for path in (*paths, "/api/records", f"/records/{site.record_id}/text.txt"):
        answer = site.client.get(path)
        assert answer.status_code == 200, path
        assert NUMBER not in answer.text, path


def test_search_marks_hits_and_counts_facets(site: Site) -> None:
    answer = site.client.get("/api/search?q=quyet+dinh").json()
    assert answer["total"] == 1
    assert "«QUYẾT»" in answer["results"][0]["snippet"]
    assert answer["facets"]["doc_type"] == {"quyet_dinh": 1}
    assert "<mark>QUYẾT</mark>" in site.client.get("/search?q=quyet+dinh").text


def token_of(site: Site) -> str:
    found = re.search(r'name="token" value="([^"]+)"', site.client.get(f"/records/{site.record_id}").text)
    assert found
    return found[1]


def times_unmasked(site: Site) -> int:
    with open_workshop(load_settings({}, home=site.home)) as workshop:
        return [event.action for event in workshop.catalogue.records.events(site.record_id)].count("unmask")


def test_revealing_needs_the_token_of_the_page_and_is_logged(site: Site) -> None:
    path = f"/records/{site.record_id}/reveal"
    before = times_unmasked(site)
    for data in ({}, {"token": "gia"}, {"token": token_of(site)[:-2] + "zz"}):
        answer = site.client.post(path, data=data)
        assert answer.status_code == 403
        assert NUMBER not in answer.text
    assert site.client.get(path).status_code == 405
    answer = site.client.post(path, data={"token": token_of(site)})
    assert NUMBER in answer.text
    assert times_unmasked(site) == before + 1


def test_the_picture_covers_the_number_and_a_forged_asking_changes_nothing(site: Site) -> None:
    def spot(query: str) -> tuple[int, ...]:
        answer = site.client.get(f"/records/{site.record_id}/pages/1.png?w=1000{query}")
        assert answer.headers["content-type"] == "image/png"
        image = Image.open(io.BytesIO(answer.content)).convert("RGB")
        word = READING.pages[0].lines[1].words[-1].box
        return tuple(image.getpixel((int(word.cx * image.width), int(word.cy * image.height))))  # type: ignore[arg-type]

    assert spot("") == (88, 96, 105)
    assert spot("") == (88, 96, 105)  # from the cache
    assert spot("&reveal=gia.mao") == (88, 96, 105)
    page = site.client.post(f"/records/{site.record_id}/reveal", data={"token": token_of(site)}).text
    found = re.search(r"&amp;reveal=([0-9a-f.]+)", page)
    assert found
    assert spot(f"&reveal={found[1]}") == (255, 255, 255)
    assert spot("") == (88, 96, 105)


@pytest.mark.parametrize("query", ["pages/2.png", "pages/0.png", "pages/1.png?w=999", "pages/1.png?w=100000"])
def test_pictures_that_do_not_exist(site: Site, query: str) -> None:
    assert site.client.get(f"/records/{site.record_id}/{query}").status_code == 404


def test_downloads_keep_bytes_and_vietnamese_names(site: Site) -> None:
    answer = site.client.get(f"/records/{site.record_id}/original")
    assert answer.content == ORIGINAL
    assert answer.headers["content-disposition"] == (
        'attachment; filename="quy_t __nh _s_ 1_.pdf"; '
        "filename*=UTF-8''quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%20%22s%E1%BB%91%201%22.pdf"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.client.get(f"/records/{site.record_id}/copy.pdf").content[:5] == b"%PDF-"


def test_a_secret_paper_gives_nothing_away(site: Site) -> None:
    page = site.client.get(f"/records/{site.secret_id}")
    assert "E111" in page.text
    assert "/original" not in page.text
    assert site.client.get(f"/records/{site.secret_id}/original").status_code == 403
    assert site.client.get(f"/records/{site.secret_id}/pages/1.png").status_code == 404
    assert site.client.get(f"/records/{site.secret_id}/copy.pdf").status_code == 404


@pytest.mark.parametrize(
    ("query", "total"),
    [("", 2), ("status=needs_review", 1), ("year=2021", 1), ("year=2020", 0), ("doc_type=quyet_dinh&status=", 1),
     ("batch=khong", 0), ("status=quarantined", 1)],
)  # fmt: skip
def test_filters(site: Site, query: str, total: int) -> None:
    assert site.client.get(f"/api/records?{query}").json()["total"] == total
    assert f"{total} hồ sơ" in site.client.get(f"/records?{query}").text


def test_a_prefix_leads_to_the_record(site: Site) -> None:
    answer = site.client.get(f"/records/{site.record_id[:8]}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/records/{site.record_id}")


def test_the_api_describes_itself(site: Site) -> None:
    paths = site.client.get("/api/openapi.json").json()["paths"]
    assert {"/api/records", "/api/records/{record_id}", "/api/search", "/api/search/complete"} <= set(paths)
    assert {f"/api/records/{{record_id}}/{part}" for part in ("hits", "related", "pages/{number}/text")} <= set(paths)
    assert {"/api/records", "/api/records/{record_id}", "/api/search", "/api/desk/{record_id}/answers"} <= set(paths)
    assert all(path.startswith("/api/") for path in paths)
