"""A record on a screen."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from runtime.exports import FIELD_LABELS, status_label
from runtime.search.related import relation_words
from schemas.record import Record
from storage.search import SearchResults


def print_hits(results: SearchResults, console: Console) -> None:
    """Search results for a reader: number, type, date, agency, then the words around the hit."""
    for note in results.notes:
        console.print(Text(note, style="italic"))
    if not results.results:
        console.print("Không tìm thấy hồ sơ nào.")
        return
    for hit in results.results:
        head = " · ".join(
            part for part in (hit.doc_number, hit.doc_type, hit.issued_date, hit.issuing_agency_name) if part
        )
        console.print(Text.assemble((hit.record_id, "bold"), "  ", head))
        if hit.summary:
            console.print(Text(f"  {hit.summary}"))
        if hit.snippet:
            page = f"tr. {hit.page}: " if hit.page else ""
            console.print(Text(f"  {page}{' '.join(hit.snippet.split())}", style="dim"))
        for note in hit.notes:
            console.print(Text(f"  {note}", style="italic"))
        for paper in hit.related:
            console.print(Text(f"  {relation_words(paper)} {paper.number}", style="bold"))
    if results.total > len(results.results):
        console.print(f"… {'hơn ' if results.capped else ''}{results.total} hồ sơ; thêm --limit để xem nhiều hơn.")


def print_record(record: Record, console: Console) -> None:
    """The record for a reader: status, then each field with where it was read and whether it is sure."""
    console.print(Text(f"{record.record_id}  {status_label(record.status)}", style="bold"))
    console.print(Text(f"{record.source.name} · {record.source.page_count} trang · {record.source.media_type}"))
    if record.quarantine:
        console.print(Text(f"{record.quarantine.code}: {record.quarantine.message}\n→ {record.quarantine.retry}"))
        return
    table = Table(show_edge=False)
    for header in ("Trường", "Giá trị", "Trang", "Chắc"):
        table.add_column(header)
    for name, label in FIELD_LABELS.items():
        field = record.fields.get(name)
        if field.value is None and not field.needs_review:
            continue
        value = field.value
        shown = (
            "; ".join(str(one).rstrip(" ;") for one in value)
            if isinstance(value, tuple)
            else {True: "có", False: "không", None: "—"}.get(value, value)
            if not isinstance(value, str)
            else value
        )
        mark = "cần rà soát" if field.needs_review else f"{field.score:.2f}"
        table.add_row(Text(label), Text(str(shown)), str(field.page or ""), Text(mark))
    console.print(table)
    if record.codes.digitized_code:
        console.print(Text(f"Mã kết quả số hóa: {record.codes.digitized_code}"))
    for key in ("pdfa", "text", "original"):
        value = getattr(record.objects, key)
        if value:
            console.print(Text(f"{key}: {value}"))
