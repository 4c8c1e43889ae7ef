# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest's own end: what on_poweroff, on_reboot and on_crash ask for is what happens.

load helpers

panic="    <panic model='isa'/>
"

# define_ends NAME POWEROFF REBOOT CRASH: the test guest with these words.
define_ends()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	MORE=$panic tiny_xml "$1" "$BATS_TEST_TMPDIR/$1.qcow2" | sed \
		"s|^  <devices>|  <on_poweroff>$2</on_poweroff><on_reboot>$3</on_reboot><on_crash>$4</on_crash>\n&|" \
		>"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

reason_is()
{
	wait_for "test \"\$(D -q domstate $1 --reason)\" = '$2'"
}

field()
{
	jq -r ".$2" "$(dom "$1")/run/state"
}

# is_anew NAME PID: it runs in the process that it had, and has forgotten what it counted.
is_anew()
{
	wait_for "test \"\$(D -q domstate $1)\" = running"
	same "$2" "$(field "$1" pid)"
	guest_ask "$1" i
	wait_for "test -z \"\$(lock_holder $1)\""
}

# end_guard NAME: kill its guard; on return it is gone.
end_guard()
{
	kill -KILL "$(pgrep -f "domsh-guard (start|adopt) $(dom "$1") ")"
	wait_for "D -q domstate $1 --reason | grep -q unsupervised"
}

# lock_holder NAME: something, while the guard works on the guest.
lock_holder()
{
	D -q domcontrol "$1" | grep -v '^ok' || true
}

cores()
{
	find "$ROOT/dump" -name '*.core' 2>/dev/null
}

@test "on_poweroff: destroy, restart, preserve" {
	define_ends vm restart restart destroy
	ok D start vm
	pid=$(field vm pid)
	id=$(D -q domid vm)
	for n in 1 2; do
		guest_ask vm p
		is_anew vm "$pid"
		same "$id" "$(D -q domid vm)"
	done
	# The host's button is the same poweroff.
	ok D shutdown vm
	is_anew vm "$pid"
	ok D set-lifecycle-action vm poweroff preserve
	guest_ask vm p
	reason_is vm "in shutdown (unknown)"
	refused "shut down; reset or destroy it" D resume vm
	for command in suspend shutdown reboot managedsave snapshot-create-as; do
		refused "domain is not running: its guest has shut down; reset or destroy it" D $command vm
	done
	# It can be looked at, and started again by hand.
	ok D qemu-monitor-command vm --hmp 'info status'
	has shutdown "$output"
	ok D reset vm
	ok D resume vm
	guest_ask vm i
	ok D set-lifecycle-action vm poweroff destroy
	guest_ask vm p
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm --reason)"
	has '<on_poweroff>restart<' "$(D dumpxml vm)"
}

@test "on_reboot: restart, destroy, preserve" {
	define_ends vm destroy destroy destroy
	ok D start vm
	guest_ask vm r
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm --reason)"
	ok D set-lifecycle-action vm reboot preserve
	ok D start vm
	guest_ask vm r
	reason_is vm "in shutdown (unknown)"
	ok D destroy vm
	# A poweroff still ends it: the guard does what QEMU was told not to.
	ok D start vm
	guest_ask vm p
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm --reason)"
	ok D set-lifecycle-action vm reboot restart --config
	ok D start vm
	pid=$(field vm pid)
	guest_ask vm r
	is_anew vm "$pid"
	ok D destroy vm
}

@test "on_crash: destroy, restart, preserve" {
	define_ends vm destroy restart destroy
	ok D start vm
	guest_ask vm k
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (crashed)' "$(D -q domstate vm --reason)"
	same crashed "$(jq -r .reason "$(dom vm)/last-run")"
	ok D start vm
	ok D set-lifecycle-action vm crash restart
	pid=$(field vm pid)
	guest_ask vm k
	is_anew vm "$pid"
	ok D set-lifecycle-action vm crash preserve
	guest_ask vm k
	reason_is vm "crashed (panicked)"
	refused "panicked; reset or destroy it" D resume vm
	# What was before can be gone back to; what is now cannot be kept.
	ok D reset vm
	ok D resume vm
	guest_ask vm i
	ok D snapshot-create-as vm before
	guest_ask vm k
	reason_is vm "crashed (panicked)"
	refused "its guest has panicked; reset or destroy it" D snapshot-create-as vm after
	refused "its guest has panicked; reset or destroy it" D snapshot-revert vm before --keep after
	same before "$(D -q snapshot-list vm --name)"
	ok D snapshot-revert vm before
	same running "$(state_of vm)"
	guest_ask vm i
	ok D snapshot-delete vm before
	ok D destroy vm
	same "" "$(cores)"
}

@test "on_crash: the memory goes into a file of its own" {
	define_ends vm destroy restart coredump-destroy
	ok D start vm
	guest_ask vm k
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (crashed)' "$(D -q domstate vm --reason)"
	core=$(cores)
	has "$ROOT/dump/vm-" "$core"
	same 600 "$(stat -c %a "$core")"
	same 700 "$(stat -c %a "$ROOT/dump")"
	same 7f454c46 "$(head -c 4 "$core" | od -An -tx1 | tr -d ' ')"
	test "$(stat -c %s "$core")" -ge $((32 << 20))
	before=$(sha256sum "$core")
	ok D set-lifecycle-action vm crash coredump-restart
	ok D start vm
	pid=$(field vm pid)
	guest_ask vm k
	is_anew vm "$pid"
	same 2 "$(cores | wc -l)"
	same "$before" "$(sha256sum "$core")"
	ok D destroy vm
	# Undefine does not take them along.
	ok D undefine vm
	same 2 "$(cores | wc -l)"
}

@test "a core that cannot be written: told in the log, and the rest is done" {
	define_ends vm destroy restart coredump-restart
	: >"$ROOT/dump"
	ok D start vm
	pid=$(field vm pid)
	guest_ask vm k
	is_anew vm "$pid"
	has "directory 'dump' of the store" "$(cat "$(dom vm)/run/guard.log")"
	ok D destroy vm
}

@test "a guest that ends without its guard waits, and the next writer's guard goes on" {
	define_ends vm restart restart restart
	ok D start vm
	pid=$(field vm pid)
	for letter in p k; do
		guest_ask vm i
		end_guard vm
		guest_ask vm $letter
		is_there "$(dom vm)/run"
		has unsupervised "$(D -q domstate vm --reason)"
		# Whatever it was asked to do: a new guard has come with it, and acts once it may.
		capture D resume vm
		is_anew vm "$pid"
	done
	ok D destroy vm
}

@test "set-lifecycle-action: which configuration, and what is refused" {
	define_ends vm destroy restart destroy
	refused "domain is not running" D set-lifecycle-action vm poweroff restart --live
	refused "'coredump-destroy' is not supported for 'on_reboot'" \
		D set-lifecycle-action vm reboot coredump-destroy
	refused "'rename-restart' is not supported for 'on_crash'" \
		D set-lifecycle-action vm crash rename-restart
	refused "type" D set-lifecycle-action vm suspend destroy
	ok D set-lifecycle-action vm poweroff restart
	has '<on_poweroff>restart<' "$(D dumpxml vm)"
	same 1 "$(find "$(dom vm)/old" -name '*~config' | wc -l)"
	ok D start vm
	ok D set-lifecycle-action vm poweroff destroy
	has '<on_poweroff>destroy<' "$(D dumpxml vm)"
	has '<on_poweroff>restart<' "$(D dumpxml vm --inactive)"
	ok D set-lifecycle-action vm reboot destroy --config
	has '<on_reboot>restart<' "$(D dumpxml vm)"
	has '<on_reboot>destroy<' "$(D dumpxml vm --inactive)"
	ok D set-lifecycle-action vm crash preserve --config --live
	has '<on_crash>preserve<' "$(D dumpxml vm)"
	has '<on_crash>preserve<' "$(D dumpxml vm --inactive)"
	ok D undefine vm
	refused "transient" D set-lifecycle-action vm crash destroy --config
	# What was said survives its guard.
	pid=$(field vm pid)
	ok D set-lifecycle-action vm poweroff restart
	end_guard vm
	ok D suspend vm
	ok D resume vm
	guest_ask vm p
	is_anew vm "$pid"
	ok D destroy vm
}

@test "a reboot by the power button, whatever the words; a new word does not take it back" {
	define_ends vm destroy restart destroy
	ok D start vm
	guest_ask vm i
	pid=$(field vm pid)
	guest_ask vm n
	ok D reboot vm
	ok D set-lifecycle-action vm poweroff destroy
	guest_ask vm p
	is_anew vm "$pid"
	# That wish was good for one.
	wait_for "test ! -e '$(dom vm)/run/reboot'"
	wait_for "D -q qemu-monitor-command vm --hmp 'info status' | grep -q running"
	ok D shutdown vm
	wait_for 'test ! -e "$(dom vm)/run"'
}
