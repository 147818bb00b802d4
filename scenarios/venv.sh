#!/usr/bin/env bash
# Makes a virtual environment hold a requirements file's exact versions, once: a stamp of the
# content lets the next run start at once. Prints nothing when there is nothing to do.
# Usage: scenarios/venv.sh REQUIREMENTS [FOLDER (build/venv) [FLAGS OF python -m venv]]
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1
venv=${2:-build/venv}
python=/usr/bin/python3
[ -x "$python" ] || python=python3

# A requirements file may include others (-r), so the stamp covers all of them.
content=$(cat "$requirements" scenarios/requirements*.txt tests/requirements*.txt | sha256sum)
stamp=$venv/stamps/$(basename "$requirements" .txt)-${content:0:16}
[ ! -f "$stamp" ] || exit 0

if [ ! -x "$venv/bin/pip" ]; then
  echo "Making $venv"
  rm -rf "$venv"
  mkdir -p build
  "$python" -m venv "${@:3}" "$venv"
fi
echo "Installing $requirements into $venv"
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"; then
  echo "venv.sh: pip could not install $requirements (is a package index reachable?)" >&2
  exit 1
fi
mkdir -p "$venv/stamps"
touch "$stamp"
