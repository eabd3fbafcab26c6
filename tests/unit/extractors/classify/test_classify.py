"""Classification: rules, cue phrases and the catalogue; sure only where independent signs agree."""

import pytest

from extractors.classify import classify
from extractors.classify.catalogue import catalogue
from extractors.reference import doc_type_by_key
from extractors.reference.data import toml_table
from schemas.extraction import Fields, FieldValue
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word


def reading_of(*lines: tuple[str, str]) -> Reading:
    """A one-page reading of (region, text) lines."""
    box = Box(0.1, 0.1, 0.9, 0.12)
    made = tuple(
        Line(tuple(Word(w, box, 1.0, "pdf_text") for w in text.split()), region)  # type: ignore[arg-type]
        for region, text in lines
    )
    return Reading((PageReading(1, 595, 842, made, "pdf_text"),), engine="test")


def fields_of(*, sure: bool = True, **values: str) -> Fields:
    return Fields(**{k: FieldValue(value=v, score=0.9, needs_review=not sure) for k, v in values.items()})


def run(title: str, *, body: str = "", sure: bool = True, **values: str):
    return classify(reading_of(("title", title), ("body", body or "Căn cứ")), fields_of(sure=sure, **values))


PROVINCE = "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"


def test_a_business_certificate():
    kind, classes = run(
        "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH",
        doc_type="giay_chung_nhan",
        summary="Giấy chứng nhận đăng ký hộ kinh doanh",
        issuing_agency_name="ỦY BAN NHÂN DÂN XÃ CAM LỘ",
        doc_number="12/GCN-UBND",
    )
    assert kind == "procedure_result"
    assert (classes.result_kind.value, classes.result_kind.needs_review) == ("giay_chung_nhan", False)
    assert "hộ kinh doanh" in (classes.field_name.value or "")
    assert (classes.level.value, classes.level.needs_review) == ("xa", False)
    assert classes.procedure_code.needs_review
    assert any("hộ kinh doanh" in c.name.lower() for c in classes.procedure_code.candidates)


def test_a_procedure_is_sure_only_when_its_code_is_printed():
    code = "1.004873"
    assert code in catalogue().by_code
    _, classes = run(
        "GIẤY XÁC NHẬN", body=f"Mã thủ tục: {code}", doc_type="giay_xac_nhan", summary="tình trạng hôn nhân"
    )
    assert (classes.procedure_code.value, classes.procedure_code.needs_review) == (code, False)
    _, without = run("GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", doc_type="giay_xac_nhan", summary="tình trạng hôn nhân")
    assert without.procedure_code.needs_review
    assert without.procedure_code.candidates[0].code == code


def test_two_printed_codes_decide_nothing():
    _, classes = run("QUYẾT ĐỊNH", body="1.004873 và 1.000656", doc_type="quyet_dinh", summary="công bố danh mục")
    assert classes.procedure_code.needs_review


def test_a_plan_is_a_plan_and_no_result():
    kind, classes = run("KẾ HOẠCH", doc_type="ke_hoach", summary="Cải cách hành chính nhà nước năm 2022")
    assert kind == "plan"
    assert classes.result_kind.value is None


@pytest.mark.parametrize(
    ("doc_type", "number", "kind"),
    [
        ("to_trinh", "1/TTr-UBND", "other"),
        ("giay_moi", "1/GM-UBND", "other"),
        ("nghi_dinh", "45/2020/NĐ-CP", "other"),
        ("quyet_dinh", "12/2024/QĐ-UBND", "other"),
        ("quyet_dinh", "12/QĐ-UBND", "procedure_result"),
        ("giay_phep", "12/GPXD", "procedure_result"),
    ],
)
def test_kinds_of_record(doc_type, number, kind):
    assert run("", doc_type=doc_type, doc_number=number)[0] == kind


def test_a_letter_that_approves():
    kind, classes = run(
        "",
        doc_type="cong_van",
        summary="V/v chấp thuận chủ trương đầu tư",
        doc_number="12/UBND-KT",
        issuing_agency_name=PROVINCE,
    )
    assert kind == "procedure_result"
    assert (classes.result_kind.value, classes.result_kind.needs_review) == ("van_ban_chap_thuan", True)


def test_nothing_is_sure_when_the_type_is_not():
    _, classes = run(
        "GIẤY PHÉP XÂY DỰNG", sure=False, doc_type="giay_phep", issuing_agency_name=PROVINCE, doc_number="1/GPXD-UBND"
    )
    assert classes.result_kind.value == "giay_phep"
    assert classes.result_kind.needs_review
    assert classes.level.value == "tinh"
    assert classes.level.needs_review


def test_nothing_known_gives_nothing():
    kind, classes = classify(Reading((), engine="test"), Fields())
    assert kind == "procedure_result"
    assert classes.result_kind.value is None
    assert classes.procedure_code.candidates == ()
    assert classes.field_name.value is None
    assert classes.level.value is None


def test_the_rules_name_only_known_kinds():
    table = toml_table("classes.toml")
    named = [k for row in table["result_kind"] for k in row["doc_types"]]
    named += table["record_kind"]["plan"] + table["record_kind"]["other"]
    assert [k for k in named if doc_type_by_key(k) is None] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Giấy xác nhận tình trạng hôn nhân", "1.004873"),
        ("giay xac nhan tinh trang hon nhan", "1.004873"),
        ("Trích lục khai tử đăng ký khai tử", "1.000656"),
        ("TRÍCH LỤC KHAI SINH", "1.001193"),
        ("TRÍCH LỤC KẾT HÔN", "1.000894"),
        ("Cấp lại chứng chỉ hành nghề hoạt động xây dựng", "1.013217"),
    ],
)
def test_the_catalogue_finds_procedures_with_and_without_accents(query, code):
    hits = catalogue().search(((query, 1.0),))
    assert hits[0].procedure.code == code
    assert all(0 <= h.score <= 1 for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_every_procedure_finds_itself():
    """A name leads back to a procedure of that very name."""
    rows = catalogue().procedures
    for procedure in rows[:: len(rows) // 40]:
        names = {h.procedure.name for h in catalogue().search(((procedure.name, 1.0),), limit=3)}
        assert procedure.name in names


def test_a_field_printed_in_the_summary_is_taken():
    _, classes = run(
        "QUYẾT ĐỊNH",
        doc_type="quyet_dinh",
        summary="Công bố danh mục thủ tục hành chính lĩnh vực Chứng thực thuộc thẩm quyền giải quyết của Sở Tư pháp",
    )
    assert (classes.field_name.value, classes.field_name.needs_review) == ("Chứng thực", False)
    assert classes.field_name.reasons == ("field_printed",)


def test_a_field_by_the_catalogue_alone_is_not_sure():
    _, classes = run("THÔNG BÁO", doc_type="thong_bao", summary="Lịch học năm thứ hai lớp chuyên khoa")
    assert classes.field_name.needs_review


@pytest.mark.parametrize("field", ["Báo chí, xuất bản", "Nông nghiệp và Môi trường"])
def test_a_list_of_fields_is_not_sure(field):
    _, classes = run(
        "QUYẾT ĐỊNH",
        doc_type="quyet_dinh",
        summary=f"Công bố danh mục thủ tục hành chính lĩnh vực {field} thuộc thẩm quyền",
    )
    assert classes.field_name.needs_review
