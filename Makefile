# `make demo` grades a made-up class; `make test` is what protects the product. Both need Python 3.11+ and nothing else.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.installed
PYTEST := $(VENV)/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder

.PHONY: demo quick static unit test test-real hub
demo: $(READY)
	$(VENV)/bin/autograder demo

# For whoever changes a line: types, lint, layers and all tests that start no kernel; under a minute on two cores.
quick: $(READY)
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target static unit

static: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

unit: $(READY)
	$(PYTEST) -m "not kernel and not slow and not matrix and not exhaustive"

# Everything that protects the product. `make test MATRIX=yes` adds what CI runs too: more combinations of the same,
# and a real hub with accounts of this machine. `make test MATRIX=all` trains all answers and mutants.
SELECTED = $(if $(filter all,$(MATRIX)),,-m "not exhaustive$(if $(MATRIX),, and not matrix)")
test: static
	$(PYTEST) $(SELECTED)

# All answers, mutants and trainings on the published data, for hours; `autograder data fetch` first.
test-real: $(READY)
	$(VENV)/bin/autograder prove --trainings

hub: $(READY)
	$(VENV)/bin/autograder hub

# From the lock, with bytecode compiled: without it every TensorFlow import costs ten seconds. The packages of this
# course's students (course_data/students.txt) come beside the engine, in the versions that the lock names.
$(READY): pyproject.toml uv.lock course_data/students.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/uv sync --active --frozen --inexact --all-extras --all-groups --compile-bytecode
	VIRTUAL_ENV=$(abspath $(VENV)) $(VENV)/bin/uv pip install --quiet --requirements course_data/students.txt
	touch $@
