#!/bin/sh
# Models fitted and used by us, by lifetimes and by pymc-marketing on the same customers: runs, checks, prints the ratios.
#
#   benches/peers/models.sh            CDNOW and 100,000 and a million drawn customers
#   benches/peers/models.sh --quick    CDNOW and 100,000 customers, without the slow peers
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../.venv-models
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "models.sh: $python is needed (set PYTHON to name another)" >&2; exit 1; }
command -v cargo >/dev/null || { echo "models.sh: cargo is needed; see https://rustup.rs" >&2; exit 1; }
if ! cmp -s "$here/requirements-models.txt" "$venv/requirements.txt"; then
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-models.txt"
    cp "$here/requirements-models.txt" "$venv/requirements.txt"
fi
exec "$venv/bin/python" "$here/models.py" "$@"
