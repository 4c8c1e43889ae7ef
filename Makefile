# SPDX-License-Identifier: LGPL-2.1-or-later
# Products go to $O (obj/), which mirrors the tree. A new source file needs no line here:
# each directory is a layer, and what is in it is found.
#
#   make [all]              the library, the shell, the guard
#   make man              the manual's pages;  make install  all of it
#   make demo               see it work;  make check  prove it (both install what is missing)
#   make V=1                show commands;  WERROR=1  warnings are errors
#   make SAN=address,undefined check      the same in its own object directory

comma := ,
O := obj$(if $(SAN),-san-$(subst $(comma),-,$(SAN)))
$(if $O,,$(error O is empty; it names the directory of the products))
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

# --- before anything is configured ------------------------------------------------------------

ifneq ($(if $(BOOTSTRAPPED),,$(filter demo check,$(MAKECMDGOALS))),)

# A bare machine has only make and a shell: install, then start again with all else below.
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
.PHONY: $(MAKECMDGOALS)
$(firstword $(MAKECMDGOALS)):
	@tests/bootstrap $(firstword $(filter check,$(MAKECMDGOALS)) demo)
	@+$(MAKE) --no-print-directory $(jobs) BOOTSTRAPPED=1 $(MAKECMDGOALS)
$(wordlist 2,99,$(MAKECMDGOALS)): $(firstword $(MAKECMDGOALS)) ;

else ifneq ($(if $(MAKECMDGOALS),$(filter-out clean distclean,$(MAKECMDGOALS)),all),)

include config.mk

configure: configure.ac
	@command -v autoconf >/dev/null || { echo "autoconf is missing: 'tests/bootstrap build' installs what a build needs" >&2; exit 1; }
	autoheader && autoconf && touch config.h.in $@ && rm -rf autom4te.cache
config.mk: configure config.mk.in
	if test -x config.status; then ./config.status -q --recheck && ./config.status -q; else ./configure -q; fi
	@touch $@
config.h: config.mk ;

# --- sources ----------------------------------------------------------------------------------

layers := base model rules xml store driver driver/qemu driver/test engine api
lib_src := $(foreach d,$(layers),$(wildcard lib/$d/*.c))
fake_src := $(wildcard lib/driver/fake/*.c)
guard_src := $(wildcard lib/guard/*.c)
tools_src := $(wildcard tools/*.c tools/*/*.c)
man_src := $(wildcard man/*.c)
unit_src := $(wildcard tests/unit/*.c)
crash_src := $(wildcard tests/crash/*.c)
prog_src := $(filter-out tests/api.c,$(wildcard tests/*.c)) $(wildcard tests/examples/*.c)

obj = $(patsubst %.c,$O/%.o,$1)
lib_objs := $(call obj,$(lib_src) $(fake_src) $(guard_src))
tools_objs := $(call obj,$(tools_src))
tests_objs := $(call obj,$(unit_src) $(crash_src) $(prog_src))
man_objs := $(call obj,$(man_src))
objs := $(lib_objs) $(tools_objs) $(man_objs) $(tests_objs)

so := libdomsh.so
soname := $(so).$(firstword $(subst ., ,$(VERSION)))
products := $O/$(so).$(VERSION) $O/libdomsh.a $(if $(guard_src),$O/domsh-guard) $(if $(tools_src),$O/domsh)
test_progs := $(patsubst %.c,$O/%,$(unit_src) $(prog_src))

# --- flags ------------------------------------------------------------------------------------

warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wvla -Wformat=2 -Wundef -Wpointer-arith -Wcast-align -Wwrite-strings -Wredundant-decls \
	-Wimplicit-fallthrough -Wno-missing-field-initializers $(if $(WERROR)$(filter true,$(CI)),-Werror)
optimised := $(filter-out -O0,$(filter -O%,$(CFLAGS)))
harden := $(HARDEN) $(if $(SAN),,$(if $(optimised),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY)))
sanitize := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
cc_flags = -std=gnu11 $(warnings) $(CFLAGS) $(harden) $(sanitize) $(CPPFLAGS) -include config.h
ld_flags = $(CFLAGS) $(sanitize) $(LDFLAGS) -Wl,-O1 -Wl,--as-needed -Wl,--hash-style=gnu \
	-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack $(if $(SAN),,-Wl,-z,defs)

sys = $(patsubst -I%,-isystem%,$1)
lib_inc := -Ilib/include -Ilib $(call sys,$(GLIB_CFLAGS) $(JSON_CFLAGS))
xml_inc := $(call sys,$(XML_CFLAGS))
tools_inc := -Ilib/include -Itools $(call sys,$(JSON_CFLAGS))
$(lib_objs): layer_flags = $(lib_inc) -fPIC -fvisibility=hidden -DGUARD_PATH='"$(libexecdir)/domsh-guard"'
# What the library exports is decided in one place, the version script.
$(filter $O/lib/api/%,$(lib_objs)): layer_flags += -fvisibility=default
$(filter $O/lib/xml/%,$(lib_objs)): layer_flags += $(xml_inc)
$(tools_objs) $(man_objs): layer_flags = $(tools_inc) -fPIE
editor_readline := -DLINE_EDITOR_SONAME='"$(READLINE_SONAME)"'
editor_libedit := -DLINE_EDITOR_SONAME='"$(LIBEDIT_SONAME)"' -DLINE_EDITOR_LIBEDIT
$O/tools/prompt/edit-line.o: layer_flags += $(editor_$(LINE_EDITOR))
$(tests_objs): layer_flags = $(lib_inc) -Itests -fPIE
$(addprefix $O/tests/unit/test-,grammar.o rows.o): layer_flags += -Itools

# Changed flags rebuild all, a file more or less links again.
differ = $(subst x$1,,x$2)$(subst x$2,,x$1)
stamp = $(if $(call differ,$(strip $2),$(strip $(file <$1))),$(file >$1,$(strip $2)))
$(shell mkdir -p $O $(sort $(dir $(objs))))
$(call stamp,$O/flags,$(CC) $(cc_flags) $(ld_flags) $(lib_inc) $(xml_inc) $(libdir) $(libexecdir) $(LINE_EDITOR))
$(call stamp,$O/files,sources: $(lib_src) $(fake_src) $(guard_src) $(tools_src) $(crash_src))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' '$1' '$(or $2,$@)';)

# --- build ------------------------------------------------------------------------------------

.PHONY: all objects tests
all: $(products)
objects: $(objs)
tests: all $(test_progs)

$(objs): $O/%.o: %.c $O/flags config.h Makefile
	$(call say,CC,$<)$(CC) $(cc_flags) $(layer_flags) -MMD -MP -c -o $@ $<

version_script := $(wildcard lib/api/libdomsh.map)
$O/$(so).$(VERSION): $(call obj,$(lib_src)) $(version_script) $O/files
	$(call say,LD)$(CC) -shared $(ld_flags) -Wl,-soname,$(soname) -Wl,-Bsymbolic-functions \
		$(addprefix -Wl$(comma)--version-script=,$(version_script)) -o $@ $(filter %.o,$^) $(GLIB_LIBS) $(JSON_LIBS)
	@ln -sf $(@F) $O/$(soname) && ln -sf $(soname) $O/$(so)

# One object in which only the public names are global.
$O/libdomsh.a: $(call obj,$(lib_src)) $O/files
	$(call say,AR)rm -f $@ && $(LD) -r -o $O/libdomsh.o $(filter %.o,$^) && \
		$(OBJCOPY) --wildcard --keep-global-symbol='vir*' --keep-global-symbol='domsh*' $O/libdomsh.o && \
		$(AR) rcs $@ $O/libdomsh.o
$O/libdomsh-internal.a: $(call obj,$(lib_src) $(fake_src)) $O/files
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

link = $(CC) -pie $(ld_flags) -o $@ $(filter %.o,$^) $(filter %.a,$^)
$O/domsh-guard: $(call obj,$(guard_src)) $O/libdomsh-internal.a
	$(call say,LD)$(link) $(GLIB_LIBS) $(JSON_LIBS)
$(test_progs): $O/%: $O/%.o $O/libdomsh-internal.a
	$(call say,LD)$(link) $(GLIB_LIBS) $(JSON_LIBS)
$O/tests/crash-sweep: $(call obj,$(crash_src))

# The shell twice: one finds the library beside itself, one is fit to be installed.
link_shell = $(link) -pthread -L$O -ldomsh $(JSON_LIBS)
$O/domsh: $(tools_objs) $O/$(so).$(VERSION) $O/files
	$(call say,LD)$(link_shell) -Wl,-rpath,'$$ORIGIN'
$O/installed/domsh: $(tools_objs) $O/$(so).$(VERSION) $O/files
	@mkdir -p $(@D)
	$(call say,LD)$(link_shell) $(if $(filter /usr/lib% /lib%,$(libdir)),,-Wl,-rpath,$(libdir))

# And once with each line editor that is there, and with none, for the tests.
editors := $(if $(READLINE_SONAME),readline) $(if $(LIBEDIT_SONAME),libedit) none
editor_objs := $(editors:%=$O/tests/edit-%.o)
editor_shells := $(editors:%=$O/domsh-with-%)
$(editor_objs): $O/tests/edit-%.o: tools/prompt/edit-line.c $O/flags config.h Makefile
	$(call say,CC,$@)$(CC) $(cc_flags) $(tools_inc) -fPIE $(editor_$*) -MMD -MP -c -o $@ $<
$(editor_shells): $O/domsh-with-%: $O/tests/edit-%.o \
		$(filter-out $O/tools/prompt/edit-line.o,$(tools_objs)) $O/$(so).$(VERSION) $O/files
	$(call say,LD)$(link_shell) -Wl,-rpath,'$$ORIGIN'
tests: $(editor_shells)

# And once linked to the system's libvirt, where that is: the same tests then run against it.
ifneq ($(wildcard /usr/include/libvirt/libvirt.h),)
peer_objs := $(patsubst %.c,$O/peer/%.o,$(tools_src) $(wildcard tests/peer/*.c) missing.c)
peer_inc := -I$O/peer/include -I. -Itools $(call sys,$(JSON_CFLAGS) $(XML_CFLAGS))
$(shell mkdir -p $O/peer/include $(sort $(dir $(peer_objs))) && ln -sfn $(abspath lib/include/domsh) $O/peer/include/domsh)
$O/peer/missing.c: tests/peer/missing lib/include/domsh/domsh.h $(wildcard tests/peer/*.c)
	$(call say,GEN)$< $(CC) -E -P $(peer_inc) >$@
$(filter-out %/missing.o,$(peer_objs)): $O/peer/%.o: %.c $O/flags config.h Makefile
	$(call say,CC,$@)$(CC) $(cc_flags) $(peer_inc) -fPIE $(editor_$(LINE_EDITOR)) -MMD -MP -c -o $@ $<
$O/peer/missing.o: $O/peer/missing.c
	$(call say,CC,$@)$(CC) $(cc_flags) $(peer_inc) -fPIE -c -o $@ $<
$O/domsh-peer: $(peer_objs) $O/files
	$(call say,LD)$(link) -pthread -lvirt -lvirt-qemu -lxml2 $(JSON_LIBS)
tests: $O/domsh-peer
endif

# The manual: prose from man/, all that is a fact from the tables of the shell.
man_pages := $(patsubst man/%.in,$O/man/%,$(wildcard man/*.in))
.PHONY: man
man: $(man_pages)
	$(Q)$O/man/generate --check man/commands
$O/man/generate: $(man_objs) $(filter-out $O/tools/main.o,$(tools_objs)) $O/$(so).$(VERSION) $O/files
	$(call say,LD)$(link_shell) -Wl,-rpath,'$$ORIGIN/..'
$(man_pages): $O/man/%: man/%.in $O/man/generate $(wildcard man/commands/*)
	$(call say,MAN)$O/man/generate $< man/commands >$@.$$$$ && mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

-include $(objs:.o=.d) $(editor_objs:.o=.d) $(peer_objs:.o=.d)

# --- install ----------------------------------------------------------------------------------

include_dir = $(DESTDIR)$(includedir)/domsh
define pc_file
Name: domsh
Description: guests of QEMU and KVM without a daemon, under the names of libvirt
Version: $(VERSION)
Cflags: -I$(includedir)/domsh
Libs: -L$(libdir) -ldomsh
Requires.private: glib-2.0 json-c
endef

# Where bash, zsh and fish look.
completions := bash-completion/completions/domsh zsh/site-functions/_domsh fish/vendor_completions.d/domsh.fish

# Units of systemd, for the host and for each user: kind:name:directory.
unit_dirs := $(if $(systemdsystemunitdir),system:$(DESTDIR)$(systemdsystemunitdir)) \
	$(if $(systemduserunitdir),user:$(DESTDIR)$(systemduserunitdir))
units := $(foreach d,$(unit_dirs),$(foreach n,autostart shutdown,$(subst :,:$n:,$d)))
unit_word = $(word $1,$(subst :, ,$2))
unit_file = $(call unit_word,3,$1)/domsh-$(call unit_word,2,$1).service
install_unit = install -d $(dir $(unit_file)) && \
	sed 's|@bindir@|$(bindir)|' tools/systemd/domsh-$(call unit_word,2,$1)-$(call unit_word,1,$1).service.in >$(unit_file) && \
	chmod 644 $(unit_file)

.PHONY: install uninstall dist
install: all man $(if $(tools_src),$O/installed/domsh)
	$(file >$O/domsh.pc,$(pc_file))
	$(Q)install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir) $(DESTDIR)$(libdir)/pkgconfig $(include_dir)/libvirt $(include_dir)/domsh
	$(Q)$(if $(tools_src),install $O/installed/domsh $(DESTDIR)$(bindir)/domsh)
	$(Q)$(if $(guard_src),install $O/domsh-guard $(DESTDIR)$(libexecdir)/domsh-guard)
	$(Q)install -m 644 $O/$(so).$(VERSION) $O/libdomsh.a $(DESTDIR)$(libdir)
	$(Q)ln -sf $(so).$(VERSION) $(DESTDIR)$(libdir)/$(soname) && ln -sf $(soname) $(DESTDIR)$(libdir)/$(so)
	$(Q)for d in libvirt domsh; do for h in lib/include/$$d/*.h; do \
		test ! -e "$$h" || install -m 644 "$$h" $(include_dir)/$$d || exit 1; done; done
	$(Q)install -m 644 $O/domsh.pc $(DESTDIR)$(libdir)/pkgconfig
	$(Q)for page in $(man_pages); do dir=$(DESTDIR)$(mandir)/man$${page##*.}; \
		install -d "$$dir" && install -m 644 $$page "$$dir" || exit 1; done
	$(Q)install -d $(addprefix $(DESTDIR)$(datadir)/,$(dir $(completions)))
	$(Q)$(foreach c,$(completions),install -m 644 completions/$(notdir $c) $(DESTDIR)$(datadir)/$c;)
	$(Q)true $(foreach u,$(units),&& $(call install_unit,$u))
	$(Q)test -n "$(DESTDIR)" || test "$$(id -u)" != 0 || ldconfig
uninstall:
	rm -f $(DESTDIR)$(bindir)/domsh $(DESTDIR)$(libexecdir)/domsh-guard $(DESTDIR)$(libdir)/libdomsh.a \
		$(addprefix $(DESTDIR)$(datadir)/,$(completions)) \
		$(addprefix $(DESTDIR)$(libdir)/,$(so) $(soname) $(so).$(VERSION) pkgconfig/domsh.pc)
	rm -f $(foreach page,$(notdir $(man_pages)),$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(page))
	rm -f $(foreach u,$(units),$(call unit_file,$u))
	rm -rf $(include_dir)
dist:
	git archive --prefix=domsh-$(VERSION)/ HEAD | gzip -9n >$O/domsh-$(VERSION).tar.gz

# --- checks -----------------------------------------------------------------------------------

lints := check-layers check-pure check-headers check-sys check-warnings check-lints
suites := check-unit check-bats check-peer check-crash check-api
.PHONY: demo check check-long bench $(lints) $(suites)
run := O=$O SAN=$(SAN) MAKE="$(MAKE)"
demo: all
	@$(run) tests/demo
check: tests
	@$(run) tests/run
check-long: tests
	@$(run) DOMSH_LONG=1 tests/run
bench: tests
	@$(run) tests/bench
$(suites): check-%: tests
	@$(run) tests/run $*

# Power loss, on a machine under QEMU; tests/README says what it needs.
.PHONY: check-power
check-power: all
	@$(run) tests/power/run $(CYCLES)

# A library of its own kind; GLib's slices, which hand memory from thread to thread unseen, are off.
.PHONY: check-threads
threads := tests/unit/test-api-threads
check-threads:
	@+$(MAKE) --no-print-directory SAN=thread obj-san-thread/$(threads)
	@G_SLICE=always-malloc TSAN_OPTIONS=suppressions=$(threads).supp obj-san-thread/$(threads) --tap

lint := NM="$(NM)" CC="$(CC)" LIB_INC="$(lib_inc) $(xml_inc)" TOOLS_INC="$(tools_inc)" tests/lint/
check-layers:
	@$(lint)layers
check-pure: $(lib_objs)
	@$(lint)pure $O
check-sys: $(lib_objs) $(tools_objs) $O/libdomsh-internal.a
	@$(lint)sys $O
check-headers: config.h
	@$(lint)headers
	@$(lint)arguments
check-lints: config.h
	@$(lint)selftest
check-warnings:
	@+$(MAKE) --no-print-directory -s O=$O/warnings/gcc CC=gcc SAN= WERROR=1 objects
	@+$(MAKE) --no-print-directory -s O=$O/warnings/clang CC=clang SAN= WERROR=1 objects

endif

.PHONY: clean distclean
clean:
	rm -rf obj obj-san-*
distclean: clean
	rm -rf autom4te.cache configure configure~ config.h config.h.in config.h.in~ config.log config.mk config.status
