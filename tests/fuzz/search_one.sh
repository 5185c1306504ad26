#!/bin/sh
# search_one.sh PROGRAM NAME SECONDS: lets one fuzz target search, beginning with its corpus. What it
# learns stays beside the build, in corpus-NAME; what breaks it is left in found.
set -u
program=$1
name=$2
seconds=$3
here=$(dirname "$0")
build=$(dirname "$program")/../..

mkdir -p "$build/found" "$build/corpus-$name"
exec "$program" "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=1024 -verbosity=0 \
  -print_final_stats=1 "-artifact_prefix=$build/found/$name-" \
  "$build/corpus-$name" "$here/corpus/$name"
