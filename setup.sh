#!/bin/sh
# Makes .venv with what is asked for. Quick when that is there already.
#
#   ./setup.sh [ml] [test] [s3] [chromium] [oldest-postgres] [mergekit]
#
# PYTHON names another interpreter; it must be a Python 3.11.
set -eu
cd "$(dirname "$0")"

fail() {
    echo "$*" >&2
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# As root on Debian or Ubuntu: install. Everybody else is told the command.
need_package() { # name, what it is for
    if is_root && command -v apt-get >/dev/null; then
        echo "Installing $1 ($2)."
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null ||
            fail "Debian's package $1 could not be installed; it is needed for $2."
    else
        fail "$1 is missing ($2). Install it, then try again: sudo apt-get install $1"
    fi
}

is_python_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3.11 python3 python}; do
        if is_python_311 "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="no Python"
    fail "GG-EZ runs on Python 3.11 and nothing else so far; found $found. Install Python 3.11 or set PYTHON=/path/to/python3.11."
}

make_venv() {
    python=$(find_python)
    # Debian keeps this half of the standard library in a package of its own.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || need_package python3.11-venv "virtual environments"
    "$python" -m venv --clear .venv
}

find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome 2>/dev/null
}

# In an environment of its own: none of ours sees it, and it sees all of ours. So what is compared
# is two programs, not two versions of torch.
make_mergekit() { # packages
    echo "Installing $1, to be compared with."
    .venv/bin/python -m venv --clear --without-pip .venv/mergekit
    echo ../../../../lib/python3.11/site-packages >.venv/mergekit/lib/python3.11/site-packages/ours.pth
    # shellcheck disable=SC2086 - several packages
    .venv/bin/python -m pip --python .venv/mergekit/bin/python install --quiet \
        --disable-pip-version-check --no-deps $1
    .venv/mergekit/bin/python -c 'import mergekit.scripts.run_yaml' ||
        fail "mergekit was installed and cannot be imported beside the packages of .venv."
    echo "$1" >.venv/mergekit/installed
}

extras=""
chromium=no
oldest_postgres=no
mergekit=no
for word in "$@"; do
    case $word in
        chromium) chromium=yes ;;
        oldest-postgres) oldest_postgres=yes ;;
        # It computes with the same torch as we do.
        mergekit) mergekit=yes extras="$extras ml" ;;
        ml | test | s3) extras="$extras $word" ;;
        *) fail "Unknown word '$word': ml, test, s3, chromium, oldest-postgres or mergekit." ;;
    esac
done

# What .venv was made from, where it stands, and which extras it holds.
stamp=.venv/installed
recipe=$( (pwd && cat pyproject.toml constraints.txt setup.sh) | sha256sum | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "$recipe" ] && is_python_311 .venv/bin/python; then
    installed=$(tail -n +2 "$stamp")
else
    installed="nothing"
fi

missing=no
[ "$installed" = nothing ] && missing=yes
for extra in $extras; do
    case " $installed " in *" $extra "*) ;; *) missing=yes ;; esac
done

if [ "$missing" = yes ]; then
    # A venv that a crash left half-made, or of another Python, is made anew.
    { is_python_311 .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; } || make_venv
    [ "$installed" = nothing ] && installed=""
    all=$(echo "$installed $extras" | tr ' ' '\n' | sort -u | tr '\n' ' ' | sed 's/^ *//; s/ *$//')
    echo "Installing Python packages${all:+ with the extras $all}; the first time takes some minutes."
    rm -f "$stamp"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --editable ".${all:+[$(echo "$all" | tr ' ' ',')]}"
    # An oracle of the statistics' tests. What it asks for would put numpy and pandas back by years;
    # it computes the same with ours.
    case " $all " in *" test "*)
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps irrCAC==0.4.4 ;;
    esac
    printf '%s\n%s\n' "$recipe" "$all" >"$stamp"
fi

if [ "$chromium" = yes ] && [ -z "$(find_chromium)" ]; then
    need_package chromium "browser tests"
fi

if [ "$oldest_postgres" = yes ] && [ ! -d /usr/lib/postgresql/15/bin ]; then
    need_package postgresql-15 "tests on the oldest PostgreSQL"
fi

mergekit_packages="mergekit==0.1.5 immutables==0.21"
if [ "$mergekit" = yes ] && [ "$(cat .venv/mergekit/installed 2>/dev/null)" != "$mergekit_packages" ]; then
    make_mergekit "$mergekit_packages"
fi
