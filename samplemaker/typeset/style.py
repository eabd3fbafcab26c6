"""How a paper looks: sizes, margins, habits of the typist. Points throughout."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

A4, A3, A5 = (595.28, 841.89), (841.89, 1190.55), (419.53, 595.28)
MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Style:
    """One typist's way of setting papers."""

    layout: str
    font: str
    size: float
    leading: float  # of the size
    para_gap: float
    indent: float
    margins: tuple[float, float, float, float]  # left, top, right, bottom
    justify: bool
    header_size: float
    motto_size: float
    head_shift: tuple[float, float]  # how far the letterhead reaches over the margins
    split_committee: bool
    rule_under_agency: str  # rule, text, dashes, none
    rule_under_motto: str
    title_size: float
    title_gap: float
    summary_width: float  # of the text width
    note_size: float  # Nơi nhận
    page_number: str  # top, bottom, right, none
    other_tones: bool
    frame: str  # "", single, double, ornament
    frame_color: str
    title_color: str
    header: str  # two, center
    date_at_sign: bool
    fill_font: str  # font of filled-in values of forms
    fill_color: str
    fill_bold: bool
    dots: str  # none, after, under
    paper: tuple[float, float]
    sign_gap: float
    wide_gaps: bool  # gaps around number and day, as left for the pen
    backdrop: bool


def pick_style(rng: Random, layout: str, kind: str) -> Style:
    """A style usual for the layout."""
    typed = layout == "typewriter"
    template = layout == "template"
    size = rng.choice([13.0, 13.0, 14.0, 14.0, 13.5]) if not typed else rng.choice([11.0, 12.0])
    if layout == "tt01":
        size = rng.choice([12.5, 13.0, 14.0, 14.0])
    paper = A4
    certificate = kind in ("chung_chi", "gcn_attp", "gcn_ho_kinh_doanh")
    if template:
        size = rng.choice([12.0, 13.0, 13.0, 14.0])
        roll = rng.random()
        if certificate and roll < 0.35:
            paper = (A4[1], A4[0])
        elif kind == "trich_luc" and roll < 0.2:
            paper, size = A5, 9.5
    if kind == "giay_moi" and rng.random() < 0.15:
        paper, size = A5, 10.0
    scale = 0.72 if paper == A5 else 1.0
    frame = rng.choice(["single", "double", "ornament", ""]) if template and kind != "gp_xay_dung" else ""
    left, right = rng.uniform(24, 35) * MM * scale, rng.uniform(14, 21) * MM * scale
    top, bottom = rng.uniform(15, 25) * MM * scale, rng.uniform(15, 25) * MM * scale
    if template and certificate:
        left = right = rng.uniform(24, 32) * MM
        top = bottom = rng.uniform(18, 24) * MM
    head = (rng.choice([11.5, 12.0, 12.0, 12.5, 13.0]) if not typed else size) * scale
    if frame:
        left, right, top, bottom = (max(side, 58 * scale) for side in (left, right, top, bottom))
    fill = "serif"
    if template and rng.random() < 0.22:
        fill = rng.choice(["hand7", "hand8", "hand9", "hand10", "mono", "sans"])
    red = template and rng.random() < 0.45
    header = "center" if template and certificate and rng.random() < 0.35 else "two"
    return Style(
        layout=layout,
        font="mono" if typed else ("sans" if rng.random() < (0.06 if layout != "nd30" else 0.0) else "serif"),
        size=size,
        leading=rng.choice([1.15, 1.2, 1.25, 1.3, 1.35]) if not typed else rng.choice([1.3, 1.5, 1.7]),
        para_gap=rng.choice([2.0, 3.0, 4.0, 6.0]) * scale,
        indent=rng.choice([28.35, 36.0, 35.0, 42.0]) * scale,
        margins=(left, top, right, bottom),
        justify=not typed and rng.random() < 0.94,
        header_size=head,
        motto_size=min(head + rng.choice([0.5, 1.0, 1.0, 1.5]), 14.0) if not typed else size,
        head_shift=(0.0, 0.0) if frame else (rng.uniform(0, 26) * scale, rng.uniform(0, 16) * scale),
        split_committee=rng.random() < 0.8,
        rule_under_agency=rng.choice(["rule", "rule", "rule", "text", "none"])
        if not typed
        else rng.choice(["dashes", "stars", "none"]),
        rule_under_motto=rng.choice(["rule", "rule", "rule", "text"])
        if not typed
        else rng.choice(["dashes", "stars", "text"]),
        title_size=(rng.choice([14.0, 14.0, 13.0, 15.0]) if not template else rng.choice([16.0, 18.0, 20.0, 22.0]))
        * scale
        if not typed
        else size + rng.choice([0, 2]),
        title_gap=rng.uniform(8, 26) * scale,
        summary_width=rng.uniform(0.62, 0.9),
        note_size=rng.choice([11.0, 11.0, 11.0, 10.5, 12.0]) * scale,
        page_number=rng.choice(["top", "top", "top", "none"])
        if layout == "nd30"
        else rng.choice(["bottom", "right", "top", "none"]),
        other_tones=rng.random() < {"nd30": 0.08, "tt01": 0.35, "typewriter": 0.5, "template": 0.12}[layout],
        frame=frame,
        frame_color=rng.choice(["#a03020", "#205080", "#3a7a3a", "#806020", "black", "#c04848"]) if frame else "black",
        title_color="#c01818" if red else "black",
        header=header,
        date_at_sign=header == "center" or (template and rng.random() < 0.6),
        fill_font=fill,
        fill_color="#1a2f8a" if fill.startswith("hand") else "black",
        fill_bold=fill == "serif" and rng.random() < 0.3,
        dots=rng.choice(["none", "none", "after", "under"]) if template else "none",
        paper=paper,
        sign_gap=rng.uniform(46, 84) * scale,
        wide_gaps=rng.random() < 0.5,
        backdrop=bool(frame) and rng.random() < 0.5,
    )
