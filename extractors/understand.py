"""From a reading to fields, classes and citations: readers propose, consistency decides what is sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from extractors.certainty import settle
from extractors.citations import find_citations
from extractors.classify import classify
from extractors.fields.agency import read_agency
from extractors.fields.agreement import compare_with_signer
from extractors.fields.another import pages_that_begin_another
from extractors.fields.doc_number import read_doc_number
from extractors.fields.extras import read_extras
from extractors.fields.issued_date import read_date, read_place
from extractors.fields.letterhead import Letterhead, find_letterhead
from extractors.fields.marks import read_secrecy, read_urgency
from extractors.fields.owner import read_owner
from extractors.fields.recipients import read_recipients
from extractors.fields.signed import compare_signer
from extractors.fields.signer import read_signer
from extractors.fields.title import read_doc_type, read_summary
from extractors.fields.validity import read_validity
from extractors.fields.view import Document
from extractors.layout.signature_boxes import set_aside_signature_boxes
from extractors.plan import names_plan, read_plan
from extractors.plan.plain import plain_plan_fields, plan_classes
from schemas.extraction import Extraction, Fields, FieldValue
from schemas.plan import Plan
from schemas.reading import Reading

RULE_VERSION = "2026.11.5"


def understand(reading: Reading, *, today: date | None = None, as_plan: bool = False) -> Extraction:
    """Every field of PRODUCT section 5 with its evidence and its calibrated chance, classes and citations.

    ``today`` bounds the issue date (default: now, with a day of grace for time zones). ``as_plan``: a person says
    that this is a plan.
    """
    reading = set_aside_signature_boxes(reading)
    doc = Document.of(reading)
    head, fields = _read_all(doc, reading, today=today)
    fields = settle(fields, reading)
    record_kind, classification = classify(_with_title(reading, head), fields)
    citations = find_citations(reading)
    plan: Plan | None = None
    if record_kind == "plan" or as_plan or (_text(fields.doc_type) in (None, "khac") and names_plan(reading)):
        plan = read_plan(reading, fields, citations)
        if record_kind != "plan":
            record_kind = "plan"
            fields = plain_plan_fields(reading, fields, plan)
            classification = plan_classes(classification)
    issues = tuple(f"unclaimed_header_line:{s.page}:{s.number}" for s in head.unclaimed)
    issues += tuple(f"another_paper:{page}" for page in pages_that_begin_another(doc))
    return Extraction(
        kind=record_kind,
        fields=fields,
        classification=classification,
        citations=citations,
        plan=plan,
        issues=issues,
        extras=read_extras(doc),
        rule_version=RULE_VERSION,
    )


def read_fields(reading: Reading, *, today: date | None = None) -> tuple[Letterhead, Fields]:
    """The fields as their own rules see them, before calibration; and where the letterhead's parts stand."""
    reading = set_aside_signature_boxes(reading)
    return _read_all(Document.of(reading), reading, today=today)


def _read_all(doc: Document, reading: Reading, *, today: date | None) -> tuple[Letterhead, Fields]:
    limit = (today or date.today()) + timedelta(days=1)
    head = find_letterhead(doc)
    issued, on = read_date(head.date, latest=limit, pen=doc.pen("day", head.date))
    # Agency and number audit each other: the first pass names the agency, the second reads both with the other known.
    rough_place = read_place(head.date, agency=None, on=on)
    rough, _ = read_agency(head.agency, place=_text(rough_place), notation=None, on=on)
    number = read_doc_number(
        head.number,
        agency=_text(rough),
        doc_type=head.doc_type.key if head.doc_type else None,
        on=on,
        pen=doc.pen("number", head.number),
    )
    notation = _text(number.code_notation)
    agency, parent = read_agency(
        head.agency, place=_text(rough_place), notation=notation, on=on, goes_on=head.agency_open
    )
    agency_line = " ".join(t for t in (_text(parent), _text(agency)) if t) or None
    place = read_place(head.date, agency=agency_line, on=on, cut=head.date_cut)
    doc_type = read_doc_type(head, number.implied_type)
    names = [v for v, sure in ((_text(place), not place.needs_review),) if v and sure]
    summary = read_summary(head, names=names)
    kind = _text(doc_type)
    signer = read_signer(doc, agency=agency_line, on=on, doc_type=kind)
    agency, parent = compare_with_signer(agency, parent, signer.capacity, signer.title)
    owner = read_owner(doc, doc_type=kind, summary=_text(summary))
    validity = read_validity(doc, issued=on, doc_type=kind, issued_sure=not issued.needs_review)
    fields = Fields(
        doc_type=doc_type,
        doc_number=number.doc_number,
        code_number=number.code_number,
        code_notation=number.code_notation,
        issued_date=issued,
        place=place,
        issuing_agency_name=agency,
        parent_agency_name=parent,
        summary=summary,
        signing_capacity=signer.capacity,
        signer_title=signer.title,
        signer_name=compare_signer(signer.name, reading.signatures),
        recipients=read_recipients(doc),
        owner_name=owner.name,
        owner_id=owner.id,
        owner_id_type=owner.id_type,
        owner_kind=owner.kind,
        valid_from=validity.valid_from,
        valid_to=validity.valid_to,
        is_perpetual=validity.is_perpetual,
        secrecy=read_secrecy(doc),
        urgency=read_urgency(doc),
    )
    return head, fields


def _with_title(reading: Reading, head: Letterhead) -> Reading:
    """The reading with the lines of type and trích yếu named "title", which classification looks at first."""
    spots = [s for s in (head.title, *(() if head.subject else head.summary)) if s is not None]
    wanted = {(s.page, s.number) for s in spots}
    pages = tuple(
        replace(
            page,
            lines=tuple(
                replace(q, region="title") if (page.number, k) in wanted else q for k, q in enumerate(page.lines, 1)
            ),
        )
        if any(number == page.number for number, _ in wanted)
        else page
        for page in reading.pages
    )
    return replace(reading, pages=pages)


def _text(field: FieldValue) -> str | None:
    return field.value if isinstance(field.value, str) else None
