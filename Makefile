# `make demo` grades a made-up class; `make test` runs everything that CI runs. Both need Python 3.11+ and nothing else.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.installed

.PHONY: demo test test-real hub
demo: $(READY)
	$(VENV)/bin/autograder demo

hub: $(READY)
	$(VENV)/bin/autograder hub

test: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pytest

# From the lock, with bytecode compiled: without it every TensorFlow import costs ten seconds.
$(READY): pyproject.toml uv.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/uv sync --active --frozen --inexact --compile-bytecode
	touch $@
