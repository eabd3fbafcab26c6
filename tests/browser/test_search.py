"""The search page as people meet it: by keyboard, hits boxed on the paper where the words stand, text to be copied,
searches kept, results exported with a purpose."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from schemas.reading import Reading
from storage.folding import fold_key
from storage.layout import decode_layout
from storage.store import open_store
from tests.browser.composing import DAO, KEYS, NGUYEN, THI, Typist

if TYPE_CHECKING:
    from tests.browser.conftest import Served

Open = Callable[..., Any]
CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8")


@pytest.fixture
def open_page(chromium: Any, served: Served) -> Iterator[Open]:
    """Opens a path; afterwards nothing may have been refused by the policy, failed, or come from elsewhere."""
    contexts, complaints = [], []

    def open_(path: str, *, size: tuple[int, int] = (1366, 768)) -> Any:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
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


def fetch(served: Served, path: str) -> Any:
    with urllib.request.urlopen(served.url + path, timeout=20) as answer:
        return json.load(answer)


def reading_of(served: Served, record_id: str) -> Reading:
    key = fetch(served, f"/api/records/{record_id}")["objects"]["layout"]
    return decode_layout(open_store(f"folder:{served.home / 'store'}").get(key))


def rounded(box: Any) -> tuple[float, ...]:
    return tuple(round(float(part), 4) for part in box)


def test_from_the_question_to_the_words_on_the_paper_by_keyboard(served: Served, open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("/")
    page.keyboard.type("loai:quyet")
    page.wait_for_selector("#suggestions li")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.getElementById('q').getAttribute('aria-activedescendant')") == "suggestion-0"
    page.keyboard.press("Enter")
    assert page.locator("#q").input_value().startswith('loai:"Quyết định"')
    page.keyboard.type("uy ban nhan dan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert "Loại văn bản: Quyết định" in page.locator(".note").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*q=*")
    record_id = page.url.split("/records/")[1].split("?")[0]

    words = [
        (page_.number, rounded(word.box.as_tuple()), fold_key(word.text).split())
        for page_ in reading_of(served, record_id).pages
        for line in page_.lines
        for word in line.words
    ]
    long, short = ["uy", "ban", "nhan", "dan"], "ubnd"
    flat = [(n, folded) for n, (_, _, words_) in enumerate(words) for folded in words_]
    expected = {n for n, folded in flat if folded == short}
    for at in range(len(flat) - 3):
        if [folded for _, folded in flat[at : at + 4]] == long:
            expected |= {n for n, _ in flat[at : at + 4]}
    boxed = page.evaluate(
        """() => Array.from(document.querySelectorAll('rect.hit'), r => [Number(r.dataset.page),
             +r.getAttribute('x'), +r.getAttribute('y'), +r.getAttribute('x') + +r.getAttribute('width'),
             +r.getAttribute('y') + +r.getAttribute('height')])"""
    )
    assert {(int(b[0]), rounded(b[1:])) for b in boxed} == {words[n][:2] for n in expected}
    assert expected

    page.keyboard.press("h")
    page.wait_for_timeout(400)  # smooth scrolling
    count = page.locator("#hit-label").get_attribute("data-count")
    assert page.locator("#hit-label").inner_text() == f"Chỗ khớp 1 / {count}"
    assert page.locator("rect.hit.now").first.is_visible()
    place = page.evaluate(
        """() => { const v = document.getElementById('view').getBoundingClientRect();
             const r = document.querySelector('rect.hit.now').getBoundingClientRect();
             return r.top >= v.top && r.bottom <= v.bottom; }"""
    )
    assert place
    page.keyboard.press("Shift+H")
    assert page.locator("#hit-label").inner_text() == f"Chỗ khớp {count} / {count}"


def test_a_name_is_composed_by_an_input_method_while_completions_are_offered(open_page: Open) -> None:
    page = open_page("/")
    page.focus("#q")
    typist, here = Typist(page), page.url
    state = "[document.activeElement.id, document.activeElement.value, location.href]"
    typed = "loai:"
    page.keyboard.type(typed)
    for word in (("Q", "Qu", "Quy", "Quye", "Quyê", "Quyêt", "Quyết"), NGUYEN, THI, DAO):
        typist.compose(word)
        if typed == "loai:":
            page.wait_for_selector("#suggestions li")
        for key in KEYS:
            typist.key(*key)
            assert page.evaluate(state) == ["q", typed + word[-1], here], key
            assert page.locator("#suggestions [aria-selected=true]").count() == 0, key
        typist.commit(word[-1])
        page.keyboard.press("Space")
        typed += f"{word[-1]} "
    page.keyboard.press("Enter")  # no longer the input method's
    page.wait_for_url("**/search?q=*")
    assert page.input_value("#q").strip() == "loai:Quyết Nguyễn Thị Đào"


def test_the_words_of_the_picture_can_be_copied(served: Served, open_page: Open) -> None:
    record_id = fetch(served, "/api/search?q=quyet+dinh")["results"][0]["record_id"]
    page = open_page(f"/records/{record_id}?q=quyet+dinh")
    page.wait_for_selector("#words text")
    first = reading_of(served, record_id).pages[0].lines[0]
    copied = page.evaluate(
        """() => { const text = document.querySelector('#words text'); const range = document.createRange();
             range.selectNodeContents(text); getSelection().removeAllRanges(); getSelection().addRange(range);
             return getSelection().toString().trim(); }"""
    )
    assert copied == first.text
    lies = page.evaluate(
        """() => { const p = document.getElementById('paper').getBoundingClientRect();
             const r = document.querySelector('#words text').getBoundingClientRect();
             return [(r.left - p.left) / p.width, (r.right - p.left) / p.width]; }"""
    )
    assert lies == pytest.approx([first.box.x0, first.box.x1], abs=0.02)
    lines = fetch(served, f"/api/records/{record_id}/pages/1/text")["lines"]
    assert rounded(lines[0]["bbox"]) == rounded(first.box.as_tuple())


def test_results_are_narrowed_sorted_kept_and_exported(served: Served, open_page: Open) -> None:
    page = open_page("/search?q=uy+ban")
    total = page.locator("[role=status]").first.inner_text()
    facet = page.locator(".facets li a").first
    count = facet.locator("xpath=following-sibling::span").inner_text()
    facet.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("[role=status]").first.inner_text() == f"{count} hồ sơ" != total
    page.locator(".chosen .tag").first.click()
    page.get_by_role("link", name="Mới nhất").click()
    page.wait_for_load_state("networkidle")
    dates = page.locator(".row time").evaluate_all("all => all.map(t => t.dateTime)")
    assert dates == sorted(dates, reverse=True)

    page.get_by_label("Lưu tìm kiếm này với tên").fill("Văn bản của ủy ban")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    saved = page.locator(".saved a", has_text="Văn bản của ủy ban")
    assert "sort=newest" in (saved.get_attribute("href") or "")

    page.get_by_label("Mục đích xuất").fill("Trả lời yêu cầu của công dân")
    page.get_by_role("button", name="Xuất").click()
    page.wait_for_url("**/search/exports")
    page.wait_for_selector("a:has-text('Tải csv')", timeout=20_000)
    with page.expect_download() as download:
        page.locator("a:has-text('Tải csv')").first.click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == 1 + fetch(served, "/api/search?q=uy+ban")["total"]
    with sqlite3.connect(served.home / "catalogue.db") as database:
        (purpose,) = database.execute("select purpose from search_exports").fetchone()
        actions = {row[0] for row in database.execute("select action from events")}
    assert purpose == "Trả lời yêu cầu của công dân"
    assert {"export_search", "download_export"} <= actions

    page.goto(f"{served.url}/search")
    page.get_by_role("button", name="Xóa Văn bản của ủy ban").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".saved").count() == 0


def test_a_question_that_cannot_be_taken_explains_itself(served: Served, open_page: Open) -> None:
    page = open_page("/search?q=loai:quyet+dinhh+ubnd")
    assert "Quyết định" in page.locator(".note").first.inner_text() or page.locator(".row").count()
    page = open_page("/search?q=loia:quyet+dinh")
    assert "Có phải “loai:”?" in page.locator(".note").first.inner_text()


def test_the_new_pages_can_be_read_by_everybody(served: Served, open_page: Open) -> None:
    record_id = fetch(served, "/api/search?q=quyet+dinh")["results"][0]["record_id"]
    for size in ((1366, 768), (390, 844)):
        page = open_page("/search", size=size)
        found = {}
        for path in ("/search?q=quyet+dinhh+loia:x", "/search/exports", f"/records/{record_id}?q=quyet&tab=related"):
            page.goto(served.url + path)
            page.wait_for_load_state("networkidle")
            if problems := page.evaluate(CHECKS):
                found[path] = problems
        assert found == {}
