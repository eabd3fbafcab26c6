"""The desk's pages and JSON: rights, forged requests, somebody else's papers, script in names, one error shape."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[2]))

from desk_papers import PASSWORD, Told, add_people, make_paper

from runtime.login import Accounts
from runtime.open import Workshop, open_workshop
from runtime.settings import load_settings
from schemas.errors import BadSettings
from schemas.plan import Plan, PlanSource, PlanTask
from schemas.scope import EVERYTHING, Scope
from web import api, login, pages, people, plan_pages
from web.app import create_app
from web.gate import COOKIE, safe_next
from web.review import act_pages, desk_api, desk_pages, quality_pages
from web.review.picking import pick
from web.search import api as search_api
from web.search import pages as search_pages

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'
LOCAL = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Site:
    app: Any
    workshop: Workshop
    folder: Path
    mine: str
    other: str

    def client(self, login: str | None = None) -> TestClient:
        client = TestClient(self.app, base_url=LOCAL)
        if login:
            accounts = self.app.state.desk.accounts
            person = self.workshop.catalogue.people.find(login)
            client.cookies.set(COOKIE, accounts.open_session(person, how="login"))
        return client

    def csrf(self, client: TestClient) -> str:
        return str(client.get("/api/me").json()["csrf"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("desk")
    settings = load_settings({}, home=folder / "home")
    with open_workshop(settings) as workshop:
        quick = Accounts(workshop.catalogue, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        add_people(quick, ("quan", "administrator"), ("lan", "operator"), ("tam", "checker"), ("luu", "archivist"))
        limited = Scope(agencies=frozenset({"Sở Xây dựng"}))
        add_people(quick, ("hoa", "operator"), scope=limited)
        mine = make_paper(
            workshop, folder, f"giấy {EVIL}", Told(agency="Sở Xây dựng", summary=EVIL, owner_id="079123456789",
                                                   unsure=("doc_number", "summary", "owner_id")),
        ).record_id  # fmt: skip
        other = make_paper(workshop, folder, "giấy khác", Told(agency="Sở Y tế")).record_id
        app = create_app(settings)
        with TestClient(app, base_url=LOCAL):
            yield Site(app, workshop, folder, mine, other)


def fill(path: str, record_id: str) -> str:
    values = {"record_id": record_id, "login": "lan", "item": "doc_number", "number": "1", "saved_id": "1"}
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path


OPEN = {"/healthz", "/favicon.ico", "/login", "/login/oidc", "/login/oidc/back", "/api/login"}


def all_paths() -> list[tuple[str, str]]:
    """(method, path) of every route of every room of the web."""
    rooms = (
        api,
        pages,
        login,
        people,
        desk_api,
        desk_pages,
        act_pages,
        quality_pages,
        plan_pages,
        search_api,
        search_pages,
    )
    return sorted(
        (m, r.path) for room in rooms for r in room.router.routes if isinstance(r, APIRoute) for m in r.methods
    )


def test_without_a_session_nothing_is_shown(site: Site) -> None:
    client = site.client()
    paths = [(m, p) for m, p in all_paths() if p not in OPEN and not p.startswith("/static")]
    assert len(paths) > 30
    for method, path in paths:
        answer = client.request(method, fill(path, site.mine), follow_redirects=False)
        if path.startswith("/api/"):
            assert answer.status_code == 401, path
            assert answer.json()["ok"] is False
        else:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login"), path


@pytest.mark.parametrize("cookie", ["x" * 43, "", "' or 1=1 --", "null", "A" * 4000])
def test_a_forged_session_is_none(site: Site, cookie: str) -> None:
    client = site.client()
    answer = client.get("/desk", headers={"Cookie": f"{COOKIE}={cookie}"}, follow_redirects=False)
    assert answer.headers["location"].startswith("/login")


def test_every_write_needs_the_token_of_its_session(site: Site) -> None:
    client = site.client("quan")
    foreign = site.csrf(site.client("tam"))
    writes = [p for m, p in all_paths() if m == "POST" and p not in OPEN and "reveal" not in p]
    assert len(writes) > 18
    before = site.workshop.catalogue.history.head()
    for path in writes:
        where = fill(path, site.mine)
        for token in ("", foreign):
            if path.startswith("/api/"):
                answer = client.post(where, json={}, headers={"X-CSRF-Token": token})
            else:
                answer = client.post(where, data={"csrf": token}, follow_redirects=False)
            assert answer.status_code == 403, path
    assert site.workshop.catalogue.history.head() == before


@pytest.mark.parametrize("headers", [{"Origin": "http://xau.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_writes_from_other_sites_are_refused_even_with_everything_else_right(
    site: Site, headers: dict[str, str]
) -> None:
    client = site.client("lan")
    data = {"csrf": site.csrf(client)}
    assert client.post(f"/desk/{site.mine}/release", data=data, headers=headers).status_code == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    client = site.client()
    answer = client.post("/login", data={"login": "lan", "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    answer = client.post("/login", data={"login": "lan", "password": "nhầm rồi đó"}, follow_redirects=False)
    assert answer.status_code == 401
    assert "nhầm rồi đó" not in answer.text


@pytest.mark.parametrize(
    ("asked", "given"),
    [("/desk", "/desk"), ("/records?page=2", "/records?page=2"), ("//xau.example", "/desk"),
     ("http://xau.example", "/desk"), ("/\\xau.example", "/desk"), ("javascript:alert(1)", "/desk"),
     ("/logout", "/desk"), ("/a\nb", "/desk"), ("", "/desk")],
)  # fmt: skip
def test_after_log_in_only_to_our_own_pages(asked: str, given: str) -> None:
    assert safe_next(asked) == given


RIGHTS = [
    ("/people", {"quan"}), ("/history", {"quan"}), ("/desk/quality", {"quan", "tam"}), ("/desk/group", {"quan", "tam"}),
    ("/desk", {"quan", "tam", "lan"}), ("/records", {"quan", "tam", "lan", "luu"}),
    ("/records/R/original", {"quan", "tam", "luu"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "allowed"), RIGHTS)
def test_each_role_sees_its_pages(site: Site, path: str, allowed: set[str]) -> None:
    for who in ("quan", "tam", "lan", "luu"):
        answer = site.client(who).get(path.replace("R", site.other) if "/R/" in path else path)
        assert answer.status_code == (200 if who in allowed else 403), (who, path)


def test_papers_of_other_agencies_are_not_there_for_who_is_limited(site: Site) -> None:
    client = site.client("hoa")
    rows = client.get("/api/records").json()
    assert [row["record_id"] for row in rows["records"]] == [site.mine]
    assert rows["total"] == 1
    assert "Sở Y tế" not in client.get("/records").text
    assert [task["record_id"] for task in client.get("/api/desk").json()["tasks"]] == [site.mine]
    token = {"X-CSRF-Token": site.csrf(client)}
    for path in ("/records/{}", "/api/records/{}", "/records/{}/pages/1.png", "/records/{}/text.txt", "/api/desk/{}"):
        assert client.get(path.format(site.other[:8])).status_code == 404, path
        assert client.get(path.format(site.other)).status_code == 404, path
    for path, body in ((f"/api/desk/{site.other}/answers", {"token": "x", "values": {}}),
                       (f"/api/desk/{site.other}/lease", {"token": "x"})):  # fmt: skip
        assert client.post(path, json=body, headers=token).status_code in (404, 409), path


def test_search_and_plans_keep_to_what_a_person_may_open(site: Site) -> None:
    limited, whole = site.client("hoa"), site.client("quan")
    for _ in range(100):  # the index follows within a second or so
        if whole.get("/api/search", params={"q": "so"}).json()["total"] == 2:
            break
        time.sleep(0.2)
    seen = {one["record_id"] for one in whole.get("/api/search", params={"q": "so"}).json()["results"]}
    assert seen == {site.mine, site.other}
    found = limited.get("/api/search", params={"q": "so"}).json()
    assert found["total"] == 1
    assert [one["record_id"] for one in found["results"]] == [site.mine]
    assert "Sở Y tế" not in limited.get("/search", params={"q": "so"}).text
    for path in ("/progress", "/plans", "/progress/records", "/progress/table.csv"):
        assert limited.get(path).status_code == 403, path
        assert whole.get(path).status_code == 200, path
    assert "/progress" not in limited.get("/").text


@pytest.mark.parametrize(
    "record_id",
    ["../../etc/passwd", "..%2f..%2fcatalogue.db", "%00", "a" * 300, "'; drop table records; --", "*", "%25", "\u202e"],
)
def test_path_tricks_in_record_ids_find_nothing(site: Site, record_id: str) -> None:
    client = site.client("quan")
    for path in (
        "/records/{}",
        "/api/records/{}",
        "/api/desk/{}",
        "/records/{}/original",
        "/desk/{}/crop/doc_number.png",
    ):
        answer = client.get(path.format(record_id), follow_redirects=False)
        assert answer.status_code in (303, 404, 409), (path, answer.status_code)
        assert "root:" not in answer.text


def test_script_in_names_and_values_stays_text(site: Site) -> None:
    client = site.client("lan")
    for path in ("/desk", f"/desk/{site.mine}", f"/records/{site.mine}", f"/records/{site.mine}?tab=files"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in client.get(f"/desk/{site.mine}").text
    token = site.csrf(client)
    client.post("/desk/filters", data={"csrf": token, "name": EVIL, "query": "stage=first"})
    assert "<script>alert" not in client.get("/desk").text


def test_the_hidden_value_is_nowhere_in_what_the_first_person_gets(site: Site) -> None:
    client = site.client("lan")
    page = client.get("/desk").text + client.get(f"/desk/{site.mine}").text
    paper = client.get(f"/api/desk/{site.mine}").json()
    for secret in ("12/QĐ-UBND", "079123456789"):
        assert secret not in page
        assert secret not in str(paper)
    assert {item["item"]: item["value"] for item in paper["items"]} == {
        "doc_number": None, "summary": EVIL, "owner_id": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/records/{}", "/api/records/{}", "/records/{}/text.txt", "/records/{}/copy.pdf", "/api/records/{}/pages/1/text",
     "/api/records/{}/hits?q=2110", "/api/records/{}/related", "/progress/records?what=digitized",
     "/progress/records?what=waiting&agency=Ủy ban nhân dân xã Cam Lộ", "/progress/records?what=waiting&agency="],
)  # fmt: skip
def test_who_keys_a_paper_blind_cannot_read_it_elsewhere_until_it_is_given_back(site: Site, path: str) -> None:
    paper = make_paper(site.workshop, site.folder, f"giấy giữ {path}", Told(unsure=("doc_number",))).record_id
    reader, asked = site.client("tam"), path.format(paper)
    assert "Gửi" in reader.get(f"/desk/{paper}", follow_redirects=False).text
    try:
        refused = reader.get(asked)
        assert refused.status_code == 403
        assert "E313" in refused.text
        assert site.client("luu").get(asked).status_code != 403
        assert reader.get(f"/records/{paper}/pages/1.png").status_code == 200
    finally:
        given_back = reader.post(f"/api/desk/{paper}/release", headers={"x-csrf-token": site.csrf(reader)})
    assert given_back.status_code == 200, given_back.text
    assert reader.get(asked).status_code != 403


NUMBER, DATE, OFFICE, SUMMARY = "987/GPXD-KIN", "2019-07-31", "Sở Kín Đáo", "Cấp phép xưởng mộc Hoa Ban"
SECRETS = (NUMBER, DATE, "31/07/2019", OFFICE, SUMMARY, "Hoa Ban", "GPXD-KIN")
LISTS = ("/", "/records", "/records?status=needs_review", "/records?batch=mẻ kín", "/search?q=xuong moc hoa ban",
         "/search?q=so:987", "/api/records", "/api/records?batch=mẻ kín", "/api/search?q=xuong moc hoa ban",
         "/progress/records?what=waiting")  # fmt: skip


@pytest.fixture(scope="module")
def hidden(site: Site) -> str:
    """A paper of which the number is doubtful, searchable by its trích yếu."""
    told = Told(number=NUMBER, date=DATE, agency=OFFICE, summary=SUMMARY)
    paper = make_paper(site.workshop, site.folder, "giấy gõ kín", told, batch="mẻ kín").record_id
    reader = site.client("luu")
    for _ in range(100):  # the index follows within a second or so
        if reader.get("/api/search", params={"q": "xuong moc hoa ban"}).json()["total"] == 1:
            return paper
        time.sleep(0.2)
    raise AssertionError("the paper is not in the index")


@pytest.mark.parametrize("path", LISTS)
def test_no_list_tells_who_keys_a_paper_blind_what_was_read_from_it(site: Site, hidden: str, path: str) -> None:
    keys, looks = site.client("tam"), site.client("quan")
    assert "Gửi" in keys.get(f"/desk/{hidden}", follow_redirects=False).text
    try:
        closed, open_ = keys.get(path), looks.get(path)
    finally:
        keys.post(f"/api/desk/{hidden}/release", headers={"x-csrf-token": site.csrf(keys)})
    assert closed.status_code == open_.status_code == 200
    # What was asked stands on the page of whoever asked it; all else must be gone.
    shown = closed.text.replace("xuong moc hoa ban", "")
    assert [secret for secret in SECRETS if secret in shown] == []
    if path in ("/", "/progress/records?what=waiting"):  # neither found nor ordered by what was read
        assert hidden in shown
    else:
        assert hidden not in shown
    assert "gõ kín" in shown or '"left_out":1' in shown
    assert NUMBER in open_.text
    assert NUMBER in keys.get(path).text  # given back: as before


def test_no_number_of_progress_moves_when_a_paper_is_taken_to_be_keyed_blind(site: Site, hidden: str) -> None:
    keys = site.client("tam")
    before = keys.get("/progress").text
    assert OFFICE in before
    assert keys.get(f"/desk/{hidden}", follow_redirects=False).status_code == 200
    try:
        during = keys.get("/progress").text
    finally:
        keys.post(f"/api/desk/{hidden}/release", headers={"x-csrf-token": site.csrf(keys)})
    figures = re.compile(r'<ul class="tiles">.*', re.S)
    assert figures.findall(during) == figures.findall(before) != []


def test_facets_and_exports_do_not_tell_it_either(site: Site, hidden: str) -> None:
    keys = site.client("tam")
    page = keys.get("/search", params={"q": "xuong moc hoa ban"}).text
    token = page.split('class="keep"', 1)[1].split('name="token" value="', 1)[1].split('"', 1)[0]
    assert OFFICE in keys.get("/api/search", params={"q": "xuong moc"}).json()["facets"]["issuing_agency_name"]
    keys.get(f"/desk/{hidden}")
    try:
        assert OFFICE not in keys.get("/api/search", params={"q": "xuong moc"}).text
        order = {"token": token, "purpose": "xem số của giấy", "form": "csv", "csrf": site.csrf(keys)}
        assert "E313" in keys.post("/search/exports", params={"q": "xuong moc"}, data=order).text
        assert "E313" in keys.get("/search/exports/bất-kỳ").text
    finally:
        keys.post(f"/api/desk/{hidden}/release", headers={"x-csrf-token": site.csrf(keys)})
    answer = keys.post("/search/exports", params={"q": "xuong moc"}, data=order, follow_redirects=False)
    assert answer.status_code == 303


RIGHT_OR_WRONG = (
    ("/api/records", {"year": "2019"}, {"year": "2018"}),
    ("/api/records", {"doc_type": "quyet_dinh", "year": "2019"}, {"doc_type": "giay_phep", "year": "2019"}),
    ("/api/records", {"batch": "mẻ kín", "year": "2019"}, {"batch": "mẻ kín", "year": "2018"}),
    ("/api/search", {"q": "so:987"}, {"q": "so:978"}),
    ("/api/search", {"q": "987/GPXD-KIN"}, {"q": "978/GPXD-KIN"}),
    ("/api/search", {"q": "ngay:2019-07-31"}, {"q": "ngay:2019-07-30"}),
    ("/api/search", {"q": "", "date_from": "2019-07-31", "date_to": "2019-07-31"},
     {"q": "", "date_from": "2019-07-30", "date_to": "2019-07-30"}),
    ("/api/search", {"q": "so:987 -hoa"}, {"q": "so:987 -hue"}),
    ("/api/search/complete", {"q": "nam:2019"}, {"q": "nam:1919"}),
)  # fmt: skip


@pytest.mark.parametrize(("path", "right", "wrong"), RIGHT_OR_WRONG)
def test_a_right_guess_is_answered_as_a_wrong_one_to_who_keys_blind(
    site: Site, hidden: str, path: str, right: dict[str, str], wrong: dict[str, str]
) -> None:
    def answers(client: TestClient) -> list[Any]:
        found = [client.get(path, params=guess).raise_for_status().json() for guess in (right, wrong)]
        return [
            {key: value for key, value in one.items() if key != "notes"} for one in found
        ]  # they say what was asked

    keys, looks = site.client("tam"), site.client("quan")
    keys.get(f"/desk/{hidden}")
    try:
        blind, open_ = answers(keys), answers(looks)
    finally:
        keys.post(f"/api/desk/{hidden}/release", headers={"x-csrf-token": site.csrf(keys)})
    assert blind[0] == blind[1]
    assert open_[0] != open_[1]  # the guess is a good one: somebody else is told
    assert answers(keys)[0] == open_[0]  # and so is this person, once the paper is given back


def test_filters_beside_a_list_do_not_count_the_paper_that_is_keyed_blind(site: Site, hidden: str) -> None:
    keys = site.client("tam")
    before, year = keys.get("/records").text, '<option value="2019">2019 (1)</option>'
    assert year in before
    keys.get(f"/desk/{hidden}")
    try:
        during = keys.get("/records").text
        assert '<option value="2019"' not in during
        assert "1 văn bản đang gõ kín không tính" in during
        inside = keys.get("/records", params={"batch": "mẻ kín"}).text
        assert "0 hồ sơ" in inside
        total = re.compile(r">(\d+) hồ sơ, mới")
        assert int(total.search(during)[1]) == int(total.search(before)[1]) - 1  # type: ignore[index]
        assert year in site.client("quan").get("/records").text
    finally:
        keys.post(f"/api/desk/{hidden}/release", headers={"x-csrf-token": site.csrf(keys)})
    assert year in keys.get("/records").text


def test_a_plan_that_is_keyed_blind_tells_nothing_in_the_list_of_plans(site: Site) -> None:
    told = Told(number="31/KH-KIN", agency="Sở Kế Kín", summary="Kế hoạch kín đáo", unsure=("doc_number",))
    record = make_paper(site.workshop, site.folder, "kế hoạch kín", told)
    place = PlanSource(page=1, line=3, start=0, end=5)
    due = date.today().isoformat()
    task = PlanTask(id="II-1", section=None, ordinal=1, text="Việc của kế hoạch kín", deadline_date=due, source=place)
    plan = Plan(title="Kế hoạch kín đáo", issuer="Sở Kế Kín", period="năm 2031", tasks=(task,))
    site.workshop.catalogue.records.save(record.model_copy(update={"kind": "plan", "plan": plan}))
    keys, looks = site.client("tam"), site.client("quan")
    secrets = ("31/KH-KIN", "Sở Kế Kín", "Kế hoạch kín đáo", "năm 2031", "Việc của kế hoạch kín")
    assert "Gửi" in keys.get(f"/desk/{record.record_id}", follow_redirects=False).text
    try:
        assert [secret for secret in secrets if secret in keys.get("/plans").text] == []
        assert secrets[-1] not in keys.get("/progress").text
        assert "kế hoạch kín.pdf" in keys.get("/plans").text
        assert "E313" in keys.get(f"/plans/{record.record_id}").text
        assert "E313" in keys.get(f"/plans/{record.record_id}/tasks.csv").text
        for secret in secrets[1:]:
            assert secret in looks.get("/plans").text
    finally:
        keys.post(f"/api/desk/{record.record_id}/release", headers={"x-csrf-token": site.csrf(keys)})
    assert "Kế hoạch kín đáo" in keys.get("/plans").text


def test_the_queue_leaves_out_whatever_is_asked_blind_of_a_sampled_paper(site: Site) -> None:
    told = Told(number="55/SM-KIN", agency="Sở Mẫu Kín", date="2018-03-04", unsure=())
    make_paper(site.workshop, site.folder, "giấy mẫu kín", told, batch="mẻ mẫu")
    checker = site.client("tam")
    drawn = checker.post("/desk/quality/sample", data={"batch": "mẻ mẫu", "csrf": site.csrf(checker)})
    assert drawn.status_code == 200
    page, answer = checker.get("/desk").text, checker.get("/api/desk").json()
    rows = page.split('<ol class="rows">', 1)[1]
    assert "giấy mẫu kín" in rows
    row = next(part for part in rows.split("<li") if "giấy mẫu kín" in part)
    for secret in ("55/SM-KIN", "Sở Mẫu Kín", "Quyết định"):
        assert secret not in row, secret
    task = next(one for one in answer["tasks"] if one["sampled"])
    assert (task["agency"], task["doc_type"]) == (None, None)
    assert any(one["agency"] for one in answer["tasks"] if not one["sampled"])  # not asked there: told


def test_an_identity_number_is_bare_only_on_the_crop_it_is_keyed_from_and_that_is_logged(site: Site) -> None:
    client = site.client("lan")
    client.get(f"/desk/{site.mine}")
    answer = client.get(f"/desk/{site.mine}/crop/owner_id.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    seen = site.workshop.catalogue.history.about(site.mine)
    assert (seen[0].actor, seen[0].action, seen[0].field) == ("lan", "unmask", "owner_id")
    assert site.client("tam").get(f"/desk/{site.mine}/crop/owner_id.png", follow_redirects=False).status_code == 409
    for path in ("/desk/{}/crop/owner_name.png", "/desk/{}/crop/doc_number.png?box=1,0,0,9,9",
                 "/desk/{}/crop/doc_number.png?box=99,0,0,.1,.1"):  # fmt: skip
        assert client.get(path.format(site.mine)).status_code in (404, 422)


def test_values_that_do_not_fit_come_back_with_the_page_and_the_reason(site: Site) -> None:
    client = site.client("lan")
    token = client.get(f"/api/desk/{site.mine}").json()["token"]
    data = {
        "csrf": site.csrf(client),
        "token": token,
        "v:doc_number": "không số",
        "v:summary": "Trích yếu",
        "v:owner_id": "1",
    }
    answer = client.post(f"/desk/{site.mine}", data=data, follow_redirects=False)
    assert answer.status_code == 422
    assert "số, ký hiệu phải có chữ số" in answer.text
    assert 'value="không số"' in answer.text
    body = {"token": token, "values": {"doc_number": "x", "summary": "y", "owner_id": "1"}}
    answer = client.post(f"/api/desk/{site.mine}/answers", json=body, headers={"X-CSRF-Token": site.csrf(client)})
    assert answer.status_code == 422
    assert set(answer.json()) == {"ok", "error", "code", "errors"}
    assert answer.json()["code"] == "E307"
    assert len(answer.json()["errors"]) == 2


def test_first_passwords_must_be_changed_before_anything_else(site: Site) -> None:
    admin = site.client("quan")
    page = admin.post(
        "/people", data={"csrf": site.csrf(admin), "login": "moi", "name": "Người Mới", "role": "operator"}
    ).text
    first = page.split('class="first-password">', 1)[1].split("<", 1)[0]
    client = site.client()
    answer = client.post("/login", data={"login": "moi", "password": first}, follow_redirects=False)
    assert answer.status_code == 303
    assert client.get("/records", follow_redirects=False).headers["location"] == "/password"
    assert client.get("/api/records").status_code == 403
    token = client.get("/password").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    new = "sông Hiếu mùa nước nổi"
    data = {"csrf": token, "old": first, "new": new, "again": new}
    assert client.post("/password", data=data, follow_redirects=False).headers["location"] == "/desk"
    assert client.get("/records").status_code == 200


def test_no_account_leaves_the_viewer_open_to_this_machine_and_the_desk_says_how_to_begin(tmp_path: Path) -> None:
    with TestClient(create_app(load_settings({}, home=tmp_path)), base_url=LOCAL) as client:
        assert client.get("/records").status_code == 200
        assert "sohoa user add" in client.get("/desk").text
        assert client.get("/desk/next").status_code == 403
        assert client.get("/people").status_code == 403
        with open_workshop(load_settings({}, home=tmp_path)) as workshop:
            add_people(Accounts(workshop.catalogue), ("quan", "administrator"))
        assert client.get("/records", follow_redirects=False).headers["location"].startswith("/login")


def test_other_machines_come_in_with_accounts_instead_of_the_one_password(tmp_path: Path) -> None:
    settings = load_settings({}, home=tmp_path)
    with pytest.raises(BadSettings, match="sohoa user add"):
        create_app(settings, loopback=False)
    with open_workshop(settings) as workshop:
        add_people(Accounts(workshop.catalogue), ("quan", "administrator"))
    with TestClient(create_app(settings, loopback=False), base_url="http://may-chu.tinh") as client:
        assert client.get("/records", follow_redirects=False).headers["location"].startswith("/login")


@pytest.mark.parametrize(
    ("item", "typed", "found"),
    [
        ("issuing_agency_name", "so xay dung", "Sở Xây dựng"),
        ("issuing_agency_name", "uy ban nhan dan xa cam lo", "Ủy ban nhân dân xã Cam Lộ"),
        ("place", "cam lo", "Cam Lộ"),
        ("doc_type", "giay phep", "Giấy phép"),
        ("signer_title", "pho chu tich", "PHÓ CHỦ TỊCH"),
    ],
)
def test_pickers_find_reference_data_without_accents(site: Site, item: str, typed: str, found: str) -> None:
    shelf = site.app.state.desk.shelf
    texts = [one.text for one in pick(item, typed, shelf.browse.within(EVERYTHING), shelf.history)]
    assert found in texts


def test_pages_of_two_records_are_offered_together_and_a_wrong_cut_comes_back_with_the_reason(site: Site) -> None:
    client = site.client("quan")
    for who in ("lan", "tam", "hoa"):
        site.workshop.catalogue.queue.release_all(who)
    page = client.get(f"/desk/{site.mine}/pages", params={"other": site.other}).text
    for record_id in (site.mine, site.other):
        assert f'name="part:{record_id}:1"' in page
        assert f'name="token:{record_id}"' in page
    tokens = {i: client.get(f"/api/desk/{i}").json()["token"] for i in (site.mine, site.other)}
    whole = {f"part:{i}:1": "1" for i in tokens} | {f"token:{i}": token for i, token in tokens.items()}
    whole |= {"csrf": site.csrf(client), "reason": "một văn bản", "other": site.other}
    for changed in ({}, {f"part:{site.mine}:1": "x"}, {f"turn:{site.mine}:1": "45"}, {f"part:{site.mine}:2": "1"}):
        answer = client.post(f"/desk/{site.mine}/pages", data=whole | changed, follow_redirects=False)
        assert answer.status_code == 422, changed  # these invented papers have no pages that can be copied
        assert 'role="alert"' in answer.text
    gone = client.post(f"/desk/{site.mine}/pages", data=whole | {f"token:{site.other}": "x"}, follow_redirects=False)
    assert (gone.status_code, gone.headers["location"]) == (303, "/desk?done=gone")
    assert site.client("luu").get(f"/desk/{site.mine}/pages").status_code == 403
    for record_id in tokens:
        client.post(f"/api/desk/{record_id}/release", headers={"X-CSRF-Token": site.csrf(client)})


@pytest.mark.parametrize(
    ("region", "status"),
    [
        ({"page": 1, "box": [0.1, 0.1, 0.1, 0.1]}, 422),
        ({"page": 1, "box": [0.5, 0.1, 0.2, 0.2]}, 422),
        ({"page": 1, "box": [0.1, 0.1, 1.5, 0.2]}, 422),
        ({"page": 1, "box": [0.1, 0.1, 0.2]}, 422),
        ({"page": 0, "box": [0.1, 0.1, 0.5, 0.2]}, 422),
        ({"page": 2, "box": [0.1, 0.1, 0.5, 0.2]}, 404),
    ],
)
def test_a_region_that_is_none_is_refused(site: Site, region: dict[str, object], status: int) -> None:
    client = site.client("lan")
    token = client.get(f"/api/desk/{site.mine}").json()["token"]
    headers = {"X-CSRF-Token": site.csrf(client)}
    answer = client.post(f"/api/desk/{site.mine}/reread", json={"token": token, **region}, headers=headers)
    assert answer.status_code == status
    assert answer.json()["ok"] is False
    client.post(f"/api/desk/{site.mine}/release", headers=headers)


def test_only_who_holds_the_paper_may_have_a_region_read_again(site: Site) -> None:
    holder, other = site.client("lan"), site.client("tam")
    holder.get(f"/api/desk/{site.mine}")
    region = {"token": "x", "page": 1, "box": [0.1, 0.1, 0.5, 0.2]}
    answer = other.post(f"/api/desk/{site.mine}/reread", json=region, headers={"X-CSRF-Token": site.csrf(other)})
    assert answer.status_code == 409
    assert holder.post(f"/api/desk/{site.mine}/reread", json=region).status_code == 403  # no token of the session
    holder.post(f"/api/desk/{site.mine}/release", headers={"X-CSRF-Token": site.csrf(holder)})
