# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest's life at its edges: what each command says in each state, a host that was booted anew, a
# guest that does not listen, QEMU that dies while it is asked.

load helpers

invalid='error: Requested operation is not valid:'

field()
{
	jq -r ".$2" "$(dom "$1")/run/state"
}

# --- the table of commands and states ----------------------------------------------------------

# cells PHRASE COMMAND…: each of vm, refused with this phrase, which nothing follows.
cells()
{
	local phrase=$1 command
	shift
	for command; do
		# shellcheck disable=SC2086
		refused "$phrase" D ${command/ / vm } || return 1
	done
}

@test "off: whatever needs a guest is refused" {
	define_guest vm
	cells "$invalid domain is not running" 'destroy ' 'destroy --graceful' 'shutdown ' 'reboot ' 'reset ' \
		'suspend ' 'resume ' 'managedsave ' 'inject-nmi ' 'send-key KEY_A' 'qemu-monitor-command {}'
	cells "$invalid" 'managedsave-dumpxml '
	cells "mutually exclusive" 'managedsave --running --paused'
	ok D managedsave-remove vm
	ok D set-lifecycle-action vm crash destroy
}

@test "running: not started twice, not renamed; define is for the next start" {
	define_guest vm
	ok D start vm
	cells "Domain is already active" 'start ' 'start --paused' 'start --force-boot'
	cells "$invalid domain is already running" 'resume '
	cells "$invalid domain is running" 'domrename other'
	capture D create "$BATS_TEST_TMPDIR/vm.xml"
	same 1 "$status"
	ok D define /dev/stdin <<<"$(D dumpxml vm --inactive | sed 's/<vcpu>1/<vcpu>2/')"
	has '<vcpu>1<' "$(D dumpxml vm)"
	has '<vcpu>2<' "$(D dumpxml vm --inactive)"
	ok D autostart vm
	ok D destroy vm
	has '<vcpu>2<' "$(D dumpxml vm)"
}

@test "paused: it would not react; it can be saved and killed" {
	define_guest vm
	ok D start vm --paused
	cells "$invalid domain is not running: it is paused" 'shutdown ' 'reboot ' 'shutdown --mode acpi'
	cells "Domain is already active" 'start '
	ok D suspend vm
	ok D reset vm
	ok D managedsave vm
	ok D start vm
	same paused "$(state_of vm)"
	ok D destroy vm
}

@test "transient: nothing that needs a stored configuration" {
	make_guest_disk "$BATS_TEST_TMPDIR/vm.qcow2"
	tiny_xml vm "$BATS_TEST_TMPDIR/vm.qcow2" >"$BATS_TEST_TMPDIR/vm.xml"
	ok D create "$BATS_TEST_TMPDIR/vm.xml"
	cells "cannot do managed save for transient domain" 'managedsave '
	cells "cannot rename a transient domain" 'domrename other'
	cells "cannot set autostart for transient domain" 'autostart '
	cells "cannot undefine transient domain" 'undefine ' 'undefine --all-state'
	ok D suspend vm
	ok D resume vm
	ok D snapshot-create-as vm s1
	# Defined, it keeps what it has, and stays.
	ok D define /dev/stdin <<<"$(D dumpxml vm)"
	has 'Persistent:     yes' "$(D dominfo vm)"
	ok D destroy vm
	same 'shut off' "$(state_of vm)"
	same s1 "$(D -q snapshot-list vm --name)"
}

@test "saved: resumed with the image's XML, though another was defined meanwhile" {
	define_guest vm
	ok D start vm
	guest_ask vm i
	ok D managedsave vm
	cells "$invalid domain is not running" 'managedsave ' 'destroy ' 'suspend '
	cells "a domain with a managed save image cannot be renamed" 'domrename other'
	ok D define /dev/stdin <<<"$(D dumpxml vm | sed 's/<vcpu>1/<vcpu>2/')"
	is_there "$(dom vm)/managed-save"
	told "'vcpu' is '2' in the definition and '1' in the image" D start vm
	has '<vcpu>1<' "$(D dumpxml vm)"
	has '<vcpu>2<' "$(D dumpxml vm --inactive)"
	same 'running (restored)' "$(D -q domstate vm --reason)"
	guest_ask vm i
	ok D destroy vm
}

# --- a host that was booted anew ---------------------------------------------------------------

# reboot_host: what is left of these guests when the host has gone down and come up: run/ names
# another boot, the locks are free, ids begin again.
reboot_host()
{
	local name
	for name; do
		kill -KILL "$(pgrep -f "domsh-guard (start|adopt) $(dom "$name") ")"
		kill -KILL "$(field "$name" pid)"
		wait_for "! test -e /proc/$(field "$name" pid)/exe"
	done
	for name; do
		jq -c '.boot_id = "0123456789abcdef0123456789abcdef" | .pid = 1' "$(dom "$name")/run/state" \
			>"$BATS_TEST_TMPDIR/state"
		cat "$BATS_TEST_TMPDIR/state" >"$(dom "$name")/run/state"
	done
	jq -c '.boot_id = "0123456789abcdef0123456789abcdef"' "$ROOT/ids" >"$BATS_TEST_TMPDIR/ids"
	cat "$BATS_TEST_TMPDIR/ids" >"$ROOT/ids"
}

@test "after a boot: persistent guests are off, and all is as usual" {
	for name in a b c d; do
		define_guest $name
		ok D start $name
	done
	same 4 "$(D -q domid d)"
	reboot_host a b c d
	# Readers, which change nothing.
	same "" "$(D -q list --name)"
	before=$(store_hash "$ROOT")
	for name in a b c d; do
		same 'shut off (unknown)' "$(D -q domstate $name --reason)"
		same - "$(D -q domid $name)"
	done
	refused "failed to get domain '4'" D domstate 4
	same "$before" "$(store_hash "$ROOT")"
	# Process 1 is not theirs, whatever the file says.
	capture D destroy a
	same 1 "$status"
	has "$invalid domain is not running" "$stderr"
	ok D start a
	same 1 "$(D -q domid a)"
	ok D define /dev/stdin <<<"$(D dumpxml b)"
	ok D undefine c
	is_gone "$(dom c)"
	ok D domrename d e
	ok D start e
	for name in a e; do
		guest_ask "${name/e/d}" i
		ok D destroy $name
	done
	same unknown "$(jq -r .reason "$(dom b)/last-run")"
}

@test "after a boot: transient guests are gone, with what is worth keeping in the trash" {
	for name in plain kept; do
		make_guest_disk "$BATS_TEST_TMPDIR/$name.qcow2"
		tiny_xml $name "$BATS_TEST_TMPDIR/$name.qcow2" >"$BATS_TEST_TMPDIR/$name.xml"
		ok D create "$BATS_TEST_TMPDIR/$name.xml"
	done
	ok D snapshot-create-as kept s1
	reboot_host plain kept
	same "" "$(D -q list --all --name)"
	refused "failed to get domain 'kept'" D domstate kept
	# The next writer of the name finds them.
	ok D create "$BATS_TEST_TMPDIR/plain.xml"
	same "" "$(ls "$ROOT/trash")"
	ok D trash-restore kept
	same s1 "$(D -q snapshot-list kept --name)"
	ok D destroy plain
	is_gone "$(dom plain)"
}

# --- who does not listen -----------------------------------------------------------------------

@test "a hung guest: asked, and not waited for" {
	define_guest vm
	ok D start vm
	guest_ask vm h
	for command in shutdown reboot shutdown; do
		ok D $command vm
		same running "$(state_of vm)"
	done
	ok D suspend vm
	ok D resume vm
	ok D snapshot-create-as vm s1
	capture D await vm domain-inactive --timeout 1
	same 1 "$status"
	ok D managedsave vm
	ok D start vm
	ok D reset vm
	guest_ask vm i
	ok D destroy vm
}

# dies_at POINT COMMAND…: QEMU is killed when the command is about to say this to it. The command
# fails, and tells so soon; the guest is off, and can be started.
dies_at()
{
	local point=$1 client qemu
	shift
	qemu=$(field vm pid)
	DOMSH_FAULT=stop@$point "$DOMSH" -c "$URI" "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 &
	client=$!
	wait_for "grep -qs '^State:.*T' /proc/$client/status"
	kill -KILL "$qemu"
	wait_for "! test -e /proc/$qemu/exe"
	kill -CONT "$client"
	wait_for "! kill -0 $client 2>/dev/null" 15
	status=0
	wait "$client" || status=$?
	test "$status" = 1 || { echo "$* ended with $status:"; cat "$BATS_TEST_TMPDIR/said"; return 1; }
	has "error:" "$(cat "$BATS_TEST_TMPDIR/said")"
	wait_for 'test ! -e "$(dom vm)/run" -a ! -e "$(dom vm)/intent"'
	same "shut off" "$(state_of vm)"
}

@test "QEMU dies while it is asked, at each kind of question" {
	define_guest vm
	ok D start vm
	ok D snapshot-create-as vm s0
	dies_at qmp-stop suspend vm
	while read -r point command; do
		ok D start vm
		# shellcheck disable=SC2086
		dies_at qmp-$point $command || return 1
	done <<-LIST
		system_powerdown shutdown vm
		set-action set-lifecycle-action vm poweroff restart
		system_reset reset vm
		query-status resume vm
		snapshot-save snapshot-create-as vm s1
		snapshot-delete snapshot-delete vm s0
		migrate managedsave vm
		screendump screenshot vm $BATS_TEST_TMPDIR/picture
		query-status qemu-monitor-command vm {"execute":"query-status"}
	LIST
	same "" "$(D -q snapshot-list vm --name | grep -v s0)"
	is_gone "$(dom vm)/managed-save"
	ok D doctor
}
