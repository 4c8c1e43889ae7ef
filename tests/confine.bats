# SPDX-License-Identifier: LGPL-2.1-or-later
# What a running QEMU has and may, read from /proc and asked of QEMU itself: domsh-guard(8), SECURITY.
load helpers

setup()
{
	own_root
	shared=
}

teardown()
{
	leave_nothing
	test -z "$shared" || rm -rf "$shared"
}

# proc_of PID FILE KEY: a line of status or limits without its key.
proc_of()
{
	sed -n "s/^$3:\{0,1\}[[:space:]][[:space:]]*//p" "/proc/$1/$2"
}

# descriptors PID: number and what it is, a line each; the numbers of sockets and of QEMU's own
# kinds do not matter.
descriptors()
{
	local fd
	for fd in $(ls "/proc/$1/fd" | sort -n); do
		echo "$fd $(readlink "/proc/$1/fd/$fd" | sed 's/:.*//')"
	done
}

# qemu_of NAME: its pid.
qemu_of()
{
	sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$(dom "$1")/run/state"
}

# cannot_start MESSAGE: nothing of the domain has changed.
cannot_start()
{
	local before
	before=$(store_hash "$(dom vm)")
	capture D start vm
	same 1 "$status"
	has "$1" "$stderr"
	same "$before" "$(store_hash "$(dom vm)")"
}

# ask_qemu NAME JSON: what QEMU answers.
ask_qemu()
{
	ok D -q qemu-monitor-command "$1" "$2" || return 1
	echo "$output"
}

# open_file NAME FILE: have QEMU open it for reading.
open_file()
{
	ask_qemu "$1" "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"file\",\"node-name\":\"tried\",\"read-only\":true,\"filename\":\"$2\"}}"
}

# as_root, or nothing to test: only root can become somebody else. CI runs all as root too.
as_root()
{
	test "$(id -u)" = 0
}

has_landlock()
{
	! grep -q 'has no landlock' "$(dom "$1")/run/guard.log"
}

# A directory that every user can reach, unlike bats's own.
shared_dir()
{
	shared=$(mktemp -d "${TMPDIR:-/tmp}/domsh-shared.XXXXXX")
	chmod 755 "$shared"
}

@test "QEMU has these descriptors and no others" {
	exec 7</etc/passwd
	define_guest vm
	ok D start vm
	exec 7<&-
	qemu=$(qemu_of vm)
	run=$(dom vm)/run
	same "0 /dev/null
1 $run/log
2 $run/log
3 $run/alive
4 socket
5 socket
6 socket" "$(descriptors "$qemu" | head -7)"
	# What it opened itself: its disk, its event loops, the two monitors that are connected.
	same "$(printf '%s\n' "$BATS_TEST_TMPDIR/vm.qcow2" anon_inode socket)" \
		"$(descriptors "$qemu" | tail -n +8 | cut -d' ' -f2 | grep -v '^/memfd' | sort -u)"
	test "$(descriptors "$qemu" | tail -n +8 | grep -c ' socket$')" -le 2
	ok D destroy vm
}

@test "QEMU has this environment, directory, session, these limits and signals" {
	define_guest vm
	(
		ulimit -S -n 64 -f 1024
		trap '' USR1 TERM
		SECRET=hidden DISPLAY=:9 ok D start vm
	)
	qemu=$(qemu_of vm)
	same 'HOME=/
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$(tr '\0' '\n' <"/proc/$qemu/environ" | sort)"
	same / "$(readlink "/proc/$qemu/cwd")"
	same / "$(readlink "/proc/$qemu/root")"
	same 0077 "$(proc_of "$qemu" status Umask)"
	same "$qemu" "$(proc_of "$qemu" status NSsid)"
	# Soft limits are the hard ones, and no core is written.
	same 0 "$(proc_of "$qemu" limits 'Max core file size' | awk '{ print $1 }')"
	for limit in 'Max open files' 'Max file size' 'Max cpu time' 'Max address space' 'Max data size'; do
		same same "$(proc_of "$qemu" limits "$limit" | awk '{ print $1 == $2 ? "same" : $0 }')"
	done
	# SIGPIPE is QEMU's own wish; USR1 and TERM are not ignored. Signals 32 and 33 are libc's: whoever
	# ignored them before, nobody can set them back through it.
	same 1000 "$(printf '%x' $((0x$(proc_of "$qemu" status SigIgn) & ~0x180000000)))"
	ok D destroy vm
}

@test "QEMU has no capability, no group, no way back, and a filter" {
	define_guest vm
	ok D start vm
	qemu=$(qemu_of vm)
	same 2 "$(proc_of "$qemu" status Seccomp)"
	same 1 "$(proc_of "$qemu" status NoNewPrivs)"
	for set in CapInh CapPrm CapEff CapAmb; do
		same 0000000000000000 "$(proc_of "$qemu" status $set)"
	done
	id=$(id -u)
	same "$id	$id	$id	$id" "$(proc_of "$qemu" status Uid)"
	if as_root; then
		same 0000000000000000 "$(proc_of "$qemu" status CapBnd)"
		same "" "$(proc_of "$qemu" status Groups)"
	else
		same "$(id -G | tr ' ' '\n' | sort)" "$(printf '%s\n' $(proc_of "$qemu" status Groups) "$(id -g)" | sort -u)"
	fi
	has ',obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny' "$(tr '\0' '\n' <"/proc/$qemu/cmdline")"
	ok D destroy vm
}

@test "QEMU opens its own files and no others" {
	make_disk "$BATS_TEST_TMPDIR/other.qcow2"
	MORE="<video><model type='vga'/></video>" define_guest vm
	ok D start vm
	has_landlock vm || skip "this kernel has no landlock"
	denied='"error":{"class":"GenericError","desc":"Could not open'
	has "$denied '$BATS_TEST_TMPDIR/other.qcow2': Permission denied" "$(open_file vm "$BATS_TEST_TMPDIR/other.qcow2")"
	has "$denied" "$(open_file vm /etc/passwd)"
	has "$denied" "$(open_file vm "$(dom vm)/domain.xml")"
	# Its own it may close and open again, as block jobs do; data of the system it may read.
	has '"return":{}' "$(open_file vm "$BATS_TEST_TMPDIR/vm.qcow2")"
	for readonly in true false; do
		has '"return":{}' "$(ask_qemu vm '{"execute":"blockdev-reopen","arguments":{"options":[{"driver":"file","node-name":"tried","read-only":'$readonly',"filename":"'"$BATS_TEST_TMPDIR/vm.qcow2"'"}]}}')"
	done
	has '"return":{}' "$(ask_qemu vm '{"execute":"blockdev-del","arguments":{"node-name":"tried"}}')"
	has '"return":{}' "$(open_file vm /usr/share/seabios/bios-256k.bin)"
	# It makes no file anywhere, and ends nobody but itself.
	has "Permission denied" "$(ask_qemu vm '{"execute":"memsave","arguments":{"val":0,"size":1,"filename":"'"$BATS_TEST_TMPDIR/made"'"}}')"
	is_gone "$BATS_TEST_TMPDIR/made"
	# What domsh hands to it works all the same.
	ok D screenshot vm "$BATS_TEST_TMPDIR/screen.png"
	is_there "$BATS_TEST_TMPDIR/screen.png"
	ok D -q managedsave vm
	ok D -q start vm
	ok D -q snapshot-create-as vm s1
	ok D -q snapshot-revert vm s1
	ok D -q snapshot-delete vm s1
	ok D destroy vm
}

@test "a serial port's file is made and written to, a pty opened" {
	MORE="<serial type='file'><source path='$BATS_TEST_TMPDIR/new.log'/></serial><serial type='pty'/>" \
		define_guest vm
	ok D start vm
	is_there "$BATS_TEST_TMPDIR/new.log"
	same 600 "$(stat -c %a "$BATS_TEST_TMPDIR/new.log")"
	qemu=$(qemu_of vm)
	has "$BATS_TEST_TMPDIR/new.log" "$(descriptors "$qemu")"
	has "/dev/ptmx" "$(descriptors "$qemu")"
	ok D destroy vm
}

@test "a disk that QEMU may not use is told before anything runs" {
	as_root || return 0
	define_guest vm
	chown 12345 "$BATS_TEST_TMPDIR/vm.qcow2"
	chmod 600 "$BATS_TEST_TMPDIR/vm.qcow2"
	cannot_start "'$BATS_TEST_TMPDIR/vm.qcow2': Permission denied for QEMU, which runs as user 0 without capabilities; nothing was changed" 
	same 12345 "$(stat -c %u "$BATS_TEST_TMPDIR/vm.qcow2")"
	same 'shut off' "$(state_of vm)"
}

@test "qemu-user: QEMU runs as that user, with its groups exactly" {
	as_root || return 0
	shared_dir
	export XDG_CONFIG_HOME=$shared/config
	mkdir -p "$XDG_CONFIG_HOME/domsh"
	printf '[domsh]\nqemu-user=games\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	make_guest_disk "$shared/vm.qcow2"
	define vm "$shared/vm.qcow2"
	chmod 600 "$shared/vm.qcow2"
	cannot_start "'$shared/vm.qcow2': Permission denied for user 'games' ($(id -u games)), who runs QEMU (qemu-user in domsh.conf)"
	same 0 "$(stat -c %u "$shared/vm.qcow2")"
	chown games "$shared/vm.qcow2"
	# The caller's own groups are not QEMU's.
	setpriv --groups 0,4,6 --inh-caps +setuid "$DOMSH" -q -c "$URI" start vm
	qemu=$(qemu_of vm)
	uid=$(id -u games) gid=$(id -g games)
	same "$uid	$uid	$uid	$uid" "$(proc_of "$qemu" status Uid)"
	same "$gid	$gid	$gid	$gid" "$(proc_of "$qemu" status Gid)"
	same "$(id -G games | tr ' ' '\n' | sort)" "$(proc_of "$qemu" status Groups | tr ' ' '\n' | grep . | sort)"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		same 0000000000000000 "$(proc_of "$qemu" status $set)"
	done
	same games "$(stat -c %U "$shared/vm.qcow2")"
	# All that goes by descriptors works across the users.
	ok D -q snapshot-create-as vm s1
	ok D -q managedsave vm
	ok D -q start vm
	ok D -q suspend vm
	ok D -q snapshot-revert vm s1
	ok D -q destroy vm
	same "" "$(find "$ROOT" ! -user root)"
	printf '[domsh]\nqemu-user=nobody-here\n' >"$XDG_CONFIG_HOME/domsh/domsh.conf"
	cannot_start "qemu-user: this host has no user 'nobody-here'"
}
