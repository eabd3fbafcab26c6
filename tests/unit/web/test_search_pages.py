"""Search on the web within the limits of whoever asks: results, counts, suggestions, links, exports."""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from review.roles import Viewer
from runtime.indexing import catch_up
from runtime.keeping import keep_package
from runtime.open import open_search, open_workshop
from runtime.search.export import Exporter, export_file
from runtime.search.service import SearchService
from runtime.settings import Settings, load_settings
from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from schemas.record import Process, Record, Source
from schemas.scope import EVERYTHING, Scope
from storage.keys import original_key
from web.app import create_app
from web.gate import viewer_here
from web.scope import scope_of

LAND, HOME = "Đất đai", "Hộ tịch"
NUMBER = "079123456789"


def paper(settings: Settings, tmp_path: Path, name: str, *, field: str, agency: str, words: str) -> str:
    body = name.encode()
    sha = hashlib.sha256(body).hexdigest()
    tokens = words.split(" ")
    line = Line(
        tuple(Word(t, Box(0.1 + 0.05 * n, 0.1, 0.14 + 0.05 * n, 0.12), 1.0, "ocr") for n, t in enumerate(tokens))
    )
    reading = Reading(pages=(PageReading(1, 595.0, 842.0, (line,), "ocr"),), engine="tesseract")
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(b"%PDF-1.4")
    with open_workshop(settings) as workshop:
        workshop.store.put(original_key(sha), body, media_type="application/pdf", expect=sha)
        record = Record(
            record_id=sha[:20],
            status="accepted",
            source=Source(name=name, sha256=sha, size=len(body), media_type="application/pdf", page_count=1),
            fields=Fields(issuing_agency_name=FieldValue(value=agency), doc_type=FieldValue(value="quyet_dinh")),
            classification=Classification(field_name=ClassValue(value=field)),
            process=Process(engine="tesseract", rule_version="1", seconds=1.0),
        )
        workshop.catalogue.records.save(keep_package(workshop.store, record, reading=reading, copy=copy))
        catch_up(workshop)
    return record.record_id


@dataclass(frozen=True, slots=True)
class Site:
    client: TestClient
    settings: Settings
    land: str
    home: str

    def see(self, scope: Scope) -> None:
        viewer = Viewer(login="", name="", scope=scope)
        overrides = {scope_of: lambda: scope, viewer_here: lambda: viewer}
        self.client.app.dependency_overrides.update(overrides)  # type: ignore[attr-defined]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = load_settings({}, home=tmp_path / "home")
    land = paper(settings, tmp_path, "a.pdf", field=LAND, agency="UBND xã Gio Linh", words=f"giao đất CCCD {NUMBER}")
    home = paper(settings, tmp_path, "b.pdf", field=HOME, agency="UBND xã Cam Lộ", words="khai sinh, giao đất")
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield Site(client, settings, land, home)


def token(site: Site) -> str:
    found = re.search(r'name="token" value="([^"]+)"', site.client.get("/search?q=giao+dat").text)
    assert found
    return found[1]


def test_a_viewer_of_one_field_sees_and_counts_that_field_only(site: Site) -> None:
    site.see(Scope(fields=frozenset({LAND})))
    answer = site.client.get("/api/search?q=giao+dat").json()
    assert (answer["total"], answer["facets"]["field_name"]) == (1, {LAND: 1})
    assert site.client.get("/api/search?q=khai+sinh").json()["total"] == 0
    said = site.client.get("/api/search/complete?q=coquan:").json()["suggestions"]
    assert [one["label"] for one in said] == ["UBND xã Gio Linh"]
    page = site.client.get("/search?q=giao+dat").text
    assert "Cam Lộ" not in page
    for part in ("hits?q=giao", "related", "pages/1/text"):
        assert site.client.get(f"/api/records/{site.land}/{part}").status_code == 200, part
        assert site.client.get(f"/api/records/{site.home}/{part}").status_code == 404, part
    site.see(Scope(agencies=frozenset()))
    assert site.client.get("/api/search?q=").json()["total"] == 0


def test_identity_numbers_match_only_with_the_right_and_that_is_written_down(site: Site) -> None:
    assert site.client.get(f"/api/search?q={NUMBER}").json()["total"] == 0
    site.see(EVERYTHING)
    answer = site.client.get(f"/api/search?q={NUMBER}")
    assert answer.json()["total"] == 1
    assert NUMBER not in answer.text
    with open_workshop(site.settings) as workshop:
        (event,) = [e for e in workshop.catalogue.records.events() if e.action == "search_identity"]
    assert event.detail == {"total": 1}
    site.see(Scope())
    text = site.client.get(f"/api/records/{site.land}/pages/1/text").json()["lines"][0]["text"]
    assert text.startswith("giao đất CCCD ****")
    assert site.client.get(f"/api/records/{site.land}/hits?q={NUMBER}").json()["hits"] == []


def test_hits_are_the_boxes_of_their_words(site: Site) -> None:
    found = site.client.get(f"/api/records/{site.home}/hits", params={"q": '"giao dat" sinh'}).json()["hits"]
    assert [(one["hit"], one["bbox"][0]) for one in found] == [(0, 0.15), (1, 0.2), (1, 0.25)]


def test_suggestions_name_filters_and_values(site: Site) -> None:
    def labels(typed: str) -> list[str]:
        answer = site.client.get("/api/search/complete", params={"q": typed}).json()
        return [one["label"] for one in answer["suggestions"]]

    assert labels("đất co") == ["coquan:"]
    assert labels("ngay") == ["ngay:"]
    assert labels("linhvuc:ho") == [HOME]
    assert labels("đất") == []
    (one,) = site.client.get("/api/search/complete", params={"q": "x coquan:cam"}).json()["suggestions"]
    assert one["text"] == 'x coquan:"UBND xã Cam Lộ" '


def test_an_export_needs_a_purpose_and_holds_what_its_owner_could_see(site: Site) -> None:
    site.see(Scope(fields=frozenset({LAND})))
    given = {"token": token(site), "form": "xlsx"}
    origin = {"origin": "http://localhost"}
    for purpose in ("", "  ", "1234567"):
        answer = site.client.post("/search/exports?q=giao+dat", data={**given, "purpose": purpose}, headers=origin)
        assert answer.status_code == 403, purpose
    assert (
        site.client.post("/search/exports?q=a", data={"purpose": "Trả lời công dân"}, headers=origin).status_code == 403
    )
    site.client.post("/search/exports?q=giao+dat", data={**given, "purpose": "Trả lời công dân"}, headers=origin)
    deadline = time.monotonic() + 20
    while not (link := re.search(r'href="(/search/exports/\w+)"', site.client.get("/search/exports").text)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    sheet = load_workbook(io.BytesIO(site.client.get(link[1]).content)).active
    assert sheet is not None
    assert sheet.max_row == 2
    assert NUMBER not in str([cell.value for row in sheet.rows for cell in row])
    assert site.client.get("/search/exports/" + "0" * 32).status_code == 404


def test_an_export_that_was_cut_off_is_begun_again(site: Site) -> None:
    with open_workshop(site.settings) as workshop, open_search(site.settings, workshop.catalogue) as engine:
        saved, service = workshop.catalogue.saved, SearchService(engine, workshop.catalogue)
        job = saved.order("an", purpose="Thử", query="q=giao+dat&field=Đất đai", scope="{}", form="csv")
        saved.begin(job)  # and the process died
        folder = site.settings.home / "exports"  # whichever comes first, this one or the site's own
        with Exporter(saved, service, folder, every=0.01):
            deadline = time.monotonic() + 20
            while (now := saved.job(job, owner="an")) is None or now.state != "ready":
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert (now.total, export_file(folder, now).exists()) == (1, True)
        assert saved.job(job, owner="bình") is None


def test_saved_searches_are_their_owners(site: Site) -> None:
    given = {"token": token(site), "name": "Đất"}
    origin = {"origin": "http://localhost"}
    site.client.post("/search/saved?q=giao+dat&year=2020", data=given, headers=origin)
    page = site.client.get("/search").text
    assert 'href="/search?q=giao+dat&amp;year=2020">Đất</a>' in page
    with open_workshop(site.settings) as workshop:
        (one,) = workshop.catalogue.saved.kept("web")
        workshop.catalogue.saved.forget("ai đó", one.id)
        assert workshop.catalogue.saved.kept("web") == (one,)
    site.client.post(f"/search/saved/{one.id}/remove", data=given, headers=origin)
    assert ">Đất</a>" not in site.client.get("/search").text


@pytest.mark.parametrize(
    "query",
    ["q=%22", "q=so:&sort=zz", "q=x&date_from=abc", "page=999999999&q=giao", "page=0&q=giao", "doc_type=khong_co"],
)
def test_strange_addresses_show_a_page(site: Site, query: str) -> None:
    assert site.client.get(f"/search?{query}").status_code == 200
