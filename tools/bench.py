"""`make bench`: speed and memory, on made documents, against OCRmyPDF on the same pages in the same run.

Writes its table into docs/benchmarks.md. CPU seconds are of the whole process tree (GNU time would not see the
workers of a pool that outlive a task, so the tree is sampled and its ends are waited for).

    .venv/bin/python -m tools.bench [--scans N] [--digital N] [--long PAGES] [--skip-peer]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tools.report import ROOT, machine_line, table, write_section


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: wall and CPU seconds of its whole tree, and the largest memory of any one reading process
    with its children: resident, and what it shares with nobody (bytes; another worker costs that much)."""

    wall: float
    cpu: float
    peak_worker: int
    peak_own: int
    output: str


def spend(command: Sequence[str], env: dict[str, str], *, pooled: bool = True, failures: Sequence[int] = ()) -> Cost:
    """Run a command and weigh it; ``pooled``: its first process only hands out work, and is no worker.
    Ends this program with its output when it fails (exit code above 1, but for ``failures``)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    peak = peak_own = 0
    stop = threading.Event()
    # The pool's workers are children of a fork server: CPU that no parent waits for is counted from samples.
    tree: dict[int, float] = {}

    def sample() -> None:
        nonlocal peak, peak_own
        root = psutil.Process(process.pid)
        while not stop.wait(0.1):
            try:
                processes = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            for one in processes:
                try:
                    with one.oneshot():
                        cpu = one.cpu_times()
                        tree[one.pid] = cpu.user + cpu.system
                        if one.pid != root.pid or not pooled:
                            size = one.memory_info().rss
                            size += sum(child.memory_info().rss for child in one.children())
                            if not any("forkserver" in part for part in one.cmdline()) or one.ppid() != root.pid:
                                peak = max(peak, size)
                                if size > 0.8 * peak:  # asking for it takes the kernel milliseconds
                                    peak_own = max(peak_own, _own(one) + sum(map(_own, one.children())))
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=sample)
    watcher.start()
    out, err = process.communicate()
    stop.set()
    watcher.join()
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode > 1 and process.returncode not in failures:
        sys.exit(f"{command}: {process.returncode}\n{out}\n{err}")
    return Cost(wall, max(waited, sum(tree.values())), peak, peak_own, out)


def _own(process: psutil.Process) -> int:
    return int(process.memory_full_info().uss)


def environment(**settings: str) -> dict[str, str]:
    # Installed programs have their bytecode; ours must be let to keep it, or every process compiles it anew.
    unwanted = ("SOHOA_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
    env = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    return {**env, "OMP_THREAD_LIMIT": "1", "PYTHONPATH": str(ROOT), "SOHOA_PREFECT": "never", **settings}


def sohoa(home: Path, *arguments: str, **settings: str) -> Cost:
    return spend([sys.executable, "-m", "flows.cli", "--home", str(home), *arguments], environment(**settings))


def make(folder: Path, count: int, *, quality: str, seed: int = 5) -> list[Path]:
    """Made documents of one quality, as PDFs."""
    subprocess.run(
        [sys.executable, "-m", "samplemaker", "make", str(folder), "--count", str(count), "--seed", str(seed),
         "--quality", quality, "--quiet"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return sorted(path for path in folder.iterdir() if path.suffix in (".pdf", ".tif", ".jpg", ".png"))


def write_long(path: Path, pages: int) -> None:
    """A scanned PDF of many pages: the pages of one made scan over and over, each an object of its own."""
    import pikepdf

    with tempfile.TemporaryDirectory() as folder:
        source = next(p for p in make(Path(folder), 6, quality="office") if p.suffix == ".pdf")
        with pikepdf.open(source) as one, pikepdf.new() as many:
            for number in range(pages):
                many.pages.append(one.pages[number % len(one.pages)])
            many.save(path)


def as_pictures(path: Path, folder: Path) -> Path:
    """The scan with nothing but its pictures: what a scanner without a reader writes, and what every peer takes."""
    import img2pdf
    import pikepdf

    target = folder / path.name
    with pikepdf.open(path) as pdf:
        pages = []
        for page in pdf.pages:
            largest: Any = max(page.get_images().values(), key=lambda image: int(image.Width))
            picture = pikepdf.PdfImage(largest)
            stream = io.BytesIO()
            image = picture.as_pil_image()
            image.convert("RGB" if image.mode in ("RGB", "CMYK", "P") else "L").save(stream, "JPEG", quality=85)
            pages.append(stream.getvalue())
        width, height = (float(x) for x in pdf.pages[0].mediabox[2:])
    target.write_bytes(img2pdf.convert(pages, layout_fun=img2pdf.get_layout_fun((width, height))))
    return target


def row(what: str, cost: Cost, pages: int, cores: int) -> tuple[str, ...]:
    return (
        what,
        str(pages),
        f"{cost.wall:.1f}",
        f"{cost.cpu / pages:.2f}",
        f"{60 * pages / cost.cpu:.1f}",
        f"{60 * pages / cost.wall / cores:.1f}",
        f"{cost.peak_worker / 1024**2:.0f}",
        f"{cost.peak_own / 1024**2:.0f}",
    )


HEAD = ("what", "pages", "wall s", "CPU s a page", "pages a CPU minute", "pages a minute and core (wall)",
        "largest worker, MB", "of which its own, MB")  # fmt: skip


PEER_NOT_PDFA = (4, 10)  # its exit codes for an output that is no valid PDF/A
PEER_OPTIONS = ("-l", "vie", "--output-type", "pdfa-2", "--pdfa-backend", "internal", "--skip-text", "--quiet")
SAME_DUTIES = ("--deskew", "--rotate-pages")  # what Sohoa does to every page before it reads it


def shared_scans() -> list[Path]:
    """The scans among the shared samples, where that folder lies beside the project: real pages, several a paper."""
    truth = ROOT.parent / "shared/samples/truth.jsonl"
    if not truth.is_file():
        return []
    rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines() if line.strip()]
    scanned = [row["file"] for row in rows if row["level"] in ("scan", "clean", "office", "poor")]
    return sorted(path for path in (truth.parent / name for name in scanned) if path.suffix == ".pdf")


def compare(name: str, scans: Sequence[Path], base: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    """Sohoa with either engine and OCRmyPDF on the same scans: table rows, and a note on their ratios."""
    one = sohoa(base / "one", "run", *map(str, scans), "--workers", "1", "--json")
    pages = int(json.loads(one.output)["pages"])
    inside = sohoa(base / "inside", "run", *map(str, scans), "--workers", "1", "--json", SOHOA_OCR_ENGINE="tesserocr")
    free = bench_peer(scans, base / "free", jobs=None)
    batch = bench_peer_batch(scans, base / "batch")
    peer = bench_peer(scans, base / "peer")
    equal = bench_peer(scans, base / "equal", *SAME_DUTIES)
    rows = [
        row(f"Sohoa, {name}, 1 worker", one, pages, 1),
        row(f"Sohoa, {name}, 1 worker, tesserocr", inside, pages, 1),
        row(f"OCRmyPDF, {name}, as it comes", free, pages, len(os.sched_getaffinity(0))),
        row(f"OCRmyPDF, {name}, as it comes, two files at once", batch, pages, len(os.sched_getaffinity(0))),
        row(f"OCRmyPDF, {name}, held to 1 job and 1 thread", peer, pages, 1),
        row(f"OCRmyPDF, {name}, the same and {' '.join(SAME_DUTIES)}", equal, pages, 1),
    ]

    def times(cost: Cost) -> str:
        return f"{cost.cpu / one.cpu:.2f} ({cost.cpu / inside.cpu:.2f})"

    note = (
        f"CPU on {name} ({len(scans)} files), fields, records and start-up included, in times of Sohoa's with "
        f"pytesseract (with tesserocr): OCRmyPDF as it comes {times(free)}; so, two files at once "
        f"{times(batch)}; held to one job and one OpenMP thread "
        f"{times(peer)}; so held, with the same duties as Sohoa (deskew, orientation) {times(equal)}."
    )
    return rows, [note]


def bench_peer(files: Sequence[Path], folder: Path, *more: str, jobs: int | None = 1) -> Cost:
    """OCRmyPDF, one file at a time, a searchable PDF/A-2b from the same files; ``more``: further options.

    ``jobs`` None leaves it to its own choice of jobs and threads: on a file of one page it lets Tesseract use several,
    which costs more CPU than it gains. With ``jobs`` it is held to one OpenMP thread, as Sohoa holds itself.
    A file it reads but whose PDF/A it cannot vouch for counts as done.
    """
    folder.mkdir()
    cpu = wall = 0.0
    peak = own = 0
    held = [] if jobs is None else ["--jobs", str(jobs)]
    env = environment()
    if jobs is None:
        del env["OMP_THREAD_LIMIT"]
    program = Path(sys.executable).parent / "ocrmypdf"
    for path in files:
        if path.suffix != ".pdf":
            continue
        cost = spend(
            [str(program), *held, *PEER_OPTIONS, *more, str(path), str(folder / path.name)],
            env, pooled=False, failures=PEER_NOT_PDFA,
        )  # fmt: skip
        cpu, wall = cpu + cost.cpu, wall + cost.wall
        peak, own = max(peak, cost.peak_worker), max(own, cost.peak_own)
    return Cost(wall, cpu, peak, own, "")


def bench_peer_batch(files: Sequence[Path], folder: Path) -> Cost:
    """OCRmyPDF as its documentation has it for many files: two at once, each with jobs and threads of its choice."""
    folder.mkdir()
    program = Path(sys.executable).parent / "ocrmypdf"
    env = {**environment(), "PEER": f"{program} {' '.join(PEER_OPTIONS)}", "OUT": str(folder)}
    del env["OMP_THREAD_LIMIT"]
    one = '$PEER "$1" "$OUT/$(basename "$1")" || true'
    many = ["sh", "-c", f"printf '%s\\0' \"$@\" | xargs -0 -n 1 -P 2 sh -c '{one}' sh", "sh"]
    return spend([*many, *(str(path) for path in files if path.suffix == ".pdf")], env, pooled=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=36)
    parser.add_argument("--digital", type=int, default=24)
    parser.add_argument("--long", type=int, default=500, help="pages of the long scan (0: leave it out)")
    parser.add_argument("--skip-peer", action="store_true")
    options = parser.parse_args()
    head = machine_line()
    cores = len(os.sched_getaffinity(0))
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sohoa-bench-") as scratch:
        base = Path(scratch)
        (base / "pictures").mkdir()
        made = make(base / "scans", options.scans, quality="clean,office,poor")
        scans = [as_pictures(path, base / "pictures") for path in made if path.suffix == ".pdf"]
        digital = make(base / "digital", options.digital, quality="digital")
        warm = sohoa(base / "warm", "run", str(scans[0]), "--json")  # page cache and bytecode, not counted
        del warm
        cold = sohoa(base / "first", "run", *map(str, scans), "--json")
        result = json.loads(cold.output)
        notes.append(
            f"First record {result['first_record_seconds']:.1f} s after the batch was begun "
            f"(a run of {len(scans)} scans)."
        )
        both = sohoa(base / "all", "run", *map(str, scans), "--json")
        pages = int(json.loads(both.output)["pages"])
        rows.append(row(f"Sohoa, made scans, {cores} workers", both, pages, cores))
        sets = [("made scans", scans)] + ([("shared scans", found)] if (found := shared_scans()) else [])
        for name, files in [] if options.skip_peer else sets:
            more, said = compare(name, files, base / name.replace(" ", "-"))
            rows += more
            notes += said
        born = sohoa(base / "born", "run", *map(str, digital), "--workers", "1", "--json")
        born_pages = int(json.loads(born.output)["pages"])
        rows.append(row("Sohoa, born-digital, 1 worker", born, born_pages, 1))
        always = sohoa(base / "prefect", "run", *map(str, scans), "--json", SOHOA_PREFECT="always")
        again = sohoa(base / "prefect", "run", str(base / "digital"), "--json", SOHOA_PREFECT="always")
        del again
        notes.append(
            f"Through Prefect ({json.loads(always.output)['documents_through_prefect']} documents, in-process server): "
            f"{always.cpu - both.cpu:.1f} CPU s more than without, of which its server's start is nearly all."
        )
        if options.long:
            write_long(base / "long.pdf", options.long)
            long = sohoa(base / "long", "run", str(base / "long.pdf"), "--workers", "1", "--json",
                         SOHOA_DOCUMENT_TIMEOUT="7200")  # fmt: skip
            rows.append(row(f"Sohoa, one scan of {options.long} pages", long, options.long, 1))
        size = sum(path.stat().st_size for path in scans if path.suffix == ".pdf")
        copies = sum(path.stat().st_size for path in (base / "all" / "store").rglob("copy*.pdf"))
        notes.append(f"PDF/A copies of the scans: {copies / size:.2f} times the size of the originals.")
    body = "\n\n".join(
        (f"Measured by `make bench`: {head}", table(HEAD, rows), "\n".join(f"- {note}" for note in notes))
    )
    write_section("bench", body)
    print(body)


if __name__ == "__main__":
    main()
