"""Kế hoạch không có thể thức: fields of a plan that came as bare text, without letterhead."""

from __future__ import annotations

import re

from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.plan import Plan
from schemas.reading import Reading

_TITLE = re.compile(r"^[^\w\-–—]{0,3}KẾ HOẠCH\b")  # "- KẾ HOẠCH" ends "PHÒNG TÀI CHÍNH - KẾ HOẠCH"
_SCORE = 0.8


def plain_plan_fields(reading: Reading, fields: Fields, plan: Plan) -> Fields:
    """``fields`` with what the plan's own text says; nothing that it does not print. What is set here is unsure:
    there is no letterhead to corroborate it."""
    page = next((p for p in reading.pages for q in p.lines if _TITLE.match(q.text)), None)
    line = next((q for q in page.lines if _TITLE.match(q.text)), None) if page else None
    changes: dict[str, FieldValue] = {}

    def take(name: str, value: str | tuple[str, ...] | None) -> None:
        if value:
            changes[name] = FieldValue(
                value=value, score=_SCORE, origin="pdf_text", needs_review=True, reasons=("plain_plan",)
            )

    if line is not None and page is not None:
        changes["doc_type"] = FieldValue(
            value="ke_hoach", raw_text=line.text, page=page.number, bbox=line.box.as_tuple(), score=0.95,
            origin="pdf_text" if line.words[0].origin == "pdf_text" else "ocr", needs_review=False,
            reasons=("plan_title",),
        )  # fmt: skip
    agency = fields.issuing_agency_name.value
    if agency is None or (isinstance(agency, str) and (_TITLE.match(agency) or agency.endswith(" KẾ HOẠCH"))):
        changes["issuing_agency_name"] = FieldValue()
        take("issuing_agency_name", plan.issuer)
    if fields.summary.value is None:
        take("summary", plan.title)
    recipients = fields.recipients.value
    if not isinstance(recipients, tuple) or len(recipients) < len(plan.recipients):
        take("recipients", plan.recipients)
    if fields.signer_name.value is None:
        take("signer_name", plan.signer)
    if fields.signer_title.value is None:
        take("signer_title", plan.signer_title)
    return fields.model_copy(update=changes)


def plan_classes(found: Classification) -> Classification:
    """A plan is no result of a procedure."""
    return found.model_copy(update={"result_kind": ClassValue(reasons=("plan",), needs_review=False, score=1.0)})
