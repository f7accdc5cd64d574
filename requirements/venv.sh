#!/bin/sh
# Make .venv in the checkout when it is absent or broken, and install pinned requirements into it.
# Usage: requirements/venv.sh run|dev
# What is absent on this machine is said in one line.
set -eu
cd "$(dirname "$0")/.."
set_name=$1

say() {
    echo "overproof: $*" >&2
    exit 1
}

find_python() {
    without_venv=""
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        if "$name" -c 'import venv, ensurepip' 2>/dev/null; then
            echo "$name"
            return
        fi
        without_venv=$name
    done
    if [ -n "$without_venv" ]; then
        say "$without_venv has no venv module: install it (Debian, Ubuntu: apt install python3-venv), then try again"
    fi
    if [ -n "${PYTHON:-}" ]; then
        say "$PYTHON is no Python 3.11, 3.12 or 3.13: name another one, or none to let make look for it"
    fi
    found=$(python3 --version 2>/dev/null || echo "no python3")
    say "Python 3.11, 3.12 or 3.13 is needed, found $found: install one, or name it with PYTHON=/path/to/python3 make ..."
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    echo "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || say "$python could not make .venv: see the lines above"
fi

echo "installing requirements/$set_name.txt (once; a minute or two)"
export PIP_DISABLE_PIP_VERSION_CHECK=1
.venv/bin/python -m pip install --quiet --requirement "requirements/$set_name.txt" ||
    say "requirements/$set_name.txt cannot be installed: see the lines above (is a package index within reach?)"
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable . ||
    say "overproof itself cannot be installed: see the lines above"
