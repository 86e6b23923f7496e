#!/bin/sh
# Models fitted and used by us, by lifetimes and by pymc-marketing on the same customers: runs, checks, prints the ratios.
#
#   benches/peers/models.sh            CDNOW and 100,000 and a million drawn customers; the slowest peer takes a quarter of an hour
#   benches/peers/models.sh --quick    CDNOW and 100,000 customers, without the slow peers
#
# Each peer has an environment of its own, with the versions of requirements-<peer>.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "models.sh: $python is needed (set PYTHON to name another)" >&2; exit 1; }
command -v cargo >/dev/null || { echo "models.sh: cargo is needed; see https://rustup.rs" >&2; exit 1; }
for peer in lifetimes pymc; do
    venv=$here/../.venv-$peer
    wanted=$here/requirements-$peer.txt
    if ! cmp -s "$wanted" "$venv/requirements.txt"; then
        rm -rf "$venv"
        "$python" -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
        cp "$wanted" "$venv/requirements.txt"
    fi
done
exec "$python" "$here/models.py" "$@"
