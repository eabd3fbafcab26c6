"""Command line of the sample maker; the product calls :func:`main` for ``sohoa samples``."""
# ruff: noqa: E501 -- sentences are kept whole

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from samplemaker.maker import iter_documents
from samplemaker.names import DEFAULT_QUALITIES, KINDS, LAYOUTS, QUALITIES


def _listing(names: dict[str, str]) -> str:
    return "\n".join(f"  {name:18s} {text}" for name, text in names.items())


def build_parser() -> argparse.ArgumentParser:
    """The parser, with Vietnamese help."""
    parser = argparse.ArgumentParser(
        prog="samplemaker",
        description="Tạo văn bản hành chính mẫu (hư cấu) kèm đáp án, để thử và đo phần mềm số hóa.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")
    make = commands.add_parser(
        "make",
        help="tạo văn bản mẫu vào một thư mục",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tạo văn bản mẫu và tệp đáp án truth.jsonl. Cùng hạt giống cho cùng các tệp, giống nhau từng byte.",
        epilog=f"Loại văn bản (--kind):\n{_listing(KINDS)}\n\nChất lượng (--quality):\n{_listing(QUALITIES)}\n\nThể thức (--layout):\n{_listing(LAYOUTS)}\n\n"
        "Ví dụ:\n  samplemaker make mau --count 60 --seed 7\n  samplemaker make mau --count 20 --seed 7 --quality poor --kind trich_luc,giay_xac_nhan",
    )
    make.add_argument("out", type=Path, metavar="THƯ_MỤC", help="nơi ghi các tệp và truth.jsonl")
    make.add_argument("--count", type=int, default=30, metavar="N", help="số văn bản (mặc định 30)")
    make.add_argument("--seed", type=int, default=1, metavar="S", help="hạt giống (mặc định 1)")
    make.add_argument(
        "--quality",
        default="",
        metavar="A,B",
        help=f"các chất lượng, cách nhau dấu phẩy; all = tất cả (mặc định {','.join(DEFAULT_QUALITIES)})",
    )
    make.add_argument("--kind", default="", metavar="A,B", help="các loại văn bản (mặc định mọi loại, trừ mat)")
    make.add_argument("--layout", default="", metavar="A,B", help="các thể thức trình bày (mặc định mọi thể thức)")
    make.add_argument("--quiet", action="store_true", help="không hiện tiến độ")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; 0 when all went well, 2 for wrong usage."""
    args = build_parser().parse_args(argv)
    if args.count < 1:
        print("Số văn bản phải từ 1 trở lên.", file=sys.stderr)
        return 2
    chosen = {}
    for option, known in (("quality", QUALITIES), ("kind", KINDS), ("layout", LAYOUTS)):
        names = [n.strip() for n in getattr(args, option).split(",") if n.strip()]
        names = list(known) if names == ["all"] else names
        unknown = [n for n in names if n not in known]
        if unknown:
            print(
                f"Không có tên này trong --{option}: {', '.join(unknown)}. Các tên dùng được: {', '.join(known)}.",
                file=sys.stderr,
            )
            return 2
        chosen[option] = names
    start, pages = time.monotonic(), 0
    documents = iter_documents(
        args.out,
        count=args.count,
        seed=args.seed,
        kinds=chosen["kind"],
        qualities=chosen["quality"],
        layouts=chosen["layout"],
    )
    for number, made in enumerate(documents, 1):
        pages += made.truth["pages"]
        if not args.quiet and sys.stderr.isatty():
            print(f"\rĐã tạo {number}/{args.count} văn bản ({pages} trang)", end="", file=sys.stderr, flush=True)
    if not args.quiet:
        if sys.stderr.isatty():
            print(file=sys.stderr)
        print(
            f"Đã tạo {args.count} văn bản, {pages} trang, trong {time.monotonic() - start:.1f} giây: {args.out} (đáp án: {args.out / 'truth.jsonl'})"
        )
    return 0
