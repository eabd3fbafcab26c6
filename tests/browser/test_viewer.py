"""The archive viewer as people meet it: pages, keyboard, boxes on the paper, rules of the browser, readability."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Served

WIDE = (1366, 768)
PHONE = (390, 844)
Open = Callable[..., Any]


def fetch(served: Served, path: str) -> Any:
    with urllib.request.urlopen(served.url + path, timeout=10) as answer:
        return json.load(answer)


def record_of(served: Served, part: str) -> dict[str, Any]:
    rows = fetch(served, "/api/records?size=50")["records"]
    row = next(row for row in rows if part in row["name"])
    record: dict[str, Any] = fetch(served, f"/api/records/{row['record_id']}")
    return record


@pytest.fixture
def open_page(chromium: Any, served: Served) -> Iterator[Open]:
    """Opens a path; afterwards nothing may have been refused by the policy, failed, or come from elsewhere."""
    contexts, complaints = [], []

    def open_(path: str, *, size: tuple[int, int] = WIDE, scheme: str = "light", scripts: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(served.url) else complaints.append(r.url))
        page.goto(served.url + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def place_on_paper(page: Any, selector: str) -> tuple[float, ...]:
    """Where an overlay rectangle lies, in fractions of the picture."""
    return tuple(
        page.evaluate(
            """selector => {
              const p = document.getElementById('paper').getBoundingClientRect();
              const r = document.querySelector(selector).getBoundingClientRect();
              return [(r.left - p.left) / p.width, (r.top - p.top) / p.height,
                      (r.right - p.left) / p.width, (r.bottom - p.top) / p.height];
            }""",
            selector,
        )
    )


def in_view(page: Any, selector: str) -> bool:
    return bool(
        page.evaluate(
            """selector => {
              const v = document.getElementById('view').getBoundingClientRect();
              const r = document.querySelector(selector).getBoundingClientRect();
              return r.top >= v.top && r.bottom <= v.bottom && r.left >= v.left - 1 && r.right <= v.right + 1;
            }""",
            selector,
        )
    )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_moving_to_a_field_marks_its_place_on_the_paper(served: Served, open_page: Open, size: tuple[int, int]) -> None:
    record = record_of(served, "qd_ca_nhan")
    page = open_page(f"/records/{record['record_id']}", size=size)
    for name in ("doc_number", "signer_name", "issued_date"):
        page.locator(f"#field-{name}").focus()
        page.wait_for_function("n => document.querySelector('rect.on')?.dataset.for === n", arg=name)
        page.wait_for_timeout(400)  # smooth scrolling
        shown = place_on_paper(page, "rect.on")
        assert shown == pytest.approx(record["fields"][name]["bbox"], abs=0.006)  # 0.003 of air and half a line
        assert in_view(page, "rect.on"), name


def test_a_field_on_a_later_page_turns_the_page(served: Served, open_page: Open) -> None:
    found = [
        (record, name)
        for row in fetch(served, "/api/records?size=50")["records"]
        for record in [fetch(served, f"/api/records/{row['record_id']}")]
        for name, field in record["fields"].items()
        if (field["page"] or 0) > 1 and field["value"]
    ]
    record, name = found[0]
    number, total = record["fields"][name]["page"], record["source"]["page_count"]
    page = open_page(f"/records/{record['record_id']}")
    page.locator(f"#field-{name}").focus()
    page.wait_for_function("n => document.getElementById('paper').src.includes(`/${n}.png`)", arg=number)
    assert page.locator("#page-label").inner_text() == f"Trang {number} / {total}"
    assert place_on_paper(page, "rect.on") == pytest.approx(record["fields"][name]["bbox"], abs=0.006)


def test_everything_by_keyboard(served: Served, open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type("quyet dinh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=quyet+dinh")
    assert page.locator("mark").count() > 0
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "field-doc_type"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "field-doc_number"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "field-doc_type"
    before = page.evaluate("document.getElementById('sheet').clientWidth")
    page.keyboard.press("+")
    assert page.evaluate("document.getElementById('sheet').clientWidth") > before * 1.1
    page.keyboard.press("Escape")
    assert page.locator("rect.on").count() == 0


def test_pages_turn_with_n_and_p(served: Served, open_page: Open) -> None:
    record = record_of(served, "cong_van")
    page = open_page(f"/records/{record['record_id']}?tab=text")
    page.keyboard.press("n")
    assert page.locator("#page-label").inner_text() == "Trang 2 / 2"
    assert "page=2" in page.locator("[data-tab]").first.get_attribute("href")
    page.keyboard.press("p")
    assert page.locator("#page-label").inner_text() == "Trang 1 / 2"


def test_a_line_of_text_shows_where_it_stands(served: Served, open_page: Open) -> None:
    record = record_of(served, "qd_ca_nhan")
    page = open_page(f"/records/{record['record_id']}?tab=text")
    line = page.locator(".line", has_text="2357/QĐ-UBND").first
    line.click()
    box = [float(part) for part in line.get_attribute("data-box").split()]
    assert place_on_paper(page, "#spot") == pytest.approx(box, abs=0.006)


def test_identity_numbers_are_shown_only_on_asking(served: Served, open_page: Open) -> None:
    record = record_of(served, "qd_ca_nhan")
    path = f"/records/{record['record_id']}"
    page = open_page(f"{path}?tab=text")
    assert "***" in page.locator(".tab-body").inner_text()
    covered = page.request.get(f"{served.url}{path}/pages/1.png").body()
    page = open_page(path)
    page.get_by_role("button", name="Hiện số định danh").click()
    page.wait_for_url("**/reveal")
    page.wait_for_load_state("networkidle")
    bare = page.request.get(page.evaluate("document.getElementById('paper').src")).body()
    assert bare[:4] == b"\x89PNG"
    assert bare != covered
    page.goto(f"{served.url}{path}?tab=files")
    assert "hiện số định danh" in page.locator(".history").last.inner_text()


PATHS = ["/", "/records", "/search?q=uy+ban", "/search?q=khongcotunay", "/quarantine", "/help", "R", "R?tab=text",
         "R?tab=classes", "R?tab=files", "Q"]  # fmt: skip
CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_by_everybody(served: Served, open_page: Open, scheme: str, tmp_path: Path) -> None:
    paper, empty = record_of(served, "cong_van")["record_id"], record_of(served, "rỗng")["record_id"]
    size = WIDE if scheme == "light" else PHONE
    page = open_page("/", size=size, scheme=scheme)
    found = {}
    for number, path in enumerate(PATHS):
        page.goto(served.url + path.replace("R", f"/records/{paper}").replace("Q", f"/records/{empty}"))
        page.wait_for_load_state("networkidle")
        page.screenshot(path=tmp_path / f"{scheme}-{number}.png")
        if problems := page.evaluate(CHECKS):
            found[path] = problems
    assert found == {}, f"screenshots: {tmp_path}"


def test_without_scripts_everything_is_there(served: Served, open_page: Open) -> None:
    record = record_of(served, "cong_van")
    page = open_page(f"/records/{record['record_id']}?page=2", scripts=False)
    assert page.locator("#page-label").inner_text() == "Trang 2 / 2"
    assert page.locator(".field-more").first.is_visible()
    page.get_by_role("link", name="Văn bản", exact=True).click()
    assert page.locator(".line").count() > 10
    page = open_page("/records", scripts=False)
    page.get_by_label("Trạng thái").select_option("quarantined")
    page.get_by_role("button", name="Lọc").click()
    assert page.locator(".row").count() == 1


def test_lists_narrow_to_a_batch(served: Served, open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("link", name="mẻ thử").click()
    assert page.locator("#list").inner_text().startswith("5 hồ sơ")
    assert page.get_by_label("Mẻ").input_value() == "mẻ thử"


def test_quarantined_files_say_what_to_do(served: Served, open_page: Open) -> None:
    page = open_page("/quarantine")
    text = page.locator("main").inner_text()
    assert "E101" in text
    assert "Quét hoặc sao chép lại tệp rồi nạp lại." in text
    page.get_by_role("link", name="rỗng.pdf").click()
    assert "Tệp rỗng" in page.locator(".trouble").inner_text()
