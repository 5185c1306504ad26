#!/bin/sh
# Prints every figure of tests/bench. Takes about an hour; nothing here passes or fails.
cd "$(dirname "$0")/../.." || exit 1
. tests/packages.sh
ensure_packages $build_packages $test_packages || exit 1
configure_build build-bench --buildtype=release || exit 1
ninja -C build-bench >&2 && ninja -C build-bench tests/bench/hash-bench tests/bench/many-players >&2 || exit 1
ALLUVIUM_BUILD=$PWD/build-bench
export ALLUVIUM_BUILD

echo '== hashing, beside openssl in the same minute'
openssl speed -seconds 2 -bytes 16384 -evp sha256 2>/dev/null | tail -n 1
build-bench/tests/bench/hash-bench
for bench in first_sound origin_copies footprint; do
  echo "== $bench"
  python3 "tests/bench/$bench.py"
done
echo '== many_players'
python3 tests/bench/many_players.py
