# SPDX-License-Identifier: LGPL-2.1-or-later
# The channel to an agent in the guest, and what is asked of it. QEMU and its channel are real; the
# agent is tests/fake-agent, which takes the place of QEMU's end.

load helpers

channel="    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
"

teardown()
{
	test -z "${agent:-}" || kill "$agent" 2>/dev/null || true
	leave_nothing
}

define_channel()
{
	make_guest_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	MORE=$channel define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

# with_agent MODE: the agent of vm is like that from now on.
with_agent()
{
	local socket
	socket=$(dom vm)/run/channel0.sock
	test -z "${agent:-}" || kill "$agent"
	rm -f "$socket" "$BATS_TEST_TMPDIR/asked"
	"$here/fake-agent" "$socket" "$1" "$BATS_TEST_TMPDIR/asked" 3>&- &
	agent=$!
	wait_for "test -S '$socket'"
}

asked()
{
	jq -r '.execute + (if .arguments.mode then ":" + .arguments.mode else "" end)' "$BATS_TEST_TMPDIR/asked" |
		grep -v '^guest-sync'
}

# is_quick SECONDS COMMAND…: it answers within that time; $status and so on are set.
is_quick()
{
	local started=$EPOCHREALTIME limit=$1
	shift
	capture "$@"
	test "$(jq -n "$EPOCHREALTIME - $started < $limit")" = true ||
		failing "this took from $started to $EPOCHREALTIME" "$@"
}

@test "a channel: in QEMU, pinned, its socket for the owner, and where it is asked for" {
	define_channel vm
	ok D start vm
	test -S "$(dom vm)/run/channel0.sock"
	same 600 "$(stat -c %a "$(dom vm)/run/channel0.sock")"
	has '"label":"charchannel0"' "$(D -q qemu-monitor-command vm '{"execute":"query-chardev"}' | tr -d ' ')"
	guest_ask vm i
	# The controller's place stays, and no path of ours is written down.
	has "<controller type='virtio-serial' index='0'>" "$(D dumpxml vm --inactive | tr '"' "'")"
	has_not channel0.sock "$(cat "$(dom vm)/domain.xml")"
	slots=$(D dumpxml vm --inactive | grep -c "slot=")
	# Nobody answers in the guest: told in time, and not by the guest's death.
	is_quick 3 D await vm --condition guest-agent-available --timeout 1
	same 1 "$status"
	has "Timed out" "$stderr"
	ok D destroy vm
	ok D start vm
	same "$slots" "$(D dumpxml vm --inactive | grep -c "slot=")"
	ok D snapshot-create-as vm s1
	ok D managedsave vm
	ok D start vm
	ok D snapshot-revert vm s1
	ok D destroy vm
	MACHINE=q35 MORE="    <channel type='unix'><source mode='bind' path='$BATS_TEST_TMPDIR/at.sock'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
" define two "$BATS_TEST_TMPDIR/vm.qcow2"
	ok D start two
	test -S "$BATS_TEST_TMPDIR/at.sock"
	ok D destroy two
}

@test "shutdown and reboot by the agent" {
	define_channel vm
	ok D start vm
	guest_ask vm n
	with_agent good
	ok D await vm --condition guest-agent-available --timeout 5
	ok D shutdown vm --mode agent
	same guest-shutdown:powerdown "$(asked)"
	# A wish to reboot that came before is taken back by it.
	ok D reboot vm
	is_there "$(dom vm)/run/reboot"
	ok D shutdown vm --mode agent,acpi
	is_gone "$(dom vm)/run/reboot"
	with_agent good
	ok D reboot vm --mode agent
	same guest-shutdown:reboot "$(asked)"
	guest_ask vm p
	wait_for 'test ! -e "$(dom vm)/run"'
	same 'shut off (shutdown)' "$(D -q domstate vm --reason)"
}

@test "an agent that does not answer: refused in time, or the button" {
	define_channel vm
	ok D start vm
	guest_ask vm n
	for mode in drops flood refuses; do
		with_agent $mode
		is_quick 5 D shutdown vm --mode agent
		same 1 "$status"
		same running "$(state_of vm)"
	done
	has "the guest agent refused: not" "$stderr"
	has_not $'\e' "$stderr"
	with_agent half
	is_quick 4 D qemu-agent-command vm --timeout 1 '{"execute":"guest-ping"}'
	same 1 "$status"
	has "Guest agent is not responding" "$stderr"
	# Nobody is kept from the domain while it is waited for.
	with_agent silent
	D qemu-agent-command vm --timeout 2 '{"execute":"guest-ping"}' >/dev/null 2>&1 &
	wait_for "test -s '$BATS_TEST_TMPDIR/asked'"
	ok D suspend vm
	ok D resume vm
	wait $! || true
	same running "$(state_of vm)"
	with_agent drops
	guest_ask vm n
	ok D shutdown vm --mode agent,acpi
	wait_for 'test ! -e "$(dom vm)/run"'
}

@test "qemu-agent-command: the answer, whatever was said before; the agent's refusal" {
	define_channel vm
	ok D start vm
	with_agent stale
	ok D -q qemu-agent-command vm '{"execute": "guest-ping"}'
	same '{"return":{}}' "$(tr -d ' ' <<<"$output")"
	same guest-ping "$(asked)"
	ok D --json qemu-agent-command vm '{"execute": "guest-ping"}'
	same '{}' "$(jq -c .reply.return <<<"$output")"
	with_agent mute
	is_quick 4 D qemu-agent-command vm --timeout 1 '{"execute": "guest-ping"}'
	same 1 "$status"
	has "Guest agent is not responding" "$stderr"
	refused "--async" D qemu-agent-command vm --async x
	ok D destroy vm
	refused "domain is not running" D qemu-agent-command vm x
}

@test "without a channel, and ways that no guest here has" {
	define_guest vm
	ok D start vm
	for command in "shutdown vm --mode agent" "reboot vm --mode agent" "qemu-agent-command vm {}" \
		"await vm guest-agent-available"; do
		# shellcheck disable=SC2086
		refused "has no channel to a guest agent" D $command
	done
	for mode in initctl signal paravirt agent,signal; do
		refused "cannot be asked by" D shutdown vm --mode $mode
		refused "cannot be asked by" D reboot vm --mode $mode
	done
	refused "Unknown mode foo value" D shutdown vm --mode acpi,foo
	guest_ask vm i
	# The button where there is no channel.
	ok D shutdown vm --mode agent,acpi
	wait_for 'test ! -e "$(dom vm)/run"'
	refused "domain is not running" D shutdown vm --mode agent
	define_channel two
	ok D start two --paused
	refused "domain is not running: it is paused" D shutdown two --mode agent
	ok D destroy two
}
