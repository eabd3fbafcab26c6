#!/usr/bin/env bash
# Installs what is missing: system packages from packages.txt, then .venv from the locked requirements.
# Quiet when all is there; says what it installs when it is not.
#   tools/setup.sh [run|dev]     run = what the product needs, dev = also what tests and benchmarks need (default)
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-dev}
say() { printf '>> %s\n' "$*"; }
die() { printf '!! %s\n' "$*" >&2; exit 3; }

listed() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d'; }
wanted=$(if [ "$mode" = run ]; then sed '/^# development only/,$d' packages.txt; else cat packages.txt; fi | listed)

if command -v dpkg-query >/dev/null; then
  missing=()
  for package in $wanted; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
      command -v sudo >/dev/null || die "Thiếu gói hệ thống. Chạy với quyền root: apt-get install -y ${missing[*]}"
      root=(sudo)
    fi
    say "Cài gói hệ thống: ${missing[*]}"
    log=$(mktemp)
    if ! { "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
           apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      die "Không cài được gói hệ thống. Xem trên, rồi chạy: apt-get install -y ${missing[*]}"
    fi
    rm -f "$log"
  fi
else
  say "Không phải Debian: hãy tự cài các gói trong packages.txt"
fi

python=${PYTHON:-}
if [ -z "$python" ]; then
  for candidate in python3.11 python3.12 python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then
      python=$candidate
      break
    fi
  done
fi
[ -n "$python" ] || die "Cần Python 3.11 hoặc 3.12 (Debian 12: apt-get install python3.11 python3.11-venv)"

lock=requirements-dev.lock
[ "$mode" = run ] && lock=requirements.lock
want=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
stamp=.venv/.sohoa-installed
have=$(cat "$stamp" 2>/dev/null || true)
# What was installed for `dev` holds all that `run` needs.
if [ "$mode" = run ] && [ "$have" = "dev $(cat requirements-dev.lock pyproject.toml | sha256sum | cut -d' ' -f1)" ]; then
  exit 0
fi
[ "$have" = "$mode $want" ] && exit 0

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  say "Tạo môi trường .venv bằng $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv || die "Không tạo được .venv (Debian 12: apt-get install python3.11-venv)"
fi
say "Cài thư viện từ $lock (lần đầu mất vài phút)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" \
  || die "Không cài được thư viện từ $lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
  || die "Không cài được chính chương trình"
printf '%s %s' "$mode" "$want" >"$stamp"
say "Xong: .venv/bin/sohoa"
