# One word for each thing to do; `make` alone lists them.
# PYTHON=/path/to/python3.12 picks the interpreter; the default is the first python3 that is 3.11 or later.

.DEFAULT_GOAL := help
.PHONY: help demo test docs format record bench clean

help: ## Lists these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Installs into .venv and explains a failover that did not happen
	@tools/venv.sh
	@.venv/bin/vrrpscope demo

test: ## Runs every check: style, types, layers, docs, tests, live lab (as root)
	@tools/venv.sh dev
	@tools/system_packages.sh
	@tools/check.sh

docs: ## Writes the generated parts of the documentation again
	@tools/venv.sh dev
	@.venv/bin/python tools/generate_docs.py

format: ## Formats the code
	@tools/venv.sh dev
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

record: ## CASE=name: records pcaps/name again with real daemons (root, Linux)
	@test -n "$(CASE)" || { echo 'Which case? Type: make record CASE=name' >&2; exit 2; }
	@tools/venv.sh dev
	@tools/system_packages.sh
	@.venv/bin/python -m lab record $(CASE)

bench: ## Times whole processes beside tcpdump, tshark and dpkt; the first time it makes 6 GB of captures
	@tools/venv.sh
	@.venv/bin/python tools/bench.py

clean: ## Removes .venv, caches and builds
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
