"""Makes the compact tables of schemas/data from the collected sources (schemas/data/SOURCES.md).

usage: build_reference.py [SOURCE_DIR [TARGET_DIR]]        (default ../shared/data, schemas/data)

Deterministic: the same sources give the same bytes. Hand-written tables (*.toml) are not touched.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

COMMITTED = Path(__file__).resolve().parent.parent / "schemas" / "data"
LOOKALIKES = str.maketrans(
    {"С": "C", "А": "A", "Т": "T", "В": "B", "Ð": "Đ", "\u200e": "", "\u200b": "", "\u00a0": " "}
)


def tidy(text: str) -> str:
    """NFC, single spaces, Latin letters for their Cyrillic look-alikes."""
    return " ".join(unicodedata.normalize("NFC", text).translate(LOOKALIKES).split())


def short_key(province: str) -> str:
    """Province name without kind and accents: the sources differ in "Hoà"/"Hóa" and in Tỉnh/Thành phố."""
    name = re.sub(r"^(tỉnh|thành phố) ", "", province.lower()).replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: tidy(v or "") for k, v in row.items()} for row in csv.DictReader(file, delimiter="\t")]


def write_table(target: Path, name: str, header: Sequence[str], table: Iterable[Sequence[str]]) -> None:
    """Tab-separated text, gzipped when the name says so (no time stamp inside)."""
    text = io.StringIO()
    text.write("\t".join(header) + "\n")
    for row in table:
        text.write("\t".join(cell.replace("\t", " ") for cell in row) + "\n")
    data = text.getvalue().encode()
    if name.endswith(".gz"):
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
            packed.write(data)
        data = buffer.getvalue()
    (target / name).write_bytes(data)
    print(f"{name}: {len(data):,} bytes")


def build_units(source: Path, target: Path) -> None:
    """Provinces, districts, communes: "o:" before 2025-07-01, "n:" since; successors by ident."""
    new, old, links = (
        rows(source / f) for f in ("admin_units_2025.tsv", "admin_units_pre2025.tsv", "admin_units_old_to_new.tsv")
    )
    table: list[tuple[str, ...]] = []
    new_province = {r["province"]: f"n:{r['province_code']}" for r in new}
    communes: dict[tuple[str, str], set[str]] = defaultdict(set)
    provinces: dict[str, Counter[str]] = defaultdict(Counter)
    by_bare = {short_key(k): v for k, v in new_province.items()}
    for link in links:
        communes[link["old_province"], link["old_ward_code"]].add(f"n:{link['new_ward_code']}")
        heir = by_bare.get(short_key(link["new_province"]))
        if heir:
            provinces[link["old_province"]][heir] += 1
    seen: set[str] = set()
    for r in old:
        p, d, w = f"o:{r['province_code']}", f"o:{r['district_code']}", f"o:{r['ward_code']}"
        if p not in seen:
            seen.add(p)
            heirs_of = provinces[r["province"]].most_common(1)
            table.append((p, r["province"], "", "", heirs_of[0][0] if heirs_of else ""))
        if r["district_code"] and d not in seen:
            seen.add(d)
            table.append((d, r["district"], p, "", ""))
        if r["ward_code"]:
            heirs = ",".join(sorted(communes[r["province"], r["ward_code"]]))
            table.append((w, r["ward"], p, d if r["district_code"] else "", heirs))
    for r in new:
        p = f"n:{r['province_code']}"
        if p not in seen:
            seen.add(p)
            table.append((p, r["province"], "", "", ""))
        if r["ward_code"]:
            table.append((f"n:{r['ward_code']}", r["ward"], p, "", ""))
    write_table(target, "admin_units.tsv.gz", ("ident", "name", "province", "district", "successors"), table)


def build_procedures(source: Path, target: Path) -> None:
    """The procedures that the sources hold: code, name, field, ministry, levels (B, T, X, K), bodies, results."""
    letters = {"cấp bộ": "B", "cấp tỉnh": "T", "cấp xã": "X", "cơ quan khác": "K"}
    table = []
    for line in (source / "tthc_procedures.jsonl").read_text("utf-8").splitlines():
        p = json.loads(line)
        levels = "".join(letters.get(part.strip().lower(), "") for part in p["cap"].split(","))
        body = tidy(p["co_quan_thuc_hien"])
        results = "|".join(f"{k['ma'] or ''}={tidy(k['ten'])}" for k in p["ket_qua"] if k["ten"])
        table.append(
            (
                p["ma"],
                tidy(p["ten"]),
                tidy(p["linh_vuc"]),
                tidy(p["bo_nganh"]),
                levels,
                "" if body == "Không có thông tin" else body[:120],
                results[:600],
            )
        )
    table.sort()
    header = ("ma", "ten", "linh_vuc", "bo_nganh", "cap", "co_quan", "ket_qua")
    write_table(target, "procedures.tsv.gz", header, table)


DATE = re.compile(r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})")


def iso(text: str) -> str:
    found = DATE.search(text)
    if not found:
        return ""
    day, month, year = (int(g) for g in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= 31 and 1 <= month <= 12 else ""


def build_documents(source: Path, target: Path) -> None:
    """Known document numbers with kind and date. evidence: header (the document itself) or cited (by others)."""
    table: dict[str, tuple[str, str, str, str, int]] = {}
    for r in rows(source / "doc_references.tsv"):
        table[r["number"]] = (r["doc_type_before"], iso(r["date_after"]), "cited", "", int(r["count"] or 0))
    for line in (source / "vbpl_headers.jsonl").read_text("utf-8").splitlines():
        h = json.loads(line)
        number = tidy(h["number"])
        count = table.get(number, ("", "", "", "", 0))[4]
        table[number] = (tidy(h["type"]), h["date"] or "", "header", tidy(h["title"])[:160], count)
    header = ("number", "kind", "date", "evidence", "title", "count")
    write_table(target, "documents.tsv.gz", header, [(n, *v[:4], str(v[4])) for n, v in sorted(table.items())])


def build_notations(source: Path, target: Path) -> None:
    """Ký hiệu seen in citations and headers, with how many distinct numbers carried them (2 or more)."""
    counts: Counter[str] = Counter()
    for r in rows(source / "doc_references.tsv"):
        found = re.match(r"^\d+[a-zA-Z]?(?:/\d{4})?[-/](.+)$", r["number"])
        if found:
            counts[found.group(1)] += 1
    table = [(n, str(c)) for n, c in sorted(counts.items()) if c >= 2 and not n.isdigit()]
    write_table(target, "notations.tsv", ("notation", "count"), table)


def build_given_names(source: Path, target: Path) -> None:
    """Syllables of given names (middle + last), with counts."""
    counts: Counter[str] = Counter()
    for name in ("given_names_boy.txt", "given_names_girl.txt"):
        for line in (source / name).read_text("utf-8").splitlines():
            counts.update(tidy(line).split())
    write_table(target, "given_names.tsv", ("syllable", "count"), [(s, str(c)) for s, c in sorted(counts.items())])


def main() -> None:
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else COMMITTED
    for build in (build_units, build_procedures, build_documents, build_notations, build_given_names):
        build(source, target)


if __name__ == "__main__":
    main()
