"""The review desk in real browsers, by keyboard alone: four people, one queue, no answer twice."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from desk_papers import PASSWORD, PLACES, Told, add_people, make_paper

from runtime.login import Accounts
from runtime.open import Workshop, open_workshop
from runtime.settings import load_settings
from tests.browser.composing import DAO, KEYS, NGUYEN, THI, Typist
from tests.browser.serving import ARGS, CHROMIUM, ENV, need_chromium, serve

WIDE = {"width": 1366, "height": 768}
CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8")
LEASE_S = 8.0
PAPERS = int(os.environ.get("PAPERS", "16"))  # PAPERS=50 for the whole of it


@dataclass(frozen=True, slots=True)
class Office:
    url: str
    workshop: Workshop
    folder: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server with five people and an empty queue; papers that nobody says a word to go back after four seconds."""
    need_chromium()
    root = tmp_path_factory.mktemp("office")
    (root / "rules.toml").write_text(f"lease_s = {LEASE_S}\n", encoding="utf-8")
    env = {**ENV, "SOHOA_REVIEW_RULES": str(root / "rules.toml")}
    with open_workshop(load_settings({}, home=root / "home")) as workshop:
        add_people(
            Accounts(workshop.catalogue),
            ("quan", "administrator"), ("lan", "operator"), ("minh", "operator"), ("tam", "checker"),
            ("hoa", "operator"),
        )  # fmt: skip
        with serve(root / "home", env) as url:
            yield Office(url, workshop, root)


def test_one_paper_from_log_in_to_decision_by_keyboard_alone(office: Office, chromium: Any) -> None:
    told = Told(number="2110/QĐ-UBND", summary="Về viêc cấp phép", owner="Lò Thị Mây", unsure=("doc_number", "summary"))
    record_id = make_paper(office.workshop, office.folder, "một", told, batch=None).record_id
    complaints: list[str] = []
    desks = {login: _log_in(chromium, office, login, complaints) for login in ("lan", "minh", "tam")}

    lan = desks["lan"]
    take(lan, record_id)
    assert lan.evaluate("document.activeElement.id") == "i-doc_number"
    assert "2110" not in lan.content()  # nowhere on the page of who keys blind
    lan.keyboard.press("Control+Enter")
    assert lan.evaluate("document.activeElement.id") == "i-doc_number"  # unanswered: nothing was sent
    lan.keyboard.type("2170/QĐ-UBND")
    lan.keyboard.press("Enter")
    assert lan.evaluate("document.activeElement.id") == "i-summary"
    assert lan.evaluate("document.querySelector('rect.on')?.dataset.for") == "summary"
    lan.keyboard.press("End")
    lan.keyboard.press("Control+a")
    lan.keyboard.type("Về việc cấp giấy phép xây dựng")
    lan.keyboard.press("Control+Enter")
    lan.wait_for_url(lambda url: url.endswith("/desk?done=all"))

    minh = desks["minh"]
    minh.goto(f"{office.url}/desk")
    take(minh, record_id)
    assert minh.locator(".ask").count() == 1  # the summary is settled
    assert "2110" not in minh.content()
    assert "2170" not in minh.content()
    minh.keyboard.type("2710/QĐ-UBND")
    minh.keyboard.press("Control+Enter")
    minh.wait_for_url(lambda url: url.endswith("/desk?done=all"))

    tam = desks["tam"]
    tam.goto(f"{office.url}/desk")
    take(tam, record_id)
    choices = tam.locator(".choices button").all_inner_texts()
    assert [text.split()[1] for text in choices] == ["2110/QĐ-UBND", "2170/QĐ-UBND", "2710/QĐ-UBND"]
    tam.keyboard.press("Alt+1")
    tam.keyboard.press("Control+Enter")
    tam.wait_for_url(lambda url: url.endswith("/desk?done=all"))

    record = office.workshop.catalogue.records.find(record_id)
    assert record.status == "confirmed"
    assert record.fields.doc_number.value == "2110/QĐ-UBND"
    assert record.fields.summary.value == "Về việc cấp giấy phép xây dựng"
    assert office.workshop.catalogue.history.verify() == ()
    tam.goto(f"{office.url}/records/{record_id}?tab=files")
    history = tam.locator(".history").last.inner_text()
    assert "gõ từ ảnh · Số, ký hiệu" in history
    assert "phân xử" in history
    assert complaints == []
    for page in desks.values():
        page.context.close()


def take(page: Any, record_id: str) -> None:
    """Enter on the button that has the focus, and the paper lies on the desk with its first input ready."""
    page.wait_for_selector("#take:focus")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{record_id}")
    page.wait_for_selector(".ask input:focus, .ask textarea:focus")


def _log_in(browser: Any, office: Office, login: str, complaints: list[str], *, scheme: str = "light") -> Any:
    page = browser.new_context(viewport=WIDE, color_scheme=scheme).new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(office.url) else complaints.append(r.url))
    page.goto(f"{office.url}/desk")
    page.wait_for_url(lambda url: "/login?next=" in url)
    page.wait_for_selector("#login:focus")
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.url}/desk")
    return page


def test_four_browsers_at_one_queue_never_collide(office: Office) -> None:
    ids = {
        make_paper(office.workshop, office.folder, f"năm mươi {i}", Told(number=f"{i}/QĐ-UBND"), batch=None).record_id
        for i in range(PAPERS)
    }
    with ThreadPoolExecutor(1) as thread:  # this thread has the loop of the other browser
        done = thread.submit(lambda: asyncio.run(_settle_all(office, ("lan", "minh", "hoa", "tam")))).result()
    settled = [record_id for papers in done.values() for record_id in papers]
    assert sorted(settled) == sorted(ids)  # each once
    assert all(len(papers) >= 2 for papers in done.values()), done
    for record_id in ids:
        assert office.workshop.catalogue.records.find(record_id).status == "confirmed"
        rows = office.workshop.catalogue.history.of(record_id)
        assert [row.action for row in rows] == ["keyed", "settled"]
        assert len({row.actor for row in rows}) == 1
    assert office.workshop.catalogue.history.verify() == ()


async def _settle_all(office: Office, logins: tuple[str, ...]) -> dict[str, list[str]]:
    from playwright.async_api import async_playwright

    numbers = {one.record_id: str(one.fields.doc_number.value) for one in office.workshop.catalogue.records.iterate()}

    async def work(browser: Any, login: str) -> list[str]:
        page = await (await browser.new_context(viewport=WIDE)).new_page()
        await page.goto(f"{office.url}/login")
        await page.wait_for_selector("#login:focus")
        await page.keyboard.type(login)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{office.url}/desk")
        papers: list[str] = []
        await page.goto(f"{office.url}/desk/next")
        while "/desk/" in page.url:
            record_id = page.url.rsplit("/", 1)[1]
            await page.wait_for_selector(".ask input:focus, .ask textarea:focus")
            await page.keyboard.type(numbers[record_id])
            await page.keyboard.press("Control+Enter")
            await page.wait_for_url(lambda url, now=page.url: url != now)
            papers.append(record_id)
        return papers

    async with async_playwright() as player:
        browsers = [await player.chromium.launch(executable_path=CHROMIUM, args=ARGS) for _ in logins]
        found = await asyncio.gather(*(work(b, login) for b, login in zip(browsers, logins, strict=True)))
        for browser in browsers:
            await browser.close()
    return dict(zip(logins, found, strict=True))


def test_a_box_on_the_paper_is_moved_by_keyboard_and_read_again(office: Office, chromium: Any) -> None:
    told = Told(summary="Ve viec cap phep", unsure=("summary",))
    record_id = make_paper(
        office.workshop, office.folder, "khoanh", told, batch=None, drawn="ABOUT THE PERMIT"
    ).record_id
    complaints: list[str] = []
    lan = _log_in(chromium, office, "lan", complaints)
    take(lan, record_id)
    spot = """() => { const r = document.getElementById('spot');
        return Object.fromEntries(['x', 'y', 'width', 'height'].map((n) => [n, Number(r.getAttribute(n))])); }"""
    lan.keyboard.press("Alt+v")
    assert lan.evaluate("document.activeElement.id") == "view"
    before = lan.evaluate(spot)
    assert before["x"] == pytest.approx(PLACES["summary"][0], abs=1e-6)  # begins where the machine read it
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        lan.keyboard.press(key)
    after = lan.evaluate(spot)
    assert {name: round(after[name] - before[name], 5) for name in before} == {
        "x": -0.01, "y": -0.01, "width": 0.02, "height": 0.02,
    }  # fmt: skip
    lan.keyboard.press("Escape")
    assert lan.evaluate("document.activeElement.id") == "i-summary"  # back where one was, nothing read
    assert lan.locator(".choices button").count() == 0
    lan.keyboard.press("Alt+v")
    lan.keyboard.press("Enter")
    lan.wait_for_selector(".choices button", timeout=60_000)
    assert "Đã đọc lại" in lan.locator("#desk-note").inner_text()
    readings = lan.locator(".choices button span:first-of-type").all_inner_texts()
    assert any("PERMIT" in text for text in readings), readings
    assert "box=1," in (lan.locator(".ask .crop").get_attribute("src") or "")
    assert lan.evaluate("document.activeElement.id") == "i-summary"
    lan.keyboard.press("Alt+1")
    assert lan.locator("#i-summary").input_value() == readings[0]

    lan.keyboard.press("Alt+v")  # and by mouse
    sheet = lan.locator("#sheet").bounding_box()
    assert sheet is not None
    x0, y0, x1, y1 = PLACES["summary"]
    lan.mouse.move(sheet["x"] + (x0 - 0.02) * sheet["width"], sheet["y"] + (y0 - 0.01) * sheet["height"])
    lan.mouse.down()
    lan.mouse.move(sheet["x"] + x1 * sheet["width"], sheet["y"] + y1 * sheet["height"])
    lan.mouse.up()
    lan.locator("#desk-note", has_text=re.compile("^(Đã đọc lại|Đọc lại)")).wait_for(timeout=60_000)
    lan.keyboard.press("Control+Enter")
    lan.wait_for_url(lambda url: url.endswith("/desk?done=all"))
    assert office.workshop.catalogue.records.find(record_id).fields.summary.value == readings[0]
    assert complaints == []
    lan.context.close()


def test_a_paper_whose_browser_died_goes_to_somebody_else(office: Office, chromium: Any) -> None:
    record_id = make_paper(office.workshop, office.folder, "chết", Told(), batch=None).record_id
    complaints: list[str] = []
    lan = _log_in(chromium, office, "lan", complaints)
    take(lan, record_id)
    lan.wait_for_timeout(1.5 * LEASE_S * 1000)
    minh = _log_in(chromium, office, "minh", complaints)
    assert minh.locator("#take").count() == 0  # an open browser keeps its paper
    lan.context.close()
    minh.wait_for_timeout(1.2 * LEASE_S * 1000)
    minh.goto(f"{office.url}/desk/next")
    assert minh.url.endswith(record_id)
    minh.context.close()


def test_what_was_typed_outlives_the_session(office: Office, chromium: Any) -> None:
    told = Told(summary="Về viêc cấp phép", unsure=("summary",))
    record_id = make_paper(office.workshop, office.folder, "hết phiên", told, batch=None).record_id
    lan = _log_in(chromium, office, "lan", [])
    take(lan, record_id)
    lan.keyboard.press("Control+a")
    lan.keyboard.type("Về việc cấp giấy phép")
    token = lan.evaluate("document.getElementById('desk').dataset.token")
    office.workshop.catalogue.people.close_sessions("lan")
    # From here on the page renews nothing: a slow machine is not what is looked at.
    office.workshop.catalogue.queue.renew(record_id, "lan", token, lease_s=600)
    lan.wait_for_selector("#desk-note:has-text('Phiên đăng nhập đã hết')")
    lan.keyboard.press("Control+Enter")
    assert lan.url.endswith(record_id)
    entered = lan.context.request.post(f"{office.url}/api/login", data={"login": "lan", "password": PASSWORD})
    assert entered.ok
    lan.wait_for_selector("#desk-note:has-text('gửi được')")
    lan.keyboard.press("Control+Enter")
    lan.wait_for_url(lambda url: not url.endswith(record_id))  # the next paper, or none
    assert office.workshop.catalogue.records.find(record_id).fields.summary.value == "Về việc cấp giấy phép"
    lan.context.close()


def test_two_records_are_joined_by_keyboard_and_the_form_says_why_it_cannot(office: Office, chromium: Any) -> None:
    ids = [make_paper(office.workshop, office.folder, f"ghép {i}", Told(), batch=None).record_id for i in range(2)]
    complaints: list[str] = []
    lan = _log_in(chromium, office, "lan", complaints)
    lan.goto(f"{office.url}/desk/{ids[0]}/pages")
    lan.locator(".join summary").focus()
    lan.keyboard.press("Enter")
    lan.locator("#code").focus()
    lan.keyboard.type(ids[1][:12])
    lan.keyboard.press("Enter")
    lan.wait_for_url(f"**/pages?other={ids[1][:12]}")
    assert lan.locator(".cut-page").count() == 2
    lan.wait_for_selector(".cut-page input:focus")
    lan.keyboard.press("r")  # turned, and seen so
    lan.keyboard.press("ArrowRight")
    lan.keyboard.press("b")
    assert "2 trang thành 2 văn bản" in lan.locator("#cut-summary").inner_text()
    lan.keyboard.press("v")
    lan.wait_for_selector("#big[open]")
    lan.keyboard.press("Escape")
    assert lan.evaluate("document.activeElement.id") == f"part:{ids[1]}:1"  # back where one was
    lan.wait_for_timeout(1.5 * LEASE_S * 1000)  # looking takes its time: the papers stay here
    lan.locator("#reason").focus()
    lan.keyboard.type("một văn bản hai tờ")
    lan.keyboard.press("Control+Enter")
    lan.wait_for_selector(".problem")  # what these invented originals hold is no PDF that could be copied from
    values = [lan.locator(f"[id='{name}:{one}:1']").input_value() for one in ids for name in ("part", "turn")]
    assert values == ["1", "90", "2", "0"]  # nothing that was said is lost
    assert lan.locator("#reason").input_value() == "một văn bản hai tờ"
    assert [text for text in complaints if "422" not in text] == []
    lan.context.close()
    for record_id in ids:
        office.workshop.catalogue.queue.release(record_id, "lan")
        assert office.workshop.catalogue.records.find(record_id).status == "needs_review"
        with office.workshop.catalogue.database.write() as connection:
            office.workshop.catalogue.queue.remove_in(connection, record_id)


def test_filters_are_walked_by_keys_and_count_when_enter_says_so(office: Office, chromium: Any) -> None:
    for i, field in enumerate(("Đất đai", "Hộ tịch", "Hộ tịch")):
        make_paper(office.workshop, office.folder, f"lọc {i}", Told(field=field), batch="mẻ lọc")
    lan = _log_in(chromium, office, "lan", [])
    lan.wait_for_selector("#take:focus")
    whole = lan.locator("#list").inner_text()
    lan.locator("#f-field").focus()
    lan.keyboard.press("ArrowDown")  # walks through the list: nothing is loaded, the focus stays
    lan.keyboard.press("End")  # what occurs least
    assert lan.url.endswith("/desk")
    assert lan.evaluate("document.activeElement.id") == "f-field"
    assert "↵" in lan.locator("[data-filter-note]").inner_text()
    lan.keyboard.press("Enter")
    lan.wait_for_url(lambda url: "field=" in url)
    lan.wait_for_selector("#f-field:focus")  # and where one was is where one is
    assert lan.locator("#list").inner_text() == "1 hồ sơ chờ"
    lan.locator("#f-order").focus()
    with lan.expect_navigation():
        lan.mouse.move(1, 1)
        lan.locator("#f-field").dispatch_event("pointerdown")
        lan.locator("#f-field").select_option("")  # by mouse it counts at once
    assert lan.locator("#list").inner_text() == whole

    lan.goto(f"{office.url}/desk/next")
    lan.wait_for_selector("#i-doc_number:focus")
    lan.keyboard.press("Escape")  # ends what an input method has open; the field keeps the focus
    assert lan.evaluate("document.activeElement.id") == "i-doc_number"
    record_id = lan.url.rsplit("/", 1)[1]
    assert record_id in office.workshop.catalogue.queue.held_by("lan")
    lan.get_by_role("button", name="Về hàng đợi").focus()
    lan.keyboard.press("Enter")
    lan.wait_for_url(f"{office.url}/desk")
    assert record_id not in office.workshop.catalogue.queue.held_by("lan")
    lan.context.close()


def test_the_paper_scanned_beside_is_offered_and_another_letterhead_is_the_first_guess(
    office: Office, chromium: Any
) -> None:
    ids = [make_paper(office.workshop, office.folder, f"cạnh {i}", Told()).record_id for i in range(3)]
    make_paper(office.workshop, office.folder, "mẻ khác", Told(), batch="mẻ hai")
    lan = _log_in(chromium, office, "lan", [])
    lan.goto(f"{office.url}/desk/{ids[1]}/pages")
    lan.wait_for_selector(".cut-page input:focus")
    offered = lan.locator("#other option").evaluate_all("all => all.map((one) => one.value)")
    assert offered == [ids[0], ids[2]]  # the files before and after it, not those of another batch
    lan.context.close()


def test_desk_pages_can_be_read_by_everybody(office: Office, chromium: Any, tmp_path: Path) -> None:
    for i in range(6):
        told = Told(
            number=f"{i}/KH-SXD",
            owner="Lò Văn Pâng",
            owner_id="079123456789",
            unsure=("doc_number", "summary", "owner_id"),
        )
        make_paper(office.workshop, office.folder, f"đọc {i}", told, batch="mẻ đọc")
    problems = {}
    for scheme, login in (("light", "quan"), ("dark", "quan")):
        page = _log_in(chromium, office, login, [], scheme=scheme)
        page.goto(f"{office.url}/desk/next")
        here = page.url.removeprefix(office.url)
        paths = [
            "/desk",
            here,
            f"{here}/pages",
            "/desk/group?item=doc_number",
            "/desk/quality",
            "/people",
            "/history?check=true",
            "/password",
        ]
        for number, path in enumerate(paths):
            page.goto(office.url + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=tmp_path / f"{scheme}-{number}.png")
            if found := page.evaluate(CHECKS):
                problems[f"{scheme} {path}"] = found
        page.context.close()
    assert problems == {}, f"screenshots: {tmp_path}"


def test_a_name_is_composed_by_an_input_method_and_no_key_of_it_is_taken_for_a_command(
    office: Office, chromium: Any
) -> None:
    told = Told(unsure=("issuing_agency_name", "summary"))
    record_id = make_paper(office.workshop, office.folder, "bộ gõ", told, batch="mẻ bộ gõ").record_id
    complaints: list[str] = []
    page = _log_in(chromium, office, "lan", complaints)
    page.goto(f"{office.url}/desk?batch=mẻ bộ gõ")
    page.wait_for_selector("#take:focus")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{record_id}?*")
    typist, here = Typist(page), page.url

    def type_words(item: str, words: tuple[tuple[str, ...], ...]) -> str:
        page.focus(f"#i-{item}")
        page.keyboard.press("Control+a")
        typed = ""
        for word in words:
            typist.compose(word)
            if item == "issuing_agency_name":  # references are offered while it is composed
                page.wait_for_selector(f"#list-{item} [role=option]")
            for key in (*KEYS, ("Escape", "Escape", 0)):
                typist.key(*key)
                state = page.evaluate("[document.activeElement.id, document.activeElement.value, location.href]")
                assert state == [f"i-{item}", typed + word[-1], here], key
                assert page.locator("[role=option][aria-selected=true]").count() == 0, key
            typist.commit(word[-1])
            page.keyboard.press("Space")
            typed += f"{word[-1]} "
        return page.input_value(f"#i-{item}")

    assert type_words("summary", (NGUYEN, THI, DAO)) == "Nguyễn Thị Đào "
    assert type_words("issuing_agency_name", (("S", "So", "Sở"),)) == "Sở "
    typist.key("Enter", "Enter")  # the last key of the composition, as Safari sends it: after its end
    assert page.evaluate("document.activeElement.id") == "i-issuing_agency_name"
    page.keyboard.press("Enter")  # no longer the input method's
    assert page.evaluate("document.activeElement.id") == "i-summary"
    assert complaints == []
    page.context.close()
