# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For the bats files: `load helpers` first. Each test has a store of its own in $ROOT and reaches
# it by D; when the test is over no process may be left that uses it.
#
# A bats file that needs more than the default setup and teardown defines its own, and calls
# own_root in the one and leave_nothing in the other.

bats_require_minimum_version 1.5.0
# What the files write as \u… is UTF-8, wherever they run.
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
O=${O:-obj}
case $O in
/*) products=$O ;;
*) products=$here/../$O ;;
esac
export DOMSH_GUARD=${DOMSH_GUARD:-$products/domsh-guard}
DOMSH=${DOMSH:-$products/domsh}

setup()
{
	own_root
}

teardown()
{
	leave_nothing
}

own_root()
{
	ROOT=$BATS_TEST_TMPDIR/root
	URI="qemu:///embed?root=$ROOT"
	! is_peer || URI=test:///default
	left_is_fine=
}

# is_peer: the shell under test is the one that is linked to the system's libvirt. It runs what is
# tagged "peer", where D talks to libvirt's test driver.
is_peer()
{
	test "${DOMSH##*/}" = domsh-peer
}

# D ARGUMENT…: domsh on the store of this test.
D()
{
	"$DOMSH" -c "$URI" "$@"
}

# dom NAME: the directory of a domain whose name needs no escape.
dom()
{
	echo "$ROOT/domains/$1"
}

# --- what commands must do --------------------------------------------------------------------

# capture COMMAND…: run it; $status, $output and $stderr are what came of it.
capture()
{
	local dir=$BATS_TEST_TMPDIR
	status=0
	"$@" >"$dir/stdout" 2>"$dir/stderr" || status=$?
	output=$(<"$dir/stdout")
	stderr=$(<"$dir/stderr")
}

# failing WHY COMMAND…: tell what was seen, and fail.
failing()
{
	local why=$1
	shift
	printf '%s\n' "$why" "command: $*" "status: $status" "stdout: $output" "stderr: $stderr"
	return 1
}

# ok COMMAND…: it succeeds, and says nothing on stderr. $output is for the test to look at.
ok()
{
	capture "$@"
	test "$status" = 0 || failing "this should have succeeded" "$@" || return 1
	test -z "$stderr" || failing "this should have been silent on stderr" "$@"
}

# told MESSAGE COMMAND…: it succeeds, and MESSAGE is a part of what it says on stderr.
told()
{
	local message=$1
	shift
	capture "$@"
	test "$status" = 0 || failing "this should have succeeded" "$@" || return 1
	has "$message" "$stderr"
}

# refused MESSAGE COMMAND…: it fails with status 1 (and not by a signal), MESSAGE is a part of
# what it says on stderr, and the store is what it was.
refused()
{
	local message=$1 before after
	shift
	before=$(store_list "$ROOT")
	capture "$@"
	after=$(store_list "$ROOT")
	test "$status" = 1 || failing "this should have been refused with status 1" "$@" || return 1
	case $stderr in
	*"$message"*) ;;
	*) failing "stderr should have said: $message" "$@" || return 1 ;;
	esac
	test "$before" = "$after" || {
		diff <(echo "$before") <(echo "$after") || true
		failing "the store was changed by a refused command" "$@"
	}
}

# same EXPECTED ACTUAL
same()
{
	test "$1" = "$2" || {
		diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") || true
		return 1
	}
}

# has PART TEXT: TEXT contains PART.
has()
{
	case $2 in
	*"$1"*) ;;
	*) printf 'no "%s" in:\n%s\n' "$1" "$2"; return 1 ;;
	esac
}

# has_not PART TEXT
has_not()
{
	case $2 in
	*"$1"*) printf 'there is "%s" in:\n%s\n' "$1" "$2"; return 1 ;;
	esac
}

# store_list DIR: a line for each path below DIR with its type, mode, content and symlink text. The
# content does not count of files named "lock", of what is written at any time by the guard
# (guard.log) and of what QEMU says (run/events; reboots and viewers in events).
store_list()
{
	test -e "$1" || { echo absent; return; }
	(
		cd "$1" || exit 1
		find . -printf '%p %y %m %l\n'
		find . -type f ! -name lock ! -name guard.log ! -path '*/run/events' ! -path ./events \
			-exec sha256sum {} +
		test ! -e events || grep -vE '"event":"(reboot|graphics)"' events | sha256sum
	) | LC_ALL=C sort
}

# store_hash DIR: the same as one word.
store_hash()
{
	local sum
	sum=$(store_list "$1" | sha256sum)
	echo "${sum%% *}"
}

# wait_for CONDITION [SECONDS]: until the shell command CONDITION is true; fails after SECONDS (10).
wait_for()
{
	local deadline=$((${EPOCHREALTIME/[.,]/} + ${2:-10} * 1000000))
	until eval "$1"; do
		if test "${EPOCHREALTIME/[.,]/}" -ge "$deadline"; then
			echo "after ${2:-10} s still not: $1"
			return 1
		fi
		sleep 0.02
	done
}

# is_there FILE; is_gone FILE: also a dangling link is there.
is_there()
{
	test -e "$1" -o -L "$1" || { echo "there is no $1"; return 1; }
}
is_gone()
{
	test ! -e "$1" -a ! -L "$1" || { echo "there is still $1"; return 1; }
}

# state_of NAME
state_of()
{
	D -q domstate "$1"
}

# --- guests -----------------------------------------------------------------------------------

# make_disk FILE [SIZE]: an empty qcow2 disk.
make_disk()
{
	qemu-img create -q -f qcow2 "$1" "${2:-4M}"
}

# make_guest_disk FILE: a qcow2 disk from which the test guest boots.
make_guest_disk()
{
	"$here/mkguest" --qcow2 "$1"
}

# tiny_xml NAME [DISK…]: a small guest, with these qcow2 disks. Its serial port is the socket
# $BATS_TEST_TMPDIR/NAME.serial. MACHINE (pc), MEMORY (32 MiB), BUS (virtio) and MORE (devices)
# may be set in front.
tiny_xml()
{
	local name=$1 disk letter bus=${BUS:-virtio} prefix=vd letters=abcdefgh
	shift
	test "$bus" = virtio || prefix=sd
	test "$bus" != ide || prefix=hd
	cat <<-XML
		<domain type='qemu'>
		  <name>$name</name>
		  <memory unit='MiB'>${MEMORY:-32}</memory>
		  <vcpu>1</vcpu>
		  <os>
		    <type arch='x86_64' machine='${MACHINE:-pc}'>hvm</type>
		  </os>
		  <features>
		    <acpi/>
		  </features>
		  <devices>
	XML
	for disk; do
		letter=${letters:0:1}
		letters=${letters:1}
		cat <<-XML
			    <disk type='file' device='disk'>
			      <driver name='qemu' type='qcow2'/>
			      <source file='$disk'/>
			      <target dev='$prefix$letter' bus='$bus'/>
			    </disk>
		XML
	done
	cat <<-XML
		    <serial type='unix'>
		      <source mode='bind' path='$BATS_TEST_TMPDIR/$name.serial'/>
		    </serial>
		${MORE:-}  </devices>
		</domain>
	XML
}

# define NAME [DISK…]: write tiny_xml to a file of its own and define it.
define()
{
	tiny_xml "$@" >"$BATS_TEST_TMPDIR/$1.xml"
	ok D define "$BATS_TEST_TMPDIR/$1.xml"
}

# define_guest NAME: the same with a disk from which the test guest boots.
define_guest()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

# guest_ask NAME LETTER…: give the test guest these commands on its serial port and print the line
# that each is answered with.
guest_ask()
{
	local name=$1
	shift
	"$here/ask-guest" "$BATS_TEST_TMPDIR/$name.serial" "$@"
}

# guest_number WORD LINE [N]: the N-th (1st) number called WORD ("mem", "disk"), in decimal.
guest_number()
{
	local hex
	hex=$(grep -o "$1=[0-9a-f]*" <<<"$2" | sed -n "${3:-1}p")
	echo $((16#${hex#*=}))
}

# --- the end of a test ------------------------------------------------------------------------

# processes_of DIR: the QEMUs, guards and shells that have a file of DIR open.
processes_of()
{
	local pid
	for pid in $(find /proc/[0-9]*/fd -lname "$1/*" 2>/dev/null | cut -d/ -f3 | sort -un); do
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		qemu-* | domsh*) echo "$pid" ;;
		esac
	done
}

# left_over_is_fine: this test may leave guests running; they are killed without a complaint.
left_over_is_fine()
{
	left_is_fine=1
}

# leave_nothing: kill what this test left running, and fail if it was not said to be fine. What
# is about to end anyway gets some time: on a busy machine a lock may be free late.
leave_nothing()
{
	local left pid
	left=$(processes_of "$ROOT")
	test -n "$left" || return 0
	if test -z "$left_is_fine"; then
		wait_for 'left=$(processes_of "$ROOT"); test -z "$left"' 12 && return 0
		for pid in $left; do
			echo "left running: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
		done
	fi
	# The guards first, which would otherwise tidy up after the guests.
	for pid in $left; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	test -n "$left_is_fine"
}
