# Every task has its own script in scripts/; this file names them. `make` prints the list.
SHELL := /bin/bash
SECONDS ?= 60
KILLS ?= 200
COMBINATIONS ?= 300
SERVE_KILLS ?= 50
TALKS ?= 10000
CASES ?=
DEPLOYS ?= 0
REAL_TIMES ?=
HOLD ?= 0
PACKAGES ?=
ROUTES ?=
.DEFAULT_GOAL := help
# The tasks below start compilers, servers and tests of their own, so they run one after the other.
.NOTPARALLEL:
.PHONY: help up down logs psql redis-cli demo build test test-asan test-tsan test-matrix test-trixie bench faults \
  rehearse fuzz image image-check packages packages-check api-docs pages format format-check lint alone clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## install, build, start PostgreSQL, Redis and the service here; prints the URLs
	@scripts/up
down: ## stop what `make up` started; data stays in .local/
	@scripts/down
logs: ## follow the logs of the local stack
	@tail -n 50 -F .local/log/serve.log .local/log/postgres.log .local/log/redis.log
psql: ## SQL on the local stack's database
	@scripts/with-local-env psql
redis-cli: ## commands to the local stack's Redis
	@scripts/with-local-env redis-cli

demo: ## a whole assessment in the terminal, on private servers, without a model
	@scripts/install-packages build test
	@TARGET=demo scripts/build dev >/dev/null
	@build/dev/tests/demo

build: ## the release binary: build/release/bigocean
	@scripts/install-packages build
	@scripts/build release

test: ## all tests, on private servers of their own
	@scripts/install-packages build test
	@scripts/test dev
test-asan: ## the same under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/install-packages build test
	@scripts/test asan
test-tsan: ## the same under ThreadSanitizer
	@scripts/install-packages build test
	@scripts/test tsan
test-matrix: ## migration tests on PostgreSQL 16, 17 and 18
	@scripts/install-packages build test
	@for major in 16 17 18; do \
	  echo "PostgreSQL $$major"; \
	  BIGOCEAN_MATRIX=all BIGOCEAN_TEST_POSTGRES_MAJOR=$$major scripts/test dev -R '^(integration_support|integration_sql|integration_lint|e2e_migrate)$$' || exit 1; \
	done
test-previous: ## run an earlier commit's binary on the history that this one writes; COMMIT=…
	@scripts/install-packages build test
	@TARGET=bigocean scripts/build dev >/dev/null
	@scripts/test-previous $(COMMIT)
test-trixie: ## all tests in a separate Debian 13; needs root
	@scripts/install-packages trixie
	@scripts/test-trixie

image: ## the image, with Docker, Podman or Buildah
	@scripts/image
image-check: ## build the image without an engine and test it; needs root
	@scripts/install-packages image up
	@scripts/image-check

packages: ## the toolkit's packages: .deb, tarball, npm, image, in build/packages; PACKAGES="trixie:amd64 …" selects; needs root
	@scripts/install-packages roots
	@scripts/package/all $(PACKAGES)
packages-check: ## install each package into bare systems, use it, remove it; ROUTES="deb tarball …" selects; needs root
	@scripts/install-packages roots up
	@scripts/package/check $(ROUTES)

bench: ## measure against other tools; CASES="migrate …" selects cases
	@scripts/bench $(CASES)
faults: ## kill `migrate` at random moments KILLS=200 times, interrupt it in COMBINATIONS=300 ways, kill `serve` SERVE_KILLS=50 times, send TALKS=10000 messages to a model that misbehaves
	@scripts/install-packages build test
	@scripts/build dev
	@build/dev/tests/faults $(KILLS)
	@build/dev/tests/once $(COMBINATIONS)
	@build/dev/tests/kills $(SERVE_KILLS)
	@build/dev/tests/talks $(TALKS)
rehearse: ## rehearse deploys as the platform runs them, from railway.ts, under load; DEPLOYS=13, REAL_TIMES=1, HOLD=60
	@scripts/install-packages build test
	@TARGET=rehearse scripts/build dev
	@scripts/railway-graph build/railway
	@build/dev/tests/rehearse --deploys $(DEPLOYS) --hold $(HOLD) $(if $(REAL_TIMES),--real-times)
fuzz: ## run the libFuzzer targets, SECONDS=60 each
	@scripts/install-packages build lint
	@scripts/fuzz $(SECONDS)

api-docs: ## write docs/api.md and docs/openapi.json again, from the table of procedures
	@scripts/install-packages build test
	@TARGET=unit_rpc scripts/build dev
	@BIGOCEAN_WRITE_DOCS=1 build/dev/tests/unit_rpc --test-case='docs/*'

pages: ## build the web pages again, from server/product/web into its dist/
	@scripts/install-packages build test
	@scripts/pages build

format: ## format the C++ files
	@scripts/install-packages lint
	@scripts/format
format-check: ## fail if a C++ file is not formatted
	@scripts/install-packages lint
	@scripts/format --check
lint: ## clang-tidy
	@scripts/install-packages build test lint
	@scripts/build dev
	@run-clang-tidy -quiet -p build/dev -j $$(scripts/jobs) '/(base|config|sql|redis|server|cli)/.*\.cpp$$'

alone: ## compile every source alone, and not with its folder
	@scripts/install-packages build test
	@scripts/alone

clean: ## remove build/; .local/ and .cache/ stay
	@rm -rf build
