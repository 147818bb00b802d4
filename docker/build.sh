#!/usr/bin/env bash
# The one build of Squall: ./scenarios/run, ./tests/run and the Dockerfile all come through here,
# so that what is tested is what is shipped. Installs what Debian lacks, configures, builds.
set -euo pipefail
cd "$(dirname "$0")/.."
# One cache for every checkout: paths are hashed as they are seen from here.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

usage() {
  cat <<'TEXT'
Usage: docker/build.sh [--install SET]... [PRESET [TARGET...]]

  PRESET         release (default), dev, asan, tsan, clang or fuzz: see CMakePresets.json
  TARGET         ninja targets; without any: squall for release and clang, all for the others
  --install SET  install a set of Debian packages and build nothing unless a PRESET follows:
                   build    compiler, tools and libraries
                   python   what the scenarios' deploy programs need
                   tests    Debian's boto3, skopeo
                   clang    clang 16 with its run-time (fuzz targets, second compiler)
                   perf     valgrind, for instruction counts

The binary is build/PRESET/squall. A second run with nothing changed takes about a second.
TEXT
}

packages_of() {
  case "$1" in
    build) echo cmake ninja-build g++ ccache lld python3 libboost1.81-dev nlohmann-json3-dev \
      libtinyxml2-dev libsqlite3-dev libssl-dev libpcre2-dev libyaml-cpp-dev libcli11-dev \
      zlib1g-dev libisal-dev libgtest-dev libgmock-dev libbenchmark-dev ;;
    python) echo python3 python3-venv ;;
    tests) echo python3-boto3 skopeo ;;
    clang) echo clang-16 libclang-rt-16-dev ;;
    perf) echo valgrind ;;
    *) echo "build.sh: no package set '$1' (build, python, tests, clang, perf)" >&2; return 2 ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else
    echo "build.sh: installing packages needs root: run as root, install sudo, or install" \
      "them yourself" >&2
    return 1
  fi
}

apt() {  # quiet, but what it said is shown when it fails
  local log
  log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive as_root apt-get -qq -o Dpkg::Use-Pty=0 "$@" \
    >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

install_set() {
  local missing=() name wanted
  wanted=$(packages_of "$1")
  for name in $wanted; do
    if ! dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed; then
      missing+=("$name")
    fi
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || {
    echo "build.sh: Debian's apt-get is not here; install by other means: ${missing[*]}" >&2
    return 1
  }
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  if ! apt update || ! apt install --no-install-recommends "${missing[@]}"; then
    echo "build.sh: could not install: ${missing[*]}" >&2
    echo "build.sh: Squall is built on Debian 12 (bookworm); elsewhere these names differ" >&2
    return 1
  fi
}

# Off a terminal ninja prints a line a step: show every 25th, and all that is no step.
run_ninja() {
  if [ -t 1 ]; then
    ninja -C "$@"
    return
  fi
  NINJA_STATUS='step %f/%t ' ninja -C "$@" | while IFS= read -r line; do
    case "$line" in
      'ninja: Entering directory'* | 'ninja: no work to do'* | 'step 0/'*) ;;
      'step '*)
        line=${line#step } line=${line%% *}
        if [ $((${line%/*} % 25)) = 0 ] || [ "${line%/*}" = "${line#*/}" ]; then
          echo "  $line"
        fi ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}

build() {
  local preset=$1
  shift
  local dir=build/$preset
  if [ $# = 0 ] && { [ "$preset" = release ] || [ "$preset" = clang ]; }; then set -- squall; fi
  if [ ! -f "$dir/build.ninja" ]; then
    echo "Configuring $preset"
    mkdir -p build
    if ! cmake --preset "$preset" >"build/configure-$preset.log" 2>&1; then
      cat "build/configure-$preset.log" >&2
      rm -rf "$dir"  # a half-made configuration must not pass for a whole one
      return 1
    fi
  fi
  echo "Building ${*:-everything} ($preset)"
  run_ninja "$dir" "$@"
}

sets=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --install) [ $# -ge 2 ] || { usage >&2; exit 2; }; sets+=("$2"); shift 2 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
  esac
done
for set in "${sets[@]}"; do install_set "$set"; done
if [ $# = 0 ] && [ ${#sets[@]} -gt 0 ]; then exit 0; fi

preset=${1:-release}
[ $# = 0 ] || shift
case "$preset" in
  release | dev | asan | tsan) ;;
  clang | fuzz) install_set clang ;;
  *) echo "build.sh: no preset '$preset'" >&2; usage >&2; exit 2 ;;
esac
install_set build
build "$preset" "$@"
