# The other sub-commands of ./dev.

task_setup() {
  need build command peers test clang format tidy coverage bench
  note "everything is there; next: ./dev run"
}

task_build() {
  local preset=${1-dev}
  case "$preset" in
    clang | fuzz) need build command peers test clang ;;
    dev | release | asan | tsan | noexcept | coverage) need build command peers test ;;
    *) refuse "there is no preset '$preset'; they are dev release asan tsan noexcept clang coverage fuzz" ;;
  esac
  heading "building $preset"
  build "$preset" || exit 1
}

# Without arguments: what holdfast is about, shown on real input.
task_run() {
  need build command peers
  # On a bare machine the first build takes a while: the command and what it needs, nothing else.
  heading "building the command"
  build release holdfast-command || exit 1
  local command=build/release/holdfast begin=$SECONDS
  if [ $# -gt 0 ]; then
    exec "$command" "$@"
  fi
  heading "holdfast lab run --all: every hazard happens, then its cure holds"
  "$command" lab run --all || die "a cure did not hold; see above"
  heading "holdfast replay --demo: a recorded program's allocations through the maps"
  "$command" replay --demo || die "the replay failed; see above"
  heading "done in $(duration $((SECONDS - begin)))"
  note "more: ./dev run --help   ./dev run replay FILE   ./dev run lab explain NAME"
}

task_bench() {
  case " $* " in *" --help "* | *" -h "*) exec python3 -B bench/run.py --help ;; esac
  need build peers bench
  heading "building the benchmarks"
  build release benchmarks || exit 1
  local size=(--quick) argument
  for argument in "$@"; do
    case "$argument" in --full | --rounds | --only) size=() ;; esac
  done
  heading "running the benchmarks"
  python3 -B bench/run.py --bin build/release/bench ${size[@]+"${size[@]}"} "$@"
}

task_check() {
  local tidy=no argument
  for argument in "$@"; do
    case "$argument" in
      --tidy) tidy=yes ;;
      *) refuse "./dev check does not know '$argument'; it takes --tidy" ;;
    esac
  done
  need build
  mkdir -p build/log
  heading "checking"
  lane_check
  if [ $tidy = yes ]; then
    need build command peers test tidy
    heading "clang-tidy (takes minutes)"
    configure dev || exit 1
    # The flags were chosen for g++, and some of its warnings are unknown to clang.
    if find holdfast -name '*.cpp' -print0 | sort -z | xargs -0 -P "$jobs" -n 4 \
      clang-tidy-14 --quiet -p build/dev --extra-arg=-Wno-unknown-warning-option 2>build/log/tidy.log; then
      passed=$((passed + 1))
      note "clang-tidy: ok"
    else
      failed=$((failed + 1))
    fi
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

task_format() {
  need format
  local mode=(-i) argument files=()
  for argument in "$@"; do
    case "$argument" in
      --check) mode=(--dry-run -Werror) ;;
      -*) refuse "./dev format does not know '$argument'; it takes --check and files" ;;
      *)
        [ -f "$argument" ] || refuse "there is no file $argument"
        files+=("$argument")
        ;;
    esac
  done
  if [ ${#files[@]} -eq 0 ]; then
    mapfile -d '' files < <(find holdfast tests bench examples \( -name '*.cpp' -o -name '*.hpp' \) -print0)
  fi
  printf '%s\0' "${files[@]}" | xargs -0 -P "$jobs" -n 16 clang-format-19 "${mode[@]}" ||
    die "these files are not laid out; ./dev format FILE does it"
}

task_fuzz() {
  local name=${1-} seconds=${2-60} file names=()
  for file in tests/fuzz/*.cpp; do names+=("$(basename "$file" .cpp)"); done
  case " ${names[*]} all " in
    *" $name "*) ;;
    *)
      [ -z "$name" ] || refuse "there is no fuzz body '$name'; there are: ${names[*]}"
      printf '%s\n' "${names[@]}"
      return
      ;;
  esac
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || refuse "'$seconds' is not a number of seconds"
  need build command peers test clang
  [ "$name" = all ] || names=("$name")
  heading "building the fuzzers"
  build fuzz "${names[@]/#/fuzz_}" || exit 1
  for name in "${names[@]}"; do fuzz_one "$name" "$seconds"; done
}

# What the fuzzer learns stays in build/fuzz/corpus; what is shipped is read only.
fuzz_one() {
  local name=$1 seconds=$2 learned=build/fuzz/corpus/$1 findings=build/fuzz/findings log=build/log/fuzz_$1.log
  mkdir -p "$learned" "$findings" "tests/fuzz/corpus/$name"
  heading "fuzzing $name for $(duration "$seconds")"
  # Exceptions are part of what is tested; an allocation that fails must come back as bad_alloc.
  if ! ASAN_OPTIONS=allocator_may_return_null=1 \
    "build/fuzz/tests/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$findings/$name-" "$learned" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "a finding: the input is in $findings; copy it to tests/fuzz/corpus/$name and mend the cause"
  fi
  note "no finding in $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
}
