# SPDX-License-Identifier: LGPL-2.1-or-later
# Saved memory and libvirt itself: what its daemon saves goes on here, and the other way. The daemon
# is that of a session, so it runs as an ordinary user; for root that is nobody.

load helpers

setup()
{
	own_root
	command -v libvirtd >/dev/null && test -e /usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so ||
		skip "no libvirtd with a driver for QEMU"
	THERE=$BATS_TEST_TMPDIR/there
	mkdir -p "$THERE/run"
	reachable
	own "$THERE"
	printf 'auth_unix_rw = "none"\n' >"$THERE/libvirtd.conf"
	exec=exec L libvirtd -f "$THERE/libvirtd.conf" >"$THERE/log" 2>&1 3>&- &
	daemon=$!
	wait_for 'V -q uri >/dev/null 2>&1' 20 || { cat "$THERE/log"; return 1; }
}

teardown()
{
	V -q destroy vm1 >/dev/null 2>&1 || true
	test -z "${daemon:-}" || { kill "$daemon" && wait_for "! kill -0 $daemon 2>/dev/null"; }
	leave_nothing
}

# own FILE…: give them to the user that the daemon runs as.
own()
{
	test "$(id -u)" != 0 || chown -R 65534:65534 "$@"
}

# reachable: that user gets into the directories of this test.
reachable()
{
	test "$(id -u)" != 0 ||
		chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR/.." "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
}

# L COMMAND…: as that user, with a home of its own. exec=exec: in the place of this shell.
L()
{
	local drop=
	test "$(id -u)" != 0 || drop="setpriv --reuid=65534 --regid=65534 --clear-groups"
	# shellcheck disable=SC2086
	${exec:-} $drop env HOME="$THERE" XDG_RUNTIME_DIR="$THERE/run" XDG_CONFIG_HOME="$THERE/c" \
		XDG_CACHE_HOME="$THERE/k" XDG_DATA_HOME="$THERE/d" "$@"
}

# V ARGUMENT…: virsh on that daemon.
V()
{
	L virsh -c qemu:///session "$@"
}

# xml: a guest without what libvirt would add and domsh does not have.
xml()
{
	MORE="    <controller type='usb' model='none'/>
    <memballoon model='none'/>
" tiny_xml vm1 "$THERE/vm1.qcow2" | sed "s|$BATS_TEST_TMPDIR/vm1.serial|$THERE/vm1.serial|"
}

ask()
{
	"$here/ask-guest" "$THERE/vm1.serial" "$@"
}

# went_on: it has counted on from $count, which is on its disk.
went_on()
{
	local line mem
	line=$(ask i)
	mem=$(guest_number mem "$line")
	same "$count" "$(guest_number disk "$line")"
	test "$mem" -ge "$count" -a "$mem" -lt $((count + 400)) || { echo "$line, saved at $count"; return 1; }
}

@test "saved by libvirt, restored here; saved here, restored by libvirt" {
	make_guest_disk "$THERE/vm1.qcow2"
	xml >"$THERE/vm1.xml"
	own "$THERE"
	V -q create "$THERE/vm1.xml"
	wait_for 'test $(guest_number mem "$(ask i)") -ge 10' 15
	count=$(guest_number disk "$(ask w)")
	V -q save vm1 "$THERE/a"
	rm -f "$THERE/vm1.serial"

	# Their image gets another XML without losing what else is in it.
	D save-image-dumpxml "$THERE/a" | sed 's|<uuid>|<title>theirs</title><uuid>|' >"$BATS_TEST_TMPDIR/titled.xml"
	cookie=$(grep -a -A9 '^<cookie>' "$THERE/a" | sed '/<\/cookie>/q')
	ok D save-image-define "$THERE/a" "$BATS_TEST_TMPDIR/titled.xml"
	same "$cookie" "$(grep -a -A9 '^<cookie>' "$THERE/a" | sed '/<\/cookie>/q' | sed '1s/.*<cookie>/<cookie>/')"
	own "$THERE/a"
	chmod 666 "$THERE/vm1.qcow2"
	has '<title>theirs</title>' "$(V save-image-dumpxml "$THERE/a")"

	ok D restore "$THERE/a"
	went_on
	same theirs "$(D -q desc vm1 --title)"
	ok D save vm1 "$THERE/b"
	rm -f "$THERE/vm1.serial"
	own "$THERE"
	has '<title>theirs</title>' "$(V save-image-dumpxml "$THERE/b")"
	V -q restore "$THERE/b"
	went_on
}
