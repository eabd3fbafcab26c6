"""Cue phrases and owner labels are data: every pattern matches its examples and keeps out of the others' way."""

import re

import pytest

from extractors.fields.cues import cue
from extractors.reference.data import toml_table
from schemas.text import bare, nfc

CUES = toml_table("cues.toml")
ROWS = [(name, row["pattern"], row["examples"]) for name, rows in CUES.items() for row in rows]
OWNERS = toml_table("owner_rules.toml")["owner"]
IDS = toml_table("owner_rules.toml")["id"]
ID_SHAPES = {"cccd": r"\d{12}", "cmnd": r"\d{9}", "mst": r"\d{10}", "ho_chieu": r"[A-Z]\d{7}", "giay_to": r"\d{12}"}


@pytest.mark.parametrize(("name", "pattern", "examples"), ROWS, ids=[f"{n}:{p[:18]}" for n, p, _ in ROWS])
def test_a_pattern_matches_each_of_its_examples(name: str, pattern: str, examples: list[str]):
    assert examples, f"add an example to {name} in cues.toml"
    for example in examples:
        assert re.search(pattern, bare(example)), f"{name} does not match its example {example!r}"
        assert cue(name).search(bare(example))


@pytest.mark.parametrize(("name", "pattern", "examples"), ROWS, ids=[f"{n}:{p[:18]}" for n, p, _ in ROWS])
def test_patterns_are_written_for_bare_text(name: str, pattern: str, examples: list[str]):
    assert pattern == nfc(pattern)
    letters = re.sub(r"\\[a-zA-Z]", "", pattern)
    assert bare(letters) == letters, f"{name}: cue patterns run on text without accents and capitals"


def test_an_unknown_cue_is_an_error():
    with pytest.raises(KeyError):
        cue("khong_co")


# Lines of one kind must never look like another where the difference decides what belongs to the trích yếu.
STRANGERS = [
    ("subject", "body_start"),
    ("subject", "authority"),
    ("subject", "addressee"),
    ("addressee", "subject"),
    ("addressee", "authority"),
    ("body_start", "subject"),
    ("body_start", "authority"),
    ("authority", "subject"),
    ("authority", "addressee"),
    ("authority", "body_start"),
    ("new_body", "subject"),
    ("new_body", "addressee"),
]


@pytest.mark.parametrize(("name", "stranger"), STRANGERS)
def test_a_cue_keeps_out_of_the_examples_of_another(name: str, stranger: str):
    wrong = [e for row in CUES[stranger] for e in row["examples"] if cue(name).search(bare(e))]
    allowed = {("subject", "body_start"): set(), ("new_body", "authority"): set()}.get((name, stranger), set())
    assert set(wrong) <= allowed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("subject", "Văn phòng Ủy ban nhân dân tỉnh"),
        ("subject", "Vệ sinh an toàn thực phẩm"),
        ("addressee", "Gửi kèm hồ sơ"),
        ("body_start", "Về việc cho phép chuyển mục đích sử dụng đất"),
        ("body_start", "Phê duyệt quy hoạch chi tiết"),
        ("authority", "CHUYỂN MỤC ĐÍCH SỬ DỤNG ĐẤT"),
        ("authority", "Sở hữu nhà ở tại thành phố 2"),
        ("new_body", "TỈNH QUẢNG TRỊ"),
        ("new_body", "NHÂN DÂN XÃ CAM HIẾU"),
        ("continues", "SỞ Y TẾ"),
        ("continues", "TỈNH QUẢNG TRỊ"),
    ],
)
def test_lines_a_cue_must_leave_alone(name: str, text: str):
    assert not cue(name).search(bare(text))


@pytest.mark.parametrize("row", OWNERS, ids=[r["example"][:24] for r in OWNERS])
def test_an_owner_rule_finds_the_name_in_its_example(row: dict):
    found = re.compile(row["pattern"], re.IGNORECASE).search(row["example"])
    assert found, "the example is not matched"
    assert "Mẫu" in found["name"] or "MẪU" in found["name"]
    assert not re.match(r"(ông|bà|cho|:)\b", found["name"], re.IGNORECASE)


@pytest.mark.parametrize("row", OWNERS, ids=[r["example"][:24] for r in OWNERS])
def test_an_owner_rule_reads_its_example_first(row: dict):
    """Rules are tried in order: an earlier rule that takes the example must take the same name and kind from it."""
    name = re.compile(row["pattern"], re.IGNORECASE).search(row["example"])["name"]  # type: ignore[index]
    for earlier in OWNERS[: OWNERS.index(row)]:
        found = re.compile(earlier["pattern"], re.IGNORECASE).search(row["example"])
        if found:
            assert (found["name"].strip(), earlier["kind"]) == (name.strip(), row["kind"]), earlier["example"]


@pytest.mark.parametrize("row", IDS, ids=[r["example"][:24] for r in IDS])
def test_an_identity_rule_finds_a_number_of_the_right_shape(row: dict):
    found = re.compile(row["pattern"], re.IGNORECASE).search(row["example"])
    assert found
    assert re.fullmatch(ID_SHAPES[row["type"]], found["id"].replace(" ", "").replace(".", ""))


@pytest.mark.parametrize(
    "text",
    [
        "Căn cứ Luật Đất đai ngày 29 tháng 11 năm 2013;",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
        "Theo đề nghị của Giám đốc Sở Nội vụ,",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Nơi nhận:",
    ],
)
def test_owner_rules_leave_ordinary_lines_alone(text: str):
    assert not [r["example"] for r in OWNERS if re.search(r["pattern"], text, re.IGNORECASE)]
    assert not [r["example"] for r in IDS if re.search(r["pattern"], text, re.IGNORECASE)]
