"""Plan and progress pages: numbers lead to their records, unknown stays unknown, forms are guarded."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from runtime.keeping import keep_original, keep_package
from runtime.open import open_workshop
from runtime.plans import keep_figures
from runtime.progress_counter import Counter
from runtime.settings import load_settings
from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.plan import Plan, PlanDuty, PlanSection, PlanSource, PlanTarget, PlanTask
from schemas.progress import InventoryRow
from schemas.reading import PageReading, Reading
from schemas.record import Process, Record, Source
from web.app import create_app

PLACE = PlanSource(page=1, line=3, start=0, end=5)
PLAN = Plan(
    title="Số hóa <b>kết quả</b> năm 2026",
    sections=(PlanSection(id="II", number="II", title="NHIỆM VỤ", level=1, role="tasks", source=PLACE),),
    tasks=(
        PlanTask(id="II-1", section="II", ordinal=1, text="Số hóa hộ tịch", deadline_date="2026-12-01", source=PLACE),
    ),
    targets=(PlanTarget(id="T1", indicator="hồ sơ số hóa", operator=">=", value=62.5, unit="%", source=PLACE),),
    duties=(PlanDuty(agency="Sở Nội vụ", role="chu_tri", text="Chủ trì.", source=PLACE),),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    folder = tmp_path_factory.mktemp("plans")
    settings = load_settings({}, home=folder / "home")
    ids = {}
    with open_workshop(settings) as shop:
        for name in ("plan", "result"):
            body = name.encode()
            path = folder / f"{name}.pdf"
            path.write_bytes(body)
            sha = hashlib.sha256(body).hexdigest()
            keep_original(shop.store, path, sha)
            source = Source(name=path.name, sha256=sha, size=4, media_type="application/pdf", page_count=1)
            record = Record(
                record_id=sha[:20], status="accepted", source=source,
                process=Process(engine="t", rule_version="1", seconds=1.0),
                **(
                    {"kind": "plan", "plan": PLAN}
                    if name == "plan"
                    else {
                        "fields": Fields(
                            issuing_agency_name=FieldValue(value="SỞ TƯ PHÁP"),
                            valid_to=FieldValue(value="2090-01-01"),
                        ),
                        "classification": Classification(
                            field_name=ClassValue(value="Hộ tịch"), level=ClassValue(value="tinh")
                        ),
                    }
                ),
            )  # fmt: skip
            reading = Reading((PageReading(1, 595, 842, (), "ocr"),), "t")
            kept = keep_package(shop.store, record, reading=reading, copy=path)
            shop.catalogue.records.save(kept)
            ids[name] = kept.record_id
        rows = (
            InventoryRow(agency="Sở Tư pháp", field="Hộ tịch", level="tinh", year=2026, valid_count=8),
            InventoryRow(agency="UBND xã A", level="xa", year=2026),
        )
        keep_figures(shop.store, shop.catalogue, "inventory", rows, actor="lan")
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client, ids["plan"]


def test_progress_shows_the_ratio_and_says_unknown_where_nothing_was_counted(site) -> None:
    page = site[0].get("/progress?year=2026&as_of=2026-11-26").text
    assert "12,5 %" in page
    row = page.split("UBND xã A")[-1].split("</tr>")[0]
    assert row.count("không rõ") >= 4
    assert ">0 %" not in row
    assert "<svg" in page
    assert "style=" not in page


def test_every_number_leads_to_its_records(site) -> None:
    client, _ = site
    page = client.get("/progress?year=2026&as_of=2026-11-26").text
    links = sorted(set(re.findall(r'href="(/progress/records\?[^"]*what=digitized[^"]*)"', page)))
    assert links
    counts = {
        int(re.search(r"role=\"status\">(\d+) hồ sơ", client.get(link.replace("&amp;", "&")).text)[1]) for link in links
    }  # type: ignore[index]
    assert counts <= {0, 1}
    assert 1 in counts
    assert "Sở Tư pháp" in client.get("/progress/inventory?level=tinh").text


@pytest.mark.parametrize("form", ["csv", "xlsx", "docx"])
def test_tables_and_report_can_be_downloaded(site, form: str) -> None:
    answer = site[0].get(f"/progress/table.{form}?year=2026")
    assert answer.status_code == 200
    assert f".{form}" in answer.headers["content-disposition"]
    assert len(answer.content) > 200


def test_plan_page_shows_what_was_read_and_escapes_it(site) -> None:
    client, plan_id = site
    page = client.get(f"/plans/{plan_id}").text
    for words in (
        "Số hóa &lt;b&gt;kết quả&lt;/b&gt; năm 2026",
        "ít nhất 62,5 %",
        "Sở Nội vụ",
        "Số hóa hộ tịch",
        "dòng 3",
    ):
        assert words in page
    assert "Số hóa &lt;b&gt;" in client.get("/plans").text
    assert client.get("/plans/0123").status_code == 404


def test_a_task_is_followed_up_with_a_token_only(site) -> None:
    client, plan_id = site
    url = f"/plans/{plan_id}/tasks/II-1"
    assert client.post(url, data={"state": "xong", "token": "x"}).status_code == 403
    token = re.search(r'name="token" value="([^"]+)"', client.get(f"/plans/{plan_id}").text)[1]  # type: ignore[index]
    done = client.post(url, data={"state": "xong", "token": token, "note": "đủ"}, follow_redirects=True)
    assert done.status_code == 200
    assert "Đã xong" in done.text
    assert "đủ" in done.text
    assert b"xong" in client.get(f"/plans/{plan_id}/tasks.csv").content


def test_the_form_may_be_sent_as_it_stands(site) -> None:
    client = site[0]
    page = client.get("/progress?year=2026&as_of=2026-11-26&page_cost=")
    assert page.status_code == 200
    assert client.get("/progress?year=&as_of=&page_cost=").status_code == 200
    assert client.get("/progress/table.csv?year=&as_of=").status_code == 200
    assert 'value="250.0"' in client.get("/progress?page_cost=250").text


@pytest.mark.parametrize(
    "asked", ["as_of=hom-qua", "as_of=0001-01-01", "as_of=9999-12-31", "page_cost=inf", "page_cost=nan", "year=20x"]
)
def test_what_cannot_be_asked_is_said(site, asked: str) -> None:
    answer = site[0].get(f"/progress?{asked}")
    assert answer.status_code == 422
    assert "không hợp lệ" in answer.text


def test_an_older_count_of_a_large_archive_says_when_it_was_made(site) -> None:
    client = site[0]
    desk = client.app.state.plan_desk
    counter = Counter(desk.catalogue, client.app.state.desk.review.workshop.settings, at_once=0)
    client.app.state.plan_desk = replace(desk, counter=counter)
    try:
        for page in ("/progress?as_of=2026-11-26", "/progress/records?as_of=2026-11-26"):
            first = client.get(page).text
            assert "Đang đếm kết quả còn hiệu lực tính đến 26/11/2026" in first
            assert 'http-equiv="refresh"' in first
        with counter:
            until = time.monotonic() + 20
            while "12,5 %" not in client.get("/progress?as_of=2026-11-26").text and time.monotonic() < until:
                time.sleep(0.05)
        assert "đang đếm lại" not in client.get("/progress?as_of=2026-11-26").text
        desk.catalogue.plans.take_facts((), ())  # what is counted has changed
        page = client.get("/progress?as_of=2026-11-26").text
    finally:
        client.app.state.plan_desk = desk
    assert re.search(r"Số liệu đếm lúc \d\d:\d\d \d\d/\d\d/\d{4}; .*đang đếm lại", page)
    assert "đang đếm lại" not in client.get("/progress?as_of=2026-11-26").text
