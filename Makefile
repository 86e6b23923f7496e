# The one door. `make demo` shows it, `make test` proves it, `make bench` measures it.
.POSIX:
.SUFFIXES:

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
PREFIX = /usr/local
CRATES = -p engagement-core --features engagement-core/arrow,engagement-core/files,engagement-core/posterior,engagement-core/report -p engagement-ffi -p engagement-benches

.PHONY: demo test test-rust test-clients test-python lint bench docs gen install wheel venv prerequisites clean

demo: wheel
	$(BIN)/engagement demo --out demo

test: lint test-rust test-clients test-python
	@echo "make test: all of it passed"

lint: prerequisites
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --features engagement-core/files,engagement-core/posterior,engagement-core/report -- -D warnings

# The core, the C library called from Rust, the generated logs, and every example in the documentation.
test-rust: prerequisites
	cargo test --locked $(CRATES)

# The C library as its callers see it: C, C++ and COBOL programs, shared and static, one under valgrind; the README's C.
test-clients: prerequisites
	bash engagement-ffi/tests/clients.sh

# The Python package as its users get it: the wheel, its types, the command line, the guide, the same bits in three languages.
test-python: wheel
	$(BIN)/pip install --quiet --disable-pip-version-check -r engagement-py/tests/requirements.txt
	cd engagement-py && ../$(BIN)/python -m pytest
	cd engagement-py && ../$(BIN)/python -m mypy.stubtest engagement

wheel: venv
	rm -rf target/wheels
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir target/wheels ./engagement-py
	$(BIN)/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps target/wheels/engagement-*.whl

venv: prerequisites
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)

prerequisites:
	@command -v cargo >/dev/null || { echo "make: cargo is missing; install Rust 1.95 or newer from https://rustup.rs" >&2; exit 1; }
	@command -v bash >/dev/null || { echo "make: bash is missing; install it" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "make: a C compiler is missing; install gcc or clang as cc" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "make: $(PYTHON) is missing or older than 3.11; install it or say make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv module; install python3-venv" >&2; exit 1; }

# Criterion benches of the core, then the same work done by polars, duckdb, lifetimes and pymc-marketing, with the ratios.
bench: prerequisites
	cargo bench --locked -p engagement-benches
	sh benches/peers/run.sh
	sh benches/peers/models.sh

# The Rust documentation; the guide is Markdown in docs/.
docs: prerequisites
	cargo doc --locked --no-deps -p engagement-core --all-features -p engagement-ffi

# Everything generated: the C header. A test fails on any difference.
gen: prerequisites
	ENGAGEMENT_BLESS=1 cargo test --locked -p engagement-ffi --test header

# The C library with its headers, pkg-config file and SONAME links.
install: prerequisites
	DESTDIR="$(DESTDIR)" bash engagement-ffi/install.sh "$(PREFIX)"

clean:
	rm -rf target demo $(VENV)
