# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For kill-*.bats: a real guest, a client that stops itself at a named point of a protocol, and
# who is killed there. Every trial begins with the same store: a guest saved with $MEMORY_SAVED
# ticks in its memory. After it one function, `whole`, tells whether anything was lost.

# --- the world --------------------------------------------------------------------------------

# prepare: make the saved guest, once for a test.
prepare()
{
	define_guest vm
	ok D start vm
	MEMORY_SAVED=$(guest_number mem "$(guest_ask vm i w)" 2)
	ok D managedsave vm
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/root.saved"
	cp -a "$BATS_TEST_TMPDIR/vm.qcow2" "$BATS_TEST_TMPDIR/disk.saved"
}

# saved_world: off, with its image; running_world: resumed from it; off_world: without it.
saved_world()
{
	end_all
	rm -rf "$ROOT"
	cp -a "$BATS_TEST_TMPDIR/root.saved" "$ROOT"
	cp -a "$BATS_TEST_TMPDIR/disk.saved" "$BATS_TEST_TMPDIR/vm.qcow2"
}

running_world()
{
	saved_world
	ok D start vm
}

off_world()
{
	saved_world
	ok D managedsave-remove vm --purge
}

# end_all: the guards first, which would otherwise tidy up after the guests.
end_all()
{
	local pid pids
	pids="$(pids_of guard) $(pids_of alive) $(processes_of "$ROOT")"
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait_for 'test -z "$(processes_of "$ROOT")"'
}

# --- who --------------------------------------------------------------------------------------

# pids_of guard|alive: who has that file of the run, published or not, open.
pids_of()
{
	find /proc/[0-9]*/fd -lname "$ROOT/domains/vm/run*/$1" 2>/dev/null | cut -d/ -f3 | sort -u
}

is_stopped()
{
	grep -qs '^State:[[:space:]]*T' "/proc/$1/status"
}

is_dead()
{
	! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

kill_all()
{
	local pid
	for pid; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	for pid; do
		wait_for "is_dead $pid" || return 1
	done
}

# at POINT VICTIMS COMMAND…: run it until it stops itself at POINT, kill VICTIMS (guard, qemu,
# client, in this order), let the client go on if it lives. $status is the client's.
at()
{
	local point=$1 victims=$2 client pids=
	shift 2
	DOMSH_FAULT="stop@$point" "$DOMSH" -c "$URI" "$@" >"$BATS_TEST_TMPDIR/client" 2>&1 &
	client=$!
	wait_for "is_stopped $client || is_dead $client" 20
	if ! is_stopped "$client"; then
		echo "the client did not come to $point: $(<"$BATS_TEST_TMPDIR/client")"
		return 1
	fi
	# The client last: as long as it holds the lock nobody acts on the other deaths.
	case $victims in *guard*) pids=$(pids_of guard) ;; esac
	case $victims in *qemu*) pids="$pids $(pids_of alive)" ;; esac
	case $victims in *client*) pids="$pids $client" ;; esac
	# shellcheck disable=SC2086
	kill_all $pids || return 1
	kill -CONT "$client" 2>/dev/null || true
	wait_for "is_dead $client" 30 || return 1
	status=0
	wait "$client" || status=$?
}

# --- what must be true ------------------------------------------------------------------------

settled()
{
	test ! -e "$ROOT/domains/vm/intent" &&
		test -z "$(ls -d "$ROOT"/domains/vm/run.* 2>/dev/null)" &&
		test -z "$(pgrep -f "domsh-guard reconcile $ROOT")"
}

# settle alone|writer: by itself, as it must where a guard is left; or by a next writer.
settle()
{
	test "$1" = writer || wait_for settled 15 || return 1
	ok D autostart vm --disable && wait_for settled 5
}

disks_are_sound()
{
	local rc=0
	qemu-img check -q -U "$BATS_TEST_TMPDIR/vm.qcow2" >/dev/null 2>&1 || rc=$?
	# 3: leaked clusters, which cost space and nothing else.
	test $rc = 0 || test $rc = 3 || { echo "qemu-img check: $rc"; return 1; }
}

records_are_tags()
{
	same "$(D snapshot-list vm --name | sed '/^$/d' | sort)" \
		"$(qemu-img snapshot -l -U "$BATS_TEST_TMPDIR/vm.qcow2" | awk 'NR > 2 { print $2 }' | sort)"
}

# One QEMU that is listed, or none.
nobody_is_lost()
{
	local n
	wait_for 'n=$(pids_of alive | wc -l)
		  case $(D domstate vm) in running | paused) test $n = 1 ;; *) test $n = 0 ;; esac'
}

memory_goes_on()
{
	local now
	now=$(guest_number mem "$(guest_ask vm i)")
	test "$now" -ge "$MEMORY_SAVED" || { echo "memory $now, saved was $MEMORY_SAVED"; return 1; }
}

# whole MEMORY: legal, sound, nothing lost. MEMORY: kept — the guest's memory is in it or in its
# image; lost — it may have died with it.
whole()
{
	local state
	nobody_is_lost && disks_are_sound && records_are_tags || return 1
	state=$(D domstate vm | sed '/^$/d')
	case $state in
	running)
		test ! -e "$ROOT/domains/vm/managed-save" || { echo "it runs beside its image"; return 1; }
		# A boot is told from a resume by the same number.
		test "$1" = lost || memory_goes_on || return 1
		;;
	"shut off")
		if test -e "$ROOT/domains/vm/managed-save"; then
			ok D start vm && memory_goes_on
		else
			test "$1" = lost || { echo "its memory is gone"; return 1; }
			ok D start vm
		fi || return 1
		;;
	*)
		echo "it is left '$state'"
		return 1
		;;
	esac
	settled && nobody_is_lost
}

# trial WORLD MEMORY SETTLE POINT VICTIMS COMMAND…
trial()
{
	local world=$1 memory=$2 how=$3
	shift 3
	"$world"
	{ at "$@" && settle "$how" && whole "$memory"; } || {
		echo "killed at $1: $2"
		find "$ROOT/domains" | sort
		return 1
	}
}

# --- memory in a file of the user's -----------------------------------------------------------

FILE=$BATS_TEST_TMPDIR/vm.save

# file_world: off, its memory in $FILE.
file_world()
{
	running_world
	ok D save vm "$FILE"
	cp -a "$FILE" "$FILE.kept"
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/root.file"
}

# whole_file MEMORY: as whole, with the file for an image; half a file is nowhere.
whole_file()
{
	local state
	nobody_is_lost && disks_are_sound || return 1
	same "" "$(ls -A "$BATS_TEST_TMPDIR" | grep '^\.domsh-')"
	test ! -e "$FILE.kept" || cmp "$FILE" "$FILE.kept" || return 1
	state=$(D domstate vm | sed '/^$/d')
	case $state in
	running)
		test -e "$FILE.kept" || test ! -e "$FILE" || { echo "it runs beside its file"; return 1; }
		test "$1" = lost || memory_goes_on || return 1
		;;
	"shut off")
		if test -e "$FILE"; then
			ok D restore "$FILE" && memory_goes_on
		else
			test "$1" = lost || { echo "its memory is gone"; return 1; }
			ok D start vm
		fi || return 1
		;;
	*)
		echo "it is left '$state'"
		return 1
		;;
	esac
	settled && nobody_is_lost
}

# trial_file …: as trial.
trial_file()
{
	local world=$1 memory=$2 how=$3
	shift 3
	rm -f "$FILE" "$FILE.kept"
	"$world"
	{ at "$@" && settle "$how" && whole_file "$memory"; } || {
		echo "killed at $1: $2"
		find "$ROOT/domains" "$FILE"* | sort
		return 1
	}
}
