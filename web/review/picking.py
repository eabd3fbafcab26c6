"""Chọn từ dữ liệu tham chiếu: agencies, places, people, procedures found without accents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from extractors.classify.catalogue import catalogue
from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.doc_types import all_doc_types
from schemas.base import Frozen
from schemas.text import bare, nfc
from storage.browse import Browse
from storage.history import History

MOST = 8


class Pick(Frozen):
    """``text`` goes into the input; ``note`` tells look-alikes apart."""

    text: str
    note: str = ""


def pick(item: str, query: str, browse: Browse, history: History) -> tuple[Pick, ...]:
    """Entries that hold every word typed, those that begin so first; accents and case do not count."""
    terms = bare(nfc(query)).split()
    if not terms:
        return ()
    if item == "signer_name":  # people have no table: those that were settled before
        return _best(_keyed(Pick(text=name) for name in history.settled_values(item)), terms)
    return _best(_entries(item, browse), terms)


def _best(entries: Iterable[tuple[str, Pick]], terms: list[str]) -> tuple[Pick, ...]:
    whole = " ".join(terms)
    ranked = []
    for key, entry in entries:
        if all(term in key for term in terms):
            ranked.append((not key.startswith(whole), whole not in key, len(key), entry))
    ranked.sort(key=lambda one: one[:3])
    return tuple(dict.fromkeys(entry for *_, entry in ranked))[:MOST]


def _entries(item: str, browse: Browse) -> list[tuple[str, Pick]]:
    if item in ("issuing_agency_name", "parent_agency_name"):
        return [*_keyed(Pick(text=name) for name in browse.names("agency")), *_agencies()]
    if item == "place":
        return _places()
    if item == "doc_type":
        return _keyed(Pick(text=kind.name) for kind in all_doc_types())
    if item == "procedure_code":
        return _procedures()
    if item == "field_name":
        return _keyed(Pick(text=name) for name in dict.fromkeys(p.field for p in catalogue().procedures))
    if item == "signer_title":
        return _titles()
    return []


def _keyed(picks: Iterable[Pick]) -> list[tuple[str, Pick]]:
    return [(bare(f"{one.text} {one.note}").strip(), one) for one in picks]


@cache
def _agencies() -> list[tuple[str, Pick]]:
    table = toml_table("agencies.toml")
    names = [row["name"] for tag in ("central", "department", "body", "office") for row in table.get(tag, [])]
    units = [row[1] for row in tsv_rows("admin_units.tsv.gz")]
    return _keyed(
        [Pick(text=name) for name in dict.fromkeys(names)]
        + [Pick(text=f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}") for name in dict.fromkeys(units)]
    )


@cache
def _places() -> list[tuple[str, Pick]]:
    rows = tsv_rows("admin_units.tsv.gz")
    names = {row[0]: row[1] for row in rows}
    picks = []
    for _, name, province, district, *_ in rows:
        kind, _, short = name.partition(" ")
        text = short if kind in ("Tỉnh", "Xã", "Phường", "Huyện", "Quận") else name
        within = ", ".join(names[i] for i in (district, province) if i in names)
        picks.append(Pick(text=text, note=", ".join(part for part in (name, within) if part)))
    return _keyed(picks)


@cache
def _procedures() -> list[tuple[str, Pick]]:
    return _keyed(Pick(text=p.code, note=p.name[:160]) for p in catalogue().procedures)


@cache
def _titles() -> list[tuple[str, Pick]]:
    table = toml_table("titles.toml")
    names = [name for row in table["pair"] for name in (row["chief"], *row["deputy"])] + table["more"]["titles"]
    return _keyed(Pick(text=name) for name in dict.fromkeys(names))
