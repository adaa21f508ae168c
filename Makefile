# `make demo` grades a made-up class; `make test` runs everything that CI runs. Both need Python 3.11+ and nothing else.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.installed

.PHONY: demo test test-real hub
demo: $(READY)
	$(VENV)/bin/autograder demo

# The answers to exercise 3 and the bonus on the published data, in full; `autograder data fetch` first.
test-real: $(READY)
	AUTOGRADER_TEST_REAL=1 $(VENV)/bin/pytest tests/test_answers.py -k "gets_the_verdict and (exercise_3 or mnist)"

hub: $(READY)
	$(VENV)/bin/autograder hub

test: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pytest -n 2 --dist loadfile

# From the lock, with bytecode compiled: without it every TensorFlow import costs ten seconds.
$(READY): pyproject.toml uv.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/uv sync --active --frozen --inexact --compile-bytecode
	touch $@
