# The commands of the shop. `make help` lists them; nothing but Python (3.11 or newer, with venv) and make is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What the checks see: settings as in production, so that `check --deploy` means something. No value here is a secret.
PRODUCTION := DEBUG=0 SITE_URL=https://shop.example ALLOWED_HOSTS=shop.example LOG_FORMAT=json \
	SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM \
	MIGRATION_LINTER=1 STRIPE_SECRET_KEY=sk_live_checks STRIPE_PUBLISHABLE_KEY=pk_live_checks STRIPE_WEBHOOK_SECRET=whsec_checks
TEST_ARGS ?=
PROPERTIES := tests/checkout/test_sums.py tests/shop/core/test_money.py tests/cart/promotions/test_properties.py \
	$(addsuffix /test_rules.py,$(addprefix tests/,cart/pricing cart/tax cart/shipping catalog/bundles checkout/returns \
	checkout/giftcards checkout/payments checkout/invoices checkout/ledger inventory/stock)) \
	tests/catalog/products/test_charging.py tests/checkout/invoices/test_settling.py
BENCH ?= run

.DEFAULT_GOAL := help
.PHONY: help run test test-faults test-walks test-properties lint openapi messages bench gallery reset install install-dev

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-15s %s\n", $$1, $$2}'

run: install ## run the whole shop on this machine: http://127.0.0.1:8000/ (PORT=… for another port)
	@$(BIN)/python -m shop.local run --with-parent

test: install-dev ## run all tests (TEST_ARGS=… reaches pytest; SPLIT=1: three databases)
	@$(BIN)/python -m shop.local exec $(if $(SPLIT),--split) -- python -m pytest -n auto $(TEST_ARGS)

test-faults: install-dev ## run every race and fault, real kills among them, under many random schedules; prints a table
	@FAULT_RUNS=long OPERATIONS=$${OPERATIONS:-5000} $(BIN)/python -m shop.local exec -- \
		python -m pytest tests -n auto -k "_F0 or _F1 or _F2 or _F3 or _F4 or after_any_operations" $(TEST_ARGS)

test-walks: install-dev ## do 100,000 random operations, and 50,000 random steps of the life of orders
	@OPERATIONS=$${OPERATIONS:-100000} STEPS=$${STEPS:-50000} $(BIN)/python -m shop.local exec -- \
		python -m pytest tests/faults/test_operations.py tests/checkout/test_life_of_an_order.py -n auto -rA $(TEST_ARGS)

test-properties: install-dev ## draw 10,000 examples for every property of money and stock (EXAMPLES=…: another number)
	@EXAMPLES=$${EXAMPLES:-10000} $(BIN)/python -m shop.local exec -- python -m pytest $(PROPERTIES) -n auto $(TEST_ARGS)

lint: install-dev ## run all checks
	@$(PRODUCTION) $(BIN)/python -m shop.local exec -- sh .ci/lint

openapi: install ## write docs/openapi.yaml anew from the code
	@$(PRODUCTION) $(BIN)/python -m shop.local exec -- python manage.py spectacular --validate --file docs/openapi.yaml

messages: install ## write the shop's texts into locale/*/LC_MESSAGES/django.po, keeping what is translated
	@$(BIN)/python manage.py collect_messages

bench: install-dev ## measure, on servers and data of its own (BENCH=flash_sale: another script; BENCH_ARGS=… reaches it)
	@$(BIN)/python -m shop.local exec --durable -- python bench/$(BENCH).py $(BENCH_ARGS)

gallery: install-dev ## take screenshots of every page and state into docs/gallery/ (ONLY=cart: only those of that name)
	@ONLY="$(ONLY)" $(BIN)/python -m shop.local exec -- python bench/gallery.py $(BENCH_ARGS)

reset: ## forget the local data (asks first; FORCE=1 does not)
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m shop.local reset; else $(PYTHON) -m shop.local reset; fi

install: $(VENV)/.made ## install what running the shop needs, into .venv
	@$(BIN)/python shop/local/install.py requirements.txt

install-dev: install ## install the tools of tests and checks as well
	@$(BIN)/python shop/local/install.py requirements-dev.txt

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python is not here: install Python 3.11 or newer (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Holdfast needs Python 3.11 or newer; this is `$(PYTHON) -V`. Name another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is not here (Debian: apt install python3-venv)."; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) && touch $@
