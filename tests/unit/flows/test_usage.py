"""Wrong command lines, in process: exit code 2, one Vietnamese sentence, nothing on standard output."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import run_cli

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("SOHOA_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return tmp_path / "h"


WRONG = {
    "run . --workers 0": "--workers: phải từ 1 trở lên",
    "run . --workers x": "--workers: phải là số nguyên",
    "review --port 99999": "--port: không được quá 65535",
    "progress --page-cost x": "--page-cost: phải là số",
    "progress --year 9999999": "--year: không được quá 2100",
    "progress --year 0": "--year: phải từ 1990 trở lên",
    "search x --from 2020-13-45": "--from: ngày phải có dạng YYYY-MM-DD",
    "search x --to 20200101": "--to: ngày phải có dạng YYYY-MM-DD",
    "search x --status foo": "--status: chỉ có accepted",
    "search x --level foo": "--level: chỉ có trung_uong",
    "search x --type foo": "--type: chỉ có ",
    "plan template inventory --out a.foo": "--out: tên tệp phải kết thúc bằng .xlsx hoặc .csv",
    "plan template report --out a.xlsx": "--out: tên tệp phải kết thúc bằng .docx",
    "export --format tasks --out a.docx": "--out: nhiệm vụ xuất được ra .csv, .xlsx, .json",
    "user add lan.anh --role administrator": "mật khẩu: không có bàn phím để hỏi: thêm --password-stdin",
    "user add lan.anh --role foo": "E307: Giá trị gõ vào không hợp lệ",
    "user add Lan --role administrator": "E309: Tên đăng nhập này đã có hoặc không hợp lệ",
    "user password lan.anh": "E314: Không có tài khoản này. (lan.anh)\n→ Xem tên đăng nhập",
    "user disable lan.anh": "E314: Không có tài khoản này. (lan.anh)\n→ Xem tên đăng nhập",
    "show zzzz": "E301: Không tìm thấy hồ sơ. (zzzz)\n→ Kiểm tra lại mã hồ sơ",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_said_in_vietnamese(
    words: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_cli(["--home", str(home), *words.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert WRONG[words] in err
    assert not re.search(r"\b(should|valid|Input|Warning|Password)\b", err), err
    assert not list(tmp_path.glob("a.*")), "a file all the same"


def test_what_the_system_refuses_is_said_in_vietnamese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tep").write_bytes(b"")
    assert run_cli(["--home", str(tmp_path / "tep"), "verify"]) == 3
    assert "đây là tệp, không phải thư mục" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator of Linux")
@pytest.mark.parametrize(("words", "anew"), [(["search", "rebuild"], False), (["rebuild", "--index"], True)])
def test_only_a_rebuild_begins_anew_with_large_pages(home: Path, words: list[str], anew: bool) -> None:
    tell = (
        "import os, sys\n"
        "import runtime.settings as s\n"
        "s.begin_with_large_pages = lambda: print('anew')\n"
        "from flows.cli import main\n"
        f"sys.argv[1:] = {['--home', str(home), *words]!r}\n"
        "main()\n"
    )
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("SOHOA_")}, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", tell], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("anew" in done.stdout) == anew
