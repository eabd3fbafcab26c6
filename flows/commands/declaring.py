"""``run --not-secret``: the statement of a person with authority that some papers, named one by one, are not secret."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import ValidationError

from schemas.errors import DocumentError
from schemas.secrecy import Statement
from schemas.text import nfc

MOST = 20  # papers: who decides has looked at each
_FLAG = "--not-secret"


def statement_of(
    paths: list[Path], *, not_secret: bool, by: str | None, reason: str | None, account: str
) -> Statement | None:
    """The statement for these files; None without the flag. Raises typer.BadParameter for anything half said."""
    if not not_secret:
        for name, value in (("--by", by), ("--reason", reason)):
            if value is not None:
                raise typer.BadParameter(f"chỉ dùng cùng {_FLAG}", param_hint=name)
        return None
    who, why = _text(by, "--by", "họ tên, chức vụ người xác nhận"), _text(reason, "--reason", "căn cứ xác nhận")
    if len([part for part in who.split(",") if part.strip()]) < 2:
        raise typer.BadParameter('ghi cả họ tên và chức vụ, ví dụ "Nguyễn Văn A, Chánh Văn phòng"', param_hint="--by")
    if len(paths) > MOST:
        raise typer.BadParameter(f"mỗi lần tối đa {MOST} tệp, ghi rõ từng tệp", param_hint=_FLAG)
    for path in paths:
        _refuse_many(path)
    try:
        return Statement(by=who, reason=why, account=account)
    except ValidationError as exc:
        name = "--by" if exc.errors()[0]["loc"] == ("by",) else "--reason"
        raise typer.BadParameter("ghi rõ hơn, từ 5 ký tự và không quá dài", param_hint=name) from exc


def _text(value: str | None, name: str, what: str) -> str:
    text = " ".join(nfc(value or "").split())
    if not text:
        raise typer.BadParameter(f"{_FLAG} cần {what}", param_hint=name)
    if not text.isprintable():  # among them bytes that are no text
        raise typer.BadParameter("có ký tự lạ", param_hint=name)
    return text


def _refuse_many(path: Path) -> None:
    """Only a file that is one paper: no folder, no archive."""
    if not path.is_file():
        raise typer.BadParameter(f"{path} không phải tệp; ghi rõ từng tệp", param_hint=_FLAG)
    from extractors.intake.limits import Limits
    from extractors.intake.sniff import MediaType, identify

    try:
        kind = identify(path, limits=Limits())
    except (DocumentError, OSError):
        return  # the ordinary way says what is wrong with it
    if kind is MediaType.ZIP:
        raise typer.BadParameter(f"{path} là tệp nén; giải nén rồi ghi rõ từng tệp", param_hint=_FLAG)
