# Component Hub. `make help` lists the targets.
#
# Builds live apart: build/release, build/sanitize, build/coverage, build/fuzz (MODE=… chooses). Header dependencies
# are tracked, so parallel and repeated builds are right.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# V=1 shows whole commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

MODE ?= release
BUILD ?= build/$(MODE)
CC := gcc
CLANG := clang-14
CLANG_FORMAT := clang-format-14

WARNINGS := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wformat=2 -Wnull-dereference -Wimplicit-fallthrough -Wundef -Wcast-qual -Wwrite-strings -Wdouble-promotion -Werror
VERSION := $(shell cat VERSION)
CPPFLAGS := -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -DHUB_VERSION='"$(VERSION)"' -I. -I$(BUILD)/gen -isystem /usr/include/postgresql
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_sanitize := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -DHUB_ARENA_MALLOC
CFLAGS_coverage := -O0 -g --coverage
CFLAGS_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined -DHUB_ARENA_MALLOC
CFLAGS_check := -O2
CFLAGS := -std=gnu17 $(WARNINGS) -pthread $(CFLAGS_$(MODE))
LDFLAGS_sanitize := -fsanitize=address,undefined
LDFLAGS_coverage := --coverage
LDFLAGS_fuzz := -fsanitize=address,undefined
LDFLAGS := -pthread -Wl,--as-needed $(LDFLAGS_$(MODE))
ifeq ($(MODE),fuzz)
CC := $(CLANG)
endif

# ---- what belongs to which layer; a layer may use the ones to its right
LAYERS := hub pipeline-creator catalog registry base
sources = $(sort $(shell find $(1) -name '*.c' ! -name 'test_*.c' ! -path 'hub/main.c' 2>/dev/null))
tests = $(sort $(shell find $(1) -name 'test_*.c' 2>/dev/null))
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
archive = $(BUILD)/lib$(1).a

USES_base :=
USES_registry := base
USES_catalog := base
USES_pipeline-creator := catalog base
USES_hub := pipeline-creator catalog registry base
LIBS_base := -ljansson -lyaml -larchive -lcrypto -lm
LIBS_registry := -lpq
LIBS_catalog := -ljansson -lmd4c
LIBS_pipeline-creator :=
LIBS_hub := -lh2o-evloop -lssl

libs_of = $(LIBS_$(1)) $(foreach l,$(USES_$(1)),$(LIBS_$(l)))
archives_of = $(call archive,$(1)) $(foreach l,$(USES_$(1)),$(call archive,$(l)))

BINARY := $(BUILD)/component-hub
.PHONY: all
all: $(BINARY) ## build the binary (MODE=release|sanitize|coverage)

$(BINARY): $(call object,hub/main.c) $(call archives_of,hub)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libs_of,hub)

# Archives are made anew, so that a removed source file leaves no member behind.
define layer_rules
$(call archive,$(1)): $(call object,$(call sources,$(1))) | $(BUILD)
	@rm -f $$@
	$(Q)ar rcsT $$@ $$^
$(foreach t,$(call tests,$(1)),$(eval $(call test_rule,$(1),$(t))))
.PHONY: unit-$(1)
unit-$(1): $(patsubst %.c,$(BUILD)/test/%,$(call tests,$(1)))
	@set -e; for t in $$^; do echo "== $$$$t"; $$$$t; done
endef
define test_rule
$(BUILD)/test/$(patsubst %.c,%,$(2)): $(call object,$(2)) $(call archives_of,$(1))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $(call libs_of,$(1)) -lcmocka
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

$(BUILD):
	@mkdir -p $@

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# ---- SQL: registry/sql/*.sql become one table of named statements
SQL := $(sort $(wildcard registry/sql/*.sql))
$(BUILD)/gen/sql_table.h: $(SQL) scripts/sql-table.awk
	@mkdir -p $(@D)
	$(Q)awk -f scripts/sql-table.awk $(SQL) > $@.tmp && mv $@.tmp $@
$(call object,$(call sources,registry) $(call tests,registry) $(call sources,hub) $(call tests,hub) hub/main.c): $(BUILD)/gen/sql_table.h

# ---- fuzzing: each tests/fuzz/fuzz_*.c is a libFuzzer target, and a program that runs files when built otherwise
FUZZ := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(if $(filter fuzz,$(MODE)),,$(BUILD)/obj/tests/fuzz/driver.o) $(call archives_of,hub)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) -o $@ $^ $(call libs_of,hub)
.PHONY: fuzz-build
fuzz-build: $(FUZZ:%=$(BUILD)/fuzz/%)

.PHONY: clean
clean: ## remove what was built (not ./var)
	rm -rf build

# ---- the browser application: static/build.mjs writes everything that a browser gets
APPLICATION = $(addprefix static/,build.mjs package.json package-lock.json tsconfig.json index.html openapi.yaml) \
	$(shell find static/src -type f 2>/dev/null)
.PHONY: static
static: build/static/index.html ## build the browser application into build/static
build/static/index.html: $(APPLICATION) | npm-run
	$(call say,NODE,build/static)
	$(Q)cd static && node build.mjs
	@touch $@

# npm's packages: those that building needs, or all, with those that checks and tests need.
.PHONY: npm-run npm-all
npm-run npm-all: npm-%:
	@scripts/npm.sh $*

# ---- running
.PHONY: run
run: packages-run ## install what is needed, build, make a private database, load the starter catalog, serve
	@$(MAKE) --no-print-directory all static
	@BUILD=$(BUILD) exec scripts/run.sh $(ARGS)

.PHONY: packages-run packages-test packages-bench packages-long
packages-run packages-test packages-bench packages-long: packages-%:
	@scripts/packages.sh $*

.PHONY: install
PREFIX ?= /usr/local
install: all static ## install into $(DESTDIR)$(PREFIX)
	install -D -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/component-hub
	scripts/share.sh $(DESTDIR)$(PREFIX)/share/component-hub

# ---- checking
C_FILES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' 2>/dev/null)
.PHONY: check
check: packages-test ## warnings as errors with gcc and clang, types, format, include directions, banned functions
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	scripts/check-includes.sh
	scripts/check-banned.sh
	scripts/check-words.sh
	@$(MAKE) --no-print-directory MODE=check BUILD=build/check-gcc objects
	@$(MAKE) --no-print-directory MODE=check BUILD=build/check-clang CC=$(CLANG) objects
	@$(MAKE) --no-print-directory npm-all
	npm run --silent check --prefix static

ALL_C = $(foreach l,$(LAYERS),$(call sources,$(l)) $(call tests,$(l))) hub/main.c $(wildcard tests/fuzz/*.c tests/bench/*.c)
.PHONY: objects
objects: $(call object,$(ALL_C))
$(call object,$(wildcard tests/fuzz/*.c tests/bench/*.c)): $(BUILD)/gen/sql_table.h

# ---- testing
.PHONY: test
test: packages-test ## install what tests need, build, run everything, end with a count
	@scripts/test.sh

.PHONY: test-long
test-long: packages-long ## fuzzing for minutes, allocation failures, valgrind, big data (not in test)
	@scripts/test-long.sh

.PHONY: test-cluster
test-cluster: ## what is compiled, on a real Tekton: that of KUBECONFIG, else one that is brought up here (root, Go 1.26)
	@scripts/test-cluster.sh

.PHONY: bench
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
bench: packages-bench ## measure the hot paths against their baselines
	@$(MAKE) --no-print-directory MODE=release all static bench-build
	@scripts/bench.sh
.PHONY: bench-build
bench-build: $(BENCH)
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call archives_of,hub)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call libs_of,hub)

.PHONY: units unit-programs
units: $(LAYERS:%=unit-%)
unit-programs: $(foreach l,$(LAYERS),$(patsubst %.c,$(BUILD)/test/%,$(call tests,$(l))))

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
