"""Cấp mã (stage 3): the code of the digitized result when its parts are known."""

from __future__ import annotations

import re

from schemas.extraction import Extraction
from schemas.record import Codes


def assign_code(extraction: Extraction, *, result_type_code: str | None, running: int = 1) -> Codes:
    """``<số định danh chủ>.<mã giấy tờ>.<số ký hiệu>.<nn>`` (TT 01/2023/TT-VPCP Điều 10).

    Given only when each part is certain; otherwise None with what is missing, for a person to supply.
    ``running`` counts the results with the same first three parts (from 1, two digits).
    """
    fields = extraction.fields
    missing = []
    for name in ("owner_id", "doc_number"):
        value = fields.get(name)
        if not isinstance(value.value, str) or not value.value:
            missing.append(f"missing_{name}")
        elif value.needs_review:
            missing.append(f"unsure_{name}")
    if not result_type_code:
        missing.append("missing_result_type_code")
    if missing or result_type_code is None:
        return Codes(reasons=tuple(missing))
    owner = re.sub(r"\s", "", str(fields.owner_id.value))
    number = re.sub(r"\s", "", str(fields.doc_number.value))
    return Codes(digitized_code=f"{owner}.{result_type_code}.{number}.{running:02d}")
