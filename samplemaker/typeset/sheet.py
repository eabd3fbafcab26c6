"""The whole paper: letterhead, body, signature block, appendix, and the marks of pen and stamp."""

from __future__ import annotations

from random import Random

from samplemaker.fonts import text_width, variant
from samplemaker.model import Block, Break, Field, Paper, Para, Table
from samplemaker.page import Mark, Page, Rule, Text
from samplemaker.typeset.composer import Composer
from samplemaker.typeset.finish import Finish
from samplemaker.typeset.head import date_line, set_head, set_title
from samplemaker.typeset.style import MM, Style


def set_paper(paper: Paper, style: Style, finish: Finish, rng: Random) -> list[Page]:
    """Pages of the paper; ``rng`` decides small habits and the seeds of marks."""
    c = Composer(style)
    if style.frame:
        _frame(c, rng)
    set_head(c, paper, finish, rng)
    set_title(c, paper, finish, rng)
    _blocks(c, paper.body)
    if finish.initials:
        _initials(c, finish, rng)
    _signature_block(c, paper, finish, rng)
    if paper.appendix:
        _blocks(c, paper.appendix)
    _first_page_marks(c.pages[0], paper, finish, rng)
    return c.pages


def _blocks(c: Composer, blocks: list[Block]) -> None:
    for block in blocks:
        if isinstance(block, Para):
            c.para(block)
        elif isinstance(block, Field):
            c.form_line(block)
        elif isinstance(block, Table):
            c.table(block)
        elif isinstance(block, Break):
            c.turn(block)


def _frame(c: Composer, rng: Random) -> None:
    style, page = c.style, c.page
    inset = rng.uniform(9, 14) * MM * (0.7 if page.width < 500 else 1)
    insets = [inset, inset + 4] if style.frame in ("double", "ornament") else [inset]
    for k in insets:
        x0, y0, x1, y1 = k, k, page.width - k, page.height - k
        width = 1.6 if k == inset else 0.6
        page.items += [
            Rule(*r, width, style.frame_color)
            for r in ((x0, y0, x1, y0), (x1, y0, x1, y1), (x0, y1, x1, y1), (x0, y0, x0, y1))
        ]
    if style.frame == "ornament":
        seed = rng.randrange(1 << 30)
        for k, (x, y) in enumerate(
            (
                (inset, inset),
                (page.width - inset - 40, inset),
                (inset, page.height - inset - 40),
                (page.width - inset - 40, page.height - inset - 40),
            )
        ):
            page.items.append(
                Mark("ornament", x, y, 40, 40, "", seed, style.frame_color, -90.0 * (0, 1, 3, 2)[k], None, True)
            )
    if style.backdrop:
        k = inset + 8
        page.items.insert(
            0,
            Mark(
                "backdrop",
                k,
                k,
                page.width - 2 * k,
                page.height - 2 * k,
                "",
                rng.randrange(1 << 30),
                style.frame_color,
                0.0,
                None,
                True,
            ),
        )
    c.y = max(c.y, inset + 18)


def _initials(c: Composer, finish: Finish, rng: Random) -> None:
    last = next((i for i in reversed(c.page.items) if isinstance(i, Text)), None)
    if last is None:
        return
    x = last.rect()[2] + rng.uniform(-4, 6)
    width = rng.uniform(18, 34)
    if x + width > c.page.width - 8:
        x = c.page.width - 8 - width
    c.page.items.append(
        Mark("initials", x, last.y - 16, width, 22, "", rng.randrange(1 << 30), finish.pen, rng.uniform(-15, 25))
    )


def _signature_block(c: Composer, paper: Paper, finish: Finish, rng: Random) -> None:
    style, sign = c.style, paper.sign
    typed = style.layout == "typewriter"
    bold = variant(style.font, bold=not typed, italic=False)
    size, step = style.size, style.size * 1.25
    capacity = [*sign.capacity]
    q_line = capacity == ["Q."]
    head_lines = (
        ([sign.note] if sign.note else []) + ([] if q_line else capacity) + [("Q. " if q_line else "") + sign.title]
    )
    rows = len(paper.recipients) + 1 if paper.recipients else 0
    height = (
        max(len(head_lines) * step + style.sign_gap + step, rows * style.note_size * 1.2)
        + 14
        + (step if style.date_at_sign else 0)
    )
    c.y += rng.uniform(4, 14)
    c.need(height)
    text_wide = c.right - c.left
    x = c.left + text_wide * rng.uniform(0.68, 0.78)
    widest = max([text_width(bold, t, size) for t in [*head_lines, sign.name]])
    x = min(x, c.right - widest / 2 + 8)
    y = c.y
    left_lines: list[str] = []
    right_lines: list[str] = []
    date_text = ""
    if style.date_at_sign:
        y += step
        date_text = date_line(c, paper, finish, rng, x, y)
        y += 4
    top = y
    if sign.left_title:
        x_left = c.left + text_wide * 0.22
        c.put(sign.left_title, x_left, top + step, bold, size, align="center")
        c.put(sign.left_name, x_left, top + step + style.sign_gap, bold, size, align="center")
        left_lines = [sign.left_title, sign.left_name]
        if finish.signed:
            c.page.items.append(
                Mark(
                    "signature",
                    x_left - 45,
                    top + step + 6,
                    90,
                    style.sign_gap - 14,
                    "",
                    rng.randrange(1 << 30),
                    finish.pen,
                )
            )
    elif paper.recipients:
        left_lines = _recipients(c, paper, rng, top)
    if sign.note:
        y += step
        c.put(sign.note, x, y, bold, size, align="center")
        right_lines.append(sign.note)
    if q_line:
        y += step
        start = x - text_width(bold, "Q. " + sign.title, size) / 2
        width = c.put("Q. ", start, y, bold, size, tag="signing_capacity")
        c.put(sign.title, start + width, y, bold, size, tag="signer_title")
        right_lines.append("Q. " + sign.title)
    else:
        for line in capacity:
            y += step
            if finish.kt_by_hand and line.startswith("KT.") and line == capacity[-1]:
                wide = c.put(line[3:].lstrip(), x + 8, y, bold, size, align="center", tag="signing_capacity")
                c.page.items.append(
                    Mark(
                        "digits",
                        x + 8 - wide / 2 - 26,
                        y - 17,
                        26,
                        20,
                        "KT.",
                        finish.hand,
                        finish.pen,
                        rng.uniform(-5, 8),
                        "signing_capacity",
                    )
                )
            else:
                c.put(line, x, y, bold, size, align="center", tag="signing_capacity")
            right_lines.append(line)
        y += step
        if finish.sign_name == "rubber" and rng.random() < 0.5:
            _rubber(c, sign.title, x, y, bold, size, "signer_title", finish, rng)
        else:
            c.put(sign.title, x, y, bold, size, align="center", tag="signer_title")
        right_lines.append(sign.title)
    y_title = y
    y += style.sign_gap
    name = sign.name
    if finish.sign_name == "rubber":
        _rubber(c, name, x + rng.uniform(-8, 8), y, bold, size, "signer_name", finish, rng)
    elif finish.sign_name == "image":
        wide = text_width(bold, name, size)
        c.page.items.append(
            Mark(
                "image_text",
                x - wide / 2,
                y - size,
                wide + 1,
                size * 1.3,
                f"{bold}|{name}",
                0,
                "black",
                0.0,
                "signer_name",
            )
        )
    else:
        c.put(name, x, y, bold, size, align="center", tag="signer_name")
    right_lines.append(name)
    c.page.lines += [*([date_text] if date_text else []), *left_lines, *right_lines]
    if finish.certified:
        wide, high = rng.uniform(170, 215), rng.uniform(76, 92)
        spots = [(c.page.width * rng.uniform(0.05, 0.55), c.page.height * rng.uniform(0.55, 0.8)) for _ in range(12)]
        x_stamp, y_stamp = _free_spot(c.page, wide, high * 1.6, spots)
        color = "black" if finish.seal_color == "black" else rng.choice(["red", "blue", "violet"])
        seed, angle = rng.randrange(1 << 30), rng.uniform(-3, 3)
        c.page.items.append(Mark("certified", x_stamp, y_stamp, wide, high, paper.place, seed, color, angle))
    _seal_and_signature(c, paper, finish, rng, x, y_title, y, text_width(bold, name, size))
    c.y = max(y, c.y + height - 10)


def _rubber(
    c: Composer, text: str, x: float, y: float, font: str, size: float, tag: str, finish: Finish, rng: Random
) -> None:
    wide = text_width(font, text, size)
    color = "black" if finish.seal_color == "black" else "red"
    c.page.items.append(
        Mark(
            "rubber",
            x - wide / 2 - 2,
            y - size,
            wide + 4,
            size * 1.35,
            f"{font}|{text}",
            rng.randrange(1 << 30),
            color,
            rng.uniform(-1.2, 1.2),
            tag,
        )
    )


def _recipients(c: Composer, paper: Paper, rng: Random, y: float) -> list[str]:
    style, size = c.style, c.style.note_size
    typed = style.layout == "typewriter"
    y += size * 1.2
    colon = rng.choice([":", ":", ":", " :"])
    c.put(
        f"Nơi nhận{colon}",
        c.left,
        y,
        variant(style.font, bold=not typed, italic=not typed),
        size + (1 if rng.random() < 0.6 else 0),
    )
    if typed:
        c.page.items.append(Rule(c.left, y + 2, c.left + text_width(style.font, "Nơi nhận", size), y + 2))
    lines = [f"Nơi nhận{colon}"]
    dash = rng.choice(["- ", "- ", "- ", "-"])
    for item in paper.recipients:
        words = split_tagged(dash + item)
        for line in c.break_lines(words, size, (c.right - c.left) * 0.46):
            y += size * 1.15
            c.set_line(line, c.left, y, size, gap=text_width(style.font, " ", size))
            lines.append(" ".join("".join(p.text for p in w) for w in line))
    return lines


def split_tagged(text: str) -> list[tuple]:  # type: ignore[type-arg]
    """Words of a recipient line, tagged."""
    from samplemaker.typeset.markup import split_words

    return list(split_words(text, tag="recipients"))


def _seal_and_signature(
    c: Composer, paper: Paper, finish: Finish, rng: Random, x: float, y_title: float, y_name: float, name_wide: float
) -> None:
    page, gap = c.page, y_name - y_title
    if finish.signed:
        width, height = rng.uniform(80, 150), min(gap * rng.uniform(0.8, 1.25), 80)
        page.items.append(
            Mark(
                "signature",
                x - width * rng.uniform(0.3, 0.55),
                y_title + (gap - height) * 0.4,
                width,
                height,
                "",
                rng.randrange(1 << 30),
                finish.pen,
                rng.uniform(-6, 10),
            )
        )
    if finish.sealed:
        diameter = rng.uniform(34, 37) * MM * (0.78 if page.width < 500 else 1.0)
        x_seal = x - name_wide / 2 - diameter * rng.uniform(0.25, 0.6)
        x_seal = max(x_seal, 6)
        y_seal = y_name - diameter * rng.uniform(0.62, 0.98)
        center = "|".join(paper.agency.seal_center)
        page.items.append(
            Mark(
                "seal",
                x_seal,
                y_seal,
                diameter,
                diameter,
                f"{paper.agency.seal_ring}##{center}",
                rng.randrange(1 << 30),
                finish.seal_color,
                rng.uniform(-14, 14),
            )
        )


def _free_spot(page: Page, width: float, height: float, spots: list[tuple[float, float]]) -> tuple[float, float]:
    """The one of the spots where a stamp covers least text."""
    rects = [item.rect() for item in page.items if not isinstance(item, Rule) and not getattr(item, "under", False)]

    def covered(spot: tuple[float, float]) -> float:
        x, y = spot
        total = 0.0
        for x0, y0, x1, y1 in rects:
            total += max(0.0, min(x1, x + width) - max(x0, x)) * max(0.0, min(y1, y + height) - max(y0, y))
        return total

    return min(spots, key=covered)


def _spots(
    page: Page, rng: Random, count: int, y_low: float, y_high: float, x_high: float
) -> list[tuple[float, float]]:
    """Random places in the left and upper part of the page."""
    return [(page.width * rng.uniform(0.02, x_high), page.height * rng.uniform(y_low, y_high)) for _ in range(count)]


def _first_page_marks(page: Page, paper: Paper, finish: Finish, rng: Random) -> None:
    ink = "black" if finish.seal_color == "black" else "red"
    for text, tag, size in ((paper.secrecy, "secrecy", 12.5), (paper.urgency, "urgency", 11.5)):
        if not text:
            continue
        wide, high = 22 + size * len(text), rng.uniform(22, 30)
        x, y = _free_spot(page, wide, high, _spots(page, rng, 10, 0.13, 0.28, 0.3))
        seed, angle = rng.randrange(1 << 30), rng.uniform(-5, 5)
        page.items.append(Mark("notice", x, y, wide, high, text, seed, ink, angle, tag))
    if finish.arrival:
        wide, high = rng.uniform(100, 135), rng.uniform(50, 66)
        tries = rng.choice([1, 6, 14, 14])  # clerks differ in care
        x, y = _free_spot(page, wide, high, _spots(page, rng, tries, 0.005, 0.3, 0.75))
        x = min(x, page.width - wide - 4)
        color = "black" if finish.seal_color == "black" else rng.choice(["red", "red", "violet", "blue"])
        page.items.append(
            Mark("arrival", x, y, wide, high, paper.agency.place, rng.randrange(1 << 30), color, rng.uniform(-5, 5))
        )
    if finish.note:
        x, y = page.width * rng.uniform(0.6, 0.85), rng.uniform(6, 30)
        color, text = rng.choice(["grey", "blue"]), f"{rng.randint(1, 60):02d}"
        page.items.append(Mark("note", x, y, 60, 24, text, rng.randrange(1 << 30), color, rng.uniform(-10, 10)))


__all__ = ["Style", "set_paper"]
