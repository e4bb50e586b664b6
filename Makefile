# make demo  : the system with invented data, on SQLite, at 127.0.0.1:8000
# make test  : the whole test suite
# make check : format, lint, types, import contracts, security, templates, generated docs
# make bench : the benchmarks as ratios (make bench ONLY=ledger. for one family)
PY   ?= python3
PORT ?= 8000
ONLY ?=
VENV := .venv
BIN  := $(VENV)/bin
CODE := talentbank models scoring workflows reports
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_NO_PROGRESS := 1
export UV_SYSTEM_CERTS := 1
UVI  := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes
.PHONY: demo test check bench lock format clean
.DELETE_ON_ERROR:

$(VENV)/.boot: requirements/boot.txt
	@$(PY) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("talentbank needs Python 3.11 or newer: make PY=python3.12 demo")'
	@$(PY) -c 'import ensurepip' 2>/dev/null || { echo "the venv module is missing: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/boot.txt
	@touch $@
$(VENV)/.run: $(VENV)/.boot requirements/run.txt
	$(UVI) -r requirements/run.txt
	@touch $@
$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(UVI) -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run
	$(BIN)/python -m talentbank demo --port $(PORT)
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r $(CODE)
	$(BIN)/djlint talentbank/templates --lint --quiet
	$(BIN)/python -m talentbank docs --check
bench: $(VENV)/.dev
	$(BIN)/python -m bench --only "$(ONLY)"
format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(VENV)/.boot
	$(COMPILE) requirements/boot.in -o requirements/boot.txt
	$(COMPILE) pyproject.toml --extra pg -c requirements/boot.txt -o requirements/run.txt
	$(COMPILE) pyproject.toml --all-extras --group dev -c requirements/run.txt -o requirements/dev.txt
	@! grep -nE '://' requirements/*.txt
clean:
	rm -rf $(VENV) var
