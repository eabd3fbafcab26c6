# `make help` lists the targets. Everything runs from a fresh clone: setup installs what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
DEMO_HOME ?= demo-home
DEMO_SAMPLES ?= samples-out/demo
DEMO_COUNT ?= 24
ROOMS := extractors flows review runtime samplemaker schemas storage web
export OMP_THREAD_LIMIT := 1
export DO_NOT_TRACK := 1
# A developer's own settings must not leak into demo, tests and benchmarks.
unexport SOHOA_HOME SOHOA_STORE_URL SOHOA_DATABASE_URL

.PHONY: help setup demo test check lint types arrows score score-wide score-tables calibrate train bench budget \
  bench-search relevance look docs lock clean

help: ## Danh sách lệnh
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 18

setup: ## Cài gói hệ thống và môi trường .venv (im lặng khi đã đủ)
	@tools/setup.sh dev

demo: ## Tạo giấy tờ mẫu, số hóa chúng, cho biết kết quả và nơi xem
	@tools/setup.sh run
	@tools/demo.sh "$(DEMO_SAMPLES)" "$(DEMO_HOME)" "$(DEMO_COUNT)"

test: setup ## Chạy các phép thử (như máy dựng)
	@$(PY) -m pytest -q

check: setup lint types arrows test ## Mọi kiểm tra: định dạng, kiểu, hướng phụ thuộc, phép thử

lint: setup ## Định dạng và lỗi thường gặp (ruff)
	@$(VENV)/bin/ruff format --check -q .
	@$(VENV)/bin/ruff check -q .

types: setup ## Kiểu dữ liệu (mypy --strict)
	@$(VENV)/bin/mypy $(ROOMS) tools

arrows: setup ## Hướng phụ thuộc giữa các phòng (import-linter)
	@$(VENV)/bin/lint-imports

score: setup ## Đo độ đúng trên mẫu (và ../shared/samples nếu có), ghi vào docs/benchmarks.md
	@$(PY) -m tools.score

calibrate: setup ## Hiệu chỉnh độ chắc trên giấy tờ mẫu (đọc lâu), ghi schemas/data/certainty.json và docs/certainty.md
	@$(PY) -m tools.calibrate

train: setup ## Huấn luyện bộ phân loại spaCy và so với quy tắc, ghi docs/classification.md
	@$(PY) -m tools.compare_classes

score-wide: setup ## Đo trên các họ văn bản tạo ra (không quét), so được mất từng văn bản; ARGS="--scans --store"
	@$(PY) -m tools.score_wide $(ARGS)

score-tables: setup ## Đo bảng phụ lục trên bản quét, từng ô một, liệt kê chỗ sai; ARGS="--write" ghi vào docs/benchmarks.md
	@$(PY) -m tools.score_tables $(ARGS)

bench: setup ## Đo tốc độ và bộ nhớ, so với OCRmyPDF, ghi vào docs/benchmarks.md
	@$(PY) -m tools.bench

budget: setup ## Thời gian máy của một trang quét đi đâu, từng việc, ghi vào docs/benchmarks.md
	@$(PY) -m tools.budget

bench-search: setup ## Đo tìm kiếm: dựng chỉ mục và 200 câu hỏi, cả hai máy tìm và SQLite FTS5 (RECORDS=50000 PG_RECORDS=50000 FTS_RECORDS=50000 MINUTES=15)
	@nice -n 5 $(PY) -m tools.bench_search --records $(or $(RECORDS),50000) --pg-records $(or $(PG_RECORDS),0) \
		--fts-records $(or $(FTS_RECORDS),0) --minutes $(or $(MINUTES),15)

relevance: setup ## Đo tìm đúng: câu hỏi viết tay, liệt kê chỗ trượt, ghi vào docs/benchmarks.md
	@$(PY) -m tools.relevance

look: setup ## Trang HTML: giấy, khung, trường đọc được cạnh đáp án của make demo, tệ nhất trước
	@$(PY) -m tools.look --home "$(DEMO_HOME)" --truth "$(DEMO_SAMPLES)/truth.jsonl" --out look

docs: setup ## Viết lại phần tự sinh của docs (cài đặt, mã lỗi, dòng lệnh)
	@$(PY) -m tools.reference

lock: ## Ghim lại mọi thư viện từ requirements*.in (cần uv)
	uv pip compile -q --upgrade --no-strip-extras --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  requirements.in -o requirements.lock
	uv pip compile -q --upgrade --no-strip-extras --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  -c requirements.lock requirements-dev.in -o requirements-dev.lock
	python3 tools/lock_extras.py requirements.lock requirements-dev.lock
	@! grep -nE '(http|file)s?:' requirements.lock requirements-dev.lock

clean: ## Xóa thứ đã sinh ra (giữ .venv)
	rm -rf demo-home samples-out look build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
