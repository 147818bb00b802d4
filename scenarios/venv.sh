#!/usr/bin/env bash
# Makes build/venv hold a requirements file's exact versions, once: a stamp of the file's
# content lets the next run start at once. Prints nothing when there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1
venv=build/venv
python=/usr/bin/python3
[ -x "$python" ] || python=python3

# A requirements file may include others (-r), so the stamp covers all of them.
stamp=$venv/stamps/$(cat scenarios/requirements.txt "$requirements" | sha256sum | cut -c1-16)
[ ! -f "$stamp" ] || exit 0

if [ ! -x "$venv/bin/pip" ]; then
  echo "Making $venv"
  rm -rf "$venv"
  mkdir -p build
  "$python" -m venv "$venv"
fi
echo "Installing $requirements into $venv"
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"; then
  echo "venv.sh: pip could not install $requirements (is a package index reachable?)" >&2
  exit 1
fi
mkdir -p "$venv/stamps"
touch "$stamp"
