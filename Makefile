# Everything starts here: `make help` lists the targets.

XTASK := cargo run --package xtask --
NATIVE := --workspace --exclude frontend --exclude mobile
WASM := --target wasm32-unknown-unknown

.DEFAULT_GOAL := help
.PHONY: help run test dev lint build release fuzz bench lighthouse

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: ## Build, seed the demo portfolio the first time, and serve it on http://127.0.0.1:3000
	@$(XTASK) run

test: ## Install what the tests need, then run all of them: Rust, both databases, browser
	@$(XTASK) test

dev: ## Serve, and rebuild what a saved file touches
	@$(XTASK) watch

build: ## Build the browser bundles and the server, without serving
	@$(XTASK) build
	@cargo build --package saldar

# Each target is linted by itself: `ssr`, `hydrate` and `csr` exclude each other.
lint: ## Check formatting, lints, licences and the rules of the workspace
	cargo fmt --all --check
	cargo clippy $(NATIVE) --all-targets -- -D warnings
	cargo clippy --package frontend $(WASM) -- -D warnings
	cargo clippy --package mobile $(WASM) -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check licenses bans sources; \
	else echo "cargo-deny is not installed: licences and sources were not checked"; fi
	@$(XTASK) check

release: ## Build the optimised server and the bundles for deployment
	@$(XTASK) build
	cargo build --release --package saldar

# Coverage that the fuzzer steers by, from stable flags; overflow and broken assumptions panic.
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares -Coverflow-checks=on -Cdebug-assertions=on -Ccodegen-units=1 --cfg=fuzzing
FUZZ_HOST := $(shell rustc --print host-tuple 2>/dev/null)
MINUTES ?= 10

fuzz: ## Feed the parsers, every kind of calc and the allocation with noise for MINUTES (10)
	@mkdir -p target/fuzz/corpus
	RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --release --manifest-path app/domain/fuzz/Cargo.toml \
		--target $(FUZZ_HOST) --target-dir target/fuzz
	target/fuzz/$(FUZZ_HOST)/release/rules target/fuzz/corpus -max_total_time=$$(($(MINUTES) * 60)) \
		-timeout=10 -rss_limit_mb=2048 -max_len=4096 -len_control=0 -print_final_stats=1 -artifact_prefix=target/fuzz/

ACCOUNTS ?= 1000000

bench: ## Measure import, night and posting beside plain SQL, for ACCOUNTS (1000000); needs sqlite3 and python3
	cargo build --release --package services --examples
	python3 server/bench/bench.py --accounts $(ACCOUNTS)

lighthouse: release ## Measure the portal's pages as a phone's browser sees them; needs Chromium
	@cd end2end/lighthouse && npm ci --silent && node run.mjs
