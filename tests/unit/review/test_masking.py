"""Identity numbers are starred, and nothing else is."""

from __future__ import annotations

import pytest

from review.masking import mask_number, mask_record, mask_text
from schemas.extraction import Extra, Fields, FieldValue
from schemas.record import Process, Record, Source
from schemas.signature import Signature


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("079123456789", "********6789"),
        ("079 123 456 789", "*** *** **6 789"),
        ("123456789", "*****6789"),
        ("B1234567", "****4567"),
        ("123", "***"),
    ],
)
def test_only_the_last_four_stay(value: str, shown: str) -> None:
    assert mask_number(value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CCCD số 079123456789 cấp ngày 01/02/2021", "CCCD số ********6789 cấp ngày 01/02/2021"),
        ("Số định danh: 079 123 456 789.", "Số định danh: *** *** **6 789."),
        ("Số giấy chứng thực cá nhân: 123456789", "Số giấy chứng thực cá nhân: *****6789"),
        ("CMND số 123456789 do Công an cấp", "CMND số *****6789 do Công an cấp"),
        ("Giấy chứng minh nhân dân: 123 456 789", "Giấy chứng minh nhân dân: *** **6 789"),
    ],
)
def test_identity_numbers_in_running_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown
    assert len(mask_text(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Số: 2110/QĐ-UBND ngày 15/8/2025",
        "tổng mức đầu tư 150000000 đồng",  # nine digits that no word calls an identity number
        "1.234.567.890.123 đồng",
        "điện thoại 0912345678",
        "Mã hồ sơ H47.12.34-250815-0001",
        "mã số thuế 3100123456",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


def test_a_record_is_masked_wherever_the_number_was_read() -> None:
    record = Record(
        record_id="r1",
        status="accepted",
        source=Source(
            name="a.pdf", sha256="079123456789" + "0" * 52, size=1, media_type="application/pdf", page_count=1
        ),
        fields=Fields(
            owner_id=FieldValue(value="079123456789", raw_text="Số CCCD: 079 123 456 789"),
            owner_name=FieldValue(value="Nguyễn Văn A", raw_text="Ông Nguyễn Văn A, hộ chiếu B1234567"),
            summary=FieldValue(value="Cấp phép cho CCCD 079123456789"),
            recipients=FieldValue(value=("Ông A (079123456789);", "Lưu: VT.")),
        ),
        process=Process(engine="none", rule_version="1", seconds=0),
    )
    masked = mask_record(record)
    shown = masked.fields.model_dump_json()
    assert "079123456789" not in shown
    assert "079 123" not in shown
    assert masked.fields.owner_id.value == "********6789"
    assert masked.fields.owner_name.value == "Nguyễn Văn A"
    assert masked.source.sha256 == record.source.sha256  # a hash is no identity number
    assert record.fields.owner_id.value == "079123456789"  # the record itself is untouched


def test_extras_and_signatures_are_starred_too() -> None:
    shown = mask_record(
        Record(
            record_id="r1",
            status="accepted",
            source=Source(name="a.pdf", sha256="0" * 64, size=1, media_type="application/pdf", page_count=1),
            fields=Fields(owner_id=FieldValue(value="123456789")),
            extras=(
                Extra(
                    name="id_issued_date",
                    label="Ngày cấp",
                    value="2006-11-27",
                    raw_text="Số: 123456789 Ngày cấp: 27/11/2006",
                ),
                Extra(name="owner_address", label="Địa chỉ", value="nhà bà Mẫu, CCCD 079123456789"),
            ),
            signatures=(Signature(signer="Trần Văn Mẫu 079123456789"),),
            process=Process(engine="test", rule_version="1", seconds=0.1),
        )
    )
    first, second = shown.extras
    assert (first.value, first.raw_text) == ("2006-11-27", "Số: *****6789 Ngày cấp: 27/11/2006")
    assert second.value == "nhà bà Mẫu, CCCD ********6789"
    assert shown.signatures[0].signer == "Trần Văn Mẫu ********6789"
