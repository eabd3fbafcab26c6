"""The letterhead, the title and the addressees."""

from __future__ import annotations

from random import Random

from samplemaker.fonts import text_width, variant
from samplemaker.model import Paper
from samplemaker.page import Mark, Rule, Text
from samplemaker.typeset.composer import Composer
from samplemaker.typeset.finish import Finish
from samplemaker.typeset.markup import other_tone, split_words
from samplemaker.vocabulary import month_text

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"


def split_name(name: str, width: float, size: float, font: str, *, split: bool) -> list[str]:
    """The name of an office in lines that fit; ``split``: the unit always on its own line."""
    lead = "ỦY BAN NHÂN DÂN"
    bare = other_tone(lead) if name.startswith(other_tone(lead)) else lead
    if name.startswith(bare + " ") and (split or text_width(font, name, size) > width):
        lines = [bare, name[len(bare) + 1 :]]
    else:
        lines = [name]
    out: list[str] = []
    for line in lines:
        if text_width(font, line, size) <= width:
            out.append(line)
            continue
        words, half = line.split(), len(line) / 2
        head = words[0]
        rest = words[1:]
        while rest and len(head) + len(rest[0]) / 2 < half:
            head += " " + rest.pop(0)
        out += [head, " ".join(rest)] if rest else [head]
    return out


def underline(c: Composer, how: str, x: float, y: float, width: float, share: float, size: float, font: str) -> float:
    """The line under agency or motto; returns the height it took."""
    if how == "rule":
        half = width * share / 2
        drop = size * 0.42
        c.page.items.append(Rule(x - half, y + drop, x + half, y + drop, 0.7))
        return drop + 1
    if how == "text":
        c.page.items.append(Rule(x - width / 2, y + 2, x + width / 2, y + 2, 0.7))
        return 3.0
    if how in ("dashes", "stars"):
        text = "-" * 12 if how == "dashes" else "*****"
        c.put(text, x, y + size, font, size, align="center")
        return size
    return 0.0


def set_head(c: Composer, paper: Paper, finish: Finish, rng: Random) -> None:
    """Letterhead with number, place and date."""
    if c.style.header == "center":
        _center_head(c, paper)
        return
    style, size = c.style, c.style.header_size
    typed = style.layout == "typewriter"
    bold = style.font if typed else variant(style.font, bold=True, italic=False)
    nation = other_tone(NATION) if style.other_tones else NATION
    left, right = max(c.left - style.head_shift[0], 14), min(c.right + style.head_shift[1], c.page.width - 12)
    wide = text_width(bold, nation, size)
    while wide > (right - left) * 0.62 and size > 7:
        size -= 0.25
        wide = text_width(bold, nation, size)
    left_width = right - left - wide - 8
    x_left, x_right = left + left_width / 2, right - wide / 2
    step, y = size * 1.25, c.y + size
    lines: list[str] = []
    # left column
    y_left = y
    if paper.agency.parent:
        parent_font = style.font if rng.random() < 0.9 else bold
        parents = split_name(paper.agency.parent, left_width + 10, size, parent_font, split=False)
        for text in parents:
            c.put(text, x_left, y_left, parent_font, size, align="center", tag="issuing_agency parent_agency_name")
            lines.append(text)
            y_left += step
    names = split_name(paper.agency.name, left_width + 6, size, bold, split=style.split_committee)
    widest = 0.0
    for text in names:
        widest = max(
            widest, c.put(text, x_left, y_left, bold, size, align="center", tag="issuing_agency issuing_agency_name")
        )
        lines.append(text)
        y_left += step
    y_left -= step
    y_left += underline(
        c,
        style.rule_under_agency,
        x_left,
        y_left,
        text_width(bold, names[-1], size),
        rng.uniform(0.35, 0.6),
        size,
        style.font,
    )
    # right column
    motto_size = min(style.motto_size, style.motto_size * size / style.header_size)
    c.put(nation, x_right, y, bold, size, align="center")
    y_motto = y + step * 1.02
    motto = MOTTO if rng.random() < 0.85 else MOTTO.replace(" - ", rng.choice([" – ", " -  "]))
    motto_wide = c.put(motto, x_right, y_motto, bold, motto_size, align="center")
    y_right = y_motto + underline(c, style.rule_under_motto, x_right, y_motto, motto_wide, 1.0, size, style.font)
    # number and date
    gap = rng.uniform(1.15, 1.9) * step
    same = rng.random() < 0.75
    y_number = max(y_left, y_right if same else 0) + gap
    y_date = max(y_right + gap, y_number if same else 0)
    if paper.number:
        shown = _number_line(
            c, paper, finish, rng, x_left, y_number, min(style.size, 13 if style.paper[0] > 500 else 10)
        )
        lines.append(shown)
    y_end = y_number
    if paper.doc_type == "cong_van" and paper.summary:
        y_end = _letter_summary(c, paper, rng, x_left, left_width + 14, y_number, lines)
    lines += [nation, motto]
    if not style.date_at_sign:
        lines.append(date_line(c, paper, finish, rng, x_right, y_date))
        y_end = max(y_end, y_date)
    c.page.lines += lines
    c.y = y_end + 4


def _letter_summary(
    c: Composer, paper: Paper, rng: Random, x: float, width: float, y: float, lines: list[str]
) -> float:
    size = rng.choice([11.0, 12.0, 12.0, 12.5, 13.0]) * (0.75 if c.style.paper[0] < 500 else 1.0)
    if c.style.layout == "typewriter":
        size = c.style.size - 1
    words = split_words(paper.summary or "", tag="summary", italic=rng.random() < 0.12)
    for line in c.break_lines(words, size, width):
        y += size * 1.2
        natural = sum(c.word_width(w, size) for w in line) + text_width(c.style.font, " ", size) * (len(line) - 1)
        c.set_line(line, x - natural / 2, y, size, gap=text_width(c.style.font, " ", size))
        lines.append(" ".join("".join(p.text for p in w) for w in line))
    return y


def value_run(
    c: Composer, how: str, text: str, x: float, y: float, size: float, font: str, tag: str, finish: Finish, rng: Random
) -> float:
    """A number or day: printed, by pen, by numbering stamp or as a picture. Returns the width taken."""
    if how == "print":
        c.page.items.append(Text(x, y, text, font, size, "black", tag))
        return text_width(font, text, size)
    if how == "image":
        width = text_width(font, text, size)
        c.page.items.append(
            Mark(
                "image_text",
                x,
                y - size,
                width + 1,
                size * 1.3,
                f"{font}|{text}",
                rng.randrange(1 << 30),
                "black",
                0.0,
                tag,
            )
        )
        return width
    if how == "stamp":
        height = size * rng.uniform(1.0, 1.35)
        width = len(text) * height * 0.58
        c.page.items.append(
            Mark(
                "numbering",
                x,
                y - height * 0.85 + rng.uniform(-2, 2),
                width,
                height,
                text,
                rng.randrange(1 << 30),
                rng.choice(["black", "blue", "red"]),
                rng.uniform(-2, 2),
                tag,
            )
        )
        return width + 2
    height = size * rng.uniform(1.25, 2.0)
    width = len(text) * height * rng.uniform(0.42, 0.58) + 2
    lift = rng.uniform(-0.12, 0.3) * size
    c.page.items.append(
        Mark(
            "digits", x, y - height * 0.82 - lift, width, height, text, finish.hand, finish.pen, rng.uniform(-4, 7), tag
        )
    )
    return width


def _number_line(c: Composer, paper: Paper, finish: Finish, rng: Random, x_center: float, y: float, size: float) -> str:
    font = c.style.font
    label = paper.number_label + ("" if finish.number == "hand" and rng.random() < 0.3 else " ")
    padding = (
        rng.uniform(1, 7) if finish.number != "print" else (rng.choice([0, 0, 4, 9]) if c.style.wide_gaps else 0.0)
    )
    rest_width = text_width(font, paper.notation, size)
    guess = (
        text_width(font, label, size)
        + text_width(font, paper.number, size) * (1.4 if finish.number == "hand" else 1)
        + 2 * padding
        + rest_width
    )
    x = x_center - guess / 2
    c.page.items.append(Text(x, y, label, font, size))
    x += text_width(font, label, size) + padding
    x += value_run(c, finish.number, paper.number, x, y, size, font, "doc_number", finish, rng)
    x += padding * rng.uniform(-0.9 if finish.number == "hand" else 0.2, 1.0)
    if paper.notation:
        c.page.items.append(Text(x, y, paper.notation, font, size, "black", "doc_number"))
    return f"{paper.number_label} {paper.doc_number}"


def date_line(c: Composer, paper: Paper, finish: Finish, rng: Random, x_center: float, y: float) -> str:
    """``Quảng Trị, ngày 05 tháng 02 năm 2022`` around a centre; returns the text."""
    style, day = c.style, paper.issued
    font = variant(style.font, bold=False, italic=True)
    size = min(style.size, 14.0) if style.paper[0] > 500 else style.size
    wide = style.wide_gaps
    day_text = f"{day.day:02d}" if rng.random() < 0.9 else str(day.day)
    month = month_text(day.month) if rng.random() < 0.9 else f"{day.month:02d}"
    month_how = finish.day if finish.month_too else "print"
    if finish.day == "hand" and rng.random() < 0.6:
        day_text = str(day.day)
    pad = rng.uniform(2, 6) if wide or finish.day != "print" else 0.0
    pieces: list[tuple[str, str, str]] = [
        (f"{paper.place}", "print", "place"),
        (", ", "print", ""),
        ("ngày ", "print", "issued_date"),
        (day_text, finish.day, "issued_date"),
        (" tháng ", "print", "issued_date"),
        (month, month_how, "issued_date"),
        (" năm ", "print", "issued_date"),
        (str(day.year), "print", "issued_date"),
    ]
    total = sum(text_width(font, text, size) for text, _, _ in pieces) + 2 * pad
    limit = (c.page.width - 10) - x_center
    x = x_center - min(total / 2, max(total - limit, total / 2))
    x = min(x, c.page.width - 12 - total)
    for text, how, tag in pieces:
        if text in (day_text,) and tag == "issued_date" and how != "print":
            x += pad * 0.5
        if how == "print":
            c.page.items.append(Text(x, y, text, font, size, "black", tag or None))
            x += text_width(font, text, size)
        else:
            x += value_run(c, how, text, x, y, size, font, tag, finish, rng) + pad * 0.3
        if wide and how == "print" and tag == "issued_date" and text == day_text:
            x += pad
    return "".join(text for text, _, _ in pieces)


def _center_head(c: Composer, paper: Paper) -> None:
    style, size = c.style, c.style.header_size
    bold = variant(style.font, bold=True, italic=False)
    middle = c.page.width / 2
    nation = other_tone(NATION) if style.other_tones else NATION
    y = c.y + size + 6
    c.put(nation, middle, y, bold, size + 1, align="center")
    wide = c.put(MOTTO, middle, y + size * 1.4, bold, size + 1, align="center")
    y += size * 1.4 + underline(c, "rule", middle, y + size * 1.4, wide, 1.0, size, style.font)
    c.page.lines += [nation, MOTTO]
    y += size * 1.5
    if paper.agency.parent:
        c.put(paper.agency.parent, middle, y, style.font, size, align="center", tag="issuing_agency parent_agency_name")
        c.page.lines.append(paper.agency.parent)
        y += size * 1.3
    c.put(paper.agency.name, middle, y, bold, size, align="center", tag="issuing_agency issuing_agency_name")
    c.page.lines.append(paper.agency.name)
    c.y = y


def set_title(c: Composer, paper: Paper, finish: Finish, rng: Random) -> None:
    """Name of the type, trích yếu, who decides, to whom."""
    style = c.style
    middle, typed = (c.left + c.right) / 2, style.layout == "typewriter"
    half = (c.right - c.left) * style.summary_width / 2
    c.y += style.title_gap
    if paper.title:
        title = " ".join(paper.title) if typed and rng.random() < 0.3 and not paper.summary_in_title else paper.title
        tag = "doc_type" + (" summary" if paper.summary_in_title else "")
        fit = style.title_size
        while (
            text_width(variant(style.font, bold=not typed, italic=False), title, fit) > (c.right - c.left) * 1.6
            and fit > 9
        ):
            fit -= 1
        if paper.summary_in_title and paper.summary and title.endswith(paper.summary):
            head = title[: -len(paper.summary)].strip()
            c.flow(
                f"[[doc_type|{head}]] [[summary|{paper.summary}]]",
                x0=c.left,
                x1=c.right,
                size=fit,
                align="center",
                bold=not typed,
                color=style.title_color,
            )
        else:
            c.flow(
                title, x0=c.left, x1=c.right, size=fit, align="center", bold=not typed, tag=tag, color=style.title_color
            )
    if paper.summary and paper.doc_type != "cong_van" and not paper.summary_in_title:
        size = min(style.size, 14)
        c.flow(
            paper.summary,
            x0=middle - half,
            x1=middle + half,
            size=size,
            align="center",
            bold=not typed and rng.random() < 0.95,
            tag="summary",
        )
        if rng.random() < 0.7:
            c.y += underline(
                c, "rule" if not typed else "dashes", middle, c.y, half, rng.uniform(0.3, 0.7), size, style.font
            )
    if style.header == "center" and paper.number:
        y = c.y + style.size * 1.5
        c.page.lines.append(_number_line(c, paper, finish, rng, middle, y, style.size))
        c.y = y + 4
    if paper.authority:
        c.y += rng.uniform(4, 16)
        c.flow(paper.authority, x0=c.left, x1=c.right, size=style.size, align="center", bold=not typed)
        c.y += rng.uniform(2, 8)
    c.y += rng.uniform(3, 12)
    if paper.addressees:
        _addressees(c, paper, rng)


def _addressees(c: Composer, paper: Paper, rng: Random) -> None:
    size = c.style.size
    if len(paper.addressees) == 1 and rng.random() < 0.85:
        gap = rng.choice([" ", " ", "  "])
        c.flow(f"Kính gửi:{gap}{paper.addressees[0]}", x0=c.left + 40, x1=c.right - 20, size=size, align="center")
        c.y += rng.uniform(6, 14)
        return
    x = c.left + rng.uniform(60, 130)
    c.flow("Kính gửi:", x0=x, x1=c.right, size=size)
    if rng.random() < 0.4:
        c.y -= size * c.style.leading
    for item in paper.addressees:
        c.flow(f"- {item}", x0=x + 58, x1=c.right, size=size)
    c.y += rng.uniform(6, 14)
