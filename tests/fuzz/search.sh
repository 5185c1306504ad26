#!/bin/sh
# Searches for inputs that break a parser, with clang's libFuzzer and sanitizers. What it finds is
# left in build-fuzz/found; an input worth keeping goes into tests/fuzz/corpus.
#
#   sh tests/fuzz/search.sh                 every target for 30 seconds
#   sh tests/fuzz/search.sh 600 url media   these targets for 600 seconds each
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/packages.sh

seconds=${1:-30}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(sed -n "s/^  '\([a-z0-9_]*\)': \[.*/\1/p" tests/fuzz/meson.build)

ensure_packages $build_packages clang libclang-rt-14-dev || exit 1
targets=$(printf ' tests/fuzz/fuzz-%s' "$@")
CC='ccache clang' CXX='ccache clang++' configure_build build-fuzz -Dlibfuzzer=true \
  -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
  -Dcpp_args='-g1 -fsanitize=fuzzer-no-link' || exit 1
ninja -C build-fuzz $targets || exit 1

mkdir -p build-fuzz/found
failed=0
for name in "$@"; do
  fresh=build-fuzz/corpus-$name
  mkdir -p "$fresh"
  echo "fuzz-$name for $seconds s"
  if build-fuzz/tests/fuzz/fuzz-"$name" "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=1024 \
      "-artifact_prefix=build-fuzz/found/$name-" -verbosity=0 -print_final_stats=1 \
      "$fresh" "tests/fuzz/corpus/$name" >"build-fuzz/found/$name.log" 2>&1; then
    grep number_of_executed_units "build-fuzz/found/$name.log"
  else
    failed=1
    tail -40 "build-fuzz/found/$name.log"
  fi
done
exit "$failed"
