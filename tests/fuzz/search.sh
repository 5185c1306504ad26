#!/bin/sh
# Searches for inputs that break a parser, with clang's libFuzzer and sanitizers. What it finds is
# left in build-sanitize/found; an input worth keeping goes into tests/fuzz/corpus.
#
#   sh tests/fuzz/search.sh                 every target for 30 seconds
#   sh tests/fuzz/search.sh 600 url media   these targets for 600 seconds each
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/packages.sh

seconds=${1:-30}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(sed -n "s/^  '\([a-z0-9_]*\)': \[.*/\1/p" tests/fuzz/meson.build)

ensure_packages $build_packages $sanitizer_packages || exit 1
targets=$(printf ' tests/fuzz/fuzz-%s' "$@")
configure_sanitized || exit 1
ninja -C build-sanitize $targets || exit 1

failed=0
for name in "$@"; do
  echo "fuzz-$name for $seconds s"
  if sh tests/fuzz/search_one.sh build-sanitize/tests/fuzz/fuzz-"$name" "$name" "$seconds" \
      >"build-sanitize/$name.log" 2>&1; then
    grep number_of_executed_units "build-sanitize/$name.log"
  else
    failed=1
    tail -40 "build-sanitize/$name.log"
  fi
done
exit "$failed"
