"""What a made paper says, before it is set on pages.

Texts may carry light mark-up: ``<b>``, ``<i>``, ``<u>`` and ``[[field|words]]`` for words that are the value of a
field, so that the place of the value on the page is known later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Align = Literal["justify", "left", "center", "right"]
Level = Literal["trung_uong", "tinh", "huyen", "xa"]


@dataclass(frozen=True, slots=True)
class Agency:
    """An office that issues papers, as it stood on a day."""

    name: str  # printed in the letterhead, capitals: "SỞ Y TẾ"
    parent: str | None  # the line above: "UBND TỈNH KIÊN GIANG"
    natural: str  # in running text: "Sở Y tế tỉnh Kiên Giang"
    short: str  # "Sở Y tế"
    code: str  # in the notation: "SYT"
    level: Level
    head: str  # "Giám đốc"
    deputy: str  # "Phó Giám đốc"
    place: str  # "Kiên Giang"
    committee: bool  # signs TM. ỦY BAN NHÂN DÂN
    province: str  # "tỉnh Kiên Giang"
    district: str | None  # "huyện Phú Quốc"
    ward: str | None  # "xã Tân Hội"
    units: tuple[str, ...]  # units for công văn notations and Lưu: lines
    seal_ring: str  # words around the seal
    seal_center: tuple[str, ...]  # words in its middle; empty means the national emblem
    board: str = ""  # "TM. BAN THƯỜNG VỤ" where a board is signed for


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    male: bool
    born: date
    id_type: str  # CCCD, CMND, ...
    id_number: str
    id_date: date
    id_place: str
    address: str

    @property
    def call(self) -> str:
        """ông or bà."""
        return "ông" if self.male else "bà"


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company or household business."""

    name: str
    tax_code: str
    address: str
    head: Person
    founded: date


@dataclass(frozen=True, slots=True)
class Para:
    """One paragraph."""

    text: str
    align: Align = "justify"
    indent: bool = True
    size: float = 0.0  # added to the body size, points
    bold: bool = False
    italic: bool = False
    before: float = 0.0  # extra space above, points
    keep: bool = False
    left: float = 0.0  # extra left margin, points
    color: str = "black"


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a form: a printed label and what was filled in, often over dots."""

    label: str
    value: str
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table; widths are relative.

    With ``heads`` it is set with merged cells: "^" belongs to the cell above, "<" to the one on the left; ``heads`` are
    then the rows of its head, and ``repeat_head`` says whether a new page begins with them.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    centered: tuple[int, ...] = (0,)
    heads: tuple[tuple[str, ...], ...] = ()
    repeat_head: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    """A new page, perhaps of another size or lying."""

    landscape: bool = False
    paper: str = ""


Block = Para | Field | Table | Break


@dataclass(frozen=True, slots=True)
class Sign:
    """The signature block."""

    capacity: tuple[str, ...]  # lines such as "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"
    title: str
    name: str
    left_title: str = ""  # a second signer on the left (minutes, extracts)
    left_name: str = ""
    note: str = ""  # "(Ký, ghi rõ họ tên, đóng dấu)"


@dataclass(frozen=True, slots=True)
class PlanTruth:
    """What a plan orders.

    ``tasks``: (section, text); ``targets``: (operator, number, unit); ``duties``: (agency, text); ``rows`` of the
    appendix: (group, text, lead, coordinating, deadline, product).
    """

    period: str
    tasks: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, str, str], ...]
    duties: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, str, str, str, str], ...]


@dataclass(slots=True)
class Paper:
    """The whole content of one paper and what is true about it."""

    kind: str
    layout: str
    agency: Agency
    doc_type: str
    title: str  # "QUYẾT ĐỊNH"; empty for a công văn
    summary: str | None
    number: str  # the number part: "106"
    notation: str  # "/QĐ-UBND"; empty when the number stands alone
    issued: date
    place: str
    body: list[Block] = field(default_factory=list)
    authority: str = ""  # "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH ..."
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    sign: Sign = Sign((), "", "")
    appendix: list[Block] = field(default_factory=list)
    secrecy: str | None = None
    urgency: str | None = None
    number_label: str = "Số:"
    summary_in_title: bool = False  # title and summary are one run of capitals
    owner: str | None = None
    owner_id: str | None = None
    owner_id_type: str | None = None
    owner_kind: str | None = None  # ca_nhan, ho_kinh_doanh, doanh_nghiep, to_chuc
    valid_from: date | None = None
    valid_to: date | None = None
    perpetual: bool = False
    procedure: str | None = None
    plan: PlanTruth | None = None

    @property
    def doc_number(self) -> str:
        """Số, ký hiệu as printed."""
        return self.number + self.notation
