# SPDX-License-Identifier: LGPL-2.1-or-later
# Events other than those of the life cycle: what each looks like, which ones real QEMU tells, and
# that those which could never come are refused.
load helpers
load events

# listen ARGUMENT…: event in the background; what it prints is $heard. It hears what happens from
# the moment when it watches.
listen()
{
	heard=$BATS_TEST_TMPDIR/heard
	in_background event --loop "$@"
}

# hears WORDS: once a line has them
hears()
{
	words=$1
	wait_for 'grep -qF -- "$words" "$heard"' || { cat "$heard"; return 1; }
}

# A fake: the lines are those that the guard would write (tests/unit/test-guard-news.c).
# noted EVENT [MEMBER…]: as jq's object construction has them
noted()
{
	jq -nc --arg event "$1" --arg uuid "$(D domuuid x)" \
		"{time: 1, domain: \"x\", uuid: \$uuid, event: \$event${2:+, $2}}" >>"$ROOT/events"
}

note_all()
{
	noted reboot
	noted rtc-change 'value: -78'
	noted watchdog 'action: "inject-nmi"'
	noted io-error 'alias: "ua-vda", path: "/d", action: "stop", reason: "enospc"'
	noted graphics 'phase: "initialize", local: {family: "ipv6", node: "::1", service: "5901"},
		remote: {family: "unix", node: "", service: ""}, scheme: "sasl",
		subject: [{type: "sasl_username", name: "ann"}]'
	noted control-error
	noted tray-change 'alias: "cd", action: "open"'
	noted pm-suspend
	noted pm-suspend-disk
	noted pm-wakeup
	noted balloon-change 'value: 1024'
	noted device-removed 'alias: "d0"'
	noted agent-lifecycle 'state: "connected"'
	noted migration-iteration 'value: 2'
	noted device-removal-failed 'alias: "d0"'
	noted metadata-change 'type: "element", uri: "http://x"'
	noted metadata-change 'type: "title"'
	noted block-threshold 'target: "vda", path: "/d", threshold: 65536, excess: 512'
	noted memory-failure 'recipient: "guest", action: "inject", is_required: true, is_recursive: false'
	noted memory-device-size-change 'alias: "vm0", value: 1073741824'
	noted a-later-version
	noted reboot
}

@test "each kind of event, worded as virsh does" {
	define x
	listen --all
	note_all
	wait_for 'test "$(grep -c reboot "$heard")" = 2'
	same "'reboot' for domain 'x'
'rtc-change' for domain 'x': -78
'watchdog' for domain 'x': inject-nmi
'io-error' for domain 'x': /d (ua-vda) pause
'io-error-reason' for domain 'x': /d (ua-vda) pause due to enospc
'graphics' for domain 'x': initialize local[IPv6 ::1 5901] remote[unix  ] sasl
	sasl_username=ann
'control-error' for domain 'x'
'tray-change' for domain 'x' disk cd: opened
'pm-suspend' for domain 'x'
'pm-suspend-disk' for domain 'x'
'pm-wakeup' for domain 'x'
'balloon-change' for domain 'x': 1024KiB
'device-removed' for domain 'x': d0
'agent-lifecycle' for domain 'x': state: 'connected' reason: 'channel event'
'migration-iteration' for domain 'x': iteration: '2'
'device-removal-failed' for domain 'x': d0
'metadata-change' for domain 'x': type element, uri http://x
'metadata-change' for domain 'x': type title, uri <null>
'block-threshold' for domain 'x': dev: vda(/d) 65536 512
'memory-failure' for domain 'x':
recipient: guest
action: inject
flags:
	action required: 1
	recursive: 0
'memory-device-size-change' for domain 'x':
alias: vm0
size: 1073741824
'reboot' for domain 'x'" "$(sed "s/^event //" "$heard")"
}

@test "each kind of event as JSON" {
	define x
	json=1
	listen --all
	note_all
	wait_for 'test "$(grep -c reboot "$heard")" = 2'
	same 22 "$(jq -s length "$heard")"
	same '{"phase":"initialize","local":{"family":"IPv6","node":"::1","service":"5901"},"remote":{"family":"unix","node":"","service":""},"scheme":"sasl","identities":{"sasl_username":"ann"}}' \
		"$(jq -c 'select(.event == "graphics") | {phase, local, remote, scheme, identities}' "$heard")"
	same '{"recipient":"guest","action":"inject","action_required":true,"recursive":false}' \
		"$(jq -c 'select(.event == "memory-failure") | {recipient, action, action_required, recursive}' "$heard")"
	same '["title",null]' "$(jq -c 'select(.type == "title") | [.type, .uri]' "$heard")"
}

@test "what can never come is refused by name, and left out of --all" {
	define x
	for kind in block-job disk-change block-job-2 tunable device-added job-completed; do
		refused "event '$kind': nothing that this version can do would ever cause one" \
			D event --event "$kind" --timeout 1
	done
	capture "$DOMSH" -c test:///default event --event watchdog --timeout 1
	same 1 "$status"
	has "event 'watchdog': hypervisor 'TEST' tells none" "$stderr"
	capture "$DOMSH" -c test:///default event --all --timeout 1
	same $'event loop timed out\nevents received: 0' "$output"
}

@test "metadata: by whoever notes it" {
	define x
	listen --all
	ok D desc x --title new
	ok D desc x something
	ok D metadata x --uri http://domsh/test --key k --set '<a/>'
	ok D metadata x --uri http://domsh/test --remove
	refused 'Domain title' D desc x --title $'two\nlines'
	hears "uri http://domsh/test"
	wait_for 'test "$(wc -l <"$heard")" = 4'
	same "event 'metadata-change' for domain 'x': type title, uri <null>
event 'metadata-change' for domain 'x': type description, uri <null>
event 'metadata-change' for domain 'x': type element, uri http://domsh/test
event 'metadata-change' for domain 'x': type element, uri http://domsh/test" "$(<"$heard")"
}

# look_at SOCKET: say what a VNC client says until it may look, and hang up
look_at()
{
	perl -e 'use IO::Socket::UNIX;
		my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\n";
		sub take { my $n = $_[0]; my $b = ""; sysread($s, $b, $n - length $b, length $b) or die "it hung up\n" while length $b < $n; }
		take(12); syswrite $s, "RFB 003.008\n"; take(2); syswrite $s, "\1"; take(4); syswrite $s, "\1"; take(24)' "$1"
}

@test "QEMU tells who looks, what was unplugged, what is written behind a threshold, how far a save is" {
	MORE="<graphics type='vnc'><listen type='socket' socket='$BATS_TEST_TMPDIR/vnc'/></graphics>
		<channel type='unix'><target type='virtio' name='org.domsh.test'/></channel>" define_guest x
	ok D start x
	listen --all
	look_at "$BATS_TEST_TMPDIR/vnc"
	hears disconnect
	same "connect local[unix  $BATS_TEST_TMPDIR/vnc] remote[unix  ] none
initialize local[unix  $BATS_TEST_TMPDIR/vnc] remote[unix  ] none
disconnect local[unix  $BATS_TEST_TMPDIR/vnc] remote[unix  ] none" \
		"$(sed -n "s/^event 'graphics' for domain 'x': //p" "$heard")"
	ok D qemu-monitor-command x --hmp 'device_add virtserialport,id=extra,bus=virtio-serial0.0'
	ok D qemu-monitor-command x --hmp 'device_del extra'
	hears "'device-removed' for domain 'x': extra"
	ok D qemu-monitor-command x \
		'{"execute":"block-set-write-threshold","arguments":{"node-name":"b1f","write-threshold":1}}'
	guest_ask x w
	hears "'block-threshold' for domain 'x': dev: vda($BATS_TEST_TMPDIR/x.qcow2) 1 "
	ok D managedsave x
	hears "'migration-iteration' for domain 'x': iteration: '1'"
}

# spoil IMAGE: the second cluster's address in this qcow2 image becomes one that cannot be. The
# first one QEMU reads before it can tell anybody.
spoil()
{
	perl -e 'open my $f, "+<", $ARGV[0] or die;
		sub number { seek $f, $_[0], 0; read $f, my $b, 8; return unpack("Q>", $b) & 0x00fffffffffffe00; }
		my $l2 = number(number(40));
		seek $f, $l2 + 8, 0; print $f pack("Q>", 0x8000000000000200);' "$1"
}

@test "QEMU tells of an image that cannot be read" {
	make_guest_disk "$BATS_TEST_TMPDIR/x.qcow2"
	qemu-img create -q -f qcow2 -o cluster_size=4k "$BATS_TEST_TMPDIR/bad.qcow2" 1M
	qemu-io -f qcow2 -c 'write 0 64k' "$BATS_TEST_TMPDIR/bad.qcow2" >/dev/null
	spoil "$BATS_TEST_TMPDIR/bad.qcow2"
	define x "$BATS_TEST_TMPDIR/x.qcow2" "$BATS_TEST_TMPDIR/bad.qcow2"
	listen --all
	ok D start x
	guest_ask x i
	hears "'io-error-reason' for domain 'x': $BATS_TEST_TMPDIR/bad.qcow2 (ua-vdb) report due to"
	hears "'io-error' for domain 'x': $BATS_TEST_TMPDIR/bad.qcow2 (ua-vdb) report"
	ok D suspend x
	hears "'lifecycle' for domain 'x': Suspended Paused"
	ok D destroy x
}
