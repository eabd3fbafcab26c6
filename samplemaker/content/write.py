"""Chooses the writer of a kind and adds what any paper may carry (urgency, secrecy)."""

from __future__ import annotations

import dataclasses
from random import Random

from samplemaker.content.certificates import write_certificate, write_food, write_household
from samplemaker.content.civil import write_confirmation, write_extract
from samplemaker.content.decisions import write_listed, write_personal
from samplemaker.content.letters import TYPES, write_letter
from samplemaker.content.licences import write_business_licence, write_construction
from samplemaker.content.plans import write_plan
from samplemaker.model import Block, Field, Paper, Para

TEMPLATE_KINDS = frozenset(
    {"gp_xay_dung", "gp_kinh_doanh", "gcn_ho_kinh_doanh", "gcn_attp", "chung_chi", "trich_luc", "giay_xac_nhan"}
)


def pick_layout(kind: str, rng: Random, allowed: tuple[str, ...]) -> str:
    """A layout usual for the kind, out of the allowed ones; the first allowed one when none is usual."""
    if kind in ("gcn_ho_kinh_doanh", "chung_chi", "trich_luc"):
        usual = ["template"] * 4 + ["nd30"]
    elif kind in TEMPLATE_KINDS:
        usual = ["template"] * 2 + ["nd30"] * 3 + ["tt01"]
    else:
        usual = ["nd30"] * 6 + ["tt01"] * 3 + ["typewriter"]
    fitting = [layout for layout in usual if layout in allowed]
    return rng.choice(fitting) if fitting else rng.choice(allowed)


def _mark_id(block: Block, number: str) -> Block:
    """The block with the owner's identity number marked, where it stands outside other marks."""
    if isinstance(block, Para) and number in block.text:
        return dataclasses.replace(block, text=block.text.replace(number, f"[[owner_id|{number}]]", 1))
    if isinstance(block, Field) and number in block.value:
        return dataclasses.replace(block, value=block.value.replace(number, f"[[owner_id|{number}]]", 1))
    return block


def write_paper(kind: str, layout: str, rng: Random) -> Paper:
    """The content of one paper; same ``rng`` state, same paper."""
    if kind == "qd_ca_nhan":
        paper = write_personal(kind, layout, rng)
    elif kind == "qd_danh_muc":
        paper = write_listed(kind, layout, rng)
    elif kind == "ke_hoach_lon":
        paper = write_plan(kind, layout, rng)
    elif kind in TYPES:
        paper = write_letter(kind, layout, rng)
    elif kind == "mat":
        paper = write_letter(rng.choice(["cong_van", "thong_bao", "bao_cao"]), layout, rng)
        paper.kind, paper.secrecy = kind, rng.choice(["MẬT", "MẬT", "TỐI MẬT", "TUYỆT MẬT"])
        if paper.number:
            paper.notation += rng.choice(["", "(M)"])
    else:
        writers = {
            "gp_xay_dung": write_construction,
            "gp_kinh_doanh": write_business_licence,
            "gcn_ho_kinh_doanh": write_household,
            "gcn_attp": write_food,
            "chung_chi": write_certificate,
            "giay_xac_nhan": write_confirmation,
            "trich_luc": write_extract,
        }
        paper = writers[kind](kind, layout, rng)
    if paper.owner_id:
        paper.body = [_mark_id(block, paper.owner_id) for block in paper.body]
    if paper.doc_type in ("cong_van", "giay_moi", "thong_bao") and rng.random() < 0.12:
        paper.urgency = rng.choice(["KHẨN", "HỎA TỐC", "THƯỢNG KHẨN"])
    return paper
