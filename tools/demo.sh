#!/usr/bin/env bash
# The whole product on made-up papers: make them, digitize them, say what was found and where to look.
#   tools/demo.sh SAMPLES HOME COUNT
set -euo pipefail
cd "$(dirname "$0")/.."
samples=$1 home=$2 count=$3
bin=.venv/bin
if [ ! -e "$samples/truth.jsonl" ]; then
  printf '>> Tạo %s giấy tờ mẫu (người và việc đều bịa) trong %s\n' "$count" "$samples"
  "$bin/sohoa" samples make "$samples" --count "$count" --seed 2026
fi
printf '>> Số hóa\n'
code=0
"$bin/sohoa" --home "$home" run "$samples"/[0-9]* --batch demo || code=$?
[ "$code" -le 1 ] || exit "$code"
if [ ! -e "$samples/ke-hoach/truth.jsonl" ]; then
  "$bin/sohoa" samples make "$samples/ke-hoach" --count 2 --seed 9 --kind ke_hoach_lon --quality docx,digital --quiet
fi
printf '\n>> Kế hoạch (bịa), kiểm kê (bịa) và tiến độ\n'
"$bin/sohoa" --home "$home" plan add "$samples"/ke-hoach/[0-9]*
"$bin/python" -m tools.demo_plan "$home" "$samples/kiem-ke.csv"
"$bin/sohoa" --home "$home" plan inventory "$samples/kiem-ke.csv"
"$bin/sohoa" --home "$home" progress
printf '\n>> Tìm thử: sohoa --home %s search "quyet dinh"\n' "$home"
"$bin/sohoa" --home "$home" search "quyet dinh" --limit 3
printf '\n>> Xem giấy cạnh các trường đã đọc: %s/sohoa --home %s review\n' "$bin" "$home"
printf '>> Toàn bộ hồ sơ: %s/sohoa --home %s export --format xlsx --out demo.xlsx\n' "$bin" "$home"
printf '>> Trang tiến độ và kế hoạch: %s/sohoa --home %s review, rồi mở /progress và /plans\n' "$bin" "$home"
