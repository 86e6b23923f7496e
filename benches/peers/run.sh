#!/bin/sh
# The same work by us and by the peers on the same generated data: builds, generates, runs, checks, prints the ratios.
#
#   benches/peers/run.sh                      1M rows of 100,000 customers and 10M of 1M, five runs each
#   benches/peers/run.sh --sizes 1m --runs 3  only the small one
#   benches/peers/run.sh --hundred            100M rows of 5M customers, ours only: memory, and time against 10M
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../.venv
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "run.sh: $python is needed (set PYTHON to name another)" >&2; exit 1; }
command -v cargo >/dev/null || { echo "run.sh: cargo is needed; see https://rustup.rs" >&2; exit 1; }
case " $* " in
*" --hundred "*) ;; # no peer runs
*)
    if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
        "$python" -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$venv/requirements.txt"
    fi
    python=$venv/bin/python
    ;;
esac
exec "$python" "$here/run.py" "$@"
